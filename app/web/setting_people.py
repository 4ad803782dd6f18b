"""Set-up of users and roles: who signs in, and what each may do where."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries, service
from app.accounts.permissions import Permission, Role
from app.accounts.roles import NewRole
from app.accounts.service import NewUser
from app.accounts.views import ALL, AssignmentView, Reach, RoleView, StaffView
from app.core import clock
from app.core.errors import DomainError, InputError, NotFoundError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current
from app.doors.rule_words import ROLE_NAMES
from app.web.hours_desk import leave_for
from app.web.setting_form import (
    Field,
    Options,
    Sheet,
    Values,
    chosen,
    flag,
    in_use,
    must,
    on,
    text,
)
from app.web.setting_home import Listing, Row

bp = Blueprint("staff", __name__, url_prefix="/setup/at/<facility>/people")


@bp.get("")
def index(facility: str) -> ResponseReturnValue:
    """List who signs in, with their roles."""
    place = _place(facility)
    rows = [
        Row(
            each.name,
            url_for(".show", facility=facility, username=each.username),
            (each.username, ", ".join(_role_name(role) for role in each.roles)),
            _lacks(active=each.active, roles=each.roles),
        )
        for each in queries.staff(by=current.actor())
    ]
    return Listing(
        "Users and roles",
        ("Name", "User name", "Roles", "Missing"),
        rows,
        acts=(
            ("Add a user", url_for(".user_form", facility=facility)),
            ("Roles", url_for(".roles", facility=facility)),
        ),
    ).shown(place, [])


@bp.get("/new")
def user_form(facility: str) -> ResponseReturnValue:
    return _user(_place(facility)).shown()


@bp.post("/new")
def add_user(facility: str) -> ResponseReturnValue:
    typed = request.form
    place = directory.facility(facility, by=current.actor())
    order = NewUser(
        username=text(typed, "username"),
        name=text(typed, "name"),
        password=typed.get("password", ""),
    )
    try:
        made = service.add_user(order, by=current.actor(), now=clock.now())
    except DomainError as error:
        return _user(place).shown(typed, error)
    to: dict[str, Any] = {"facility": facility, "username": made.username}
    return leave_for(url_for(".show", done="added", **to))


@bp.get("/of/<username>")
def show(facility: str, username: str) -> ResponseReturnValue:
    """List the roles of one user, and what each is for."""
    place = _place(facility)
    who = _who(username)
    found = queries.roles_of(username, by=current.actor())
    to: dict[str, Any] = {"facility": facility, "username": username}
    reaches = _reaches(place)
    return Listing(
        f"Roles of {who}",
        ("Role", "Where", ""),
        [_assigned(place, each, reaches) for each in found],
        acts=(
            ("Give a role", url_for(".give_form", **to)),
            ("Name, password, access", url_for(".change_form", **to)),
        ),
        empty="No role yet, so nothing can be done. Give one.",
    ).shown(place, [])


@bp.get("/of/<username>/change")
def change_form(facility: str, username: str) -> ResponseReturnValue:
    return _changing(_place(facility), username).shown()


@bp.post("/of/<username>/change")
def change(facility: str, username: str) -> ResponseReturnValue:
    """Rename a user, let them in no more or again, and set another password."""
    by, now, typed = current.actor(), clock.now(), request.form
    place = _place(facility)
    try:
        service.change_user(
            username,
            by=by,
            now=now,
            name=text(typed, "name"),
            active=flag(typed, "active"),
            password=typed.get("password", ""),
            email=text(typed, "email"),
        )
    except DomainError as error:
        return _changing(place, username).shown(typed, error)
    return leave_for(url_for(".index", facility=facility, done="changed"))


@bp.get("/of/<username>/give")
def give_form(facility: str, username: str) -> ResponseReturnValue:
    return _giving(_place(facility), username).shown()


@bp.post("/of/<username>/give")
def give(facility: str, username: str) -> ResponseReturnValue:
    """Give a role as far as it reaches; nobody gives more than they hold."""
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    try:
        reach = chosen(typed, "where", _reaches(place, offer=True).__getitem__)[1]
        service.give_role(username, text(typed, "role"), reach, by=by, now=clock.now())
    except DomainError as error:
        return _giving(place, username).shown(typed, error)
    to: dict[str, Any] = {"facility": facility, "username": username}
    return leave_for(url_for(".show", done="given", **to))


@bp.post("/of/<username>/take")
def take(facility: str, username: str) -> ResponseReturnValue:
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    reach = chosen(typed, "where", _reaches(place).__getitem__)[1]
    service.take_role(username, text(typed, "role"), reach, by=by, now=clock.now())
    to: dict[str, Any] = {"facility": facility, "username": username}
    return leave_for(url_for(".show", done="taken", **to))


@bp.get("/roles")
def roles(facility: str) -> ResponseReturnValue:
    """List the roles with what each brings."""
    place = _place(facility)
    rows = [
        Row(
            ROLE_NAMES.get(each.code, each.name).capitalize(),
            ""
            if each.built_in
            else url_for(".role_change_form", facility=facility, code=each.code),
            cells=(
                "ships with Baari" if each.built_in else "your own",
                ", ".join(each.permissions),
            ),
            drop=""
            if each.built_in
            else url_for(".drop_role", facility=facility, code=each.code),
        )
        for each in queries.roles(by=current.actor())
    ]
    return Listing(
        "Roles",
        ("Role", "From", "It brings", ""),
        rows,
        acts=(("Make a role", url_for(".role_form", facility=facility)),),
    ).shown(place, [])


@bp.get("/roles/new")
def role_form(facility: str) -> ResponseReturnValue:
    return _role(_place(facility)).shown()


@bp.post("/roles/new")
def add_role(facility: str) -> ResponseReturnValue:
    typed = request.form
    place = directory.facility(facility, by=current.actor())
    try:
        order = NewRole(text(typed, "code"), text(typed, "name"), _permissions(typed))
        service.add_role(order, by=current.actor(), now=clock.now())
    except DomainError as error:
        return _role(place).shown(typed, error)
    return leave_for(url_for(".roles", facility=facility, done="added"))


@bp.get("/roles/of/<code>")
def role_change_form(facility: str, code: str) -> ResponseReturnValue:
    return _role(_place(facility), _own_role(code)).shown()


@bp.post("/roles/of/<code>")
def change_role(facility: str, code: str) -> ResponseReturnValue:
    """Change what one of one's own roles is called and brings."""
    typed, place = request.form, _place(facility)
    kept = _own_role(code)
    try:
        order = NewRole(code, text(typed, "name"), _permissions(typed))
        service.change_role(order, by=current.actor(), now=clock.now())
    except DomainError as error:
        return _role(place, kept).shown(typed, error)
    return leave_for(url_for(".roles", facility=facility, done="changed"))


