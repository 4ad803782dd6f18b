"""Policies: how a department's queues are ordered. Saved as versions, tried before."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct, field
from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.booking import internal as booking
from app.core.actor import Actor
from app.core.constant import Constant
from app.core.db import db, transaction
from app.core.errors import InputError
from app.core.holding import hold_all
from app.core.spans import local_date
from app.directory import internal as directory
from app.directory.views import FacilityView
from app.queues import lines, order, scoring
from app.queues.kinds import CLOSED, EntryIs, WalkIns
from app.queues.models import Queue, QueueEntry, QueuePolicy
from app.queues.scoring.facts import Score, Scoring
from app.queues.views import Limits, NewPolicy, PolicyView, Preview, Rank

DEFAULT_SCORING = "due_time"
LONGEST_WAIT = 600
_NUMBERS = (
    "skip_places",
    "no_show_minutes",
    "long_wait_minutes",
    "too_long_wait_minutes",
    "come_minutes",
)


class Policy(Struct, frozen=True):
    """A policy as it holds; where none was saved, this one does."""

    scoring: str = DEFAULT_SCORING
    settings: dict[str, Any] = field(default_factory=dict)
    walk_ins: WalkIns = WalkIns.QUEUE
    share: int = 0
    skip_places: int = 3
    no_show_minutes: int = 60
    long_wait_minutes: int = 30
    too_long_wait_minutes: int = 45
    come_minutes: int = 1440

    @property
    def limits(self) -> Limits:
        return Limits(self.long_wait_minutes, self.too_long_wait_minutes)

    @property
    def scores(self) -> Scoring:
        return scoring.build(self.scoring, self.settings)


def standing(facility_id: int, department_id: int | None) -> Policy:
    """Give the policy of a department: its own, else its facility's, else the usual."""
    named = {"facility": facility_id, "department": department_id}
    return told(_STANDING.send(named).one()[0])


def told(row: Sequence[Any] | None) -> Policy:
    """Make the view of what `beside` selected."""
    if row is None:
        return Policy()
    scored, settings, walk_ins, *numbers = row
    return Policy(scored, settings, WalkIns(walk_ins), *numbers)


def beside(
    facility_id: SQLColumnExpression[int], department_id: ColumnElement[Any]
) -> ColumnElement[Any]:
    """Select the policy that holds in a department, as JSON for `told`."""
    return (
        select(
            func.json_build_array(
                QueuePolicy.scoring,
                QueuePolicy.settings,
                QueuePolicy.walk_ins,
                QueuePolicy.share,
                QueuePolicy.skip_places,
                QueuePolicy.no_show_minutes,
                QueuePolicy.long_wait_minutes,
                QueuePolicy.too_long_wait_minutes,
                QueuePolicy.come_minutes,
            )
        )
        .where(
            QueuePolicy.facility_id == facility_id,
            or_(
                QueuePolicy.department_id.is_(None),
                QueuePolicy.department_id == department_id,
            ),
        )
        .order_by(
            QueuePolicy.department_id.asc().nulls_last(), QueuePolicy.version.desc()
        )
        .limit(literal_column("1"))
        .scalar_subquery()
    )


# The policy that holds in a `facility` for a `department`.
BESIDE = beside(bindparam("facility"), bindparam("department"))
_STANDING = Constant(select(BESIDE))


def all_standing() -> dict[tuple[int, int | None], Policy]:
    """Give every policy that holds, by facility and department."""
    rows = db.session.scalars(
        select(QueuePolicy)
        .ext(distinct_on(QueuePolicy.facility_id, QueuePolicy.department_id))
        .order_by(
            QueuePolicy.facility_id,
            QueuePolicy.department_id,
            QueuePolicy.version.desc(),
        )
    )
    return {(row.facility_id, row.department_id): _policy(row) for row in rows}


