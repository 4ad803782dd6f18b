"""Why a file is not brought in."""

from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from app.booking.views import Opening
from app.core.errors import ConflictError, DomainError, InputError


class FormError(InputError):
    """The file cannot be read at all; `params["reason"]` says why."""

    code = "file_form"


class UnknownKeyError(InputError):
    """Nothing goes by that name here; `params["meant"]` is the nearest that does."""

    code = "unknown_key"


class RepeatedError(InputError):
    """The file says the same thing twice."""

    code = "repeated"


class DiffersError(ConflictError):
    """It is here with another value: `params` has what it `is` and what is `wanted`."""

    code = "differs"


class NotEmptyError(ConflictError):
    """The demo hospital only moves into an empty installation."""

    code = "not_empty"


class Problem(Struct, frozen=True):
    """
    One bad line: where, which field, why, and for a booking what is free nearby.

    `zone` is that of the facility it is about, when it is about one.
    """

    line: int
    field: str | None
    error: DomainError
    nearest: tuple[Opening, ...] = ()
    zone: ZoneInfo | None = None

    @property
    def code(self) -> str:
        return self.error.code

    @property
    def params(self) -> dict[str, Any]:
        return self.error.params


class BadFileError(DomainError):
    """A file had bad lines, so nothing of it was kept."""

    code = "bad_file"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(count=len(problems))
