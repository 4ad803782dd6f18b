"""Plain data of wall boards: how one is set up, and what it shows."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from app.queues.kinds import Privacy
from app.queues.waits import Wait


class Shown(Struct, frozen=True):
    """What a board shows: queues of these resources, and calls to these counters."""

    resources: tuple[UUID, ...] = ()
    counters: tuple[UUID, ...] = ()


class NewBoard(Struct, frozen=True):
    """A board to be hung up; languages by their codes, the first is read first."""

    facility_id: UUID
    name: str
    shows: Shown
    privacy: Privacy = Privacy.TOKEN
    languages: tuple[str, ...] = ("en",)
    sound: bool = True


class BoardChange(Struct, frozen=True):
    """What shall be other about a board; None leaves it. A new code ends the old."""

    name: str | None = None
    shows: Shown | None = None
    privacy: Privacy | None = None
    languages: tuple[str, ...] | None = None
    sound: bool | None = None
    active: bool | None = None
    new_code: bool = False


class BoardView(Struct, frozen=True):
    """A board as it is set up; whoever has its `code` may look at it."""

    id: UUID
    code: str
    name: str
    privacy: Privacy
    languages: tuple[str, ...]
    sound: bool
    active: bool
    resources: tuple[UUID, ...]
    counters: tuple[UUID, ...]


class CallView(Struct, frozen=True):
    """
    Somebody who is called or in the room, as far as a board's privacy lets be seen.

    `key` is another one for each call, and says nothing else. `fresh` while they are
    called and not in the room yet.
    """

    key: str
    token: str
    who: str
    place: str
    doctor: str
    called_at: datetime
    fresh: bool


class LineView(Struct, frozen=True):
    """A queue on a board: who is next, and the wait of who comes now."""

    place: str
    doctor: str
    next: tuple[str, ...]
    waiting: int
    wait: Wait
    paused: bool
    late_minutes: int
    notice: str


class WallView(Struct, frozen=True):
    """A board as it hangs on the wall: calls, the latest first, and queues."""

    name: str
    facility: str
    zone: ZoneInfo
    version: str
    privacy: Privacy
    languages: tuple[str, ...]
    sound: bool
    calls: tuple[CallView, ...]
    lines: tuple[LineView, ...]
