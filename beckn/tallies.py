"""How much was turned away at the door, counted by minute: nobody's words are kept."""

import logging
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, String, UniqueConstraint, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Instant, Model, choice, db, table, transaction
from app.core.errors import DomainError

log = logging.getLogger("baari.network")


class Turned(StrEnum):
    """Why a message was turned away: it came too fast, or was answered by a NACK."""

    BRAKED = "braked"
    REFUSED = "refused"


class Tally(Model):
    """
    How often somebody was turned away in one minute.

    `subscriber` is who signed; nobody, where that was not believed or not looked at.
    `address` is where it came from, of who was braked before they were looked at.
    """

    __tablename__ = "beckn_tallies"
    __table_args__ = (
        UniqueConstraint(
            "minute",
            "kind",
            "subscriber",
            "address",
            name="uq_beckn_tallies_minute_kind_subscriber_address",
        ),
        CheckConstraint("number >= 1", name="number"),
    )

    kind: Mapped[Turned] = mapped_column(choice(Turned, "kind"))
    subscriber: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(45))
    minute: Mapped[datetime] = mapped_column(Instant)
    number: Mapped[int]


def count(
    kind: Turned, subscriber: str = "", address: str = "", *, now: datetime
) -> None:
    """
    Count one more; there is one row for each minute, however many come.

    What is turned away is so also where it cannot be counted.
    """
    row = {
        "kind": kind,
        "subscriber": subscriber,
        "address": address,
        "minute": now.replace(second=0, microsecond=0),
        "number": 1,
    }
    try:
        with transaction() as session:
            session.execute(_ONE_MORE, row)
    except (DomainError, SQLAlchemyError):
        log.exception("what was turned away could not be counted")


_TALLY = table(Tally)
_ONE_MORE = insert(_TALLY).on_conflict_do_update(
    constraint="uq_beckn_tallies_minute_kind_subscriber_address",
    set_={"number": _TALLY.c.number + 1},
)


def braked(since: datetime, most: int) -> list[tuple[str, int, datetime]]:
    """Give the addresses that came too fast, how often and until when, most first."""
    number = func.sum(Tally.number)
    found = (
        select(Tally.address, number, func.max(Tally.minute))
        .where(Tally.minute >= since, Tally.address != "")
        .group_by(Tally.address)
        .order_by(number.desc(), Tally.address)
        .limit(most)
    )
    return [(row[0], int(row[1]), row[2]) for row in db.session.execute(found)]


def number(kind: Turned, since: datetime, subscriber: str | None = None) -> int:
    """Give how many were turned away so since a moment: of one signer, or of all."""
    found = select(func.sum(Tally.number)).where(
        Tally.minute >= since, Tally.kind == kind
    )
    if subscriber is not None:
        found = found.where(Tally.subscriber == subscriber)
    return int(db.session.scalar(found) or 0)


def forget(before: datetime) -> None:
    """Remove what was counted before a moment; to be called within a transaction."""
    db.session.execute(delete(Tally).where(Tally.minute < before))
