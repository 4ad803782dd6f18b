"""What this house can show of what certification asks: counted, not claimed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.core.actor import Actor
from app.core.db import db
from app.directory import queries as directory
from beckn import tallies
from beckn.actions import Action
from beckn.acts import offering
from beckn.door import Network, OwnKey
from beckn.models import Owed, Received, Sent
from beckn.pages.reading import require
from beckn.tallies import Turned

# What is looked back on.
BACK = timedelta(days=30)


class Came(Struct, frozen=True):
    """Messages of one kind that were taken, and those that bear no signature."""

    number: int
    unsigned: int
    by_gateway: int


class Answered(Struct, frozen=True):
    """
    Callbacks of one kind: how many, and how soon after the question they went.

    `most` is what nineteen of twenty were within, `last` is the latest one's time.
    """

    number: int
    acked: int
    dead: int
    most: timedelta | None
    last: timedelta | None


class Facts(Struct, frozen=True, kw_only=True):
    """What the boxes and the keys say now."""

    now: datetime
    key: OwnKey | None
    domains: tuple[str, ...]
    kept_days: int
    came: Mapping[Action, Came]
    answered: Mapping[Action, Answered]
    # Told without being asked; it answers nothing.
    news: int
    # What 99 of a hundred messages were written down within, in milliseconds.
    ack_ms: float | None
    per_subscriber: str
    per_address: str
    braked: int
    # Doctors whom patients book, and places; first those that registries know.
    doctors: tuple[int, int]
    places: tuple[int, int]


def facts(network: Network, *, by: Actor, now: datetime) -> Facts:
    """Look at the last thirty days of both boxes."""
    require(by)
    since = now - BACK
    came = db.session.execute(
        select(
            Received.action,
            func.count(),
            func.count().filter(Received.key_id == ""),
            func.count().filter(Received.gateway_id != ""),
        )
        .where(Received.received_at >= since)
        .group_by(Received.action)
    )
    after = Sent.sent_at - Received.received_at
    latest = aggregate_order_by(after, Sent.id.desc())
    went = db.session.execute(
        select(
            Received.action,
            func.count(),
            func.count().filter(Sent.state == Owed.ACKED),
            func.count().filter(Sent.state == Owed.DEAD),
            func.percentile_cont(0.95).within_group(after),
            func.array_agg(latest)[1],
        )
        .select_from(Sent)
        .join(Received, Received.id == Sent.asked_id, isouter=True)
        .where(Sent.created_at >= since)
        .group_by(Received.action)
    ).all()
    return Facts(
        now=now,
        key=network.key(now=now),
        domains=network.domains,
        kept_days=network.kept_days,
        came={row[0]: Came(*row[1:]) for row in came},
        answered={row[0]: Answered(*row[1:]) for row in went if row[0] is not None},
        news=sum(row[1] for row in went if row[0] is None),
        ack_ms=_ack_ms(since),
        per_subscriber=network.per_subscriber,
        per_address=network.per_address,
        **_known(),
        braked=tallies.number(Turned.BRAKED, since),
    )


def _ack_ms(since: datetime) -> float | None:
    most = func.percentile_cont(0.99).within_group(Received.ack_ms)
    return db.session.scalar(select(most).where(Received.received_at >= since))


def _known() -> dict[str, tuple[int, int]]:
    ids, places = directory.registry_ids(), offering.places()
    shown = {each.id for place in places for each in offering.on_show(place)}
    return {
        "doctors": (len(shown & ids.resources.keys()), len(shown)),
        "places": (sum(each.id in ids.facilities for each in places), len(places)),
    }
