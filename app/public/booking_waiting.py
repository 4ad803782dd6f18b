"""Waiting for a place, where a day or the next weeks are full."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from app.accounts.views import Scope
from app.booking import own_queries, service
from app.booking.choosing import AHEAD, Asked
from app.booking.views import NewWaiting, WaitingView
from app.core import clock
from app.core.actor import ONESELF
from app.core.errors import DomainError, InputError
from app.core.spans import local_date
from app.doors import booking_words
from app.doors.problems import problem_of
from app.patients import service as patients
from app.patients.views import PatientView
from app.public import booking_path, families, proving
from app.public.booking_choosing import asked_for, day_of, tell, vary, words
from app.public.booking_person import person
from app.public.proving import Known

bp = Blueprint("booking_waiting", __name__, url_prefix="/book")
bp.after_request(vary)
bp.register_error_handler(DomainError, tell)

NEW = "new"
_PATH = "/<facility>/wait/<doctor>/<reason>"


class _Wish(Struct, frozen=True):
    """What somebody waits for: a day, or any of the next two weeks; who they are."""

    asked: Asked
    on: date | None
    who: Known
    family: list[PatientView]

    @property
    def address(self) -> dict[str, Any]:
        """Name it as its address does."""
        day = {} if self.on is None else {"on": self.on.isoformat()}
        return dict(request.view_args or {}) | day

    def days(self, now: datetime) -> tuple[date, date]:
        if self.on is not None:
            return self.on, self.on
        today = local_date(now, self.asked.place.zone)
        return today, today + timedelta(days=AHEAD - 1)


@bp.get(_PATH)
def form(facility: str, doctor: str, reason: str) -> ResponseReturnValue:
    """Ask who waits, once the phone is proved; or say who does already."""
    wish = _wish(facility, doctor, reason)
    return _page(wish) if wish else _prove(facility)


@bp.post(_PATH)
def join(facility: str, doctor: str, reason: str) -> ResponseReturnValue:
    """Put somebody on the waitlist, once for each phone and day."""
    wish, now = _wish(facility, doctor, reason), clock.now()
    if wish is None:
        return _prove(facility)
    try:
        patient = _patient(wish, now)
        first, last = wish.days(now)
        order = NewWaiting(
            wish.asked.place.public_id,
            patient,
            wish.asked.reason.public_id,
            first,
            last,
            resource_id=wish.asked.doctor.public_id,
        )
        service.wait_oneself(order, by=ONESELF, now=now)
    except InputError as refusal:
        return _page(wish, refusal)
    return redirect(url_for(".form", **wish.address), 303)


@bp.post(f"{_PATH}/leave/<uuid:entry>")
def leave(facility: str, doctor: str, reason: str, entry: UUID) -> ResponseReturnValue:
    """Take somebody of the phone off the waitlist."""
    wish = _wish(facility, doctor, reason)
    if wish is None:
        return _prove(facility)
    service.stop_waiting(entry, wish.who.phone, by=ONESELF, now=clock.now())
    there = wish.address
    there.pop("entry")
    return redirect(url_for(".form", **there), 303)


def _wish(facility: str, doctor: str, reason: str) -> _Wish | None:
    """Read what is waited for; nothing while nobody has proved their phone."""
    asked = asked_for(facility, doctor, reason)
    day = request.args.get("on", "")
    on = day_of(day) if day else None
    who = proving.known(now=clock.now())
    family = families.of(asked.place, who)
    # Under a known browser somebody known waits; where there is none, it helps nobody.
    if who is None or not (family or who.fresh):
        return None
    return _Wish(asked, on, who, family)


def _prove(facility: str) -> ResponseReturnValue:
    place = booking_path.place_of(facility)
    given = dict(request.view_args or {}) | request.args.to_dict()
    given.pop("entry", None)
    back = url_for(".form", **given)
    read = booking_path.reading().language
    return proving.ask(back, place, read=read)


def _patient(wish: _Wish, now: datetime) -> UUID:
    """Say who waits: one of the family, or somebody new whose phone was just proved."""
    chosen = _chosen(wish.family)
    known = {str(each.public_id): each.public_id for each in wish.family}
    if chosen in known:
        return known[chosen]
    if chosen != NEW or not wish.who.fresh:
        raise InputError(field="who", reason="required")
    place = wish.asked.place
    typed = _typed() | {"phone": wish.who.phone, "sex": "unknown"}
    scope = Scope(place.id, frozenset({wish.asked.doctor.thing}))
    order = person(typed, place, now)
    return patients.join(order, by=ONESELF, now=now, scope=scope).public_id


def _chosen(family: list[PatientView]) -> str:
    """Give who was chosen; where there is one to choose, it is they."""
    usual = str(family[0].public_id) if len(family) == 1 else ""
    return request.form.get("who", usual if family else NEW)


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "")[:120].strip() for name in ("name", "born")}


def _page(wish: _Wish, refusal: InputError | None = None) -> ResponseReturnValue:
    now, place = clock.now(), wish.asked.place
    first, last = wish.days(now)
    found = [
        each
        for each in own_queries.waits(place, wish.who.phone, by=ONESELF, now=now)
        if each.first_day <= last and each.last_day >= first
    ]
    language = booking_path.reading().language
    page = render_template(
        "public/book/wait.html",
        asked=wish.asked,
        facility=place,
        days=(first, last),
        address=wish.address,
        family=[(e.public_id, families.called(e, wish.who)) for e in wish.family],
        fresh=wish.who.fresh,
        chosen=_chosen(wish.family),
        waits=[_told(each, wish.who) for each in found],
        typed=_typed(),
        error=booking_words.refusal(refusal, language) if refusal else "",
        field=refusal.field if refusal else None,
        **words(),
    )
    return page, problem_of(refusal).status if refusal else 200


def _told(each: WaitingView, who: Known) -> dict[str, object]:
    """Say who waits for what; where a place is offered, where to answer."""
    secret = None
    if each.offer is not None:
        visit = each.offer.appointment.id
        secret = own_queries.addresses(visit, by=ONESELF)[each.patient.public_id]
    return {
        "id": each.id,
        "name": families.called(each.patient, who),
        "what": each.type.name,
        "first": each.first_day,
        "last": each.last_day,
        "secret": secret,
    }
