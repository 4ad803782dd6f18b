"""Who comes under a proved phone: somebody known there, or somebody new."""

from datetime import datetime

from sqlalchemy import func, or_, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.core.actor import Actor
from app.core.db import db, hold_all, transaction
from app.core.errors import InputError
from app.core.text import clean
from app.patients import phones
from app.patients.models import Patient
from app.patients.registering import register
from app.patients.rows import view
from app.patients.views import NewPatient, PatientView


def join(order: NewPatient, *, by: Actor, now: datetime, scope: Scope) -> PatientView:
    """
    Give who has that phone, name and year of birth, or register them.

    Whose year nobody knows is told by name and phone. So a second click registers
    nobody twice. The caller has made sure of the phone.

    :raises InputError: if a field cannot be right, or there is no phone
    """
    if not order.phone:
        raise InputError(field="phone", reason="required")
    phone = phones.e164(order.phone, region=order.region)
    name = clean(order.name, field="name", least=1, most=120)
    with transaction():
        accounts.require(by, Permission.REGISTER_PATIENTS, scope)
        hold_all([f"family:{phone}"])
        born = func.coalesce(
            func.date_part("year", Patient.birth_date), Patient.birth_year
        )
        found = (
            select(Patient)
            .where(
                Patient.phone == phone,
                func.lower(Patient.name) == name.lower(),
                or_(born == order.birth_year, born.is_(None)),
                Patient.merged_into_id.is_(None),
            )
            .order_by(born.is_(None), Patient.id)
            .limit(1)
        )
        known = db.session.scalar(found)
        if known is not None:
            return view(known)
        return register(order, by=by, now=now, scope=scope)
