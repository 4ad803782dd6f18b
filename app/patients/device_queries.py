"""Which browser is known, and which browsers a phone has."""

from datetime import datetime

from sqlalchemy import ColumnElement, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE
from app.core import keyed
from app.core.actor import Actor
from app.core.db import db
from app.patients.models import PatientDevice
from app.patients.views import DeviceView

_MOST = 256


def known(secret: str, *, now: datetime) -> DeviceView | None:
    """Give the browser whose secret that is, if it is to be known still."""
    digest = keyed.digest("device", secret[:_MOST])
    row = db.session.scalar(
        select(PatientDevice).where(PatientDevice.digest == digest, *_standing(now))
    )
    return None if row is None else _view(row)


def devices(phone: str, *, by: Actor, now: datetime) -> list[DeviceView]:
    """Give the browsers that are known under a phone, E.164, the latest first."""
    accounts.require(by, Permission.VIEW_PATIENTS, EVERYWHERE)
    found = (
        select(PatientDevice)
        .where(PatientDevice.phone == phone, *_standing(now))
        .order_by(PatientDevice.id.desc())
    )
    return [_view(row) for row in db.session.scalars(found)]


def _standing(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (PatientDevice.revoked_at.is_(None), PatientDevice.expires_at > now)


def _view(row: PatientDevice) -> DeviceView:
    return DeviceView(row.public_id, row.phone, row.label, row.created_at)
