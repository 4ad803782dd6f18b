"""What is done with an order: status, track, cancel, update, rating, support."""

from collections.abc import Mapping
from datetime import datetime

from app.booking import own_queries, queries, service
from app.booking.errors import StatusError
from app.booking.states import LIVE, Status
from app.booking.views import AppointmentView
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import InputError
from beckn import fulfilments
from beckn.acts import coming, offering, picturing, quotas
from beckn.acts.refusals import OF_CANCELLING, OF_UPDATING, told
from beckn.acts.searching import aware
from beckn.commands import (
    Cancel,
    Part,
    Rate,
    RatingCategories,
    Reasons,
    Support,
    Track,
    Update,
)
from beckn.commands import Status as Asking
from beckn.context import Context
from beckn.ordering import rows
from beckn.ordering.models import NetworkOrder
from beckn.problems import Code, Problem
from beckn.results import (
    Cancelled,
    Ordered,
    Rateable,
    Rated,
    Reasoned,
    Supported,
    Tracked,
    Updated,
)

# What a patient who acts for themselves would type.
_DIGITS = 4

REASONS: Mapping[str, str] = {
    "001": "Patient request",
    "002": "Feeling better",
    "003": "Another time suits better",
    "004": "Booked by mistake",
    "005": "Going somewhere else",
}
# All of them are one visit, and are rated as one.
RATED: Mapping[str, str] = {
    "Order": "The visit",
    "Fulfillment": "How it went",
    "Agent": "The doctor",
}


def status(wanted: Asking, context: Context, *, now: datetime) -> Ordered:
    """Tell how an order stands, to the buyer that gave it."""
    del now
    row = rows.of_order(wanted.order, context)
    return picturing.ordered(row, _visit(row), Ordered)


def track(wanted: Track, context: Context, *, now: datetime) -> Tracked:
    """Give the page on which a visit is followed."""
    del now
    row = rows.of_order(wanted.order, context)
    visit = _visit(row)
    path = f"/a/{_secret(visit, row)}"
    return Tracked(wanted.order, path, picturing.state_of(visit) in LIVE)


def cancel(wanted: Cancel, context: Context, *, now: datetime) -> Cancelled:
    """
    Call an order off; of one that is off already, tell the same again.

    :raises Problem: if it is too late, it has begun, or the reason is none of ours
    """
    rows.of_order(wanted.order, context)
    with rows.alone(context):
        row = rows.of_order(wanted.order, context)
        visit = _visit(row)
        if picturing.state_of(visit) is not Status.CANCELLED:
            if wanted.reason not in REASONS:
                raise Problem(
                    Code.BAD_REASON,
                    "message.cancellation_reason_id",
                    "there is no reason of that id",
                )
            with told(OF_CANCELLING, "message.order_id"):
                service.cancel_own(_secret(visit, row), _digits(visit), now=now)
            row.cancelled_at = row.changed_at = row.state_at = now
            row.cancel_reason = wanted.reason
            row.cancel_words = wanted.words[:200]
            db.session.flush()
        return picturing.ordered(row, _visit(row), Cancelled)


def update(wanted: Update, context: Context, *, now: datetime) -> Updated:
    """
    Move an order to another time of the same doctor, correct who comes, or who pays.

    :raises Problem: if it cannot be moved, or something else is to be another
    """
    rows.of_order(wanted.order, context)
    with rows.alone(context):
        row = rows.of_order(wanted.order, context)
        if picturing.state_of(_visit(row)) not in LIVE:
            raise Problem(Code.NO_UPDATE, "message.order.id", "the visit is over")
        if Part.ITEM in wanted.parts and wanted.item not in {"", _visit(row).type.code}:
            raise Problem(
                Code.UPDATE_INCONSISTENT,
                "message.order.items[0].id",
                "a visit of another type is another order",
            )
        if Part.PERSON in wanted.parts:
            coming.correct(row, _visit(row), wanted.person, now=now)
        if Part.TIME in wanted.parts:
            _move(row, wanted, now=now)
            quotas.require(_visit(row), context, now=now)
        if Part.BILLING in wanted.parts:
            if wanted.billing is None or not wanted.billing.name:
                raise Problem(
                    Code.UPDATE_INCONSISTENT,
                    "message.order.billing",
                    "who pays is missing",
                )
            row.asked = rows.asked(rows.person(row), wanted.billing)
        row.changed_at = now
        db.session.flush()
        return picturing.ordered(row, _visit(row), Updated)


