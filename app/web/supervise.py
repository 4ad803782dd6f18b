"""All queues of a facility at a glance: who waits, how long, and how it goes on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.directory import queries as directory
from app.doors import current
from app.doors.htmx import page
from app.queues import queries
from app.queues.views import QueueBrief
from app.web import queue_words

bp = Blueprint("supervise", __name__, url_prefix="/supervise")

_LIMITS = (queue_words.LONG, queue_words.TOO_LONG)


@dataclass(frozen=True, slots=True)
class Standing:
    """A queue and how its longest wait looks."""

    queue: QueueBrief
    minutes: int
    look: str


@bp.get("/<facility>")
def show(facility: str) -> ResponseReturnValue:
    """Show all queues, the longest wait first; unchanged, a poll is told nothing."""
    by, now = current.actor(), clock.now()
    place = directory.facility(facility, by=by)
    version = queries.floor_version(place, by=by, now=now)
    if request.args.get("v") == version:
        return "", HTTPStatus.NO_CONTENT
    found = [_standing(q, now) for q in queries.queues(place, by=by, now=now)]
    return page(
        "web/supervise.html",
        partial="web/_supervise.html",
        facility=place,
        version=version,
        standings=sorted(found, key=lambda each: -each.minutes),
        waiting=sum(each.queue.waiting for each in found),
        served=sum(each.queue.served for each in found),
        limits=[
            t // timedelta(minutes=1) for t in (queue_words.LONG, queue_words.TOO_LONG)
        ],
        now=now,
        zone=place.zone,
    )


def _standing(queue: QueueBrief, now: datetime) -> Standing:
    waits = now - queue.since if queue.since else timedelta()
    minutes = max(0, int(waits.total_seconds() // 60))
    return Standing(queue, minutes, queue_words.look(waits))
