"""Listings for a patient: what they refuse, and that a booking says the same."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from app.accounts.permissions import Role
from app.booking import facts, queries, service
from app.booking import procedure_queries as sets
from app.booking.kinds import Role as ComesAs
from app.booking.setting import NewRule
from app.booking.states import Status
from app.booking.views import Member, NewWaiting, Seeking, Whom
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, NotFoundError, RuleError
from app.directory.kinds import Category
from app.patients import service as patients
from app.patients.views import NewPatient
from tests import factories as make
from tests.factories import MONDAY, NOW, local

TUESDAY = MONDAY + timedelta(days=1)
KINDS = ("age_range", "dose_gap", "follow_up_window", "one_active", "patient_overlap")


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    rao = make.resource(place, token_prefix="A")
    make.hours(place, rao, make.opd(tokens=3), make.open_time(make.time(14)))
    return rao


@pytest.fixture
def visit(session):
    return make.kind(minutes=30)


@pytest.fixture
def asha(session):
    order = NewPatient(name="Asha", birth_date=date(2023, 3, 4))
    return patients.register(order, by=SYSTEM, now=NOW, scope=make.EVERYWHERE)


def rule(kind, **settings):
    where = {"type_id": settings.pop("type_id")} if "type_id" in settings else {}
    return service.add_rule(NewRule(kind, settings, **where), by=SYSTEM, now=NOW)


def token(place, rao, visit, who, starts_at):
    order = make.token_order(place, rao, visit, who, starts_at)
    return service.book_token(order, by=SYSTEM, now=NOW)


def timed(place, rao, visit, who, starts_at, **fields):
    order = make.timed_order(place, rao, visit, who, starts_at, **fields)
    return service.book_timed(order, by=SYSTEM, now=NOW)


def days_on(number):
    return MONDAY + timedelta(days=number)


class Case:
    """A rule that refuses Asha one place of Dr Rao, and lets her have another."""

    def __init__(self, kind, place, rao, visit, asha):
        self.kind, self.place, self.rao = kind, place, rao
        self.visit, self.asha = visit, asha
        self.refused, self.fine = getattr(self, f"_{kind}")()

    def _age_range(self):
        rule("age_range", least=3)
        return local(10), local(10, day=days_on(2))

    def _dose_gap(self):
        token(self.place, self.rao, self.visit, self.asha, local(10))
        rule("dose_gap", days=7, type_id=self.visit.public_id)
        return local(11, day=days_on(6)), local(10, day=days_on(7))

    def _follow_up_window(self):
        seen = token(self.place, self.rao, self.visit, self.asha, local(10))
        service.attend(seen.id, Status.CHECKED_IN, by=SYSTEM, now=NOW)
        self.visit = make.kind(category=Category.FOLLOW_UP)
        rule("follow_up_window", days=5)
        return local(10, 30, day=days_on(5)), local(10, day=days_on(5))

    def _one_active(self):
        token(self.place, self.rao, self.visit, self.asha, local(10))
        rule("one_active")
        return local(11), local(10, day=TUESDAY)

    def _patient_overlap(self):
        other = make.resource(self.place)
        make.hours(self.place, other)
        timed(self.place, other, self.visit, self.asha, local(10, 15))
        rule("patient_overlap")
        return local(10, 30), local(11)

    @property
    def whom(self):
        return Whom(self.asha.public_id)

    def slot(self, starts_at, whom):
        told = queries.slots(
            self.place.public_id,
            self.rao.public_id,
            starts_at.astimezone(make.KOLKATA).date(),
            by=SYSTEM,
            now=NOW,
            type_id=self.visit.public_id,
            whom=whom,
        )
        return next(each for each in told.slots if each.span.start == starts_at)

    def openings(self, after, whom):
        return queries.openings(
            self.place,
            self.rao,
            self.visit.public_id,
            after,
            by=SYSTEM,
            now=NOW,
            most=500,
            whom=whom,
        )

    def month(self, whom, number=14):
        (told,) = queries.month(
            self.place,
            [self.rao],
            MONDAY,
            by=SYSTEM,
            now=NOW,
            days=number,
            type_id=self.visit.public_id,
            whom=whom,
        )
        return told.days

    def book(self, starts_at):
        return token(self.place, self.rao, self.visit, self.asha, starts_at)


@pytest.fixture(params=KINDS)
def case(request, place, rao, visit, asha):
    return Case(request.param, place, rao, visit, asha)


class TestEachRule:
    def test_refuses_in_a_listing_what_it_refuses_a_booking(self, case):
        listed = case.slot(case.refused, case.whom).refused

        with pytest.raises(RuleError) as booked:
            case.book(case.refused)
        assert listed.params["rule"] == case.kind
        assert listed.params["override"] == "booking:override_rules"
        assert (listed.field, listed.params) == (
            booked.value.field,
            booked.value.params,
        )

    def test_leaves_to_others_what_it_refuses_one(self, case):
        stranger = Whom(make.patient("Ravi").public_id)
        # Of a stranger nobody knows how old they are, or that they were seen.
        sure = case.kind not in {"age_range", "follow_up_window"}

        assert case.slot(case.refused, None).refused is None
        assert (case.slot(case.refused, stranger).refused is None) == sure

    def test_refuses_nothing_that_can_be_booked(self, case):
        assert case.slot(case.fine, case.whom).refused is None

        assert case.book(case.fine).status is Status.SCHEDULED

    def test_keeps_openings_to_what_can_be_booked(self, case):
        offered = {each.span.start for each in case.openings(NOW, case.whom)}
        to_all = {each.span.start for each in case.openings(NOW, None)}

        assert case.fine in offered
        assert case.refused not in offered
        assert case.refused in to_all

    def test_counts_in_a_month_what_the_days_leave(self, case):
        for number, counted in enumerate(case.month(case.whom)):
            day = queries.slots(
                case.place.public_id,
                case.rao.public_id,
                days_on(number),
                by=SYSTEM,
                now=NOW,
                type_id=case.visit.public_id,
                whom=case.whom,
            )
            left = sum(slot.left for slot in day.slots if slot.refused is None)

            assert counted.refused is not None or counted.tokens_free == left
            if left:
                assert counted.refused is None
            elif counted.refused is not None:
                assert counted.refused.params["rule"] == case.kind

    def test_finds_sets_for_the_patient(self, case):
        asked = Seeking((Member(case.rao.public_id),), case.visit.public_id, 30)
        after = case.fine - timedelta(days=1)

        mine, everybodys = (
            sets.first_openings(
                case.place, asked, by=SYSTEM, now=NOW, after=after, most=20, whom=whom
            )
            for whom in (case.whom, None)
        )

        assert mine
        assert [e for e in mine if timed_refusal(case, e.span.start)] == []
        refused = [e for e in everybodys if timed_refusal(case, e.span.start)]
        assert bool(refused) == (case.kind != "patient_overlap")


def timed_refusal(case, starts_at):
    """Give the rule that refuses Asha a time with Dr Rao, and leave nothing booked."""
    try:
        made = timed(case.place, case.rao, case.visit, case.asha, starts_at)
    except RuleError as refused:
        return refused.params["rule"]
    service.cancel(made.id, "only tried", by=SYSTEM, now=NOW)
    return None


def openings(place, rao, visit, whom, after, most=500):
    return queries.openings(
        place, rao, visit.public_id, after, by=SYSTEM, now=NOW, most=most, whom=whom
    )


def month(place, rao, whom, now=NOW, **fields):
    (told,) = queries.month(
        place, [rao], MONDAY, by=SYSTEM, now=now, days=1, whom=whom, **fields
    )
    return told.days[0]


def test_a_month_takes_from_free_time_what_overlaps_a_visit(place, rao, visit, asha):
    other = make.resource(place)
    make.hours(place, other)
    timed(place, other, visit, asha, local(14, 30))
    rule("patient_overlap")

    hers, all_of_it = (month(place, rao, whom) for whom in (Whom(asha.public_id), None))

    assert (hers.minutes, all_of_it.minutes_free) == (180, 180)
    assert hers.minutes_free == 150
    assert hers.tokens_free == all_of_it.tokens_free == 12


def test_a_month_of_a_type_counts_what_takes_it(place, visit):
    dentist = make.resource(place)
    other = make.kind()
    only = replace(make.opd(tokens=3), types=(other.id,))
    make.hours(place, dentist, only, make.open_time(make.time(14)))

    taking, passing, whole = (
        month(place, dentist, None, type_id=each and each.public_id)
        for each in (other, visit, None)
    )

    assert (taking.tokens, passing.tokens, whole.tokens) == (12, 0, 12)
    assert passing.minutes_free == whole.minutes_free == 180


def test_a_visit_that_moves_is_not_in_its_own_way(place, rao, visit, asha):
    booked = timed(place, rao, visit, asha, local(14))
    rule("one_active")
    rule("patient_overlap")

    moves, stays = (
        openings(place, rao, visit, whom, local(9), most=1)[0].span.start
        for whom in (Whom(asha.public_id, booked.id), Whom(asha.public_id))
    )

    assert moves == local(10)
    assert stays == local(10, day=TUESDAY)


def test_a_patient_is_for_eyes_that_may_know_patients(place, rao, visit, asha):
    # An analyst sees calendars, and nobody in them.
    anu = make.user(Role.ANALYST, place).actor
    whom, asked = Whom(asha.public_id), {"by": anu, "now": NOW}
    member = Seeking((Member(rao.public_id),), visit.public_id)

    for read in (
        lambda whom: queries.slots(
            place.public_id, rao.public_id, MONDAY, **asked, whom=whom
        ),
        lambda whom: queries.month(place, [rao], MONDAY, **asked, whom=whom),
        lambda whom: queries.openings(
            place, rao, visit.public_id, NOW, **asked, whom=whom
        ),
        lambda whom: sets.first_openings(place, member, **asked, whom=whom),
    ):
        assert read(None)
        with pytest.raises(ForbiddenError):
            read(whom)


def test_a_patient_there_is_not_is_named(place, rao, visit):
    with pytest.raises(NotFoundError) as told:
        openings(place, rao, visit, Whom(rao.public_id), NOW)

    assert told.value.field == "patient_id"


def test_who_comes_along_is_not_elsewhere_but_was_not_seen(place, rao, visit, asha):
    leela = make.patient("Leela")
    along = {leela.public_id: ComesAs.GUARDIAN}
    timed(
        place,
        rao,
        visit,
        asha,
        local(14),
        also_patients=(leela.public_id,),
        roles=along,
    )
    rule("one_active")
    whom = Whom(leela.public_id)

    before = {each.span.start for each in openings(place, rao, visit, whom, NOW)}
    rule("patient_overlap")
    (left,) = [
        each.span.start
        for each in openings(place, rao, visit, whom, local(12, 30), most=1)
    ]

    assert {local(10), local(14, 30)} <= before
    assert left == local(14, 30)


class TestHoldThatRanOut:
    """A place that was held for somebody who waits is in nobody's way afterwards."""

    @pytest.fixture
    def lapsed(self, place, rao, visit, asha):
        """Offer Asha the only place of another doctor, and let the offer run out."""
        dentist = make.resource(place)
        make.hours(place, dentist, make.opd(make.time(10), make.time(10, 30), tokens=1))
        taken = token(place, dentist, visit, make.patient("Ravi"), local(10))
        wish = NewWaiting(
            place.public_id, asha.public_id, visit.public_id, MONDAY, MONDAY
        )
        entry = service.join_waitlist(wish, by=SYSTEM, now=NOW)
        service.cancel(taken.id, "ill", by=SYSTEM, now=NOW)
        (waits,) = queries.waitlist(place, by=SYSTEM)
        assert (waits.id, waits.offer.appointment.span.start) == (entry.id, local(10))
        rule("patient_overlap")
        return NOW + timedelta(minutes=31)

    def test_refuses_no_booking(self, lapsed, place, rao, visit, asha):
        order = make.token_order(place, rao, visit, asha, local(10))

        with pytest.raises(RuleError):
            service.book_token(order, by=SYSTEM, now=NOW)
        booked = service.book_token(order, by=SYSTEM, now=lapsed)

        assert booked.status is Status.SCHEDULED

    def test_bars_no_listing(self, lapsed, place, rao, visit, asha):
        whom = Whom(asha.public_id)

        held, free = (
            month(place, rao, whom, now=each).tokens_free for each in (NOW, lapsed)
        )

        assert (held, free) == (9, 12)


def test_only_who_was_seen_before_then_is_followed_up(place, rao, visit, asha):
    leela, again = make.patient("Leela"), make.kind(category=Category.FOLLOW_UP)
    along = {leela.public_id: ComesAs.GUARDIAN}
    both = {"also_patients": tuple(along), "roles": along}
    seen = timed(place, rao, visit, asha, local(14), **both)
    service.attend(seen.id, Status.CHECKED_IN, by=SYSTEM, now=NOW)
    rule("follow_up_window", days=30)
    hers, nobodys = (
        openings(place, rao, again, Whom(who.public_id), local(12), most=1)
        for who in (asha, leela)
    )

    # What begins as the visit itself does was not seen before it.
    assert hers[0].span.start == local(14, 30)
    assert nobodys == []
    known = facts.about(asha, now=NOW)
    assert known.last_visit(rao.id, local(14)) is None
    assert known.last_visit(rao.id, local(14, 1)) == local(14)
