"""Booking without calling: whom, what for, which day, which time."""

import re
import secrets
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import groupby
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from msgspec.structs import replace

from app.booking import service
from app.booking.choosing import (
    Asked,
    day_choices,
    first_days,
    nearest,
    time_choices,
)
from app.booking.kinds import Kind
from app.booking.states import Status
from app.booking.views import (
    AppointmentView,
    Holding,
    NewTimed,
    NewToken,
    Once,
    Want,
)
from app.core import clock
from app.core.actor import Actor
from app.core.errors import BusyError, DomainError, InputError
from app.core.spans import day_span, local_date
from app.directory.views import FacilityView, ResourceView
from app.doors import booking_words, brakes, languages
from app.doors.problems import problem_of
from app.public import (
    booking_about,
    booking_entry,
    booking_known,
    booking_path,
    booking_reasons,
    booking_why,
    proving,
)
from app.public.booking_path import Path

bp = Blueprint("booking_online", __name__, url_prefix="/book")

MINUTES_KEPT = 10
# Beyond these a time can still be booked, only it is not kept meanwhile.
PER_BROWSER, PER_FACILITY = "20 per 10 minutes", "600 per 10 minutes"


@bp.get("/<facility>")
def landing(facility: str) -> ResponseReturnValue:
    """
    Show who can be booked here, by department, with the next free day of each.

    Other sites lead to one of them by `?doctor=`, or to those of a `?department=`.
    """
    place = booking_path.place_of(facility)
    every = sorted(
        booking_path.on_show(place), key=lambda e: (not e.department, e.department)
    )
    entry = booking_entry.read(every)
    if entry.doctor:
        languages.remember()
        own = url_for(".reason", facility=facility, doctor=entry.doctor)
        return redirect(own, 303)
    doctors = entry.shown
    now, by = clock.now(), booking_path.read().actor
    return render_template(
        "public/book/landing.html",
        facility=place,
        departments=[
            (name, list(found))
            for name, found in groupby(doctors, key=lambda each: each.department)
        ],
        first_days=first_days(place, doctors, by=by, now=now),
        about=booking_about.told(place, every, now=now),
        entry=entry,
        again=booking_known.offers(place, now=now),
        once=secrets.token_urlsafe(9),
        **words(),
    )


@bp.get("/<facility>/with/<doctor>")
def reason(facility: str, doctor: str) -> ResponseReturnValue:
    """Ask what the visit is for, where there is a choice."""
    place = booking_path.place_of(facility)
    whom = booking_path.doctor_of(place, doctor)
    found = [each.type for each in booking_reasons.of(place, whom, now=clock.now())]
    if len(found) == 1:
        only = url_for(".day", facility=facility, doctor=doctor, reason=found[0].code)
        return redirect(only, 303)
    return render_template(
        "public/book/reason.html",
        facility=place,
        doctor=whom,
        reasons=found,
        before=_before(place, whom),
        **words(),
    )


@bp.get("/<facility>/with/<doctor>/<reason>")
def day(facility: str, doctor: str, reason: str) -> ResponseReturnValue:
    """Ask for the day; each says how much is free on it."""
    asked = asked_for(facility, doctor, reason)
    now = clock.now()
    found = day_choices(asked, now=now)
    days = [each.day for each in found]
    none = not any(each.free for each in found)
    if none:
        language = booking_path.reading().language
        why = booking_why.told(days, asked, language, now=now)
    else:
        why = {"whys": booking_why.of_days(asked, days[0], len(days), now=now)}
    return render_template(
        "public/book/day.html",
        asked=asked,
        facility=asked.place,
        days=[] if none else found,
        **why,
        others=booking_why.others(asked, now=now) if none else [],
        before=_before(asked.place, asked.doctor),
        **words(),
    )


@bp.get("/<facility>/with/<doctor>/<reason>/<on>")
def time(facility: str, doctor: str, reason: str, on: str) -> ResponseReturnValue:
    """Ask for the time."""
    return times_page(asked_for(facility, doctor, reason), day_of(on))


