"""The bell: how much is new, the list of it, and the way to what it is about."""

from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from app.core import clock
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current, times
from app.doors.htmx import page
from app.notifications import notice_words, queries, service
from app.notifications.kinds import About
from app.notifications.queries import MOST, MOST_COUNTED
from app.notifications.views import NoticeView
from app.web.reading import any_facility, uuid_of

_UTC = ZoneInfo("UTC")

bp = Blueprint("notices", __name__, url_prefix="/notices")


class Line(Struct, frozen=True):
    """A notice in the list: where it happened, and what is said of it."""

    notice: NoticeView
    facility: FacilityView | None
    words: notice_words.Words


@bp.get("/")
def index() -> ResponseReturnValue:
    """List what the bell told, the latest first."""
    by = current.actor()
    places = {each.id: each for each in directory.facilities(by=by)}
    found = queries.notices(by=by)
    return page(
        "web/notices/index.html",
        partial="web/notices/_list.html",
        facility=any_facility(),
        lines=[
            Line(each, place, _words(each, place))
            for each in found
            for place in [places.get(each.facility_id)]
        ],
        several=len({each.facility_id for each in found}) > 1,
        fresh=sum(each.read_at is None for each in found),
        most=len(found) == MOST,
        now=clock.now(),
    )


@bp.get("/count")
def count() -> ResponseReturnValue:
    """Tell how many are new; nothing when the page shows that number already."""
    found = unread()
    if request.args.get("v") == found:
        return "", HTTPStatus.NO_CONTENT
    return render_template("web/_bell.html", rung=found)


@bp.post("/read")
def read_all() -> ResponseReturnValue:
    """Mark as read what the list showed; what came since stays new."""
    latest = uuid_of(request.form.get("latest"), field="latest", what="notice")
    service.read_notices(latest, by=current.actor(), now=clock.now())
    return redirect(url_for(".index"), 303)


@bp.post("/<uuid:notice>/open")
def open_one(notice: UUID) -> ResponseReturnValue:
    """Mark one as read, and lead to what it is about."""
    by = current.actor()
    found = queries.notice(notice, by=by)
    service.read_notice(notice, by=by, now=clock.now())
    return redirect(_way(found), 303)


def unread() -> str:
    """Write how many notices are new, as 3 or 99+; nothing when there are none."""
    number = queries.unread(by=current.actor())
    if number >= MOST_COUNTED:
        return f"{MOST_COUNTED - 1}+"
    return str(number) if number else ""


def _words(each: NoticeView, place: FacilityView | None) -> notice_words.Words:
    zone = place.zone if place else _UTC
    return notice_words.words(each, lambda moment: times.moment(moment, zone))


def _way(notice: NoticeView) -> str:
    """Give the address of what a notice is about; else of the list."""
    places = {each.id: each for each in directory.facilities(by=current.actor())}
    place, code = places.get(notice.facility_id), notice.data.get("code")
    if notice.about is About.APPOINTMENT:
        return url_for("appointments.show", appointment=notice.about_id)
    if notice.about is About.QUEUE:
        return url_for("queues.show", queue=notice.about_id)
    if place is None:
        return url_for(".index")
    asked = {"with": code} if code else {}
    if notice.about is About.CONFLICTS:
        return url_for("conflicts.index", facility=place.slug, **asked)
    if code:
        return url_for("schedules.show", facility=place.slug, code=code)
    return url_for("schedules.index", facility=place.slug)