@bp.post("/roles/of/<code>/drop")
def drop_role(facility: str, code: str) -> ResponseReturnValue:
    """Drop a role that nobody has."""
    _place(facility)
    service.drop_role(code, by=current.actor(), now=clock.now())
    return leave_for(url_for(".roles", facility=facility, done="dropped"))


def _own_role(code: str) -> RoleView:
    for each in queries.roles(by=current.actor()):
        if each.code == code and not each.built_in:
            return each
    raise NotFoundError("role", field="code")


def _place(facility: str) -> FacilityView:
    place = directory.facility(facility, by=current.actor())
    must(Permission.MANAGE_ACCOUNTS)
    return place


def _who(username: str) -> str:
    return _user_of(username).name


def _user_of(username: str) -> StaffView:
    for each in queries.staff(by=current.actor()):
        if each.username == username:
            return each
    raise NotFoundError("user", field="username")


def _lacks(*, active: bool, roles: tuple[str, ...]) -> tuple[str, ...]:
    if not active:
        return ("signs in no more",)
    return () if roles else ("no role yet",)


def _role_name(code: str) -> str:
    return ROLE_NAMES.get(code, code)


def _permissions(typed: Values) -> frozenset[Permission]:
    try:
        return frozenset(map(Permission, typed.getlist("permissions")))
    except ValueError as exc:
        raise InputError(field="permissions", reason="choice") from exc


