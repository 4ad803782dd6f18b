"""The services against the plain model, step by step, whatever the dice say."""

import sys
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from app.booking import service
from app.booking.views import (
    Holding,
    NewPlace,
    NewTimed,
    NewToken,
    Override,
    Want,
)
from app.core.actor import SYSTEM
from tests.rooms import plain_places as plain
from tests.rooms.machine_desk import Desk, when
from tests.rooms.machine_hospital import PEOPLE, came, done, moment, span
from tests.rooms.plain_places import Booking, Part

STEPS, EXAMPLES = 50, 10
AT_LEAST = 2000

days = st.sampled_from([0, 0, 0, 1])
lengths = st.sampled_from([10, 20, 30, 50])
numbers = st.integers(0, 200)
firsts = st.sampled_from(["book", "book", "request", "hold"])
keys = st.sampled_from(["one", "two", "three"])
minutes = st.integers(1, 30)
people = st.sampled_from(PEOPLE)
# What is set aside for a reason: mostly nothing.
ways = st.sampled_from(["", "", "", "", "rules", "double"])
reason = Override("for a good reason")


class Machine(Desk):
    """Every act is done in the hospital and in the model of it."""

    def begin(self, act, booking, hold, order, who, way):
        """Book, request or hold a place, perhaps setting something aside for it."""
        booking.status = {"book": "scheduled", "request": "requested"}.get(act, "held")
        if act == "hold":
            key, length = hold
            booking.key, booking.until = f"{key}-{id(self)}", self.model.now + length
        else:
            booking.patient = who
        if act == "hold" or (way == "double" and booking.slot is not None):
            way = ""
        expected = self.model.book(booking, way)
        asked = {
            "patient_id": None if act == "hold" else self.people[who].public_id,
            "request": act == "request",
            **({"override": reason} if way == "rules" else {}),
            **({"double_book": reason} if way == "double" else {}),
        }

        def do():
            made = order(**asked)
            tokens = isinstance(made, NewToken)
            if act != "hold":
                book = service.book_token if tokens else service.book_timed
                return book(made, by=SYSTEM, now=self.now)
            keep = service.hold_token if tokens else service.hold_timed
            return keep(made, Holding(booking.key, length), by=SYSTEM, now=self.now)

        kind = "token" if booking.slot is not None else f"timed x{len(booking.parts)}"
        by = {"rules": " against rules", "double": " besides"}.get(way, "")
        told = self.done(f"{act} {kind}{by}", expected, do)
        if told is not None:
            booking.id = told.id

    def timed(self, act, place, parts, hold, *rest):
        booking = Booking(place, parts[0].resource, "", parts)

        def order(**fields):
            return NewTimed(
                facility_id=self.places[place].public_id,
                type_id=self.visit.public_id,
                starts_at=moment(parts[0].start),
                ends_at=moment(parts[0].end),
                resources=tuple(
                    Want(
                        self.things["kochi", part.resource].public_id,
                        span(part.start, part.end),
                    )
                    for part in parts
                ),
                **fields,
            )

        self.begin(act, booking, hold, order, *rest)

    @rule(
        act=firsts,
        place=st.sampled_from(["kochi", "aluva"]),
        number=numbers,
        hold=st.tuples(keys, minutes),
        who=people,
        way=ways,
    )
    def token(self, act, place, number, hold, who, way):
        starts = plain.slots(place)
        slot = starts[-1 - number % len(starts)]
        booking = Booking(place, "rao", "", slot=slot)

        def order(**fields):
            return NewToken(
                facility_id=self.places[place].public_id,
                resource_id=self.things[place, "rao"].public_id,
                type_id=self.visit.public_id,
                starts_at=moment(slot),
                **fields,
            )

        self.begin(act, booking, hold, order, who, way)

    @rule(
        act=firsts,
        where=st.sampled_from(list(plain.OPEN)),
        day=days,
        after=st.integers(-1, 17),
        length=lengths,
        hold=st.tuples(keys, minutes),
        who=people,
        way=ways,
    )
    def time(self, act, where, day, after, length, hold, who, way):
        place, name = where
        start = day * plain.DAY + plain.OPEN[where][0] + after * 10
        self.timed(act, place, (Part(name, start, start + length),), hold, who, way)

    @rule(
        act=firsts,
        day=days,
        after=st.integers(0, 16),
        length=lengths,
        own=st.tuples(lengths, lengths),
        hold=st.tuples(keys, minutes),
        who=people,
        way=ways,
    )
    def several(self, act, day, after, length, own, hold, who, way):
        """Book doctor, theatre and a chair, each for a part of the time."""
        start = day * plain.DAY + 11 * 60 + after * 10
        theatre, chair = (start + min(length, each) for each in own)
        parts = (
            Part("rao", start, start + length),
            Part("theatre", start, theatre),
            Part("chairs", start, chair),
        )
        self.timed(act, "kochi", parts, hold, who, way)

    @when("held", "expired")
    @rule(number=numbers, who=people)
    def confirm(self, number, who):
        booking = self.some(number, "held", "expired")
        expected, after = self.model.confirm(booking, who)
        coming = (self.people[who].public_id,)
        told = self.done(
            "confirm",
            expected,
            lambda: service.confirm(booking.id, coming, by=SYSTEM, now=self.now),
        )
        if told is not None:
            after.id = told.id

    @when("held")
    @rule(number=numbers, length=minutes)
    def extend(self, number, length):
        booking = self.some(number, "held")
        self.done(
            "extend",
            self.model.extend(booking, length),
            lambda: service.extend(booking.id, length, by=SYSTEM, now=self.now),
        )

    @when("held")
    @rule(number=numbers)
    def release(self, number):
        booking = self.some(number, "held")
        self.done(
            "release",
            self.model.release(booking),
            lambda: service.release(booking.id, by=SYSTEM, now=self.now),
        )

    @when("requested")
    @rule(number=numbers)
    def approve(self, number):
        booking = self.some(number, "requested")
        self.done(
            "approve",
            self.model.approve(booking),
            lambda: service.approve(booking.id, by=SYSTEM, now=self.now),
        )

    @when("requested")
    @rule(number=numbers)
    def deny(self, number):
        booking = self.some(number, "requested")
        self.done(
            "deny",
            self.model.end(booking, "denied"),
            lambda: service.deny(booking.id, "no", by=SYSTEM, now=self.now),
        )

    @when("scheduled", "requested")
    @rule(number=numbers)
    def cancel(self, number):
        booking = self.some(number, "scheduled", "requested")
        self.done(
            "cancel",
            self.model.end(booking, "cancelled"),
            lambda: service.cancel(booking.id, "ill", by=SYSTEM, now=self.now),
        )

    @when("scheduled")
    @rule(number=numbers)
    def no_show(self, number):
        booking = self.some(number, "scheduled")
        self.done(
            "no_show",
            self.model.end(booking, "no_show"),
            lambda: service.no_show(booking.id, by=SYSTEM, now=self.now),
        )

    @when("scheduled", "requested", "held")
    @rule(number=numbers, to=numbers, by=st.integers(-6, 6), swap=st.booleans())
    def move(self, number, to, by, swap):
        """Move a booking: a token to a slot, a time by some minutes, perhaps over."""
        booking = self.some(number, "scheduled", "requested", "held")
        other = None
        if booking.slot is not None:
            starts = plain.slots(booking.place)
            where = Booking(
                booking.place, "rao", booking.status, slot=starts[to % len(starts)]
            )
        else:
            parts = [
                Part(p.resource, p.start + by * 10, p.end + by * 10)
                for p in booking.parts
            ]
            if swap and len(parts) == 1 and booking.resource != "rao":
                other = {"chairs": "theatre", "theatre": "chairs"}[booking.resource]
                parts = [Part(other, parts[0].start, parts[0].end)]
            where = Booking(
                booking.place, parts[0].resource, booking.status, tuple(parts)
            )
        start = where.start
        place = NewPlace(
            moment(start),
            resource_id=self.things["kochi", other].public_id if other else None,
        )
        expected = self.model.move(booking, where)
        self.done(
            "move",
            expected,
            lambda: service.move(booking.id, place, by=SYSTEM, now=self.now),
            # Whoever passed since may have written down that the hold ran out.
            also="status" if expected == "hold_lost" else None,
        )

    @when("held")
    @rule(by=st.integers(1, 20))
    def wait(self, by):
        self.model.now += by
        done["wait"] += 1


SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_services_do_as_the_plain_model_says(hospital):
    done.clear()
    came.clear()
    # Hypothesis may end an example early, so the dice are thrown until it is enough.
    for number in count(1):
        run_state_machine_as_test(seed(number)(Machine), settings=SETTINGS)
        if done.total() >= AT_LEAST:
            break

    told = [
        f"{n:6} {act}" for found in (done, came) for act, n in sorted(found.items())
    ]
    told.append(f"{done.total():6} steps from seeds 1 to {number}, no difference")
    sys.stdout.write("\n".join(told) + "\n")
