"""Set the demo up: the house, its staff and hours, and the people who come."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from msgspec import Struct, field

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.service import NewUser
from app.accounts.views import ALL, EVERYWHERE, Reach, UserView
from app.availability import service as availability
from app.availability.views import (
    NewException,
    NewMaintenance,
    NewSchedule,
    NewSession,
)
from app.booking import service as booking
from app.booking.views import Member, NewProcedure
from app.core.actor import SYSTEM, Actor
from app.core.spans import day_span, local_date
from app.directory import internal as directory
from app.directory import service as directories
from app.directory.kinds import ResourceKind
from app.directory.service import NewMember, NewPost, NewResource, NewTeam
from app.directory.views import FacilityView, ResourceView, TypeView
from app.exchange import demo_house as house
from app.exchange.demo_house import Place, Thing
from app.exchange.demo_people import people
from app.patients import service as patients

PASSWORD = "demo-only"  # noqa: S105 - printed on the console; demo users open in demo mode only
STAFF = {
    "admin": "Leela Ammal (administrator)",
    "reception": "Meena Joseph (front desk)",
    "doctor": "Dr Anjali Menon",
    "manager": "Suresh Babu (theatre manager)",
}
DAYS_BACK, DAYS_AHEAD = 7, 45


class Setting(Struct):
    """What was set up: everything by the name the demo knows it by."""

    staff: dict[str, UserView] = field(default_factory=dict)
    facilities: dict[str, FacilityView] = field(default_factory=dict)
    departments: dict[tuple[str, str], int] = field(default_factory=dict)
    department_ids: dict[tuple[str, str], UUID] = field(default_factory=dict)
    types: dict[str, TypeView] = field(default_factory=dict)
    resources: dict[tuple[str, str], ResourceView] = field(default_factory=dict)
    patients: list[UUID] = field(default_factory=list)

    @property
    def admin(self) -> Actor:
        return self.staff["admin"].actor

    def at(self, facility: str) -> Iterator[ResourceView]:
        """Give what serves in a facility."""
        return (
            each for (where, _), each in self.resources.items() if where == facility
        )


def set_up(setting: Setting, dice: Random, *, now: datetime) -> Iterator[None]:
    """
    Set everything up, as it was done some days before `now`; each step is one thing.

    The last of the steps are today's leave and repair, known since yesterday.
    """
    opened = now - timedelta(days=DAYS_BACK + 1)
    for username, name in STAFF.items():
        order = NewUser(username, name, PASSWORD, demo=True)
        setting.staff[username] = accounts.add_user(order, by=SYSTEM, now=opened)
        yield
    accounts.give_role("admin", Role.ADMIN, ALL, by=SYSTEM, now=opened)
    yield from _houses(setting, now=opened)
    yield from _things(setting, now=opened)
    _roles(setting, now=opened)
    yield from _schedules(setting, now=now, since=opened)
    yield from _patients(setting, dice, now=now)
    yield from _surgery(setting, now=now)
    yield from _today(setting, now=now)


def _houses(setting: Setting, *, now: datetime) -> Iterator[None]:
    by = setting.admin
    for place in house.FACILITIES:
        facility = directories.add_facility(place, by=by, now=now)
        setting.facilities[place.slug] = facility
        for name in house.DEPARTMENTS[place.slug]:
            made = directories.add_department(facility, name, by=by, now=now)
            setting.departments[place.slug, name] = made.id
            setting.department_ids[place.slug, name] = made.public_id
            yield
    for kind in house.TYPES:
        setting.types[kind.code] = directories.add_type(kind, by=by, now=now)
        yield


def _things(setting: Setting, *, now: datetime) -> Iterator[None]:
    for thing in house.THINGS:
        first, *others = thing.places
        order = NewResource(
            code=thing.code,
            kind=thing.kind,
            name=thing.name,
            form=thing.form,
            speciality=thing.speciality,
            model=thing.model,
            buffer_before=thing.buffer_minutes,
            buffer_after=thing.buffer_minutes,
            capabilities=thing.capabilities,
            user_id=setting.staff["doctor"].id if thing.code == house.ANJALI else None,
        )
        by = setting.admin
        made = directories.add_resource(order, _post(setting, first), by=by, now=now)
        setting.resources[first.facility, thing.code] = made
        for place in others:
            setting.resources[place.facility, thing.code] = directories.post_resource(
                made.public_id, _post(setting, place), by=by, now=now
            )
        if thing.kind is ResourceKind.PRACTITIONER:
            _show(setting, thing, now=now)
        yield


def _show(setting: Setting, thing: Thing, *, now: datetime) -> None:
    """Let patients book a doctor online, wherever they serve."""
    for place in thing.places:
        where = setting.facilities[place.facility]
        shown = directories.show_online(
            where,
            setting.resources[place.facility, thing.code].public_id,
            public=True,
            by=setting.admin,
            now=now,
        )
        setting.resources[place.facility, thing.code] = shown


def _post(setting: Setting, place: Place) -> NewPost:
    department = None
    if place.department is not None:
        department = setting.departments[place.facility, place.department]
    facility_id = setting.facilities[place.facility].id
    return NewPost(facility_id, department, place.room, place.prefix)


def _roles(setting: Setting, *, now: datetime) -> None:
    """
    Let each of them do their work.

    The front desk serves both facilities. The doctor and the manager rule over what is
    theirs, and may do at Kochi what ward staff may.
    """
    kochi = setting.facilities[house.KOCHI]
    own = setting.resources[house.KOCHI, house.ANJALI]
    theatres = [setting.resources[house.KOCHI, code] for code in house.THEATRES]
    given = [
        ("reception", Role.RECEPTION, ALL),
        ("doctor", Role.NURSE, Reach(kochi.id)),
        ("doctor", Role.DOCTOR, _only(own)),
        ("manager", Role.NURSE, Reach(kochi.id)),
        *(("manager", Role.LOCATION_MANAGER, _only(each)) for each in theatres),
    ]
    for username, role, reach in given:
        accounts.give_role(username, role, reach, by=setting.admin, now=now)


def _only(resource: ResourceView) -> Reach:
    return Reach(resource.facility_id, resource_id=resource.id)


def _schedules(setting: Setting, *, now: datetime, since: datetime) -> Iterator[None]:
    for slug, facility in setting.facilities.items():
        own = house.FACILITY_HOURS[slug]
        _schedule(setting, facility, None, own, now=now, since=since)
        yield
    for thing in house.THINGS:
        for place in thing.places:
            if place.hours:
                facility = setting.facilities[place.facility]
                resource = setting.resources[place.facility, thing.code]
                hours = _for_types(setting, thing, place.hours)
                _schedule(setting, facility, resource, hours, now=now, since=since)
                yield
    for slug, code in setting.resources:
        # Those who see people by token have got their letter by now.
        facility = setting.facilities[slug]
        setting.resources[slug, code] = directory.resource_by_code(code, facility.id)


def _for_types(
    setting: Setting, thing: Thing, hours: tuple[NewSession, ...]
) -> tuple[NewSession, ...]:
    """Keep the vaccination site for vaccinations."""
    if thing.code != house.VACCINATION_SITE:
        return hours
    only = (setting.types[house.VACCINATION].id,)
    return tuple(
        NewSession(
            kind=each.kind,
            weekdays=each.weekdays,
            start=each.start,
            end=each.end,
            slot_minutes=each.slot_minutes,
            tokens_per_slot=each.tokens_per_slot,
            types=only,
            label="Vaccinations",
        )
        for each in hours
    )


def _schedule(
    setting: Setting,
    facility: FacilityView,
    resource: ResourceView | None,
    hours: tuple[NewSession, ...],
    *,
    now: datetime,
    since: datetime,
) -> None:
    today = local_date(now, facility.zone)
    order = NewSchedule(
        facility_id=facility.public_id,
        resource_id=resource.public_id if resource else None,
        valid_from=today - timedelta(days=DAYS_BACK),
        valid_till=today + timedelta(days=DAYS_AHEAD),
        sessions=hours,
    )
    availability.set_schedule(order, by=setting.admin, now=since)


def _patients(setting: Setting, dice: Random, *, now: datetime) -> Iterator[None]:
    """Register everybody over three weeks, in the order of their numbers."""
    desk = setting.staff["reception"].actor
    today = local_date(now, setting.facilities[house.KOCHI].zone)
    moment, step = now - timedelta(days=28), timedelta(days=20) / 500
    for person in people(dice, today):
        made = patients.register(person, by=desk, now=moment, scope=EVERYWHERE)
        setting.patients.append(made.public_id)
        moment += step
        yield


def _surgery(setting: Setting, *, now: datetime) -> Iterator[None]:
    """A team that operates together, and what is planned and not booked yet."""
    facility = setting.facilities[house.KOCHI]
    known = now - timedelta(days=2)
    ids = {each.code: each.public_id for each in setting.at(house.KOCHI)}
    team = NewTeam(
        code=house.TEAM,
        name="Surgical Team A",
        members=(
            NewMember(ids[house.RAJESH], "surgeon", offset=30),
            NewMember(ids[house.SURESH], "anaesthetist"),
            NewMember(ids[house.THEATRES[0]]),
        ),
    )
    directories.add_team(facility, team, by=setting.admin, now=known)
    yield
    planned = NewProcedure(
        facility_id=facility.public_id,
        name="Knee replacement",
        type_id=setting.types[house.OPERATION].public_id,
        minutes=120,
        needs=(
            Member(ids[house.RAJESH], role="surgeon", offset=30, minutes=75),
            Member(ids[house.SURESH], role="anaesthetist"),
            Member(kind=ResourceKind.LOCATION),
            Member(ids[house.C_ARM], offset=60, minutes=30),
        ),
        patient_ids=(setting.patients[0],),
        priority=4,
    )
    booking.add_procedure(planned, by=setting.admin, now=known)
    yield


def _today(setting: Setting, *, now: datetime) -> Iterator[None]:
    """One doctor is on leave all day, and one machine is in repair."""
    facility = setting.facilities[house.KOCHI]
    today = day_span(local_date(now, facility.zone), facility.zone)
    known = today.start - timedelta(hours=9)
    leave = NewException(
        facility_id=facility.public_id,
        resource_id=setting.resources[house.KOCHI, house.FATHIMA].public_id,
        is_available=False,
        during=today,
        reason="On leave",
    )
    availability.add_exception(leave, by=setting.admin, now=known)
    yield
    repair = NewMaintenance(
        facility_id=facility.public_id,
        resource_id=setting.resources[house.KOCHI, house.ULTRASOUND].public_id,
        during=today,
        reason="Yearly inspection",
    )
    availability.add_maintenance(repair, by=setting.admin, now=known)
    yield
