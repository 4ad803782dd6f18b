"""Set-up of departments and of what is booked: doctors, rooms, chairs, machines."""

from typing import Any
from uuid import UUID

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
from app.directory.views import PLACES, DepartmentView, FacilityView, ResourceView
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
FORMS: Options = (
    (LocationForm.SITE.value, "Site"),
    (LocationForm.THEATRE.value, "Theatre"),
)


@bp.get("/departments")
def departments(facility: str) -> ResponseReturnValue:
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    it = state_of(place)
    serving = [each.department_id for each in it.resources]
    rows = [
        Row(
            each.name,
            url_for(".rename_form", facility=facility, department=each.public_id),
            cells=(str(serving.count(each.id)),),
            missing=() if each.id in serving else ("nothing to book yet",),
        )
        for each in it.departments
    ]
    return Listing(
        "Departments",
        ("Department", "To book", "Missing"),
        rows,
        acts=(("Open a department", url_for(".department_form", facility=facility)),),
        empty="No department yet. Open the first one.",
    ).shown(place, it.stages)


@bp.get("/departments/new")
def department_form(facility: str) -> ResponseReturnValue:
    return _department(place_of(facility, Permission.MANAGE_DIRECTORY)).shown()


@bp.post("/departments/new")
def add_department(facility: str) -> ResponseReturnValue:
    by = current.actor()
    place = directory.facility(facility, by=by)
    name = text(request.form, "name")
    try:
        service.add_department(place, name, by=by, now=clock.now())
    except DomainError as error:
        return _department(place).shown(request.form, error)
    return leave_for(url_for(".departments", facility=facility, done="added"))


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


@bp.get("/departments/<uuid:department>")
def rename_form(facility: str, department: UUID) -> ResponseReturnValue:
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    return _renaming(place, _department_of(place, department)).shown()


@bp.post("/departments/<uuid:department>")
def rename(facility: str, department: UUID) -> ResponseReturnValue:
    """Change what a department is called; all in it stays."""
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    it = _department_of(place, department)
    try:
        name = text(typed, "name")
        service.rename_department(place, department, name, by=by, now=clock.now())
    except DomainError as error:
        return _renaming(place, it).shown(typed, error)
    return leave_for(url_for(".departments", facility=facility, done="changed"))


def _department_of(place: FacilityView, department: UUID) -> DepartmentView:
    for each in directory.departments(place, by=current.actor()):
        if each.public_id == department:
            return each
    raise NotFoundError("department", field="department_id")


def _renaming(place: FacilityView, it: DepartmentView) -> Sheet:
    to: dict[str, Any] = {"facility": place.slug}
    return Sheet(
        title=f"Rename {it.name}",
        fields=(Field("name", "Name", start=(it.name,)),),
        address=url_for("things.rename", department=it.public_id, **to),
        back=url_for("things.departments", **to),
        submit="Rename it",
        facility=place,
    )


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
    """Change its name, what it can do and holds, and whether it is in use."""
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
    mine = {
        str(each.public_id): each.id
        for each in directory.departments(place, by=current.actor())
    }
    asked = text(typed, "department")
    if asked and asked not in mine:
        raise InputError(field="department", reason="choice")
    return service.NewPost(
        facility_id=place.id,
        department_id=mine.get(asked),
        place=text(typed, "place"),
        token_prefix=text(typed, "token_prefix").upper() or None,
    )


def _department(place: FacilityView) -> Sheet:
    return Sheet(
        title="Open a department",
        fields=(Field("name", "Name", hint="as Vaccination"),),
        address=url_for("things.add_department", facility=place.slug),
        back=url_for("things.departments", facility=place.slug),
        submit="Open it",
        facility=place,
        lead="Next comes what is booked in it: a doctor, a room, a site.",
    )


def _new(place: FacilityView) -> Sheet:
    found = directory.departments(place, by=current.actor())
    rooms = tuple((str(each.public_id), each.name) for each in found)
    return Sheet(
        title="Add what is booked",
        fields=(
            Field("kind", "Kind", "choice", options=KINDS),
            Field("name", "Name"),
            Field("code", "Short name", hint="small letters and digits"),
            Field("department", "Department", "choice", options=(("", "None"), *rooms)),
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
        Field("place", "Where it stands", hint="as Room 4, on slips"),
        Field("token_prefix", "Token letter", hint="given by itself if empty"),
        Field("speciality", "Speciality", hint="of a doctor"),
        Field("user", "User name", hint="of a doctor who signs in"),
        Field("model", "Model", hint="of a machine"),
        Field("buffer_before", "Minutes kept before", "number", start=("0",)),
        Field("buffer_after", "Minutes kept after", "number", start=("0",)),
        Field("schedule_only", "Booked only in hours of its own", "flag"),
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
        lead="Bookings stay; those that do not fit any more are listed as conflicts.",
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
