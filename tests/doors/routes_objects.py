"""Routes of comments and of the trail."""

from typing import Any

from flask import current_app

from app.booking import queries as booking_queries
from app.booking import service as booking
from app.booking.views import Arrangement
from app.core.actor import SYSTEM
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.doors.access import Answer, Route, staff
from tests.doors.world import NOW, World

# What is said of a visit is said of a patient: who may only look does not read it.
_TALK = staff(outsider=Answer.HIDDEN, analyst=Answer.HIDDEN)
_WRITE = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)
_TRAIL = staff(
    outsider=Answer.FORBIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN
)


# Who may read what is said of a visit may not yet read who did what to it.
_HISTORY = staff(outsider=Answer.HIDDEN, analyst=Answer.HIDDEN, desk=Answer.FORBIDDEN)


def _week(world: World) -> dict[str, Any]:
    return {"from": "2026-03-01T00:00Z", "to": "2026-03-08T00:00Z"}


def _visit(world: World) -> dict[str, Any]:
    return {"kind": "appointment", "object_id": str(world.timed.id)}


def _chair(world: World) -> dict[str, Any]:
    """Give Asha's visit a chair; it is undone with the rest of the request."""
    # A session of its own, as the request has: what it keeps is undone with it.
    with current_app.app_context():
        make.hours(world.kochi)
        chair = make.resource(world.kochi, ResourceKind.CHAIR)
        to = Arrangement(chairs=(chair.public_id,))
        booking.assign(world.timed.id, to, by=SYSTEM, now=NOW)
    return {"appointment": world.timed.id, "resource": chair.public_id}


def _timed(world: World) -> dict[str, Any]:
    return {"appointment": world.timed.id}


def _other(_: World) -> dict[str, Any]:
    return {"patient": str(make.patient("Binu").public_id)}


def _together(world: World) -> dict[str, Any]:
    with current_app.app_context():
        other = make.patient("Binu").public_id
        booking.add_participant(world.timed.id, other, by=SYSTEM, now=NOW)
    return {"appointment": world.timed.id, "patient": other}


def _cancelled(world: World) -> dict[str, Any]:
    with current_app.app_context():
        booking.cancel(world.timed.id, "ill", by=SYSTEM, now=NOW)
        assert booking_queries.appointment(world.timed.id, by=SYSTEM)
    return {"appointment": world.timed.id}


OBJECTS = (
    # The page of the visit, without what was said for who may not read it.
    Route("api_trail.of_object", "GET", _HISTORY, args=_visit, bearer=True),
    Route("api_trail.search", "GET", _TRAIL, args=_week, bearer=True),
    Route("objects.show", "GET", staff(outsider=Answer.HIDDEN), args=_visit),
    Route(
        "objects.comment",
        "POST",
        _TALK,
        args=_visit,
        form=lambda _: {"comment": "Comes by ambulance"},
    ),
    Route("trail.search", "GET", _TRAIL),
    Route("members.show", "GET", _WRITE, args=_timed),
    Route("members.add", "POST", _WRITE, args=_timed, form=_other),
    Route("members.remove", "POST", _WRITE, args=_together),
    Route("swaps.form", "GET", _WRITE, args=_chair),
    Route("swaps.swap", "POST", _WRITE, args=_chair, form=lambda _: {"to": "none"}),
    Route(
        "swaps.complete",
        "POST",
        _WRITE,
        args=lambda w: {"appointment": w.timed.id},
    ),
    # Only who made a move takes it back: to all others it says so on the page.
    Route("appointments.undo", "POST", _WRITE, args=_cancelled),
    Route("api_comments.index", "GET", _TALK, args=_visit, bearer=True),
    Route(
        "api_comments.create",
        "POST",
        _TALK,
        args=_visit,
        json=lambda _: {"text": "Comes by ambulance"},
        bearer=True,
    ),
)