@bp.post("/<facility>/with/<doctor>/<reason>/<on>")
def keep(facility: str, doctor: str, reason: str, on: str) -> ResponseReturnValue:
    """Hold the chosen time, instead of one that this browser held before."""
    asked, now = asked_for(facility, doctor, reason), clock.now()
    who = booking_path.read().who
    try:
        choose(asked, request.form.get("at", ""), who, now=now)
    except DomainError as refusal:
        return times_page(asked, day_of(on), refusal)
    step = "check" if "patient" in who else "who"
    return redirect(url_for(f"booking_person.{step}", facility=facility), 303)


def choose(asked: Asked, at: str, who: dict[str, str], *, now: datetime) -> None:
    """
    Hold a time, as a form sends it, and let this browser's path lead on from there.

    :raises DomainError: if it cannot be had
    """
    kind, starts_at = _choice(at)
    before = booking_path.read()
    # Known ones are named so that copies of their cookies hold one place among them.
    named = None if before.kept(now) else proving.key(now=now)
    path = Path(
        named or before.key,
        asked.place.slug,
        asked.doctor.code,
        asked.reason.code,
        kind,
        starts_at.isoformat(),
        once=secrets.token_urlsafe(9),
        who=who,
    )
    booking_path.write(path, **_held(asked, path, now))


def times_page(
    asked: Asked, on: date, refusal: DomainError | None = None
) -> ResponseReturnValue:
    """Show the times of a day; after a refusal with its words and the nearest ones."""
    now, path = clock.now(), booking_path.read()
    language = booking_path.reading().language
    early, late = time_choices(asked, on, now=now)
    lost = refusal is not None and not isinstance(refusal, InputError)
    none = not (early or late)
    another = lost or none
    start = max(day_span(on, asked.place.zone).start, now)
    ours = path.doctor == asked.doctor.code and path.kept(now)
    page = render_template(
        "public/book/time.html",
        asked=asked,
        facility=asked.place,
        day=on,
        early=early,
        late=late,
        nearest=nearest(asked, start, now=now) if another else [],
        others=booking_why.others(asked, now=now) if none else [],
        **(booking_why.told([on], asked, language, now=now) if none else {}),
        path=path if ours else None,
        once=secrets.token_urlsafe(9),
        error=booking_words.refusal(refusal, language, asked.place.zone)
        if refusal
        else "",
        **words(),
    )
    return page, problem_of(refusal).status if refusal else 200


def asked_of(path: Path) -> Asked:
    """Give what a path has chosen."""
    return asked_for(path.facility, path.doctor, path.reason)


def order(asked: Asked, path: Path, patient: UUID | None) -> NewToken | NewTimed:
    """Make the order of what a path has chosen."""
    place, doctor = asked.place.public_id, asked.doctor.public_id
    kind, start = asked.reason.public_id, path.starts_at
    if path.is_token:
        return NewToken(place, doctor, patient, kind, start, channel="online")
    return NewTimed(place, patient, kind, start, (Want(doctor),), channel="online")


def _held(asked: Asked, path: Path, now: datetime) -> dict[str, str]:
    known = path.key == proving.key(now=now)
    holding = Holding(f"online:{path.key}", minutes=MINUTES_KEPT, proved=known)
    wanted = order(asked, path, None)
    # A double click sends one form twice, and gets one hold.
    form = request.form.get("once", "")
    sent = form if re.fullmatch(r"[\w-]{1,40}", form, re.ASCII) else path.once
    once = Once(f"{sent}/{path.at}", sha256(path.chosen.encode()).hexdigest())
    try:
        _brake(asked, path)
        held = _hold(replace(wanted, once=once), holding, by=path.actor, now=now)
        if held.status is not Status.HELD:
            # Back to a time that was let go meanwhile, by the same page.
            held = _hold(wanted, holding, by=path.actor, now=now)
    except (BusyError, RateLimitExceeded):
        # Too many hold places: it is booked without a hold, if it is free by then.
        return {}
    until = held.hold_expires_at
    return {"hold": str(held.id), "until": until.isoformat() if until else ""}


