"""A wish for a place as typed: nothing of it is lost, whatever is refused."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.booking.views import NewWaiting, WaitingView
from app.core.errors import InputError, NotFoundError
from app.directory.views import DepartmentView, FacilityView, ResourceView
from app.web.drafts import printable
from app.web.hours_words import DAYS
from app.web.reading import clock_of, day_of, uuid_of

RANKS: Mapping[str, str] = {"0": "As they came", "5": "Before others", "9": "First"}
# Who names no day waits for two weeks.
USUAL = timedelta(days=13)
IN = "in:"
_LONGEST = 600
_END = time(23, 59)


class Staff(Struct, frozen=True):
    """Whom one may wait for: single resources, or any of a department."""

    resources: list[ResourceView]
    parts: list[DepartmentView]

    def whom(self, code: str) -> tuple[ResourceView | None, DepartmentView | None]:
        """
        Give who is meant by a code; nobody of them if anybody will do.

        :raises NotFoundError: if nobody is called so
        """
        if not code:
            return None, None
        for part in self.parts:
            if code == f"{IN}{part.public_id}":
                return None, part
        for each in self.resources:
            if code == each.code:
                return each, None
        raise NotFoundError("resource", field="with")

    def places(
        self, resource: ResourceView | None, part: DepartmentView | None
    ) -> tuple[set[UUID], UUID | None]:
        """Give whose places are meant, and of which department they are."""
        if resource is not None:
            ids = {each.id: each.public_id for each in self.parts}
            return {resource.public_id}, ids.get(resource.department_id or 0)
        within = part.id if part else None
        theirs = {r.public_id for r in self.resources if r.department_id == within}
        return theirs, part.public_id if part else None

    def code_of(self, waits: WaitingView) -> str | None:
        """Give the code of the one resource that somebody waits for, if it is one."""
        named = (e.code for e in self.resources if e.public_id == waits.resource_id)
        return next(named, None)

    def named(self, waits: WaitingView) -> str:
        """Say with whom somebody wants a place."""
        for each in self.resources:
            if each.public_id == waits.resource_id:
                return each.name
        for part in self.parts:
            if part.public_id == waits.department_id:
                return f"Anybody of {part.name}"
        anybody = waits.resource_id is None and waits.department_id is None
        return "Anybody" if anybody else "Somebody else"


class Wish(Struct, frozen=True):
    """
    The fields of the form, as text.

    `code` says with whom: a resource by its code, `in:` a department, or anybody.
    """

    patient: str = ""
    q: str = ""
    code: str = ""
    type: str = ""
    first: str = ""
    last: str = ""
    on: tuple[str, ...] = ()
    earliest: str = ""
    latest: str = ""
    rank: str = "0"
    note: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str], on: Sequence[str]) -> "Wish":
        """Take what a form or an address says; who ticked no weekday sent none."""
        typed = {
            name: values.get("with" if name == "code" else name, "")[:_LONGEST].strip()
            for name in cls.__struct_fields__
            if name != "on"
        }
        return cls(on=tuple(on), **typed | {"rank": typed["rank"] or "0"})

    def opened(self, day: date) -> "Wish":
        """Fill in what nobody said yet: that day, or two weeks from it; any weekday."""
        first = self.first or day.isoformat()
        usual = first if self.first else (day + USUAL).isoformat()
        every = tuple(str(each) for each in range(7))
        return replace(self, first=first, last=self.last or usual, on=self.on or every)

    def shown(self) -> "Wish":
        """Give it as a page can show it: what no page may hold is marked."""
        return replace(self, note=printable(self.note), q=printable(self.q))

    def order(self, facility: FacilityView, staff: Staff) -> NewWaiting:
        """
        Read it as booking takes it.

        :raises InputError: if a field of it cannot be right
        :raises NotFoundError: if nobody there is called so
        """
        if self.rank not in RANKS:
            raise InputError(field="rank", reason="choice")
        resource, part = staff.whom(self.code)
        return NewWaiting(
            facility_id=facility.public_id,
            patient_id=uuid_of(self.patient, field="patient", what="patient"),
            type_id=uuid_of(self.type, field="type", what="type"),
            first_day=_day(self.first, "first"),
            last_day=_day(self.last, "last"),
            resource_id=resource.public_id if resource else None,
            department_id=part.public_id if part else None,
            weekdays=tuple(int(each) for each in self.on if each in set("0123456")),
            earliest=_clock(self.earliest, "earliest", time.min),
            latest=_clock(self.latest, "latest", _END),
            priority=int(self.rank),
            note=self.note,
        )


class Sought(Struct, frozen=True):
    """Of which part of the list one wants to know, as the address says it."""

    code: str = ""
    type: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Sought":
        return cls(values.get("with", ""), values.get("type", ""))

    def among(self, found: Sequence[WaitingView], staff: Staff) -> list[WaitingView]:
        """
        Give whom a place there would be offered to: who waits for anybody, too.

        :raises NotFoundError: if nobody there is called so
        """
        resource, part = staff.whom(self.code)
        of_type = [e for e in found if self.type in {"", str(e.type.public_id)}]
        if resource is None and part is None:
            return of_type
        named, within = staff.places(resource, part)
        return [
            each
            for each in of_type
            if each.resource_id in named
            or (each.resource_id is None and each.department_id in {None, within})
        ]


def to_book(waits: WaitingView, staff: Staff, today: date) -> Mapping[str, object]:
    """Give what the booking form opens with, for who waits so."""
    return {
        "patient": waits.patient.public_id,
        "type": waits.type.public_id,
        "with": staff.code_of(waits),
        "day": max(waits.first_day, today).isoformat(),
        "note": waits.note or None,
        "waiting": waits.id,
    }


def when(waits: WaitingView) -> str:
    """Say on which weekdays and between which times; nothing if at any."""
    days = ", ".join(DAYS[each] for each in waits.weekdays)
    told = [days] if len(waits.weekdays) < len(DAYS) else []
    early, late = f"{waits.earliest:%H:%M}", f"{waits.latest:%H:%M}"
    if waits.earliest != time.min and waits.latest != _END:
        told.append(f"{early}\N{EN DASH}{late}")
    elif waits.earliest != time.min:
        told.append(f"from {early}")
    elif waits.latest != _END:
        told.append(f"until {late}")
    return ", ".join(told)


def _day(typed: str, field: str) -> date:
    if not typed:
        raise InputError(field=field, reason="required")
    try:
        return day_of(typed, date.min)
    except InputError as exc:
        raise InputError(field=field, reason="date") from exc


def _clock(typed: str, field: str, otherwise: time) -> time:
    return clock_of(typed, field=field) if typed else otherwise
