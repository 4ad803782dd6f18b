"""Rivals in a queue with real commits: nobody is called twice, nobody is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import create_engine, func, select, text

from app.booking import service as booking
from app.core.db import db
from app.core.errors import DomainError
from app.queues import queries, service
from app.queues.errors import NobodyWaitsError
from app.queues.kinds import Act, EntryIs, Level, WalkIns
from app.queues.models import QueueAct, QueueEntry
from app.queues.views import NewCounter
from tests import servers
from tests.factories import NOW, SYSTEM
from tests.rooms.lobby import MINUTE, TEN, open_lobby

COUNTERS = 20
PATIENTS = 60
RIVALS = 8

pytestmark = [pytest.mark.timeout(120)]


@pytest.fixture
def lobby(app, worker):
    """Open a lobby whose commits last, and where each rival has a connection."""
    url = servers.start_shared().database_url_for(f"baari_queue_race_{worker}")
    engine = create_engine(url, pool_size=COUNTERS + 2, max_overflow=0)
    with app.app_context():
        engines = db._app_engines[app]
        others, engines[None] = engines[None], engine
        try:
            yield open_lobby()
        finally:
            db.session.remove()
            engines[None] = others
            engine.dispose()


def race(app, attempts):
    """Let all attempts begin at one moment; give what each came to."""
    start = Barrier(len(attempts))

    def run(attempt):
        with app.app_context():
            db.session.execute(text("SELECT 1"))
            db.session.rollback()
            start.wait(timeout=60)
            try:
                return attempt()
            except DomainError as refused:
                return refused.code

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(run, attempts))


def waiting(queue_id):
    """Count who could be called, as somebody who looks just now sees it."""
    db.session.rollback()
    found = select(func.count()).where(
        QueueEntry.state == EntryIs.WAITING, QueueEntry.present_at.is_not(None)
    )
    number = db.session.scalar(found)
    db.session.rollback()
    return number


def test_twenty_counters_call_everybody_once_in_their_order(app, lobby):
    levels = (Level.ROUTINE, Level.ROUTINE, Level.URGENT, Level.EMERGENCY)
    for number in range(PATIENTS):
        at = TEN + (number * 7 % 20) * MINUTE
        entry = lobby.walks_in(at, f"P{number}", level=levels[number % 4])
    now = TEN + timedelta(hours=1)
    expected = [e.token for e in lobby.queue(entry, now).waiting]
    desks = [
        service.add_counter(
            NewCounter(lobby.place.public_id, str(n), f"Counter {n}"),
            by=SYSTEM,
            now=NOW,
        )
        for n in range(COUNTERS)
    ]
    db.session.rollback()

    def press(desk):
        def pressing():
            called, wrongly = [], 0
            # Each presses until refused, and at the most as often as there are people.
            for _ in range(PATIENTS):
                try:
                    told = lobby.call(entry, now, counter_id=desk.id)
                except NobodyWaitsError:
                    wrongly += waiting(entry.queue_id)
                    break
                called.append(told.token)
            return called, wrongly

        return pressing

    outcomes = race(app, [press(desk) for desk in desks])

    assert [each for each in outcomes if isinstance(each, str)] == []
    called = [token for tokens, _ in outcomes for token in tokens]
    assert sorted(called) == sorted(expected)
    assert sum(wrongly for _, wrongly in outcomes) == 0
    assert in_the_order_of_calls(entry) == expected


def in_the_order_of_calls(entry):
    """Name who was called, in the order in which the database let it happen."""
    rows = db.session.scalars(
        select(QueueEntry.public_id)
        .join(QueueAct, QueueAct.entry_id == QueueEntry.id)
        .where(QueueAct.act == Act.CALL)
        .order_by(QueueAct.id)
    ).all()
    found = queries.queue(entry.queue_id, by=SYSTEM, now=TEN).called
    tokens = {each.id: each.token for each in found}
    return [tokens[each] for each in rows if each in tokens]


def test_of_many_desks_one_checks_somebody_in(app, lobby):
    told = lobby.token()
    db.session.rollback()

    outcomes = race(app, [lambda: lobby.arrive(told, TEN)] * RIVALS)

    assert outcomes.count("status") == RIVALS - 1


def test_a_share_is_not_given_out_beyond_its_end(app, lobby):
    lobby.policy(walk_ins=WalkIns.SHARE, share=10)
    db.session.rollback()

    outcomes = race(
        app, [lambda n=n: lobby.walks_in(TEN, f"P{n}") for n in range(RIVALS)]
    )

    assert outcomes.count("walk_ins_full") == RIVALS - 4


def test_an_act_is_taken_back_once(app, lobby):
    entry = lobby.walks_in(TEN)
    service.hold(entry.id, by=lobby.meena, now=TEN)
    db.session.rollback()

    def take_back():
        return service.undo(entry.id, by=lobby.meena, now=TEN).state

    outcomes = race(app, [take_back] * RIVALS)

    # The others found the check-in to be the last act, and that goes back once too.
    assert outcomes.count(EntryIs.WAITING) == 1
    assert outcomes.count(EntryIs.OFF) <= 1
    assert outcomes.count("undo") >= RIVALS - 2


def test_counters_and_desks_at_once_leave_nobody_in_two_places(app, lobby):
    booked = [lobby.token(f"P{n}") for n in range(RIVALS)]
    entries = [lobby.arrive(told, TEN) for told in booked]
    db.session.rollback()
    attempts = []
    for told, entry in zip(booked, entries, strict=True):
        attempts += [
            lambda e=entry: lobby.call(e, TEN),
            lambda t=told: booking.cancel(t.id, "ill", by=SYSTEM, now=TEN),
        ]
    attempts.append(
        lambda: service.transfer(
            entries[0].id, lobby.suresh.public_id, by=lobby.meena, now=TEN
        )
    )

    outcomes = race(app, attempts)

    assert set(filter(lambda each: isinstance(each, str), outcomes)) <= {
        "nobody_waits",
        "entry_state",
        "busy",
    }
    inside = db.session.scalars(
        text(
            "SELECT count(*) FROM queue_entries e"
            " JOIN participants p ON p.id = e.participant_id"
            " WHERE (p.status = 'cancelled') <> (e.state = 'off')"
        )
    ).one()
    assert inside == 0
