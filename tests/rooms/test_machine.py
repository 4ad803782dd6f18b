"""The services against the plain model, step by step, whatever the dice say."""

import sys
from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from app.availability import service as availability
from app.availability.kinds import Offered
from app.availability.views import NewException
from app.booking import queries, service
from app.booking.models import (
    Appointment,
    BookingResource,
    Participant,
    Token,
    TokenSeries,
)
from app.booking.views import Holding, NewPlace, NewTimed, NewToken, Want
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import DomainError
from app.core.spans import Span
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.directory.service import NewPost
from tests import factories as make
from tests.factories import MONDAY, local
from tests.rooms import plain_model as plain
from tests.rooms.plain_model import OK, Booking, Model, Part

STEPS, EXAMPLES = 50, 46
AT_LEAST = 2000

days = st.sampled_from([0, 0, 0, 1])
lengths = st.sampled_from([10, 20, 30, 50])
numbers = st.integers(0, 200)
firsts = st.sampled_from(["book", "book", "request", "hold"])
keys = st.sampled_from(["one", "two", "three"])
minutes = st.integers(1, 30)

done: Counter[str] = Counter()


def moment(minute):
    """Turn a minute of the model into an instant."""
    return local(0) + timedelta(minutes=minute)


def minute_of(instant: datetime):
    return int((instant - local(0)).total_seconds() // 60)


def span(start, end):
    return Span(moment(start), moment(end))


def when(*statuses):
    """Let a rule be only while a booking has one of these statuses."""
    return precondition(
        lambda self: any(self.model.status(b) in statuses for b in self.model.bookings)
    )


class Machine(RuleBasedStateMachine):
    """One hospital, and one model of it; every act is done in both."""

    @initialize()
    def open(self):
        self.model = Model()
        self.places = {"kochi": make.facility(), "aluva": make.facility()}
        kochi, aluva = self.places["kochi"], self.places["aluva"]
        prefixes = {"kochi": "A", "aluva": "B"}
        rao = make.resource(kochi, token_prefix=prefixes["kochi"])
        post = NewPost(aluva.id, token_prefix=prefixes["aluva"])
        there = directory.post_resource(rao.public_id, post, by=SYSTEM, now=make.NOW)
        chairs = make.resource(kochi, ResourceKind.CHAIR, capacity=2)
        theatre = make.resource(kochi, ResourceKind.LOCATION, buffer_after=10)
        self.things = {
            ("kochi", "rao"): rao,
            ("aluva", "rao"): there,
            ("kochi", "chairs"): chairs,
            ("kochi", "theatre"): theatre,
        }
        self.named = {thing.id: name for (_, name), thing in self.things.items()}
        for (place, name), thing in self.things.items():
            if place == "kochi":
                self.work(name, thing)
        # Two schedules that overlap are refused; time added elsewhere is not.
        self.help_out(there, Offered.OPEN, plain.OPEN["aluva", "rao"])
        self.help_out(there, Offered.TOKENS, plain.SESSIONS["aluva"])
        self.visit, self.asha = make.kind(), make.patient()

    def work(self, name, thing):
        sessions = [make.open_time(*map(clock, plain.OPEN["kochi", name]))]
        if name == "rao":
            first, last = map(clock, plain.SESSIONS["kochi"])
            sessions.append(make.opd(first, last, plain.SLOT, plain.TOKENS))
        make.hours(self.places["kochi"], thing, *sessions)

    def help_out(self, thing, kind, hours):
        tokens = kind is Offered.TOKENS
        for day in plain.DAYS:
            start, end = (day * plain.DAY + each for each in hours)
            order = NewException(
                facility_id=self.places["aluva"].public_id,
                resource_id=thing.public_id,
                is_available=True,
                during=span(start, end),
                kind=kind,
                slot_minutes=plain.SLOT if tokens else None,
                tokens_per_slot=plain.TOKENS if tokens else None,
            )
            availability.add_exception(order, by=SYSTEM, now=make.NOW)

    @property
    def now(self):
        return moment(self.model.now)

    def done(self, act, expected, do):
        """Do an act in the hospital too, and compare what came of it."""
        try:
            told = do()
            answer = OK
        except DomainError as refused:
            told, answer = None, refused.code
        done[f"{act} {answer}"] += 1
        assert answer == expected, f"{act}: {answer}, and {expected} in the model"
        return told

    def some(self, number, *statuses):
        """Give one of the model's bookings, mostly of those statuses."""
        known = self.model.bookings
        found = [b for b in known if self.model.status(b) in statuses]
        # Now and then one that it cannot be done to.
        wanted = found if found and number % 6 else known
        # The last ones are the most interesting.
        return wanted[-1 - number % len(wanted)]

    def begin(self, act, booking, hold, order):
        """Book, request or hold a place."""
        booking.status = {"book": "scheduled", "request": "requested"}.get(act, "held")
        if act == "hold":
            key, length = hold
            booking.key, booking.until = f"{key}-{id(self)}", self.model.now + length
        expected = self.model.book(booking)
        patient = None if act == "hold" else self.asha.public_id
        request = act == "request"

        def do():
            made = order(patient_id=patient, request=request)
            tokens = isinstance(made, NewToken)
            if act != "hold":
                book = service.book_token if tokens else service.book_timed
                return book(made, by=SYSTEM, now=self.now)
            keep = service.hold_token if tokens else service.hold_timed
            return keep(made, Holding(booking.key, length), by=SYSTEM, now=self.now)

        kind = "token" if booking.slot is not None else f"timed x{len(booking.parts)}"
        told = self.done(f"{act} {kind}", expected, do)
        if told is not None:
            booking.id = told.id

    def timed(self, act, place, parts, hold):
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

        self.begin(act, booking, hold, order)

    @rule(
        act=firsts,
        place=st.sampled_from(["kochi", "aluva"]),
        number=numbers,
        hold=st.tuples(keys, minutes),
    )
    def token(self, act, place, number, hold):
        starts = plain.slots(place)
        slot = starts[number % len(starts)]
        booking = Booking(place, "rao", "", slot=slot)

        def order(**fields):
            return NewToken(
                facility_id=self.places[place].public_id,
                resource_id=self.things[place, "rao"].public_id,
                type_id=self.visit.public_id,
                starts_at=moment(slot),
                **fields,
            )

        self.begin(act, booking, hold, order)

    @rule(
        act=firsts,
        where=st.sampled_from(list(plain.OPEN)),
        day=days,
        after=st.integers(-1, 17),
        length=lengths,
        hold=st.tuples(keys, minutes),
    )
    def time(self, act, where, day, after, length, hold):
        place, name = where
        start = day * plain.DAY + plain.OPEN[where][0] + after * 10
        self.timed(act, place, (Part(name, start, start + length),), hold)

    @rule(
        act=firsts,
        day=days,
        after=st.integers(0, 16),
        length=lengths,
        own=st.tuples(lengths, lengths),
        hold=st.tuples(keys, minutes),
    )
    def several(self, act, day, after, length, own, hold):
        """Book doctor, theatre and a chair, each for a part of the time."""
        start = day * plain.DAY + 11 * 60 + after * 10
        theatre, chair = (start + min(length, each) for each in own)
        parts = (
            Part("rao", start, start + length),
            Part("theatre", start, theatre),
            Part("chairs", start, chair),
        )
        self.timed(act, "kochi", parts, hold)

    @when("held", "expired")
    @rule(number=numbers)
    def confirm(self, number):
        booking = self.some(number, "held", "expired")
        expected, after = self.model.confirm(booking)
        who = (self.asha.public_id,)
        told = self.done(
            "confirm",
            expected,
            lambda: service.confirm(booking.id, who, by=SYSTEM, now=self.now),
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
        self.done(
            "move",
            self.model.move(booking, where),
            lambda: service.move(booking.id, place, by=SYSTEM, now=self.now),
        )

    @when("held")
    @rule(by=st.integers(1, 20))
    def wait(self, by):
        self.model.now += by
        done["wait"] += 1

    @invariant()
    def the_same_bookings_stand(self):
        found = {
            row.public_id: row
            for row in db.session.scalars(
                select(Appointment).where(Appointment.facility_id.in_(self.ids))
            )
        }
        told = {key: self.status(row) for key, row in found.items()}
        assert told == {b.id: self.model.status(b) for b in self.model.bookings}
        standing = {row.id: row for row in found.values()}
        claims = db.session.execute(
            select(
                BookingResource.appointment_id,
                BookingResource.resource_id,
                BookingResource.during,
            ).where(
                BookingResource.active,
                BookingResource.appointment_id.in_(standing),
            )
        )
        taken = Counter(
            (
                standing[which].public_id,
                self.named[of],
                minute_of(during.start),
                minute_of(during.end),
            )
            for which, of, during in claims
            if self.status(standing[which]) != "expired"
        )
        assert taken == Counter(
            (b.id, part.resource, part.start, part.end)
            for b in self.model.bookings
            if self.model.takes(b)
            for part in b.parts
        )

    @invariant()
    def everybody_has_their_number(self):
        drawn = db.session.execute(
            select(
                Appointment.public_id,
                TokenSeries.facility_id,
                TokenSeries.day,
                Token.number,
            )
            .join(Participant, Participant.appointment_id == Appointment.id)
            .join(Token, Token.id == Participant.token_id)
            .join(TokenSeries, TokenSeries.id == Token.series_id)
            .where(Appointment.facility_id.in_(self.ids))
        )
        names = {place.id: name for name, place in self.places.items()}
        told = {
            which: ((names[place], (day - MONDAY).days), number)
            for which, place, day, number in drawn
        }
        assert told == {b.id: b.number for b in self.model.bookings if b.number}

    @invariant()
    def listings_offer_what_is_free(self):
        """See one column each time, in turn: they cost the most."""
        columns = [(*where, day) for where in self.things for day in plain.DAYS]
        self.check_day(*columns[done.total() % len(columns)])

    def teardown(self):
        for place, name in self.things:
            for day in plain.DAYS:
                self.check_day(place, name, day)

    def check_day(self, place, name, day):
        thing = self.things[place, name]
        facility, date = self.places[place], MONDAY + timedelta(days=day)
        lean = queries.slots(
            facility.public_id, thing.public_id, date, by=SYSTEM, now=self.now
        )
        (full,) = queries.day(facility, [thing], date, by=SYSTEM, now=self.now)
        free = self.model.free(place, name, day)
        for column in (lean, full):
            told = {
                minute
                for gap in column.free
                for minute in range(minute_of(gap.start), minute_of(gap.end))
            }
            assert told == free, (place, name, day)
            for slot in column.slots:
                start = minute_of(slot.span.start)
                assert slot.left == self.model.left(place, start), (place, start)

    @property
    def ids(self):
        return [place.id for place in self.places.values()]

    def status(self, row):
        if row.hold_expires_at is not None and row.hold_expires_at <= self.now:
            return "expired"
        return row.status.value


def clock(minute):
    return make.time(*divmod(minute, 60))


@pytest.mark.timeout(600)
def test_the_services_do_as_the_plain_model_says(session):
    done.clear()

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

    told = [f"{times:6} {act}" for act, times in sorted(done.items())]
    told.append(f"{done.total():6} steps, no difference")
    sys.stdout.write("\n".join(told) + "\n")
    assert done.total() >= AT_LEAST
