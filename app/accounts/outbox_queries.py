"""What the outbox of a demo shows: codes on their way, which a phone would get."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import select

from app.accounts.models import OtpChallenge
from app.core.db import db

MOST = 20


class SentView(Struct, frozen=True):
    """A code and the phone it is for, E.164; it opens until `expires_at`."""

    phone: str
    code: str
    expires_at: datetime


def codes(*, now: datetime) -> list[SentView]:
    """Give codes that can be said back still, the latest first; only a demo has any."""
    row = OtpChallenge
    found = db.session.execute(
        select(row.phone, row.shown, row.expires_at)
        .where(row.shown.is_not(None), row.expires_at > now)
        .order_by(row.id.desc())
        .limit(MOST)
    )
    return [SentView(phone, code or "", until) for phone, code, until in found]
