"""The tablet of a counter: one queue, one hand, a few large buttons."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.core import clock
from app.core.actor import Actor
from app.core.errors import DomainError, InputError
from app.doors import current
from app.doors.htmx import page, wants_partial
from app.doors.problems import problem_of
from app.queues import queries, service
from app.queues.views import EntryView
from app.web import queue_words
from app.web.queues import counter_here, sit_at
from app.web.reading import number_of, uuid_of
from app.web.telling import refusal_of

bp = Blueprint("tablets", __name__, url_prefix="/counter")


def _skip(entry: UUID, *, by: Actor, now: datetime) -> EntryView:
    seen = number_of(request.form, "skips")
    return service.skip(entry, by=by, now=now, seen=seen)


_ACTS: Mapping[str, Callable[..., EntryView]] = {
    "recall": service.recall,
    "skip": _skip,
    "start": service.start,
    "complete": service.complete,
    "undo": service.undo,
}


@bp.get("/<uuid:queue>")
def show(queue: UUID) -> ResponseReturnValue:
    """Show the tablet; what shows it already is told nothing while nothing changed."""
    if request.args.get("v") == queries.version(queue, now=clock.now()):
        return "", HTTPStatus.NO_CONTENT
    return _tablet(queue)


@bp.post("/<uuid:queue>/at")
def sit(queue: UUID) -> ResponseReturnValue:
    """Say at which counter the tablet lies."""
    sit_at(queries.queue(queue, by=current.actor(), now=clock.now()).facility)
    return redirect(url_for(".show", queue=queue), 303)


@bp.post("/<uuid:queue>/next")
def call_next(queue: UUID) -> ResponseReturnValue:
    """Call the next here; whoever is inside here is done."""
    return _answer(
        queue,
        lambda: service.call_next(
            queue,
            by=current.actor(),
            now=clock.now(),
            counter_id=counter_here(),
            finishing=request.form.get("finishing") == "1",
        ),
    )


@bp.post("/<uuid:queue>/<uuid:entry>/<act>")
def do(queue: UUID, entry: UUID, act: str) -> ResponseReturnValue:
    """Call once more, skip, let in, let be done, or take the last of these back."""
    if act not in _ACTS:
        raise InputError(field="act", reason="choice", choices=sorted(_ACTS))
    return _answer(
        queue, lambda: _ACTS[act](entry, by=current.actor(), now=clock.now())
    )


def _answer(queue: UUID, act: Callable[[], EntryView]) -> ResponseReturnValue:
    try:
        done = act()
    except DomainError as refusal:
        return _tablet(queue, refusal)
    if wants_partial():
        return _tablet(queue, last=done)
    return redirect(url_for(".show", queue=queue, last=done.id), 303)


def _last() -> EntryView | None:
    """Read from the address to whom something was done, after the answer to a form."""
    of = request.args.get("last")
    if not of:
        return None
    named = uuid_of(of, field="last", what="queue_entry")
    return queries.entry(named, by=current.actor(), now=clock.now())


def _tablet(
    queue: UUID, refused: DomainError | None = None, last: EntryView | None = None
) -> Response:
    by, now, here = current.actor(), clock.now(), counter_here()
    desk = queries.desk(queue, by=by, now=now)
    told, place = desk.queue, desk.queue.facility
    scope = Scope(place.id, frozenset({told.resource.thing}))
    name = next((each.name for each in desk.counters if each.id == here), None)
    return page(
        "web/counter.html",
        partial="web/_counter.html",
        status=problem_of(refused).status if refused else 200,
        facility=place,
        queue=told,
        counters=desk.counters,
        counter=str(here or ""),
        here=[e for e in (*told.called, *told.in_room) if e.counter == name],
        first=next((each for each in told.waiting if each.present), None),
        last=last or _last(),
        refusal=refusal_of(refused, place.zone) if refused else None,
        may_call=accounts.may(by, Permission.CHECK_IN, scope),
        may_attend=accounts.may(by, Permission.ATTEND, scope),
        queue_words=queue_words,
        now=now,
        zone=place.zone,
    )
