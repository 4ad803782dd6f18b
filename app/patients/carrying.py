"""How rooms let their rows follow a patient that is merged, and go back."""

from typing import Any

from sqlalchemy import update

from app.core import events as house
from app.core.db import Base, db, means
from app.patients.errors import PatientMergedError
from app.patients.events import Merged, Parted

# Of all rooms, in whatever order they came; one process may make several apps.
_CARRIED: list[type[Base]] = []


def carry(*models: type[Base]) -> None:
    """Let rows of these models follow their patient; called at composition."""
    _CARRIED.extend(each for each in models if each not in _CARRIED)
    house.subscribe(Merged, _follow)
    house.subscribe(Parted, _go_back)
    means("patient_not_merged", PatientMergedError)


def _follow(event: Merged) -> None:
    for model in _CARRIED:
        moved = _point(model, event.merged_id, event.kept_id)
        event.moved[model.__tablename__] = moved


def _go_back(event: Parted) -> None:
    for model in _CARRIED:
        only = event.moved.get(model.__tablename__, [])
        _point(model, event.kept_id, event.merged_id, only)


def _point(
    model: Any, was: int, will_be: int, only: list[int] | None = None
) -> list[int]:
    found = update(model).where(model.patient_id == was)
    if only is not None:
        found = found.where(model.id.in_(only))
    moved = found.values(patient_id=will_be).returning(model.id)
    return sorted(db.session.scalars(moved).all())
