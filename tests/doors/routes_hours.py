"""Routes of the pages about hours, leave, maintenance and emergencies."""

from app.booking import displacement_queries
from app.core.actor import SYSTEM
from tests.doors.access import Answer, Route, staff
from tests.doors.routes_life import struck
from tests.doors.routes_urgent import given_way
from tests.doors.world import JUNE, local, stamp

LOOK = staff(outsider=Answer.HIDDEN)
WORK = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)
# Whose hours they are, and admins: reception may look.
KEEP = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN)
# Only the lender and admins know of what was lent.
HIS = staff(outsider=Answer.HIDDEN, analyst=Answer.HIDDEN, desk=Answer.HIDDEN)


def _facility(world):
    return {"facility": world.kochi.slug}


def _rao(world):
    return _facility(world) | {"code": world.rao.code}


def _theatre(world):
    return _facility(world) | {"code": world.theatre.code}


def _leave(world):
    return _theatre(world) | {"exception": world.leave}


def _away(_):
    return {"what": "away", "first": "2026-03-20", "reason": "Conference"}


def _repair(world):
    at = stamp(local(9, day=JUNE))
    return _facility(world) | {"maintenance": world.repair, "at": at}


def _upkeep(world):
    return {"with": world.theatre.code, "first": "2026-03-20", "reason": "Filters"}


def _absence(world):
    return {"with": world.rao.code, "when": "span", "first": "2026-03-20"}


def _cascade(world):
    return _facility(world) | {"cascade": struck(world).id}


def _taking(world):
    (item,) = struck(world).items
    return {f"to-{item.appointment.id}": item.proposals[0].id}


def _emergency(world):
    return {
        "theatre": world.theatre.code,
        "day": "2026-03-02",
        "time": "11:00",
        "type": world.visit.public_id,
        "priority": "1",
        "patient": world.asha.public_id,
        "reason": "Urgent",
        "act": "admit",
    }


def _over_form(world):
    return {
        "with": world.rao.code,
        "day": "2026-03-02",
        "time": "11:10",
        "minutes": "20",
        "type": world.visit.public_id,
        "patient": world.asha.public_id,
        "reason": "A visitor",
        "act": "book",
    }


def _over(world):
    return _facility(world) | _over_form(world)


def _gave_way(world):
    return _facility(world) | {"displacement": given_way(world).id}


def _entry(world):
    given_way(world)
    found = displacement_queries.rebookings(world.kochi, by=SYSTEM)
    return _facility(world) | {"entry": found[-1].id}


def _lending(world):
    return {
        "to": world.meena.username,
        "permissions": "booking:book",
        "things": world.rao.code,
        "first": "2026-03-02",
    }


def _lent(world):
    return _facility(world) | {"delegation": world.lent}


HOURS = (
    Route("schedules.index", "GET", LOOK, args=_facility),
    Route("schedules.show", "GET", LOOK, args=_rao),
    Route("drafts.form", "GET", KEEP, args=_rao),
    Route("drafts.change", "POST", KEEP, args=_rao, form=lambda _: {"act": "new"}),
    Route("exceptions.form", "GET", KEEP, args=_rao),
    Route("exceptions.add", "POST", KEEP, args=_rao, form=_away),
    Route("exceptions.revoke_form", "GET", KEEP, args=_leave),
    Route("exceptions.revoke", "POST", KEEP, args=_leave),
    Route("windows.form", "GET", KEEP, args=_rao),
    Route(
        "windows.add",
        "POST",
        KEEP,
        args=_rao,
        form=lambda _: {"kind": "horizon", "number": "30"},
    ),
    Route("windows.drop", "POST", KEEP, args=lambda w: _rao(w) | {"rule": w.rule}),
    Route("maintenance.index", "GET", LOOK, args=_facility),
    Route("maintenance.form", "GET", KEEP, args=_facility),
    Route("maintenance.add", "POST", KEEP, args=_facility, form=_upkeep),
    Route("maintenance.revoke_form", "GET", LOOK, args=_repair),
    Route("maintenance.revoke", "POST", KEEP, args=_repair),
    Route("leave.index", "GET", LOOK, args=_facility),
    Route("leave.form", "GET", KEEP, args=_facility),
    Route("leave.add", "POST", KEEP, args=_facility, form=_absence),
    Route("leave.show", "GET", LOOK, args=_cascade),
    # All is done: it leads to what came of it.
    Route("leave.work", "GET", LOOK, args=_cascade),
    Route("leave.apply", "POST", WORK, args=_cascade, form=_taking),
    Route("leave.leave_to_list", "POST", WORK, args=_cascade),
    Route("leave.propose", "POST", KEEP, args=_cascade),
    Route("leave.undo", "POST", KEEP, args=_cascade),
    Route("over_slots.form", "GET", KEEP, args=_over),
    Route("over_slots.book", "POST", KEEP, args=_facility, form=_over_form),
    Route("emergencies.form", "GET", KEEP, args=_facility),
    Route("emergencies.admit", "POST", KEEP, args=_facility, form=_emergency),
    Route("emergencies.show", "GET", WORK, args=_gave_way),
    Route("rebookings.index", "GET", WORK, args=_facility),
    Route("rebookings.show", "GET", WORK, args=_entry),
    Route("rebookings.propose", "POST", WORK, args=_entry),
    Route("rebookings.book", "POST", WORK, args=_entry),
    Route(
        "rebookings.drop",
        "POST",
        WORK,
        args=_entry,
        form=lambda _: {"reason": "Went elsewhere"},
    ),
    Route("lending.index", "GET", LOOK, args=_facility),
    Route("lending.lend", "POST", KEEP, args=_facility, form=_lending),
    Route("lending.revoke", "POST", HIS, args=_lent),
)
