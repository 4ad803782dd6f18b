"""What a rule is given to judge, and what it answers when it refuses."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from msgspec import Struct, field

from app.accounts.permissions import Permission
from app.booking.kinds import Role
from app.core.errors import RuleError
from app.core.spans import Span, local_date
from app.directory.views import FacilityView, ResourceView, TypeView
from app.patients.views import PatientView


class Judges(StrEnum):
    """
    What a rule looks at: the place, the patient, or a cancellation.

    A hold is judged by its place, a confirmation by its patient; so a live hold is
    never refused for lead time.
    """

    PLACE = "place"
    PATIENT = "patient"
    CANCELLING = "cancelling"


class History(Protocol):
    """What rules may ask of the past; each answer is read when it is asked for."""

    def last_visit(
        self, patient: PatientView, *, resource_id: int | None, before: datetime
    ) -> datetime | None:
        """Tell when the patient was last seen, by that resource if one is named."""

    def last_of_type(
        self, patient: PatientView, type_id: int, before: datetime
    ) -> datetime | None:
        """Tell when the patient last had, or is to have, that type."""

    def active_on(self, patient: PatientView, resource_id: int, day: Span) -> list[str]:
        """Name the patient's live bookings with the resource on a day."""

    def overlapping(self, patient: PatientView, span: Span) -> list[str]:
        """Name the patient's live bookings that overlap a span."""

    def neighbours(self, resource: ResourceView, span: Span) -> list[Span]:
        """Give what else the resource is claimed for within a span."""


class Case(Struct, frozen=True):
    """
    A booking as a rule sees it. Without a patient only its place can be judged.

    `role` is as what they come.
    """

    facility: FacilityView
    resource: ResourceView
    type: TypeView
    span: Span
    now: datetime
    history: History
    roles: frozenset[str] = field(default_factory=frozenset)
    patient: PatientView | None = None
    role: Role = Role.PATIENT

    @property
    def day(self) -> date:
        """Tell the facility's day on which the booking starts."""
        return local_date(self.span.start, self.facility.zone)


class Rule(Protocol):
    """
    One rule with its settings; `check` raises with `refuse`, or lets pass.

    A kind of another package says why in a sentence of its own, as `told`; the doors
    have words for ours.
    """

    kind: ClassVar[str]
    judges: ClassVar[Judges]

    def check(self, case: Case) -> None:
        """
        Let the case pass or refuse it.

        :raises RuleError: naming the rule, why, and who may override it
        """


def refuse(rule: Rule, *, field: str | None = None, **why: Any) -> RuleError:
    """Make the refusal of a rule: its kind, why, and which permission overrides it."""
    return RuleError(
        field=field, rule=rule.kind, override=Permission.OVERRIDE_RULES.value, **why
    )
