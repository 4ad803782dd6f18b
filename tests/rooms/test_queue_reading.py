"""Reading queues: few statements, versions, waits, and what time alone brings."""

from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, text, update

from app.accounts.permissions import Role
from app.booking import queries as bookings
from app.booking import service as booking
from app.booking.states import Status
from app.core import copies
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import ForbiddenError, NotFoundError
from app.core.spans import Span
from app.doors import queue_words
from app.queues import queries, service, versions, waits
from app.queues.kinds import EntryIs, Level
from app.queues.models import Encounter
from app.queues.waits import Ahead, Pace
from tests import factories as make
from tests.factories import NOW, local
from tests.rooms.lobby import MINUTE, TEN, open_lobby, with_copies

MANY = 100
MOST_STATEMENTS = 4


@pytest.fixture
def lobby(session):
    return open_lobby()


@contextmanager
def counting():
    sent = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            sent.append(statement)

    connection = db.session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", note)


class TestOne:
    """Place and wait are worked out twice, of one and of all: they agree."""

    def test_each_is_told_as_in_the_whole_line(self, lobby):
        came = [lobby.walks_in(TEN, f"P{n}") for n in range(6)]
        until = TEN + 30 * MINUTE
        boosted = came[4].id
        service.boost(boosted, 15, "fever", until, by=lobby.meena, now=TEN)
        inside = lobby.call(came[0], TEN + MINUTE)
        service.start(inside.id, by=SYSTEM, now=TEN + 2 * MINUTE)
        lobby.call(came[0], TEN + 3 * MINUTE)
        service.hold(came[5].id, by=lobby.meena, now=TEN + 3 * MINUTE)

        for now in (TEN + 9 * MINUTE, until):
            told = lobby.queue(came[0], now)
            whole = [*told.in_room, *told.called, *told.waiting, *told.aside]
            assert len(whole) == 6
            assert whole == [
                queries.entry(each.id, by=lobby.meena, now=now) for each in whole
            ]

    def test_a_newcomer_is_told_as_they_stand_then(self, lobby):
        lobby.booked(TEN, "Asha")
        lobby.walks_in(TEN, "Urgent", level=Level.URGENT)

        for come in (lobby.walks_in, lobby.booked):
            told = come(TEN, "Ravi")
            assert told == queries.entry(told.id, by=lobby.meena, now=TEN)
            assert told.position > 1


class TestStatements:
    def test_a_hundred_cost_four(self, lobby):
        for number in range(MANY):
            entry = lobby.walks_in(TEN + number * MINUTE, f"P{number}")
        db.session.expire_all()

        with counting() as sent:
            told = queries.queue(entry.queue_id, by=SYSTEM, now=local(12))

        assert len(told.waiting) == MANY
        assert len(sent) <= MOST_STATEMENTS, sent

    def test_a_version_costs_one_without_redis(self, lobby, monkeypatch):
        entry = lobby.walks_in(TEN)
        monkeypatch.setattr(copies, "_copies", copies.Copies(None))

        with counting() as sent:
            queries.version(entry.queue_id, now=TEN)

        assert len(sent) == 1
        # A page or two are read whole faster; here the way by the index is looked at.
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(
            db.session.scalars(
                text(
                    "EXPLAIN (COSTS OFF) SELECT count(*) FROM queue_changes"
                    " WHERE queue_id = 1 AND at <= now()"
                )
            )
        )
        assert "ix_queue_changes_queue_id" in plan

    def test_a_version_costs_none_with_its_copy(self, lobby, worker, monkeypatch):
        entry = lobby.walks_in(TEN)

        first, again, sent = with_copies(
            monkeypatch,
            worker,
            counting,
            lambda: queries.version(entry.queue_id, now=TEN),
        )

        assert (again, sent) == (first, [])


class TestVersion:
    @pytest.fixture(autouse=True)
    def _no_copies(self, monkeypatch):
        monkeypatch.setattr(copies, "_copies", copies.Copies(None))

    def test_turns_with_every_act(self, lobby):
        entry = lobby.walks_in(TEN)
        seen = [self.of(entry, TEN)]
        for act in (service.hold, service.bring_back, service.call, service.start):
            act(entry.id, by=lobby.meena, now=TEN)
            seen.append(self.of(entry, TEN))

        assert len(set(seen)) == len(seen)

    def test_turns_when_a_boost_ends(self, lobby):
        entry, until = lobby.walks_in(TEN), TEN + 30 * MINUTE
        service.boost(entry.id, 10, "fever", until, by=lobby.meena, now=TEN)

        before = self.of(entry, until - MINUTE)

        assert self.of(entry, TEN) == before
        assert self.of(entry, until) != before

    def test_turns_when_an_appointment_is_cancelled(self, lobby):
        told = lobby.token()
        entry = lobby.arrive(told, TEN)
        before = self.of(entry, TEN)

        booking.cancel(told.id, "ill", by=lobby.meena, now=TEN)

        assert self.of(entry, TEN) != before

    def test_is_that_of_what_was_read(self, lobby):
        entry = lobby.walks_in(TEN)

        assert lobby.queue(entry, TEN).version == self.of(entry, TEN)

    def test_is_of_a_queue_that_is_there(self, session):
        with pytest.raises(NotFoundError):
            queries.version(uuid4(), now=NOW)

    def of(self, entry, now):
        return queries.version(entry.queue_id, now=now)


