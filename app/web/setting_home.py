"""Set-up: what there is, what is missing, and the way to a place that can be booked."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct, field

from app.accounts import queries as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE, Scope
from app.availability import queries as hours
from app.booking import queries as booking
from app.booking.kinds import Priority
from app.core import clock
from app.core.errors import DomainError
from app.core.spans import local_date
from app.directory import queries as directory
from app.directory import service
from app.directory.kinds import ResourceKind
from app.directory.views import PLACES, DepartmentView, FacilityView, ResourceView
from app.doors import current
from app.doors.htmx import page
from app.notifications import queries as messages
from app.queues import queries as queues
from app.web.hours_desk import leave_for
from app.web.setting_form import (
    Field,
    Sheet,
    Values,
    in_use,
    may_set_up,
    must,
    place_of,
    text,
)

bp = Blueprint("setup", __name__, url_prefix="/setup")

DONE = {
    "added": "Added.",
    "changed": "Changed.",
    "closed": "Out of use. It is not offered for anything new.",
    "opened": "Back in use.",
    "dropped": "Dropped. It holds no longer.",
    "given": "The role is given.",
    "taken": "The role is taken back.",
}
PRIORITIES = {
    Priority.EMERGENCY: ("Emergency", "Goes first; planned cases may give way to it."),
    Priority.URGENT: ("Urgent", "Goes before all that is planned."),
    Priority.SOON: ("Soon", "Before what can wait."),
    Priority.ROUTINE: ("Routine", "Before what is elective."),
    Priority.ELECTIVE: (
        "Elective",
        "What a booking is unless somebody says otherwise; gives way first.",
    ),
}
_SHORT = "small letters and digits, for addresses"
_CLOCK = "hours are local: it changes only while nobody is booked"
# What follows the facility's hours while it has none of its own.
_FOLLOWS = PLACES | {ResourceKind.EQUIPMENT}


class Stage(Struct, frozen=True):
    label: str
    done: bool
    address: str


class Row(Struct, frozen=True):
    """One line of a list; `missing` is what keeps it from being booked."""

    name: str
    address: str = ""
    cells: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    drop: str = ""
    drop_word: str = "Drop"
    hidden: dict[str, str] = field(default_factory=dict)


class Listing(Struct, frozen=True):
    title: str
    heads: tuple[str, ...]
    rows: list[Row]
    acts: tuple[tuple[str, str], ...] = ()
    lead: str = ""
    empty: str = "Nothing yet."

    def shown(self, facility: FacilityView | None, stages: list[Stage]) -> Response:
        return page(
            "web/setup/list.html",
            partial="web/setup/_list.html",
            sheet=self,
            facility=facility,
            stages=stages,
            done=DONE.get(request.args.get("done", "")),
        )


class State(Struct, frozen=True):
    """A facility as far as it is set up."""

    facility: FacilityView
    departments: list[DepartmentView]
    resources: list[ResourceView]
    scheduled: frozenset[UUID | None]
    types: int

    def hourless(self, each: ResourceView) -> bool:
        """Say whether a resource can never be booked, for want of hours."""
        if each.kind is ResourceKind.TEAM or each.public_id in self.scheduled:
            return False
        follows = each.kind in _FOLLOWS and not each.schedule_only
        return not (follows and None in self.scheduled)

    @property
    def missing(self) -> tuple[str, ...]:
        lacks = [
            ("no department yet", not self.departments),
            ("nothing to book yet", not self.resources),
            ("no hours yet", any(map(self.hourless, self.resources))),
            ("no type yet", not self.types),
        ]
        return tuple(words for words, lacking in lacks if lacking)

    @property
    def stages(self) -> list[Stage]:
        slug = self.facility.slug
        able = [each for each in self.resources if not self.hourless(each)]
        to: dict[str, Any] = {
            "things": url_for("things.index", facility=slug),
            "hours": url_for("schedules.index", facility=slug),
            "kinds": url_for("kinds.index", facility=slug),
        }
        rooms = url_for("departments.index", facility=slug)
        return [
            Stage("Facility", done=True, address=url_for("setup.show", facility=slug)),
            Stage("Department", bool(self.departments), rooms),
            Stage("Doctor, room or site", bool(self.resources), to["things"]),
            Stage("Hours", bool(able), to["hours"]),
            Stage("Appointment type", bool(self.types), to["kinds"]),
        ]


def state_of(place: FacilityView) -> State:
    by, today = current.actor(), local_date(clock.now(), place.zone)
    return State(
        facility=place,
        departments=in_use(directory.departments(place, by=by)),
        resources=[e for e in directory.resources(place, by=by) if e.active],
        scheduled=_scheduled(place, today),
        types=len(directory.types(by=by)),
    )


def _scheduled(place: FacilityView, today: date) -> frozenset[UUID | None]:
    found = hours.standing(place, today, by=current.actor())
    return frozenset(each.resource_id for each in found)


@bp.get("")
def index() -> ResponseReturnValue:
    """List the facilities one may set up, and what each still lacks."""
    places = [e for e in directory.facilities(by=current.actor()) if may_set_up(e)]
    if not places:
        must(Permission.MANAGE_DIRECTORY)
    rows = [_row(state_of(each)) for each in places]
    able = accounts.may(current.actor(), Permission.MANAGE_DIRECTORY, EVERYWHERE)
    return Listing(
        "Set-up",
        ("Facility", "Departments", "To book", "Types", "Missing"),
        rows,
        acts=(("Open a new place", url_for(".facility_form")),) if able else (),
        lead="Open a facility, then its departments, what is booked there, and hours.",
    ).shown(None, [])


def _row(it: State) -> Row:
    counts = (len(it.departments), len(it.resources), it.types)
    return Row(
        it.facility.name,
        url_for(".show", facility=it.facility.slug),
        tuple(str(each) for each in counts),
        it.missing,
    )


@bp.get("/at/<facility>")
def show(facility: str) -> ResponseReturnValue:
    """Show the parts of one facility, with how many there are, and what comes next."""
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    it = state_of(place)
    return Listing(
        f"Set-up of {place.name}",
        ("Part", "There are", "Missing"),
        _parts(it),
        acts=(
            ("Name, address, time zone", url_for(".change_form", facility=facility)),
            ("Booking by patients", url_for("setting_online.form", facility=facility)),
            ("Logo", url_for("setting_logo.form", facility=facility)),
            ("Registry ids", url_for("setting_registries.form", facility=facility)),
            ("Network payment", url_for("setting_network.form", facility=facility)),
        ),
    ).shown(place, it.stages)


def _parts(it: State) -> list[Row]:
    slug = it.facility.slug
    rows = [
        ("Departments", "departments.index", str(len(it.departments)), 0),
        ("Doctors, rooms, machines", "things.index", str(len(it.resources)), 1),
        ("Hours and holidays", "schedules.index", str(len(it.scheduled)), 2),
        ("Appointment types", "kinds.index", str(it.types), 3),
    ]
    lacks = [
        ("no department yet",) if not it.departments else (),
        ("nothing to book yet",) if not it.resources else (),
        ("no hours yet",) if any(map(it.hourless, it.resources)) else (),
        ("no type yet",) if not it.types else (),
    ]
    found = [
        Row(name, url_for(to, facility=slug), (count,), lacks[at])
        for name, to, count, at in rows
    ]
    return found + _guarded(it.facility)


def _guarded(place: FacilityView) -> list[Row]:
    """Give the parts that want another permission, to who has it."""
    by, slug, found = current.actor(), place.slug, []
    if accounts.may(by, Permission.MANAGE_RULES, Scope(place.id)):
        count = str(len(booking.rules(place, by=by)))
        to = url_for("ruling.index", facility=slug)
        found.append(Row("Rules of booking", to, (count,)))
        saved = queues.policy_versions(place, by=by)
        count = str(len({each.department_id for each in saved}))
        to = url_for("policy.index", facility=slug)
        found.append(Row("Queue policies", to, (count,)))
    boards = str(len(queues.boards(place, by=by)))
    found.append(Row("Wall boards", url_for("screens.index", facility=slug), (boards,)))
    ranks = str(sum(each.active for each in queues.levels(by=by)))
    to = url_for("levels.index", facility=slug)
    found.append(Row("Priority levels of queues", to, (ranks,)))
    to = url_for(".priorities", facility=slug)
    found.append(Row("Priorities of bookings", to, (str(len(Priority)),)))
    if accounts.may(by, Permission.KEEP_MESSAGES, Scope(place.id)):
        own = str(len(messages.texts(place, by=by).own))
        found.append(
            Row("Texts of messages", url_for("texts.index", facility=slug), (own,))
        )
    if accounts.may(by, Permission.MANAGE_ACCOUNTS, EVERYWHERE):
        count = str(len(accounts.staff(by=by)))
        to = url_for("staff.index", facility=slug)
        found.append(Row("Users and roles", to, (count,)))
    return found


@bp.get("/at/<facility>/priorities")
def priorities(facility: str) -> ResponseReturnValue:
    """Say what each priority of a booking means; the engine knows these five."""
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    rows = [
        Row(f"{level.value} {name}", cells=(says,))
        for level, (name, says) in PRIORITIES.items()
    ]
    lead = "A lower number goes first. They are the same in every facility."
    return Listing(
        "Priorities of bookings", ("Level", "What it means", ""), rows, lead=lead
    ).shown(place, [])


@bp.get("/new")
def facility_form() -> ResponseReturnValue:
    must(Permission.MANAGE_DIRECTORY)
    return _sheet().shown()


@bp.post("/new")
def add_facility() -> ResponseReturnValue:
    typed: Values = request.form
    try:
        order = service.NewFacility(
            slug=text(typed, "slug"),
            name=text(typed, "name"),
            zone=text(typed, "zone"),
            address=text(typed, "address"),
            phone=text(typed, "phone"),
            region=text(typed, "region").upper(),
        )
        made = service.add_facility(order, by=current.actor(), now=clock.now())
    except DomainError as error:
        return _sheet().shown(typed, error)
    return leave_for(url_for(".show", facility=made.slug, done="added"))


@bp.get("/at/<facility>/change")
def change_form(facility: str) -> ResponseReturnValue:
    return _changing(place_of(facility, Permission.MANAGE_DIRECTORY)).shown()


@bp.post("/at/<facility>/change")
def change(facility: str) -> ResponseReturnValue:
    """Change what a facility is called, how it is reached, and its clock."""
    typed: Values = request.form
    place = directory.facility(facility, by=current.actor())
    try:
        told = service.change_facility(
            place,
            by=current.actor(),
            now=clock.now(),
            name=text(typed, "name"),
            address=text(typed, "address"),
            phone=text(typed, "phone"),
            slug=text(typed, "slug"),
            zone=text(typed, "zone"),
        )
    except DomainError as error:
        return _changing(place).shown(typed, error)
    return leave_for(url_for(".show", facility=told.slug, done="changed"))


def _changing(place: FacilityView) -> Sheet:
    return Sheet(
        title=f"Change {place.name}",
        fields=(
            Field("name", "Name", start=(place.name,)),
            Field("slug", "Short name", hint=_SHORT, start=(place.slug,)),
            Field("zone", "Time zone", hint=_CLOCK, start=(place.zone.key,)),
            Field("address", "Address", start=(place.address,)),
            Field("phone", "Phone", start=(place.phone,)),
        ),
        address=url_for("setup.change", facility=place.slug),
        back=url_for("setup.show", facility=place.slug),
        submit="Change it",
        facility=place,
        lead="The short name is in every address: with another, old links end.",
    )


def _sheet() -> Sheet:
    return Sheet(
        title="Open a new place",
        lead="A hospital, clinic or site with a time zone of its own.",
        fields=(
            Field("name", "Name"),
            Field("slug", "Short name", hint=_SHORT),
            Field("zone", "Time zone", hint="as Asia/Kolkata", start=("Asia/Kolkata",)),
            Field("region", "Country", hint="two letters; that of the zone if empty"),
            Field("address", "Address", hint="may be left out"),
            Field("phone", "Phone", hint="may be left out"),
        ),
        address=url_for("setup.add_facility"),
        back=url_for("setup.index"),
        submit="Open it",
    )
