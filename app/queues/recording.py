"""The rows of an arrival, which always come together, written in one statement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    bindparam,
    insert,
    literal_column,
    select,
)
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, set_committed_value

from app.audit import internal as audit
from app.core.actor import Actor
from app.core.constant import Constant
from app.core.db import Model, db, table
from app.queues import slip_rows, versions
from app.queues.kinds import Act, How
from app.queues.models import CheckIn, Encounter, QueueAct, QueueEntry


def record(visit: Encounter, entry: QueueEntry, how: How, *, by: Actor) -> None:
    """
    Write a check-in, its encounter, a place in the queue and a slip.

    With them go the act, as one that can be taken back, the mark that turns the
    queue's version, and the lines that wait for the trail. The encounter and the place
    are rows of the session from then on.
    """
    named = {
        "participant_id": entry.participant_id,
        "how": how,
        "at": visit.arrived_at,
        "by": by.key,
        "by_name": by.called,
        "queue_id": entry.queue_id,
        "trail": audit.along(),
    }
    for row, columns in ((visit, _OF_VISIT), (entry, _OF_ENTRY)):
        values = instance_dict(row)
        named |= {_name(each): values.get(each.name) for each in columns}
    visit.check_in_id, visit.id, entry.id = _ARRIVAL.send(named).one()
    entry.encounter_id = visit.id
    _keep(visit, _OF_VISIT)
    _keep(entry, _OF_ENTRY)


def _keep(row: Model, columns: Sequence[Column[Any]]) -> None:
    """Let a row that is written be as one that was read."""
    known = instance_dict(row)
    for each in columns:
        # What was never set would be read again.
        if each.name not in known:
            set_committed_value(row, each.name, None)
    make_transient_to_detached(row)
    db.session.add(row)


def _name(column: Column[Any]) -> str:
    return f"{column.table.name}_{column.name}"


def _bound(column: Column[Any]) -> BindParameter[Any]:
    return bindparam(_name(column), type_=column.type)


_CHECK, _VISIT, _ENTRY = (table(each) for each in (CheckIn, Encounter, QueueEntry))
# All that their models know before they are written.
_OF_VISIT = [each for each in _VISIT.c if each.name not in {"id", "check_in_id"}]
_OF_ENTRY = [
    each for each in _ENTRY.c if each.name not in {"id", "encounter_id", "open"}
]
_ACT = table(QueueAct).c
# What the act says, by the name under which an arrival has it.
_BY = {"queue_id": _ACT.queue_id, "by": _ACT.actor, "at": _ACT.at}
_SAID = [each for each in _CHECK.c if each.name not in {"id", "undone_at"}]
_came = (
    insert(_CHECK)
    .values({each: bindparam(each.name) for each in _SAID})
    .returning(_CHECK.c.id)
    .cte("came")
)
_met = (
    insert(_VISIT)
    .from_select(
        ["check_in_id", *(each.name for each in _OF_VISIT)],
        select(_came.c.id, *map(_bound, _OF_VISIT)),
    )
    .returning(_VISIT.c.check_in_id, _VISIT.c.id)
    .cte("met")
)
_stands = (
    insert(_ENTRY)
    .from_select(
        ["encounter_id", *(each.name for each in _OF_ENTRY)],
        select(_met.c.id, *map(_bound, _OF_ENTRY)),
    )
    .returning(_ENTRY.c.id)
    .cte("stands")
)
_said = {
    _ACT.act: literal_column(f"'{Act.CHECK_IN}'"),
    _ACT.before: literal_column("'{}'::jsonb"),
    **{each: bindparam(name, type_=each.type) for name, each in _BY.items()},
}
_act = (
    insert(table(QueueAct))
    .from_select(
        ["entry_id", *(each.name for each in _said)],
        select(_stands.c.id, *_said.values()),
    )
    .inline()
    .cte("act")
)
_ARRIVAL = Constant(
    select(_met.c.check_in_id, _met.c.id, _stands.c.id).add_cte(
        slip_rows.made(), _act, versions.marked().cte("mark"), audit.trail()
    )
)
