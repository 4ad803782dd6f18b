"""What a board shows to whoever looks: calls, who is next, and how long it takes."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, and_, any_, func, or_, select
from sqlalchemy.orm import load_only

from app.booking import internal as booking
from app.booking.internal import Seat
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.spans import local_date
from app.directory import internal as directory
from app.directory.views import ResourceView
from app.patients import internal as patients
from app.patients.views import PatientView
from app.queues import order, versions, waiting
from app.queues.board_views import CallView, LineView, WallView
from app.queues.kinds import EntryIs, Privacy
from app.queues.models import Board, Counter, Encounter, Queue, QueueEntry
from app.queues.waiting import Line, Stand

_CODE = re.compile(r"[a-z2-9]{12}")
_INSIDE = frozenset({EntryIs.CALLED, EntryIs.IN_ROOM})
MOST_NEXT = 4


def unchanged(code: str, seen: str) -> bool:
    """Say, without asking the database, whether a board is known to be as seen."""
    return bool(_CODE.fullmatch(code)) and versions.copy_of_board(code) == seen


def version(code: str, *, now: datetime) -> str:
    """
    Give the version of what a board shows, from its copy or in one statement.

    :raises NotFoundError: if there is no such board, or it was taken down
    """
    found = versions.read_board(code, now=now) if _CODE.fullmatch(code) else None
    if found is None:
        raise NotFoundError("board", field="code")
    return found


def wall(code: str, *, now: datetime) -> WallView:
    """
    Give what a board shows, in four statements at the most.

    Open to everybody who has the code; nothing its privacy hides is in the answer.

    :raises NotFoundError: if there is no such board, or it was taken down
    """
    read = _read(code, now) if _CODE.fullmatch(code) else []
    if not read:
        raise NotFoundError("board", field="code")
    board, counted = read[0][0], read[0][1]
    lines = _lines(read)
    there, posts = directory.those(
        board.facility_id, {each.queue.resource_id for each in lines}
    )
    today = local_date(now, there.zone)
    lines = [each for each in lines if each.queue.day == today]
    shown = _Shown(board.privacy, frozenset(read[0][2] or ()), posts)
    people = _people(lines, shown)
    return WallView(
        name=board.name,
        facility=there.name,
        zone=there.zone,
        version=versions.of_board(board.revision, counted, now),
        privacy=board.privacy,
        languages=tuple(board.languages),
        sound=board.sound,
        calls=_calls(lines, shown, people),
        lines=tuple(
            _line(each, shown, people, now)
            for each in sorted(lines, key=shown.name)
            if shown.whole(each)
        ),
    )


class _Shown(Struct, frozen=True):
    """What a board shows and how much of it; `resources` are those shown whole."""

    privacy: Privacy
    resources: frozenset[int]
    posts: Mapping[int, ResourceView]

    def whole(self, line: Line) -> bool:
        return line.queue.resource_id in self.resources

    def post(self, line: Line) -> ResourceView:
        return self.posts[line.queue.resource_id]

    def name(self, line: Line) -> str:
        return self.post(line).name

    def place(self, line: Line, counter: str | None = None) -> str:
        post = self.post(line)
        return counter or post.place or post.name


Who = Callable[[Stand], tuple[str, str]]


def _people(lines: Sequence[Line], shown: _Shown) -> Who:
    """Read the numbers of who is shown, and names only where they are."""
    wanted = [
        stand.entry.participant_id
        for line in lines
        for stand in (*_inside(line), *_next(line))
    ]
    seats = booking.of_participants(wanted)
    people: dict[int, PatientView] = {}
    if shown.privacy is not Privacy.TOKEN:
        people = patients.many(seat.patient_id for seat in seats.values())

    def who(stand: Stand) -> tuple[str, str]:
        seat: Seat = seats[stand.entry.participant_id]
        patient = people.get(seat.patient_id)
        return seat.token or "", _called(patient, shown.privacy)

    return who


def _called(patient: PatientView | None, privacy: Privacy) -> str:
    if patient is None or privacy is Privacy.TOKEN:
        return ""
    if privacy is Privacy.NONE:
        return patient.name
    return " ".join(f"{part[0]}." for part in patient.name.split()[:3])


def _calls(lines: Sequence[Line], shown: _Shown, who: Who) -> tuple[CallView, ...]:
    found = []
    for line in lines:
        for stand in _inside(line):
            entry = stand.entry
            token, called = who(stand)
            at = entry.called_at or entry.arrived_at
            call = CallView(
                key=sha256(f"{entry.public_id}:{at}".encode()).hexdigest()[:16],
                token=token,
                who=called,
                place=shown.place(line, stand.counter),
                doctor=shown.name(line),
                called_at=at,
                fresh=entry.state is EntryIs.CALLED,
            )
            found.append(call)
    return tuple(sorted(found, key=lambda call: call.called_at, reverse=True))


def _line(line: Line, shown: _Shown, who: Who, now: datetime) -> LineView:
    waits = [s for s in line.stands if s.entry.state is EntryIs.WAITING]
    queue = line.queue
    return LineView(
        place=shown.place(line),
        doctor=shown.name(line),
        next=tuple(" ".join(filter(None, who(stand))) for stand in _next(line)),
        waiting=len(waits),
        wait=waiting.newcomer(line, now=now),
        paused=queue.paused_at is not None,
        late_minutes=queue.late_minutes,
        notice=queue.notice,
    )


def _inside(line: Line) -> list[Stand]:
    return [stand for stand in line.stands if stand.entry.state in _INSIDE]


def _next(line: Line) -> list[Stand]:
    """Give the first who wait and are here: nobody else is called."""
    return [
        stand
        for stand in line.stands
        if stand.entry.state is EntryIs.WAITING and stand.entry.present_at is not None
    ][:MOST_NEXT]


def _read(code: str, now: datetime) -> Sequence[Any]:
    """Read a board with everybody it is about, in one statement."""
    named = versions.moment(now) | {"code": code}
    return db.session.execute(_EVERYBODY, named).all()


def _everybody() -> Select[Any]:
    head = versions.board_head().cte("head").prefix_with("MATERIALIZED")
    near = and_(
        Queue.facility_id == Board.facility_id,
        versions.near(),
        or_(
            Queue.resource_id == any_(head.c.resources),
            func.cardinality(head.c.counters) > 0,
        ),
    )
    stands = and_(
        QueueEntry.queue_id == Queue.id,
        QueueEntry.open,
        or_(
            Queue.resource_id == any_(head.c.resources),
            QueueEntry.counter_id == any_(head.c.counters),
        ),
    )
    return (
        select(
            Board,
            head.c.counted,
            head.c.resources,
            Queue,
            QueueEntry,
            Encounter.type_id,
            Counter.name,
        )
        .select_from(head)
        .join(Board, Board.id == head.c.id)
        .outerjoin(Queue, near)
        .outerjoin(QueueEntry, stands)
        .outerjoin(Encounter, Encounter.id == QueueEntry.encounter_id)
        .outerjoin(Counter, Counter.id == QueueEntry.counter_id)
        .order_by(Queue.id, *order.by(versions.NOW))
        # Why each stands where they do is of no use on a wall.
        .options(load_only(*_OF_ENTRIES))
    )


# What a board needs of each who waits: a third of what is known of them.
_OF_ENTRIES = (
    QueueEntry.public_id,
    QueueEntry.participant_id,
    QueueEntry.counter_id,
    QueueEntry.state,
    QueueEntry.arrived_at,
    QueueEntry.present_at,
    QueueEntry.called_at,
    QueueEntry.in_room_since,
    QueueEntry.usual_minutes,
)
_EVERYBODY = _everybody()


def _lines(read: Sequence[Any]) -> list[Line]:
    by_queue = groupby(
        [row for row in read if row[3] is not None], key=lambda row: row[3].id
    )
    found = []
    for _, rows in by_queue:
        each = list(rows)
        stands = [Stand(*row[4:]) for row in each if row[4] is not None]
        found.append(Line(each[0][3], 0, "", tuple(stands)))
    return found
