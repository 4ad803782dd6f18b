"""Set-up of departments: open one, rename it, put it out of use and back."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.core import clock
from app.core.errors import DomainError, NotFoundError
from app.directory import queries as directory
from app.directory import service
from app.directory.views import DepartmentView, FacilityView
from app.doors import current
from app.web.hours_desk import leave_for
from app.web.setting_form import Field, Sheet, flag, on, place_of, text
from app.web.setting_home import Listing, Row, state_of

bp = Blueprint("departments", __name__, url_prefix="/setup/at/<facility>/departments")


@bp.get("")
def index(facility: str) -> ResponseReturnValue:
    """List the departments, what is out of use too."""
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    it = state_of(place)
    serving = [each.department_id for each in it.resources]
    found = directory.departments(place, by=current.actor())
    rows = [
        Row(
            each.name,
            url_for(".change_form", facility=facility, department=each.public_id),
            cells=(str(serving.count(each.id)),),
            missing=_missing(each, used=each.id in serving),
        )
        for each in sorted(found, key=lambda each: not each.active)
    ]
    return Listing(
        "Departments",
        ("Department", "To book", "Missing"),
        rows,
        acts=(("Open a department", url_for(".form", facility=facility)),),
        empty="No department yet. Open the first one.",
    ).shown(place, it.stages)


def _missing(each: DepartmentView, *, used: bool) -> tuple[str, ...]:
    if not each.active:
        return ("out of use",)
    return () if used else ("nothing to book yet",)


@bp.get("/new")
def form(facility: str) -> ResponseReturnValue:
    return _new(place_of(facility, Permission.MANAGE_DIRECTORY)).shown()


@bp.post("/new")
def add(facility: str) -> ResponseReturnValue:
    by = current.actor()
    place = directory.facility(facility, by=by)
    name = text(request.form, "name")
    try:
        service.add_department(place, name, by=by, now=clock.now())
    except DomainError as error:
        return _new(place).shown(request.form, error)
    return leave_for(url_for(".index", facility=facility, done="added"))


@bp.get("/<uuid:department>")
def change_form(facility: str, department: UUID) -> ResponseReturnValue:
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    return _changing(place, _one(place, department)).shown()


@bp.post("/<uuid:department>")
def change(facility: str, department: UUID) -> ResponseReturnValue:
    """Change what a department is called, and whether it is in use."""
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    it = _one(place, department)
    try:
        told = service.change_department(
            place,
            department,
            by=by,
            now=clock.now(),
            name=text(typed, "name"),
            active=flag(typed, "active"),
        )
    except DomainError as error:
        return _changing(place, it).shown(typed, error)
    done = "changed"
    if told.active != it.active:
        done = "opened" if told.active else "closed"
    return leave_for(url_for(".index", facility=facility, done=done))


def _one(place: FacilityView, department: UUID) -> DepartmentView:
    for each in directory.departments(place, by=current.actor()):
        if each.public_id == department:
            return each
    raise NotFoundError("department", field="department_id")


def _new(place: FacilityView) -> Sheet:
    return Sheet(
        title="Open a department",
        fields=(Field("name", "Name", hint="as Vaccination"),),
        address=url_for("departments.add", facility=place.slug),
        back=url_for("departments.index", facility=place.slug),
        submit="Open it",
        facility=place,
        lead="Next comes what is booked in it: a doctor, a room, a site.",
    )


def _changing(place: FacilityView, it: DepartmentView) -> Sheet:
    to: dict[str, Any] = {"facility": place.slug}
    return Sheet(
        title=it.name,
        fields=(
            Field("name", "Name", start=(it.name,)),
            Field("active", "In use", "flag", start=on(it.active)),
        ),
        address=url_for("departments.change", department=it.public_id, **to),
        back=url_for("departments.index", **to),
        submit="Change it",
        facility=place,
        lead="Out of use it is not offered for anything new; what was done stays.",
    )
