"""Routes of comments and of the trail."""

from typing import Any

from tests.doors.access import Answer, Route, staff
from tests.doors.world import World

# What is said of a visit is said of a patient: who may only look does not read it.
_TALK = staff(outsider=Answer.HIDDEN, analyst=Answer.HIDDEN)


def _visit(world: World) -> dict[str, Any]:
    return {"kind": "appointment", "object_id": str(world.timed.id)}


OBJECTS = (
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
