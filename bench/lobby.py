"""
The lobby that is measured: a board of a hundred, lines to call, and who checks in.

As in a hospital, each doctor has a line of their own. Calls and check-ins go from one
doctor to the next: hardly ever do two at once want the same line, and those who come
make up for those who are called.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from string import ascii_uppercase
from time import sleep
from uuid import UUID

from app.availability import service as hours
from app.availability.kinds import Offered
from app.availability.views import NewSchedule, NewSession
from app.booking import service as booking
from app.booking.views import NewToken, Override
from app.core import clock
from app.core.actor import SYSTEM
from app.core.spans import local_date
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.directory.service import NewPost, NewResource
from app.directory.views import FacilityView, ResourceView, TypeView
from app.queues import queries, service, versions
from app.queues.board_views import NewBoard, Shown
from app.queues.views import NewWalkIn

ON_BOARD = 100
LINES = 50
_LONGEST_ROUND_S = 10.0
_ALL_WEEK = tuple(range(7))
_SLOT_MINUTES, _TOKENS = 60, 500


@dataclass(frozen=True, slots=True)
class Lobby:
    """
    A board and what its version counts; whom to call and who comes, in turns.

    `calls` names a line as often as somebody waits in it; `visits` are of this day.
    """

    board: str
    counted: tuple[int, int]
    calls: tuple[UUID, ...]
    visits: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the lobby is opened: the facility, what people come for, and when."""

    facility: FacilityView
    department_id: int
    kind: TypeView
    now: datetime


def build(ground: Ground, patients: Sequence[UUID], number: int) -> Lobby:
    """Let a hundred wait before a board and so many in the lines, and book as many."""
    shown = _doctor(ground, "SHOWN")
    codes = [f"{row}{place}" for row in "KL" for place in ascii_uppercase[: LINES // 2]]
    doctors = [_doctor(ground, code) for code in codes]
    turns = [(doctors[n % LINES], each) for n, each in enumerate(patients[:number])]
    for each in patients[:ON_BOARD]:
        _walks_in(ground, shown, each)
    wanted = NewBoard(ground.facility.public_id, "Hall", Shown((shown.public_id,)))
    board = service.add_board(wanted, by=SYSTEM, now=ground.now)
    calls = tuple(_walks_in(ground, doctor, each) for doctor, each in turns)
    version = queries.board_version(board.code, now=ground.now)
    revision, changes, _ = version.split(".")
    return Lobby(
        board=board.code,
        counted=(int(revision), int(changes)),
        calls=calls,
        visits=tuple(_books(ground, doctor, each) for doctor, each in turns),
    )


def version(lobby: Lobby) -> str:
    """
    Tell the version of the board, which nothing changes while it is measured.

    It turns with the time, too: shortly before it does, that is waited for.
    """
    left = versions.AGES_S - clock.now().timestamp() % versions.AGES_S
    if left < _LONGEST_ROUND_S:
        sleep(left)
    return versions.of_board(*lobby.counted, clock.now())


def _doctor(ground: Ground, code: str) -> ResourceView:
    made = directory.add_resource(
        NewResource(
            kind=ResourceKind.PRACTITIONER, code=code.lower(), name=f"Dr {code}"
        ),
        NewPost(ground.facility.id, ground.department_id, token_prefix=code[:2]),
        by=SYSTEM,
        now=ground.now,
    )
    day = NewSession(
        Offered.TOKENS, _ALL_WEEK, time(0), time(0), _SLOT_MINUTES, _TOKENS
    )
    week = NewSchedule(
        facility_id=ground.facility.public_id,
        resource_id=made.public_id,
        valid_from=local_date(ground.now, ground.facility.zone),
        valid_till=None,
        sessions=(day,),
    )
    hours.set_schedule(week, by=SYSTEM, now=ground.now)
    return made


def _walks_in(ground: Ground, to: ResourceView, patient: UUID) -> UUID:
    wanted = NewWalkIn(
        facility_id=ground.facility.public_id,
        resource_id=to.public_id,
        type_id=ground.kind.public_id,
        patient_id=patient,
    )
    return service.walk_in(wanted, by=SYSTEM, now=ground.now).queue_id


def _books(ground: Ground, to: ResourceView, patient: UUID) -> UUID:
    """Book in the slot that runs, which is today's whatever the time."""
    here = ground.now.astimezone(ground.facility.zone)
    start = here.replace(minute=0, second=0, microsecond=0)
    order = NewToken(
        facility_id=ground.facility.public_id,
        resource_id=to.public_id,
        patient_id=patient,
        type_id=ground.kind.public_id,
        starts_at=start,
        override=Override("It has begun already."),
    )
    return booking.book_token(order, by=SYSTEM, now=ground.now).id
