"""
Believable days around a moment: who was booked, who came, who waits, who is inside.

Everything here is a plan: visits with the moments at which things happen to them. It
ends at `now`; what would come later has not happened yet.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct, field

from app.booking.kinds import Kind
from app.booking.states import Status
from app.core.spans import Span
from app.directory.views import FacilityView, ResourceView

MINUTE = timedelta(minutes=1)
NO_SHOW = 0.07
CANCELLED = 0.05
REASONS = (
    "The patient asked for another day",
    "The patient feels better",
    "Booked twice by mistake",
    "The patient is travelling",
)
NOTES = ("", "", "", "", "Wheelchair", "Brings old reports", "Needs an interpreter")


class Part(Struct, frozen=True):
    """A further resource of a visit, for its own part of the time if it has one."""

    resource: ResourceView
    during: Span | None = None


class Visit(Struct):
    """A visit to be booked at `booked_at`, and what becomes of it until now."""

    facility: FacilityView
    resource: ResourceView
    kind: Kind
    type: str
    span: Span
    patient: int
    booked_at: datetime
    note: str = ""
    parts: tuple[Part, ...] = ()
    steps: list[tuple[datetime, Status]] = field(default_factory=list)
    cancelled: tuple[datetime, str] | None = None
    to_approve: bool = False


class Planner(Struct):
    """Rolls the dice for everybody; no patient is in two places on one day."""

    dice: Random
    now: datetime
    opened_at: datetime
    patients: int
    _busy: dict[str, set[int]] = field(default_factory=dict)

    def slot(
        self,
        facility: FacilityView,
        resource: ResourceView,
        type_: Sequence[str],
        span: Span,
        people: int,
    ) -> Iterator[Visit]:
        """Plan the tokens of a slot; one after the other they fill its time."""
        if people == 0:
            return
        turn = span.length / people
        for number in range(people):
            start = span.start + number * turn
            visit = Visit(
                facility,
                resource,
                Kind.TOKEN,
                self.dice.choice(type_),
                span,
                self._patient(span),
                self._booked_at(start),
                self.dice.choice(NOTES),
            )
            self._live(visit, Span(start, start + turn))
            yield visit

    def timed(
        self,
        facility: FacilityView,
        resource: ResourceView,
        type_: str,
        span: Span,
        *,
        inside: Span | None = None,
        parts: Iterable[Part] = (),
    ) -> Visit:
        """Plan a timed visit; `inside` is when the patient is in the room."""
        visit = Visit(
            facility,
            resource,
            Kind.TIMED,
            type_,
            span,
            self._patient(span),
            self._booked_at(span.start),
            self.dice.choice(NOTES),
            tuple(parts),
        )
        self._live(visit, inside or span)
        return visit

    def _patient(self, span: Span) -> int:
        """Draw somebody who has nothing else that day."""
        busy = self._busy.setdefault(f"{span.start:%Y-%m-%d}", set())
        while (drawn := self.dice.randrange(self.patients)) in busy:
            continue
        busy.add(drawn)
        return drawn

    def _booked_at(self, start: datetime) -> datetime:
        """Most book some days ahead in working hours, some come without a booking."""
        latest = min(start, self.now) - self.dice.randrange(45, 90) * MINUTE
        if self.dice.random() < 0.2:
            return max(latest, self.opened_at)
        ahead = timedelta(days=self.dice.randrange(1, 6))
        day = (start - ahead).replace(hour=0, minute=0, second=0, microsecond=0)
        # 4 to 12 UTC is the working day of both facilities.
        asked = day + self.dice.randrange(4 * 60, 12 * 60) * MINUTE
        return max(min(asked, latest), self.opened_at)

    def _live(self, visit: Visit, turn: Span) -> None:
        """Let happen what happens until now."""
        if visit.span.start > self.now and self.dice.random() < CANCELLED:
            self._cancel(visit)
            return
        early = self.dice.randrange(8, 40) * MINUTE
        arrived = max(turn.start - early, visit.booked_at + MINUTE)
        if turn.end <= self.now and self.dice.random() < NO_SHOW:
            visit.steps.append((turn.end, Status.NO_SHOW))
            return
        lived = (
            (arrived, Status.CHECKED_IN),
            (turn.start, Status.IN_PROGRESS),
            (turn.end, Status.COMPLETED),
        )
        visit.steps += [(at, status) for at, status in lived if at <= self.now]

    def _cancel(self, visit: Visit) -> None:
        gap = (self.now - visit.booked_at) * self.dice.uniform(0.2, 0.9)
        visit.cancelled = (visit.booked_at + gap, self.dice.choice(REASONS))


def pieces(open_time: Iterable[Span], minutes: int) -> Iterator[Span]:
    """Cut open time into visits of that length, back to back."""
    step = minutes * MINUTE
    for span in open_time:
        start = span.start
        while start + step <= span.end:
            yield Span(start, start + step)
            start += step
