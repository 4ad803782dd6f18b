"""Routes of wall boards, counters' tablets and the supervisor's view."""

from functools import partial

from app.core.actor import SYSTEM
from app.queues import service
from app.queues.board_views import NewBoard, Shown
from app.queues.views import NewWalkIn
from tests import factories as make
from tests.doors.access import Answer, Person, Route, everybody, staff
from tests.doors.world import NOW

_HERE = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN)
_BY_ID = staff(
    outsider=Answer.FORBIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN
)
_Bearer = partial(Route, bearer=True)


def hung(world, name="Hall", **how):
    shows = Shown((world.rao.public_id,))
    wanted = NewBoard(world.kochi.public_id, name, shows, **how)
    return service.add_board(wanted, by=SYSTEM, now=NOW)


def _facility(world):
    return {"facility": world.kochi.slug}


def _facility_id(world):
    return {"facility_id": world.kochi.public_id}


def _board(world):
    return _facility(world) | {"board": hung(world, "Door").id}


def _form(world):
    return {
        "name": "Door",
        "resources": world.rao.public_id,
        "privacy": "token",
        "languages": "en",
    }


def _json(world):
    return {"name": "Door", "shows": {"resources": [str(world.rao.public_id)]}}


def _queue(world):
    wanted = NewWalkIn(
        world.kochi.public_id,
        world.rao.public_id,
        world.visit.public_id,
        patient_id=make.patient().public_id,
    )
    return {"queue": service.walk_in(wanted, by=SYSTEM, now=NOW).queue_id}


def _called(world):
    queue = _queue(world)
    called = service.call_next(queue["queue"], by=SYSTEM, now=NOW)
    return queue | {"entry": called.id, "act": "recall"}


_LOOK = staff(outsider=Answer.HIDDEN)
_ACT = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)

BOARDS = (
    Route("tablets.show", "GET", _LOOK, args=_queue),
    Route("tablets.sit", "POST", _LOOK, args=_queue, form=lambda _: {"counter": ""}),
    Route("tablets.call_next", "POST", _ACT, args=_queue),
    Route("tablets.do", "POST", _ACT, args=_called),
    Route("supervise.show", "GET", _LOOK, args=_facility),
    Route("board.show", "GET", everybody(), args=lambda w: {"code": hung(w).code}),
    Route(
        "board.clip",
        "GET",
        dict.fromkeys(Person, Answer.HIDDEN),
        args=lambda _: {"language": "ml", "name": "nobody-said-this.mp3"},
    ),
    Route("screens.index", "GET", _HERE, args=_facility),
    Route("screens.new", "GET", _HERE, args=_facility),
    Route("screens.add", "POST", _HERE, args=_facility, form=_form),
    Route("screens.form", "GET", _HERE, args=_board),
    Route("screens.change", "POST", _HERE, args=_board, form=_form),
    Route("screens.counter_form", "GET", _HERE, args=_facility),
    Route(
        "screens.add_counter",
        "POST",
        _HERE,
        args=_facility,
        form=lambda _: {"code": "9", "name": "Counter 9"},
    ),
    _Bearer("api_boards.index", "GET", _HERE, args=_facility_id),
    _Bearer("api_boards.add", "POST", _HERE, args=_facility_id, json=_json),
    _Bearer(
        "api_boards.change",
        "POST",
        _BY_ID,
        args=lambda w: {"board_id": hung(w).id},
        json=lambda _: {"sound": False},
    ),
)
