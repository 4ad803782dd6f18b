"""Reports as a browser without JavaScript reads them, and as files."""

import csv
import io
from datetime import timedelta

import pytest

from app.booking import service as booking
from app.core.actor import SYSTEM
from app.queues import queries as slips
from app.queues import service as queues
from app.queues.views import NewWalkIn
from tests import factories as make
from tests.doors import people
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)

NAMES = ("utilization", "waiting", "no-shows", "lead-time", "tokens", "ratings")
TODAY = "first=2026-03-02&last=2026-03-02"


@pytest.fixture
def anu(app, world):
    """Let the analyst come, signed in."""
    return people.signed_in(app, world.anu)


@pytest.fixture
def day(world):
    """Let one come, be seen and rate it, and one not."""
    walked = queues.walk_in(
        NewWalkIn(
            world.kochi.public_id,
            world.rao.public_id,
            world.visit.public_id,
            patient_id=make.patient("Ravi Menon").public_id,
        ),
        by=SYSTEM,
        now=NOW,
    )
    called = NOW + timedelta(minutes=12)
    queues.call(walked.id, by=SYSTEM, now=called)
    queues.start(walked.id, by=SYSTEM, now=called)
    queues.complete(walked.id, by=SYSTEM, now=called)
    slip = slips.slip(walked.id, by=SYSTEM, now=called)
    booking.rate_own(slip.secret, 4, "", now=called)
    booking.no_show(world.timed.id, by=SYSTEM, now=local(15))


def table(answer):
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


@pytest.mark.parametrize("name", NAMES)
def test_every_report_has_its_numbers_tables_and_their_meaning(
    anu, day, name, time_machine
):
    time_machine.move_to(local(16), tick=False)
    shown = anu.get(f"/reports/kochi/{name}?{TODAY}").text

    assert "How this is counted" in shown
    charts = shown.count('<svg class="chart"')
    assert charts >= 1
    assert shown.count("<desc id=") == charts
    assert shown.count("<table") >= charts
    assert 'aria-current="page"' in shown


def test_utilization_of_a_day_by_the_hour(anu, world):
    rows = table(anu.get(f"/reports/kochi/utilization.csv?{TODAY}&table=week&kind="))

    by_hour = dict(zip(rows[0], rows[1], strict=True))
    assert by_hour["Weekday"] == "Mon"
    # One token of the four of a half hour, of an hour with a theatre open beside it.
    assert by_hour["10 (%)"] == "6.25"
    assert by_hour["14 (%)"] == "25.0"


def test_utilization_begins_with_the_doctors_and_shows_all_when_asked(anu, world):
    def names(more):
        rows = table(anu.get(f"/reports/kochi/utilization.csv?{TODAY}{more}"))
        return {row[0] for row in rows[1:]}

    assert names("") == {world.rao.name}
    assert names("&kind=") == {world.rao.name, world.theatre.name}
    assert names(f"&department={world.medicine.public_id}&kind=location") == set()


def test_waits_are_told_by_how_people_came(anu, day):
    rows = table(anu.get(f"/reports/kochi/waiting.csv?{TODAY}&table=ways"))

    assert rows[2] == ["Walked in", "1", "12.0", "12.0"]


def test_a_file_holds_no_formula(anu, world):
    make.resource(world.kochi, name="=1+1", code="sum")

    told = anu.get(f"/reports/kochi/utilization.csv?{TODAY}").get_data(as_text=True)

    assert "\n'=1+1," in told


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("first=2026-03-02&last=2026-03-01", "last"),
        ("first=2026-01-01&last=2026-12-31", "last"),
        ("first=yesterday", "first"),
        ("kind=spaceship", "kind"),
    ],
)
def test_filters_that_cannot_be_right_are_kept_and_named(anu, asked, field):
    answer = anu.get(f"/reports/kochi/utilization?{asked}")

    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text


def test_an_unknown_report_is_none(anu):
    assert anu.get("/reports/kochi/horoscope").status_code == 404


def test_days_without_anything_say_so(anu):
    shown = anu.get("/reports/kochi/waiting?first=2020-01-01&last=2020-01-02").text

    assert "Nothing to count" in shown


def test_the_desk_is_not_shown_the_way(meena):
    assert "/reports/kochi" not in meena.get("/calendar/kochi").text