def save_policy(wanted: NewPolicy, *, by: Actor, now: datetime) -> PolicyView:
    """
    Let a policy hold from now on; who waits today is put in its order.

    Where walk-ins have a share, so many percent of each token slot are kept for them.

    :raises InputError: if the scoring or a setting cannot be right
    :raises NotFoundError: if it names something that is not there
    """
    with transaction() as session:
        facility = directory.facility(wanted.facility_id)
        accounts.require(by, Permission.MANAGE_RULES, Scope(facility.id))
        department_id = _department(wanted, facility)
        scores = _checked(wanted)
        hold_all([f"queue-policy:{facility.id}:{department_id}"])
        same = QueuePolicy.department_id.is_not_distinct_from(department_id)
        last = session.scalar(
            select(func.max(QueuePolicy.version)).where(
                QueuePolicy.facility_id == facility.id, same
            )
        )
        row = QueuePolicy(
            public_id=uuid4(),
            facility_id=facility.id,
            department_id=department_id,
            version=(last or 0) + 1,
            scoring=wanted.scoring,
            settings=wanted.settings,
            walk_ins=wanted.walk_ins,
            share=wanted.share if wanted.walk_ins is WalkIns.SHARE else 0,
            **{name: getattr(wanted, name) for name in _NUMBERS},
            saved_by=by.key,
            saved_by_name=by.called,
            saved_at=now,
        )
        session.add(row)
        session.flush()
        booking.set_share(facility, wanted.department_id, row.share, by=by, now=now)
        audit.record(
            "queue_policy.saved",
            audit.Subject("queue_policy", row.public_id, facility.id),
            by=by,
            now=now,
            after=_trail(row),
        )
        _reorder(facility, department_id, scores, by=by, now=now)
        return policy_view(row, wanted.department_id)


def preview(wanted: NewPolicy, *, by: Actor, now: datetime) -> list[Preview]:
    """
    Give today's queues as they stand, and as a policy would have them.

    :raises InputError: if the scoring or a setting cannot be right
    """
    facility = directory.facility(wanted.facility_id)
    accounts.require(by, Permission.MANAGE_RULES, Scope(facility.id))
    scores, department_id = _checked(wanted), None
    if wanted.department_id is not None:
        department_id = directory.department_number(wanted.department_id, facility.id)
    queues = _today(facility, department_id, now=now)
    waiting = _waiting(queues)
    seats = booking.of_participants(e.participant_id for e in waiting)
    posts = {each.id: each for each in directory.resources(facility.id)}
    return [
        Preview(
            queue.public_id,
            posts[queue.resource_id],
            tuple(
                Rank(e.public_id, seats[e.participant_id].token, was, will, why.parts)
                for e, was, will, why in _ranks(
                    [e for e in waiting if e.queue_id == queue.id], scores, now
                )
            ),
        )
        for queue in queues
    ]


def policy_view(row: QueuePolicy, department_id: UUID | None) -> PolicyView:
    return PolicyView(
        id=row.public_id,
        department_id=department_id,
        version=row.version,
        scoring=row.scoring,
        settings=row.settings,
        walk_ins=row.walk_ins,
        share=row.share,
        skip_places=row.skip_places,
        no_show_minutes=row.no_show_minutes,
        long_wait_minutes=row.long_wait_minutes,
        too_long_wait_minutes=row.too_long_wait_minutes,
        come_minutes=row.come_minutes,
        saved_by=row.saved_by_name,
        saved_at=row.saved_at,
    )


def versions(facility: FacilityView) -> list[PolicyView]:
    """Give every version of a facility's policies, the newest of each first."""
    departments = {d.id: d.public_id for d in directory.departments(facility.id)}
    rows = db.session.scalars(
        select(QueuePolicy)
        .where(QueuePolicy.facility_id == facility.id)
        .order_by(
            QueuePolicy.department_id.asc().nulls_first(), QueuePolicy.version.desc()
        )
    )
    return [policy_view(row, departments.get(row.department_id or 0)) for row in rows]


def score_again(entry: QueueEntry, scores: Scoring) -> Score | None:
    """Score somebody anew; who was skipped keeps the place that gave them."""
    if entry.skips:
        return None
    return scores.score(lines.arrival_of(entry))


