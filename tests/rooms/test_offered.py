"""What is offered: why a span is not, and nights in zones whose clocks misbehave."""

from datetime import date, time, timedelta

import pytest

from app.accounts.permissions import Role
from app.availability import queries
from app.availability.kinds import Offered
from app.availability.views import NewSession
from app.booking import service as booking
from app.booking.errors import NotOfferedError
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError
from app.core.spans import Span, day_span
from tests import factories as make
from tests.factories import ALL_WEEK, MONDAY, NOW, local


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    return make.resource(place)


class TestCheck:
    @pytest.fixture
    def only(self, place, rao):
        only = make.kind()
        lunch = NewSession(Offered.BREAK, ALL_WEEK, time(13), time(14), label="Lunch")
        wednesdays = NewSession(
            Offered.OPEN, (0,), time(14), time(16), types=(only.id,)
        )
        make.hours(place, rao, make.opd(), lunch, wednesdays)
        make.away(place, rao, local(15), 15)
        return only

    @pytest.mark.parametrize(
        ("start", "minutes", "reason"),
        [
            ((10, 0), 30, ""),
            ((10, 0), 20, "token_slot"),
            ((10, 15), 5, "token_slot"),
            ((13, 0), 15, "break"),
            ((14, 0), 30, "type"),
            ((15, 0), 10, "away"),
            ((20, 0), 10, "hours"),
        ],
    )
    def test_says_why_not(self, place, rao, only, start, minutes, reason):
        span = make.span(local(*start), minutes)

        told = queries.check(place, rao, span, by=SYSTEM, type_id=make.kind().public_id)

        assert (told.offered, told.reason) == (not reason, reason)

    def test_a_type_that_is_allowed_is_offered(self, place, rao, only):
        span = make.span(local(14), 30)

        told = queries.check(place, rao, span, by=SYSTEM, type_id=only.public_id)

        assert (told.offered, told.kind) == (True, Offered.OPEN)

    def test_another_type_is_refused_at_booking(self, place, rao, only):
        order = make.timed_order(place, rao, make.kind(), make.patient(), local(14))

        with pytest.raises(NotOfferedError) as told:
            booking.book_timed(order, by=SYSTEM, now=NOW)

        assert told.value.params["reason"] == "type"

    def test_a_stranger_reads_nothing(self, place, rao):
        window = day_span(MONDAY, place.zone)
        stranger = make.user(Role.RECEPTION, make.facility()).actor

        for read in (
            lambda: queries.schedule(place, rao, by=stranger),
            lambda: queries.exceptions(place, window, by=stranger),
            lambda: queries.maintenance(place, window, by=stranger),
            lambda: queries.offered(place, rao, window, by=stranger),
            lambda: queries.check(place, rao, window, by=stranger),
        ):
            with pytest.raises(ForbiddenError):
                read()


class TestListingsInOddZones:
    @pytest.mark.parametrize(
        ("zone", "day", "slots"),
        [
            # London's night loses an hour and gains it again; New York's clocks go
            # forward at two, when the night is over.
            ("Europe/London", date(2026, 3, 28), 6),
            ("Europe/London", date(2026, 10, 24), 10),
            ("America/New_York", date(2026, 10, 31), 10),
            ("Asia/Kathmandu", date(2026, 3, 28), 8),
            ("Asia/Kolkata", date(2026, 3, 28), 8),
        ],
    )
    def test_a_night_is_listed_whole_and_from_its_own_day(
        self, session, zone, day, slots
    ):
        place = make.facility(zone=zone)
        nurse = make.resource(place)
        night = NewSession(
            Offered.TOKENS, (day.weekday(),), time(22), time(2), 30, tokens_per_slot=1
        )
        make.hours(place, nurse, night, valid_from=date(2026, 1, 1))
        start = local(22, day=day, zone=place.zone)

        offer = queries.offered(
            place, nurse, Span(start, start + timedelta(hours=12)), by=SYSTEM
        )
        alone = queries.offered(place, nurse, day_span(day, place.zone), by=SYSTEM)

        ends = offer.slots[-1].span.end.astimezone(place.zone)
        assert len(offer.slots) == slots
        assert (ends.date(), ends.time()) == (day + timedelta(days=1), time(2))
        assert len(alone.slots) == 4
