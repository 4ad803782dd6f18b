"""What staff read of both boxes: however many messages, as many statements."""

from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import defer

from app.accounts import queries as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE
from app.core.actor import SYSTEM, Actor
from app.core.db import db
from app.core.errors import ForbiddenError, NotFoundError
from app.receipts import queries as receipts
from beckn import refused as refused_ones
from beckn.models import DUE, Asked, Owed, Received, Sent
from beckn.ordering.models import NetworkOrder
from beckn.pages import views
from beckn.pages.views import Deal, Deals, Lag, Letter, Line, Stand, Talk
from beckn.refused import Refusal

MOST = 25
B = TypeVar("B", Received, Sent, NetworkOrder)


def require(by: Actor) -> None:
    """
    Let nobody read on who does not keep the network.

    :raises ForbiddenError: to them
    """
    if not accounts.may(by, Permission.MANAGE_NETWORK, EVERYWHERE):
        raise ForbiddenError(permission=Permission.MANAGE_NETWORK.value)


def deals(asked: views.Asked, *, by: Actor) -> Deals:
    """Give a page of transactions, the latest first, with their orders."""
    require(by)
    said = _spoken(asked)
    dead, refused = func.bool_or(said.c.dead), func.bool_or(said.c.refused)
    latest = aggregate_order_by(said.c.action, said.c.at.desc(), said.c.came)
    grouped = select(
        said.c.bap_id,
        said.c.transaction_id,
        func.array_agg(said.c.public_id)[1].label("message"),
        func.array_agg(latest)[1].label("last"),
        func.max(said.c.at).label("last_at"),
        func.count().label("number"),
        dead.label("dead"),
        refused.label("refused"),
        func.bool_or(said.c.waiting).label("waiting"),
    ).group_by(said.c.bap_id, said.c.transaction_id)
    if asked.stuck:
        grouped = grouped.having(or_(dead, refused))
    found = (
        grouped.order_by(func.max(said.c.at).desc(), said.c.transaction_id)
        .limit(MOST + 1)
        .offset((asked.page - 1) * MOST)
        .subquery()
    )
    same = (NetworkOrder.bap_id == found.c.bap_id) & (
        NetworkOrder.transaction_id == found.c.transaction_id
    )
    rows = db.session.execute(
        select(found, NetworkOrder.order_id, NetworkOrder.appointment_id)
        .join(NetworkOrder, same, isouter=True)
        .order_by(found.c.last_at.desc(), found.c.transaction_id)
    ).all()
    return Deals(tuple(map(_deal, rows[:MOST])), more=len(rows) > MOST)


def _spoken(asked: views.Asked) -> Subquery:
    """Select both boxes alike; what is searched for may be of any day."""
    came = select(
        Received.public_id,
        Received.bap_id,
        Received.transaction_id,
        cast(Received.action, String).label("action"),
        Received.received_at.label("at"),
        literal(value=True).label("came"),
        (Received.state == Asked.DEAD).label("dead"),
        literal(value=False).label("refused"),
        (Received.state == Asked.WAITING).label("waiting"),
    ).where(_meant(Received, Received.received_at, asked))
    went = select(
        Sent.public_id,
        Sent.bap_id,
        Sent.transaction_id,
        Sent.action,
        Sent.created_at,
        literal(value=False),
        Sent.state == Owed.DEAD,
        Sent.state == Owed.REFUSED,
        Sent.state.in_(DUE),
    ).where(_meant(Sent, Sent.created_at, asked))
    return union_all(came, went).subquery()


def _meant(
    box: type[Received] | type[Sent], at: Any, asked: views.Asked
) -> ColumnElement[bool]:
    if not asked.said:
        found: ColumnElement[bool] = at >= asked.since
        return found
    ordered = select(NetworkOrder.bap_id, NetworkOrder.transaction_id).where(
        NetworkOrder.order_id == asked.said
    )
    return or_(
        box.transaction_id == asked.said,
        tuple_(box.bap_id, box.transaction_id).in_(ordered),
    )


def _deal(row: Any) -> Deal:
    flags = ((row.dead, Stand.DEAD), (row.refused, Stand.REFUSED))
    stands = [stand for flag, stand in flags if flag]
    quiet = Stand.WAITING if row.waiting else Stand.QUIET
    return Deal(
        message=row.message,
        bap_id=row.bap_id,
        transaction_id=row.transaction_id,
        last=row.last,
        last_at=row.last_at,
        number=row.number,
        stand=stands[0] if stands else quiet,
        order_id=row.order_id,
        appointment_id=row.appointment_id,
    )


