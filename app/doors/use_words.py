"""Words for why something cannot go out of use, change under others, or be undone."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

_SOME = 3
_WHY: Mapping[str, str] = {
    "resources": "Still in use in it: {names}. Let them serve elsewhere, or put them"
    " out of use, first.",
    "waitlist": "On the waitlist for it: {count}. Book or withdraw them first.",
    "bookings": "Hours are local: with another zone the visits booked here, {count} of"
    " them, would lie outside of them. Move or cancel these first.",
}
_UNDO: Mapping[str, str] = {
    "other": "Somebody else did that: only they can take it back.",
    "late": "That can be taken back for {minutes} minutes only.",
}


def tell(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Say who or what stands on it, and what to do first."""
    del zone
    names = list(params.get("names", ()))
    more = len(names) - _SOME
    told = ", ".join(names[:_SOME]) + (f" and {more} more" if more > 0 else "")
    return _WHY[params["of"]].format(names=told, count=params.get("count", 0))


def undone(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Say why an act cannot be taken back."""
    del zone
    told = _UNDO.get(params.get("reason", ""), "There is nothing to take back.")
    return told.format_map({"minutes": "…", **params})


def _fulfilled(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    del params, zone
    return "They were booked from the waitlist meanwhile. Look at their visits first."


TELLERS: Mapping[str, Callable[[Mapping[str, Any], ZoneInfo], str]] = {
    "in_use": tell,
    "undo": undone,
    "wish_fulfilled": _fulfilled,
}
