"""The demo's counters and queue policies, and who walks in there just now."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from app.directory.kinds import ResourceKind
from app.exchange import demo_house as house
from app.exchange.demo_setting import Setting
from app.queues import service
from app.queues.board_views import NewBoard, Shown
from app.queues.kinds import Level, WalkIns
from app.queues.views import Coming, NewCounter, NewPolicy, NewWalkIn

COUNTERS = {
    house.KOCHI: ("Registration", "Pharmacy", "Casualty"),
    house.DUBAI: ("Reception",),
}
POLICIES: tuple[Callable[..., NewPolicy], ...] = (
    NewPolicy,
    partial(NewPolicy, settings={"grace": 15}, walk_ins=WalkIns.SLOTS),
    partial(NewPolicy, scoring="appointments_first", skip_places=2),
)
# Minutes ago, and how pressing it was.
WALK_INS = ((34, Level.ROUTINE), (21, Level.URGENT), (9, Level.ROUTINE))


class Act(Protocol):
    """Something that happens at a moment."""

    def __call__(self, now: datetime, /) -> object:
        """Let it happen."""


def set_up(setting: Setting, *, now: datetime) -> None:
    """Put up the counters, and say how each department orders who waits."""
    by = setting.admin
    for slug, names in COUNTERS.items():
        place = setting.facilities[slug].public_id
        for number, name in enumerate(names, 1):
            order = NewCounter(place, str(number), name)
            service.add_counter(order, by=by, now=now)
    _hang(setting, now=now)
    kochi = setting.facilities[house.KOCHI]
    for department, policy in zip(
        (None, house.SURGERY, house.DENTAL), POLICIES, strict=True
    ):
        where = None
        if department is not None:
            where = setting.department_ids[house.KOCHI, department]
        wanted = policy(kochi.public_id, where)
        service.save_policy(wanted, by=by, now=now)


def _hang(setting: Setting, *, now: datetime) -> None:
    """Hang a board in the hall of Kochi: all who see people there."""
    shows = Shown(
        tuple(
            each.public_id
            for each in setting.at(house.KOCHI)
            if each.kind is ResourceKind.PRACTITIONER
            or each.code == house.CASUALTY_CLINIC
        )
    )
    board = NewBoard(
        setting.facilities[house.KOCHI].public_id,
        "Outpatients",
        shows,
        languages=("en", "hi", "ml"),
    )
    service.add_board(board, by=setting.admin, now=now)


def walk_ins(setting: Setting, *, now: datetime) -> Iterator[tuple[datetime, Act]]:
    """Let some come to casualty without a booking."""
    for number, (minutes, level) in enumerate(WALK_INS):
        act = partial(_walk_in, setting, number, level)
        yield now - timedelta(minutes=minutes), act


def _walk_in(setting: Setting, number: int, level: Level, now: datetime) -> None:
    kochi = setting.facilities[house.KOCHI]
    clinic = setting.resources[house.KOCHI, house.CASUALTY_CLINIC]
    wanted = NewWalkIn(
        kochi.public_id,
        clinic.public_id,
        setting.types[house.CASUALTY].public_id,
        # The last to register: hardly any of them is booked today.
        patient_id=setting.patients[-1 - number],
        coming=Coming(level=level),
    )
    service.walk_in(wanted, by=setting.staff["reception"].actor, now=now)
