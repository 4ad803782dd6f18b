"""Set-up of what is booked: doctors, rooms, chairs, machines."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE
from app.core import clock
from app.core.errors import DomainError, InputError, NotFoundError
from app.directory import queries as directory
from app.directory import service
from app.directory.kinds import LocationForm, ResourceKind
from app.directory.views import PLACES, FacilityView, ResourceView
from app.doors import current
from app.web.hours_desk import leave_for
from app.web.setting_form import (
    Field,
    Options,
    Sheet,
    Values,
    chosen,
    flag,
    number,
    on,
    place_of,
    text,
    words_of,
)
from app.web.setting_home import Listing, Row, state_of

bp = Blueprint("things", __name__, url_prefix="/setup/at/<facility>")

KINDS: Options = (
    (ResourceKind.PRACTITIONER.value, "Doctor, nurse or therapist"),
    (ResourceKind.ROOM.value, "Room"),
    (ResourceKind.CHAIR.value, "Chair"),
    (ResourceKind.LOCATION.value, "Theatre or site"),
    (ResourceKind.EQUIPMENT.value, "Machine"),
)
_STANDS = "as Room 4, on slips"
FORMS: Options = (
    (LocationForm.SITE.value, "Site"),
    (LocationForm.THEATRE.value, "Theatre"),
)


@bp.get("/things")
def index(facility: str) -> ResponseReturnValue:
    """List what is booked here, what is out of use too."""
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    it = state_of(place)
    names = dict(KINDS)
    rows = [
        Row(
            each.name,
            _address(place, each) if each.kind in names else "",
            (names.get(each.kind, "Team"), each.department, str(each.capacity)),
            _missing(each, hours=not it.hourless(each)),
        )
        for each in directory.resources(place, by=current.actor())
    ]
    return Listing(
        "Doctors, rooms, machines",
        ("Name", "Kind", "Department", "Holds", "Missing"),
        rows,
        acts=(("Add one", url_for(".form", facility=facility)),),
        empty="Nothing to book yet. Add a doctor, a room or a site.",
    ).shown(place, it.stages)


@bp.get("/things/new")
def form(facility: str) -> ResponseReturnValue:
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    return _new(place).shown()


@bp.post("/things/new")
def add(facility: str) -> ResponseReturnValue:
    """Add what is booked, with its first place to serve."""
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    try:
        order, post = _order(typed), _post(typed, place)
        service.add_resource(order, post, by=by, now=clock.now())
    except DomainError as error:
        return _new(place).shown(typed, error)
    return leave_for(url_for(".index", facility=facility, done="added"))


@bp.get("/things/<code>")
def change_form(facility: str, code: str) -> ResponseReturnValue:
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    return _changing(place, _thing(place, code)).shown()


@bp.post("/things/<code>")
def change(facility: str, code: str) -> ResponseReturnValue:
    """Change its name, what it can do and holds, where it serves, and if it is used."""
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    it = _thing(place, code)
    try:
        service.change_resource(
            it.public_id,
            by=by,
            now=clock.now(),
            name=text(typed, "name"),
            capabilities=words_of(typed, "capabilities"),
            capacity=number(typed, "capacity"),
            active=flag(typed, "active"),
            schedule_only=flag(typed, "schedule_only"),
            buffer_before=number(typed, "buffer_before"),
            buffer_after=number(typed, "buffer_after"),
            at=service.Standing(place, _room(typed, place), text(typed, "place")),
        )
    except DomainError as error:
        return _changing(place, it).shown(typed, error)
    return leave_for(url_for(".index", facility=facility, done="changed"))


@bp.get("/things/<code>/door")
def door_form(facility: str, code: str) -> ResponseReturnValue:
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    return _door(place, _thing(place, code)).shown()


@bp.post("/things/<code>/door")
def open_door(facility: str, code: str) -> ResponseReturnValue:
    """Say who books a place, and whether its keepers approve."""
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    it = _thing(place, code)
    try:
        service.open_place(
            place,
            it.public_id,
            by=by,
            now=clock.now(),
            restricted=flag(typed, "restricted"),
            needs_approval=flag(typed, "needs_approval"),
        )
    except DomainError as error:
        return _door(place, it).shown(typed, error)
    return leave_for(url_for(".index", facility=facility, done="changed"))


def _thing(place: FacilityView, code: str) -> ResourceView:
    for each in directory.resources(place, by=current.actor()):
        if each.code == code:
            return each
    raise NotFoundError("resource", field="code")


def _missing(each: ResourceView, *, hours: bool) -> tuple[str, ...]:
    if not each.active:
        return ("out of use",)
    return () if hours else ("no hours yet",)


def _order(typed: Values) -> service.NewResource:
    kind = chosen(typed, "kind", ResourceKind)
    site = kind is ResourceKind.LOCATION
    return service.NewResource(
        code=text(typed, "code"),
        kind=kind,
        name=text(typed, "name"),
        form=chosen(typed, "form", LocationForm) if site else None,
        speciality=text(typed, "speciality"),
        model=text(typed, "model"),
        capacity=number(typed, "capacity"),
        buffer_before=number(typed, "buffer_before", 0),
        buffer_after=number(typed, "buffer_after", 0),
        capabilities=words_of(typed, "capabilities"),
        user_id=_user(text(typed, "user")),
        schedule_only=flag(typed, "schedule_only"),
    )


def _user(username: str) -> int | None:
    if not username:
        return None
    found = accounts.by_username(username)
    if found is None:
        raise InputError(field="user", reason="choice")
    return found.id


def _post(typed: Values, place: FacilityView) -> service.NewPost:
    return service.NewPost(
        facility_id=place.id,
        department_id=_room(typed, place),
        place=text(typed, "place"),
        token_prefix=text(typed, "token_prefix").upper() or None,
    )


def _room(typed: Values, place: FacilityView) -> int | None:
    """
    Read which department was chosen.

    :raises InputError: if the facility has none of that name
    """
    found = directory.departments(place, by=current.actor())
    mine = {str(each.public_id): each.id for each in found}
    asked = text(typed, "department")
    if asked and asked not in mine:
        raise InputError(field="department", reason="choice")
    return mine.get(asked)


def _rooms(place: FacilityView, own: int | None = None) -> Field:
    """Ask for a department: those in use, and the one it is in already."""
    found = directory.departments(place, by=current.actor())
    offered = [each for each in found if each.active or each.id == own]
    rooms = tuple((str(each.public_id), each.name) for each in offered)
    start = tuple(str(each.public_id) for each in offered if each.id == own)
    options = (("", "None"), *rooms)
    return Field("department", "Department", "choice", options=options, start=start)


def _new(place: FacilityView) -> Sheet:
    return Sheet(
        title="Add what is booked",
        fields=(
            Field("kind", "Kind", "choice", options=KINDS),
            Field("name", "Name"),
            Field("code", "Short name", hint="small letters and digits"),
            _rooms(place),
            Field("capacity", "Holds", "number", "at one moment", start=("1",)),
            *_details(),
        ),
        address=url_for("things.add", facility=place.slug),
        back=url_for("things.index", facility=place.slug),
        submit="Add it",
        facility=place,
        lead="Next come its hours. Rooms and machines without any follow the facility.",
    )


def _details() -> tuple[Field, ...]:
    return (
        Field("capabilities", "Can do", hint="with commas, as xray, laser"),
        Field("form", "Site or theatre", "choice", options=FORMS),
        Field("place", "Where it stands", hint=_STANDS),
        Field("token_prefix", "Token letter", hint="given by itself if empty"),
        Field("speciality", "Speciality", hint="of a doctor"),
        Field("user", "User name", hint="of a doctor who signs in"),
        Field("model", "Model", hint="of a machine"),
        *_buffers(timedelta(), timedelta()),
        Field("schedule_only", "Booked only in hours of its own", "flag"),
    )


def _buffers(before: timedelta, after: timedelta) -> tuple[Field, Field]:
    """Ask for the minutes kept free around each booking."""
    minutes = [str(each // timedelta(minutes=1)) for each in (before, after)]
    return (
        Field("buffer_before", "Minutes kept before", "number", start=(minutes[0],)),
        Field("buffer_after", "Minutes kept after", "number", start=(minutes[1],)),
    )


def _changing(place: FacilityView, it: ResourceView) -> Sheet:
    able = ", ".join(sorted(it.capabilities))
    return Sheet(
        title=it.name,
        fields=(
            Field("name", "Name", start=(it.name,)),
            Field("capabilities", "Can do", hint="with commas", start=(able,)),
            Field(
                "capacity",
                "Holds",
                "number",
                "at one moment",
                start=(str(it.capacity),),
            ),
            _rooms(place, it.department_id),
            Field("place", "Where it stands", hint=_STANDS, start=(it.place,)),
            *_buffers(it.buffer_before, it.buffer_after),
            Field("active", "In use", "flag", start=on(it.active)),
            Field(
                "schedule_only",
                "Booked only in hours of its own",
                "flag",
                start=on(it.schedule_only),
            ),
        ),
        address=_address(place, it),
        back=url_for("things.index", facility=place.slug),
        submit="Change it",
        facility=place,
        lead="Bookings stay; those that fit no more are listed as conflicts.",
        links=_links(place, it),
    )


def _links(place: FacilityView, it: ResourceView) -> Options:
    to: dict[str, Any] = {"facility": place.slug, "code": it.code}
    talk = url_for("objects.show", kind="resource", object_id=it.public_id)
    links = [(url_for("schedules.show", **to), "Hours"), (talk, "Comments")]
    if it.kind in PLACES:
        links.append((url_for("things.door_form", **to), "Who books it"))
    if accounts.may(current.actor(), Permission.MANAGE_ACCOUNTS, EVERYWHERE):
        owners = url_for("staff.index", facility=place.slug)
        links.append((owners, "Owner and managers"))
    return tuple(links)


def _door(place: FacilityView, it: ResourceView) -> Sheet:
    return Sheet(
        title=f"Who books {it.name}",
        fields=(
            Field(
                "restricted",
                "Only people authorised for it",
                "flag",
                start=on(it.restricted),
            ),
            Field(
                "needs_approval",
                "Whoever keeps it must approve",
                "flag",
                start=on(it.needs_approval),
            ),
        ),
        address=url_for("things.open_door", facility=place.slug, code=it.code),
        back=_address(place, it),
        submit="Change it",
        facility=place,
    )


def _address(place: FacilityView, it: ResourceView) -> str:
    return url_for("things.change_form", facility=place.slug, code=it.code)