class TestCopies:
    def test_live_a_second_at_the_most(self, app):
        kept = copies.Copies(app.extensions["baari.settings"].redis_url)
        kept.write("test", "7")

        assert kept.read("test") == "7"
        left = kept._redis.pttl(copies._key("test"))
        assert 0 < left <= 1000
        kept.drop("test")
        assert kept.read("test") is None

    def test_are_done_without_when_redis_is_away(self):
        away = copies.Copies("redis://127.0.0.1:1/0")

        away.write("test", "7")

        assert away.read("test") is None
        away.drop("test")

    def test_are_dropped_by_a_change(self, lobby):
        entry = lobby.walks_in(TEN)
        before = queries.version(entry.queue_id, now=TEN)

        service.hold(entry.id, by=lobby.meena, now=TEN)

        assert copies.read(versions._name(entry.queue_id)) is None
        assert queries.version(entry.queue_id, now=TEN) != before


class TestWaits:
    def test_add_up_by_those_ahead(self):
        told = waits.estimate([Ahead(Pace(600, 900)), Ahead(Pace(600, 1000))])

        assert (told.low_s, told.high_s) == (1200, 1700)

    def test_count_who_is_inside_by_what_is_left(self):
        assert waits.estimate([Ahead(Pace(600, 600), 400)]).low_s == 200
        assert waits.estimate([Ahead(Pace(600, 600), 900)]).low_s == 150

    def test_are_shared_by_rooms(self):
        ahead = [Ahead(Pace(600, 900))] * 4

        one, two = waits.estimate(ahead), waits.estimate(ahead, rooms=2)

        assert (one.low_s, two.low_s) == (2400, 1200)

    def test_know_only_what_is_usual_at_first(self):
        assert waits.pace({}, 7, 10) == Pace(600, 960)
        assert waits.pace({"7": [300, 400, 4]}, 7, 10) == Pace(600, 960)

    def test_know_the_type_then_the_doctor(self):
        paces = {"7": [300, 400, 5], "0": [500, 800, 9]}

        assert waits.pace(paces, 7, 10) == Pace(300, 400)
        assert waits.pace(paces, 8, 10) == Pace(500, 800)

    def test_are_learnt_from_visits(self, lobby):
        for number in range(6):
            entry = lobby.walks_in(TEN, f"P{number}")
            service.start(entry.id, by=lobby.meena, now=TEN)
            end = TEN + (4 + number) * MINUTE
            service.complete(entry.id, by=lobby.meena, now=end)

        lobby.walks_in(TEN, "First")
        second = lobby.walks_in(TEN, "Second")

        assert waits.observe(lobby.rao.id)[str(lobby.visit.id)] == [390, 510, 6]
        assert (second.wait.low_s, second.wait.high_s) == (390, 510)

    def test_leave_tests_out(self, lobby):
        entry = lobby.walks_in(TEN)
        for act, minutes in (
            (service.start, 0),
            (service.send_for_tests, 5),
            (service.bring_back, 40),
            (service.start, 45),
            (service.complete, 48),
        ):
            act(entry.id, by=lobby.meena, now=TEN + minutes * MINUTE)

        assert db.session.scalars(
            text("SELECT room_seconds FROM encounters")
        ).all() == [8 * 60]

    def test_that_were_told_are_measured(self, lobby):
        first, second = (lobby.walks_in(TEN, name) for name in "AB")
        for entry, minutes in ((first, 0), (second, 35)):
            now = TEN + minutes * MINUTE
            for act in (service.call, service.start, service.complete):
                act(entry.id, by=lobby.meena, now=now)

        told = queries.accuracy(
            lobby.place, Span(NOW, local(20)), by=make.user(Role.ANALYST).actor
        )

        # Nobody was before the first: none to wait. A visit of half an hour usually
        # takes no more than 48 minutes.
        assert (told.told, told.sooner, told.within, told.later) == (2, 0, 2, 0)
        assert told.median_off_s == 2 * 60
        with pytest.raises(ForbiddenError):
            queries.accuracy(lobby.place, Span(NOW, local(20)), by=lobby.meena)


