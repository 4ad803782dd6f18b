"""Words for why two patients cannot be made one, or two again."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

_WHY: Mapping[str, str] = {
    "together": "Both are in one appointment or procedure. Take one of them out first.",
    "at_once": "Both would be in two places at once: {one} and {other}.",
    "same_day": "Both see the same doctor on one day, {one} and {other}. Cancel one.",
    "merged_before": "One of them was merged before. Search again.",
    "merged_since": "The kept one was merged since. Take that back first.",
    "two_numbers": "Each has an ABHA number of their own, so they are two people.",
    "undone": "This was taken back already.",
}


def tell(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Say what stands against a merge, naming the visits that clash."""
    del zone
    return _WHY[params["reason"]].format_map(params)


def _merged(params: Mapping[str, Any], zone: ZoneInfo) -> str:
    del params, zone
    return "They were just made one with another record. Search for them again."


TELLERS: Mapping[str, Callable[[Mapping[str, Any], ZoneInfo], str]] = {
    "merge": tell,
    "patient_merged": _merged,
}
