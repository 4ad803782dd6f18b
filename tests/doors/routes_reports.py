"""Routes of reports: for who may see how a facility does."""

from tests.doors.access import Answer, Route, staff

READ = staff(outsider=Answer.HIDDEN, desk=Answer.FORBIDDEN)


def _facility(world):
    return {"facility": world.kochi.slug}


def _report(world):
    return _facility(world) | {"name": "utilization"}


REPORTS = (
    Route("reports.index", "GET", READ, args=_facility),
    Route("reports.show", "GET", READ, args=_report),
    Route("reports.csv", "GET", READ, args=_report),
)
