"""The hospital that browsers visit: its day is tomorrow, so every hour is ahead."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from app.accounts.permissions import Role
from app.accounts.views import UserView
from app.availability import service as availability
from app.availability.kinds import Offered
from app.availability.views import NewException, NewSession
from app.booking import service as booking
from app.booking.views import AppointmentView
from app.core.actor import SYSTEM
from app.core.spans import Span, local_date
from app.directory.kinds import Category, ResourceKind
from app.directory.views import FacilityView, ResourceView, TypeView
from tests import factories as make
from tests.browser import annex as annexed
from tests.browser import closed, waiting_room, ward
from tests.browser.annex import Annex
from tests.browser.waiting_room import WaitingRoom
from tests.factories import ALL_WEEK, KOLKATA

PASSWORD = "long enough"
PATIENTS = (
    ("Asha Nair", "9847012345"),
    ("Meera Krishnan", "9847054321"),
    ("Anand Krishnan", "9847054321"),
)
LONG_NAME = "Venkatanarasimharajuvaripeta Subrahmanyam"


@dataclass(frozen=True)
class Hospital:
    day: date
    kochi: FacilityView
    rao: ResourceView
    reception: UserView
    keeper: UserView
    annex: Annex
    hall: WaitingRoom
    troubles: tuple[AppointmentView, ...]


def build() -> Hospital:
    now = datetime.now(UTC)
    day = local_date(now, KOLKATA) + timedelta(days=1)
    kochi = make.facility("kochi")
    rao = make.resource(kochi, code="rao", name="Dr Vivek Rao", token_prefix="A")
    theatre = make.resource(
        kochi, ResourceKind.LOCATION, code="theatre-1", name="Theatre 1"
    )
    away = make.resource(kochi, code="sen", name=f"Dr {LONG_NAME}")
    follow_up = make.kind(15, Category.FOLLOW_UP)
    procedure = make.kind(60, Category.PROCEDURE)
    lunch = NewSession(Offered.BREAK, ALL_WEEK, time(13), time(14), label="Lunch")
    for who in (rao, away):
        make.hours(
            kochi,
            who,
            make.opd(tokens=40),
            lunch,
            make.open_time(time(14), time(19)),
        )
    make.hours(kochi, theatre)
    leave = Span(make.local(15, day=day), make.local(19, day=day))
    availability.add_exception(
        NewException(
            kochi.public_id,
            away.public_id,
            is_available=False,
            during=leave,
            reason="Conference",
        ),
        by=SYSTEM,
        now=now,
    )
    for name, phone in PATIENTS:
        make.patient(name, phone)
    long_named = make.patient(LONG_NAME, "9847000001")
    for order in (
        make.timed_order(kochi, rao, procedure, long_named, make.local(14, day=day)),
        make.timed_order(kochi, away, follow_up, long_named, make.local(14, 30, day)),
    ):
        booking.book_timed(order, by=SYSTEM, now=now)
    _fill_a_day_to_drag_in(kochi, follow_up, day, now)
    ward.add(kochi, day, procedure, now=now)
    reception, keeper = make.user(Role.RECEPTION, kochi), make.user(Role.ADMIN)
    # Last: there must be a desk for the bell to tell.
    troubles = closed.add(kochi, day, procedure, now=now)
    rest = annexed.build(day, procedure, now=now), waiting_room.fill(follow_up, now=now)
    return Hospital(day, kochi, rao, reception, keeper, *rest, troubles)


# Whose visits stand when in the column of a doctor who has open time only.
TO_DRAG = {
    "Devi Pillai": 9,
    "Kamala Nambiar": 10,
    "Suma Thomas": 12,
    "Rafiq Ahmed": 14,
    "Omana Kurup": 15,
}
TO_APPROVE = ("Tara Script", "Tara Plain")


def _fill_a_day_to_drag_in(
    kochi: FacilityView, kind: TypeView, day: date, now: datetime
) -> None:
    mohan = make.resource(kochi, code="mohan", name="Dr Mohan Das")
    make.hours(kochi, mohan)
    for name, hour in TO_DRAG.items():
        start = make.local(hour, day=day)
        order = make.timed_order(kochi, mohan, kind, make.patient(name), start)
        booking.book_timed(order, by=SYSTEM, now=now)
    for name, minute in zip(TO_APPROVE, (0, 30), strict=True):
        start = make.local(16, minute, day)
        order = make.timed_order(
            kochi, mohan, kind, make.patient(name), start, request=True
        )
        booking.book_timed(order, by=SYSTEM, now=now)
