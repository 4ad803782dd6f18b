"""Messages stopped by patients themselves, or started again: by a link, by a reply."""

import secrets
import string
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from app.audit import internal as audit
from app.core.actor import ONESELF
from app.core.db import db, transaction
from app.core.errors import NotFoundError
from app.notifications import contacting, house
from app.notifications.kinds import Stop
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


@dataclass(frozen=True, slots=True)
class StopView:
    """Whether somebody is sent messages, and the language they read; no name."""

    language: str
    stopped: bool


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
    Say whether messages are stopped of whom a secret is.

    :raises NotFoundError: if it is nobody's
    """
    who = _whose(secret)
    found = select(Contact.stopped_at).where(Contact.patient_id == who.id)
    return StopView(who.language, stopped=db.session.scalar(found) is not None)


def stop(secret: str, how: Stop, *, now: datetime, stopped: bool = True) -> None:
    """
    Stop the messages of whom a secret is, or start them; twice changes nothing.

    Codes that they ask for themselves still come.

    :raises NotFoundError: if it is nobody's
    """
    with transaction():
        _set(_whose(secret), how, now=now, stopped=stopped)


def reply(phone: str, text: str, *, now: datetime) -> bool:
    """
    Hear what was answered from a phone, E.164: stop, or start, for all it speaks for.

    Say whether it was either; whatever else it was is kept nowhere.
    """
    words = unicodedata.normalize("NFC", text).strip(" \t\r\n.!\"'").casefold()
    if words not in _STOP | _START:
        return False
    with transaction():
        guarded = select(Contact.patient_id).where(Contact.guardian_phone == phone)
        found = patients.reached_by(phone, db.session.scalars(guarded).all())
        for who in found:
            _set(who, Stop.REPLY, now=now, stopped=words in _STOP)
    return True


def _whose(secret: str) -> PatientView:
    found = db.session.scalar(
        select(Contact.patient_id).where(Contact.secret == secret)
    )
    if found is None:
        raise NotFoundError("contact")
    # Who went up in another is that other.
    return patients.one(patients.many([found])[found].public_id)


def _set(who: PatientView, how: Stop, *, now: datetime, stopped: bool) -> None:
    begun = contacting.begin(who.id)
    db.session.execute(begun.on_conflict_do_nothing(index_elements=["patient_id"]))
    other = Contact.stopped_at.is_(None) if stopped else Contact.stopped_at.is_not(None)
    changed = db.session.execute(
        update(Contact)
        .where(Contact.patient_id == who.id, other)
        .values(stopped_at=now if stopped else None)
        .returning(Contact.id)
    ).all()
    if changed:
        audit.record(
            "patient.messages_stopped" if stopped else "patient.messages_started",
            audit.Subject("patient", who.public_id),
            by=ONESELF,
            now=now,
            after={"how": how},
        )
