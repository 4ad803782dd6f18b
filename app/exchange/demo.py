"""The demo hospital: a believable day in progress, at whatever hour it is loaded."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import NamedTuple
from uuid import UUID

from app.booking import internal
from app.booking import service as booking
from app.booking.kinds import Kind
from app.booking.states import Status
from app.booking.views import NewTimed, NewToken, Want
from app.core.db import transaction
from app.core.holding import hold_all
from app.directory import internal as directory
from app.exchange import demo_house as house
from app.exchange import demo_plan, demo_queues
from app.exchange.demo_days import Visit
from app.exchange.demo_people import HOW_MANY
from app.exchange.demo_setting import DAYS_BACK, Setting, set_up
from app.exchange.errors import NotEmptyError
from app.exchange.service import Progress
from app.notifications import reading

# The same people and the same dice every time; only the dates differ.
SEED = 2024


class _Step(NamedTuple):
    """Something that happened to a visit, and when; the number keeps ties in order."""

    at: datetime
    number: int
    act: Callable[[datetime], object]


def is_empty() -> bool:
    """Say whether no facility is here yet."""
    return not directory.facilities()


def load(*, now: datetime, progress: Progress | None = None) -> None:
    """
    Load the whole demo hospital in one transaction, or nothing of it.

    Everything happens through the acts that doors use, each with the moment at which
    it happened, so the trail reads like that of a real week.

    :raises NotEmptyError: if there is a facility already
    """
    dice = Random(SEED)  # noqa: S311 - names and visits, not secrets
    setting = Setting()
    with transaction():
        hold_all(["demo"])
        if not is_empty():
            raise NotEmptyError
        # Setting up takes about as long as all that happens after.
        for done, _ in enumerate(set_up(setting, dice, now=now), 1):
            _tell(progress, done, 2 * HOW_MANY)
        demo_queues.set_up(setting, now=now - timedelta(days=DAYS_BACK))
        visits = demo_plan.plan(setting, dice, now=now)
        steps = sorted(_steps(setting, visits, now=now))
        for done, step in enumerate(steps, 1):
            step.act(step.at)
            _tell(progress, len(steps) + done, 2 * len(steps))
        # What opened the hospital a week ago is news to nobody.
        reading.settle(before=now - timedelta(days=1), now=now)


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)


def _steps(
    setting: Setting, visits: Iterable[Visit], *, now: datetime
) -> Iterator[_Step]:
    """Give all that happened to all visits; the order of time is for the caller."""
    number = count()
    for visit in visits:
        life = _Life(setting, visit)
        yield _Step(visit.booked_at, next(number), life.book)
        for at, status in visit.steps:
            yield _Step(at, next(number), partial(life.advance, status))
        if visit.cancelled is not None:
            yield _Step(visit.cancelled[0], next(number), life.cancel)
    for at, act in demo_queues.walk_ins(setting, now=now):
        yield _Step(at, next(number), act)


class _Life:
    """One visit and whoever acts on it."""

    def __init__(self, setting: Setting, visit: Visit) -> None:
        self._setting = setting
        self._visit = visit
        self._id: UUID | None = None
        self._desk = setting.staff["reception"].actor

    def book(self, now: datetime) -> None:
        if self._visit.kind is Kind.TOKEN:
            made = booking.book_token(self._token(), by=self._desk, now=now)
        else:
            made = booking.book_timed(self._timed(), by=self._desk, now=now)
        self._id = made.id

    def advance(self, to: Status, now: datetime) -> None:
        assert self._id is not None
        # Who calls people in is the doctor, where the doctor signs in.
        inside = to in {Status.IN_PROGRESS, Status.COMPLETED}
        own = self._visit.resource.code == house.ANJALI
        by = self._setting.staff["doctor"].actor if inside and own else self._desk
        internal.advance(self._id, to, by=by, now=now)

    def cancel(self, now: datetime) -> None:
        assert self._id is not None
        assert self._visit.cancelled is not None
        booking.cancel(self._id, self._visit.cancelled[1], by=self._desk, now=now)

    def _token(self) -> NewToken:
        visit = self._visit
        return NewToken(
            facility_id=visit.facility.public_id,
            resource_id=visit.resource.public_id,
            patient_id=self._setting.patients[visit.patient],
            type_id=self._setting.types[visit.type].public_id,
            starts_at=visit.span.start,
            note=visit.note,
        )

    def _timed(self) -> NewTimed:
        visit = self._visit
        wants = tuple(
            Want(each.resource.public_id, each.during) for each in visit.parts
        )
        if visit.resource not in {each.resource for each in visit.parts}:
            wants = (Want(visit.resource.public_id), *wants)
        return NewTimed(
            facility_id=visit.facility.public_id,
            patient_id=self._setting.patients[visit.patient],
            type_id=self._setting.types[visit.type].public_id,
            starts_at=visit.span.start,
            ends_at=visit.span.end,
            resources=wants,
            note=visit.note,
            request=visit.to_approve,
        )
