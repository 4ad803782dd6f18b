"""What the set-up pages share: a form told as data, and who may set things up."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from flask import Response
from msgspec import Struct
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict

from app.accounts import queries as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE, Scope
from app.core import clock
from app.core.errors import DomainError, ForbiddenError, InputError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.web.reading import number_of
from app.web.telling import refusal_of

Values = MultiDict[str, str]
Options = tuple[tuple[str, str], ...]
T = TypeVar("T")


class Usable(Protocol):
    """What can be put out of use."""

    @property
    def active(self) -> bool: ...


U = TypeVar("U", bound=Usable)

_UTC = ZoneInfo("UTC")
_LONGEST = 400


class Field(Struct, frozen=True):
    """One question of a form: text, number, password, choice, checks or flag."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    options: Options = ()
    start: tuple[str, ...] = ()


class Sheet(Struct, frozen=True):
    """A form: what it is for, its questions, where it goes and where one came from."""

    title: str
    fields: tuple[Field, ...]
    address: str
    back: str
    submit: str
    facility: FacilityView | None = None
    lead: str = ""
    links: Options = ()

    def shown(
        self, typed: Values | None = None, error: DomainError | None = None
    ) -> Response:
        """Show it, with what was typed and why it was refused."""
        return page(
            "web/setup/form.html",
            partial="web/setup/_form.html",
            status=problem_of(error).status if error else HTTPStatus.OK,
            **self.told(typed, error),
        )

    def told(
        self, typed: Values | None = None, error: DomainError | None = None
    ) -> dict[str, Any]:
        """Give what a page of its own needs to show it."""
        zone = self.facility.zone if self.facility else _UTC
        refusal = None
        if error is not None:
            told = refusal_of(error, zone)
            refusal = replace(told, field=error.field or "", about_place=False)
        return {
            "sheet": self,
            "facility": self.facility,
            "typed": self._typed(typed),
            "refusal": refusal,
            "now": clock.now(),
            "zone": zone,
        }

    def _typed(self, typed: Values | None) -> Mapping[str, tuple[str, ...]]:
        """Give what each field shows: as typed, or as it starts."""
        if typed is None:
            return {each.name: each.start for each in self.fields}
        return {
            each.name: tuple(t[:_LONGEST] for t in typed.getlist(each.name))
            for each in self.fields
            if each.kind != "password"
        }


def text(values: Values, name: str) -> str:
    return values.get(name, "")[:_LONGEST].strip()


def flag(values: Values, name: str) -> bool:
    return values.get(name) == "1"


def number(values: Values, name: str, otherwise: int | None = None) -> int:
    """
    Read a whole number.

    :raises InputError: if it is none, or is missing
    """
    found = number_of(values, name)
    if found is None:
        found = otherwise
    if found is None:
        raise InputError(field=name, reason="required")
    return found


def chosen(values: Values, name: str, read: Callable[[str], T]) -> T:
    """
    Read a choice from a list.

    :raises InputError: if it is not on it
    """
    try:
        return read(values.get(name, ""))
    except (ValueError, KeyError) as exc:
        raise InputError(field=name, reason="choice") from exc


def words_of(values: Values, name: str) -> tuple[str, ...]:
    """Read a list that is typed with commas."""
    return tuple(w for each in text(values, name).split(",") if (w := each.strip()))


def in_use(found: Iterable[U]) -> list[U]:
    """Keep what may be offered for something new."""
    return [each for each in found if each.active]


def on(yes: bool) -> tuple[str, ...]:  # noqa: FBT001 - it is what the field shows
    return ("1",) if yes else ()


def place_of(slug: str, permission: Permission) -> FacilityView:
    """
    Give a facility to who may set it up.

    :raises NotFoundError: if it is not there for these eyes
    :raises ForbiddenError: if they may look, not set up
    """
    place = directory.facility(slug, by=current.actor())
    must(permission, Scope(place.id))
    return place


def must(permission: Permission, scope: Scope = EVERYWHERE) -> None:
    """
    Refuse a page to who may not do what it is for.

    :raises ForbiddenError: as the act itself would
    """
    if not accounts.may(current.actor(), permission, scope):
        raise ForbiddenError(permission=permission.value)


def may_set_up(facility: FacilityView) -> bool:
    """Say whether to show the way to the set-up of a facility."""
    return accounts.may(
        current.actor(), Permission.MANAGE_DIRECTORY, Scope(facility.id)
    )
