"""What comes in: JSON read strictly, and every refusal told by the field's name."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, ValidationError
from marshmallow.schema import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from app.core.errors import DomainError

# A booking with every resource of a hospital fits in far less.
MOST_BYTES = 64 * 1024
_MOST_DIGITS = 20


class MalformedError(DomainError):
    """The body is no JSON that means one thing; `params["why"]` says where it fails."""

    code = "malformed"


class FieldsError(DomainError):
    """Fields that cannot be right; `params["fields"]` names each, with its reasons."""

    code = "invalid"


class StrictParser(FlaskParser):
    """Read bodies and queries; what no schema names is refused, not overlooked."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - webargs reads it from the class
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Read the body, whatever the schema."""
        del schema
        return body(req)

    def handle_error(
        self, error: ValidationError, req: Request, schema: Schema, **kwargs: Any
    ) -> NoReturn:
        """Tell what the schema refused, each field by its path."""
        del req, schema, kwargs
        # The outermost name only tells the place in the request: json or query.
        messages = next(iter(error.messages_dict.values()))
        raise FieldsError(fields=dict(_flat(messages, ""))) from error


def body(req: Request) -> Any:
    """
    Read the JSON of a request.

    :raises MalformedError: if it is not JSON, or JSON that could be read in two ways
    """
    if not req.is_json:
        raise UnsupportedMediaType
    return read(req.get_data())


def fingerprint(req: Request) -> str:
    """Tell two requests apart: by what they ask for, not by how it was typed."""
    canonical = json.dumps(body(req), sort_keys=True, separators=(",", ":"))
    asked = f"{req.method} {req.path}\n{canonical}"
    return hashlib.sha256(asked.encode()).hexdigest()


def read(raw: bytes) -> Any:
    """
    Read JSON as its standard has it: no NaN, no key twice, no number without end.

    :raises MalformedError: if it cannot be read
    """
    try:
        return json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_once_each,
            parse_constant=_no_constant,
            parse_int=_number,
        )
    except UnicodeDecodeError as exc:
        raise MalformedError(why="it is not UTF-8") from exc
    except json.JSONDecodeError as exc:
        why = f"{exc.msg.lower()} at line {exc.lineno}, column {exc.colno}"
        raise MalformedError(why=why) from exc
    except RecursionError as exc:
        raise MalformedError(why="it is nested too deep") from exc


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise MalformedError(field=_printable(key), why="a name stands there twice")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise MalformedError(why=f"{name} is not a number in JSON")


def _number(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise MalformedError(why=f"a number has more than {_MOST_DIGITS} digits")
    return int(digits)


def _flat(messages: Any, path: str) -> list[tuple[str, list[str]]]:
    """Turn nested messages into paths such as resources[0].starts_at."""
    if not isinstance(messages, Mapping):
        return [(_printable(path or "body"), [str(each) for each in messages])]
    found = []
    for key, inner in messages.items():
        found += _flat(inner, _inside(path, key))
    return found


def _inside(path: str, key: str | int) -> str:
    """Name a field within another, as rooms do: resources[0].starts_at."""
    if key == "_schema":
        return path or "body"
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def _printable(name: str) -> str:
    return name[:100].encode("utf-8", "replace").decode()
