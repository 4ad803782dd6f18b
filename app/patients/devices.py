"""Browsers that are remembered: whoever uses one comes under the phone it proved."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE
from app.audit import internal as audit
from app.core import keyed
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.text import clean
from app.patients.models import PatientDevice

LASTS = timedelta(days=90)
MAX_LABEL = 80


def remember(phone: str, label: str, *, by: Actor, now: datetime) -> str:
    """
    Remember a browser that has proved a phone, and give its secret, this one time.

    `phone` is E.164; `label` is what its owner knows the browser by.
    """
    secret = secrets.token_urlsafe(32)
    called = clean(label[:MAX_LABEL], field="label", most=MAX_LABEL)
    with transaction() as session:
        accounts.require(by, Permission.REGISTER_PATIENTS, EVERYWHERE)
        row = PatientDevice(
            public_id=uuid4(),
            phone=phone,
            digest=keyed.digest("device", secret),
            label=called,
            created_at=now,
            expires_at=now + LASTS,
        )
        session.add(row)
        session.flush()
        subject = audit.Subject("patient_device", row.public_id)
        audit.record("patient_device.remembered", subject, by=by, now=now)
    return secret


def revoke_device(device: UUID, phone: str, *, by: Actor, now: datetime) -> None:
    """
    Let a browser of a phone, E.164, be known no more; doing it twice changes nothing.

    :raises NotFoundError: if that phone has no such browser
    """
    with transaction() as session:
        accounts.require(by, Permission.REGISTER_PATIENTS, EVERYWHERE)
        found = select(PatientDevice).where(
            PatientDevice.public_id == device, PatientDevice.phone == phone
        )
        row = session.scalar(found.with_for_update())
        if row is None:
            raise NotFoundError("device", field="device")
        if row.revoked_at is None:
            row.revoked_at = now
            subject = audit.Subject("patient_device", device)
            audit.record("patient_device.revoked", subject, by=by, now=now)


def forget_devices(*, now: datetime) -> int:
    """Delete browsers whose time is over; give how many."""
    with transaction() as session:
        old = delete(PatientDevice).where(PatientDevice.expires_at < now)
        return len(session.execute(old.returning(PatientDevice.id)).all())
