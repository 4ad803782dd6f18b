"""Priority levels of who waits: three ship, a hospital adds its own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy import ColumnElement, func, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import constraints, db, table, transaction
from app.core.errors import InputError, NotFoundError
from app.core.text import clean
from app.queues.errors import CodeTakenError
from app.queues.kinds import Level
from app.queues.models import QueueLevel
from app.queues.scoring.due_time import PRECEDENCE
from app.queues.views import LevelView, NewLevel

MOST_MINUTES = 600
# What they are called unless the hospital says otherwise: doors have words for these.
SHIPPED = {each.value: each.value.capitalize() for each in Level}
# Always there: what a visit is unless somebody says otherwise, and what goes first.
STAYS = frozenset({Level.ROUTINE.value, Level.EMERGENCY.value})


# All levels, as JSON for `told`.
_LEVEL = table(QueueLevel).c
ALL: ColumnElement[Any] = select(
    func.json_agg(
        func.json_build_array(
            _LEVEL.public_id,
            _LEVEL.code,
            _LEVEL.name,
            _LEVEL.says,
            _LEVEL.minutes,
            _LEVEL.active,
        )
    )
).scalar_subquery()


class Weight(Struct, frozen=True):
    """What a level of the hospital's own counts for, and what it is called."""

    minutes: int = 0
    called: str = ""


def every() -> list[LevelView]:
    """Give all levels: what goes first comes first."""
    return list(told(db.session.scalar(select(ALL)) or []))


def told(rows: Sequence[Sequence[Any]]) -> tuple[LevelView, ...]:
    """Make the views of what `ALL` selected: what goes first comes first."""
    seen = [
        LevelView(UUID(number), code, name, says, minutes, active, code in SHIPPED)
        for number, code, name, says, minutes, active in rows
    ]
    return tuple(sorted(seen, key=_order))


def weight(code: str) -> Weight:
    """Say what scoring is told of a level beside its code; a routine one weighs 0."""
    if code == Level.ROUTINE:
        return Weight()
    row = db.session.scalars(select(QueueLevel).where(QueueLevel.code == code)).one()
    return Weight(row.minutes, "" if row.name == SHIPPED.get(code) else row.name)


def must_be_offered(code: str) -> None:
    """
    Refuse a level that is not there, or out of use.

    :raises InputError: with those that are
    """
    if code == Level.ROUTINE:
        return
    offered = [each.code for each in every() if each.active]
    if code not in offered:
        raise InputError(field="level", reason="choice", choices=sorted(offered))


def add_level(wanted: NewLevel, *, by: Actor, now: datetime) -> LevelView:
    """
    Add a level for all queues of every facility.

    :raises CodeTakenError: if another level is called so
    :raises InputError: if a field cannot be right
    """
    number = uuid4()
    row = QueueLevel(
        public_id=number,
        code=f"own-{number.hex[:12]}",
        name=clean(wanted.name, field="name", least=1, most=40),
        says=clean(wanted.says, field="says", most=120),
        minutes=_minutes(wanted.minutes),
        active=True,
    )
    taken = CodeTakenError(field="name", taken=row.name)
    with transaction() as session, constraints({"uq_queue_levels_name": taken}):
        accounts.require(by, Permission.MANAGE_RULES, EVERYWHERE)
        session.add(row)
        session.flush()
        told = audit.Subject("queue_level", number)
        after = {"name": row.name, "minutes": row.minutes}
        audit.record("queue_level.added", told, by=by, now=now, after=after)
        return _view(row)


def change_level(
    level: UUID, wanted: NewLevel, *, active: bool, by: Actor, now: datetime
) -> LevelView:
    """
    Change what a level is called and weighs, and whether it is offered.

    Who has it keeps it, and the place it gave them. How much an urgent visit weighs
    stands in the queue policies; an emergency always goes first.

    :raises CodeTakenError: if another level is called so
    :raises InputError: if a field cannot be right, or the level must stay as it is
    :raises NotFoundError: if there is no such level
    """
    name = clean(wanted.name, field="name", least=1, most=40)
    says = clean(wanted.says, field="says", most=120)
    minutes = _minutes(wanted.minutes)
    taken = CodeTakenError(field="name", taken=name)
    with transaction() as session, constraints({"uq_queue_levels_name": taken}):
        accounts.require(by, Permission.MANAGE_RULES, EVERYWHERE)
        found = select(QueueLevel).where(QueueLevel.public_id == level)
        row = session.scalar(found.with_for_update())
        if row is None:
            raise NotFoundError("level", field="level_id")
        if minutes and row.code in SHIPPED:
            raise InputError(field="minutes", reason="level_stays")
        if not active and row.code in STAYS:
            raise InputError(field="active", reason="level_stays")
        before = _kept(row)
        row.name, row.says, row.minutes, row.active = name, says, minutes, active
        session.flush()
        audit.record(
            "queue_level.changed",
            audit.Subject("queue_level", level),
            by=by,
            now=now,
            before=before,
            after=_kept(row),
        )
        return _view(row)


def _kept(row: QueueLevel) -> dict[str, str | int | bool]:
    names = ("name", "says", "minutes", "active")
    return {each: getattr(row, each) for each in names}


def _minutes(minutes: int) -> int:
    if not 0 <= minutes <= MOST_MINUTES:
        raise InputError(field="minutes", reason="between", least=0, most=MOST_MINUTES)
    return minutes


def _order(it: LevelView) -> tuple[bool, bool, int, str]:
    """Put emergencies first and the routine last; between, who goes sooner usually."""
    first, last = it.code == Level.EMERGENCY, it.code == Level.ROUTINE
    return last, not first, -PRECEDENCE.get(it.code, it.minutes), it.name


def _view(row: QueueLevel) -> LevelView:
    return LevelView(
        id=row.public_id,
        code=row.code,
        name=row.name,
        says=row.says,
        minutes=row.minutes,
        active=row.active,
        shipped=row.code in SHIPPED,
    )
