"""
Who may go where: one row for every route of the app.

`test_access.py` fails for a route without a row, and asks each route as each person.
A door keeps its rows in a list of its own, which `routes.py` adds to all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.doors.world import World


class Person(StrEnum):
    ANONYMOUS = "nobody has signed in"
    OUTSIDER = "reception of another facility"
    ANALYST = "may look, not book"
    DESK = "reception of this facility"
    ADMIN = "admin"


class Answer(StrEnum):
    OPEN = "open"
    SIGN_IN = "sign in first"
    FORBIDDEN = "not with that role"
    HIDDEN = "no such thing for them"


Values = Callable[[World], Mapping[str, Any]]


def _nothing(world: World) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Route:
    """
    A route, how to ask it rightly, and what each person is answered.

    `args` fill the address and its query; `form` or `json` is the body. A route of the
    JSON door is asked with a bearer token instead of a session.
    """

    endpoint: str
    method: str
    answers: Mapping[Person, Answer]
    args: Values = _nothing
    form: Values | None = None
    json: Values | None = None
    bearer: bool = False


def everybody() -> dict[Person, Answer]:
    return dict.fromkeys(Person, Answer.OPEN)


def staff(**but: Answer) -> dict[Person, Answer]:
    """Answer all who have signed in; name the exceptions, as in outsider=HIDDEN."""
    answers = everybody() | {Person.ANONYMOUS: Answer.SIGN_IN}
    return answers | {Person[name.upper()]: answer for name, answer in but.items()}
