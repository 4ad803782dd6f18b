"""Messages stopped by patients themselves, or started again: by a link, by a reply."""

import secrets
import string
import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select

from app.audit import internal as audit
from app.core.actor import ONESELF
from app.core.db import db, transaction
from app.core.errors import NotFoundError
from app.notifications import channels, contacting, house
from app.notifications.kinds import OUTWARD, Channel, Stop
from app.notifications.models import Contact
from app.patients import internal as patients
from app.patients.views import PatientView

# 65 bits: nobody guesses one, and an SMS has room for it.
_LENGTH = 11
_ALPHABET = string.ascii_letters + string.digits

# What people answer, as gateways abroad and here know it, in each language of ours.
_STOP = frozenset(
    {
        *("stop", "unsubscribe", "end", "quit"),
        *("रोकें", "बंद", "बन्द"),
        *("നിർത്തുക", "നിർത്തൂ"),
        *("நிறுத்து", "நிறுத்தவும்"),
        *("توقف", "إيقاف", "ايقاف"),
    }
)
_START = frozenset(
    {
        *("start", "subscribe"),
        *("शुरू", "चालू"),
        *("തുടങ്ങുക", "തുടങ്ങൂ"),
        *("தொடங்கு", "தொடங்கவும்"),
        *("ابدأ", "ابدا"),
    }
)


class StopView(Struct, frozen=True):
    """By which channels somebody may be told, whether it is stopped, and in what."""

    language: str
    ways: tuple[tuple[Channel, bool], ...]

    @property
    def stopped(self) -> bool:
        """Say whether nothing is sent at all."""
        return all(stopped for _, stopped in self.ways)


def link(patient_id: int) -> str:
    """
    Give the address at which a patient stops messages, made when it is first needed.

    Empty where it is not known how this house is found from outside.
    """
    if not house.at("/"):
        return ""
    fresh = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    secret = {"secret": func.coalesce(Contact.secret, fresh)}
    kept = contacting.keep(patient_id, {"secret": fresh}, secret)
    found = db.session.scalars(kept.returning(Contact.secret)).one()
    return house.at(f"/o/{found}")


def stop_of(secret: str) -> StopView:
    """
    Say by what somebody whose secret it is may be told, and what of it is stopped.

    :raises NotFoundError: if it is nobody's
    """
    who = _whose(secret)
    found = select(Contact.stopped).where(Contact.patient_id == who.id)
    stopped = db.session.scalar(found) or []
    # What this house does not send by needs no choice; without any it may yet come.
    known = [each for each in OUTWARD if each in channels.open_ones()] or OUTWARD
    ways = tuple((each, each.value in stopped) for each in known)
    return StopView(who.language, ways)


def stop(
    secret: str, how: Stop, *, now: datetime, ways: Collection[Channel] = OUTWARD
) -> None:
    """
    Stop what is sent by some channels to whom a secret is; twice changes nothing.

    Codes that they ask for themselves still come.

    :raises NotFoundError: if it is nobody's
    """
    with transaction():
        _set(_whose(secret), how, stop=frozenset(ways), now=now)


def choose(secret: str, wanted: Mapping[Channel, bool], *, now: datetime) -> None:
    """
    Start and stop what is sent by each channel that is named, as their page says.

    :raises NotFoundError: if it is nobody's
    """
    start = frozenset(each for each, on in wanted.items() if on)
    with transaction():
        off = frozenset(wanted) - start
        _set(_whose(secret), Stop.LINK, stop=off, start=start, now=now)


def reply(phone: str, channel: Channel, text: str, *, now: datetime) -> bool:
    """
    Hear what was answered from a phone, E.164: stop, or start, for all it speaks for.

    It is about the channel that it came by. Say whether it was either; whatever else it
    was is kept nowhere.
    """
    words = unicodedata.normalize("NFC", text).strip(" \t\r\n.!\"'").casefold()
    if words not in _STOP | _START:
        return False
    this, none = frozenset({channel}), frozenset[Channel]()
    stop, start = (this, none) if words in _STOP else (none, this)
    with transaction():
        guarded = select(Contact.patient_id).where(Contact.guardian_phone == phone)
        found = patients.reached_by(phone, db.session.scalars(guarded).all())
        for who in found:
            _set(who, Stop.REPLY, stop=stop, start=start, now=now)
    return True


def _whose(secret: str) -> PatientView:
    found = db.session.scalar(
        select(Contact.patient_id).where(Contact.secret == secret)
    )
    if found is None:
        raise NotFoundError("contact")
    # Who went up in another is that other.
    return patients.one(patients.many([found])[found].public_id)


def _set(
    who: PatientView,
    how: Stop,
    *,
    now: datetime,
    stop: frozenset[Channel] = frozenset(),
    start: frozenset[Channel] = frozenset(),
) -> None:
    row = contacting.begun(who.id)
    was = frozenset(map(Channel, row.stopped))
    stopped = (was | stop) - start
    if stopped == was:
        return
    row.stopped = sorted(stopped)
    row.stopped_at = (row.stopped_at or now) if stopped else None
    db.session.flush()
    audit.record(
        "patient.messages_stopped" if stopped - was else "patient.messages_started",
        audit.Subject("patient", who.public_id),
        by=ONESELF,
        now=now,
        before={"stopped": sorted(was)},
        after={"how": how, "stopped": sorted(stopped)},
    )
