"""Booking without calling: who comes, the phone, check, booked."""

from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec.structs import replace

from app.accounts.views import Scope
from app.booking import own_queries, queries, service
from app.booking.choosing import Asked
from app.booking.errors import HoldLostError, NotOfferedError, OverError, SlotTakenError
from app.booking.errors import SlotFullError as FullError
from app.booking.views import AppointmentView, NewToken, Once
from app.core import clock
from app.core.errors import DomainError, InputError, NotFoundError
from app.core.spans import local_date
from app.core.text import clean
from app.directory.views import FacilityView
from app.doors import booking_words, qr
from app.doors.problems import problem_of
from app.patients import abha
from app.patients import service as patients
from app.patients.errors import IdentifierTakenError
from app.patients.phones import e164, shown
from app.patients.views import NewPatient, PatientView, Sex
from app.public import (
    booking_guardian,
    booking_path,
    booking_proof,
    calendar_file,
    families,
    proving,
)
from app.public.booking_choosing import asked_of, order, tell, times_page, vary, words
from app.public.booking_path import Path

bp = Blueprint("booking_person", __name__, url_prefix="/book")
bp.after_request(vary)
bp.register_error_handler(DomainError, tell)

_OLDEST, _FIRST_YEAR = 130, 1890
# The place has gone to somebody else, or was none: another one has to be chosen.
_LOST = (FullError, SlotTakenError, HoldLostError, NotOfferedError, OverError)


@bp.get("/<facility>/who")
def who(facility: str) -> ResponseReturnValue:
    """Ask who is coming."""
    path = booking_path.read()
    if path.facility != facility or path.booked:
        return _nothing(facility)
    return _who(path, path.who)


@bp.post("/<facility>/who")
def tell_who(facility: str) -> ResponseReturnValue:
    """Take down who is coming; the phone is proved next."""
    path = booking_path.read()
    if path.facility != facility or path.booked:
        return _nothing(facility)
    typed = {
        name: request.form.get(name, "")[:120].strip()
        for name in ("name", "born", "sex", "phone")
    }
    if request.form.get("chosen", path.chosen) != path.chosen:
        # Another tab chose another time, and let the one that stood here go.
        return _who(path, typed, changed=True)
    try:
        told = person(typed, booking_path.place_of(facility), clock.now())
    except InputError as refusal:
        return _who(path, typed, refusal)
    booking_path.write(path, who=typed | {"phone": told.phone or ""})
    return redirect(url_for(".check", facility=facility), 303)


@bp.get("/<facility>/check")
def check(facility: str) -> ResponseReturnValue:
    """Show the answers once more; only who has proved the phone comes this far."""
    path = _settled()
    return _before(facility, path) or _check(path)


@bp.post("/<facility>/check")
def confirm(facility: str) -> ResponseReturnValue:
    """Book what is held; a second click finds what the first one booked."""
    path = _settled()
    if path.booked and path.facility == facility:
        return redirect(url_for(".done", facility=facility), 303)
    barred = _before(facility, path)
    if barred is not None:
        return barred
    if request.form.get("chosen") != path.chosen:
        words_ = booking_path.reading().language.words
        return _check(path, words_["changed_here"]), 409
    asked, now = asked_of(path), clock.now()
    try:
        told = _booked(asked, path, now)
    except _LOST as refusal:
        booking_path.write(path, hold="", until="")
        on = local_date(path.starts_at, asked.place.zone)
        return times_page(asked, on, refusal)
    except DomainError as refusal:
        language, zone = booking_path.reading().language, asked.place.zone
        said = booking_words.refusal(refusal, language, zone)
        return _check(path, said), problem_of(refusal).status
    booking_path.write(path, booked=str(told.id), hold="", until="")
    return redirect(url_for(".done", facility=facility), 303)


@bp.get("/<facility>/done")
def done(facility: str) -> ResponseReturnValue:
    """Show what was booked: number, code, directions, calendar."""
    path = booking_path.read()
    if path.facility != facility or not path.booked:
        return _nothing(facility)
    told = _visit(path)
    secret = own_queries.mine(told.id, by=path.actor)
    here = url_for("status.show", secret=secret, _external=True)
    return render_template(
        "public/book/done.html",
        facility=told.facility,
        told=told,
        here=here,
        code=qr.picture(here),
        **words(),
    )


@bp.get("/<facility>/visit.ics")
def calendar(facility: str) -> ResponseReturnValue:
    """Give the visit as a file that calendars take."""
    path = booking_path.read()
    if path.facility != facility or not path.booked:
        raise NotFoundError("appointment")
    file = calendar_file.of(_visit(path), now=clock.now())
    response = Response(file, mimetype="text/calendar")
    response.headers["Content-Disposition"] = "attachment; filename=visit.ics"
    return response


def _visit(path: Path) -> AppointmentView:
    return queries.appointment(UUID(path.booked), by=path.actor)


def _settled() -> Path:
    """Give where this browser stands, with the phone of an ABHA number it proved."""
    path, now = booking_path.read(), clock.now()
    phone = proving.proved(now=now) if proving.proved_number(now=now) else None
    if phone is None or not path.who or path.who["phone"] == phone:
        return path
    # Whoever gives the numbers says which phone is theirs: news of the visit go there.
    return booking_path.write(path, who=path.who | {"phone": phone})


