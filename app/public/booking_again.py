"""Booking the same doctor again, in a browser whose phone is known."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import DomainError
from app.core.spans import local_date
from app.public import booking_path, families, proving
from app.public.booking_choosing import asked_for, choose, tell, times_page, vary

bp = Blueprint("booking_again", __name__, url_prefix="/book")
bp.after_request(vary)
bp.register_error_handler(DomainError, tell)


@bp.post("/<facility>/again")
def again(facility: str) -> ResponseReturnValue:
    """Hold a time for somebody who is known here, and go on to the check."""
    now, place = clock.now(), booking_path.place_of(facility)
    who = proving.known(now=now)
    known = {str(each.public_id) for each in families.of(place, who)}
    patient = request.form.get("patient", "")
    if who is None or patient not in known:
        return redirect(url_for("booking_online.landing", facility=facility), 303)
    form = request.form
    asked = asked_for(facility, form.get("doctor", ""), form.get("reason", ""))
    at, them = form.get("at", ""), {"patient": patient, "phone": who.phone}
    try:
        choose(asked, at, them, now=now)
    except DomainError as refusal:
        return times_page(asked, local_date(now, place.zone), refusal)
    return redirect(url_for("booking_person.check", facility=facility), 303)