def _move(row: NetworkOrder, wanted: Update, *, now: datetime) -> None:
    visit = _visit(row)
    starts_at = _new_start(visit, wanted)
    with told(OF_UPDATING, "message.order.fulfillments[0]"):
        service.move_own(_secret(visit, row), _digits(visit), starts_at, now=now)


def _new_start(visit: AppointmentView, wanted: Update) -> datetime:
    here = fulfilments.read(offering.offer_of(visit).fulfilment)
    there = fulfilments.read(wanted.fulfilment) if wanted.fulfilment else here
    same = (
        there.facility_id == here.facility_id
        and there.resource_id == here.resource_id
        and there.type_id == here.type_id
        and there.kind is here.kind
    )
    if not same:
        raise Problem(
            Code.UPDATE_INCONSISTENT,
            fulfilments.PATH,
            "a visit moves to another time of the same doctor only",
        )
    if there != here:
        return there.starts_at
    if wanted.starts_at is None:
        raise Problem(
            Code.UPDATE_INCONSISTENT,
            "message.order.fulfillments[0]",
            "it says no other time",
        )
    return aware(wanted.starts_at, visit.facility.zone)


def rate(wanted: Rate, context: Context, *, now: datetime) -> Rated:
    """
    Rate a visit that is done.

    :raises Problem: if it is not, or it is not to be rated so
    """
    if wanted.category not in RATED:
        raise Problem(
            Code.RATING_CATEGORY,
            "message.ratings[0].rating_category",
            f"rated are {', '.join(RATED)}",
        )
    row = rows.of_transaction(context)
    if row is None or row.order_id is None:
        raise Problem(Code.ORDER_NOT_FOUND, "context.transaction_id", "of no order")
    visit = _visit(row)
    targets = {
        "Order": row.order_id,
        "Fulfillment": offering.offer_of(visit).fulfilment,
        "Agent": visit.resource.code,
    }
    if wanted.target != targets[wanted.category]:
        raise Problem(
            Code.RATING_TARGET, "message.ratings[0].id", "that is not of this order"
        )
    secret = _secret(visit, row)
    try:
        service.rate_own(secret, _stars(wanted.value), "", now=now)
    except InputError as refusal:
        raise _bad_value() from refusal
    except StatusError as refusal:
        raise Problem(
            Code.NOT_APPLICABLE, "message.ratings[0]", "the visit is not done yet"
        ) from refusal
    return Rated(f"/a/{secret}")


def _stars(written: str) -> int:
    """Read stars; whole ones, however they are written."""
    whole, _, rest = written.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) == 1) or rest.strip("0"):
        raise _bad_value()
    return int(whole)


def _bad_value() -> Problem:
    return Problem(
        Code.RATING_VALUE, "message.ratings[0].value", "a rating is 1 to 5 stars"
    )


def support(wanted: Support, context: Context, *, now: datetime) -> Supported:
    """
    Tell whom to call about an order.

    :raises Problem: if there is no such order, or nobody to call
    """
    del now
    visit = _visit(rows.of_order(wanted.order, context))
    if not visit.facility.phone:
        raise Problem(
            Code.NO_SUPPORT, "message.support.ref_id", "the facility has no phone"
        )
    return Supported(wanted.order, visit.facility.phone)


def reasons(wanted: Reasons, context: Context, *, now: datetime) -> Reasoned:
    """Give why one may cancel."""
    del wanted, context, now
    return Reasoned(REASONS)


def categories(
    wanted: RatingCategories, context: Context, *, now: datetime
) -> Rateable:
    """Give what may be rated."""
    del wanted, context, now
    return Rateable(RATED)


def _visit(row: NetworkOrder) -> AppointmentView:
    return queries.appointment(row.appointment_id, by=SYSTEM)


def _secret(visit: AppointmentView, row: NetworkOrder) -> str:
    """Give the visit's secret to the buyer's app that booked it."""
    return own_queries.mine(visit.id, by=rows.actor(row))


def _digits(visit: AppointmentView) -> str:
    """Give the end of the patient's phone, for which the order itself vouches here."""
    phone = visit.patient.phone if visit.patient else None
    return (phone or "")[-_DIGITS:]
