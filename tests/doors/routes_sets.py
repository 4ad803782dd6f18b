"""Routes of the JSON door for whole sets: openings, procedures, teams, types."""

from functools import partial
from typing import Any

from app.booking import service as booking
from app.booking.views import Member, NewProcedure
from app.core.actor import SYSTEM
from app.directory import service as directory
from app.directory.service import NewMember, NewTeam
from tests.doors.access import Answer, Route, staff
from tests.doors.world import NOW, World, local

_READ = staff(outsider=Answer.HIDDEN)
_WRITE = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)
_MANAGE = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN)
_ADMIN = staff(
    outsider=Answer.FORBIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN
)

Row = partial(Route, bearer=True)


def _facility(world: World) -> dict[str, Any]:
    return {"facility_id": world.kochi.public_id}


def _rao(world: World) -> dict[str, Any]:
    return {"resource_id": str(world.rao.public_id)}


def _plan(world: World) -> dict[str, Any]:
    return {
        "name": "Biopsy",
        "type_id": str(world.visit.public_id),
        "minutes": 30,
        "needs": [_rao(world)],
        "patient_ids": [str(world.asha.public_id)],
    }


def _procedure(world: World) -> dict[str, Any]:
    order = NewProcedure(
        world.kochi.public_id,
        "Biopsy",
        world.visit.public_id,
        30,
        (Member(world.rao.public_id),),
    )
    return {"procedure_id": booking.add_procedure(order, by=SYSTEM, now=NOW).id}


def _team(world: World) -> dict[str, Any]:
    order = NewTeam("hearts", "Hearts", (NewMember(world.rao.public_id),))
    made = directory.add_team(world.kochi, order, by=SYSTEM, now=NOW)
    return _facility(world) | {"team_id": made.public_id}


def _type(world: World) -> dict[str, Any]:
    return {"type_id": world.visit.public_id}


_NEW_TYPE = {
    "code": "scan",
    "name": "Scan",
    "category": "procedure",
    "minutes": 20,
}

SETS = (
    Row(
        "api_procedures.first_openings",
        "POST",
        _READ,
        args=_facility,
        json=lambda w: {"members": [_rao(w)], "minutes": 30},
    ),
    Row("api_procedures.index", "GET", _READ, args=_facility),
    Row("api_procedures.add", "POST", _WRITE, args=_facility, json=_plan),
    Row("api_procedures.show", "GET", _READ, args=_procedure),
    Row("api_procedures.change", "PUT", _WRITE, args=_procedure, json=_plan),
    Row(
        "api_procedures.cancel",
        "POST",
        _WRITE,
        args=_procedure,
        json=lambda _: {"reason": "Better"},
    ),
    Row("api_procedures.openings", "GET", _READ, args=_procedure),
    Row(
        "api_procedures.book",
        "POST",
        _WRITE,
        args=_procedure,
        json=lambda _: {"starts_at": local(15).isoformat()},
    ),
    Row(
        "api_teams.add_team",
        "POST",
        _MANAGE,
        args=_facility,
        json=lambda w: {"code": "lungs", "name": "Lungs", "members": [_rao(w)]},
    ),
    Row("api_teams.team", "GET", _READ, args=_team),
    Row(
        "api_teams.set_members",
        "PUT",
        _MANAGE,
        args=_team,
        json=lambda w: {"members": [_rao(w)]},
    ),
    Row(
        "api_directory.change_resource",
        "PATCH",
        _ADMIN,
        args=lambda world: {"resource_id": world.theatre.public_id},
        json=lambda _: {"schedule_only": True},
    ),
    Row("api_teams.add_type", "POST", _ADMIN, json=lambda _: _NEW_TYPE),
    Row("api_teams.change_type", "PUT", _ADMIN, args=_type, json=lambda _: _NEW_TYPE),
    Row("api_teams.durations", "GET", staff(), args=_type),
    Row(
        "api_teams.set_duration",
        "PUT",
        _ADMIN,
        args=lambda w: _type(w) | {"resource_id": w.rao.public_id},
        json=lambda _: {"minutes": 45},
    ),
)