def _ranks(
    waiting: Sequence[QueueEntry], scores: Scoring, now: datetime
) -> Iterable[tuple[QueueEntry, int, int, Score]]:
    new = {
        e.id: score_again(e, scores) or Score(e.tier, e.due_at, lines.parts_of(e))
        for e in waiting
    }

    def then(e: QueueEntry) -> Any:
        _, due, *came = order.key(e, now)
        return new[e.id].tier, new[e.id].due_at - (e.due_at - due), *came

    before = sorted(waiting, key=lambda e: order.key(e, now))
    after = {e.id: place for place, e in enumerate(sorted(waiting, key=then), 1)}
    for place, e in enumerate(before, 1):
        yield e, place, after[e.id], new[e.id]


def _reorder(
    facility: FacilityView,
    department_id: int | None,
    scores: Scoring,
    *,
    by: Actor,
    now: datetime,
) -> None:
    queues = _today(facility, department_id, now=now)
    if not queues:
        return
    lines.hold(queues)
    for entry in _waiting(queues):
        score = score_again(entry, scores)
        if score is not None:
            lines.put(entry, score)
    for queue in queues:
        lines.changed(queue, by=by, now=now)


def _today(
    facility: FacilityView, department_id: int | None, *, now: datetime
) -> list[Queue]:
    """Give today's queues that a policy is for: none that has one nearer to it."""
    nearer = {d for (place, d) in all_standing() if place == facility.id} - {None}
    posts = {
        post.id
        for post in directory.resources(facility.id)
        if (
            post.department_id == department_id
            if department_id is not None
            else post.department_id not in nearer
        )
    }
    found = select(Queue).where(
        Queue.facility_id == facility.id,
        Queue.day == local_date(now, facility.zone),
        Queue.resource_id.in_(posts),
    )
    return list(db.session.scalars(found.order_by(Queue.id)))


def _waiting(queues: Sequence[Queue]) -> list[QueueEntry]:
    found = select(QueueEntry).where(
        QueueEntry.queue_id.in_([queue.id for queue in queues]),
        QueueEntry.state.not_in({*CLOSED, EntryIs.IN_ROOM}),
    )
    return list(db.session.scalars(found.order_by(QueueEntry.id)))


def _checked(wanted: NewPolicy) -> Scoring:
    long, too_long = wanted.long_wait_minutes, wanted.too_long_wait_minutes
    for name, number, least, most in (
        ("share", wanted.share, 0, 100),
        ("skip_places", wanted.skip_places, 1, 50),
        ("no_show_minutes", wanted.no_show_minutes, 0, 1440),
        ("long_wait_minutes", long, 1, LONGEST_WAIT),
        ("too_long_wait_minutes", too_long, long, LONGEST_WAIT),
        ("come_minutes", wanted.come_minutes, 0, 1440),
    ):
        if not least <= number <= most:
            raise InputError(field=name, reason="between", least=least, most=most)
    if wanted.walk_ins is WalkIns.SHARE and not wanted.share:
        raise InputError(field="share", reason="between", least=1, most=100)
    return scoring.build(wanted.scoring, wanted.settings)


def _department(wanted: NewPolicy, facility: FacilityView) -> int | None:
    if wanted.department_id is None:
        return None
    return directory.open_department(wanted.department_id, facility.id)


def _policy(row: QueuePolicy) -> Policy:
    return Policy(
        row.scoring,
        row.settings,
        row.walk_ins,
        row.share,
        row.skip_places,
        row.no_show_minutes,
        row.long_wait_minutes,
        row.too_long_wait_minutes,
        row.come_minutes,
    )


def _trail(row: QueuePolicy) -> dict[str, Any]:
    return {
        "version": row.version,
        "department_id": row.department_id,
        "scoring": row.scoring,
        "settings": row.settings,
        "walk_ins": row.walk_ins,
        "share": row.share,
        "skip_places": row.skip_places,
        "no_show_minutes": row.no_show_minutes,
        "long_wait_minutes": row.long_wait_minutes,
        "too_long_wait_minutes": row.too_long_wait_minutes,
        "come_minutes": row.come_minutes,
    }
