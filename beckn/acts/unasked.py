"""Tell buyers what became of their orders, without being asked."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import partial

from flask import current_app
from msgspec.structs import replace

from app.booking import queries
from app.booking.events import Changed, Moved, Reassigned, Regrouped
from app.booking.states import FREES_PLACE
from app.booking.views import AppointmentView
from app.core import events as house
from app.core.actor import ONESELF, SYSTEM, Actor, ActorKind
from app.core.db import db
from app.queues.events import Called
from beckn import door, owing
from beckn.acts import picturing
from beckn.context import Context
from beckn.ordering import rows
from beckn.ordering.models import NetworkOrder
from beckn.results import Cancelled, Ordered, Updated

log = logging.getLogger("baari.network")

# The transaction whose message is being dealt with: the callback tells what it did.
_answered: ContextVar[str] = ContextVar("answered", default="")


def listen() -> None:
    """Hear what becomes of appointments, whoever does it."""
    house.subscribe(Changed, changed)
    house.subscribe(Regrouped, changed)
    house.subscribe(Moved, moved)
    house.subscribe(Reassigned, moved)
    house.subscribe(Called, called)


@contextmanager
def answering(context: Context) -> Iterator[None]:
    """Tell a buyer nothing of what its own message does to its own order."""
    token = _answered.set(rows.key(context))
    try:
        yield
    finally:
        _answered.reset(token)


def changed(event: Changed | Regrouped) -> None:
    """Tell that who was booked is in another state, or will not be seen at all."""
    told = event.appointment
    status = picturing.state_of(told)
    if status is picturing.state_of(event.before):
        return
    row = rows.of_appointment(told)
    if row is None:
        return
    row.state_at = row.changed_at = event.now
    off = status in FREES_PLACE
    _say_by_whom(row, event.by if off else None, event.now)
    db.session.flush()
    if off:
        _tell(row, "on_cancel", picturing.ordered(row, told, Cancelled), now=event.now)
    else:
        _tell(row, "on_status", picturing.ordered(row, told, Ordered), now=event.now)


def moved(event: Moved | Reassigned) -> None:
    """Tell of another time, doctor or number; orders know nothing of rooms."""
    told = event.appointment
    if _place(told) == _place(event.before):
        return
    row = rows.of_appointment(told)
    if row is None:
        return
    row.changed_at = event.now
    db.session.flush()
    _tell(row, "on_update", picturing.ordered(row, told, Updated), now=event.now)


def called(event: Called) -> None:
    """Tell that a number is called, and where to; the state is what it was."""
    if event.appointment_id is None or door.network_of(current_app) is None:
        return
    if not rows.is_one(event.appointment_id):
        return
    row = rows.of_id(event.appointment_id)
    if row is None:
        return
    visit = queries.appointment(event.appointment_id, by=SYSTEM)
    told = picturing.ordered(row, visit, Ordered)
    told = replace(told, called_to=event.counter or "")
    _tell(row, "on_status", told, now=event.now)


def _place(told: AppointmentView) -> tuple[object, ...]:
    return told.resource.id, told.span, told.type.id, told.token


def _say_by_whom(row: NetworkOrder, off: Actor | None, now: datetime) -> None:
    """Remember that the patient called it off; the buyer's own words come after."""
    if off is not None and (off == ONESELF or off.kind is ActorKind.PATIENT):
        row.cancelled_at, row.cancel_reason, row.cancel_words = now, "", ""
    else:
        row.cancelled_at = row.cancel_reason = row.cancel_words = None


def _tell(row: NetworkOrder, action: str, told: Ordered, *, now: datetime) -> None:
    network = door.network_of(current_app)
    if network is None or network.news is None or rows.key(row) == _answered.get():
        return
    write = partial(network.news, told)
    try:
        owing.news(row.bap_id, row.transaction_id, action, write, now=now)
    except owing.UnknownTransactionError:
        # The desk's work must not fail for an order that came by no message.
        log.exception("nobody to tell of %s", row.order_id)
