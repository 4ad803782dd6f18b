"""What the desk does besides booking: wait, offer, take back, and make way."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.booking import service
from app.booking.views import NewTimed, NewWaiting, Want
from app.core.actor import SYSTEM
from tests.factories import MONDAY
from tests.rooms import plain_places as plain
from tests.rooms.machine_hospital import PEOPLE, Hospital, came, clock, moment
from tests.rooms.plain_places import OK, Booking, Part
from tests.rooms.plain_waiting import Entry

numbers = st.integers(0, 200)
answers = st.sampled_from(["accept", "accept", "decline", "decline", "leave"])
ACTS = {
    "accept": "accept_offer",
    "decline": "decline_offer",
    "leave": "leave_waitlist",
}
# Who waits: mostly for the doctor, in all hours of both days or in some of one.
wishes = st.sampled_from([(0, 24 * 60 - 1), (0, 24 * 60 - 1), (10 * 60, 13 * 60)])
spans_of_days = st.sampled_from([(0, 1), (0, 0), (1, 1)])
waited_for = st.sampled_from(
    [
        *[("kochi", "rao"), ("kochi", "rao"), ("kochi", None), ("kochi", "chairs")],
        *[("kochi", "theatre"), ("aluva", "rao"), ("aluva", "rao"), ("aluva", None)],
    ]
)


def when(*statuses):
    """Let a rule be only while a booking has one of these statuses."""
    return precondition(
        lambda self: any(self.model.status(b) in statuses for b in self.ours())
    )


waited = precondition(lambda self: bool(self.model.entries))


class Desk(Hospital):
    """Acts that come after a booking, or before there is room for one."""

    @when("scheduled", "requested", "cancelled", "denied", "no_show")
    @rule(number=numbers)
    def undo(self, number):
        booking = self.some(number, "scheduled", "cancelled", "denied", "no_show")
        self.done(
            "undo",
            self.model.undo(booking),
            lambda: service.undo(booking.id, by=SYSTEM, now=self.now),
        )

    @rule(
        what=waited_for,
        who=st.sampled_from(PEOPLE),
        days=spans_of_days,
        hours=wishes,
        priority=st.integers(0, 2),
    )
    def join(self, what, who, days, hours, priority):
        place, resource = what
        entry = self.model.join(Entry(place, resource, who, days, hours, priority))
        order = NewWaiting(
            facility_id=self.places[place].public_id,
            patient_id=self.people[who].public_id,
            type_id=self.visit.public_id,
            first_day=MONDAY + timedelta(days=days[0]),
            last_day=MONDAY + timedelta(days=days[1]),
            resource_id=self.things[what].public_id if resource else None,
            earliest=clock(hours[0]),
            latest=clock(hours[1]),
            priority=priority,
        )
        told = self.done(
            "join", OK, lambda: service.join_waitlist(order, by=SYSTEM, now=self.now)
        )
        assert entry.id in {None, told.id}
        entry.id = told.id

    @waited
    @rule(number=numbers, to=answers)
    def answer(self, number, to):
        """Let somebody accept what is offered, or decline it, or wait no longer."""
        entry = self.somebody(number)
        if to == "leave" or entry.offer is None:
            to, about = "leave", entry.id
        else:
            about = entry.offer
        expected = getattr(self.model, to)(entry)
        act = getattr(service, ACTS[to])
        self.done(to, expected, lambda: act(about, by=SYSTEM, now=self.now))

    @waited
    @rule(place=st.sampled_from(["kochi", "aluva"]))
    def sweep(self, place):
        expected = self.model.sweep(place)
        which = self.places[place].public_id
        told = self.done(
            "sweep", OK, lambda: service.offer_freed(which, by=SYSTEM, now=self.now)
        )
        assert told == expected

    @rule(
        place=st.sampled_from(["kochi", "kochi", "aluva"]),
        who=st.sampled_from(PEOPLE),
        number=numbers,
        shift=st.sampled_from([0, 0, 10, -10]),
        length=st.sampled_from([20, 30, 40]),
    )
    def over(self, place, who, number, shift, length):
        """Book the doctor over token slots, where all of them find a later one."""
        starts = plain.slots(place)
        # Mostly where there are tokens, so that somebody has to give way.
        taken = [slot for slot in starts if self.model.in_slot(place, slot)]
        starts = taken if taken and number % 4 else starts
        start = starts[number % len(starts)] + shift
        parts = (Part("rao", start, start + length),)
        booking = Booking(place, "rao", "scheduled", parts, patient=who)
        expected = self.model.book_over(booking)
        if expected is None:
            return
        order = NewTimed(
            facility_id=self.places[place].public_id,
            patient_id=self.people[who].public_id,
            type_id=self.visit.public_id,
            starts_at=moment(start),
            ends_at=moment(start + length),
            resources=(Want(self.things[place, "rao"].public_id),),
        )

        def do():
            made = service.book_over_slots(order, "urgent", by=SYSTEM, now=self.now)
            booking.id = made.appointment.id
            came["gave way"] += len(made.entries)

        self.done("over", expected, do)

    def somebody(self, number):
        """Give somebody who waits or waited, mostly one for whom a place is held."""
        known = self.model.entries
        found = [each for each in known if each.open]
        wanted = found if found and number % 6 else known
        return wanted[-1 - number % len(wanted)]
