"""Routes of the set-up pages."""

from app.accounts import service as accounts
from app.accounts.permissions import Permission
from app.accounts.roles import NewRole
from app.core.actor import SYSTEM
from app.queues import service as queues
from app.queues.views import NewLevel
from tests.doors.access import Answer, Route, staff
from tests.doors.world import NOW

# Admins set up; who has no role in a facility is not told that it is there.
HERE = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN)
ANYWHERE = staff(
    outsider=Answer.FORBIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN
)


def _facility(world):
    return {"facility": world.kochi.slug}


def _theatre(world):
    return _facility(world) | {"code": world.theatre.code}


def _visit(world):
    return _facility(world) | {"kind": world.visit.public_id}


def _gap(world):
    return _facility(world) | {"kind": "dose_gap"}


def _room(world):
    return _facility(world) | {"department": world.medicine.public_id}


def _clerk(world):
    order = NewRole("clerk", "Clerk", frozenset({Permission.VIEW_CALENDAR}))
    accounts.add_role(order, by=SYSTEM, now=NOW)
    return _facility(world) | {"code": "clerk"}


def _policy(world):
    return _facility(world) | {"where": world.medicine.public_id}


def _ordered(_):
    return {
        "scoring": "first_come",
        "walk_ins": "queue",
        "skip_places": "3",
        "no_show_minutes": "60",
        "long_wait_minutes": "30",
        "too_long_wait_minutes": "45",
    }


def _level(world):
    made = queues.add_level(NewLevel("Camp"), by=SYSTEM, now=NOW)
    return _facility(world) | {"level": made.id}


def _ward(_):
    return {"name": "Ward", "says": "From the ward", "minutes": "20", "active": "1"}


def _meena(world):
    return _facility(world) | {"username": world.meena.username}


def _site(_):
    return {"name": "Aluva", "slug": "aluva", "zone": "Asia/Kolkata"}


def _thing(_):
    return {"kind": "room", "name": "Room 9", "code": "room-9", "capacity": "1"}


def _theatre_as_it_is(_):
    kept = {"buffer_before": "0", "buffer_after": "0"}
    return {"name": "Theatre", "capacity": "1", "active": "1"} | kept


def _ent(_):
    return {"name": "ENT", "active": "1"}


def _type(_):
    return {"name": "BCG", "code": "bcg", "category": "vaccination", "minutes": "10"}


def _user(_):
    return {"name": "Lina", "username": "lina", "password": "long enough"}


def _role(_):
    return {"name": "Clerk", "code": "clerk", "permissions": "booking:view_calendar"}


def _given(_):
    return {"role": "nurse", "where": "facility"}


SETUP = (
    Route("setup.index", "GET", ANYWHERE),
    Route("setup.facility_form", "GET", ANYWHERE),
    Route("setup.add_facility", "POST", ANYWHERE, form=_site),
    Route("setup.show", "GET", HERE, args=_facility),
    Route("setup.change_form", "GET", HERE, args=_facility),
    Route("setup.change", "POST", HERE, args=_facility, form=_site),
    Route("setup.priorities", "GET", HERE, args=_facility),
    Route("departments.index", "GET", HERE, args=_facility),
    Route("departments.form", "GET", HERE, args=_facility),
    Route(
        "departments.add",
        "POST",
        HERE,
        args=_facility,
        form=lambda _: {"name": "Vaccination"},
    ),
    Route("departments.change_form", "GET", HERE, args=_room),
    Route("departments.change", "POST", HERE, args=_room, form=_ent),
    Route("things.index", "GET", HERE, args=_facility),
    Route("things.form", "GET", HERE, args=_facility),
    Route("things.add", "POST", HERE, args=_facility, form=_thing),
    Route("things.change_form", "GET", HERE, args=_theatre),
    Route(
        "things.change",
        "POST",
        HERE,
        args=_theatre,
        form=_theatre_as_it_is,
    ),
    Route("things.door_form", "GET", HERE, args=_theatre),
    Route("things.open_door", "POST", HERE, args=_theatre),
    Route("kinds.index", "GET", HERE, args=_facility),
    Route("kinds.form", "GET", HERE, args=_facility),
    Route("kinds.add", "POST", HERE, args=_facility, form=_type),
    Route("kinds.change_form", "GET", HERE, args=_visit),
    Route("kinds.change", "POST", HERE, args=_visit, form=_type),
    Route("ruling.index", "GET", HERE, args=_facility),
    Route("ruling.choose", "GET", HERE, args=_facility),
    Route("ruling.form", "GET", HERE, args=_gap),
    Route("ruling.add", "POST", HERE, args=_gap, form=lambda _: {"days": "28"}),
    Route("ruling.drop", "POST", HERE, args=lambda w: _facility(w) | {"rule": w.rule}),
    Route("levels.index", "GET", HERE, args=_facility),
    Route("levels.form", "GET", HERE, args=_facility),
    Route("levels.add", "POST", HERE, args=_facility, form=_ward),
    Route("levels.change_form", "GET", HERE, args=_level),
    Route("levels.change", "POST", HERE, args=_level, form=_ward),
    Route("policy.index", "GET", HERE, args=_facility),
    Route("policy.form", "GET", HERE, args=_policy),
    Route("policy.preview", "POST", HERE, args=_policy, form=_ordered),
    Route("policy.save", "POST", HERE, args=_policy, form=_ordered),
    Route("staff.index", "GET", HERE, args=_facility),
    Route("staff.user_form", "GET", HERE, args=_facility),
    Route("staff.add_user", "POST", HERE, args=_facility, form=_user),
    Route("staff.show", "GET", HERE, args=_meena),
    Route("staff.change_form", "GET", HERE, args=_meena),
    Route("staff.change", "POST", HERE, args=_meena, form=lambda _: {"name": "M"}),
    Route("staff.give_form", "GET", HERE, args=_meena),
    Route("staff.give", "POST", HERE, args=_meena, form=_given),
    Route("staff.take", "POST", HERE, args=_meena, form=_given),
    Route("staff.role_change_form", "GET", HERE, args=_clerk),
    Route("staff.change_role", "POST", HERE, args=_clerk, form=_role),
    Route("staff.drop_role", "POST", HERE, args=_clerk),
    Route("staff.roles", "GET", HERE, args=_facility),
    Route("staff.role_form", "GET", HERE, args=_facility),
    Route("staff.add_role", "POST", HERE, args=_facility, form=_role),
)
