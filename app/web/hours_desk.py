"""What the pages about hours share: whose hours they are, and who may change them."""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from app.accounts import queries as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.availability import queries
from app.booking.queries import Stranded
from app.booking.views import Once
from app.core import clock
from app.core.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from app.core.spans import Span, local_date
from app.directory import queries as directory
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, ResourceView, TypeView
from app.doors import current
from app.doors.htmx import wants_partial
from app.web.reading import clock_of, day_of, local_instant

# How far ahead exceptions and maintenance are listed.
AHEAD = timedelta(days=queries.LONGEST_DAYS - 1)


class UnseenError(ConflictError):
    """Bookings lose their place that nobody was shown yet."""

    code = "stranded_unseen"


class Whose(Struct, frozen=True):
    """Whose hours are looked at: a resource's, or without one the facility's own."""

    facility: FacilityView
    resource: ResourceView | None
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return self.facility.zone

    @property
    def today(self) -> date:
        return local_date(self.now, self.facility.zone)

    @property
    def name(self) -> str:
        return self.resource.name if self.resource else self.facility.name

    @property
    def resource_id(self) -> UUID | None:
        return self.resource.public_id if self.resource else None

    @property
    def may_manage(self) -> bool:
        return may_touch(Permission.MANAGE_SCHEDULES, self.facility, self.resource)

    def to(self, endpoint: str, **more: Any) -> str:
        """Give the address of a page about the same hours."""
        if self.resource is not None:
            more["code"] = self.resource.code
        return url_for(endpoint, facility=self.facility.slug, **more)

    def must_manage(self) -> None:
        """
        Refuse a form to who may not send it.

        :raises ForbiddenError: as the act itself would
        """
        if not self.may_manage:
            raise ForbiddenError(permission=Permission.MANAGE_SCHEDULES.value)


def whose(slug: str, code: str) -> Whose:
    """
    Read whose hours an address names.

    :raises NotFoundError: if there is no such thing for these eyes
    """
    by = current.actor()
    facility = directory.facility(slug, by=by)
    if not code:
        return Whose(facility, None, clock.now())
    for each in directory.resources(facility, by=by):
        if each.code == code:
            return Whose(facility, each, clock.now())
    raise NotFoundError("resource", field="code")


def may_touch(
    permission: Permission, facility: FacilityView, resource: ResourceView | None
) -> bool:
    """Say whether to show what changes a resource; the act itself asks again."""
    if resource is None:
        return accounts.may(current.actor(), permission, Scope(facility.id))
    scope = Scope(facility.id, frozenset({resource.thing}))
    return accounts.may(current.actor(), permission, scope)


def types() -> dict[str, TypeView]:
    """Give the types in use by their ids outside."""
    found = directory.types(by=current.actor())
    return {str(each.public_id): each for each in found}


def leave_for(address: str) -> ResponseReturnValue:
    """Go on to another page once something is done, with htmx or without."""
    if not wants_partial():
        return redirect(address, 303)
    answer = make_response("", 204)
    answer.headers["HX-Redirect"] = address
    answer.vary.add("HX-Request")
    return answer


def mark(found: list[Stranded]) -> str:
    """Sum up whom a preview named, so that a form can say that it was seen."""
    # What is offered to who waits comes and goes by the minute, and strands nobody.
    named = sorted(
        f"{each.appointment.id}:{each.resource.id}"
        for each in found
        if not each.is_offer
    )
    return sha256("\n".join(named).encode()).hexdigest()[:16] if named else ""


def must_be_seen(found: list[Stranded], seen: str) -> None:
    """
    Refuse to strand bookings that the form did not show before.

    :raises UnseenError: telling how many they are
    """
    if mark(found) != seen and mark(found):
        raise UnseenError(number=sum(not each.is_offer for each in found))


def span_of(
    first: str,
    start: str,
    last: str,
    end: str,
    zone: ZoneInfo,
    *,
    today: date,
) -> Span:
    """
    Read a span as typed: without times whole days, the last one counted.

    :raises InputError: naming `first`, `start`, `last` or `end`
    """
    day = _day(first, "first", today)
    until = _day(last, "last", day)
    begins = local_instant(
        day, clock_of(start, field="start") if start else time(), zone, field="start"
    )
    if end:
        ends = local_instant(until, clock_of(end, field="end"), zone, field="end")
    else:
        ends = local_instant(until + timedelta(days=1), time(), zone, field="last")
    if ends <= begins:
        raise InputError(field="end" if end else "last", reason="before_start")
    return Span(begins, ends)


def _day(written: str, field: str, otherwise: date) -> date:
    try:
        return day_of(written, otherwise)
    except InputError as exc:
        raise InputError(field=field, **exc.params) from exc


def once_of(values: Mapping[str, str], *content: object) -> Once:
    """Make the key that lets a double click do something once."""
    named = re.sub(r"[^\w-]", "", values.get("once", ""), flags=re.ASCII)[:40]
    told = "\n".join(str(part) for part in content)
    fingerprint = sha256(told.encode()).hexdigest()
    return Once(f"form:{named}:{fingerprint[:16]}", fingerprint)


def fresh() -> str:
    """Give a form a name among all others."""
    return secrets.token_urlsafe(12)


def must_have(able: Sequence[object], permission: Permission) -> None:
    """
    Refuse a form to who may send it for nothing at all.

    :raises ForbiddenError: as the act itself would
    """
    if not able:
        raise ForbiddenError(permission=permission.value, may=())


def may_displace(facility: FacilityView) -> bool:
    """Say whether somebody may let an emergency into any theatre here."""
    return any(
        may_touch(Permission.DISPLACE, facility, each)
        for each in directory.resources(facility, by=current.actor())
        if each.active and each.kind is ResourceKind.LOCATION
    )
