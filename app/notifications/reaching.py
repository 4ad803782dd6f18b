"""How a patient is reached, and the acts that say so: a way they like, or none."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import InputError
from app.core.text import MAIL, clean
from app.notifications import consenting, contacting
from app.notifications.kinds import BY_PHONE, OUTWARD, Agreed, Channel, Guardian
from app.notifications.models import Contact
from app.notifications.views import ContactView
from app.patients import internal as patients
from app.patients.phones import e164

# A channel, the address there, and the language.
Way = tuple[Channel, str, str]

_ADDRESSES = frozenset({"email", "guardian_phone"})
_OF_GUARDIAN = ("guardian", "guardian_is", "guardian_phone")
_WANTED = frozenset({Channel.UNDECIDED, *OUTWARD})


def way(
    patient_id: int, ways: Collection[Channel], *, now: datetime
) -> tuple[Way | None, str]:
    """
    Give how a patient is reached by one of the ways that are open.

    The way they like comes first, then SMS, WhatsApp and mail, but none that they have
    stopped. Where there is none, the second answer says why. A minor's phone is their
    guardian's, where there is one.
    """
    who = patients.many([patient_id])[patient_id]
    likes = contact(patient_id)
    if likes.stopped.issuperset(OUTWARD):
        return None, "stopped"
    if not ways:
        return None, "no_channel"
    has = {Channel.EMAIL: likes.email}
    phone = who.phone
    if consenting.minor(who, now):
        phone = likes.guardian_phone or phone
    has |= dict.fromkeys(BY_PHONE, phone or "")
    could = [each for each in (likes.channel, *OUTWARD) if each in ways and has[each]]
    for each in could:
        if each not in likes.stopped:
            return (each, has[each], who.language), ""
    return None, "stopped" if could else "no_address"


def contact(patient_id: int) -> ContactView:
    """Give how a patient wants to be reached; who never said is reached as they can."""
    row = db.session.scalar(select(Contact).where(Contact.patient_id == patient_id))
    if row is None:
        return ContactView()
    return ContactView(
        Channel(row.channel),
        row.email,
        row.agreed_by,
        row.agreed_at,
        frozenset(map(Channel, row.stopped)),
        row.stopped_at,
        row.guardian,
        Guardian(row.guardian_is) if row.guardian_is else None,
        row.guardian_phone,
    )


def set_contact(
    patient: UUID, wanted: ContactView, scope: Scope, *, by: Actor, now: datetime
) -> ContactView:
    """
    Keep how a patient wants to be reached, and who agreed to it.

    Of when they agreed only whether it is told counts, which is agreeing anew; since
    when something is stopped is known here. Another name than before agrees anew too,
    always to the notice of now, read in the patient's language.

    :raises InputError: for a channel without its address, no such address, a guardian
        told by half, or somebody else than them who agrees for a minor
    """
    accounts.require(by, Permission.REGISTER_PATIENTS, scope)
    told = _read(wanted)
    agreed = wanted.agreed_by.strip()
    with transaction():
        who = patients.one(patient)
        was = contact(who.id)
        minor = consenting.minor(who, now)
        if minor and agreed != told["guardian"]:
            raise InputError(field="agreed_by", reason="guardian_agrees")
        anew = bool(agreed) and (agreed != was.agreed_by or bool(wanted.agreed_at))
        values = {
            **told,
            "agreed_by": agreed,
            "agreed_at": now if anew else was.agreed_at if agreed else None,
            "stopped": sorted(wanted.stopped),
            "stopped_at": (was.stopped_at or now) if wanted.stopped else None,
        }
        if anew:
            as_ = wanted.guardian_is if minor else None
            said = consenting.Agreement(agreed, who.language, Agreed.DESK, as_)
            consenting.write(who, said, agreed, now=now)
        db.session.execute(contacting.keep(who.id, values, values))
        audit.record(
            "patient.contact_set",
            audit.Subject("patient", who.public_id),
            by=by,
            now=now,
            after={k: v for k, v in values.items() if k not in _ADDRESSES},
        )
        return contact(who.id)


def _read(wanted: ContactView) -> dict[str, str | None]:
    """Read the channel, the address and the guardian of a wish."""
    email, agreed = wanted.email.strip(), wanted.agreed_by.strip()
    if wanted.channel not in _WANTED:
        raise InputError(field="channel", reason="choice")
    if (email or wanted.channel is Channel.EMAIL) and not MAIL.fullmatch(email):
        raise InputError(field="email", reason="email")
    if len(email) > 254 or len(agreed) > 120:
        field, most = ("email", 254) if len(email) > 254 else ("agreed_by", 120)
        raise InputError(field=field, reason="length", least=0, most=most)
    return {"channel": wanted.channel.value, "email": email, **_guardian(wanted)}


def _guardian(wanted: ContactView) -> dict[str, str | None]:
    """
    Read who is told instead of a minor: all of it, or nobody.

    :raises InputError: if a part is missing, or is no phone
    """
    name = clean(wanted.guardian, field="guardian", most=120)
    told = (name, wanted.guardian_is, wanted.guardian_phone)
    if not any(told):
        return {"guardian": "", "guardian_is": "", "guardian_phone": None}
    for field, given in zip(_OF_GUARDIAN, told, strict=True):
        if not given:
            raise InputError(field=field, reason="required")
    try:
        phone = e164(wanted.guardian_phone or "", region="")
    except InputError as exc:
        raise InputError(field="guardian_phone", reason="phone") from exc
    return {**consenting.guarded(name, Guardian(wanted.guardian_is or ""), phone)}
