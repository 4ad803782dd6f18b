"""A wall board for browsers: a doctor for whom people wait, a counter that calls."""

from datetime import UTC, datetime

from app.core.actor import SYSTEM
from app.patients.views import NewPatient
from app.queues import service
from app.queues.board_views import NewBoard, Shown
from app.queues.views import NewCounter, NewWalkIn
from tests import factories as make

NAMES = ("Leela Pillai", "Ravi Menon", "Diya Nair")


def hang(place, names=NAMES):
    """Hang a board for a doctor of its own; give it, the queue, and a counter."""
    now = datetime.now(UTC)
    doctor = make.resource(place, name="Dr Asha Menon", token_prefix="W", room="Room 7")
    kind = make.kind(15)
    wanted = NewCounter(place.public_id, "9", "Counter 9")
    counter = service.add_counter(wanted, by=SYSTEM, now=now)
    shows = Shown((doctor.public_id,), (counter.id,))
    board = service.add_board(
        NewBoard(place.public_id, "OPD floor 1", shows, languages=("en", "hi", "ml")),
        by=SYSTEM,
        now=now,
    )
    came = [
        service.walk_in(
            NewWalkIn(
                place.public_id,
                doctor.public_id,
                kind.public_id,
                person=NewPatient(name),
            ),
            by=SYSTEM,
            now=now,
        )
        for name in names
    ]
    return board, came[0].queue_id, counter


def do(site, act, *args, **more):
    with site.app.app_context():
        return act(*args, by=SYSTEM, now=datetime.now(UTC), **more)
