"""Receipts: take money for a visit, print what was written, void it with a reason."""

from decimal import Decimal, InvalidOperation
from uuid import UUID, uuid4

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.booking import queries as booking
from app.booking.views import AppointmentView
from app.core import clock
from app.core.errors import DomainError, InputError
from app.core.regions import currency_of
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.receipts import queries, service
from app.receipts.views import Method, NewReceipt
from app.web.hours_desk import leave_for
from app.web.reading import may, must, uuid_of
from app.web.setting_form import Field, Sheet, Values, chosen, text
from app.web.telling import refusal_of

bp = Blueprint("receipts", __name__, url_prefix="/receipts")

METHODS = {
    Method.CASH: "Cash",
    Method.CARD: "Card",
    Method.UPI: "UPI",
    Method.CHEQUE: "Cheque",
    Method.OTHER: "Other",
}


@bp.get("/of/<uuid:appointment>")
def of(appointment: UUID) -> ResponseReturnValue:
    """Show what was paid for a visit, and the form to take more."""
    told = booking.appointment(appointment, by=current.actor())
    must(Permission.TAKE_PAYMENT, told.facility)
    return _form(told)


@bp.post("/of/<uuid:appointment>")
def take(appointment: UUID) -> ResponseReturnValue:
    """Write a receipt; the same form sent twice writes one."""
    by, typed = current.actor(), request.form
    told = booking.appointment(appointment, by=by)
    try:
        order = NewReceipt(
            id=uuid_of(typed.get("id"), field="id", what="receipt"),
            appointment_id=appointment,
            amount=_amount(typed),
            method=chosen(typed, "method", Method),
            paid_by=text(typed, "paid_by"),
            currency=text(typed, "currency").upper(),
            note=text(typed, "note"),
        )
        made = service.take(order, by=by, now=clock.now())
    except DomainError as error:
        return _form(told, typed, error)
    return leave_for(url_for(".show", receipt=made.id))


@bp.get("/<uuid:receipt>")
def show(receipt: UUID) -> ResponseReturnValue:
    return _receipt(receipt)


@bp.post("/<uuid:receipt>/void")
def void(receipt: UUID) -> ResponseReturnValue:
    """Say that a receipt does not count, and why."""
    reason = request.form.get("reason", "")
    try:
        service.void(receipt, reason, by=current.actor(), now=clock.now())
    except DomainError as error:
        return _receipt(receipt, error)
    return leave_for(url_for(".show", receipt=receipt))


def _receipt(receipt: UUID, error: DomainError | None = None) -> Response:
    found = queries.one(receipt, by=current.actor())
    place = found.appointment.facility
    return page(
        "web/receipt.html",
        partial="web/_receipt.html",
        status=problem_of(error).status if error else 200,
        receipt=found,
        methods=METHODS,
        facility=place,
        refusal=refusal_of(error, place.zone) if error else None,
        typed=request.form.get("reason", "")[:200],
        may_void=found.voided_at is None and may(Permission.VOID_PAYMENT, place),
        now=clock.now(),
        zone=place.zone,
    )


def _form(
    told: AppointmentView, typed: Values | None = None, error: DomainError | None = None
) -> Response:
    payer = told.patient.name if told.patient else ""
    sheet = Sheet(
        title=f"Receipt for {told.reference}",
        fields=(
            Field("amount", "Amount", hint="for example 350 or 349.50"),
            Field(
                "currency",
                "Currency",
                hint="three letters",
                start=(currency_of(told.facility.region),),
            ),
            Field("method", "Paid by", "choice", options=tuple(METHODS.items())),
            Field("paid_by", "Received from", start=(payer,)),
            Field("note", "For", hint="may be left out"),
        ),
        address=url_for("receipts.take", appointment=told.id),
        back=url_for("appointments.show", appointment=told.id),
        submit="Write the receipt",
        facility=told.facility,
    )
    return page(
        "web/receipts.html",
        partial="web/_receipts.html",
        status=problem_of(error).status if error else 200,
        appointment=told,
        receipts=queries.of_appointment(told.id, by=current.actor()),
        prepaid=queries.prepaid(told.id, by=current.actor()),
        methods=METHODS,
        key=(typed.get("id") if typed else "") or uuid4(),
        **sheet.told(typed, error),
    )


def _amount(typed: Values) -> Decimal:
    written = text(typed, "amount").replace(",", "")
    if not written:
        raise InputError(field="amount", reason="required")
    try:
        return Decimal(written)
    except InvalidOperation as exc:
        raise InputError(field="amount", reason="money", most=service.MOST) from exc
