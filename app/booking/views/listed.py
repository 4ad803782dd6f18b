"""What listings and calendars show."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from app.availability.views import ClosedSpan
from app.booking.kinds import Kind
from app.booking.states import Status
from app.core.errors import RuleError
from app.core.spans import Span
from app.directory.views import ResourceView, TypeView


class SlotView(Struct, frozen=True):
    """
    A token slot of a day: what it holds and how far it has come.

    `reserved` of its tokens are kept for who walks in, and are not among those left.
    """

    span: Span
    tokens: int
    taken: int
    waiting: int = 0
    in_room: int = 0
    seen: int = 0
    blocked: bool = False
    types: frozenset[int] = frozenset()
    allowed: tuple[TypeView, ...] = ()
    refused: RuleError | None = None
    reserved: int = 0

    @property
    def allowed_ids(self) -> tuple[UUID, ...]:
        return tuple(each.public_id for each in self.allowed)

    @property
    def left(self) -> int:
        return 0 if self.blocked else max(0, self.tokens - self.reserved - self.taken)


class VisitView(Struct, frozen=True):
    """
    A timed booking in a resource's column; `span` is that resource's part.

    `hidden` says that whoever looks may not know whom it is for; `whole` that this part
    is all of it and stands in its principal's list, so that moving the one moves both.
    """

    id: UUID
    reference: str
    span: Span
    status: Status
    type: TypeView
    patient: str | None
    with_resources: tuple[str, ...] = ()
    overridden: bool = False
    facility_id: int | None = None
    hidden: bool = False
    whole: bool = False
    revision: int = 0


class ColumnView(Struct, frozen=True):
    """
    One resource on one day: what it offers, what is taken, what is free.

    Of slots that have ended no token is left.
    """

    resource: ResourceView
    day: Span
    slots: tuple[SlotView, ...]
    open: tuple[Span, ...]
    free: tuple[Span, ...]
    closed: tuple[ClosedSpan, ...]
    visits: tuple[VisitView, ...]
    tokens_left: int = 0

    def over(self, now: datetime) -> bool:
        """Say whether the day has gone by, or all of it that is offered."""
        offered = [slot.span.end for slot in self.slots]
        offered += [span.end for span in self.open]
        return self.day.end <= now or max(offered, default=self.day.end) <= now


class DayView(Struct, frozen=True):
    """
    How much a day of a resource holds, and how much of it is free.

    Minutes are of open time; what has gone by is not free. `refused` is the rule that
    lets nothing of the day be booked, though it be free; `over` says that all it holds
    has gone by.
    """

    day: date
    tokens: int
    tokens_free: int
    minutes: int
    minutes_free: int
    refused: RuleError | None = None
    over: bool = False


class MonthView(Struct, frozen=True):
    """The days of a resource, one after another."""

    resource: ResourceView
    days: tuple[DayView, ...]


class Opening(Struct, frozen=True):
    """
    A place that can be booked as it is offered: a token slot or open time.

    From open time on `times` of that length follow one another, where they are counted.
    """

    kind: Kind
    resource: ResourceView
    span: Span
    left: int = 1
    times: int = 0
