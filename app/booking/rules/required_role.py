from dataclasses import dataclass
from typing import ClassVar

from app.booking.rules.case import Case, Judges, refuse
from app.booking.rules.settings import codes


@dataclass(frozen=True, slots=True)
class RequiredRole:
    """Only actors with one of these roles, shipped or the hospital's own, book it."""

    roles: tuple[str, ...]
    kind: ClassVar[str] = "required_role"
    judges: ClassVar[Judges] = Judges.PLACE

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", tuple(self.roles))
        codes(self.roles, field="roles")

    def check(self, case: Case) -> None:
        if not case.roles & set(self.roles):
            raise refuse(self, roles=self.roles)
