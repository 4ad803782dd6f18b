"""What entries stand on while they are acted on: who acts, and what is named."""

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from app.booking.views import Opening
from app.core.actor import Actor
from app.core.errors import InputError, NotFoundError
from app.core.spans import Span, at
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView, TypeView
from app.exchange.entry import Entry
from app.exchange.errors import DiffersError
from app.patients import internal as patients
from app.patients.views import PatientView


class Done(StrEnum):
    """What became of an entry."""

    ADDED = "added"
    SAME = "same"


class SkippedError(Exception):
    """What the entry needs is bad itself, and told of already."""


class Named(Struct, frozen=True):
    """A thing other entries call by its name, as in facility kochi."""

    kind: str
    name: str


class Desk(Struct):
    """
    The importing actor's desk; whatever failed before is known by name.

    `zone` is that of the facility asked for last.
    """

    by: Actor
    now: datetime
    failed: set[Named] = field(default_factory=set)
    zone: ZoneInfo | None = None
    _seen: dict[tuple[object, ...], Any] = field(default_factory=dict)

    def facility(self, slug: str, name: str = "facility") -> FacilityView:
        found: FacilityView = self._find(
            Named("facility", slug), name, (), lambda: directory.facility_by_slug(slug)
        )
        self.zone = found.zone
        return found

    def resource(
        self, code: str, facility: FacilityView, name: str = "resource"
    ) -> ResourceView:
        found: ResourceView = self._find(
            Named("resource", code),
            name,
            (facility.id,),
            lambda: directory.resource_by_code(code, facility.id),
        )
        return found

    def department(self, name: str, facility: FacilityView, field: str) -> int:
        known = {each.name: each.id for each in directory.departments(facility.id)}
        if name not in known:
            if Named("department", f"{facility.slug}/{name}") in self.failed:
                raise SkippedError
            raise NotFoundError("department", field=field, value=name)
        return known[name]

    def type(self, code: str, name: str = "type") -> TypeView:
        found: TypeView = self._find(
            Named("type", code), name, (), lambda: directory.type_by_code(code)
        )
        return found

    def patient(self, mrn: str, name: str = "patient") -> PatientView:
        def look() -> PatientView:
            person = patients.by_mrn(mrn)
            if person is None:
                raise NotFoundError("patient")
            return person

        found: PatientView = self._find(Named("patient", mrn), name, (), look)
        return found

    def _find(
        self,
        wanted: Named,
        name: str,
        place: tuple[object, ...],
        look: Callable[[], object],
    ) -> Any:
        """Find what the file names, once, and tell the name when there is none."""
        key = (wanted, *place)
        if key not in self._seen:
            if wanted in self.failed:
                raise SkippedError
            try:
                self._seen[key] = look()
            except NotFoundError as exc:
                what = exc.params["what"]
                raise NotFoundError(what, field=name, value=wanted.name) from exc
        return self._seen[key]


class Item(Struct, frozen=True):
    """
    One thing to bring in: its entry, its act, and the name it goes by for others.

    Items of a lower stage come first, wherever they stand in the file. `nearest` finds
    what is free near a booking that is refused; `uses` names the resources it locks.
    """

    entry: Entry
    section: str
    act: Callable[[Desk], Done]
    makes: Named | None = None
    stage: int = 0
    nearest: Callable[[Desk], tuple[Opening, ...]] | None = None
    uses: tuple[Named, ...] = ()


def compare(what: str, values: Iterable[tuple[str, object, object]]) -> Done:
    """
    Compare what is kept with what the file wants; None wants nothing.

    :raises DiffersError: naming the first field that differs
    """
    for name, kept, wanted in values:
        if wanted is not None and kept != wanted:
            raise DiffersError(field=name, what=what, **{"is": kept}, wanted=wanted)
    return Done.SAME


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Tell the instant of a facility's wall-clock time."""
    return at(wall.date(), wall.time(), zone)


def between(start: datetime, end: datetime, zone: ZoneInfo, field: str = "end") -> Span:
    """
    Make the span between two wall-clock times of a facility.

    :raises InputError: if the end is not after the start
    """
    first, last = instant(start, zone), instant(end, zone)
    if last <= first:
        raise InputError(field=field, reason="before_start")
    return Span(first, last)
