"""The list of a doctor's day, on paper: A4, one sheet for each doctor."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.booking import queries as booking
from app.core import clock
from app.core.spans import local_date
from app.directory import queries as directory
from app.doors import current
from app.web import choosing
from app.web.reading import may, resource_of, zone_name

bp = Blueprint("daylist", __name__, url_prefix="/calendar")


@bp.get("/<facility>/print")
def show(facility: str) -> ResponseReturnValue:
    """Print one resource's day, or one sheet for each column that is shown."""
    by, now = current.actor(), clock.now()
    place = directory.facility(facility, by=by)
    chosen = choosing.choose(place, now)
    code = request.args.get("with")
    whose = [resource_of(place, code)] if code else chosen.columns
    return render_template(
        "web/daylist.html",
        facility=place,
        chosen=chosen,
        one=whose[0] if code else None,
        sheets=[
            (each, rows)
            for each, rows in zip(
                whose,
                booking.day_lists(place, whose, chosen.day, by=by).values(),
                strict=True,
            )
        ],
        may_check_in=chosen.day == local_date(now, place.zone)
        and may(Permission.CHECK_IN, place),
        now=now,
        zone=place.zone,
        zone_name=zone_name(place.zone, now),
    )
