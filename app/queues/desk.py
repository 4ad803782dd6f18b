"""A queue as a counter works it: who is in it, and what stands around it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.core.actor import Actor
from app.core.constant import Constant
from app.core.db import table
from app.core.errors import NotFoundError
from app.directory import internal as directory
from app.queues import levels, lines, policies, waiting
from app.queues.models import Counter
from app.queues.views import CounterName, DeskView


def desk(queue_id: UUID, *, by: Actor, now: datetime) -> DeskView:
    """
    Give a queue whole and what its desk needs, in four statements however many wait.

    Who may not know patients sees numbers and no names.

    :raises NotFoundError: if there is no such queue, or not for this actor's eyes
    """
    read = waiting.line(queue_id, now=now)
    queue = read.queue
    around = _AROUND.send(
        {"facility": queue.facility_id, "resource": queue.resource_id}
    ).one()
    facility, posts = directory.everybody(around.place)
    at = lines.Ground(queue, facility, posts[queue.resource_id])
    sees = accounts.asking(by, Permission.VIEW_CALENDAR)
    if not sees(at.scope):
        raise NotFoundError("queue", field="queue_id")
    names = accounts.allowed(by, Permission.VIEW_PATIENTS, at.scope)
    return DeskView(
        queue=waiting.view(read, at, now=now, names=names),
        counters=tuple(_counter(*each) for each in around.counters or []),
        others=tuple(
            post
            for post in posts.values()
            if post.id != at.resource.id and sees(lines.scope(facility, post))
        ),
        levels=levels.told(around.levels or []),
        limits=policies.told(around.policy).limits,
    )


def _counter(public_id: str, name: str) -> CounterName:
    return CounterName(UUID(public_id), name)


_DESK = table(Counter).c
_FACILITY: Any = bindparam("facility")
_RESOURCE: Any = bindparam("resource")
_COUNTERS = func.json_agg(
    aggregate_order_by(
        func.json_build_array(_DESK.public_id, _DESK.name), _DESK.code, _DESK.id
    )
)
_AROUND = Constant(
    select(
        directory.everybody_beside(_FACILITY).label("place"),
        policies.beside(
            _FACILITY, directory.department_beside(_FACILITY, _RESOURCE)
        ).label("policy"),
        levels.ALL.label("levels"),
        select(_COUNTERS)
        .where(_DESK.facility_id == _FACILITY, _DESK.active)
        .scalar_subquery()
        .label("counters"),
    )
)
