"""Where a gateway hands on what patients answer: stop, start, and nothing else."""

import hmac
from datetime import timedelta
from hashlib import sha256

import orjson
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import InputError
from app.doors import current
from app.notifications import service
from app.notifications.kinds import BY_PHONE, Channel
from app.patients.phones import e164

bp = Blueprint("replies", __name__, url_prefix="/gateway")

# An answer that was caught on its way is worth nothing later.
TOLERANCE = timedelta(minutes=5)
# One text message, with room to spare.
_LONGEST = 8_000


@bp.post("/<channel>/replies")
def hear(channel: str) -> ResponseReturnValue:
    """
    Take one answer, `{"from": "+91…", "text": "STOP"}`, signed by the gateway.

    `X-Baari-Time` is when, in seconds since 1970; `X-Baari-Signature` the HMAC-SHA256
    of that, a full stop and the body, by the shared secret, in hexadecimal digits. What
    is neither stop nor start is answered alike, and not kept.
    """
    secret = current.settings().replies
    if not secret or channel not in BY_PHONE:
        return "", 404
    body = request.get_data()
    if len(body) > _LONGEST or not _signed(body, secret):
        return "", 401
    try:
        told = orjson.loads(body)
        phone, text = e164(told["from"], region="IN"), told["text"]
    except (ValueError, TypeError, KeyError, AttributeError, InputError):
        return "", 400
    if isinstance(text, str):
        service.reply(phone, Channel(channel), text, now=clock.now())
    return "", 204


def _signed(body: bytes, secret: str) -> bool:
    when = request.headers.get("X-Baari-Time", "")
    told = request.headers.get("X-Baari-Signature", "")
    if not (when.isascii() and when.isdigit() and len(when) < 12):
        return False
    right = hmac.new(secret.encode(), f"{when}.".encode() + body, sha256).hexdigest()
    fresh = abs(clock.now().timestamp() - int(when)) <= TOLERANCE.total_seconds()
    # Both are looked at whatever the first one says.
    return hmac.compare_digest(right.encode(), told.encode()) and fresh
