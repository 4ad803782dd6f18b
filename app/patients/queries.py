"""What doors read of patients: the one search box."""

import re
from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import InputError
from app.core.text import clean
from app.patients import internal, phones
from app.patients.models import Patient, PatientMerge
from app.patients.phones import HOME_REGION
from app.patients.rows import merge_view, view
from app.patients.views import MergeView, PatientView

MOST = 20
MAX_QUERY = 80
MAX_MRN = 20
MAX_NAME = 120


def search(
    typed: str,
    *,
    by: Actor,
    scope: Scope,
    most: int = MOST,
    region: str = HOME_REGION,
) -> list[PatientView]:
    """
    Find people by phone, its last four digits, record number or name, in one box.

    Nothing typed finds nobody. Exact numbers come first, then names by the alphabet.
    A phone without a country code is one of `region`.
    """
    accounts.require(by, Permission.VIEW_PATIENTS, scope)
    sought = typed.strip()[:MAX_QUERY]
    conditions = list(_meanings(sought, region))
    if not conditions:
        return []
    exact = case((Patient.mrn == sought, 0), else_=1)
    rows = db.session.scalars(
        select(Patient)
        .where(or_(*conditions), Patient.merged_into_id.is_(None))
        .order_by(exact, Patient.name, Patient.id)
        .limit(most)
    )
    return [view(row) for row in rows]


def one(patient: UUID, *, by: Actor, scope: Scope) -> PatientView:
    """
    Give one patient.

    :raises NotFoundError: if there is no such patient
    """
    accounts.require(by, Permission.VIEW_PATIENTS, scope)
    return internal.one(patient)


def family(
    phone: str, *, by: Actor, scope: Scope, most: int = MOST
) -> list[PatientView]:
    """
    Give who comes under a phone, by the alphabet.

    `phone` is E.164. A door shows them only to who has proved it to be theirs.
    """
    accounts.require(by, Permission.VIEW_PATIENTS, scope)
    found = (
        select(Patient)
        .where(Patient.phone == phone, Patient.merged_into_id.is_(None))
        .order_by(Patient.name, Patient.id)
    )
    return [view(row) for row in db.session.scalars(found.limit(most))]


def similar(
    name: str,
    phone: str,
    *,
    by: Actor,
    scope: Scope,
    most: int = MOST,
    region: str = HOME_REGION,
) -> list[PatientView]:
    """
    Find people with that phone, or exactly that name: perhaps the same person.

    :raises InputError: if that can be nobody's name
    """
    accounts.require(by, Permission.VIEW_PATIENTS, scope)
    called = clean(name, field="name", most=MAX_NAME).lower()
    same = [func.lower(Patient.name) == called] if called else []
    with suppress(InputError):
        if phone.strip():
            same.append(Patient.phone == phones.e164(phone, region=region))
    if not same:
        return []
    found = (
        select(Patient)
        .where(or_(*same), Patient.merged_into_id.is_(None))
        .order_by(Patient.name, Patient.id)
    )
    return [view(row) for row in db.session.scalars(found.limit(most))]


def doubles(patient: UUID, *, by: Actor, scope: Scope) -> list[PatientView]:
    """
    Find who may be the same person: the same name, or a like one with the same phone.

    A like name begins with the same word, so a family that shares a phone is not one
    person; where both births are known they must agree in the year.

    :raises NotFoundError: if there is no such patient
    """
    told = one(patient, by=by, scope=scope)
    same = [func.lower(Patient.name) == told.name.lower()]
    if told.phone is not None:
        same.append(Patient.phone == told.phone)
    found = (
        select(Patient)
        .where(or_(*same), Patient.id != told.id, Patient.merged_into_id.is_(None))
        .order_by(Patient.name, Patient.id)
        .limit(MOST)
    )
    others = map(view, db.session.scalars(found))
    return [each for each in others if _like(told, each)]


def merges(patient: UUID, *, by: Actor, scope: Scope) -> list[MergeView]:
    """
    Tell who went up in a patient and could be parted again, the latest first.

    :raises NotFoundError: if there is no such patient
    """
    told = one(patient, by=by, scope=scope)
    found = (
        select(PatientMerge, Patient)
        .join(Patient, Patient.id == PatientMerge.merged_id)
        .where(PatientMerge.kept_id == told.id, PatientMerge.undone_at.is_(None))
        .order_by(PatientMerge.id.desc())
    )
    return [merge_view(row, gone) for row, gone in db.session.execute(found)]


def _like(one: PatientView, other: PatientView) -> bool:
    births = [each.born_in for each in (one, other)]
    if None not in births and births[0] != births[1]:
        return False
    mine, theirs = (each.name.lower().split() for each in (one, other))
    return mine[0] == theirs[0]


def _meanings(sought: str, region: str) -> Iterator[ColumnElement[bool]]:
    """Give every way the typed text may be meant."""
    digits = re.sub(r"[\s()./-]", "", sought)
    if 0 < len(sought) <= MAX_MRN and "\0" not in sought:
        yield Patient.mrn.in_({sought, sought.upper()})
    if re.fullmatch(r"\d{4}", digits):
        yield func.right(Patient.phone, 4) == digits
    if re.fullmatch(r"\+?\d{7,15}", digits):
        try:
            yield Patient.phone == phones.e164(digits, region=region)
        except InputError:
            return
    # Parted at spaces and signs only: the vowels of Hindi or Malayalam are marks, not
    # letters. What stands between quotes is parted further as the names were.
    words = re.findall(r"[^\s\0!-/:-@\[-`{-~]+", sought)
    if words and not re.search(r"\d", sought):
        query = " & ".join(f"'{word}':*" for word in words)
        yield func.to_tsvector("simple", Patient.name).op("@@")(
            func.to_tsquery("simple", query)
        )
