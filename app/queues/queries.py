"""What doors read of queues: who waits, visits, policies, counters, told waits."""

from datetime import date, datetime, timedelta
from statistics import median
from uuid import UUID

from sqlalchemy import func, select, tuple_

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking import internal as booking
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.spans import Span, local_date
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView
from app.patients import internal as patients
from app.queues import acting, checking_in, lines, policies, versions, waiting
from app.queues import boards as screens
from app.queues import counters as desks
from app.queues import levels as ranks
from app.queues.board_views import BoardView
from app.queues.booked_slips import booked_slip
from app.queues.desk import desk
from app.queues.kinds import CLOSED, EntryIs
from app.queues.models import Encounter, Queue, QueueEntry
from app.queues.oneself import arrivals, comes_now, due
from app.queues.policies import preview
from app.queues.slips import slip, unprinted
from app.queues.views import (
    Accuracy,
    CounterView,
    EntryView,
    LevelView,
    Limits,
    PolicyView,
    QueueBrief,
    QueueView,
    VisitView,
    WalkInPlaces,
)
from app.queues.visiting import status
from app.queues.walls import unchanged as board_unchanged
from app.queues.walls import version as board_version
from app.queues.walls import wall

MOST_VISITS = 200
_HOUR = timedelta(hours=1)

__all__ = [
    "accuracy",
    "arrivals",
    "board_unchanged",
    "board_version",
    "boards",
    "booked_slip",
    "comes_now",
    "counters",
    "desk",
    "due",
    "entry",
    "floor_version",
    "levels",
    "policy_versions",
    "preview",
    "queue",
    "queues",
    "slip",
    "status",
    "unprinted",
    "version",
    "visits",
    "wait_limits",
    "walk_in_places",
    "wall",
]


def queue(queue_id: UUID, *, by: Actor, now: datetime) -> QueueView:
    """
    Give a queue whole, in four statements however many wait.

    Who may not know patients sees numbers and no names.

    :raises NotFoundError: if there is no such queue, or not for this actor's eyes
    """
    read = waiting.line(queue_id, now=now)
    at = lines.ground(read.queue)
    if not accounts.allowed(by, Permission.VIEW_CALENDAR, at.scope):
        raise NotFoundError("queue", field="queue_id")
    names = accounts.allowed(by, Permission.VIEW_PATIENTS, at.scope)
    return waiting.view(read, at, now=now, names=names)


def version(queue_id: UUID, *, now: datetime) -> str:
    """
    Give the version of a queue: another one means that something has changed.

    Open to everybody who knows the queue's id: it tells how often, and not what. It
    takes one read of Redis, or one indexed statement when Redis is away.

    :raises NotFoundError: if there is no such queue
    """
    found = versions.read(queue_id, now=now)
    if found is None:
        raise NotFoundError("queue", field="queue_id")
    return found


def entry(entry_id: UUID, *, by: Actor, now: datetime) -> EntryView:
    """
    Give somebody in a queue.

    :raises NotFoundError: if there is nobody, or not for this actor's eyes
    """
    row, at = acting.found(entry_id, Permission.VIEW_CALENDAR, by=by)
    return acting.shown(row, at, by=by, now=now)


def levels(*, by: Actor) -> list[LevelView]:
    """
    Give the priority levels, what goes first first; those out of use too.

    :raises ForbiddenError: if the actor may see no facility's calendar
    """
    if accounts.sight(by, Permission.VIEW_CALENDAR).nowhere:
        raise accounts.refusal(by, Permission.VIEW_CALENDAR)
    return ranks.every()


def queues(
    facility: FacilityView, *, by: Actor, now: datetime, day: date | None = None
) -> list[QueueBrief]:
    """Give the queues of a day of a facility, today's if none is named."""
    day = day or local_date(now, facility.zone)
    posts = _in_sight(facility, by)
    waits = QueueEntry.state == EntryIs.WAITING
    rows = db.session.execute(
        select(
            Queue,
            func.count().filter(waits),
            func.count().filter(QueueEntry.state == EntryIs.IN_ROOM),
            func.count().filter(QueueEntry.state == EntryIs.DONE),
            func.count().filter(
                QueueEntry.state == EntryIs.DONE, Encounter.ended_at > now - _HOUR
            ),
            func.min(QueueEntry.arrived_at).filter(waits),
        )
        .outerjoin(QueueEntry, QueueEntry.queue_id == Queue.id)
        .outerjoin(Encounter, Encounter.id == QueueEntry.encounter_id)
        .where(
            Queue.facility_id == facility.id,
            Queue.day == day,
            Queue.resource_id.in_(posts),
        )
        .group_by(Queue.id)
    )
    found = [
        QueueBrief(
            id=row.public_id,
            resource=posts[row.resource_id],
            day=row.day,
            waiting=waits_n,
            in_room=inside,
            done=done,
            served=served,
            since=since,
            paused_at=row.paused_at,
            late_minutes=row.late_minutes,
        )
        for row, waits_n, inside, done, served, since in rows
    ]
    return sorted(found, key=lambda each: each.resource.name)


def _in_sight(facility: FacilityView, by: Actor) -> dict[int, ResourceView]:
    """
    Give the resources of a facility whose queues an actor sees.

    :raises ForbiddenError: if there is not one, nor the whole facility
    """
    may = accounts.asking(by, Permission.VIEW_CALENDAR)
    posts = {
        post.id: post
        for post in directory.resources(facility.id)
        if may(lines.scope(facility, post))
    }
    if not posts:
        accounts.require(by, Permission.VIEW_CALENDAR, Scope(facility.id))
    return posts


