"""A clinic with a queue, for the tests of queues: Dr Rao, Meena, and who comes."""

from dataclasses import dataclass
from datetime import timedelta

from app.accounts.permissions import Role
from app.booking import service as booking
from app.core import copies
from app.directory import service as directory
from app.patients import service as patients
from app.patients.views import NewPatient
from app.queues import queries, service
from app.queues.views import Coming, NewPolicy, NewWalkIn
from tests import factories as make
from tests import servers
from tests.factories import NOW, SYSTEM, local

MINUTE = timedelta(minutes=1)
TEN = local(10)


@dataclass
class Lobby:
    """One doctor who sees people by token from 10 to 12, and by time from 14 to 17."""

    place: object
    medicine: object
    rao: object
    visit: object
    meena: object
    suresh: object

    def token(self, name="Asha", at=TEN, **person):
        order = make.token_order(
            self.place, self.rao, self.visit, who(name, **person), at
        )
        return booking.book_token(order, by=SYSTEM, now=NOW)

    def timed(self, name="Asha", at=None, **person):
        order = make.timed_order(
            self.place, self.rao, self.visit, who(name, **person), at or local(14)
        )
        return booking.book_timed(order, by=SYSTEM, now=NOW)

    def arrive(self, told, at, **how):
        (entry,) = service.check_in(
            told.id, by=self.meena, now=at, coming=Coming(**how)
        )
        return entry

    def booked(self, at, name="Asha", slot=TEN, **person):
        """Let somebody with a token come at a moment."""
        return self.arrive(self.token(name, slot, **person), at)

    def walks_in(self, at, name="Leela", override="", person=None, patient=None, **how):
        if patient is None:
            person = person or NewPatient(name)
        return service.walk_in(
            NewWalkIn(
                self.place.public_id,
                self.rao.public_id,
                self.visit.public_id,
                patient_id=patient,
                person=person,
                coming=Coming(**how),
                override=override,
            ),
            by=self.meena,
            now=at,
        )

    def arrive_again(self, entry, at):
        (again,) = service.check_in(entry.appointment_id, by=self.meena, now=at)
        return again

    def policy(self, **fields):
        wanted = NewPolicy(self.place.public_id, self.medicine.public_id, **fields)
        return service.save_policy(wanted, by=SYSTEM, now=NOW)

    def queue(self, entry, now):
        return queries.queue(entry.queue_id, by=self.meena, now=now)

    def order(self, entry, now):
        """Name who waits, in their order."""
        return [e.patient.name for e in self.queue(entry, now).waiting]

    def call(self, entry, now, **more):
        return service.call_next(entry.queue_id, by=self.meena, now=now, **more)


def open_lobby(tokens=10):
    place = make.facility()
    medicine = directory.add_department(place, "Medicine", by=SYSTEM, now=NOW)
    rao, suresh = (
        make.resource(place, department_id=medicine.id, token_prefix=letter)
        for letter in "AB"
    )
    for doctor in (rao, suresh):
        make.hours(
            place, doctor, make.opd(tokens=tokens), make.open_time(make.time(14))
        )
    meena = make.user(Role.RECEPTION, place).actor
    return Lobby(place, medicine, rao, make.kind(), meena, suresh)


def who(name, **person):
    order = NewPatient(name=name, **person)
    return patients.register(order, by=SYSTEM, now=NOW, scope=make.EVERYWHERE)


def with_copies(monkeypatch, worker, counting, ask):
    """
    Ask twice, and give both answers with what the second sent to the database.

    A copy lives a second and Redis has 50 ms for it: a busy machine takes a few tries.
    """
    url = servers.start_shared().redis_url(worker + 1)
    for _ in range(5):
        monkeypatch.setattr(copies, "_copies", copies.Copies(url))
        first = ask()
        with counting() as sent:
            again = ask()
        if not sent:
            break
    return first, again, sent