def _brake(asked: Asked, path: Path) -> None:
    """
    Count choices by browser, and by facility for those that nobody vouches for.

    :raises RateLimitExceeded: if there were too many; nobody is counted by address
    """
    counted = [(PER_BROWSER, path.key), (PER_FACILITY, asked.place.slug)]
    for limit, key in counted:
        brakes.count(limit, key, "choices")


def _hold(
    wanted: NewToken | NewTimed, holding: Holding, *, by: Actor, now: datetime
) -> AppointmentView:
    if isinstance(wanted, NewToken):
        return service.hold_token(wanted, holding, by=by, now=now)
    return service.hold_timed(wanted, holding, by=by, now=now)


def asked_for(facility: str, doctor: str, reason: str) -> Asked:
    """
    Give what an address asks for.

    :raises NotFoundError: if patients do not book that there
    """
    place = booking_path.place_of(facility)
    whom = booking_path.doctor_of(place, doctor)
    what = booking_reasons.one(place, whom, reason, now=clock.now())
    return Asked(place, whom, what.type, booking_path.read().actor, what.until)


def _before(place: FacilityView, doctor: ResourceView) -> str:
    """Give the way to follow-ups for who was here before; the phone is proved there."""
    if not booking_reasons.unknown(now=clock.now()):
        return ""
    back = url_for(".reason", facility=place.slug, doctor=doctor.code)
    read = booking_path.reading().language
    return proving.address(back, place, read=read)


def _choice(written: str) -> tuple[Kind, datetime]:
    kind, _, moment = written.partition("@")
    try:
        start = datetime.fromisoformat(moment)
        found = Kind(kind)
    except ValueError as exc:
        raise InputError(field="at", reason="required") from exc
    if start.tzinfo is None or found is Kind.WALK_IN:
        raise InputError(field="at", reason="required")
    return found, start.astimezone(UTC)


def day_of(written: str) -> date:
    """
    Read a day, not far from today.

    :raises InputError: if it is none
    """
    try:
        found = date.fromisoformat(written)
    except ValueError as exc:
        raise InputError(field="day", reason="date") from exc
    # A date from the edge of the calendar has no day before or after it.
    if abs(found.year - clock.now().year) > 2:
        raise InputError(field="day", reason="date")
    return found


def words() -> dict[str, object]:
    """Give what every page of booking is read with."""
    read = booking_path.reading()
    return {
        "reading": read,
        "language": read.language,
        "words": read.language.words,
        "day_words": booking_path.day_words,
        "moment_words": booking_path.moment_words,
        "local_date": local_date,
    }


@bp.get("/<facility>/colour.css")
def colour(facility: str) -> ResponseReturnValue:
    """Give the facility's colour by day; by night the usual one is readable."""
    place = booking_path.place_of(facility)
    rule = f":root {{ --accent: {place.colour}; --accent-hover: {place.colour}; }}\n"
    response = Response(
        f"@media not (prefers-color-scheme: dark) {{ {rule} }}\n"
        if place.colour
        else "",
        mimetype="text/css",
    )
    # Its address has the colour in it.
    response.cache_control.public = True
    response.cache_control.max_age = 86_400
    return response


@bp.errorhandler(DomainError)
def tell(refusal: DomainError) -> ResponseReturnValue:
    """Tell in the reader's language what has no page of its own to be told on."""
    page = render_template("public/book/refused.html", reading=booking_path.reading())
    return page, problem_of(refusal).status


@bp.after_request
def vary(response: Response) -> Response:
    """Let no cache give one reader the language of another."""
    response.vary.add("Accept-Language")
    return response
