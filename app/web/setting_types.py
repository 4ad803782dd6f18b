"""Set-up of appointment types: why people come, how long it takes, what it needs."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.core import clock
from app.core.errors import DomainError, InputError, NotFoundError
from app.directory import queries as directory
from app.directory import service
from app.directory.kinds import Category
from app.directory.views import FacilityView, TypeView
from app.doors import current
from app.web.hours_desk import leave_for
from app.web.setting_form import (
    Field,
    Options,
    Sheet,
    Values,
    chosen,
    flag,
    must,
    number,
    on,
    place_of,
    text,
    words_of,
)
from app.web.setting_home import Listing, Row, state_of

bp = Blueprint("kinds", __name__, url_prefix="/setup/at/<facility>/types")

CATEGORIES: Options = (
    (Category.NEW.value, "New"),
    (Category.FOLLOW_UP.value, "Follow-up"),
    (Category.PROCEDURE.value, "Procedure"),
    (Category.VACCINATION.value, "Vaccination"),
)


@bp.get("")
def index(facility: str) -> ResponseReturnValue:
    """List why people come; types are the same in every facility."""
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    names = dict(CATEGORIES)
    rows = [
        Row(
            each.name,
            url_for(".change_form", facility=facility, kind=each.public_id),
            (names[each.category], f"{each.minutes} min", _needs(each)),
        )
        for each in directory.types(by=current.actor())
    ]
    return Listing(
        "Appointment types",
        ("Type", "Family", "Takes", "Needs", ""),
        rows,
        acts=(("Add a type", url_for(".form", facility=facility)),),
        lead="A type is the same in every facility.",
        empty="No type yet. Add why people come.",
    ).shown(place, state_of(place).stages)


@bp.get("/new")
def form(facility: str) -> ResponseReturnValue:
    place = _place(facility)
    return _sheet(place, None).shown()


@bp.post("/new")
def add(facility: str) -> ResponseReturnValue:
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    try:
        service.add_type(_order(typed), by=by, now=clock.now())
    except DomainError as error:
        return _sheet(place, None).shown(typed, error)
    return leave_for(url_for(".index", facility=facility, done="added"))


@bp.get("/<uuid:kind>")
def change_form(facility: str, kind: UUID) -> ResponseReturnValue:
    place = _place(facility)
    return _sheet(place, _type(kind)).shown()


@bp.post("/<uuid:kind>")
def change(facility: str, kind: UUID) -> ResponseReturnValue:
    """Change a type; what is booked already stays as it is."""
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    it = _type(kind)
    try:
        order = _order(typed, active=flag(typed, "active"))
        service.change_type(kind, order, by=by, now=clock.now())
    except DomainError as error:
        return _sheet(place, it).shown(typed, error)
    return leave_for(url_for(".index", facility=facility, done="changed"))


def _place(facility: str) -> FacilityView:
    place = directory.facility(facility, by=current.actor())
    must(Permission.MANAGE_DIRECTORY)
    return place


def _type(kind: UUID) -> TypeView:
    for each in directory.types(by=current.actor()):
        if each.public_id == kind:
            return each
    raise NotFoundError("type", field="type_id")


def _needs(each: TypeView) -> str:
    needs = ["chair"] if each.requires_chair else []
    needs += [each.room_capability or "room"] if each.requires_room else []
    return ", ".join([*needs, *each.equipment])


def _order(typed: Values, *, active: bool = True) -> service.TypeChange:
    return service.TypeChange(
        code=text(typed, "code"),
        name=text(typed, "name"),
        category=chosen(typed, "category", Category),
        minutes=number(typed, "minutes"),
        reminder_hours=number(typed, "reminder_hours", 24),
        price=_price(text(typed, "price")),
        buffer_before=number(typed, "buffer_before", 0),
        buffer_after=number(typed, "buffer_after", 0),
        requires_chair=flag(typed, "requires_chair"),
        requires_room=flag(typed, "requires_room"),
        room_capability=text(typed, "room_capability"),
        equipment=words_of(typed, "equipment"),
        needs_approval=flag(typed, "needs_approval"),
        public=flag(typed, "public"),
        follow_up_days=number(typed, "follow_up_days", 30),
        active=active,
    )


def _price(typed: str) -> Decimal | None:
    if not typed:
        return None
    try:
        price = Decimal(typed)
    except InvalidOperation as exc:
        raise InputError(field="price", reason="number") from exc
    if not price.is_finite():
        raise InputError(field="price", reason="number")
    return price


def _sheet(place: FacilityView, it: TypeView | None) -> Sheet:
    to: dict[str, Any] = {"facility": place.slug}
    if it is None:
        address = url_for("kinds.add", **to)
    else:
        address = url_for("kinds.change", kind=it.public_id, **to)
    used = (Field("active", "In use", "flag", start=on(it.active)),) if it else ()
    return Sheet(
        title=it.name if it else "Add a type",
        fields=(*_fields(it), *used),
        address=address,
        back=url_for("kinds.index", **to),
        submit="Change it" if it else "Add it",
        facility=place,
        lead="What is booked already stays as it is.",
    )


def _fields(it: TypeView | None) -> tuple[Field, ...]:
    start = _started(it)
    return tuple(
        Field(name, label, kind, hint, options, start.get(name, ()))
        for name, label, kind, hint, options in _ASKED
    )


def _started(it: TypeView | None) -> dict[str, tuple[str, ...]]:
    if it is None:
        return {
            "buffer_before": ("0",),
            "buffer_after": ("0",),
            "minutes": ("15",),
            "public": ("1",),
            "follow_up_days": ("30",),
            "reminder_hours": ("24",),
        }
    return {
        "name": (it.name,),
        "code": (it.code,),
        "category": (it.category.value,),
        "minutes": (str(it.minutes),),
        "reminder_hours": (str(it.reminder_hours),),
        "price": ("" if it.price is None else str(it.price),),
        "buffer_before": (str(int(it.buffer_before.total_seconds() // 60)),),
        "buffer_after": (str(int(it.buffer_after.total_seconds() // 60)),),
        "requires_chair": on(it.requires_chair),
        "requires_room": on(it.requires_room),
        "room_capability": (it.room_capability,),
        "equipment": (", ".join(it.equipment),),
        "needs_approval": on(it.needs_approval),
        "public": on(it.public),
        "follow_up_days": (str(it.follow_up_days),),
    }


_ASKED: tuple[tuple[str, str, str, str, Options], ...] = (
    ("name", "Name", "text", "", ()),
    ("code", "Short name", "text", "small letters and digits", ()),
    ("category", "Family", "choice", "gives colour and icon", CATEGORIES),
    ("minutes", "Minutes", "number", "it usually takes", ()),
    ("reminder_hours", "Reminder, hours before", "number", "0 for none", ()),
    ("price", "Price", "text", "may be left out", ()),
    ("buffer_before", "Minutes kept before", "number", "", ()),
    ("buffer_after", "Minutes kept after", "number", "", ()),
    ("requires_chair", "Needs a chair", "flag", "", ()),
    ("requires_room", "Needs a room", "flag", "", ()),
    ("room_capability", "That can do", "text", "any room if empty", ()),
    ("equipment", "Machines that can do", "text", "with commas", ()),
    ("needs_approval", "Must be approved", "flag", "", ()),
    ("public", "Patients book it themselves", "flag", "", ()),
    (
        "follow_up_days",
        "Days in which a follow-up is due",
        "number",
        "patients book follow-ups only so long after a visit",
        (),
    ),
)
