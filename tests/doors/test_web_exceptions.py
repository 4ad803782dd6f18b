"""Exceptions, holidays and windows for booking at the staff's door."""

import re
from datetime import date, timedelta

import pytest

from app.availability import queries
from app.booking import queries as booking
from app.booking import service
from app.core.actor import SYSTEM
from app.core.spans import Span
from tests import factories as make
from tests.doors import people, strict
from tests.doors.people import hidden
from tests.doors.world import MONDAY, NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)

RAO = "/schedules/kochi/of/rao"
NEXT = MONDAY + timedelta(days=7)


def test_leave_is_looked_at_and_then_written_down(doctor, world):
    day = MONDAY.isoformat()
    asked = {"what": "away", "first": day, "start": "13:30", "end": "16:00"}

    looked = doctor.post(f"{RAO}/exception", **asked, reason="Surgery", act="look")
    blind = doctor.post(f"{RAO}/exception", **asked, reason="Surgery", act="add")
    told = strict.words(strict.page(looked))
    assert "1 visit loses its place" in told
    assert blind.status_code == 409
    made = doctor.post(
        f"{RAO}/exception", **asked, **hidden(looked), reason="Surgery", act="add"
    )

    assert made.status_code == 303
    window = Span(local(9), local(20))
    (leave,) = queries.exceptions(world.kochi, window, by=SYSTEM, resource=world.rao)
    assert leave.span == Span(local(13, 30), local(16))


def test_added_tokens_take_those_of_the_weekday(doctor, world):
    asked = {"what": "tokens", "first": "2026-03-08", "start": "17:00", "end": "18:00"}

    doctor.post(f"{RAO}/exception", **asked, act="add")

    day = date(2026, 3, 8)
    window = Span(local(16, day=day), local(20, day=day))
    (extra,) = queries.exceptions(world.kochi, window, by=SYSTEM, resource=world.rao)
    assert (extra.slot_minutes, extra.tokens_per_slot) == (30, 4)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("first", "soon", "Give a date"),
        ("start", "9:5", "Give a time"),
        ("end", "08:00", "end must come after"),
        ("last", "2026-02-01", "end must come after"),
        ("what", "holiday", "Choose one"),
        ("reason", "a\x00b", "characters that no line"),
    ],
)
def test_an_exception_that_cannot_be_is_refused_at_its_field(
    doctor, world, field, value, words
):
    asked = {"what": "away", "first": "2026-03-09", "start": "09:00", "slot": "15"}

    answer = doctor.post(f"{RAO}/exception", **asked | {field: value}, act="add")

    assert answer.status_code == 422
    assert words in strict.words(strict.page(answer))
    assert 'value="15"' in answer.text


def test_taking_added_time_back_tells_who_is_booked_in_it(doctor, world):
    asked = {
        "what": "open",
        "first": NEXT.isoformat(),
        "start": "18:00",
        "end": "20:00",
    }
    doctor.post(f"{RAO}/exception", **asked, act="add")

    order = make.timed_order(
        world.kochi, world.rao, world.visit, world.asha, local(18, day=NEXT)
    )
    service.book_timed(order, by=SYSTEM, now=NOW)
    address = re.search(rf'href="({RAO}/exception/[\w-]+)"', doctor.get(RAO).text)[1]

    asked_again = doctor.get(address)
    gone = doctor.post(address)

    assert "Asha Nair" in strict.words(strict.page(asked_again))
    assert gone.status_code == 303
    assert "Nothing in the next hundred days" in doctor.get(RAO).text


def test_the_facility_has_holidays_and_hours_of_its_own(app, world):
    admin = people.signed_in(app, world.admin)
    house = "/schedules/kochi/house"

    made = admin.post(
        f"{house}/exception", first="2026-04-14", reason="Vishu", act="add"
    )

    assert made.status_code == 303
    assert "Tue 14 Apr Holiday Vishu" in strict.words(strict.page(admin.get(house)))
    assert "Tue 14 Apr Holiday Vishu" in strict.words(strict.page(admin.get(RAO)))


def test_the_doctor_sets_a_limit_and_a_window_and_drops_them(doctor, world):
    doctor.post(f"{RAO}/window", kind="daily_limit", number="20")
    doctor.post(f"{RAO}/window", kind="lead_time", number="2", unit="hours")
    shown = doctor.get(RAO)
    told = strict.words(strict.page(shown))
    assert "At most 20 patients a day." in told
    assert "Booking closes 2 hours before the start." in told

    for address in re.findall(rf'action="({RAO}/window/[\w-]+/drop)"', shown.text):
        assert doctor.post(address).status_code == 303

    kinds = {rule.kind for rule in booking.rules(world.kochi, by=SYSTEM)}
    assert not kinds & {"daily_limit", "lead_time"}


@pytest.mark.parametrize(
    ("typed_", "words"),
    [
        ({"kind": "horizon", "number": ""}, "This is needed"),
        ({"kind": "horizon", "number": "-3"}, "Give a whole number"),
        ({"kind": "horizon", "number": "999999"}, "Give a number from 0"),
        ({"kind": "age_range", "number": "3"}, "Choose one"),
        ({"kind": "horizon", "number": "3", "type": "nothing"}, "no such type"),
    ],
)
def test_a_limit_that_cannot_be_is_refused(doctor, typed_, words):
    answer = doctor.post(f"{RAO}/window", **typed_)

    assert answer.status_code in {404, 422}
    assert words in strict.words(strict.page(answer))


def test_the_doctor_sets_no_limits_for_others(doctor, world):
    answer = doctor.post(
        "/schedules/kochi/of/theatre-1/window", kind="daily_limit", number="1"
    )

    assert answer.status_code == 403
