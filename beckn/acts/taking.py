"""Select, init, confirm: a quote, a hold, and a booking."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from app.booking import queries, service
from app.booking.choosing import Asked
from app.booking.errors import HoldLostError
from app.booking.kinds import Kind
from app.booking.states import Status
from app.booking.views import AppointmentView, Holding, NewTimed, NewToken, Want
from app.core.actor import SYSTEM, Actor
from app.core.db import db
from beckn import fulfilments
from beckn.acts import coming, forming, offering, paying, picturing, quotas
from beckn.acts.coming import PATH as _PERSON
from beckn.acts.refusals import OF_PLACES, told
from beckn.commands import Billing, Confirm, Init, Person, Select
from beckn.context import Context
from beckn.fulfilments import PATH, Slot
from beckn.ordering import rows
from beckn.ordering.models import NetworkOrder
from beckn.problems import Code, Problem
from beckn.results import Drafted, Ordered, Quote, Quoted

MINUTES_KEPT = 10
FORM = "message.order.xinput.form"


def select(wanted: Select, context: Context, *, now: datetime) -> Quoted:
    """
    Tell what a place costs, if it is free; nothing is kept.

    :raises Problem: if it cannot be had
    """
    slot = fulfilments.read(wanted.fulfilment)
    by = rows.actor(context)
    asked = offering.checked(slot, wanted.provider, wanted.item, by=by)
    offer = offering.offer(asked, offering.free(asked, slot, now=now))
    return Quoted(replace(offer, quote=paying.quoted(asked)))


def init(wanted: Init, context: Context, *, now: datetime) -> Drafted:
    """
    Hold a place for this transaction, instead of one that it held before.

    Asked for the same place again, it is the same hold, and lasts no longer for that.

    :raises Problem: if the place cannot be had, or the order was given already
    """
    slot, by = fulfilments.read(wanted.fulfilment), rows.actor(context)
    asked = offering.checked(slot, wanted.provider, wanted.item, by=by)
    with rows.alone(context) as before:
        if before is not None and before.order_id is not None:
            raise Problem(
                Code.NOT_APPLICABLE, "message.order", "it was confirmed already"
            )
        held = None if before is None else _live(before, wanted.fulfilment, now)
        fresh = held is None
        quote = _quoted(before, asked, wanted, now=now)
        if before is not None and held is not None:
            _require_form(before, wanted)
        if held is None:
            with told(OF_PLACES, PATH):
                held = _hold(asked, slot, context, by=by, now=now)
        row = _keep(before, quote, held, context, now=now)
        row.asked = rows.asked(*coming.told(wanted, row))
        row.changed_at = now
        db.session.flush()
        if fresh:
            quotas.require(held, context, now=now)
        return picturing.drafted(row, held, now=now)


def confirm(wanted: Confirm, context: Context, *, now: datetime) -> Ordered:
    """
    Book what is held, or book at once where nothing was; twice is once.

    :raises Problem: if the quote has ended, the place is taken, or somebody is missing
    """
    slot, by = fulfilments.read(wanted.fulfilment), rows.actor(context)
    with rows.alone(context) as before:
        _check_draft(before, wanted)
        if before is not None:
            _check_form(before, wanted)
        if before is not None and before.order_id is not None:
            return _again(before, wanted)
        asked = offering.checked(slot, wanted.provider, wanted.item, by=by)
        who, payer = people(wanted, before)
        quote = _quoted(before, asked, wanted, now=now)
        paying.check(quote, wanted.payment)
        _check_price(quote, wanted)
        booked = _book(before, asked, slot, who, wanted, by=by, now=now)
        row = _keep(before, quote, booked, context, now=now)
        row.order_id = rows.order_id(row, booked)
        row.confirmed_at = row.changed_at = now
        row.fulfilment = wanted.fulfilment
        row.asked = rows.asked(who, payer)
        db.session.flush()
        paying.keep(row, booked, wanted.payment, by=by, now=now)
        if before is None:
            quotas.require(booked, context, now=now)
        return picturing.ordered(row, booked, Ordered)


def _require_form(row: NetworkOrder, wanted: Init) -> None:
    """
    Refuse a second init of what is held while nobody says who comes.

    :raises Problem: if it says so by no form of ours, and does not itself
    """
    if wanted.form is None:
        return
    _check_form(row, wanted)
    if row.filled_at is None and forming.lacks(*coming.told(wanted, row)):
        raise Problem(
            Code.NOT_APPLICABLE, FORM, "the form of on_init is to be filled first"
        )


def _check_form(row: NetworkOrder, wanted: Init) -> None:
    """Hold the form that a buyer names against the one that this transaction has."""
    if wanted.form not in {None, "", str(row.form_id)}:
        raise Problem(Code.INVALID, f"{FORM}.submission_id", "it is another form's")


def _check_draft(row: NetworkOrder | None, wanted: Confirm) -> None:
    """Hold the id that a buyer names against the one that this transaction has."""
    if not wanted.draft:
        return
    if row is None or wanted.draft != _id_of(row):
        raise Problem(
            Code.ORDER_NOT_FOUND, "message.order.id", "no order of that id was drafted"
        )


def _id_of(row: NetworkOrder) -> str:
    drafted = queries.appointment(row.appointment_id, by=SYSTEM)
    return row.order_id or rows.order_id(row, drafted)


def _again(row: NetworkOrder, wanted: Confirm) -> Ordered:
    """
    Tell the order once more, wherever the visit was moved since.

    :raises Problem: if another place is confirmed, or for somebody else
    """
    booked = queries.appointment(row.appointment_id, by=SYSTEM)
    # Orders of before this was kept are known by where they are now.
    confirmed = row.fulfilment or offering.offer_of(booked).fulfilment
    if wanted.fulfilment != confirmed:
        raise Problem(Code.INVALID, PATH, "another place was confirmed already")
    who, _ = coming.told(wanted, row)
    if who != rows.person(row):
        raise Problem(Code.INVALID, _PERSON, "it was confirmed for somebody else")
    paying.check_again(row, wanted.payment)
    return picturing.ordered(row, booked, Ordered)


def _live(row: NetworkOrder, fulfilment: str, now: datetime) -> AppointmentView | None:
    """Give what a transaction holds, if it is that place, and still held."""
    held = queries.appointment(row.appointment_id, by=SYSTEM)
    lasts = held.hold_expires_at is not None and held.hold_expires_at > now
    same = offering.offer_of(held).fulfilment == fulfilment
    return held if lasts and same and held.status is Status.HELD else None


def _hold(
    asked: Asked, slot: Slot, context: Context, *, by: Actor, now: datetime
) -> AppointmentView:
    holding = Holding(rows.key(context), minutes=MINUTES_KEPT)
    order = _order(asked, slot, None)
    if isinstance(order, NewToken):
        return service.hold_token(order, holding, by=by, now=now)
    return service.hold_timed(order, holding, by=by, now=now)


def _order(asked: Asked, slot: Slot, patient: UUID | None) -> NewToken | NewTimed:
    place, doctor = asked.place.public_id, asked.doctor.public_id
    kind, start = asked.reason.public_id, slot.starts_at
    if slot.kind is Kind.TOKEN:
        return NewToken(place, doctor, patient, kind, start, channel=rows.CHANNEL)
    return NewTimed(place, patient, kind, start, (Want(doctor),), channel=rows.CHANNEL)


def _keep(
    row: NetworkOrder | None,
    quote: Quote,
    booked: AppointmentView,
    context: Context,
    *,
    now: datetime,
) -> NetworkOrder:
    """Remember what a transaction became, and on which terms."""
    if row is None:
        row = NetworkOrder(
            bap_id=context.bap_id,
            transaction_id=context.transaction_id,
            asked=rows.asked(None, None),
            drafted_at=now,
        )
        db.session.add(row)
    row.appointment_id, row.state_at = booked.id, now
    row.price, row.currency, row.terms = quote.price, quote.currency, quote.terms
    return row


def people(wanted: Init, row: NetworkOrder | None) -> tuple[Person, Billing]:
    """
    Give who comes and who pays, as they were told now, at init, or on our form.

    :raises Problem: naming what is missing
    """
    who, payer = coming.told(wanted, row)
    if who is None or not who.name:
        raise Problem(Code.INVALID, f"{_PERSON}.person.name", "who comes is missing")
    if not who.phone:
        raise Problem(Code.INVALID, f"{_PERSON}.contact.phone", "the phone is missing")
    if payer is None or not payer.name:
        raise Problem(Code.INVALID, "message.order.billing.name", "who pays is missing")
    return who, payer


def _quoted(
    row: NetworkOrder | None, asked: Asked, wanted: Init, *, now: datetime
) -> Quote:
    """Give the quote of what is held, for as long as it is; else what it costs now."""
    if row is not None and _live(row, wanted.fulfilment, now) is not None:
        return paying.kept(row)
    return paying.quoted(asked)


def _check_price(quote: Quote, wanted: Confirm) -> None:
    if wanted.price is not None and wanted.price != quote.price:
        raise Problem(
            Code.QUOTE_UNAVAILABLE,
            "message.order.quote.price",
            f"it costs {quote.price} now",
        )


def _book(
    row: NetworkOrder | None,
    asked: Asked,
    slot: Slot,
    who: Person,
    wanted: Confirm,
    *,
    by: Actor,
    now: datetime,
) -> AppointmentView:
    with told(OF_PLACES, f"{_PERSON}.person"):
        patient = coming.patient(who, asked.place, asked.doctor, by=by, now=now)
    with told(OF_PLACES, PATH):
        if row is None:
            order = _order(asked, slot, patient)
            if isinstance(order, NewToken):
                return service.book_token(order, by=by, now=now)
            return service.book_timed(order, by=by, now=now)
    if _live(row, wanted.fulfilment, now) is None:
        raise _lost(asked, slot, now=now)
    try:
        with told(OF_PLACES, PATH):
            return service.confirm(
                row.appointment_id, (patient,), by=by, now=now, retake=False
            )
    except Problem as problem:
        if isinstance(problem.__cause__, HoldLostError):
            raise _lost(asked, slot, now=now) from problem
        raise


def _lost(asked: Asked, slot: Slot, *, now: datetime) -> Problem:
    """Say what became of a place that is held no more."""
    try:
        offering.free(asked, slot, now=now)
    except Problem as problem:
        return problem
    return Problem(
        Code.QUOTE_UNAVAILABLE,
        "message.order.quote.ttl",
        "it is held no more; ask for it again",
    )
