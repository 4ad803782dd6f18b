"""What is wrong with a file, collected while reading goes on."""

from zoneinfo import ZoneInfo

from app.booking.views import Opening
from app.core.errors import DomainError
from app.exchange.errors import BadFileError, Problem


class Notes:
    """All that is wrong so far."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def add(
        self,
        line: int,
        error: DomainError,
        *,
        field: str | None = None,
        nearest: tuple[Opening, ...] = (),
        zone: ZoneInfo | None = None,
    ) -> None:
        told = Problem(line, field or error.field, error, nearest, zone)
        self._problems.append(told)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Give them from the top of the file to its end."""
        return tuple(sorted(self._problems, key=lambda problem: problem.line))

    def refuse_any(self) -> None:
        """
        Let pass a file without a bad line.

        :raises BadFileError: if there is any
        """
        if self._problems:
            raise BadFileError(self.problems)
