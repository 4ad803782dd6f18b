"""The plainest rows, made through the acts that make them in real life."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.service import NewUser
from app.accounts.views import ALL, EVERYWHERE, Reach
from app.availability import service as availability
from app.availability.kinds import Offered
from app.availability.views import NewException, NewSchedule, NewSession
from app.booking.models import Appointment
from app.booking.views import NewTimed, NewToken, Want
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.spans import Span
from app.directory import service as directory
from app.directory.kinds import Category, ResourceKind
from app.directory.service import NewFacility, NewPost, NewResource, NewType
from app.patients import service as patients
from app.patients.views import NewPatient

KOLKATA = ZoneInfo("Asia/Kolkata")
# A Monday; 04:00 UTC is half past nine in Kochi.
MONDAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
ALL_WEEK = (0, 1, 2, 3, 4, 5, 6)

_number = count(1)


def local(hour: int, minute: int = 0, day: date = MONDAY, zone=KOLKATA) -> datetime:
    """Give a wall-clock time of the facility as an instant."""
    return datetime.combine(day, time(hour, minute), tzinfo=zone).astimezone(UTC)


def span(start: datetime, minutes: int) -> Span:
    return Span(start, start + timedelta(minutes=minutes))


def facility(slug="", zone="Asia/Kolkata"):
    slug = slug or f"facility-{next(_number)}"
    order = NewFacility(slug=slug, name=slug.title(), zone=zone)
    return directory.add_facility(order, by=SYSTEM, now=NOW)


def resource(place, kind=ResourceKind.PRACTITIONER, **fields):
    number = next(_number)
    fields = {"code": f"{kind.value}-{number}", "name": f"{kind.value} {number}"} | (
        fields
    )
    prefix = fields.pop("token_prefix", None)
    department_id = fields.pop("department_id", None)
    room = fields.pop("room", "")
    return directory.add_resource(
        NewResource(kind=kind, **fields),
        NewPost(place.id, department_id, place=room, token_prefix=prefix),
        by=SYSTEM,
        now=NOW,
    )


def kind(minutes=30, category=Category.NEW, **needs):
    code = f"type-{next(_number)}"
    order = NewType(
        code=code, name=code.title(), category=category, minutes=minutes, **needs
    )
    return directory.add_type(order, by=SYSTEM, now=NOW)


def patient(name="Asha", phone=None, **known):
    order = NewPatient(name=name, phone=phone, **known)
    return patients.register(order, by=SYSTEM, now=NOW, scope=EVERYWHERE)


def user(role=Role.RECEPTION, place=None):
    name = f"user{next(_number)}"
    made = accounts.add_user(
        NewUser(username=name, name=name.title(), password="long enough"),
        by=SYSTEM,
        now=NOW,
    )
    if role is None:
        return made
    reach = ALL if place is None else Reach(place.id)
    accounts.give_role(name, role, reach, by=SYSTEM, now=NOW)
    return made


def hours(place, of=None, *sessions, valid_from=MONDAY, valid_till=None):
    """Set hours; without sessions: open time from 9 to 17 every day."""
    order = schedule_order(
        place, of, *sessions, valid_from=valid_from, valid_till=valid_till
    )
    return availability.set_schedule(order, by=SYSTEM, now=NOW)


def schedule_order(place, of, *sessions, valid_from=MONDAY, valid_till=None):
    return NewSchedule(
        facility_id=place.public_id,
        resource_id=of.public_id if of else None,
        valid_from=valid_from,
        valid_till=valid_till,
        sessions=sessions or (open_time(),),
    )


def away(place, of, start, minutes):
    order = NewException(
        facility_id=place.public_id,
        resource_id=of.public_id if of else None,
        is_available=False,
        during=span(start, minutes),
    )
    return availability.add_exception(order, by=SYSTEM, now=NOW)


def open_time(start=time(9), end=time(17), weekdays=ALL_WEEK):
    return NewSession(Offered.OPEN, weekdays, start, end)


def opd(start=time(10), end=time(12), minutes=30, tokens=10, weekdays=ALL_WEEK):
    return NewSession(Offered.TOKENS, weekdays, start, end, minutes, tokens)


def token_order(place, of, why, who, starts_at, **fields):
    return NewToken(
        facility_id=place.public_id,
        resource_id=of.public_id,
        patient_id=who.public_id if who else None,
        type_id=why.public_id,
        starts_at=starts_at,
        **fields,
    )


def timed_order(place, of, why, who, starts_at, **fields):
    more = fields.pop("also", ())
    return NewTimed(
        facility_id=place.public_id,
        patient_id=who.public_id if who else None,
        type_id=why.public_id,
        starts_at=starts_at,
        resources=(Want(of.public_id), *more),
        **fields,
    )


def source_of(appointment: UUID):
    """Tell which availability an appointment came from."""
    found = select(Appointment.availability_id).where(
        Appointment.public_id == appointment
    )
    return db.session.scalar(found)
