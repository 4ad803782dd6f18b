"""The hospital of the race: few resources, so that everybody wants the same."""

import os
import secrets
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.service import NewUser
from app.accounts.views import ALL, EVERYWHERE
from app.availability import service as availability
from app.availability.kinds import Offered
from app.availability.views import NewSchedule, NewSession
from app.booking import service as booking
from app.booking.setting import NewRule
from app.core import clock
from app.core.actor import SYSTEM
from app.core.settings import Settings
from app.core.spans import at, local_date
from app.directory import service as directory
from app.directory.kinds import Category, ResourceKind
from app.directory.service import NewFacility, NewPost, NewResource, NewType
from app.directory.views import FacilityView, ResourceView
from app.doors.migrations import upgrade
from app.patients import service as patients
from app.patients.views import NewPatient
from drills.scene import EXTRA, Open, Scene
from wsgi import create_app

ZONE = "Asia/Kolkata"
DAYS = 2
PATIENTS = 60
TOKENS = 3
LIMIT = 8
_WEEK = tuple(range(7))


def build(*, now: datetime) -> Scene:
    """
    Open the hospital; the days of the race are the ones after `now`.

    A doctor with tokens in the morning and open time later, another who takes few a
    day, a theatre that is cleaned after each case, three chairs, two machines.
    """
    order = NewFacility(slug="race", name="Race", zone=ZONE)
    place = directory.add_facility(order, by=SYSTEM, now=now)
    kind = directory.add_type(
        NewType(code="visit", name="Visit", category=Category.NEW, minutes=30),
        by=SYSTEM,
        now=now,
    )
    made = {
        "doctor": _resource(place, "doctor", ResourceKind.PRACTITIONER, now=now),
        "other": _resource(place, "other", ResourceKind.PRACTITIONER, now=now),
        "theatre": _resource(place, "theatre", ResourceKind.LOCATION, 1, 10, now=now),
        "chairs": _resource(place, "chairs", ResourceKind.CHAIR, 3, now=now),
        "machine": _resource(place, "machine", ResourceKind.EQUIPMENT, 2, now=now),
    }
    first = local_date(now, ZoneInfo(ZONE))
    days = [first + timedelta(days=n) for n in range(1, DAYS + 1)]
    opens = {}
    for name, resource in made.items():
        start = time(13) if name == "doctor" else time(9)
        _hours(place, resource, start, tokens=name == "doctor", now=now)
        spans = [
            (at(day, start, place.zone).isoformat(), _iso(day, 17)) for day in days
        ]
        opens[name] = Open(str(resource.public_id), name, spans)
    _rules(place, made, now=now)
    return Scene(
        facility=str(place.public_id),
        type=str(kind.public_id),
        desk=_token("desk", Role.RECEPTION, now=now),
        admin=_token("admin", Role.ADMIN, now=now),
        patients=_patients(now=now),
        days=[day.isoformat() for day in days],
        slots=[
            (str(made["doctor"].public_id), _iso(day, 9, half * 30))
            for day in days
            for half in range(6)
        ],
        **opens,
    )


def _iso(day: date, hour: int, minutes: int = 0) -> str:
    start = at(day, time(hour), ZoneInfo(ZONE))
    return (start + timedelta(minutes=minutes)).isoformat()


def _resource(
    place: FacilityView,
    code: str,
    kind: ResourceKind,
    capacity: int = 1,
    buffer: int = 0,
    *,
    now: datetime,
) -> ResourceView:
    order = NewResource(
        code=code, kind=kind, name=code.title(), capacity=capacity, buffer_after=buffer
    )
    return directory.add_resource(order, NewPost(place.id), by=SYSTEM, now=now)


def _hours(
    place: FacilityView,
    resource: ResourceView,
    start: time,
    *,
    tokens: bool,
    now: datetime,
) -> None:
    sessions = [NewSession(Offered.OPEN, _WEEK, start, time(17))]
    if tokens:
        opd = NewSession(Offered.TOKENS, _WEEK, time(9), time(12), 30, TOKENS)
        sessions.append(opd)
    order = NewSchedule(
        facility_id=place.public_id,
        resource_id=resource.public_id,
        valid_from=local_date(now, place.zone),
        valid_till=None,
        sessions=tuple(sessions),
    )
    availability.set_schedule(order, by=SYSTEM, now=now)


def _rules(
    place: FacilityView, made: dict[str, ResourceView], *, now: datetime
) -> None:
    for name, kind, settings in (
        ("doctor", "overbooking", {"extra": EXTRA}),
        ("other", "daily_limit", {"limit": LIMIT}),
    ):
        rule = NewRule(
            kind,
            settings,
            facility_id=place.public_id,
            resource_id=made[name].public_id,
        )
        booking.add_rule(rule, by=SYSTEM, now=now)


def _token(name: str, role: Role, *, now: datetime) -> str:
    order = NewUser(username=name, name=name.title(), password=secrets.token_hex(16))
    accounts.add_user(order, by=SYSTEM, now=now)
    accounts.give_role(name, role, ALL, by=SYSTEM, now=now)
    return accounts.make_token(name, "race", by=SYSTEM, now=now, expires_at=None)


def _patients(*, now: datetime) -> list[str]:
    orders = (NewPatient(name=f"Patient {n}") for n in range(PATIENTS))
    return [
        str(patients.register(o, by=SYSTEM, now=now, scope=EVERYWHERE).public_id)
        for o in orders
    ]


def main(scene: Path) -> None:
    """Make the database of a race, open its hospital, and write down the scene."""
    app = create_app(Settings.from_environ(os.environ))
    upgrade(app)
    with app.app_context():
        scene.write_text(build(now=clock.now()).to_json(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
