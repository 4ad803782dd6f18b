"""Hang the pages about hours, leave and emergencies into the staff's door."""

from flask import Flask

from app.accounts.permissions import Permission
from app.directory.views import FacilityView
from app.web import (
    emergencies,
    exceptions,
    leave,
    lending,
    maintenance,
    rebookings,
    schedules,
    showing,
    week_drafts,
    windows,
)
from app.web.drafts import printable
from app.web.hours_desk import may_displace
from app.web.reading import may

PAGES = (
    schedules.bp,
    week_drafts.bp,
    exceptions.bp,
    showing.bp,
    windows.bp,
    maintenance.bp,
    leave.bp,
    lending.bp,
    emergencies.bp,
    rebookings.bp,
)

STRANDED = {
    "hours": "No hours then",
    "type": "Its type is not taken then",
    "away": "Away",
    "maintenance": "In maintenance",
    "break": "A break",
    "token_slot": "Only by token then",
    "inactive": "Not in use",
    "capacity": "Fewer places than bookings",
}
# Where a page is only for some, who they are.
_FOR = {"rebooking": Permission.VIEW_PATIENTS}


def init_app(app: Flask) -> None:
    """Give the templates of these pages their words."""
    app.jinja_env.globals.update(may_visit=may_visit, why_stranded=STRANDED)
    app.jinja_env.filters.update(printable=printable)


def may_visit(name: str, facility: FacilityView) -> bool:
    """Say whether to show the way to a page; the page itself asks again."""
    if name == "emergency":
        return may_displace(facility)
    return name not in _FOR or may(_FOR[name], facility)
