"""A small hospital for the doors' tests: two facilities, a cast, one day of hours."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from app.accounts import service as accounts
from app.accounts.delegating import NewDelegation
from app.accounts.permissions import Permission, Role
from app.accounts.views import UserView
from app.availability import service as hours
from app.availability.kinds import Offered
from app.availability.views import NewMaintenance, NewSession
from app.booking import service as booking
from app.booking.setting import NewRule
from app.booking.views import AppointmentView
from app.core.actor import SYSTEM
from app.directory import service as directory
from app.directory.kinds import Category, ResourceKind
from app.directory.views import DepartmentView, FacilityView, ResourceView, TypeView
from app.patients.views import PatientView
from tests import factories as make
from tests.factories import ALL_WEEK, MONDAY, NOW, local

PASSWORD = "long enough"
JUNE = date(2026, 6, 1)


@dataclass(frozen=True)
class World:
    """Meena has the desk in Kochi, Ravi one in Leeds; Anu may look but not book."""

    kochi: FacilityView
    leeds: FacilityView
    medicine: DepartmentView
    rao: ResourceView
    theatre: ResourceView
    visit: TypeView
    asha: PatientView
    meena: UserView
    ravi: UserView
    anu: UserView
    admin: UserView
    token: AppointmentView
    timed: AppointmentView
    leave: UUID
    repair: UUID
    rule: UUID
    lent: UUID
    asked: AppointmentView


def build() -> World:
    """
    Open the hospital, with one token and one time booked on its Monday.

    Dr Rao: tokens 10 to 12 in half hours of four, open until 17, lunch at 13.
    """
    kochi = make.facility("kochi")
    leeds = make.facility("leeds", zone="Europe/London")
    medicine = directory.add_department(kochi, "Medicine", by=SYSTEM, now=NOW)
    rao = make.resource(
        kochi,
        code="rao",
        name="Dr Vivek Rao",
        token_prefix="A",
        department_id=medicine.id,
    )
    theatre = make.resource(
        kochi, ResourceKind.LOCATION, code="theatre-1", name="Theatre 1"
    )
    _open(kochi, rao, theatre)
    visit = make.kind(minutes=30, category=Category.FOLLOW_UP)
    asha = make.patient("Asha Nair", "9847012345")
    return World(
        kochi=kochi,
        leeds=leeds,
        medicine=medicine,
        rao=rao,
        theatre=theatre,
        visit=visit,
        asha=asha,
        meena=make.user(Role.RECEPTION, kochi),
        ravi=make.user(Role.RECEPTION, leeds),
        anu=make.user(Role.ANALYST, kochi),
        admin=make.user(Role.ADMIN),
        token=booking.book_token(
            make.token_order(kochi, rao, visit, asha, local(10)), by=SYSTEM, now=NOW
        ),
        timed=booking.book_timed(
            make.timed_order(kochi, rao, visit, asha, local(14)), by=SYSTEM, now=NOW
        ),
        asked=_asked(kochi, rao, visit),
        **_closures(kochi, theatre, rao),
    )


def _open(kochi: FacilityView, rao: ResourceView, theatre: ResourceView) -> None:
    lunch = NewSession(Offered.BREAK, ALL_WEEK, time(13), time(14), label="Lunch")
    make.hours(
        kochi,
        rao,
        make.opd(tokens=4),
        make.open_time(time(12), time(13)),
        lunch,
        make.open_time(time(14), time(17)),
    )
    make.hours(kochi, theatre)


def _asked(kochi: FacilityView, rao: ResourceView, visit: TypeView) -> AppointmentView:
    """Let somebody ask for a token, far from the day tests look at."""
    tara, start = make.patient("Tara"), local(11, day=JUNE.replace(day=3))
    order = make.token_order(kochi, rao, visit, tara, start, request=True)
    return booking.book_token(order, by=SYSTEM, now=NOW)


def _lent(kochi: FacilityView, rao: ResourceView) -> UUID:
    """Let an admin lend a stranger a look at one calendar."""
    order = NewDelegation(
        to=make.user(None).username,
        permissions=frozenset({Permission.VIEW_CALENDAR}),
        facility_id=kochi.id,
        things=frozenset({rao.thing}),
        during=make.span(NOW, 60),
    )
    return accounts.delegate(order, by=make.user(Role.ADMIN).actor, now=NOW)


def _closures(
    kochi: FacilityView, theatre: ResourceView, rao: ResourceView
) -> dict[str, UUID]:
    """Add what can be taken back: far from the day tests look at, and a mild rule."""
    repair = NewMaintenance(
        kochi.public_id, theatre.public_id, make.span(local(9, day=JUNE), 60)
    )
    rule = NewRule("overbooking", {}, facility_id=kochi.public_id)
    return {
        "leave": make.away(kochi, theatre, local(9, day=JUNE), 60),
        "repair": hours.add_maintenance(repair, by=SYSTEM, now=NOW),
        "rule": booking.add_rule(rule, by=SYSTEM, now=NOW),
        "lent": _lent(kochi, rao),
    }


def stamp(moment: datetime) -> str:
    """Write an instant as addresses have it."""
    return moment.strftime("%Y%m%dT%H%MZ")


__all__ = ["MONDAY", "NOW", "PASSWORD", "World", "build", "local", "stamp"]
