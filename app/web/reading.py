"""Reading what a request says: days, instants, things by their short names."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import session

from app.accounts import queries as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.core.errors import ForbiddenError, InputError, NotFoundError
from app.core.spans import at
from app.directory import queries as directory
from app.directory.kinds import Category, ResourceKind
from app.directory.views import FacilityView, ResourceView, TypeView
from app.doors import current

utc = ZoneInfo("UTC")
# Far enough for any schedule, near enough that a day before or after exists.
_FIRST, _LAST = date(2000, 1, 1), date(2199, 12, 31)


def day_of(written: str | None, otherwise: date) -> date:
    """
    Read a day as browsers send it.

    :raises InputError: if it is no day, or none of our time
    """
    if not written:
        return otherwise
    try:
        day = date.fromisoformat(written)
    except ValueError as exc:
        raise InputError(field="day", reason="date") from exc
    if not _FIRST <= day <= _LAST:
        raise InputError(field="day", reason="date")
    return day


def clock_of(written: str, *, field: str) -> time:
    """
    Read a wall-clock time: 14:30, 1430, 9.05, 9, 2 pm or 2:30pm.

    :raises InputError: if it is no time
    """
    found = _CLOCK.fullmatch(written.strip().lower())
    if found is None:
        raise InputError(field=field, reason="time")
    hours, minutes = int(found["hours"]), int(found["minutes"] or 0)
    half = found["half"]
    if half and not 1 <= hours <= 12:
        raise InputError(field=field, reason="time")
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    if hours > 23 or minutes > 59:
        raise InputError(field=field, reason="time")
    return time(hours, minutes)


_CLOCK = re.compile(
    r"(?P<hours>\d{1,2})(?:[:.]?(?P<minutes>\d\d))? ?(?:(?P<half>[ap])\.?m\.?)?",
    re.ASCII,
)


def instant_of(written: str | None, *, field: str = "at") -> datetime:
    """
    Read an instant as our own addresses have it.

    :raises InputError: if it is none
    """
    try:
        moment = datetime.strptime(written or "", "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError as exc:
        raise InputError(field=field, reason="time") from exc
    if not _FIRST <= moment.date() <= _LAST:
        raise InputError(field=field, reason="date")
    return moment


def local_instant(day: date, clock: time, zone: ZoneInfo, *, field: str) -> datetime:
    """
    Give the instant of a wall-clock time.

    :raises InputError: if the clocks jump over it
    """
    moment = at(day, clock, zone)
    if moment.astimezone(zone).time() != clock:
        raise InputError(field=field, reason="jumped")
    return moment


def uuid_of(written: str | None, *, field: str, what: str) -> UUID:
    """
    Read an outside id.

    :raises InputError: if there is none
    :raises NotFoundError: if it cannot be one
    """
    if not written:
        raise InputError(field=field, reason="required")
    try:
        return UUID(written)
    except ValueError as exc:
        raise NotFoundError(what, field=field) from exc


def number_of(values: Mapping[str, str], field: str) -> int | None:
    """
    Read a whole number that may be left out.

    :raises InputError: if it is none
    """
    written = values.get(field, "").strip()
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) <= 6):
        raise InputError(field=field, reason="number")
    return int(written)


def resource_of(facility: FacilityView, code: str | None) -> ResourceView:
    """
    Give a resource of a facility by its code.

    :raises NotFoundError: if it does not serve there
    """
    for each in directory.resources(facility, by=current.actor()):
        if each.code == code:
            return each
    raise NotFoundError("resource", field="with")


def types_by_use() -> list[TypeView]:
    """Give what people come for: what most do first, then what was set up first."""
    often = tuple(Category)
    found = directory.types(by=current.actor())
    return sorted(found, key=lambda each: (often.index(each.category), each.id))


def any_facility() -> FacilityView | None:
    """Give the facility looked at last, else the oldest: for pages about none."""
    kept: dict[str, str] = session.get("calendar", {})
    found = sorted(directory.facilities(by=current.actor()), key=lambda each: each.id)
    return next((f for f in found if f.slug == kept.get("facility")), None) or next(
        iter(found), None
    )


def zone_name(zone: ZoneInfo, now: datetime) -> str:
    """Name a zone as its people do, or by its distance from UTC."""
    name = now.astimezone(zone).tzname() or ""
    if name[:1] not in {"+", "-"}:
        return name
    return f"UTC{name[:3]}:{name[3:] or '00'}"


def may(permission: Permission, facility: FacilityView, *used: ResourceView) -> bool:
    """Say whether to show a button; the act itself asks again."""
    scope = Scope(facility.id, frozenset(each.thing for each in used))
    return accounts.may(current.actor(), permission, scope)


def must(permission: Permission, facility: FacilityView, *used: ResourceView) -> None:
    """
    Refuse a form to who may not send it, before anything is typed.

    :raises ForbiddenError: as the act itself would
    """
    if not may(permission, facility, *used):
        raise ForbiddenError(permission=permission.value)


def may_book(facility: FacilityView) -> bool:
    """Say whether to show the way to book; who borrowed that has it of some only."""
    if may(Permission.BOOK, facility):
        return True
    return current.actor().delegation_id is not None and any(
        may(Permission.BOOK, facility, each)
        for each in directory.resources(facility, by=current.actor())
    )


def hosts(place: FacilityView) -> list[ResourceView]:
    """Give to whom people come in a facility."""
    return receiving(directory.resources(place, by=current.actor()))


def receiving(things: Iterable[ResourceView]) -> list[ResourceView]:
    """
    Give to whom people come: doctors and nurses, and places with tokens of their own.

    Where there are none of these, any place will do.
    """
    here = sorted(
        (e for e in things if e.active and e.kind is not ResourceKind.TEAM),
        key=lambda each: (each.kind, each.name),
    )
    found = [
        each
        for each in here
        if each.kind is ResourceKind.PRACTITIONER or each.token_prefix is not None
    ]
    return sorted(found, key=_is_place) or here


def _is_place(resource: ResourceView) -> bool:
    return resource.kind is not ResourceKind.PRACTITIONER
