"""How much was said with each buyer's app, and how much was turned away."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, union

from app.core.actor import Actor
from app.core.db import db
from beckn import tallies
from beckn.models import Asked, Owed, Received, Sent
from beckn.pages.reading import require
from beckn.pages.views import Count, Strangers
from beckn.tallies import Tally, Turned

_NUMBERS = (
    *("came", "undone", "turned", "braked"),
    *("went", "acked", "refused", "dead"),
)
MOST_ADDRESSES = 10


def counts(since: datetime, *, by: Actor) -> list[Count]:
    """Count what was said with each buyer's app, by their names."""
    require(by)
    parts = [found(since).subquery() for found in (_came, _turned, _gone)]
    names = union(*(select(part.c.bap_id) for part in parts)).subquery()
    whole: Any = names
    for part in parts:
        whole = whole.join(part, part.c.bap_id == names.c.bap_id, isouter=True)
    columns = [c for part in parts for c in part.c if c.name in _NUMBERS]
    rows = db.session.execute(
        select(
            names.c.bap_id,
            parts[-1].c.median,
            *(func.coalesce(each, 0).label(each.name) for each in columns),
        )
        .select_from(whole)
        .order_by(names.c.bap_id)
    )
    return [Count(**row._mapping) for row in rows]  # noqa: SLF001 - the public name of it


def strangers(since: datetime, *, by: Actor) -> Strangers:
    """Count what was turned away of whom nobody knows who they are."""
    require(by)
    refused = tallies.number(Turned.REFUSED, since, subscriber="")
    return Strangers(refused, tuple(tallies.braked(since, MOST_ADDRESSES)))


def _came(since: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Received.bap_id,
            func.count().label("came"),
            func.count().filter(Received.state == Asked.DEAD).label("undone"),
        )
        .where(Received.received_at >= since)
        .group_by(Received.bap_id)
    )


def _turned(since: datetime) -> Select[*tuple[Any, ...]]:
    number = func.sum(Tally.number)
    return (
        select(
            Tally.subscriber.label("bap_id"),
            number.filter(Tally.kind == Turned.REFUSED).label("turned"),
            number.filter(Tally.kind == Turned.BRAKED).label("braked"),
        )
        .where(Tally.minute >= since, Tally.subscriber != "")
        .group_by(Tally.subscriber)
    )


def _gone(since: datetime) -> Select[*tuple[Any, ...]]:
    after = Sent.sent_at - Received.received_at
    return (
        select(
            Sent.bap_id,
            func.count().label("went"),
            func.count().filter(Sent.state == Owed.ACKED).label("acked"),
            func.count().filter(Sent.state == Owed.REFUSED).label("refused"),
            func.count().filter(Sent.state == Owed.DEAD).label("dead"),
            func.percentile_cont(0.5).within_group(after).label("median"),
        )
        .join(Received, Received.id == Sent.asked_id, isouter=True)
        .where(Sent.created_at >= since)
        .group_by(Sent.bap_id)
    )
