"""Each report as a sheet: words for its numbers. One line in `REPORTS` makes a page."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from app.core.actor import Actor
from app.directory.views import FacilityView
from app.doors import times
from app.reports import queries
from app.reports.views import Asked
from app.web import report_kept, report_rated, report_use
from app.web.report_sheet import Sheet


class Ask(Struct, frozen=True):
    """Who asks for which days of which facility, and when."""

    facility: FacilityView
    asked: Asked
    by: Actor
    now: datetime


Make = Callable[[Ask], Sheet]


def _use(it: Ask) -> Sheet:
    found = queries.utilization(it.facility, it.asked, by=it.by)
    return report_use.use(found)


def _waits(it: Ask) -> Sheet:
    found = queries.waiting(it.facility, it.asked, by=it.by)
    return report_kept.waits(found)


def _no_shows(it: Ask) -> Sheet:
    found = queries.no_shows(it.facility, it.asked, by=it.by, now=it.now)
    return report_kept.no_shows(found, times.moment(it.now, it.facility.zone))


def _lead_times(it: Ask) -> Sheet:
    found = queries.lead_times(it.facility, it.asked, by=it.by)
    return report_kept.lead_times(found)


def _tokens(it: Ask) -> Sheet:
    found = queries.tokens(it.facility, it.asked, by=it.by)
    return report_use.tokens(found)


def _ratings(it: Ask) -> Sheet:
    found = queries.ratings(it.facility, it.asked, by=it.by)
    return report_rated.ratings(found)


REPORTS: Mapping[str, tuple[str, Make]] = {
    "utilization": ("Utilization", _use),
    "waiting": ("Waiting times", _waits),
    "no-shows": ("No-shows", _no_shows),
    "lead-time": ("Lead time", _lead_times),
    "tokens": ("Tokens", _tokens),
    "ratings": ("Ratings", _ratings),
}
