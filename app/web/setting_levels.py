"""Set-up of the priority levels of queues: add, rename, weigh, put out of use."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE
from app.core import clock
from app.core.errors import DomainError, NotFoundError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current
from app.queues import queries, service
from app.queues.kinds import Level
from app.queues.views import LevelView, NewLevel
from app.web.hours_desk import leave_for
from app.web.setting_form import (
    Field,
    Sheet,
    Values,
    flag,
    must,
    number,
    on,
    place_of,
    text,
)
from app.web.setting_home import Listing, Row

bp = Blueprint("levels", __name__, url_prefix="/setup/at/<facility>/levels")

_LEAD = (
    "They are the same in every facility. An emergency goes first; who has another"
    " goes sooner by its minutes, where the queue goes by due time."
)
_WEIGHS = {
    Level.EMERGENCY.value: "before everybody",
    Level.URGENT.value: "by the queue policy",
    Level.ROUTINE.value: "nothing",
}


@bp.get("")
def index(facility: str) -> ResponseReturnValue:
    """List the levels, what goes first first."""
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    by = current.actor()
    able = accounts.may(by, Permission.MANAGE_RULES, EVERYWHERE)
    to: dict[str, Any] = {"facility": facility}
    rows = [
        Row(
            each.name,
            url_for(".change_form", level=each.id, **to) if able else "",
            (_WEIGHS.get(each.code, f"{each.minutes} min sooner"), each.says),
            () if each.active else ("out of use",),
        )
        for each in queries.levels(by=by)
    ]
    return Listing(
        "Priority levels of queues",
        ("Level", "Weighs", "What it means", "State"),
        rows,
        acts=(("Add a level", url_for(".form", **to)),) if able else (),
        lead=_LEAD,
    ).shown(place, [])


@bp.get("/new")
def form(facility: str) -> ResponseReturnValue:
    place = directory.facility(facility, by=current.actor())
    must(Permission.MANAGE_RULES)
    return _new(place).shown()


@bp.post("/new")
def add(facility: str) -> ResponseReturnValue:
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    try:
        service.add_level(_order(typed), by=by, now=clock.now())
    except DomainError as error:
        return _new(place).shown(typed, error)
    return leave_for(url_for(".index", facility=facility, done="added"))


@bp.get("/<uuid:level>")
def change_form(facility: str, level: UUID) -> ResponseReturnValue:
    place = directory.facility(facility, by=current.actor())
    must(Permission.MANAGE_RULES)
    return _changing(place, _one(level)).shown()


@bp.post("/<uuid:level>")
def change(facility: str, level: UUID) -> ResponseReturnValue:
    """Change what a level is called and weighs, and whether it is offered."""
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    it = _one(level)
    # What always stays has no box to tick.
    active = flag(typed, "active") or it.code in _FIXED
    try:
        order = _order(typed)
        service.change_level(level, order, active=active, by=by, now=clock.now())
    except DomainError as error:
        return _changing(place, it).shown(typed, error)
    return leave_for(url_for(".index", facility=facility, done="changed"))


_FIXED = frozenset({Level.EMERGENCY, Level.ROUTINE})


def _one(level: UUID) -> LevelView:
    for each in queries.levels(by=current.actor()):
        if each.id == level:
            return each
    raise NotFoundError("level", field="level_id")


def _order(typed: Values) -> NewLevel:
    return NewLevel(
        name=text(typed, "name"),
        says=text(typed, "says"),
        minutes=number(typed, "minutes", 0),
    )


def _fields(it: LevelView | None = None) -> tuple[Field, ...]:
    name, says, minutes = (it.name, it.says, it.minutes) if it else ("", "", 15)
    asked = [
        Field("name", "Name", hint="as VIP ward", start=(name,)),
        Field("says", "What it means", hint="for the desk", start=(says,)),
    ]
    if it is None or not it.shipped:
        hint = "more goes further ahead; from the next check-in on"
        asked.append(
            Field("minutes", "Minutes sooner", "number", hint, start=(str(minutes),))
        )
    if it is not None and it.code not in _FIXED:
        asked.append(Field("active", "In use", "flag", start=on(it.active)))
    return tuple(asked)


def _new(place: FacilityView) -> Sheet:
    return Sheet(
        title="Add a priority level",
        fields=_fields(),
        address=url_for("levels.add", facility=place.slug),
        back=url_for("levels.index", facility=place.slug),
        submit="Add it",
        facility=place,
    )


def _changing(place: FacilityView, it: LevelView) -> Sheet:
    to: dict[str, Any] = {"facility": place.slug}
    return Sheet(
        title=it.name,
        fields=_fields(it),
        address=url_for("levels.change", level=it.id, **to),
        back=url_for("levels.index", **to),
        submit="Change it",
        facility=place,
        lead="Who has it in a queue keeps it.",
    )
