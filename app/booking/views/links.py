"""What an appointment is for, beside its patients."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Link:
    """An object an appointment is for, by the name of its kind."""

    kind: str
    id: UUID