class TestWhoMaySee:
    def test_an_analyst_sees_no_names(self, lobby):
        entry = lobby.walks_in(TEN)
        anu = make.user(Role.ANALYST, lobby.place).actor

        (seen,) = queries.queue(entry.queue_id, by=anu, now=TEN).waiting

        assert (seen.token, seen.patient) == ("A-01", None)

    def test_a_stranger_sees_nothing(self, lobby):
        entry = lobby.walks_in(TEN)
        ravi = make.user(Role.RECEPTION, make.facility()).actor

        with pytest.raises(NotFoundError):
            queries.queue(entry.queue_id, by=ravi, now=TEN)
        with pytest.raises(NotFoundError):
            queries.entry(entry.id, by=ravi, now=TEN)

    def test_a_day_lists_its_queues(self, lobby):
        lobby.walks_in(TEN, "A")
        entry = lobby.walks_in(TEN + MINUTE, "B")
        service.start(entry.id, by=lobby.meena, now=TEN + MINUTE)

        (brief,) = queries.queues(lobby.place, by=lobby.meena, now=TEN)

        assert (brief.waiting, brief.in_room, brief.since) == (1, 1, TEN)
        assert brief.resource.id == lobby.rao.id


class TestWords:
    def test_say_why_somebody_stands_there(self, lobby):
        entry = lobby.walks_in(TEN, level=Level.URGENT)
        until = TEN + 30 * MINUTE
        told = service.boost(entry.id, 5, "fever", until, by=lobby.meena, now=TEN)

        assert queue_words.why(told) == [
            "came at 10:00",
            "walked in +20 min",
            "urgent -30 min",
            f"sent ahead -5 min until 10:30 by {lobby.meena.name}: fever",
        ]


class TestTheSweep:
    def test_marks_who_did_not_come(self, lobby):
        lobby.policy(no_show_minutes=30)
        told, came = lobby.token(), lobby.token("Leela")
        entry = lobby.arrive(came, TEN)
        end = told.span.end

        early = service.sweep_no_shows(by=SYSTEM, now=end + 29 * MINUTE)
        late = service.sweep_no_shows(by=SYSTEM, now=end + 30 * MINUTE)

        assert (early, late) == (0, 1)
        assert status(told) is Status.NO_SHOW
        assert status(came) is Status.CHECKED_IN
        assert lobby.queue(entry, TEN).waiting

    def test_leaves_history_alone(self, lobby):
        lobby.token()

        assert service.sweep_no_shows(by=SYSTEM, now=TEN + timedelta(days=3)) == 0

    def test_marks_the_one_of_a_group_who_did_not_come(self, lobby):
        group = lobby.timed()
        leela = make.patient("Leela")
        booking.add_participant(group.id, leela.public_id, by=SYSTEM, now=NOW)
        service.check_in(
            group.id, by=lobby.meena, now=local(14), patient_id=leela.public_id
        )

        assert service.sweep_no_shows(by=SYSTEM, now=local(20)) == 1
        told = bookings.appointment(group.id, by=SYSTEM)
        assert {p.patient.name: p.status for p in told.participants} == {
            "Asha": Status.NO_SHOW,
            "Leela": Status.CHECKED_IN,
        }


class TestTheEndOfTheDay:
    def test_closes_what_is_left(self, lobby):
        waiting, inside = lobby.walks_in(TEN, "A"), lobby.walks_in(TEN, "B")
        service.start(inside.id, by=lobby.meena, now=TEN)
        service.pause(waiting.queue_id, "gone", by=lobby.meena, now=TEN)
        midnight = local(0) + timedelta(days=1)

        early = service.close_days(by=SYSTEM, now=midnight + timedelta(hours=5))
        late = service.close_days(by=SYSTEM, now=midnight + timedelta(hours=7))
        again = service.close_days(by=SYSTEM, now=midnight + timedelta(hours=8))

        assert (early, late, again) == (0, 1, 0)
        left = [queries.entry(e.id, by=SYSTEM, now=midnight) for e in (waiting, inside)]
        assert [each.state for each in left] == [EntryIs.NO_SHOW, EntryIs.DONE]
        assert [status(each) for each in left] == [Status.NO_SHOW, Status.COMPLETED]
        assert waits.observe(lobby.rao.id) == {}

    def test_forgets_changes_of_long_ago(self, lobby):
        lobby.walks_in(TEN)
        service.close_days(by=SYSTEM, now=TEN + timedelta(days=1))

        service.close_days(by=SYSTEM, now=TEN + timedelta(days=9))

        assert db.session.scalar(text("SELECT count(*) FROM queue_changes")) == 0


def status(told):
    found = getattr(told, "appointment_id", told.id)
    return bookings.appointment(found, by=SYSTEM).status


def test_paces_are_those_of_one_doctor(lobby):
    other = lobby.walks_in(TEN)
    for act in (service.start, service.complete):
        act(other.id, by=lobby.meena, now=TEN + MINUTE)
    db.session.execute(update(Encounter).values(resource_id=lobby.suresh.id))

    assert waits.observe(lobby.rao.id) == {}
