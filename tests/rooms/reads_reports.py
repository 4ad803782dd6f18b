"""Every read of reports, each with somebody who asks."""

from app.reports import queries as reports
from app.reports.views import Asked
from tests.factories import MONDAY, NOW

ASKED = Asked(MONDAY, MONDAY)

REPORT_READS = {
    "reports.lead_times": lambda c, by: reports.lead_times(c.place, ASKED, by=by),
    "reports.no_shows": lambda c, by: reports.no_shows(c.place, ASKED, by=by, now=NOW),
    "reports.ratings": lambda c, by: reports.ratings(c.place, ASKED, by=by),
    "reports.tokens": lambda c, by: reports.tokens(c.place, ASKED, by=by),
    "reports.utilization": lambda c, by: reports.utilization(c.place, ASKED, by=by),
    "reports.waiting": lambda c, by: reports.waiting(c.place, ASKED, by=by),
}
