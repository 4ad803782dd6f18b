"""Acts on patients registered twice: make them one, and take that back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import InputError, NotFoundError
from app.patients.errors import MergeError
from app.patients.events import Merged, Merging, Parted
from app.patients.models import Patient, PatientMerge
from app.patients.rows import merge_view, view
from app.patients.views import MergeView, PatientView, Sex


def merge(
    kept: UUID, merged: UUID, *, by: Actor, now: datetime, scope: Scope
) -> MergeView:
    """
    Let one patient go up in another: visits, waits and messages follow.

    The kept one keeps name and record number, and takes over what they lack. Nothing
    is lost: what moved is written down, so that it can be taken back.

    :raises InputError: if both are the same
    :raises MergeError: if what both have clashes, or one was merged before
    :raises NotFoundError: if there is no such patient
    """
    if kept == merged:
        raise InputError(field="merged", reason="same_patient")
    with transaction():
        accounts.require(by, Permission.MERGE_PATIENTS, scope)
        return unite(kept, merged, by=by, now=now, scope=scope)


def unite(
    kept: UUID, merged: UUID, *, by: Actor, now: datetime, scope: Scope
) -> MergeView:
    """
    Merge for a room that has asked who may.

    :raises MergeError: if what both have clashes, or one was merged before
    :raises NotFoundError: if there is no such patient
    """
    with transaction() as session:
        stays, goes = _both(kept, merged)
        if stays.merged_into_id is not None or goes.merged_into_id is not None:
            raise MergeError(reason="merged_before")
        house.emit(Merging(stays.id, goes.id))
        event = Merged(stays.id, goes.id, now)
        house.emit(event)
        changed = _fill(stays, goes)
        goes.merged_into_id = stays.id
        row = PatientMerge(
            public_id=uuid4(),
            kept_id=stays.id,
            merged_id=goes.id,
            moved=event.moved,
            before=audit.plain(changed),
            at=now,
            by_name=by.called,
        )
        session.add(row)
        session.flush()
        after = {"merged": goes.mrn, "moved": event.moved, "filled": changed}
        _line("merged", stays, scope, by=by, now=now, after=after)
        return merge_view(row, goes)


def undo_merge(merge: UUID, *, by: Actor, now: datetime, scope: Scope) -> PatientView:
    """
    Make two patients of one again: all that moved then goes back, and nothing else.

    What the kept one was given since stays with them. Gives the patient who is back.

    :raises MergeError: if it was taken back before, or the kept one was merged since
    :raises NotFoundError: if there was no such merge
    """
    with transaction() as session:
        accounts.require(by, Permission.MERGE_PATIENTS, scope)
        found = select(PatientMerge).where(PatientMerge.public_id == merge)
        row = session.scalar(found.with_for_update())
        if row is None:
            raise NotFoundError("merge", field="merge_id")
        if row.undone_at is not None:
            raise MergeError(reason="undone")
        stays = session.get_one(Patient, row.kept_id, with_for_update=True)
        goes = session.get_one(Patient, row.merged_id, with_for_update=True)
        if stays.merged_into_id is not None:
            raise MergeError(reason="merged_since")
        goes.merged_into_id, row.undone_at = None, now
        session.flush()
        house.emit(Parted(stays.id, goes.id, row.moved))
        _empty(stays, row.before)
        session.flush()
        after = {"parted": goes.mrn, "moved": row.moved}
        _line("parted", stays, scope, by=by, now=now, after=after)
        return view(goes)


def _both(kept: UUID, merged: UUID) -> tuple[Patient, Patient]:
    found = (
        select(Patient)
        .where(Patient.public_id.in_([kept, merged]))
        .order_by(Patient.id)
        .with_for_update()
    )
    rows = {row.public_id: row for row in db.session.scalars(found)}
    for wanted, field in ((kept, "kept"), (merged, "merged")):
        if wanted not in rows:
            raise NotFoundError("patient", field=field)
    return rows[kept], rows[merged]


def _fill(stays: Patient, goes: Patient) -> dict[str, list[Any]]:
    """Give the kept one what they lack; tell of each field what it was and became."""
    wanted: dict[str, Any] = {"needs": sorted({*stays.needs, *goes.needs})}
    if stays.sex is Sex.UNKNOWN:
        wanted["sex"] = goes.sex
    if stays.birth_date is None and goes.birth_date is not None:
        # A day says more than a year, and only one of them is kept.
        wanted |= {"birth_date": goes.birth_date, "birth_year": None}
    elif stays.birth_date is None and stays.birth_year is None:
        wanted["birth_year"] = goes.birth_year
    if stays.phone is None:
        wanted["phone"] = goes.phone
    changed = {}
    for name, value in wanted.items():
        was = getattr(stays, name)
        if was != value:
            changed[name] = [was, value]
            setattr(stays, name, value)
    return changed


def _empty(stays: Patient, before: Mapping[str, list[Any]]) -> None:
    """Take back what was filled, but for what was changed since."""
    for name, (was, became) in before.items():
        if audit.plain({name: getattr(stays, name)})[name] == became:
            setattr(stays, name, _read(name, was))


def _read(name: str, kept: Any) -> Any:
    if name == "birth_date" and kept is not None:
        return date.fromisoformat(kept)
    return Sex(kept) if name == "sex" else kept


def _line(
    done: str,
    patient: Patient,
    scope: Scope,
    *,
    by: Actor,
    now: datetime,
    after: Mapping[str, Any],
) -> None:
    subject = audit.Subject("patient", patient.public_id, scope.facility_id)
    audit.record(f"patient.{done}", subject, by=by, now=now, after=after)
