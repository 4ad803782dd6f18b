"""Who is on the phone: a number, a code sent there, and who said it back."""

import re
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, Signer, URLSafeSerializer
from msgspec import Struct

from app.accounts import outbox_queries
from app.accounts import service as accounts
from app.accounts.purposes import Purpose
from app.core import clock, keyed
from app.core.actor import ONESELF, SYSTEM
from app.core.errors import DomainError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import brakes, current, proving_words
from app.doors.languages import Language
from app.doors.problems import problem_of
from app.patients import abha, device_queries, phones
from app.patients import service as patients
from app.patients.abha import Registry
from app.patients.devices import LASTS as DEVICE_LASTS
from app.patients.views import DeviceView
from app.public.reading import language, reading

bp = Blueprint("proving", __name__, url_prefix="/prove")
bp.after_request(brakes.settle)

LASTS = timedelta(minutes=30)
# All who wait in a hospital share an address; each code has its five tries besides.
PER_ADDRESS = "300 per 5 minutes"

COOKIE = "baari_device"
# What a browser says it runs on: its owner knows it by that.
_SYSTEM = re.compile(r"\(([^;()]{1,40}(?:; [^;()]{1,38})?)")
_CODE, _PROVED, _BEFORE = "code", "proved", "phone"


def ask(
    back: str, place: FacilityView | None, *, read: Language | None = None
) -> Response:
    """Lead to the page that asks for a phone, and to `back` afterwards."""
    there = address(back, place, read=read)
    return current_app.make_response(redirect(there, 303))


def address(
    back: str,
    place: FacilityView | None,
    *,
    phone: str = "",
    read: Language | None = None,
) -> str:
    """
    Give the page that asks for a phone, and leads on to `back`, a path of ours.

    It shows the face of a place, whose numbers need no country code there. `phone` is
    what was typed before, if it was. That goes into no address. `read` is the language
    of the way that leads here, where its addresses do not tell it.
    """
    step = _signer().dumps({"back": back, "place": place.slug if place else ""})
    if phone:
        session[_BEFORE] = phone
    return url_for("proving.phone", step=step, lang=(read or language()).code)


class Known(Struct, frozen=True):
    """
    The phone of this browser, E.164, and whether it was proved just now.

    A remembered browser books for who is known under it; to add somebody, or to see
    full names, the phone is proved again.
    """

    phone: str
    fresh: bool


def known(*, now: datetime) -> Known | None:
    """Give the phone that this browser has proved: of late, or before it was kept."""
    phone = proved(now=now)
    if phone is not None:
        return Known(phone, fresh=True)
    device = remembered(now=now)
    return None if device is None else Known(device.phone, fresh=False)


def remembered(*, now: datetime) -> DeviceView | None:
    """Give how this browser is remembered, if it is."""
    try:
        secret = _devices().unsign(request.cookies.get(COOKIE, "")[:200]).decode()
    except BadSignature:
        return None
    return device_queries.known(secret, now=now)


def proved(*, now: datetime) -> str | None:
    """Give the phone that this browser has proved of late, E.164."""
    kept = session.get(_PROVED)
    if kept is None or now.timestamp() >= kept["until"]:
        return None
    return str(kept["phone"])


def key(*, now: datetime) -> str | None:
    """
    Name the browser that is remembered here, else the phone that was proved of late.

    Whoever takes copies of a cookie has one name in all of them.
    """
    device = remembered(now=now)
    whose = proved(now=now) if device is None else device.id
    return None if whose is None else keyed.digest("browser", whose)[:32]


@bp.get("/")
def phone() -> ResponseReturnValue:
    """Ask for a phone number."""
    return _page("phone", _step())


@bp.post("/")
@brakes.limiter.limit(PER_ADDRESS)
def send() -> ResponseReturnValue:
    """Send a code to the number that was typed."""
    step = _step()
    place = _place(step)
    region = place.region if place else phones.HOME_REGION
    try:
        number = phones.e164(_typed("phone"), region=region)
        challenge = accounts.send_code(
            number,
            Purpose.IDENTITY,
            address=request.remote_addr or "",
            now=clock.now(),
            place=step["place"],
        )
    except DomainError as refusal:
        return _page("phone", step, refusal)
    session[_CODE] = {"id": str(challenge), "end": number[-4:]}
    return redirect(url_for(".code", **_again()), 303)


@bp.get("/abha")
def abha_number() -> ResponseReturnValue:
    """Ask for an ABHA number instead of a phone, where somebody verifies them."""
    step = _step()
    _registry()
    return _page("abha_number", step)


