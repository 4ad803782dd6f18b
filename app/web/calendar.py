"""The calendar of a facility: a day of many, a week of one, a month at a glance."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.booking import queries as booking
from app.booking.states import MOVABLE
from app.core import clock
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current
from app.doors.htmx import page
from app.web import choosing, grid, month
from app.web.choosing import Chosen, View
from app.web.reading import may, may_book, zone_name

bp = Blueprint("calendar", __name__, url_prefix="/calendar")

# Drawn anew after so long even if nothing was written: time itself moves the line of
# now, ends slots and lets holds go.
_FRESH = timedelta(seconds=60)
_VERSION = re.compile(r"(\d{1,11})-(\d{1,9})")


@bp.get("/")
def home() -> ResponseReturnValue:
    """Lead to the facility asked for or looked at last, else to the oldest."""
    facilities = directory.facilities(by=current.actor())
    if not facilities:
        return render_template("web/no_facility.html", facility=None)
    query = request.args.to_dict()
    remembered = choosing.remembered_facility()
    asked = query.pop("facility", remembered)
    if asked != remembered:
        # Whose week it was may not serve there.
        query.pop("week", None)
    slugs = [each.slug for each in sorted(facilities, key=lambda each: each.id)]
    slug = asked if asked in slugs else slugs[0]
    known: dict[str, Any] = choosing.known(query)
    address = url_for(".show", facility=slug, _anchor="now", **known)
    return redirect(address, 303)


@bp.get("/<facility>")
def show(facility: str) -> ResponseReturnValue:
    by, now = current.actor(), clock.now()
    place = directory.facility(facility, by=by)
    if _unchanged(place, request.args.get("v"), now):
        return "", HTTPStatus.NO_CONTENT
    # Before all that is shown: what is written meanwhile counts as a change.
    version = _version(place, now)
    chosen = choosing.choose(place, now)
    choosing.remember(chosen)
    drawn = _month(chosen, now) if chosen.view is View.MONTH else _grid(chosen, now)
    return page(
        "web/calendar.html",
        partial="web/_calendar_turned.html",
        chosen=chosen,
        facility=place,
        facilities=directory.facilities(by=by),
        version=version,
        now=now,
        zone=place.zone,
        zone_name=zone_name(place.zone, now),
        may_book=may_book(place),
        **drawn,
    )


def _version(facility: FacilityView, now: datetime) -> str:
    """Name what a calendar shows: when it was read, and how much was written then."""
    since = now.replace(microsecond=0)
    count = booking.changes(facility, since, by=current.actor())
    return f"{int(since.timestamp())}-{count}"


def _unchanged(facility: FacilityView, version: str | None, now: datetime) -> bool:
    """Say whether a calendar read a moment ago would look the same now."""
    found = _VERSION.fullmatch(version or "")
    if found is None:
        return False
    since = datetime.fromtimestamp(int(found[1]), UTC)
    if not timedelta() <= now - since < _FRESH:
        return False
    return booking.changes(facility, since, by=current.actor()) == int(found[2])


def _grid(chosen: Chosen, now: datetime) -> dict[str, Any]:
    by, place = current.actor(), chosen.facility
    types = directory.types(by=by)
    least = min((each.minutes for each in types), default=5)
    if chosen.of:
        views = booking.week(place, chosen.of, chosen.monday, by=by, now=now)
        ruler = grid.by_wall_clock(place.zone)
    else:
        views = booking.day(place, chosen.columns, chosen.day, by=by, now=now)
        ruler = grid.by_instant
    laid = grid.lay_out(
        views,
        zone=place.zone,
        now=now,
        ruler=ruler,
        least_free=timedelta(minutes=least),
    )
    return {
        "grid": laid,
        # Whose calendar they may change: all, or that of what is their own.
        "may_move": {
            each.resource.id
            for each in views
            if may(Permission.MODIFY, place, each.resource)
        },
        "movable": MOVABLE,
    }


def _month(chosen: Chosen, now: datetime) -> dict[str, Any]:
    months = booking.month(
        chosen.facility,
        chosen.counted,
        chosen.first,
        by=current.actor(),
        now=now,
        days=chosen.length,
    )
    return {"month": month.lay_out(chosen.first, months, chosen.today)}
