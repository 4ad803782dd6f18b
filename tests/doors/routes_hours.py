"""Routes of the pages about hours, leave, maintenance and emergencies."""

from tests.doors.access import Answer, Route, staff

LOOK = staff(outsider=Answer.HIDDEN)
# Whose hours they are, and admins: reception may look.
KEEP = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN)


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
)
