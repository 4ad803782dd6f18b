"""What was refused at the door: who said to be whom, what for and why; no message."""

import logging
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Index, String, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Instant, Model, db, transaction
from app.core.errors import DomainError

log = logging.getLogger("baari.network")

# Of each subscriber, and of all strangers together: nobody fills the table.
MOST_KEPT = 100
_LONGEST = 200


class Refused(Model):
    """
    One message that was not taken.

    `subscriber` is who signed it; nobody, if that was not believed. `claimed` is who it
    says it is of; `path` the field that was wrong.
    """

    __tablename__ = "beckn_refused"
    __table_args__ = (Index("ix_beckn_refused_subscriber", "subscriber", "id"),)

    subscriber: Mapped[str] = mapped_column(String(200))
    claimed: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(40))
    path: Mapped[str] = mapped_column(String(200))
    refused_at: Mapped[datetime] = mapped_column(Instant)


class Refusal(Struct, frozen=True):
    """A message that was not taken, as `Refused` has it."""

    subscriber: str
    claimed: str
    action: str
    code: str
    path: str
    refused_at: datetime


def keep(refusal: Refusal) -> None:
    """
    Remember a refusal, and forget the oldest beyond those that are kept.

    What is refused is refused also where it cannot be remembered.
    """
    try:
        with transaction() as session:
            session.add(
                Refused(
                    subscriber=refusal.subscriber,
                    claimed=refusal.claimed[:_LONGEST],
                    action=refusal.action,
                    code=refusal.code,
                    path=refusal.path[:_LONGEST],
                    refused_at=refusal.refused_at,
                )
            )
            session.flush()
            _forget_beyond(refusal.subscriber)
    except (DomainError, SQLAlchemyError):
        log.exception("a refusal could not be written down")


def _forget_beyond(subscriber: str) -> None:
    first_too_many = (
        select(Refused.id)
        .where(Refused.subscriber == subscriber)
        .order_by(Refused.id.desc())
        .offset(MOST_KEPT)
        .limit(1)
    )
    db.session.execute(
        delete(Refused).where(
            Refused.subscriber == subscriber,
            Refused.id <= first_too_many.scalar_subquery(),
        )
    )


def latest(number: int) -> list[Refusal]:
    """Give the last refusals of all, the newest first."""
    found = db.session.scalars(
        select(Refused).order_by(Refused.id.desc()).limit(number)
    )
    return [
        Refusal(
            each.subscriber,
            each.claimed,
            each.action,
            each.code,
            each.path,
            each.refused_at,
        )
        for each in found
    ]


def forget(before: datetime) -> int:
    """Remove what was refused before a moment; to be called within a transaction."""
    gone = delete(Refused).where(Refused.refused_at < before).returning(Refused.id)
    return len(db.session.execute(gone).all())
