"""A slip: what somebody takes along, on 80 mm or A5; printed once somebody says so."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import DomainError
from app.doors import current, patient_words, qr, queue_words
from app.doors.problems import problem_of
from app.queues import queries, service
from app.queues.views import BookedSlipView, SlipView
from app.web.reading import number_of, uuid_of
from app.web.telling import Refusal, refusal_of

bp = Blueprint("slips", __name__, url_prefix="/slip")

SIZES = {"80": "80 mm", "a5": "A5"}
_KEPT = "slip_size"


@bp.get("/<uuid:entry>")
def show(entry: UUID) -> ResponseReturnValue:
    return _page(entry)


@bp.post("/<uuid:entry>/printed")
def printed(entry: UUID) -> ResponseReturnValue:
    """Take the word of who saw it come out, and ask for the next who comes."""
    copy = number_of(request.form, "copy") or 1
    told = service.confirm_print(entry, copy, by=current.actor(), now=clock.now())
    address = url_for("arrivals.index", facility=told.facility.slug, printed=entry)
    return redirect(address, 303)


@bp.post("/<uuid:entry>/undo")
def undo(entry: UUID) -> ResponseReturnValue:
    """Take the last act on them back: as a rule, that they came."""
    by, now = current.actor(), clock.now()
    try:
        told = service.undo(entry, by=by, now=now)
    except DomainError as refusal:
        zone = queries.slip(entry, by=by, now=now).facility.zone
        return _page(entry, refusal_of(refusal, zone)), problem_of(refusal).status
    address = url_for("appointments.show", appointment=told.appointment_id)
    return redirect(address, 303)


@bp.get("/booked/<uuid:appointment>")
def booked(appointment: UUID) -> ResponseReturnValue:
    """Show the slip of somebody who has not come yet; of who has, that of the queue."""
    by, patient = current.actor(), _patient()
    came = queries.arrivals(appointment, by=by)
    if patient in came:
        return redirect(url_for(".show", entry=came[patient]), 303)
    slip = queries.booked_slip(appointment, by=by, patient_id=patient)
    named = {"appointment": appointment, "patient": slip.patient_id}
    return _shown("web/slip_booked.html", slip, ".booked", named, named=named)


@bp.post("/booked/<uuid:appointment>/printed")
def booked_printed(appointment: UUID) -> ResponseReturnValue:
    """Take the word of who saw it come out, and go back to the visit."""
    service.confirm_booked_print(
        appointment,
        number_of(request.form, "copy") or 1,
        by=current.actor(),
        now=clock.now(),
        patient_id=_patient(),
    )
    address = url_for("appointments.show", appointment=appointment, done="printed")
    return redirect(address, 303)


def _patient() -> UUID | None:
    """Tell whose slip of a group is meant, if one is named."""
    asked = request.values.get("patient")
    return uuid_of(asked, field="patient", what="patient") if asked else None


def _page(entry: UUID, refusal: Refusal | None = None) -> str:
    now = clock.now()
    slip = queries.slip(entry, by=current.actor(), now=now)
    language = patient_words.of(slip.entry.patient)
    return _shown(
        "web/slip.html",
        slip,
        ".show",
        {"entry": entry},
        waits=queue_words.waits(slip.entry, language, now),
        came=request.args.get("done") == "in",
        refusal=refusal,
    )


def _shown(
    template: str,
    slip: SlipView | BookedSlipView,
    page: str,
    args: dict[str, Any],
    **more: Any,
) -> str:
    """Show a slip as it will be printed; the size is remembered at this desk."""
    size = request.args.get("size")
    if size in SIZES:
        session[_KEPT] = size
    whose = slip if isinstance(slip, BookedSlipView) else slip.entry
    address = url_for("status.show", secret=slip.secret, _external=True)
    return render_template(
        template,
        slip=slip,
        facility=slip.facility,
        size=session.get(_KEPT, "80"),
        sizes={
            value: (url_for(page, size=value, **args), label)
            for value, label in SIZES.items()
        },
        qr=qr.picture(address),
        language=patient_words.of(whose.patient),
        now=clock.now(),
        zone=slip.facility.zone,
        **more,
    )
