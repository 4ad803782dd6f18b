"""What the other rooms call: one line of the trail for every write."""

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import CTE, ColumnElement, any_, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB

from app.audit.models import AuditEvent
from app.audit.searching import line, search
from app.audit.seeing import guard, kinds, number, seen
from app.audit.views import Line
from app.core import context
from app.core.actor import Actor, ActorKind
from app.core.constant import Constant
from app.core.db import db, keep, kept, write_kept
from app.core.spans import Span

MOST = 500

__all__ = [
    "MOST",
    "Line",
    "Subject",
    "count",
    "did",
    "did_as",
    "guard",
    "kinds",
    "lines",
    "number",
    "plain",
    "record",
    "search",
    "seen",
]


class Subject(Struct, frozen=True):
    """What was written to: its kind, its public id, and the facility it belongs to."""

    kind: str
    id: UUID | str
    facility_id: int | None = None


def record(
    action: str,
    subject: Subject,
    *,
    by: Actor,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """
    Write one line of the trail, in the transaction of what it tells.

    It is kept until that ends, or until a statement that is sent anyway takes it along.
    """
    keep(
        _write,
        {
            "at": now.isoformat(),
            "actor": by.key,
            "actor_name": by.name,
            "on_behalf_of": by.on_behalf_of,
            "action": action,
            "object_kind": subject.kind,
            "object_id": str(subject.id),
            "facility_id": subject.facility_id,
            "before": None if before is None else plain(before),
            "after": None if after is None else plain(after),
            "request_id": context.request_id(),
        },
    )


def along() -> list[dict[str, Any]]:
    """Give the lines that wait, as the `trail` of a statement that has `WRITTEN`."""
    return kept(_write)


def trail() -> CTE:
    """Give the part of a statement that writes its `trail`."""
    return text(WRITTEN).bindparams(TRAIL).columns().cte("trail")


def _write(waiting: list[dict[str, Any]]) -> None:
    _LINES.send({"trail": waiting})


# A part of any statement: lines go as JSON, however many, and PostgreSQL reads them.
WRITTEN = """
INSERT INTO audit_events (at, actor, actor_name, on_behalf_of, action, object_kind,
                          object_id, facility_id, before, after, request_id)
SELECT at, actor, actor_name, on_behalf_of, action, object_kind,
       object_id, facility_id, before, after, request_id
FROM jsonb_to_recordset(:trail) AS line (
  at timestamptz, actor text, actor_name text, on_behalf_of text, action text,
  object_kind text, object_id text, facility_id bigint, before jsonb, after jsonb,
  request_id text)
"""
TRAIL = bindparam("trail", type_=JSONB)
_LINES = Constant(text(WRITTEN).bindparams(TRAIL))


def lines(kind: str, object_id: UUID | str) -> list[Line]:
    """Give what was done to an object, the latest first."""
    write_kept()
    rows = db.session.scalars(
        select(AuditEvent)
        .where(AuditEvent.object_kind == kind, AuditEvent.object_id == str(object_id))
        .order_by(AuditEvent.id.desc())
        .limit(MOST)
    )
    return [line(row) for row in rows]


def did(action: str, subject: Subject, by: Actor) -> bool:
    """Say whether that very actor did that to an object; some have no name to know."""
    write_kept()
    found = select(AuditEvent.id).where(
        AuditEvent.object_kind == subject.kind,
        AuditEvent.object_id == str(subject.id),
        AuditEvent.action == action,
        AuditEvent.actor == by.key,
    )
    return bool(by.reference) and db.session.scalar(found.limit(1)) is not None


def did_as(action: str, subject: Subject, kind: ActorKind) -> bool:
    """Say whether anybody of that kind did that to an object."""
    write_kept()
    found = select(AuditEvent.id).where(
        AuditEvent.object_kind == subject.kind,
        AuditEvent.object_id == str(subject.id),
        AuditEvent.action == action,
        AuditEvent.actor.startswith(f"{kind}:", autoescape=True),
    )
    return db.session.scalar(found.limit(1)) is not None


def count(facilities: ColumnElement[Any], since: datetime) -> int:
    """
    Count the lines since a moment about some facilities, or about none.

    They are a few at most. `facilities` is an array of row numbers.
    """
    about = or_(
        AuditEvent.facility_id == any_(facilities),
        AuditEvent.facility_id.is_(None) & (AuditEvent.object_kind != "user"),
    )
    found = select(func.count()).where(AuditEvent.at >= since, about)
    return db.session.scalar(found) or 0


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn values into what JSON can hold; spans become [start, end]."""
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    match value:
        case Span():
            return [value.start.isoformat(), value.end.isoformat()]
        case datetime() | date() | time():
            return value.isoformat()
        case Enum():
            return value.value
        case UUID():
            return str(value)
        case Mapping() | list() | tuple() | set() | frozenset():
            return _collection(value)
    return value


def _collection(value: Any) -> Any:
    if isinstance(value, Mapping):
        return plain(value)
    return [_plain(each) for each in value]
