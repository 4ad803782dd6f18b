"""Figures of the reports, each beside what one counts by hand."""

import csv
import io
import re
from datetime import timedelta

import pytest

from app.booking import service as booking
from app.core.actor import SYSTEM
from app.queues import service as queues
from app.queues.views import NewWalkIn
from tests import factories as make
from tests.doors import people
from tests.doors.world import MONDAY, NOW, local

pytestmark = pytest.mark.time_machine(local(16), tick=False)

WEEKS = "first=2026-03-02&last=2026-03-15"
TODAY = "first=2026-03-02&last=2026-03-02"


@pytest.fixture
def anu(app, world):
    return people.signed_in(app, world.anu)


@pytest.fixture
def waits(world):
    """Let Dr Rao's wait 10, 20, 30 and 40 minutes, the last is booked; others 5, 15."""
    menon = make.resource(world.kochi, code="menon", name="Dr Menon", token_prefix="M")
    for doctor, came, minutes in (
        (world.rao, NOW, (10, 20, 30)),
        (menon, local(9), (5, 15)),
    ):
        for each in minutes:
            walked = queues.walk_in(
                NewWalkIn(
                    world.kochi.public_id,
                    doctor.public_id,
                    world.visit.public_id,
                    patient_id=make.patient(f"Waits {each}").public_id,
                ),
                by=SYSTEM,
                now=came,
            )
            queues.call(walked.id, by=SYSTEM, now=came + timedelta(minutes=each))
    (booked,) = queues.check_in(world.token.id, by=SYSTEM, now=local(9))
    queues.call(booked.id, by=SYSTEM, now=local(9, 40))


def table(anu, report, name, asked):
    """Give a table of a report, without its head, as its file has it."""
    answer = anu.get(f"/reports/kochi/{report}.csv?{asked}&table={name}")
    text = answer.get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


def test_the_trend_has_a_row_and_a_point_for_each_week_that_offers_time(anu, world):
    # Dr Rao offers six hours a day. A token of four in half an hour is 7.5 minutes,
    # a visit of the afternoon is 30; there are two of these in the week after.
    for hour in (14, 15):
        order = make.timed_order(
            world.kochi,
            world.rao,
            world.visit,
            make.patient(),
            local(hour, day=MONDAY + timedelta(days=8)),
        )
        booking.book_timed(order, by=SYSTEM, now=NOW)

    rows = table(anu, "utilization", "trend", WEEKS)
    page = anu.get(f"/reports/kochi/utilization?{WEEKS}").text
    trend = page[page.index("Trend over 13") :]

    # 0.625 of 42 hours, and 1 of 42; on the chart 100 per cent is 160 high.
    assert rows == [["2 Mar", "42.0", "0.62", "1.49"], ["9 Mar", "42.0", "1.0", "2.38"]]
    points = re.search(r'<polyline class="line" points="([^"]+)"', trend)
    assert points[1] == "40,177.6 600,176.2"
    assert "From 1 per cent in the week of 2 Mar to 2 per cent in the week" in trend


def test_waits_are_told_by_doctor_by_hour_and_by_how_people_came(anu, waits):
    assert sorted(table(anu, "waiting", "resources", TODAY)) == [
        ["Dr Menon", "2", "10.0", "14.0"],
        ["Dr Vivek Rao", "4", "25.0", "37.0"],
    ]
    assert table(anu, "waiting", "ways", TODAY) == [
        ["Booked", "1", "40.0", "40.0"],
        ["Walked in", "5", "15.0", "26.0"],
    ]
    assert table(anu, "waiting", "hours", TODAY) == [
        ["08", "3", "20.0", "28.0"],
        ["09", "3", "15.0", "35.0"],
    ]