def _reaches(
    place: FacilityView, *, offer: bool = False
) -> dict[str, tuple[str, Reach]]:
    """Give where a role may hold, by its value in a form; `offer` what is in use."""
    by = current.actor()
    rooms, things = (
        directory.departments(place, by=by),
        directory.resources(place, by=by),
    )
    if offer:
        rooms, things = in_use(rooms), in_use(things)
    found = {
        "facility": (f"All of {place.name}", Reach(place.id)),
        "all": ("Every facility", ALL),
    }
    for room in rooms:
        reach = Reach(place.id, department_id=room.id)
        found[f"department:{room.public_id}"] = (f"Department {room.name}", reach)
    for each in things:
        reach = Reach(place.id, resource_id=each.id)
        found[f"resource:{each.public_id}"] = (f"Only {each.name}", reach)
    return found


def _assigned(
    place: FacilityView, it: AssignmentView, reaches: dict[str, tuple[str, Reach]]
) -> Row:
    narrow = it.department_id is not None or it.resource_id is not None
    facility = place.id if narrow else it.facility_id
    mine = Reach(facility, it.department_id, it.resource_id)
    for value, (label, reach) in reaches.items():
        if reach == mine:
            to: dict[str, Any] = {"facility": place.slug, "username": it.username}
            return Row(
                _role_name(it.role).capitalize(),
                cells=(label,),
                drop=url_for("staff.take", **to),
                drop_word="Take back",
                hidden={"role": it.role, "where": value},
            )
    return Row(_role_name(it.role).capitalize(), cells=("In another facility",))


def _user(place: FacilityView) -> Sheet:
    return Sheet(
        title="Add a user",
        fields=(
            Field("name", "Name"),
            Field("username", "User name", hint="to sign in with"),
            Field("password", "Password", "password", "8 characters or more"),
        ),
        address=url_for("staff.add_user", facility=place.slug),
        back=url_for("staff.index", facility=place.slug),
        submit="Add them",
        facility=place,
        lead="Next comes a role: without one nothing can be done.",
    )


def _changing(place: FacilityView, username: str) -> Sheet:
    it = _user_of(username)
    to: dict[str, Any] = {"facility": place.slug, "username": username}
    return Sheet(
        title=f"Change {it.name}",
        fields=(
            Field("name", "Name", start=(it.name,)),
            Field(
                "email",
                "E-mail address",
                hint="where the bell's notices may go",
                start=(it.email,),
            ),
            Field("active", "Signs in", "flag", start=on(it.active)),
            Field("password", "New password", "password", "stays as it is if empty"),
        ),
        address=url_for("staff.change", **to),
        back=url_for("staff.show", **to),
        submit="Change them",
        facility=place,
        lead="Who signs in no more keeps their name on all they did.",
    )


def _giving(place: FacilityView, username: str) -> Sheet:
    found = queries.roles(by=current.actor())
    named = tuple((r.code, ROLE_NAMES.get(r.code, r.name)) for r in found)
    where = tuple((v, label) for v, (label, _) in _reaches(place, offer=True).items())
    to: dict[str, Any] = {"facility": place.slug, "username": username}
    return Sheet(
        title=f"Give {_who(username)} a role",
        fields=(
            Field("role", "Role", "choice", options=named, start=(Role.RECEPTION,)),
            Field("where", "Where", "choice", options=where),
        ),
        address=url_for("staff.give", **to),
        back=url_for("staff.show", **to),
        submit="Give it",
        facility=place,
        lead="Owners, and people authorised for a place, are so for one place.",
    )


def _role(place: FacilityView, kept: RoleView | None = None) -> Sheet:
    every: Options = tuple((each.value, each.value) for each in Permission)
    code = Field("code", "Short name", hint="small letters and digits")
    brings = tuple(kept.permissions) if kept else ()
    address = url_for("staff.add_role", facility=place.slug)
    if kept:
        address = url_for("staff.change_role", facility=place.slug, code=kept.code)
    return Sheet(
        title=f"Change the role {kept.name}" if kept else "Make a role",
        fields=(
            Field("name", "Name", start=(kept.name,) if kept else ()),
            *(() if kept else (code,)),
            Field("permissions", "It brings", "checks", options=every, start=brings),
        ),
        address=address,
        back=url_for("staff.roles", facility=place.slug),
        submit="Change it" if kept else "Make it",
        facility=place,
        lead="It changes for all who have it." if kept else "",
    )
