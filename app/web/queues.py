"""Queues at the desk: who is next and why, call, walk in; one page for each queue."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from app.accounts import queries as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.core import clock
from app.core.errors import DomainError, InputError
from app.core.spans import local_date
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current
from app.doors.htmx import page, wants_partial
from app.doors.problems import problem_of
from app.queues import queries, service
from app.queues.views import EntryView, QueueView
from app.web import queue_words
from app.web.reading import number_of, receiving, resource_of, uuid_of
from app.web.telling import refusal_of

bp = Blueprint("queues", __name__, url_prefix="/queue")

BOOSTS = tuple(
    (str(each), f"{each} min sooner, for two hours") for each in (5, 10, 15, 30)
)
_BOOST_LASTS = timedelta(hours=2)
_COUNTER = "counter"

Act = Callable[[UUID], EntryView]


class Done(Struct, frozen=True):
    """What was done last, to whom; it can be taken back for a while."""

    act: str
    entry: EntryView

    @property
    def text(self) -> str:
        return queue_words.done(self.act, self.entry)


@bp.get("/<facility>")
def index(facility: str) -> ResponseReturnValue:
    """List the queues of today."""
    by, now = current.actor(), clock.now()
    place = directory.facility(facility, by=by)
    return page(
        "web/queues.html",
        partial="web/_queue_list.html",
        facility=place,
        queues=queries.queues(place, by=by, now=now),
        queue_words=queue_words,
        day=local_date(now, place.zone),
        now=now,
        zone=place.zone,
    )


@bp.get("/at/<uuid:queue>")
def show(queue: UUID) -> ResponseReturnValue:
    """Show a queue; what shows it already is told nothing while nothing changed."""
    now = clock.now()
    if request.args.get("v") == queries.version(queue, now=now):
        return "", HTTPStatus.NO_CONTENT
    return _desk(queue)


@bp.post("/at/<uuid:queue>/counter")
def choose_counter(queue: UUID) -> ResponseReturnValue:
    """Say at which counter one sits; kept until one signs out."""
    by = current.actor()
    sit_at(queries.queue(queue, by=by, now=clock.now()).facility)
    return redirect(url_for(".show", queue=queue), 303)


@bp.post("/at/<uuid:queue>/next")
def call_next(queue: UUID) -> ResponseReturnValue:
    """Call the first who waits, and let whoever is inside at that counter be done."""
    finishing = request.form.get("finishing") == "1"
    return _answer(
        queue,
        "next",
        lambda: service.call_next(
            queue,
            by=current.actor(),
            now=clock.now(),
            counter_id=counter_here(),
            finishing=finishing,
        ),
    )


@bp.post("/at/<uuid:queue>/<uuid:entry>/<act>")
def do(queue: UUID, entry: UUID, act: str) -> ResponseReturnValue:
    """Do one of the acts of a counter to somebody in the queue."""
    if act == "undo":
        return _answer(queue, "", lambda: _undo(entry))
    acts = _acts(queue)
    if act not in acts:
        raise InputError(field="act", reason="choice", choices=sorted(acts))
    return _answer(queue, act, lambda: acts[act](entry))


@bp.post("/at/<uuid:queue>/pause")
def pause(queue: UUID) -> ResponseReturnValue:
    """Say that the doctor pauses, is back, or runs late."""
    by, now = current.actor(), clock.now()
    what, notice = request.form.get("what"), request.form.get("notice", "")

    def told() -> None:
        if what == "resume":
            service.resume(queue, by=by, now=now)
        elif what == "late":
            minutes = number_of(request.form, "minutes") or 0
            service.run_late(queue, minutes, notice, by=by, now=now)
        else:
            service.pause(queue, notice, by=by, now=now)

    return _answer(queue, "", told)


def _acts(queue: UUID) -> Mapping[str, Act]:
    """Give what can be done to somebody, by its name in the address."""
    by, now, form = current.actor(), clock.now(), request.form
    return {
        "call": lambda e: service.call(e, by=by, now=now, counter_id=counter_here()),
        "recall": lambda e: service.recall(e, by=by, now=now),
        "skip": lambda e: service.skip(
            e, by=by, now=now, seen=number_of(form, "skips")
        ),
        "hold": lambda e: service.hold(e, by=by, now=now),
        "back": lambda e: service.bring_back(e, by=by, now=now),
        "start": lambda e: service.start(e, by=by, now=now, counter_id=counter_here()),
        "complete": lambda e: service.complete(e, by=by, now=now),
        "tests": lambda e: service.send_for_tests(e, by=by, now=now),
        "present": lambda e: service.mark_present(e, by=by, now=now),
        "transfer": lambda e: _transfer(queue, e),
        "boost": lambda e: service.boost(
            e,
            number_of(form, "minutes") or 0,
            form.get("reason", ""),
            now + _BOOST_LASTS,
            by=by,
            now=now,
        ),
        "level": lambda e: service.prioritise(
            e, form.get("level", "")[:40], form.get("reason", ""), by=by, now=now
        ),
    }


def _transfer(queue: UUID, entry: UUID) -> EntryView:
    by, now = current.actor(), clock.now()
    place = queries.queue(queue, by=by, now=now).facility
    to = resource_of(place, request.form.get("to"))
    return service.transfer(entry, to.public_id, by=by, now=now)


def _undo(entry: UUID) -> EntryView:
    return service.undo(entry, by=current.actor(), now=clock.now())


def sit_at(place: FacilityView) -> None:
    """Keep the counter that was chosen, if it is one of the facility."""
    chosen = request.form.get("counter", "")
    known = {str(each.id) for each in queries.counters(place, by=current.actor())}
    session[_COUNTER] = chosen if chosen in known else ""


def counter_here() -> UUID | None:
    """Give the counter at which one sits, as chosen before."""
    kept = session.get(_COUNTER) or None
    return uuid_of(kept, field="counter", what="counter") if kept else None


def _answer(
    queue: UUID, what: str, act: Callable[[], EntryView | None]
) -> ResponseReturnValue:
    """Do it; then show the queue as it is, with how to take that back."""
    try:
        entry = act()
    except DomainError as refusal:
        return _desk(queue, refusal)
    done = Done(what, entry) if what and entry is not None else None
    if wants_partial():
        return _desk(queue, done=done)
    if done is None:
        return redirect(url_for(".show", queue=queue), 303)
    return redirect(url_for(".show", queue=queue, done=what, of=done.entry.id), 303)


def _desk(
    queue: UUID,
    refused: DomainError | None = None,
    done: Done | None = None,
) -> Response:
    by, now = current.actor(), clock.now()
    desk = queries.desk(queue, by=by, now=now)
    told, place = desk.queue, desk.queue.facility
    scope = Scope(place.id, frozenset({told.resource.thing}))
    here = counter_here()
    seat = next((each.name for each in desk.counters if each.id == here), None)
    return page(
        "web/queue.html",
        partial="web/_desk.html",
        status=problem_of(refused).status if refused else 200,
        facility=place,
        queue=told,
        done=done or _done(),
        refusal=refusal_of(refused, place.zone) if refused else None,
        serving=_own_first(told, seat),
        seat=seat,
        counters=desk.counters,
        counter=session.get(_COUNTER, ""),
        others=[(each.code, each.name) for each in receiving(desk.others)],
        levels=desk.levels,
        may_call=accounts.may(by, Permission.CHECK_IN, scope),
        may_attend=accounts.may(by, Permission.ATTEND, scope),
        boosts=BOOSTS,
        limits=desk.limits,
        queue_words=queue_words,
        now=now,
        zone=place.zone,
    )


def _own_first(told: QueueView, seat: str | None) -> list[EntryView]:
    """Give who is called or inside, one's own first: keys act on the first alone."""
    everybody = (*told.called, *told.in_room)
    return sorted(everybody, key=lambda each: bool(seat) and each.counter != seat)


def _done() -> Done | None:
    """Read from the address what was done, after the answer to a form."""
    what, of = request.args.get("done", ""), request.args.get("of")
    if what not in queue_words.DONE or not of:
        return None
    named = uuid_of(of, field="of", what="queue_entry")
    return Done(what, queries.entry(named, by=current.actor(), now=clock.now()))
