"""How a patient is reached, and the acts that say so: a way they like, or none."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import InputError
from app.core.text import MAIL
from app.notifications.kinds import Channel
from app.notifications.models import Contact
from app.notifications.views import ContactView
from app.patients import internal as patients
from app.patients.events import Merged

# A channel, the address there, and the language.
Way = tuple[Channel, str, str]

_BY_PHONE = (Channel.WHATSAPP, Channel.SMS)
_WANTED = frozenset({Channel.UNDECIDED, Channel.EMAIL, *_BY_PHONE})


def listen() -> None:
    """Hear of patients who are made one; called at composition."""
    house.subscribe(Merged, _stop_too)


def _stop_too(event: Merged) -> None:
    """Send nothing to who wanted nothing, whichever of the two said it."""
    since = contact(event.merged_id).stopped_at
    if since is None:
        return
    stop = insert(Contact).values(
        patient_id=event.kept_id,
        channel=Channel.UNDECIDED.value,
        email="",
        agreed_by="",
        stopped_at=since,
    )
    stopped = func.coalesce(Contact.stopped_at, since)
    db.session.execute(
        stop.on_conflict_do_update(
            index_elements=["patient_id"], set_={"stopped_at": stopped}
        )
    )


def way(patient_id: int, ways: Collection[Channel]) -> tuple[Way | None, str]:
    """
    Give how a patient is reached by one of the ways that are open.

    The way they like comes first, then SMS, WhatsApp and mail. Where there is none, the
    second answer says why.
    """
    who = patients.many([patient_id])[patient_id]
    likes = contact(patient_id)
    if likes.stopped_at is not None:
        return None, "stopped"
    if not ways:
        return None, "no_channel"
    has = {Channel.EMAIL: likes.email}
    has |= dict.fromkeys(_BY_PHONE, who.phone or "")
    for each in (likes.channel, Channel.SMS, Channel.WHATSAPP, Channel.EMAIL):
        if each in ways and has.get(each):
            return (each, has[each], who.language), ""
    return None, "no_address"


def contact(patient_id: int) -> ContactView:
    """Give how a patient wants to be reached; who never said is reached as they can."""
    row = db.session.scalar(select(Contact).where(Contact.patient_id == patient_id))
    if row is None:
        return ContactView()
    return ContactView(
        Channel(row.channel), row.email, row.agreed_by, row.agreed_at, row.stopped_at
    )


def set_contact(
    patient: UUID, wanted: ContactView, scope: Scope, *, by: Actor, now: datetime
) -> ContactView:
    """
    Keep how a patient wants to be reached, and who agreed to it.

    Of the moments in `wanted` only whether there is a stop counts; a name that agrees
    anew is kept with the present time.

    :raises InputError: for a channel without its address, or no such address
    """
    accounts.require(by, Permission.REGISTER_PATIENTS, scope)
    email, agreed = wanted.email.strip(), wanted.agreed_by.strip()
    if wanted.channel not in _WANTED:
        raise InputError(field="channel", reason="choice")
    if (email or wanted.channel is Channel.EMAIL) and not MAIL.fullmatch(email):
        raise InputError(field="email", reason="email")
    if len(email) > 254 or len(agreed) > 120:
        field, most = ("email", 254) if len(email) > 254 else ("agreed_by", 120)
        raise InputError(field=field, reason="length", least=0, most=most)
    with transaction():
        who = patients.one(patient)
        was = contact(who.id)
        since = was.agreed_at if agreed == was.agreed_by else now
        stopped = (was.stopped_at or now) if wanted.stopped_at else None
        values = {
            "channel": wanted.channel.value,
            "email": email,
            "agreed_by": agreed,
            "agreed_at": since if agreed else None,
            "stopped_at": stopped,
        }
        told = insert(Contact).values(patient_id=who.id, **values)
        db.session.execute(
            told.on_conflict_do_update(index_elements=["patient_id"], set_=values)
        )
        audit.record(
            "patient.contact_set",
            audit.Subject("patient", who.public_id),
            by=by,
            now=now,
            after={k: v for k, v in values.items() if k != "email"},
        )
        return contact(who.id)
