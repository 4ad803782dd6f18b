"""How rooms let their rows follow a patient that is merged, and go back."""

from typing import Any

from sqlalchemy import update

from app.core import events as house
from app.core.db import Base, db
from app.patients.events import Merged, Parted


def carry(*models: type[Base]) -> None:
    """Let rows of these models follow their patient; called at composition."""

    def follow(event: Merged) -> None:
        for model in models:
            event.moved[model.__tablename__] = _point(
                model, event.merged_id, event.kept_id
            )

    def go_back(event: Parted) -> None:
        for model in models:
            _point(
                model,
                event.kept_id,
                event.merged_id,
                event.moved.get(model.__tablename__, []),
            )

    house.subscribe(Merged, follow)
    house.subscribe(Parted, go_back)


def _point(
    model: Any, was: int, will_be: int, only: list[int] | None = None
) -> list[int]:
    found = update(model).where(model.patient_id == was)
    if only is not None:
        found = found.where(model.id.in_(only))
    moved = found.values(patient_id=will_be).returning(model.id)
    return sorted(db.session.scalars(moved).all())
