"""
Ways to order a queue: one small file and one line here each.

Other packages may add kinds by the entry point group `baari.scoring`.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from app.core.errors import InputError
from app.queues.scoring.appointments_first import AppointmentsFirst
from app.queues.scoring.due_time import DueTime
from app.queues.scoring.facts import Scoring
from app.queues.scoring.first_come import FirstCome

OWN: Mapping[str, Callable[..., Scoring]] = {
    "appointments_first": AppointmentsFirst,
    "due_time": DueTime,
    "first_come": FirstCome,
}


@cache
def kinds() -> Mapping[str, Callable[..., Scoring]]:
    """Give all kinds by name; an entry point may add one, never replace ours."""
    added = {point.name: point.load() for point in entry_points(group="baari.scoring")}
    return {**added, **OWN}


def build(kind: str, settings: Mapping[str, Any]) -> Scoring:
    """
    Make a scoring of a kind with its settings.

    :raises InputError: if there is no such kind, or a setting cannot be right
    """
    if kind not in kinds():
        raise InputError(field="scoring", reason="choice", choices=sorted(kinds()))
    try:
        return kinds()[kind](**settings)
    except (AttributeError, TypeError) as exc:
        raise InputError(field="settings", reason="settings", kind=kind) from exc
