"""The worked example of the source requirements, imported as it is shipped."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import text

from app.accounts.permissions import Role
from app.booking import queries
from app.booking.kinds import Kind
from app.booking.states import Status
from app.core.spans import Span, at, days
from app.directory import internal as directory
from app.exchange import service as exchange
from app.exchange.desk import Done
from app.exchange.errors import BadFileError
from app.exchange.service import NewImport
from tests import factories as make

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
GOOD = EXAMPLES / "doctor-roopak.yaml"
AS_PRINTED = EXAMPLES / "doctor-roopak-as-printed.yaml"
AS_OF = datetime(2024, 10, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
OCTOBER = list(days(date(2024, 10, 1), date(2024, 10, 31)))


@pytest.fixture
def admin(session):
    return make.user(Role.ADMIN).actor


def bring_in(path, by):
    order = NewImport(path.name, path.read_bytes(), as_of=AS_OF)
    return exchange.bring_in(order, by=by, now=NOW)


@pytest.fixture
def hospital(admin):
    bring_in(GOOD, admin)
    return directory.facility_by_slug("care-hospital")


@pytest.fixture
def roopak(hospital):
    return directory.resource_by_code("doctor-roopak", hospital.id)


def local(day, hour, minute=0):
    return at(date(2024, 10, day), time(hour, minute), make.KOLKATA)


def column(hospital, roopak, admin, day):
    (found,) = queries.day(hospital, [roopak], day, by=admin, now=AS_OF)
    return found


def clock(moment):
    return f"{moment.astimezone(make.KOLKATA):%H:%M}"


def spans(found):
    return [(clock(span.start), clock(span.end)) for span in found]


SLOTS = [
    ("10:00", "10:30"),
    ("10:30", "11:00"),
    ("11:00", "11:30"),
    ("11:30", "12:00"),
]
OPEN = [("12:00", "13:00"), ("14:00", "17:00")]


def test_offers_exactly_his_hours_each_day_of_october(hospital, roopak, admin):
    works = {d for d in OCTOBER if d.weekday() < 5 and d != date(2024, 10, 25)}

    found = {day: column(hospital, roopak, admin, day) for day in OCTOBER}

    for day, each in found.items():
        slots, open_time = (SLOTS, OPEN) if day in works else ([], [])
        assert (day, spans(s.span for s in each.slots)) == (day, slots)
        assert (day, spans(each.open)) == (day, open_time)
        assert {slot.tokens for slot in each.slots} <= {10}


def test_offers_nothing_outside_october(hospital, roopak, admin):
    for day in (date(2024, 9, 30), date(2024, 11, 1)):
        found = column(hospital, roopak, admin, day)

        assert (found.slots, found.open) == ((), ())


def test_tells_why_he_is_not_there_on_25_and_26_october(hospital, roopak, admin):
    leave = Span(local(25, 10), local(26, 21))

    for day in (date(2024, 10, 25), date(2024, 10, 26)):
        found = column(hospital, roopak, admin, day)

        away = [each for each in found.closed if each.reason == "On leave"]
        assert [each.span for each in away] == [leave.meet(found.day)]


def test_has_lunch_on_each_working_day(hospital, roopak, admin):
    found = column(hospital, roopak, admin, date(2024, 10, 21))

    lunch = [each for each in found.closed if each.reason == "Lunch"]
    assert spans(each.span for each in lunch) == [("13:00", "14:00")]


def test_leaves_eight_tokens_after_two(hospital, roopak, admin):
    first, *others = column(hospital, roopak, admin, date(2024, 10, 21)).slots

    assert (first.taken, first.left) == (2, 8)
    assert [slot.left for slot in others] == [10, 10, 10]
    booked = queries.in_slot(hospital, roopak, local(21, 10), by=admin)
    assert [(each.token, each.patient.name) for each in booked] == [
        ("R-01", "Patient 1"),
        ("R-02", "Patient 2"),
    ]
    assert {each.status for each in booked} == {Status.SCHEDULED}


def test_shows_his_operation_on_11_october(hospital, roopak, admin):
    found = column(hospital, roopak, admin, date(2024, 10, 11))

    (visit,) = found.visits
    assert (clock(visit.span.start), clock(visit.span.end)) == ("14:00", "16:00")
    assert (visit.patient, visit.status) == ("Patient 3", Status.SCHEDULED)
    assert spans(found.free) == [("12:00", "13:00"), ("16:00", "17:00")]


def test_doubles_no_slot_on_28_october(hospital, roopak, admin):
    found = column(hospital, roopak, admin, date(2024, 10, 28))

    assert spans(slot.span for slot in found.slots) == SLOTS
    assert found.tokens_left == 40


def test_importing_it_again_changes_nothing(hospital, admin, session):
    before = rows(session)

    report = bring_in(GOOD, admin)

    after = rows(session)
    assert report.added == 0
    assert all(set(each) == {Done.SAME} for each in report.counts.values())
    assert after.pop("audit_events") == before.pop("audit_events") + 1
    assert after == before


def test_the_file_as_printed_is_refused_for_its_sunday(admin):
    lines = AS_PRINTED.read_text(encoding="utf-8").splitlines()

    with pytest.raises(BadFileError) as refused:
        bring_in(AS_PRINTED, admin)

    problems = refused.value.problems
    assert [each.code for each in problems] == ["not_offered", "not_offered"]
    assert [each.params["reason"] for each in problems] == ["hours", "hours"]
    wrong = [n for n, line in enumerate(lines, 1) if "2024-10-20 10:00" in line]
    assert [each.line for each in problems] == wrong
    assert {each.field for each in problems} == {"start"}


def test_the_refusal_names_the_nearest_slots(admin):
    with pytest.raises(BadFileError) as refused:
        bring_in(AS_PRINTED, admin)

    for problem in refused.value.problems:
        starts = [each.span.start for each in problem.nearest]
        assert starts == [local(21, 10), local(21, 10, 30), local(21, 11)]
        assert {each.kind for each in problem.nearest} == {Kind.TOKEN}
        assert [each.left for each in problem.nearest] == [10, 10, 10]


def test_nothing_of_the_refused_file_is_kept(admin, session):
    before = rows(session)

    with pytest.raises(BadFileError):
        bring_in(AS_PRINTED, admin)

    assert rows(session) == before


def test_the_trail_tells_both_times(hospital, admin, session):
    told = session.execute(
        text("SELECT action, at, after FROM audit_events WHERE actor = :actor"),
        {"actor": admin.key},
    ).all()

    (done,) = [each for each in told if each.action == "import.done"]
    acts = {each.at for each in told if each.action != "import.done"}
    assert acts == {AS_OF}
    assert (done.at, done.after["as_of"]) == (NOW, AS_OF.isoformat())
    assert (done.after["file"], len(done.after["sha256"])) == (GOOD.name, 64)
    assert done.after["counts"]["tokens"] == {"added": 2}


def rows(session):
    """Count the rows of every table."""
    tables = session.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ).all()
    return {
        table: session.scalar(text(f'SELECT count(*) FROM "{table}"'))
        for table in tables
    }
