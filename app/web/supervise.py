"""All queues of a facility at a glance: who waits, how long, and how it goes on."""

from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from msgspec import Struct

from app.core import clock
from app.directory import queries as directory
from app.doors import current
from app.doors.htmx import page
from app.queues import queries
from app.queues.views import Limits, QueueBrief
from app.web import queue_words

bp = Blueprint("supervise", __name__, url_prefix="/supervise")


class Standing(Struct, frozen=True):
    """A queue, its longest wait, and from when on that is long."""

    queue: QueueBrief
    minutes: int
    limits: Limits

    @property
    def look(self) -> str:
        return queue_words.look(self.minutes, self.limits)


@bp.get("/<facility>")
def show(facility: str) -> ResponseReturnValue:
    """Show all queues, the longest wait first; unchanged, a poll is told nothing."""
    by, now = current.actor(), clock.now()
    place = directory.facility(facility, by=by)
    version = queries.floor_version(place, by=by, now=now)
    if request.args.get("v") == version:
        return "", HTTPStatus.NO_CONTENT
    limits = queries.wait_limits(place, by=by)
    found = [
        _standing(each, limits[each.resource.public_id], now)
        for each in queries.queues(place, by=by, now=now)
    ]
    return page(
        "web/supervise.html",
        partial="web/_supervise.html",
        facility=place,
        version=version,
        standings=sorted(found, key=lambda each: -each.minutes),
        waiting=sum(each.queue.waiting for each in found),
        served=sum(each.queue.served for each in found),
        now=now,
        zone=place.zone,
    )


def _standing(queue: QueueBrief, limits: Limits, now: datetime) -> Standing:
    minutes = queue_words.minutes(queue.since, now) if queue.since else 0
    return Standing(queue, minutes, limits)
