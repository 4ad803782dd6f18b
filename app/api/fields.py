"""Fields of the JSON door: strict, and each refusal says how to mend it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.core.errors import InputError
from app.core.text import clean

# Years outside of these are slips of the pen, and overflow when a zone is added.
FIRST_YEAR, LAST_YEAR = 1900, 2199
_BIGGEST = 2**31 - 1

Sent = Mapping[str, Any] | None


class Text(fields.String):
    """One line of text without control characters."""

    def __init__(self, *, most: int, least: int = 0, **kwargs: Any) -> None:
        super().__init__(
            validate=validate.Length(min=least or None, max=most), **kwargs
        )

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Sent,
        **kwargs: Any,
    ) -> str:
        line: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            # Some letters of Hindi are two signs once normalized, none more than three.
            return clean(line, field=attr or "", most=3 * len(line))
        except InputError as exc:
            raise ValidationError(
                "It holds characters that no line of text may hold."
            ) from exc


class Whole(fields.Integer):
    """A whole number as JSON writes it: no text, no 1.0, no true."""

    def __init__(self, *, least: int, most: int = _BIGGEST, **kwargs: Any) -> None:
        super().__init__(
            strict=True, validate=validate.Range(min=least, max=most), **kwargs
        )

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Moment(fields.AwareDateTime):
    """An instant: a date, a time and its offset from UTC."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "invalid": "Give a date and time with its offset,"
        " for example 2024-10-21T10:00:00+05:30.",
        "invalid_awareness": "The offset from UTC is missing: write for example"
        " 2024-10-21T10:00:00+05:30.",
        "years": f"Give a year from {FIRST_YEAR} to {LAST_YEAR}.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Sent,
        **kwargs: Any,
    ) -> datetime:
        if not _plain(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise self.make_error("years")
        return moment.astimezone(UTC)


class Day(fields.Date):
    """A day of the calendar."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "invalid": "Give a date, for example 2024-10-21.",
        "years": f"Give a year from {FIRST_YEAR} to {LAST_YEAR}.",
    }

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Sent,
        **kwargs: Any,
    ) -> date:
        if not _plain(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        day: date = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self.make_error("years")
        return day


def _plain(value: Any) -> bool:
    # The standard library reads a time only as far as a NUL.
    return isinstance(value, str) and value.isascii() and value.isprintable()
