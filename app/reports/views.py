"""What reports are asked, and what they tell. Shares are 0 to 1, waits in seconds."""

from datetime import date
from uuid import UUID

from msgspec import Struct, field

from app.booking.internal import Tally
from app.booking.measuring import Ahead, Kept, Lost
from app.booking.rated import Rated
from app.core.spans import Span
from app.directory.kinds import ResourceKind
from app.directory.views import ResourceView, TypeView
from app.queues.internal import Waited


class Asked(Struct, frozen=True):
    """Which days, both included, and whose: of one kind or department, or all."""

    first: date
    last: date
    kind: ResourceKind | None = None
    department_id: UUID | None = None


class Used(Struct, frozen=True):
    """
    How much of what is offered is used.

    `week` is by weekday and hour, `weeks` by their Mondays over more weeks than were
    asked for; `before` is the share of each resource in as many days before.
    """

    window: Span
    total: Tally
    week: dict[tuple[int, int], Tally]
    weeks: dict[date, Tally]
    resources: dict[ResourceView, Tally]
    before: dict[int, float | None]
    lost: Lost


class Waits(Struct, frozen=True):
    """Waits as a whole, and by hour, by doctor, by how people came."""

    total: Waited
    hours: dict[int, Waited]
    resources: dict[ResourceView, Waited]
    booked: Waited
    walked_in: Waited


class Shown(Struct, frozen=True):
    """Who came and who did not; `steps` by how far ahead they had booked."""

    total: Kept
    weekdays: dict[int, Kept]
    hours: dict[int, Kept]
    steps: dict[int, Kept]
    resources: dict[ResourceView, Kept]
    types: dict[TypeView, Kept]


class LeadTimes(Struct, frozen=True):
    """How far ahead visits are booked."""

    total: Ahead
    steps: dict[int, Ahead]
    weekdays: dict[int, Ahead]
    resources: dict[ResourceView, Ahead]
    types: dict[TypeView, Ahead]


class Ratings(Struct, frozen=True):
    """What patients said of their visits, as a whole and by doctor."""

    total: Rated
    resources: dict[ResourceView, Rated]


class TokenUse(Struct):
    """Tokens offered, given, given over the slot, used and not."""

    offered: int = 0
    given: int = 0
    over: int = 0
    came: int = 0
    missed: int = 0

    @property
    def share(self) -> float | None:
        """Give the share of the tokens offered that were given."""
        return self.given / self.offered if self.offered else None


class Tokens(Struct, frozen=True):
    """The use of tokens as a whole, and by hour and doctor."""

    total: TokenUse = field(default_factory=TokenUse)
    hours: dict[int, TokenUse] = field(default_factory=dict)
    resources: dict[ResourceView, TokenUse] = field(default_factory=dict)
