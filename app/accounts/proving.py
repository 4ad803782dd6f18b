"""Codes by phone: who says back what was sent there has the phone in their hand."""

import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy import delete, func, select

from app.accounts.errors import CodeError, CodesTooManyError, NoCarrierError
from app.accounts.models import OtpChallenge
from app.accounts.purposes import Purpose
from app.audit import internal as audit
from app.core import keyed
from app.core.actor import Actor, ActorKind
from app.core.db import db, transaction
from app.core.errors import InputError
from app.core.holding import hold_all

DIGITS = 6
LASTS = timedelta(minutes=5)
MOST_TRIES = 5
# For a phone: slow enough that nobody's phone is flooded, nor a code guessed by asking
# for ever new ones. For an address: wide, a hospital's visitors share one.
APART = timedelta(seconds=30)
WINDOW = timedelta(hours=1)
PER_PHONE = 5
PER_ADDRESS = 300
KEPT = timedelta(days=1)
# A second click on the same button comes within this and is no other use of the code.
CLICKS = timedelta(seconds=30)

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_CODE = re.compile(rf"[0-9]{{{DIGITS}}}")
# Whoever holds a phone, until they have proved that they do.
_SOMEBODY = Actor(kind=ActorKind.SYSTEM, name="Somebody", reference="somebody")

# Brings a code to a phone, in the transaction that makes it: phone, code, valid until,
# and the short name of the place that asks for it, if one does.
Carrier = Callable[[str, str, datetime, str], None]


class _Ways(Struct):
    """How codes leave this installation."""

    carrier: Carrier | None = None
    shown: bool = False


_ways = _Ways()


def use(carrier: Carrier | None, *, shown: bool) -> None:
    """
    Say at composition who brings codes to phones.

    With `shown`, as in a demo, codes are kept for the outbox page as well.
    """
    _ways.carrier, _ways.shown = carrier, shown


def send_code(
    phone: str, purpose: Purpose, *, address: str, now: datetime, place: str = ""
) -> UUID:
    """
    Send a fresh code to a phone, and give what it is proved by.

    `phone` is E.164. Nothing is asked about whose phone it is, so known and unknown
    ones get the same answer in the same steps. `address` is where the wish comes from,
    and `place` names whose page it was made on.

    :raises CodesTooManyError: if that phone or address was sent too many of late
    :raises NoCarrierError: if nobody brings codes here
    """
    if not _E164.fullmatch(phone):
        raise InputError(field="phone", reason="phone")
    if _ways.carrier is None and not _ways.shown:
        raise NoCarrierError(field="phone")
    where = keyed.digest("address", address)
    with transaction() as session:
        # Rivals for one phone or address count one after the other.
        hold_all([f"code:{phone}", f"code:{where}"])
        _must_rest(phone, where, now=now)
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        fresh = uuid4()
        row = OtpChallenge(
            public_id=fresh,
            phone=phone,
            purpose=purpose,
            digest=_digest(fresh, code),
            address=where,
            attempts=0,
            created_at=now,
            expires_at=now + LASTS,
            shown=code if _ways.shown else None,
        )
        session.add(row)
        session.flush()
        _record("code.sent", fresh, now=now, after={"purpose": purpose})
        if _ways.carrier is not None:
            _ways.carrier(phone, code, row.expires_at, place)
    return fresh


def prove_phone(challenge: UUID, code: str, *, purpose: Purpose, now: datetime) -> str:
    """
    Give the phone that a code was sent to, if that is the code.

    Each comparison is counted before it is made, under a lock on the row; past the
    fifth none is made. To be called outside of any transaction: what a refusal counted
    must stay.

    :raises CodeError: if it is not the code, or the code is not to be had any more;
        `params["left"]` says how many more tries there are
    """
    with transaction() as session:
        found = (
            select(OtpChallenge)
            .where(OtpChallenge.public_id == challenge, OtpChallenge.purpose == purpose)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        row = session.scalar(found)
        if row is None or not _open(row, now):
            left, right = 0, False
        else:
            row.attempts += 1
            left, right = MOST_TRIES - row.attempts, _is(row, code)
            if right:
                row.proved_at, row.shown = row.proved_at or now, None
            session.flush()
            _record("code.compared", challenge, now=now, after={"right": right})
    if row is None or not right:
        raise CodeError(field="code", left=left)
    return row.phone


def forget_codes(*, now: datetime) -> int:
    """Delete codes that count for no limit any more; give how many."""
    with transaction() as session:
        old = delete(OtpChallenge).where(OtpChallenge.created_at < now - KEPT)
        gone = session.execute(old.returning(OtpChallenge.id))
        return len(gone.all())


def _open(row: OtpChallenge, now: datetime) -> bool:
    again = row.proved_at is None or now - row.proved_at < CLICKS
    return again and now < row.expires_at and row.attempts < MOST_TRIES


def _is(row: OtpChallenge, code: str) -> bool:
    # Spaces are how people read six digits out; whatever else is wrong is wrong.
    said = "".join(code.split())[:20]
    plain = said if _CODE.fullmatch(said) else ""
    return compare_digest(row.digest, _digest(row.public_id, plain))


def _digest(challenge: UUID, code: str) -> str:
    return keyed.digest("code", challenge, code)


def _must_rest(phone: str, where: str, *, now: datetime) -> None:
    row = OtpChallenge
    since = now - WINDOW
    of_phone, last = db.session.execute(
        select(func.count(), func.max(row.created_at)).where(
            row.phone == phone, row.created_at > since
        )
    ).one()
    of_place = db.session.scalar(
        select(func.count()).where(row.address == where, row.created_at > since)
    )
    if last is not None and now - last < APART:
        seconds = int((last + APART - now).total_seconds()) + 1
        raise CodesTooManyError(field="phone", seconds=seconds)
    if of_phone >= PER_PHONE or (of_place or 0) >= PER_ADDRESS:
        raise CodesTooManyError(field="phone", seconds=int(WINDOW.total_seconds()))


def _record(
    action: str, challenge: UUID, *, now: datetime, after: dict[str, object]
) -> None:
    subject = audit.Subject("otp_challenge", challenge)
    audit.record(action, subject, by=_SOMEBODY, now=now, after=after)
