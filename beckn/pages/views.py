"""What the pages of the network show, as plain facts."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from app.receipts.views import PrepaymentView


class Stand(StrEnum):
    """How a transaction stands; the first that fits, from the top."""

    DEAD = "dead"
    REFUSED = "refused"
    WAITING = "waiting"
    QUIET = "quiet"


class Asked(Struct, frozen=True):
    """Which transactions are looked for; `said` is an id or a number of an order."""

    since: datetime
    said: str = ""
    stuck: bool = False
    page: int = 1


class Deal(Struct, frozen=True):
    """One transaction in the list; `message` is any of its messages."""

    message: UUID
    bap_id: str
    transaction_id: str
    last: str
    last_at: datetime
    number: int
    stand: Stand
    order_id: str | None
    appointment_id: UUID | None


class Deals(Struct, frozen=True):
    """A page of transactions, and whether there are earlier ones."""

    found: tuple[Deal, ...]
    more: bool


class Count(Struct, frozen=True):
    """
    What was said with one buyer's app.

    `came` was acknowledged, `turned` was answered by a NACK, `braked` came too fast.
    `median` is the time from its message to our first try to answer.
    """

    bap_id: str
    came: int
    undone: int
    turned: int
    braked: int
    went: int
    acked: int
    refused: int
    dead: int
    median: timedelta | None


class Strangers(Struct, frozen=True):
    """
    What was turned away of whom nobody knows who they are.

    `braked` are addresses that came too fast, how often, and in which minute last.
    """

    refused: int
    braked: tuple[tuple[str, int, datetime], ...]


class Lag(Struct, frozen=True):
    """What is due and not done: how many of each box, and since when the oldest."""

    asked: int
    owed: int
    since: datetime | None


class Line(Struct, frozen=True):
    """
    One message, come or gone.

    `after` is the time from the buyer's message to our first try to answer it; `late`
    says that the buyer had stopped waiting. `key_id` is empty where no signature was
    asked for, none where it was not kept.
    """

    id: UUID
    came: bool
    action: str
    message_id: str
    at: datetime
    state: str
    tries: int
    error: str
    next_at: datetime | None
    redacted: bool
    key_id: str | None = None
    gateway_id: str = ""
    gateway_key_id: str | None = None
    sequence: int | None = None
    unasked: bool = False
    sent_at: datetime | None = None
    acked_at: datetime | None = None
    after: timedelta | None = None
    late: bool = False

    @property
    def resendable(self) -> bool:
        """Say whether it may go once more."""
        return not (self.came or self.redacted or self.next_at)


class Talk(Struct, frozen=True):
    """All that was said in one transaction, in the order of time."""

    bap_id: str
    transaction_id: str
    order_id: str | None
    appointment_id: UUID | None
    lines: tuple[Line, ...]
    prepaid: PrepaymentView | None = None

    @property
    def first(self) -> UUID:
        return self.lines[0].id


class Letter(Struct, frozen=True):
    """One message whole: where it was posted, and its bytes if they are fixed."""

    line: Line
    bap_id: str
    url: str
    raw: bytes
    fixed: bool
