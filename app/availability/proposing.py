"""What hours would be: a change laid over what is known, without making it. Pure."""

from datetime import timedelta

from msgspec.structs import replace

from app.availability import repairing, slots
from app.availability.kinds import Closed
from app.availability.reading import Known
from app.availability.views import (
    ClosedSpan,
    NewException,
    NewMaintenance,
    NewSchedule,
    Origin,
    Source,
)
from app.directory.views import FacilityView, ResourceView

Change = NewSchedule | NewException | NewMaintenance

# What is not kept yet has no row.
_NEW = 0


def lay(
    change: Change, known: Known, facility: FacilityView, whose: ResourceView | None
) -> None:
    """Lay a change over what is known; `whose` None is the facility as a whole."""
    number = whose.id if whose else None
    if isinstance(change, NewSchedule):
        _schedule(change, known, facility, number)
    elif isinstance(change, NewException):
        _exception(change, known, number)
    else:
        known.closures[number] += [
            ClosedSpan(span, Closed.MAINTENANCE, change.reason)
            for span in repairing.occurrences(change, facility)
        ]


def _schedule(
    change: NewSchedule, known: Known, facility: FacilityView, number: int | None
) -> None:
    """End what holds before, as the act would."""
    until = change.valid_from - timedelta(days=1)
    kept = [
        replace(each, last=min(each.last or until, until))
        for each in known.patterns[number]
        if each.first <= until
    ]
    later = [
        each
        for each in known.patterns[number]
        if change.valid_till is not None and each.first > change.valid_till
    ]
    sessions = tuple(
        slots.Session(
            kind=each.kind,
            weekday=weekday,
            start=each.start,
            end=each.end,
            slot_minutes=each.slot_minutes,
            tokens=each.tokens_per_slot,
            types=frozenset(each.types),
            label=each.label,
            source=Source(Origin.AVAILABILITY, _NEW),
            every_weeks=each.every_weeks,
            nth=frozenset(each.nth),
        )
        for each in change.sessions
        for weekday in each.weekdays
    )
    new = slots.Pattern(
        facility.zone,
        change.valid_from,
        change.valid_till,
        sessions,
        change.weeks_from,
    )
    known.patterns[number] = [*kept, *later, new]


def _exception(change: NewException, known: Known, number: int | None) -> None:
    if not change.is_available:
        shut = ClosedSpan(change.during, Closed.AWAY, change.reason)
        known.closures[number].append(shut)
