"""The house of the demo: two clinics, one of which is paid through the buyer's app."""

import json
import os
import sys
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.service import NewUser
from app.accounts.views import ALL
from app.availability import service as availability
from app.availability.kinds import Offered
from app.availability.views import NewSchedule, NewSession
from app.core import clock
from app.core.actor import SYSTEM
from app.core.settings import Settings
from app.core.spans import local_date
from app.directory import queries
from app.directory import service as directory
from app.directory.kinds import Category, NetworkTerms, ResourceKind
from app.directory.service import NewFacility, NewPost, NewResource, NewType
from app.directory.views import FacilityView
from app.doors.migrations import upgrade
from wsgi import create_app

SLUG, DESK, PASSWORD = "malleswaram", "reception", "demo-only"
# It is paid before, through the buyer's app.
PREPAID_SLUG = "indiranagar"
_WEEK = tuple(range(7))
_OPD = NewSession(Offered.TOKENS, _WEEK, time(9), time(13), 30, 4, label="OPD")
_AFTERNOON = NewSession(Offered.OPEN, _WEEK, time(14), time(17))
_DOCTORS = (
    ("dr-kavya-rao", "Dr Kavya Rao", "General medicine", "A", (_OPD, _AFTERNOON)),
    ("dr-imran-sheikh", "Dr Imran Sheikh", "General medicine", "B", (_OPD,)),
    ("dr-neha-kulkarni", "Dr Neha Kulkarni", "Paediatrics", "C", (_OPD, _AFTERNOON)),
)
_PREPAID_DOCTORS = (
    ("dr-arjun-menon", "Dr Arjun Menon", "Dermatology", "D", (_OPD, _AFTERNOON)),
)
_Doctors = tuple[tuple[str, str, str, str, tuple[NewSession, ...]], ...]


def build(*, now: datetime) -> dict[str, str]:
    """Open both clinics; give what the desk of the first needs to work in it."""
    kind = NewType(
        "new-visit", "New visit", Category.NEW, 15, public=True, price=Decimal(400)
    )
    directory.add_type(kind, by=SYSTEM, now=now)
    order = NewFacility(
        slug=SLUG,
        name="Malleswaram Clinic",
        zone="Asia/Kolkata",
        address="8th Cross, Malleswaram, Bengaluru",
        phone="+91 80 0000 1200",
    )
    place = _opened(order, _DOCTORS, now=now)
    order = NewFacility(
        slug=PREPAID_SLUG,
        name="Indiranagar Clinic",
        zone="Asia/Kolkata",
        address="12th Main, Indiranagar, Bengaluru",
        phone="+91 80 0000 1300",
    )
    prepaid = _opened(order, _PREPAID_DOCTORS, now=now)
    terms = NetworkTerms.PREPAID
    directory.set_network_terms(prepaid, terms, by=SYSTEM, now=now)
    return {"facility": str(place.public_id), "token": _desk(now=now)}


def _opened(order: NewFacility, doctors: _Doctors, *, now: datetime) -> FacilityView:
    """Open a clinic, with doctors whom patients book themselves."""
    place = directory.add_facility(order, by=SYSTEM, now=now)
    departments = {
        name: directory.add_department(place, name, by=SYSTEM, now=now).id
        for name in dict.fromkeys(each[2] for each in doctors)
    }
    for code, name, department, prefix, sessions in doctors:
        resource = NewResource(code=code, kind=ResourceKind.PRACTITIONER, name=name)
        post = NewPost(place.id, departments[department], token_prefix=prefix)
        doctor = directory.add_resource(resource, post, by=SYSTEM, now=now)
        hours = NewSchedule(
            facility_id=place.public_id,
            resource_id=doctor.public_id,
            valid_from=local_date(now, place.zone),
            valid_till=None,
            sessions=sessions,
        )
        availability.set_schedule(hours, by=SYSTEM, now=now)
        directory.show_online(place, doctor.public_id, public=True, by=SYSTEM, now=now)
    return place


def _desk(*, now: datetime) -> str:
    """Have somebody at the desk; give a token by which their program acts."""
    order = NewUser(DESK, "Meena Joseph (front desk)", PASSWORD, demo=True)
    accounts.add_user(order, by=SYSTEM, now=now)
    accounts.give_role(DESK, Role.RECEPTION, ALL, by=SYSTEM, now=now)
    return accounts.make_token(DESK, "network", by=SYSTEM, now=now, expires_at=None)


def main(scene: Path) -> int:
    """Open the clinic in an empty database, and write down how the desk comes in."""
    app = create_app(Settings.from_environ(os.environ))
    upgrade(app)
    with app.app_context():
        if queries.facilities(by=SYSTEM):
            print("there is a hospital in this database already", file=sys.stderr)
            return 1
        scene.write_text(json.dumps(build(now=clock.now())), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
