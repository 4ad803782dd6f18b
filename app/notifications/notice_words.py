"""What the bell says: a few words of what happened, and a line of what to."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from app.notifications.kinds import Rung
from app.notifications.views import NoticeView

Data = Mapping[str, Any]

TITLES: Mapping[Rung, str] = {
    Rung.BOOKED: "New booking",
    Rung.REQUESTED: "New request",
    Rung.APPROVED: "Request approved",
    Rung.DENIED: "Request denied",
    Rung.MOVED: "Visit moved",
    Rung.CANCELLED: "Visit cancelled",
    Rung.EXPIRED: "Request ran out",
    Rung.DISPLACED: "Visit gave way",
    Rung.REASSIGNED: "Other resources",
    Rung.HOURS: "Hours changed",
    Rung.CONFLICTS: "New conflicts",
    Rung.LATE: "Doctor late",
    Rung.FILLED: "Place taken from the waitlist",
}
_WHY: Mapping[str, str] = {
    "schedule": "another schedule is set",
    "added": "time is added",
    "revoked": "something is taken back",
    "away": "not there",
}
# How a moment is written: as the page does it, or as the letter.
At = Callable[[datetime], str]
_At = Callable[[str], str]


class Words(Struct, frozen=True):
    title: str
    text: str
    icon: str


def words(notice: NoticeView, at: At) -> Words:
    """Say what a notice tells, with moments written by `at`."""
    tell, icon = _TELLERS.get(notice.kind, (_visit, "s-scheduled"))
    text = tell(notice.data, lambda written: at(datetime.fromisoformat(written)))
    by = notice.data.get("by")
    return Words(TITLES[notice.kind], f"{text}, by {by}" if by else text, icon)


def _visit(data: Data, at: _At) -> str:
    token = f"token {data['token']}, " if data.get("token") else ""
    told = f"{token}{data['type']} with {data['with']}, {at(data['starts_at'])}"
    was = data.get("was_starts_at")
    if was and was != data["starts_at"]:
        told += f", was {at(was)}"
    if closed := data.get("closed"):
        told += f", closes {closed} token slot{'' if closed == 1 else 's'}"
    return f"{told} ({data['reference']})"


def _hours(data: Data, at: _At) -> str:
    whose, why = data.get("with") or "The whole facility", data.get("why", "")
    told = f"{whose}: {_WHY.get(why, 'other hours')}"
    if data.get("from"):
        told += f" {at(data['from'])} to {at(data['till'])}"
    return told


def _conflicts(data: Data, at: _At) -> str:
    del at
    number = data.get("number", 1)
    visits = "a booking does" if number == 1 else f"{number} bookings do"
    return f"{data.get('with')}: {visits} not fit any more"


def _late(data: Data, at: _At) -> str:
    del at
    if data.get("paused"):
        told = f"{data['with']} pauses"
    elif data.get("minutes"):
        told = f"{data['with']} is {data['minutes']} minutes late"
    else:
        told = f"{data['with']} is in time again"
    return f"{told}: {data['notice']}" if data.get("notice") else told


_TELLERS: Mapping[Rung, tuple[Callable[[Data, _At], str], str]] = {
    Rung.MOVED: (_visit, "move"),
    Rung.CANCELLED: (_visit, "x"),
    Rung.DENIED: (_visit, "x"),
    Rung.APPROVED: (_visit, "check"),
    Rung.REQUESTED: (_visit, "s-requested"),
    Rung.DISPLACED: (_visit, "bolt"),
    Rung.HOURS: (_hours, "away"),
    Rung.CONFLICTS: (_conflicts, "alert"),
    Rung.LATE: (_late, "clock"),
    Rung.FILLED: (_visit, "check"),
}
