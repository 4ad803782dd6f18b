"""Queues of today for browsers: who waits for a doctor waits for one test alone."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.accounts.permissions import Role
from app.core.actor import SYSTEM
from app.directory import service as directory
from app.directory.views import FacilityView, TypeView
from app.patients.views import Need, NewPatient
from app.queues import service
from app.queues.views import EntryView, NewCounter, NewPolicy, NewWalkIn
from tests import factories as make
from tests.factories import KOLKATA

HALL = "hall"
SCRIPT, PLAIN, RACE, WEIGHED = "script", "plain", "race", "weighed"
TWICE, SIDE, SIDE_PLAIN, STAYS = "twice", "side", "side-plain", "stays"
KEYS = "keys"
WAIT = {
    SCRIPT: ("Uma", "Vani", "Wasim", "Yash", "Zara"),
    PLAIN: ("Abdul", "Bina", "Chitra", "Dilip", "Esha"),
    RACE: ("Farah", "Gopal", "Hema", "Irfan", "Jaya", "Kiran"),
    WEIGHED: ("Lata", "Mani", "Nila"),
    TWICE: ("Omana", "Prema", "Qadir", "Rani"),
    STAYS: ("Yamuna", "Zeenat", "Anil"),
    KEYS: ("Bhanu", "Chand", "Deepa"),
    SIDE: ("Sheela", "Tara", "Usha"),
    SIDE_PLAIN: ("Vimala", "Winson", "Xavier"),
}
NOBODY: frozenset[Need] = frozenset()
NEEDS = {"Mani": frozenset({Need.PREGNANT}), "Nila": frozenset({Need.VIP})}


@dataclass(frozen=True)
class WaitingRoom:
    """Who waits, by doctor; everybody has walked in, one after the other."""

    place: FacilityView
    entries: dict[str, list[EntryView]]
    clerk: str

    def address(self, site, doctor: str) -> str:
        return f"{site.address}/queue/at/{self.entries[doctor][0].queue_id}"


def _where_it_is_day(now: datetime) -> str:
    """Give a zone whose midnight is hours away: a queue of today must not end yet."""
    return "Asia/Kolkata" if 1 <= now.astimezone(KOLKATA).hour < 22 else "Europe/London"


def fill(kind: TypeView, *, now: datetime) -> WaitingRoom:
    """Open a facility that never closes, and let people walk in to its doctors."""
    place = make.facility(HALL, _where_it_is_day(now))
    medicine = directory.add_department(place, "Medicine", by=SYSTEM, now=now)
    entries = {}
    for code, names in WAIT.items():
        doctor = make.resource(
            place,
            code=f"hall-{code}",
            name=f"Dr Hall {code.title()}",
            department_id=medicine.id,
            user_id=make.user(Role.DOCTOR, place).id,
        )
        make.hours(place, doctor, make.open_time(time(0), time(23, 59)))
        entries[code] = [
            service.walk_in(
                NewWalkIn(
                    place.public_id,
                    doctor.public_id,
                    kind.public_id,
                    person=NewPatient(f"{name} Hall", needs=NEEDS.get(name, NOBODY)),
                ),
                by=SYSTEM,
                now=now - timedelta(minutes=len(names) - number),
            )
            for number, name in enumerate(names)
        ]
    for name in ("Hall 1", "Hall 2"):
        counter = NewCounter(place.public_id, name[-1], name)
        service.add_counter(counter, by=SYSTEM, now=now)
    policy = NewPolicy(place.public_id, medicine.public_id, skip_places=2)
    service.save_policy(policy, by=SYSTEM, now=now)
    return WaitingRoom(place, entries, make.user(Role.RECEPTION, place).username)