@bp.post("/abha")
@brakes.limiter.limit(PER_ADDRESS)
def ask_holder() -> ResponseReturnValue:
    """Have a code sent to whoever has the number that was typed."""
    step, registry = _step(), _registry()
    try:
        number = abha.read(_typed("abha_number"))
        address = request.remote_addr or ""
        asked = registry.ask(number, address=address, now=clock.now())
    except DomainError as refusal:
        return _page("abha_number", step, refusal)
    session[_CODE] = {"id": str(asked), "end": "", "abha": number}
    return redirect(url_for(".code", **_again()), 303)


@bp.get("/code")
def code() -> ResponseReturnValue:
    """Ask for the code that was sent."""
    if _CODE not in session:
        return redirect(url_for(".phone", **_again()), 303)
    return _page("code", _step())


@bp.post("/code")
@brakes.limiter.limit(
    PER_ADDRESS, deduct_when=lambda r: r.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
)
def check() -> ResponseReturnValue:
    """Take the code, and go on to where the phone was asked for."""
    step, kept, now = _step(), session.get(_CODE), clock.now()
    if kept is None:
        return redirect(url_for(".phone", **_again()), 303)
    try:
        number, holds = _answered(kept, now)
    except DomainError as refusal:
        return _page("code", step, refusal)
    until = (now + LASTS).timestamp()
    session[_PROVED] = {"phone": number, "until": until, "abha": holds}
    answer = current_app.make_response(redirect(step["back"], 303))
    if "remember" in request.form:
        _remember(answer, number, now=now)
    return answer


@bp.get("/outbox")
def outbox() -> ResponseReturnValue:
    """Show the codes that were sent, in a demo: it stands for everybody's phone."""
    if not current.settings().demo:
        abort(HTTPStatus.NOT_FOUND)
    read, now, registry = reading(".outbox"), clock.now(), abha.registry()
    holders = [
        (abha.shown(each.number), each.name, each.birth_year)
        for each in (registry.holders if registry else ())
    ]
    return render_template(
        "public/outbox.html",
        reading=read,
        told=proving_words.of(read.language),
        codes=outbox_queries.codes(now=now),
        holders=holders,
    )


def proved_number(*, now: datetime) -> str | None:
    """Give the ABHA number that this browser has proved of late, if it was one."""
    return None if proved(now=now) is None else session[_PROVED].get("abha")


def _answered(kept: dict[str, str], now: datetime) -> tuple[str, str | None]:
    """
    Give the phone that is proved, and the ABHA number it was proved by.

    :raises CodeError: if that is not the code
    """
    asked, said = UUID(kept["id"]), _typed("code")
    if "abha" in kept:
        holder = _registry().answer(asked, said, now=now)
        return holder.phone, holder.number
    return accounts.prove_phone(asked, said, purpose=Purpose.IDENTITY, now=now), None


def _registry() -> Registry:
    registry = abha.registry()
    if registry is None:
        abort(HTTPStatus.NOT_FOUND)
    return registry


def _remember(answer: Response, phone: str, *, now: datetime) -> None:
    label = _SYSTEM.search(request.user_agent.string)
    secret = patients.remember(phone, label[1] if label else "", by=ONESELF, now=now)
    answer.set_cookie(
        COOKIE,
        _devices().sign(secret).decode(),
        max_age=DEVICE_LASTS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def _page(
    asked: str, step: dict[str, str], refusal: DomainError | None = None
) -> ResponseReturnValue:
    read = reading(f".{asked}", step=request.values["step"])
    error = proving_words.refusal(refusal, read.language) if refusal else ""
    typed = _typed(asked) or (session.get(_BEFORE, "") if asked == "phone" else "")
    page = render_template(
        "public/prove.html",
        reading=read,
        told=proving_words.of(read.language),
        asked=asked,
        facility=_place(step),
        again=_again(),
        end=session.get(_CODE, {}).get("end", ""),
        holder="abha" in session.get(_CODE, {}),
        registry=abha.registry() is not None,
        demo=current.settings().demo,
        error=error,
        typed="" if asked == "code" else typed,
    )
    return page, problem_of(refusal).status if refusal else HTTPStatus.OK


def _step() -> dict[str, str]:
    """Read what was signed of the step to come: nobody sends patients elsewhere."""
    try:
        found: dict[str, str] = _signer().loads(request.values.get("step", ""))
    except BadSignature:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _place(step: dict[str, str]) -> FacilityView | None:
    return directory.facility(step["place"], by=SYSTEM) if step["place"] else None


def _again() -> dict[str, Any]:
    return {"step": request.values["step"], "lang": language().code}


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="step")


def _devices() -> Signer:
    return Signer(str(current_app.config["SECRET_KEY"]), salt="device")


def _typed(name: str) -> str:
    written = request.form.get(name, "")[:40].strip()
    return "".join(char for char in written if char.isprintable())


@bp.after_request
def vary(response: Response) -> Response:
    """Let no cache give one reader the language of another."""
    response.vary.add("Accept-Language")
    return response