def _before(facility: str, path: Path) -> ResponseReturnValue | None:
    """Send back who has not said all that comes before, or not proved the phone."""
    if path.facility != facility or path.booked:
        return _nothing(facility)
    if not path.who:
        return redirect(url_for(".who", facility=facility), 303)
    now = clock.now()
    if booking_guardian.missing(path, _born(path, now), now):
        return redirect(url_for("booking_guardian.ask", facility=facility), 303)
    if booking_proof.proved(path.who["phone"]):
        return None
    after = url_for(".check", facility=facility)
    prove = booking_proof.address(path.who["phone"], after)
    if prove is not None:
        return redirect(prove, 303)
    return render_template(
        "public/book/stopped.html",
        facility=booking_path.place_of(facility),
        why="unproved",
        **words(),
    )


def _nothing(facility: str) -> ResponseReturnValue:
    return render_template(
        "public/book/stopped.html",
        facility=booking_path.place_of(facility),
        why="nothing_yet",
        **words(),
    )


def _who(
    path: Path,
    typed: dict[str, str],
    refusal: InputError | None = None,
    *,
    changed: bool = False,
) -> ResponseReturnValue:
    language = booking_path.reading().language
    page = render_template(
        "public/book/who.html",
        asked=asked_of(path),
        facility=booking_path.place_of(path.facility),
        path=path,
        typed=typed,
        sexes=[each.value for each in Sex],
        error=booking_words.refusal(refusal, language) if refusal else "",
        field=refusal.field if refusal else None,
        changed=changed,
        kept=path.kept(clock.now()),
        **words(),
    )
    if refusal is None:
        return page, HTTPStatus.CONFLICT if changed else HTTPStatus.OK
    return page, problem_of(refusal).status


def _check(path: Path, error: str = "") -> str:
    asked, who = asked_of(path), proving.known(now=clock.now())
    known = _known(path, asked.place)
    return render_template(
        "public/book/check.html",
        asked=asked,
        facility=asked.place,
        path=path,
        phone=shown(path.who.get("phone", ""), region=asked.place.region),
        asks=asked.reason.needs_approval or asked.doctor.needs_approval,
        known=families.called(known, who) if known and who else "",
        error=error,
        kept=path.kept(clock.now()),
        **words(),
    )


def _booked(asked: Asked, path: Path, now: datetime) -> AppointmentView:
    """Confirm the hold, or book at once where nothing could be held."""
    person = _on_the_books(asked, path, now)
    # The same choice of the same browser is one booking, however often it is sent.
    key = path.hold or path.once
    once = Once(key=f"online:{key}"[:100], fingerprint=str(person.public_id))
    by = path.actor
    if path.hold:
        ids = (person.public_id,)
        return service.confirm(UUID(path.hold), ids, by=by, now=now, once=once)
    wanted = order(asked, path, person.public_id)
    if isinstance(wanted, NewToken):
        return service.book_token(replace(wanted, once=once), by=by, now=now)
    return service.book_timed(replace(wanted, once=once), by=by, now=now)


def _on_the_books(asked: Asked, path: Path, now: datetime) -> PatientView:
    scope = Scope(asked.place.id, frozenset({asked.doctor.thing}))
    known = _known(path, asked.place)
    if known is None:
        told = person(path.who, asked.place, now)
        known = patients.join(told, by=path.actor, now=now, scope=scope)
    number = proving.proved_number(now=now)
    # One phone is a family's: the number is kept of its holder alone.
    if number and abha.is_of(number, known):
        with suppress(IdentifierTakenError):
            patients.identify(
                known.public_id, number, by=path.actor, now=now, scope=scope
            )
    booking_guardian.agreed(path, known, scope, now=now)
    return known


def _known(path: Path, place: FacilityView) -> PatientView | None:
    """Give who was chosen of those who come under the phone of this browser."""
    chosen = path.who.get("patient")
    family = families.of(place, proving.known(now=clock.now()))
    return next((e for e in family if str(e.public_id) == chosen), None)


def _born(path: Path, now: datetime) -> int | None:
    """Give the year in which who is coming was born, typed or known."""
    if "patient" not in path.who:
        return _year(path.who["born"], now.year)
    known = _known(path, booking_path.place_of(path.facility))
    return None if known is None else known.born_in


def person(typed: dict[str, str], place: FacilityView, now: datetime) -> NewPatient:
    """
    Read who is coming.

    :raises InputError: naming the first field that cannot be right
    """
    return NewPatient(
        name=clean(typed["name"], field="name", least=1, most=120),
        birth_year=_year(typed["born"], now.year),
        sex=_sex(typed["sex"]),
        phone=e164(typed["phone"], region=place.region),
        region=place.region,
        language=booking_path.reading().language.code,
    )


def _sex(written: str) -> Sex:
    try:
        return Sex(written)
    except ValueError as exc:
        raise InputError(field="sex", reason="choice") from exc


def _year(written: str, this_year: int) -> int:
    """Read an age or a year of birth."""
    number = int(written) if written.isascii() and written.isdigit() else -1
    if 0 <= number <= _OLDEST:
        return this_year - number
    if _FIRST_YEAR <= number <= this_year:
        return number
    raise InputError(field="born", reason="number")
