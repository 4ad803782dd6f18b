"""The hospital that is measured: fifty doctors, their hours, and their patients."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import text

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.service import NewUser
from app.accounts.views import Reach
from app.availability import service as hours
from app.availability.kinds import Offered
from app.availability.views import NewSchedule, NewSession
from app.booking import service as booking
from app.booking.setting import NewRule
from app.core.actor import SYSTEM
from app.core.db import db, transaction
from app.core.spans import at, local_date
from app.directory import service as directory
from app.directory.kinds import Category, ResourceKind
from app.directory.service import NewFacility, NewPost, NewResource, NewType
from app.directory.views import FacilityView, ResourceView
from bench import lobby
from bench.lobby import Ground, Lobby

ZONE = "Asia/Kolkata"
ALL_WEEK = tuple(range(7))
TOKENS_FROM, TOKENS_TILL, SLOT_MINUTES, TOKENS = time(9), time(16), 15, 4
OPEN_FROM, OPEN_TILL, TIMED_MINUTES = time(16, 30), time(20, 30), 15
SLOTS = 28
# Operations: a theatre and an anaesthetist are there each day, a machine from this one
# on, so that whoever seeks all of them looks through nearly ninety days.
MACHINE_FROM = 85
ANAESTHESIA, X_RAY = "anaesthesia", "x-ray"
TIMES = 16


@dataclass(frozen=True, slots=True)
class Size:
    """How large a hospital is measured."""

    doctors: int = 50
    patients: int = 6_000
    comers: int = 2_400


@dataclass(frozen=True, slots=True)
class Hospital:
    """What a client must know to book and look: public ids, a token, the first day."""

    facility: FacilityView
    doctors: tuple[ResourceView, ...]
    patient_ids: tuple[UUID, ...]
    type_id: UUID
    secret: str
    first_day: date
    lobby: Lobby

    def slot_starts(self, day: int) -> list[datetime]:
        """Give when the token slots of the nth day begin."""
        return self._starts(day, TOKENS_FROM, SLOTS, SLOT_MINUTES)

    def timed_starts(self, day: int) -> list[datetime]:
        """Give when the timed bookings of the nth day may begin."""
        return self._starts(day, OPEN_FROM, TIMES, TIMED_MINUTES)

    def _starts(
        self, day: int, clock: time, number: int, minutes: int
    ) -> list[datetime]:
        first = at(self.first_day + timedelta(days=day), clock, self.facility.zone)
        return [first + timedelta(minutes=minutes * each) for each in range(number)]


def build(size: Size, *, now: datetime) -> Hospital:
    """Fill an empty database: doctors and hours by the acts, patients in bulk."""
    facility = directory.add_facility(
        NewFacility(slug="bench", name="Bench Hospital", zone=ZONE), by=SYSTEM, now=now
    )
    medicine = directory.add_department(facility, "Medicine", by=SYSTEM, now=now)
    first_day = local_date(now, facility.zone) + timedelta(days=1)
    kind = NewType(
        code="visit", name="Visit", category=Category.NEW, minutes=TIMED_MINUTES
    )
    doctors = tuple(
        _doctor(facility, medicine.id, number, first_day, now)
        for number in range(size.doctors)
    )
    _surgery(facility, medicine.id, first_day, now)
    rule = NewRule("lead_time", {"minutes": 0}, facility_id=facility.public_id)
    booking.add_rule(rule, by=SYSTEM, now=now)
    patients, visit = (
        _patients(size.patients, now),
        directory.add_type(kind, by=SYSTEM, now=now),
    )
    ground = Ground(facility, medicine.id, visit, now)
    return Hospital(
        facility=facility,
        doctors=doctors,
        patient_ids=patients,
        type_id=visit.public_id,
        secret=_desk(facility, now),
        first_day=first_day,
        lobby=lobby.build(ground, patients, size.comers),
    )


def _doctor(
    facility: FacilityView, department_id: int, number: int, since: date, now: datetime
) -> ResourceView:
    letters = f"{chr(65 + number // 26)}{chr(65 + number % 26)}"
    made = directory.add_resource(
        NewResource(
            kind=ResourceKind.PRACTITIONER, code=f"dr-{number}", name=f"Dr {letters}"
        ),
        NewPost(facility.id, department_id, token_prefix=letters),
        by=SYSTEM,
        now=now,
    )
    week = NewSchedule(
        facility_id=facility.public_id,
        resource_id=made.public_id,
        valid_from=since,
        valid_till=None,
        sessions=(
            NewSession(
                Offered.TOKENS, ALL_WEEK, TOKENS_FROM, TOKENS_TILL, SLOT_MINUTES, TOKENS
            ),
            NewSession(Offered.OPEN, ALL_WEEK, OPEN_FROM, OPEN_TILL),
        ),
    )
    hours.set_schedule(week, by=SYSTEM, now=now)
    return made


def _surgery(
    facility: FacilityView, department_id: int, since: date, now: datetime
) -> None:
    """Add what an operation takes beside its surgeon: some of each of three kinds."""
    later = since + timedelta(days=MACHINE_FROM)
    for name, kind, number, able, first in (
        ("theatre", ResourceKind.LOCATION, 3, (), since),
        ("anaesthetist", ResourceKind.PRACTITIONER, 3, (ANAESTHESIA,), since),
        ("c-arm", ResourceKind.EQUIPMENT, 2, (X_RAY,), later),
    ):
        for each in range(number):
            code = f"{name}-{each}"
            order = NewResource(kind=kind, code=code, name=code, capabilities=able)
            post = NewPost(facility.id, department_id)
            made = directory.add_resource(order, post, by=SYSTEM, now=now)
            week = NewSchedule(
                facility_id=facility.public_id,
                resource_id=made.public_id,
                valid_from=first,
                valid_till=None,
                sessions=(NewSession(Offered.OPEN, ALL_WEEK, OPEN_FROM, OPEN_TILL),),
            )
            hours.set_schedule(week, by=SYSTEM, now=now)


def _patients(number: int, now: datetime) -> tuple[UUID, ...]:
    with transaction() as session:
        found = session.scalars(_PATIENTS, {"number": number, "now": now}).all()
        db.session.execute(text("ANALYZE"))
    return tuple(found)


_PATIENTS = text(
    """
INSERT INTO patients (public_id, mrn, name, phone, sex, language, created_at)
SELECT gen_random_uuid(), 'B' || n, 'Patient ' || n, '+9198' || lpad(n::text, 8, '0'),
       'unknown', 'en', :now
FROM generate_series(1, :number) AS n
RETURNING public_id
"""
)


def _desk(facility: FacilityView, now: datetime) -> str:
    """Give the bearer token of somebody at the desk."""
    desk = NewUser(username="bench", name="The bench", password=f"{facility.public_id}")
    accounts.add_user(desk, by=SYSTEM, now=now)
    reach = Reach(facility.id)
    accounts.give_role("bench", Role.RECEPTION, reach, by=SYSTEM, now=now)
    return accounts.make_token("bench", "bench", by=SYSTEM, now=now, expires_at=None)
