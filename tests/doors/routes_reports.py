"""Routes of reports: for who may see how a facility does."""

from app.booking import resource_queries
from app.core.actor import SYSTEM
from app.notifications import queries
from tests import factories as make
from tests.doors.access import Answer, Route, staff
from tests.doors.world import local

READ = staff(outsider=Answer.HIDDEN, desk=Answer.FORBIDDEN)


def _facility(world):
    return {"facility": world.kochi.slug}


def _report(world):
    return _facility(world) | {"name": "utilization"}


LOOK = staff(outsider=Answer.HIDDEN)


def _conflict(world):
    """Look for one that was, or make one: the doctor goes on leave."""
    found = resource_queries.conflicts(world.kochi.public_id, by=SYSTEM)
    if not found:
        make.away(world.kochi, world.rao, local(14), 60)
        found = resource_queries.conflicts(world.kochi.public_id, by=SYSTEM)
    return _facility(world) | {"conflict": found[0].id}


OWN = staff(outsider=Answer.HIDDEN, analyst=Answer.HIDDEN, admin=Answer.HIDDEN)


def _notice(world):
    """Name what the bell told the desk when the hospital opened: theirs alone."""
    return {"notice": queries.notices(by=world.meena.actor)[0].id}


REPORTS = (
    Route("notices.index", "GET", staff()),
    Route("notices.count", "GET", staff()),
    Route("mail.form", "GET", staff()),
    Route("mail.save", "POST", staff(), form=lambda _: {"subjects": "late"}),
    Route(
        "notices.read_all",
        "POST",
        OWN,
        form=lambda w: {"latest": _notice(w)["notice"]},
    ),
    Route("notices.open_one", "POST", OWN, args=_notice),
    Route("conflicts.index", "GET", LOOK, args=_facility),
    Route("conflicts.show", "GET", LOOK, args=_conflict),
    Route(
        "conflicts.solve",
        "POST",
        staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN),
        args=lambda w: _conflict(w) | {"act": "cancel"},
        form=lambda _: {"reason": "Away"},
    ),
    Route("reports.index", "GET", READ, args=_facility),
    Route("reports.show", "GET", READ, args=_report),
    Route("reports.csv", "GET", READ, args=_report),
)