def lag(*, by: Actor, now: datetime) -> Lag:
    """Tell what is due by now in both boxes, and since when."""
    require(by)
    asked = select(func.count(), func.min(Received.due_at)).where(
        Received.due_at <= now
    )
    owed = select(func.count(), func.min(Sent.next_at)).where(Sent.next_at <= now)
    mine, theirs = asked.subquery(), owed.subquery()
    row = db.session.execute(
        select(*mine.c, *theirs.c).select_from(mine.join(theirs, literal(value=True)))
    ).one()
    asked_for, first, owing, then = row
    return Lag(asked_for, owing, min((m for m in (first, then) if m), default=None))


def turned_away(*, by: Actor) -> list[Refusal]:
    """Give what was not taken lately, the newest first."""
    require(by)
    return refused_ones.latest(MOST)


def talk(message: UUID, *, by: Actor) -> Talk:
    """
    Give the transaction that a message is of.

    :raises NotFoundError: if there is no such message
    """
    require(by)
    of = union_all(
        *(
            select(box.bap_id, box.transaction_id).where(box.public_id == message)
            for box in (Received, Sent)
        )
    )
    named = db.session.execute(of).first()
    if named is None:
        raise NotFoundError("message")
    came = db.session.scalars(
        _of(Received, named).options(
            defer(Received.raw), defer(Received.answer), defer(Received.headers)
        )
    ).all()
    went = db.session.scalars(
        _of(Sent, named).options(defer(Sent.snapshot), defer(Sent.body))
    ).all()
    order = db.session.execute(
        _of(NetworkOrder, named).with_only_columns(
            NetworkOrder.order_id, NetworkOrder.appointment_id
        )
    ).first()
    at = {each.id: each.received_at for each in came}
    lines = [_came(each) for each in came]
    lines += [_went(each, at.get(each.asked_id or 0)) for each in went]
    lines.sort(key=lambda each: (each.at, not each.came, each.sequence or 0))
    return Talk(
        bap_id=named.bap_id,
        transaction_id=named.transaction_id,
        order_id=order.order_id if order else None,
        appointment_id=order.appointment_id if order else None,
        lines=tuple(lines),
        prepaid=receipts.prepaid(order.appointment_id, by=SYSTEM) if order else None,
    )


def _of(box: type[B], named: Any) -> Select[B]:
    return select(box).where(
        box.bap_id == named.bap_id, box.transaction_id == named.transaction_id
    )


def letter(message: UUID, *, by: Actor) -> Letter:
    """
    Give one message whole.

    :raises NotFoundError: if there is none
    """
    require(by)
    came = db.session.scalar(select(Received).where(Received.public_id == message))
    if came is not None:
        return Letter(_came(came), came.bap_id, "", came.raw, fixed=True)
    went = db.session.scalar(select(Sent).where(Sent.public_id == message))
    if went is None:
        raise NotFoundError("message")
    asked = select(Received.received_at).where(Received.id == went.asked_id)
    line = _went(went, db.session.scalar(asked))
    raw = went.body or orjson.dumps(went.snapshot)
    return Letter(line, went.bap_id, went.url, raw, fixed=went.body is not None)


def _came(row: Received) -> Line:
    return Line(
        id=row.public_id,
        came=True,
        action=row.action.value,
        message_id=row.message_id,
        at=row.received_at,
        state=row.state.value,
        tries=row.tries,
        error=row.error,
        next_at=row.due_at,
        redacted=row.redacted_at is not None,
        key_id=row.key_id,
        gateway_id=row.gateway_id,
        gateway_key_id=row.gateway_key_id,
    )


def _went(row: Sent, asked_at: datetime | None) -> Line:
    after: timedelta | None = None
    if asked_at is not None and row.sent_at is not None:
        after = row.sent_at - asked_at
    return Line(
        id=row.public_id,
        came=False,
        action=row.action,
        message_id=row.message_id,
        at=row.created_at,
        state=row.state.value,
        tries=row.tries,
        error=row.error,
        next_at=row.next_at,
        redacted=row.redacted_at is not None,
        sequence=row.sequence,
        unasked=row.asked_id is None,
        sent_at=row.sent_at,
        acked_at=row.acked_at,
        after=after,
        late=_is_late(row),
    )


def _is_late(row: Sent) -> bool:
    if row.late_at is None or row.sent_at is None:
        return False
    return row.sent_at > row.late_at
