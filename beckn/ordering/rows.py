"""The rows of the network's orders: each buyer sees its own, and no others."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from msgspec.structs import asdict
from sqlalchemy import bindparam, func, select

from app.booking.own_joining import NETWORK
from app.booking.views import AppointmentView
from app.core.actor import Actor, ActorKind
from app.core.constant import Constant
from app.core.db import db, table, transaction
from app.core.holding import hold_all
from app.patients.views import Sex
from beckn.commands import Billing, Person
from beckn.context import Context
from beckn.ordering.models import NetworkOrder
from beckn.problems import Code, Problem

# How appointments of the network were booked.
CHANNEL = NETWORK
# What stands where somebody stood.
REMOVED = "removed"


def key(of: Context | NetworkOrder) -> str:
    """Name a buyer's transaction in few letters, whatever its ids are like."""
    named = f"{of.bap_id}\n{of.transaction_id}"
    return f"beckn:{sha256(named.encode()).hexdigest()[:40]}"


def actor(of: Context | NetworkOrder) -> Actor:
    """Give who acts: a buyer's app for a patient, who may do what patients may."""
    name = f"{of.bap_id[:150]} (network)"
    return Actor(ActorKind.PATIENT, name, reference=key(of))


@contextmanager
def alone(context: Context) -> Iterator[NetworkOrder | None]:
    """Let one act of a transaction of the network happen at a time; give its row."""
    with transaction():
        hold_all([key(context)])
        yield of_transaction(context)


def of_transaction(context: Context) -> NetworkOrder | None:
    """Give what a transaction became so far, if anything."""
    return db.session.scalar(
        select(NetworkOrder)
        .where(
            NetworkOrder.bap_id == context.bap_id,
            NetworkOrder.transaction_id == context.transaction_id,
        )
        .execution_options(populate_existing=True)
    )


def order_id(row: NetworkOrder, told: AppointmentView) -> str:
    """
    Give the id of an order, which a draft of it has as well.

    It follows from what the row and its appointment keep, so that a draft needs none of
    its own; who drafts in one year and confirms in the next sees the same.
    """
    return f"OPD-{row.drafted_at.year}-{told.reference}"


def of_order(order: str, context: Context) -> NetworkOrder:
    """
    Give an order to the buyer that gave it.

    :raises Problem: to any other, as if there were none
    """
    found = db.session.scalar(
        select(NetworkOrder)
        .where(NetworkOrder.bap_id == context.bap_id, NetworkOrder.order_id == order)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Problem(
            Code.ORDER_NOT_FOUND, "message.order_id", "there is no order of that id"
        )
    return found


def of_appointment(told: AppointmentView) -> NetworkOrder | None:
    """Give the order that an appointment is; of other channels nothing is asked."""
    return of_id(told.id) if told.channel == CHANNEL else None


def of_id(appointment: UUID) -> NetworkOrder | None:
    """Give the order that an appointment is, by its public id, if it is one."""
    return db.session.scalar(
        select(NetworkOrder).where(
            NetworkOrder.appointment_id == appointment,
            NetworkOrder.order_id.is_not(None),
        )
    )


def is_one(appointment: UUID) -> bool:
    """Say whether an appointment is an order; asked for everybody who is called."""
    return bool(_IS_ONE.send({"appointment": appointment}).scalars())


_ORDER = table(NetworkOrder).c
_IS_ONE = Constant(
    select(_ORDER.id).where(
        _ORDER.appointment_id == bindparam("appointment"), _ORDER.order_id.is_not(None)
    )
)


def of_form(form: UUID) -> NetworkOrder | None:
    """Give the transaction that a form was made for, until its people are forgotten."""
    return db.session.scalar(
        select(NetworkOrder)
        .where(NetworkOrder.form_id == form, NetworkOrder.redacted_at.is_(None))
        .execution_options(populate_existing=True)
    )


def asked(person: Person | None, billing: Billing | None) -> dict[str, Any]:
    """Write down who comes and who pays."""
    return {
        "person": asdict(person) if person else None,
        "billing": asdict(billing) if billing else None,
    }


def forget(row: NetworkOrder, *, now: datetime) -> None:
    """Take who came, who paid and what they said out of an order; it stays one."""
    row.asked = asked(Person(REMOVED, phone=REMOVED), Billing(REMOVED))
    if row.cancel_words:
        row.cancel_words = REMOVED
    row.redacted_at = now


def number_of(bap_id: str, appointments: Collection[UUID]) -> int:
    """Count the appointments among these that a buyer's orders and holds became."""
    found = select(func.count()).where(
        NetworkOrder.bap_id == bap_id, NetworkOrder.appointment_id.in_(appointments)
    )
    return db.session.scalar(found) or 0


def person(row: NetworkOrder) -> Person | None:
    """Read who comes."""
    told = row.asked["person"]
    return Person(**told | {"sex": Sex(told["sex"])}) if told else None


def billing(row: NetworkOrder) -> Billing | None:
    """Read who pays."""
    told = row.asked["billing"]
    return Billing(**told) if told else None
