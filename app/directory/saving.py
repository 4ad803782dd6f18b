"""What acts on the directory share: codes, buffers, a row and its line of trail."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select

from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import Model, db
from app.core.errors import ConflictError, InputError
from app.directory.models import Department, Facility


class CodeTakenError(ConflictError):
    code = "code_taken"


class InUseError(ConflictError):
    """What is to go out of use is what others stand on; `params["of"]` says what."""

    code = "in_use"


def add(
    row: Model,
    kind: str,
    public_id: UUID,
    after: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Add a row and write down who did."""
    db.session.add(row)
    db.session.flush()
    facility_id = row.id if kind == "facility" else getattr(row, "facility_id", None)
    subject = audit.Subject(kind, public_id, facility_id)
    audit.record(f"{kind}.added", subject, by=by, now=now, after=after)


def change_facility(
    row: Facility, fields: dict[str, Any], *, by: Actor, now: datetime
) -> None:
    """Set fields of a facility whose row is locked, and write down what they were."""
    before = {each: getattr(row, each) for each in fields}
    for each, value in fields.items():
        setattr(row, each, value)
    db.session.flush()
    audit.record(
        "facility.changed",
        audit.Subject("facility", row.public_id, row.id),
        by=by,
        now=now,
        before=before,
        after=fields,
    )


def check_code(code: str, *, field: str) -> None:
    """
    Refuse what cannot be a code.

    :raises InputError: naming the field
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", code):
        raise InputError(field=field, reason="code", value=code)


def check_buffers(before: int, after: int) -> None:
    """
    Refuse buffers that are negative or longer than four hours; they are minutes.

    :raises InputError: naming the field
    """
    for name, minutes in (("buffer_before", before), ("buffer_after", after)):
        if not 0 <= minutes <= 240:
            raise InputError(field=name, reason="between", least=0, most=240)


def within(least: int, most: int, **named: int) -> int:
    """
    Give a number that is between two others.

    :raises InputError: naming the field
    """
    ((field, number),) = named.items()
    if not least <= number <= most:
        raise InputError(field=field, reason="between", least=least, most=most)
    return number


def check_zone(zone: str) -> None:
    """
    Refuse what names no time zone.

    :raises InputError: naming the field
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise InputError(field="zone", reason="zone", value=zone) from exc


def must_be_open(department_id: int | None, *, field: str = "department") -> None:
    """
    Refuse to put something in a department that is out of use.

    It cannot go out of use before this transaction ends.

    :raises InputError: naming the department
    """
    found = select(Department).where(Department.id == department_id)
    row = db.session.scalar(found.with_for_update(read=True))
    if row is not None and not row.active:
        raise InputError(field=field, reason="closed_department", name=row.name)
