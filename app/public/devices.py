"""Which browsers are known under one's phone, and let one be known no more."""

from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.actor import ONESELF
from app.doors import proving_words
from app.patients import device_queries
from app.patients import service as patients
from app.public import booking_path, proving
from app.public.proving import COOKIE
from app.public.reading import language, reading

bp = Blueprint("devices", __name__, url_prefix="/prove/browsers")


@bp.get("/")
def index() -> ResponseReturnValue:
    """Show the browsers that are known under the phone that was proved."""
    now, read = clock.now(), reading(".index")
    phone = proving.proved(now=now)
    if phone is None:
        return _ask()
    this = proving.remembered(now=now)
    return render_template(
        "public/devices.html",
        reading=read,
        told=proving_words.of(read.language),
        devices=device_queries.devices(phone, by=ONESELF, now=now),
        this=this and this.id,
    )


@bp.post("/<uuid:device>")
def forget(device: UUID) -> ResponseReturnValue:
    """Let a browser be known no more."""
    now = clock.now()
    phone = proving.proved(now=now)
    if phone is None:
        return _ask()
    this = proving.remembered(now=now)
    patients.revoke_device(device, phone, by=ONESELF, now=now)
    answer = current_app.make_response(redirect(_here(), 303))
    if this is not None and this.id == device:
        answer.delete_cookie(COOKIE, secure=request.is_secure, samesite="Lax")
    return answer


def _here() -> str:
    return url_for(".index", lang=language().code)


def _ask() -> ResponseReturnValue:
    # In whose words the code comes, for who was led here from a page of theirs.
    slug = request.args.get("at")
    return proving.ask(_here(), booking_path.place_of(slug) if slug else None)
