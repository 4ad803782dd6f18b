"""What the bell says: a few words of what happened, and a line of what to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.directory.views import FacilityView
from app.doors import times
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
}
_WHY: Mapping[str, str] = {
    "schedule": "another schedule is set",
    "added": "time is added",
    "revoked": "something is taken back",
    "away": "not there",
}
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Words:
    title: str
    text: str
    icon: str


def words(notice: NoticeView, facility: FacilityView | None) -> Words:
    """Say what a notice tells; times are those of its facility."""
    tell, icon = _TELLERS.get(notice.kind, (_visit, "s-scheduled"))
    zone = facility.zone if facility else _UTC
    text = tell(notice.data, zone)
    by = notice.data.get("by")
    return Words(TITLES[notice.kind], f"{text}, by {by}" if by else text, icon)


def _visit(data: Data, zone: ZoneInfo) -> str:
    token = f"token {data['token']}, " if data.get("token") else ""
    told = f"{token}{data['type']} with {data['with']}, {_at(data['starts_at'], zone)}"
    was = data.get("was_starts_at")
    if was and was != data["starts_at"]:
        told += f", was {_at(was, zone)}"
    return f"{told} ({data['reference']})"


def _hours(data: Data, zone: ZoneInfo) -> str:
    whose, why = data.get("with") or "The whole facility", data.get("why", "")
    told = f"{whose}: {_WHY.get(why, 'other hours')}"
    if data.get("from"):
        told += f" {_at(data['from'], zone)} to {_at(data['till'], zone)}"
    return told


def _conflicts(data: Data, zone: ZoneInfo) -> str:
    del zone
    number = data.get("number", 1)
    visits = "a booking does" if number == 1 else f"{number} bookings do"
    return f"{data.get('with')}: {visits} not fit any more"


def _late(data: Data, zone: ZoneInfo) -> str:
    del zone
    if data.get("paused"):
        told = f"{data['with']} pauses"
    elif data.get("minutes"):
        told = f"{data['with']} is {data['minutes']} minutes late"
    else:
        told = f"{data['with']} is in time again"
    return f"{told}: {data['notice']}" if data.get("notice") else told


def _at(written: str, zone: ZoneInfo) -> str:
    return times.moment(datetime.fromisoformat(written), zone)


_TELLERS: Mapping[Rung, tuple[Callable[[Data, ZoneInfo], str], str]] = {
    Rung.MOVED: (_visit, "move"),
    Rung.CANCELLED: (_visit, "x"),
    Rung.DENIED: (_visit, "x"),
    Rung.APPROVED: (_visit, "check"),
    Rung.REQUESTED: (_visit, "s-requested"),
    Rung.DISPLACED: (_visit, "bolt"),
    Rung.HOURS: (_hours, "away"),
    Rung.CONFLICTS: (_conflicts, "alert"),
    Rung.LATE: (_late, "clock"),
}
