"""Set-up of rules of booking: one form made of the settings a rule has."""

from dataclasses import MISSING, fields, is_dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE
from app.booking import queries, rules, service
from app.booking.setting import NewRule, RuleView
from app.core import clock
from app.core.errors import DomainError, InputError, NotFoundError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current
from app.doors.rule_words import ROLE_NAMES
from app.web.hours_desk import leave_for
from app.web.rule_sentences import DAYS, LABELS, name_of, sentence
from app.web.setting_form import (
    Field,
    Options,
    Sheet,
    Values,
    flag,
    in_use,
    number,
    on,
    place_of,
    text,
    words_of,
)
from app.web.setting_home import Listing, Row

bp = Blueprint("ruling", __name__, url_prefix="/setup/at/<facility>/rules")

_WHERE = (
    ("department_id", "department"),
    ("resource_id", "resource"),
    ("type_id", "type"),
)


@bp.get("")
def index(facility: str) -> ResponseReturnValue:
    """List the rules in the order in which they are asked, each with its sentence."""
    place = place_of(facility, Permission.MANAGE_RULES)
    named = _named(place)
    found = queries.rules(place, by=current.actor())
    return Listing(
        "Rules of booking",
        ("Rule", "It says", "It holds for", "Order", ""),
        [_row(place, each, named) for each in found],
        acts=(("Set a rule", url_for(".choose", facility=facility)),),
        lead="Asked in this order; each must allow a booking.",
        empty="No rule holds here. Whatever is free can be booked.",
    ).shown(place, [])


@bp.get("/new")
def choose(facility: str) -> ResponseReturnValue:
    """Choose which kind of rule to set."""
    place = place_of(facility, Permission.MANAGE_RULES)
    rows = [
        Row(name_of(each), url_for(".form", facility=facility, kind=each))
        for each in sorted(rules.kinds(), key=name_of)
    ]
    return Listing("Set a rule: which?", ("Rule", ""), rows).shown(place, [])


@bp.get("/new/<kind>")
def form(facility: str, kind: str) -> ResponseReturnValue:
    return _sheet(place_of(facility, Permission.MANAGE_RULES), kind).shown()


@bp.post("/new/<kind>")
def add(facility: str, kind: str) -> ResponseReturnValue:
    """Set a rule; what is booked already stays."""
    typed = request.form
    place = directory.facility(facility, by=current.actor())
    sheet = _sheet(place, kind)
    try:
        order = _order(place, kind, typed)
        service.add_rule(order, by=current.actor(), now=clock.now())
    except DomainError as error:
        return sheet.shown(typed, error)
    return leave_for(url_for(".index", facility=facility, done="added"))


@bp.post("/<uuid:rule>/drop")
def drop(facility: str, rule: UUID) -> ResponseReturnValue:
    directory.facility(facility, by=current.actor())
    service.drop_rule(rule, by=current.actor(), now=clock.now())
    return leave_for(url_for(".index", facility=facility, done="dropped"))


def _row(place: FacilityView, it: RuleView, named: dict[UUID, str]) -> Row:
    parts = (it.department_id, it.resource_id, it.type_id)
    where = [named.get(each, "something out of use") for each in parts if each]
    base = place.name if it.facility_id else "every facility"
    return Row(
        name_of(it.kind),
        cells=(
            sentence(it.kind, it.settings),
            ", ".join(where) or base,
            str(it.position),
        ),
        drop=url_for(".drop", facility=place.slug, rule=it.id),
    )


def _named(place: FacilityView) -> dict[UUID, str]:
    by = current.actor()
    return {
        **{each.public_id: each.name for each in directory.departments(place, by=by)},
        **{each.public_id: each.name for each in directory.resources(place, by=by)},
        **{each.public_id: each.name for each in directory.types(by=by)},
    }


def _order(place: FacilityView, kind: str, typed: Values) -> NewRule:
    named = _named(place)
    where: dict[str, UUID] = {}
    for column, name in _WHERE:
        asked = text(typed, name)
        if not asked:
            continue
        if asked not in {str(each) for each in named}:
            raise InputError(field=name, reason="choice")
        where[column] = UUID(asked)
    settings = {
        each.name: _read(each.name, each.type, typed)
        for each in _settings(kind)
        if _given(each, typed)
    }
    position = number(typed, "position", 0)
    return NewRule(kind, settings, place.public_id, position=position, **where)


def _settings(kind: str) -> tuple[Any, ...]:
    """
    Give the settings of a kind of rule, as its dataclass has them.

    :raises NotFoundError: if there is no such kind
    """
    made = rules.kinds().get(kind)
    if made is None:
        raise NotFoundError("rule", field="kind")
    return fields(made) if is_dataclass(made) else ()


def _given(each: Any, typed: Values) -> bool:
    """Say whether to set it: what may be left out is as the rule starts."""
    optional = each.default is not MISSING or each.default_factory is not MISSING
    return not optional or each.type is bool or bool(text(typed, each.name))


def _read(name: str, kind: Any, typed: Values) -> Any:
    if kind is bool:
        return flag(typed, name)
    if kind == tuple[int, ...]:
        return [int(each) for each in typed.getlist(name) if each in set("0123456")]
    if kind == tuple[str, ...]:
        several = [each for each in typed.getlist(name) if each][:50]
        return several if name == "roles" else list(words_of(typed, name))
    return number(typed, name)


def _sheet(place: FacilityView, kind: str) -> Sheet:
    asked = tuple(_field(kind, each) for each in _settings(kind))
    return Sheet(
        title=f"Set a rule: {name_of(kind).lower()}",
        fields=(*asked, *_places(place)),
        address=url_for("ruling.add", facility=place.slug, kind=kind),
        back=url_for("ruling.index", facility=place.slug),
        submit="Set it",
        facility=place,
        lead="It holds for all that is booked from now on; what is booked stays.",
    )


def _field(kind: str, each: Any) -> Field:
    label = LABELS.get((kind, each.name), each.name.replace("_", " ").capitalize())
    start = () if each.default in {MISSING, None} else (str(each.default),)
    if each.type is bool:
        return Field(each.name, label, "flag", start=on(each.default is True))
    if each.type == tuple[int, ...]:
        days = tuple((str(n), name) for n, name in enumerate(DAYS))
        return Field(each.name, label, "checks", options=days)
    if each.name == "roles":
        return Field(each.name, label, "checks", options=_roles())
    if each.type == tuple[str, ...]:
        return Field(each.name, label, hint="as 2026-11-24, with commas")
    return Field(each.name, label, "number", start=start)


def _roles() -> Options:
    if not accounts.may(current.actor(), Permission.MANAGE_ACCOUNTS, EVERYWHERE):
        return tuple(ROLE_NAMES.items())
    found = accounts.roles(by=current.actor())
    return tuple((r.code, ROLE_NAMES.get(r.code, r.name)) for r in found)


def _places(place: FacilityView) -> tuple[Field, ...]:
    by = current.actor()
    lists = (
        (
            "department",
            "Department",
            "All",
            in_use(directory.departments(place, by=by)),
        ),
        ("resource", "With", "Everybody", in_use(directory.resources(place, by=by))),
        ("type", "Type", "Every type", directory.types(by=by)),
    )
    asked = tuple(
        Field(
            name,
            label,
            "choice",
            options=(("", every), *((str(e.public_id), e.name) for e in found)),
        )
        for name, label, every, found in lists
    )
    order = Field("position", "Order", "number", "lower is asked first", start=("0",))
    return (*asked, order)
