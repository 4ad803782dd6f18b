"""A ward for the tests of hours: its own doctors and theatres, each booked once."""

from datetime import date, datetime, time

from app.booking import service as booking
from app.booking.views import Want
from app.core.actor import SYSTEM
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, TypeView
from tests import factories as make

# One for the tests with JavaScript, one for those without.
DOCTORS = {"das": "Dr Nila Das", "roy": "Dr Arun Roy"}
THEATRES = {"theatre-2": "Theatre 2", "theatre-3": "Theatre 3"}


def add(kochi: FacilityView, day: date, kind: TypeView, *, now: datetime) -> None:
    """Open the ward; at three tomorrow each doctor and each theatre has a patient."""
    for code, name in DOCTORS.items():
        doctor = make.resource(kochi, code=code, name=name)
        make.hours(kochi, doctor, make.open_time(time(9), time(19)))
        who = make.patient(f"Patient of {name}", "9847000111")
        order = make.timed_order(kochi, doctor, kind, who, make.local(15, day=day))
        booking.book_timed(order, by=SYSTEM, now=now)
    for code, name in THEATRES.items():
        theatre = make.resource(kochi, ResourceKind.LOCATION, code=code, name=name)
        make.hours(kochi, theatre)
        surgeon = make.resource(kochi, code=f"of-{code}", name=f"Surgeon of {name}")
        make.hours(kochi, surgeon)
        case = make.timed_order(
            kochi,
            surgeon,
            kind,
            make.patient(f"Case of {name}"),
            make.local(15, day=day),
            also=(Want(theatre.public_id),),
        )
        booking.book_timed(case, by=SYSTEM, now=now)
