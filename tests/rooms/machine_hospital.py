"""The hospital of the machine, and how it is compared with the plain model."""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import select

from app.availability import service as availability
from app.availability.kinds import Offered
from app.availability.views import NewException
from app.booking import queries
from app.booking import service as booking
from app.booking.kinds import OfferIs
from app.booking.models import (
    Appointment,
    BookingResource,
    Offer,
    Participant,
    Token,
    TokenSeries,
    WaitlistEntry,
)
from app.booking.setting import NewRule
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import DomainError
from app.core.spans import Span
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.directory.service import NewPost
from tests import factories as make
from tests.factories import MONDAY, local
from tests.rooms import plain_places as plain
from tests.rooms.plain_places import OK
from tests.rooms.plain_waiting import MINUTES, House

PEOPLE = ("asha", "binu", "chitra")

# The steps, and what else came of them.
done: Counter[str] = Counter()
came: Counter[str] = Counter()


def moment(minute):
    """Turn a minute of the model into an instant."""
    return local(0) + timedelta(minutes=minute)


def minute_of(instant: datetime):
    return int((instant - local(0)).total_seconds() // 60)


def span(start, end):
    return Span(moment(start), moment(end))


def clock(minute):
    return make.time(*divmod(minute, 60))


class Hospital(RuleBasedStateMachine):
    """One hospital, and one model of it; every act is done in both."""

    def __init__(self):
        super().__init__()
        self.things = {}
        # Its own, and not the steps of all machines: an example that is run again must
        # look at the same columns.
        self.looks = 0

    @initialize()
    def open(self):
        self.model = House()
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
        self.visit = make.kind(minutes=MINUTES)
        self.people = {name: make.patient(name.title()) for name in PEOPLE}
        self.set_rules()

    def set_rules(self):
        """Set the rules that the model has; tokens that give way stay on their day."""
        found = [(place, "later_days", {"days": 0}, None) for place in self.places]
        found += [
            (place, "lead_time", {"minutes": lead}, None)
            for place, lead in plain.LEAD.items()
        ]
        found += [
            (place, "daily_limit", {"limit": most}, (place, name))
            for (place, name), most in plain.LIMIT.items()
        ]
        found += [
            (place, "one_active", {}, (place, name)) for place, name in plain.ONE_ACTIVE
        ]
        for place, kind, values, which in found:
            order = NewRule(
                kind,
                values,
                facility_id=self.places[place].public_id,
                resource_id=self.things[which].public_id if which else None,
            )
            booking.add_rule(order, by=SYSTEM, now=make.NOW)

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

    def done(self, act, expected, do, *, also=None):
        """Do an act in the hospital too, and compare what came of it."""
        try:
            told = do()
            answer = OK
        except DomainError as refused:
            told, answer = None, refused.code
        done[f"{act} {answer}"] += 1
        assert answer in {expected, also}, (
            f"{act}: {answer}, and {expected} in the model"
        )
        self.look_up_offers()
        return told

    def look_up_offers(self):
        """Learn what the offers are called that the model knows of; if they are."""
        new = [e for e in self.model.entries if e.held and e.held.id is None]
        if not new:
            return
        came["offer"] += len(new)
        named = (Offer.public_id, WaitlistEntry.public_id, Appointment.public_id)
        found = {
            entry: (offer, held)
            for offer, entry, held in db.session.execute(
                select(*named)
                .join(WaitlistEntry, WaitlistEntry.id == Offer.entry_id)
                .join(Appointment, Appointment.id == Offer.appointment_id)
                .where(
                    Offer.status == OfferIs.OPEN,
                    WaitlistEntry.facility_id.in_(self.ids),
                )
            )
        }
        for entry in new:
            assert entry.id in found, f"nothing is offered to {entry}"
            entry.offer, entry.held.id = found[entry.id]

    def ours(self):
        """Give the bookings that are no offers: these are accepted or declined."""
        return [
            each
            for each in self.model.bookings
            if each.entry is None or each.status not in {"held", "expired"}
        ]

    def some(self, number, *statuses):
        """Give one of the model's bookings, mostly of those statuses."""
        known = self.ours()
        found = [b for b in known if self.model.status(b) in statuses]
        # Now and then one that it cannot be done to.
        wanted = found if found and number % 6 else known
        # The last ones are the most interesting.
        return wanted[-1 - number % len(wanted)]

    @invariant()
    def the_same_bookings_stand(self):
        found = {
            row.public_id: row
            for row in db.session.scalars(
                select(Appointment).where(Appointment.facility_id.in_(self.ids))
            )
        }
        told = {key: self.status(row) for key, row in found.items()}
        known = {b.id: self.model.status(b) for b in self.model.bookings}
        assert told == known, dict(told.items() ^ known.items())
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
        known = Counter(
            (b.id, part.resource, part.start, part.end)
            for b in self.model.bookings
            if self.model.takes(b)
            for part in b.parts
        )
        assert taken == known, (taken - known, known - taken)

    @invariant()
    def the_same_people_wait(self):
        found = db.session.execute(
            select(WaitlistEntry.public_id, WaitlistEntry.status).where(
                WaitlistEntry.facility_id.in_(self.ids)
            )
        )
        told = {entry: status.value for entry, status in found}
        known = {each.id: each.status for each in self.model.entries}
        assert told == known, dict(told.items() ^ known.items())

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
        columns = list(self.columns())
        self.check(*columns[self.looks % len(columns)])
        self.looks += 1

    def teardown(self):
        for column in self.columns():
            self.check(*column)

    def columns(self):
        """Name every column of both listings: the program's and the calendar's."""
        for listing in (self.slots, self.calendar):
            for place, name in self.things:
                for day in plain.DAYS:
                    yield listing, place, name, day

    def slots(self, facility, thing, date):
        ids = facility.public_id, thing.public_id
        return queries.slots(*ids, date, by=SYSTEM, now=self.now)

    def calendar(self, facility, thing, date):
        (column,) = queries.day(facility, [thing], date, by=SYSTEM, now=self.now)
        return column

    def check(self, listing, place, name, day):
        date = MONDAY + timedelta(days=day)
        column = listing(self.places[place], self.things[place, name], date)
        free = self.model.free(place, name, day)
        told = {
            minute
            for gap in column.free
            for minute in range(minute_of(gap.start), minute_of(gap.end))
        }
        assert told == free, (place, name, day)
        for slot in column.slots:
            start = minute_of(slot.span.start)
            left = self.model.left(place, start)
            assert slot.left == left, (place, start, slot.left, left)
            if listing == self.slots:
                refused = self.model.refused(place, start)
                assert (slot.refused is not None) == refused, (place, start)

    @property
    def ids(self):
        return [place.id for place in self.places.values()]

    def status(self, row):
        if row.hold_expires_at is not None and row.hold_expires_at <= self.now:
            return "expired"
        return row.status.value
