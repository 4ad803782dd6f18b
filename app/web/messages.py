"""The messages to patients: each where it stands, its tries, and how one is reached."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.core import clock
from app.core.errors import InputError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current
from app.doors.board_words import LANGUAGES
from app.doors.htmx import page
from app.notifications import queries, service
from app.notifications.kinds import OUTWARD, Channel, Guardian, Sending
from app.notifications.views import ContactView
from app.patients import queries as patients
from app.patients.phones import e164
from app.web import consent_words, message_words
from app.web.reading import may, must
from app.web.setting_form import Field, Sheet, Values, chosen, flag, text

bp = Blueprint("messages", __name__, url_prefix="/outbox")

_WAYS = (
    (Channel.UNDECIDED.value, "Whatever there is"),
    (Channel.SMS.value, "SMS"),
    (Channel.WHATSAPP.value, "WhatsApp"),
    (Channel.EMAIL.value, "E-mail"),
)


_LEAD = "Appointment messages only. They hold no reason and no diagnosis."


@bp.get("/<facility>")
def index(facility: str) -> ResponseReturnValue:
    """List the messages, the latest first, or those of one state."""
    by = current.actor()
    place = directory.facility(facility, by=by)
    state = _state(request.args.get("status", ""))
    return page(
        "web/messages/index.html",
        partial="web/messages/_list.html",
        facility=place,
        zone=place.zone,
        found=queries.outbox(place, by=by, status=state),
        ways=queries.open_channels(place, by=by),
        state=state,
        tell=message_words,
        languages=LANGUAGES,
        done=request.args.get("done") == "resent",
        most=queries.MOST_SENT,
    )


@bp.post("/<facility>/<uuid:message>/resend")
def resend(facility: str, message: UUID) -> ResponseReturnValue:
    """Send one more time what did not surely arrive."""
    by = current.actor()
    place = directory.facility(facility, by=by)
    service.resend(message, place, by=by, now=clock.now())
    return redirect(url_for(".index", facility=facility, done="resent"), 303)


@bp.get("/<facility>/contact/<uuid:patient>")
def contact(facility: str, patient: UUID) -> ResponseReturnValue:
    place = directory.facility(facility, by=current.actor())
    must(Permission.REGISTER_PATIENTS, place)
    return _sheet(place, patient).shown()


@bp.post("/<facility>/contact/<uuid:patient>")
def set_contact(facility: str, patient: UUID) -> ResponseReturnValue:
    """Keep how a patient wants to be reached."""
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    scope = Scope(place.id)
    try:
        service.set_contact(
            patient, _wanted(typed, place.region), scope, by=by, now=clock.now()
        )
    except InputError as error:
        return _sheet(place, patient).shown(typed, error)
    back = url_for("patients.show", facility=facility, patient=patient)
    return redirect(back, 303)


def may_keep_messages(facility: FacilityView) -> bool:
    """Say whether to show the way here."""
    return may(Permission.KEEP_MESSAGES, facility)


def may_set_contact(facility: FacilityView) -> bool:
    """Say whether to show the way to how a patient is reached."""
    return may(Permission.REGISTER_PATIENTS, facility)


def _state(asked: str) -> Sending | None:
    try:
        return Sending(asked) if asked else None
    except ValueError as exc:
        raise InputError(field="status", reason="choice") from exc


def _phone(typed: Values, region: str) -> str | None:
    """
    Read the phone of a guardian, with the code of a country or as dialled there.

    :raises InputError: if it cannot be one
    """
    given = text(typed, "guardian_phone")
    try:
        return e164(given, region=region) if given else None
    except InputError as exc:
        raise InputError(field="guardian_phone", reason="phone") from exc


def _wanted(typed: Values, region: str) -> ContactView:
    return ContactView(
        chosen(typed, "channel", Channel),
        text(typed, "email"),
        text(typed, "agreed_by"),
        guardian=text(typed, "guardian"),
        guardian_is=chosen(typed, "guardian_is", Guardian)
        if typed.get("guardian_is")
        else None,
        guardian_phone=_phone(typed, region),
        # Only that there is one is said; the act knows since when.
        agreed_at=clock.now() if flag(typed, "anew") else None,
        stopped=frozenset(
            each for each in OUTWARD if each.value in typed.getlist("stopped")
        ),
    )


def _sheet(place: FacilityView, patient: UUID) -> Sheet:
    by, scope = current.actor(), Scope(place.id)
    who = patients.one(patient, by=by, scope=scope)
    likes = queries.contact(patient, scope, by=by)
    consent = queries.consent(patient, scope, by=by, now=clock.now())
    notice = url_for("booking_guardian.notice", facility=place.slug)
    return Sheet(
        title=f"Messages to {who.name}",
        fields=(
            Field("channel", "By", "choice", options=_WAYS, start=(likes.channel,)),
            Field("email", "E-mail address", start=(likes.email,)),
            Field(
                "agreed_by",
                "Who agreed to be sent messages",
                hint="the patient, or the guardian of a minor",
                start=(likes.agreed_by,),
            ),
            Field("anew", "They agreed just now", "flag", "the notice was read"),
            *_guardian(likes),
            Field(
                "stopped",
                "Send nothing by",
                "checks",
                options=_WAYS[1:],
                start=tuple(likes.stopped),
            ),
        ),
        address=url_for(".set_contact", facility=place.slug, patient=patient),
        back=url_for("patients.show", facility=place.slug, patient=patient),
        submit="Keep it",
        facility=place,
        lead=" ".join((_LEAD, *consent_words.said(consent, place.zone))),
        links=((notice, "The data-protection notice"),),
    )


def _guardian(likes: ContactView) -> tuple[Field, ...]:
    """Ask who is told instead of a minor."""
    kinds = (("", "nobody"), *consent_words.GUARDIANS.items())
    return (
        Field(
            "guardian",
            "Guardian of a minor",
            hint="who agrees, and is told, for a patient below 18",
            start=(likes.guardian,),
        ),
        Field(
            "guardian_is",
            "They are the patient's",
            "choice",
            options=tuple((str(kind), word) for kind, word in kinds),
            start=(likes.guardian_is or "",),
        ),
        Field(
            "guardian_phone", "Guardian's phone", start=(likes.guardian_phone or "",)
        ),
    )
