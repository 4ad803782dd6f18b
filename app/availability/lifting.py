"""Time taken away, looked past for a moment inside a larger act."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from app.availability.models import AvailabilityException, Maintenance
from app.core.db import db


@contextmanager
def lifted(sources: Iterable[UUID], *, now: datetime) -> Iterator[None]:
    """
    Let these exceptions and this maintenance count for nothing within the block.

    They stand again at its end, in the same transaction, so nobody else ever sees them
    gone. What fails within must be rolled back to before the block.
    """
    named = list(sources)
    gone = [
        (model, _set(model, named, standing=True, to=now))
        for model in (AvailabilityException, Maintenance)
    ]
    yield
    for model, taken in gone:
        _set(model, taken, standing=False, to=None)


def _set(
    model: type[AvailabilityException | Maintenance],
    named: Iterable[UUID],
    *,
    standing: bool,
    to: datetime | None,
) -> list[UUID]:
    """Mark those that stand, or do not, and tell which; what was revoked stays so."""
    as_told = model.revoked_at.is_(None) if standing else model.revoked_at.is_not(None)
    changed = (
        update(model)
        .where(model.public_id.in_(list(named)), as_told)
        .values(revoked_at=to)
        .returning(model.public_id)
        .execution_options(synchronize_session=False)
    )
    return list(db.session.scalars(changed))