def visits(patient_id: UUID, *, by: Actor, scope: Scope) -> list[VisitView]:
    """
    Give the visits of a patient, the latest first; those called off are among them.

    :raises NotFoundError: if there is no such patient
    """
    accounts.require(by, Permission.VIEW_PATIENTS, scope)
    patient = patients.one(patient_id)
    posts = _seen_posts(patient.id, by)
    where = tuple_(Encounter.resource_id, Encounter.facility_id)
    found = (
        select(Encounter)
        .where(Encounter.patient_id == patient.id, where.in_(posts))
        .order_by(Encounter.arrived_at.desc(), Encounter.id.desc())
        .limit(MOST_VISITS)
    )
    rows = db.session.scalars(found).all()
    seats = booking.of_participants(row.participant_id for row in rows)
    places = directory.facilities({row.facility_id for row in rows})
    return [
        VisitView(
            id=row.public_id,
            facility=places[row.facility_id],
            practitioner=posts[row.resource_id, row.facility_id],
            appointment_id=seats[row.participant_id].appointment_id,
            reference=seats[row.participant_id].reference,
            state=row.state,
            arrived_at=row.arrived_at,
            started_at=row.started_at,
            ended_at=row.ended_at,
        )
        for row in rows
    ]


def _seen_posts(patient_id: int, by: Actor) -> dict[tuple[int, int], ResourceView]:
    """Give with whom and where a patient was, as far as an actor may know."""
    been = select(Encounter.resource_id).where(Encounter.patient_id == patient_id)
    seen = accounts.sight(by, Permission.VIEW_PATIENTS)
    return {
        (post.id, post.facility_id): post
        for post in directory.posts_of(db.session.scalars(been.distinct()))
        if seen.has(post.facility_id, post.thing)
    }


def walk_in_places(
    facility_id: UUID, resource_id: UUID, *, by: Actor, now: datetime
) -> WalkInPlaces:
    """
    Tell how many more who walk in are let in today, and what they take.

    :raises NotFoundError: if there is no such place
    """
    facility, resource = directory.serving(facility_id, resource_id)
    scope = lines.scope(facility, resource)
    if not accounts.allowed(by, Permission.VIEW_CALENDAR, scope):
        raise NotFoundError("facility", field="facility_id")
    policy = policies.standing(facility.id, resource.department_id)
    used = db.session.scalar(
        select(Queue.walk_ins).where(
            Queue.facility_id == facility.id,
            Queue.resource_id == resource.id,
            Queue.day == local_date(now, facility.zone),
        )
    )
    left = booking.left(facility, resource, now=now)
    return WalkInPlaces(
        policy.walk_ins, checking_in.places(policy, left=left, used=used or 0)
    )


def counters(facility: FacilityView, *, by: Actor) -> list[CounterView]:
    """Give the counters of a facility."""
    _in_sight(facility, by)
    return desks.of_facility(facility)


def boards(facility: FacilityView, *, by: Actor) -> list[BoardView]:
    """Give the boards of a facility to who sets them up; their codes open them."""
    accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
    return screens.of_facility(facility)


def floor_version(facility: FacilityView, *, by: Actor, now: datetime) -> str:
    """Give the version of all queues of a facility; it turns each minute too."""
    _in_sight(facility, by)
    return versions.read_floor(facility.id, now=now)


def policy_versions(facility: FacilityView, *, by: Actor) -> list[PolicyView]:
    """Give every version of the facility's queue policies, the newest of each first."""
    accounts.require(by, Permission.MANAGE_RULES, Scope(facility.id))
    return policies.versions(facility)


def wait_limits(facility: FacilityView, *, by: Actor) -> dict[UUID, Limits]:
    """Give by resource from when on a wait is long, as its department's policy says."""
    standing = policies.all_standing()
    usual = standing.get((facility.id, None), policies.Policy())
    return {
        post.public_id: standing.get((facility.id, post.department_id), usual).limits
        for post in _in_sight(facility, by).values()
    }


def accuracy(facility: FacilityView, window: Span, *, by: Actor) -> Accuracy:
    """Tell how the waits told at check-in compare with those that came."""
    accounts.require(by, Permission.VIEW_ANALYTICS, Scope(facility.id))
    rows = db.session.execute(
        select(
            func.extract("epoch", QueueEntry.first_called_at - QueueEntry.told_at),
            QueueEntry.told_low_s,
            QueueEntry.told_high_s,
        )
        .join(Queue, Queue.id == QueueEntry.queue_id)
        .where(
            Queue.facility_id == facility.id,
            QueueEntry.told_at >= window.start,
            QueueEntry.told_at < window.end,
            QueueEntry.first_called_at.is_not(None),
            QueueEntry.state.in_(CLOSED),
        )
    ).all()
    waited = [(float(came), low or 0, high or 0) for came, low, high in rows]
    off = [abs(came - (low + high) / 2) for came, low, high in waited]
    sooner = sum(came < low for came, low, _ in waited)
    later = sum(came > high for came, _, high in waited)
    return Accuracy(
        during=window,
        told=len(waited),
        sooner=sooner,
        within=len(waited) - sooner - later,
        later=later,
        median_off_s=round(median(off)) if off else None,
    )
