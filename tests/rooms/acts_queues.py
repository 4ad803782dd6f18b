"""Every act of queues, each with somebody who does it."""

from datetime import timedelta

from app.booking import service as booking
from app.patients import service as patients
from app.patients.views import Need
from app.queues import service as queues
from app.queues.board_views import BoardChange, NewBoard, Shown
from app.queues.kinds import Level
from app.queues.views import Coming, NewCounter, NewLevel, NewPolicy, NewWalkIn
from tests import factories as make
from tests.factories import NOW, SYSTEM, local
from tests.rooms.cast import STRANGER

AFTER = local(23) + timedelta(days=1, hours=8)


def walk_in(cast, by=SYSTEM, **how):
    wanted = NewWalkIn(
        cast.place.public_id,
        cast.rao.public_id,
        cast.visit.public_id,
        patient_id=make.patient().public_id,
        coming=Coming(**how),
    )
    return queues.walk_in(wanted, by=by, now=NOW)


def entry(cast, *steps):
    """Let somebody come, and make some steps with them."""
    told = walk_in(cast)
    for step in steps:
        step(told.id, by=SYSTEM, now=NOW)
    return told.id


def queue(cast):
    return walk_in(cast).queue_id


def own(by):
    """Only who did something takes it back; a stranger finds somebody else's."""
    return by if by is not STRANGER else SYSTEM


def held(cast, by):
    found = entry(cast)
    queues.hold(found, by=own(by), now=NOW)
    return found


def paused(cast, by):
    found = queue(cast)
    queues.pause(found, "", by=own(by), now=NOW)
    return found


def counter(cast, by):
    wanted = NewCounter(cast.place.public_id, "1", "Counter 1")
    return queues.add_counter(wanted, by=by, now=NOW)


def board(cast, by=SYSTEM):
    shows = Shown(resources=(cast.rao.public_id,))
    wanted = NewBoard(cast.place.public_id, "Hall", shows)
    return queues.add_board(wanted, by=by, now=NOW)


def booked(cast):
    return booking.book_token(cast.token, by=SYSTEM, now=NOW)


def on_entry(act, *steps):
    return lambda c, by: act(entry(c, *steps), by=by, now=NOW)


def scan(cast, by):
    wanted = NewWalkIn(
        cast.place.public_id,
        cast.rao.public_id,
        cast.visit.public_id,
        patient_id=make.patient().public_id,
    )
    return queues.scan(wanted, by=by, now=NOW)


QUEUE_ACTS = {
    queues.scan: scan,
    patients.set_needs: lambda c, by: patients.set_needs(
        c.asha.public_id, {Need.VIP}, by=by, now=NOW, scope=make.EVERYWHERE
    ),
    queues.check_in: lambda c, by: queues.check_in(booked(c).id, by=by, now=NOW),
    queues.walk_in: walk_in,
    queues.confirm_print: lambda c, by: queues.confirm_print(
        entry(c), 1, by=by, now=NOW
    ),
    queues.confirm_booked_print: lambda c, by: queues.confirm_booked_print(
        booked(c).id, 1, by=by, now=NOW
    ),
    queues.mark_present: lambda c, by: queues.mark_present(
        walk_in(c, remote=True).id, by=by, now=NOW
    ),
    queues.call_next: lambda c, by: queues.call_next(queue(c), by=by, now=NOW),
    queues.call: on_entry(queues.call),
    queues.recall: on_entry(queues.recall, queues.call),
    queues.skip: on_entry(queues.skip),
    queues.hold: on_entry(queues.hold),
    queues.bring_back: on_entry(queues.bring_back, queues.hold),
    queues.start: on_entry(queues.start),
    queues.complete: on_entry(queues.complete, queues.start),
    queues.send_for_tests: on_entry(queues.send_for_tests, queues.start),
    queues.transfer: lambda c, by: queues.transfer(
        entry(c), make.resource(c.place).public_id, by=by, now=NOW
    ),
    queues.boost: lambda c, by: queues.boost(
        entry(c), 10, "fever", local(12), by=by, now=NOW
    ),
    queues.prioritise: lambda c, by: queues.prioritise(
        entry(c), Level.URGENT, "fever", by=by, now=NOW
    ),
    queues.add_level: lambda c, by: queues.add_level(
        NewLevel("Ward", minutes=20), by=by, now=NOW
    ),
    queues.change_level: lambda c, by: queues.change_level(
        queues.add_level(NewLevel("Ward"), by=SYSTEM, now=NOW).id,
        NewLevel("Ward 2", minutes=5),
        active=False,
        by=by,
        now=NOW,
    ),
    queues.undo: lambda c, by: queues.undo(held(c, by), by=by, now=NOW),
    queues.undo_in_queue: lambda c, by: queues.undo_in_queue(
        paused(c, by), by=by, now=NOW
    ),
    queues.pause: lambda c, by: queues.pause(queue(c), "", by=by, now=NOW),
    queues.resume: lambda c, by: queues.resume(queue(c), by=by, now=NOW),
    queues.run_late: lambda c, by: queues.run_late(queue(c), 9, "", by=by, now=NOW),
    queues.save_policy: lambda c, by: queues.save_policy(
        NewPolicy(c.place.public_id), by=by, now=NOW
    ),
    queues.add_counter: counter,
    queues.add_board: board,
    queues.change_board: lambda c, by: queues.change_board(
        board(c).id, BoardChange(name="Door"), by=by, now=NOW
    ),
    queues.change_counter: lambda c, by: queues.change_counter(
        counter(c, SYSTEM).id, by=by, now=NOW, name="Window"
    ),
    queues.sweep_no_shows: lambda c, by: (
        booked(c),
        queues.sweep_no_shows(by=by, now=local(23)),
    ),
    queues.close_days: lambda c, by: (
        walk_in(c),
        queues.close_days(by=by, now=AFTER),
    ),
}
