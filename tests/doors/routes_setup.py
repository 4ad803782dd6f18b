"""Routes of the set-up pages."""

from tests.doors.access import Answer, Route, staff

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


def _policy(world):
    return _facility(world) | {"where": world.medicine.public_id}


def _ordered(_):
    return {
        "scoring": "first_come",
        "walk_ins": "queue",
        "skip_places": "3",
        "no_show_minutes": "60",
    }


def _meena(world):
    return _facility(world) | {"username": world.meena.username}


def _site(_):
    return {"name": "Aluva", "slug": "aluva", "zone": "Asia/Kolkata"}


def _thing(_):
    return {"kind": "room", "name": "Room 9", "code": "room-9", "capacity": "1"}


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
    Route("setup.priorities", "GET", HERE, args=_facility),
    Route("things.departments", "GET", HERE, args=_facility),
    Route("things.department_form", "GET", HERE, args=_facility),
    Route(
        "things.add_department",
        "POST",
        HERE,
        args=_facility,
        form=lambda _: {"name": "Vaccination"},
    ),
    Route("things.index", "GET", HERE, args=_facility),
    Route("things.form", "GET", HERE, args=_facility),
    Route("things.add", "POST", HERE, args=_facility, form=_thing),
    Route("things.change_form", "GET", HERE, args=_theatre),
    Route(
        "things.change",
        "POST",
        HERE,
        args=_theatre,
        form=lambda _: {"capacity": "1", "active": "1"},
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
    Route("policy.index", "GET", HERE, args=_facility),
    Route("policy.form", "GET", HERE, args=_policy),
    Route("policy.preview", "POST", HERE, args=_policy, form=_ordered),
    Route("policy.save", "POST", HERE, args=_policy, form=_ordered),
    Route("staff.index", "GET", HERE, args=_facility),
    Route("staff.user_form", "GET", HERE, args=_facility),
    Route("staff.add_user", "POST", HERE, args=_facility, form=_user),
    Route("staff.show", "GET", HERE, args=_meena),
    Route("staff.give_form", "GET", HERE, args=_meena),
    Route("staff.give", "POST", HERE, args=_meena, form=_given),
    Route("staff.take", "POST", HERE, args=_meena, form=_given),
    Route("staff.roles", "GET", HERE, args=_facility),
    Route("staff.role_form", "GET", HERE, args=_facility),
    Route("staff.add_role", "POST", HERE, args=_facility, form=_role),
)
