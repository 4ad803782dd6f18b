"""The demo hospital at an hour when most of a hospital sleeps."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.booking import queries
from app.booking.kinds import Kind
from app.core.actor import SYSTEM
from app.core.spans import day_span, local_date
from app.directory import internal as directory
from app.exchange import demo, demo_setting
from app.exchange.demo_people import LONGEST
from app.exchange.errors import NotEmptyError
from app.queues import queries as queues

# Three in the morning of a Sunday in Kochi.
SUNDAY_NIGHT = datetime(2026, 3, 7, 21, 30, tzinfo=UTC)
MIDDAY = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
# Twenty to midnight there: the last slot of the day has begun, and is nearly full.
BEFORE_MIDNIGHT = datetime(2026, 3, 4, 18, 10, tzinfo=UTC)


class TestAtThreeOnSunday:
    """One load serves all: it is the slow part."""

    def test_is_a_hospital_in_which_a_receptionist_can_work(self, session):
        demo.load(now=SUNDAY_NIGHT)

        assert _counts(session) == {
            "facilities": 2,
            "departments": 4,
            "practitioners": 12,
            "equipment": 5,
            "patients": 500,
            "team_members": 3,
            "procedures": 1,
        }
        _has_a_place_to_book_and_somebody_inside(session)
        _has_its_doctor_of_two_cities(session)
        _has_one_on_leave_and_one_in_repair(session)
        _has_a_month_of_hours(session)
        _lets_everybody_in(session)
        _has_a_believable_trail(session)
        assert _number(session, "patients WHERE name = :name", name=LONGEST) == 1
        with pytest.raises(NotEmptyError):
            demo.load(now=SUNDAY_NIGHT)


def test_at_midday_every_running_clinic_has_one_inside(session):
    demo.load(now=MIDDAY)

    inside = dict(
        session.execute(
            text(
                "SELECT r.code, count(*) FROM appointments a"
                " JOIN resources r ON r.id = a.resource_id"
                " WHERE a.status = 'in_progress' GROUP BY r.code"
            )
        ).all()
    )
    assert {"dr-anjali-menon", "dr-arjun-nair", "dr-aisha-rahman"} <= set(inside)
    assert set(inside.values()) == {1}
    for status in ("completed", "no_show", "checked_in", "scheduled", "cancelled"):
        assert _number(session, "appointments WHERE status = :s", s=status) > 0
    assert "dr-fathima-beevi" not in inside
    _has_a_live_queue(session)


def test_before_midnight_casualty_still_lets_in_who_walks_in(session):
    demo.load(now=BEFORE_MIDNIGHT)

    assert _number(session, "appointments WHERE kind = 'walk_in'") == 3


def test_a_load_that_is_cut_short_leaves_nothing(session):
    class Cut(Exception):  # noqa: N818 - not an error of ours
        pass

    def cut(done, total):
        if done == total // 10:
            raise Cut

    with pytest.raises(Cut):
        demo.load(now=MIDDAY, progress=cut)

    assert demo.is_empty()
    assert _number(session, "audit_events") == 0


def _has_a_place_to_book_and_somebody_inside(session):
    admin = accounts.by_username("reception").actor
    kochi = directory.facility_by_slug("kochi")
    clinic = directory.resource_by_code("casualty-clinic", kochi.id)
    kind = directory.type_by_code("casualty")
    first, *_ = queries.openings(
        kochi, clinic, kind.public_id, SUNDAY_NIGHT, by=admin, now=SUNDAY_NIGHT
    )
    assert first.kind is Kind.TOKEN
    assert first.span.start - SUNDAY_NIGHT < timedelta(hours=1)
    inside = "appointments WHERE status = 'in_progress' AND resource_id = :id"
    assert _number(session, inside, id=clinic.id) == 1


def _has_a_live_queue(session):
    kochi = directory.facility_by_slug("kochi")
    desk = accounts.by_username("reception").actor
    found = {
        brief.resource.code: queues.queue(brief.id, by=desk, now=MIDDAY)
        for brief in queues.queues(kochi, by=desk, now=MIDDAY)
    }
    casualty, anjali = found["casualty-clinic"], found["dr-anjali-menon"]
    assert {True, False} == {each.walk_in for each in casualty.waiting}
    assert anjali.in_room
    assert anjali.done > 0
    assert _number(session, "counters") == 4
    (board,) = queues.boards(kochi, by=SYSTEM)
    assert queues.wall(board.code, now=MIDDAY).lines
    assert _number(session, "queue_policies") == 3


def _has_its_doctor_of_two_cities(session):
    posts = directory.posts_of_code("dr-thomas-kurian")
    zones = {directory.facilities()[each.facility_id].zone.key for each in posts}
    assert zones == {"Asia/Kolkata", "Asia/Dubai"}


def _has_one_on_leave_and_one_in_repair(session):
    now = "during @> CAST(:now AS timestamptz)"
    away = f"availability_exceptions WHERE NOT is_available AND {now}"
    assert _number(session, away, now=SUNDAY_NIGHT) == 1
    assert _number(session, f"maintenances WHERE {now}", now=SUNDAY_NIGHT) == 1


def _has_a_month_of_hours(session):
    admin = accounts.by_username("admin").actor
    kochi = directory.facility_by_slug("kochi")
    meera = directory.resource_by_code("dr-meera-krishnan", kochi.id)
    for ahead in (-7, 31):
        day = local_date(SUNDAY_NIGHT, kochi.zone) + timedelta(days=ahead)
        (column,) = queries.day(kochi, [meera], day, by=admin, now=SUNDAY_NIGHT)
        assert column.slots
        assert [each.reason for each in column.closed] == ["Lunch"]


def _lets_everybody_in(session):
    for username in demo_setting.STAFF:
        user = accounts_service.sign_in(
            username, demo_setting.PASSWORD, now=SUNDAY_NIGHT, demo=True
        )
        assert user.username == username
    kochi = directory.facility_by_slug("kochi")
    window = day_span(local_date(SUNDAY_NIGHT, kochi.zone), kochi.zone)
    for username in demo_setting.STAFF:
        actor = accounts.by_username(username).actor
        assert queries.appointments(kochi, window, by=actor)


def _has_a_believable_trail(session):
    late = "audit_events WHERE at > :now"
    assert _number(session, late, now=SUNDAY_NIGHT) == 0
    booked = (
        "audit_events WHERE actor_name LIKE 'Meena%'"
        " AND action IN ('appointment.booked', 'appointment.requested')"
    )
    assert _number(session, booked) == _number(session, "appointments")


def _counts(session):
    tables = (
        *("facilities", "departments", "practitioners", "equipment", "patients"),
        *("team_members", "procedures"),
    )
    return {table: _number(session, table) for table in tables}


def _number(session, of, **params):
    return session.scalar(text(f"SELECT count(*) FROM {of}"), params)
