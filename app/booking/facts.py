"""A patient's visits, read once: what rules ask of them is answered from memory."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import text

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import places
from app.booking.kinds import Role
from app.booking.states import LIVE, SEEN, TAKES_PLACE
from app.booking.views import Whom
from app.core.actor import Actor
from app.core.constant import Constant
from app.core.spans import Span
from app.directory.views import FacilityView, ResourceView
from app.patients import internal as patients
from app.patients.views import PatientView


class Live(Struct, frozen=True):
    """A visit somebody still means to come to; not `theirs` if they come along."""

    number: int
    reference: str
    resource_id: int
    span: Span
    theirs: bool


class Known(Struct, frozen=True):
    """
    What rules ask of a patient, sorted so that each answer is found at once.

    `seen` are the starts of visits they came to, by resource and, under None, of all;
    `had` those of each type.
    """

    patient: PatientView
    seen: Mapping[int | None, Sequence[datetime]]
    had: Mapping[int, Sequence[datetime]]
    live: Sequence[Live]

    def last_visit(self, resource_id: int | None, before: datetime) -> datetime | None:
        """Tell when they were last seen, by that resource if one is named."""
        return _last(self.seen.get(resource_id, ()), before)

    def last_of_type(self, type_id: int, before: datetime) -> datetime | None:
        """Tell when they last had, or are to have, that type."""
        return _last(self.had.get(type_id, ()), before)

    def active_on(self, resource_id: int, day: Span) -> list[str]:
        """Name their live bookings with the resource on a day."""
        return [
            each.reference
            for each in self.live
            if each.theirs
            and each.resource_id == resource_id
            and each.span.overlaps(day)
        ]

    def overlapping(self, span: Span) -> list[str]:
        """Name their live bookings that overlap a span."""
        return [each.reference for each in self.live if each.span.overlaps(span)]


def of(
    whom: Whom | None,
    facility: FacilityView,
    resources: Sequence[ResourceView],
    *,
    by: Actor,
    now: datetime,
) -> Known | None:
    """
    Read whom places are sought for, if that is said, in two statements.

    :raises ForbiddenError: if the actor may not know patients there
    :raises NotFoundError: if there is no such patient
    """
    if whom is None:
        return None
    scope = places.scope(facility, resources)
    accounts.require(by, Permission.VIEW_PATIENTS, scope)
    return about(patients.one(whom.patient_id), now=now, moving=whom.moving)


def about(patient: PatientView, *, now: datetime, moving: UUID | None = None) -> Known:
    """Read what rules ask of a patient, in one statement; nobody's eyes are asked."""
    asked = {"patient": patient.id, "moving": moving, "now": now}
    seen: dict[int | None, list[datetime]] = defaultdict(list)
    had: dict[int, list[datetime]] = defaultdict(list)
    live: list[Live] = []
    for row in _VISITS.send(asked):
        theirs = row.role == Role.PATIENT
        if row.status in LIVE:
            span = Span(row.starts_at, row.ends_at)
            live.append(Live(row.id, row.reference, row.resource_id, span, theirs))
        if theirs:
            had[row.type_id].append(row.starts_at)
        if theirs and row.status in SEEN:
            seen[row.resource_id].append(row.starts_at)
            seen[None].append(row.starts_at)
    return Known(patient, seen, had, sorted(live, key=lambda each: each.number))


def _last(starts: Sequence[datetime], before: datetime) -> datetime | None:
    at = bisect_left(starts, before)
    return starts[at - 1] if at else None


_TAKEN = ", ".join(f"'{each}'" for each in sorted(TAKES_PLACE))
_VISITS = Constant(
    text(
        f"""
SELECT a.id, a.reference, a.resource_id, a.type_id, p.status, p.role,
  lower(a.during) AS starts_at, upper(a.during) AS ends_at
FROM participants p JOIN appointments a ON a.id = p.appointment_id
WHERE p.patient_id = :patient AND p.status IN ({_TAKEN})
  AND a.public_id IS DISTINCT FROM CAST(:moving AS uuid)
  AND (a.hold_expires_at IS NULL OR a.hold_expires_at > :now)
ORDER BY lower(a.during)
"""  # noqa: S608 - made of constants
    )
)
