"""Pages of doors that stand above this one: behind the staff's sign-in, in the menu."""

from collections.abc import Callable

from flask import Blueprint, Flask, current_app
from msgspec import Struct

from app.web import acting, sessions


class Part(Struct, frozen=True):
    """One more part of the house: its name, where it begins, and who is led there."""

    name: str
    here: str
    endpoint: str
    shown: Callable[[], bool]


_NAME = "baari.parts_above"


def init_app(app: Flask) -> None:
    app.extensions[_NAME] = []
    app.jinja_env.globals["parts_above"] = _shown


def for_staff(bp: Blueprint) -> Blueprint:
    """Let nobody to these pages who has not signed in; once, where they are made."""
    bp.before_request(sessions.require_staff)
    bp.before_request(acting.take_up)
    return bp


def add(app: Flask, bp: Blueprint, part: Part) -> None:
    """Hang these pages into the app, and lead there from the menu."""
    app.register_blueprint(bp)
    app.extensions[_NAME].append(part)


def _shown() -> list[Part]:
    parts: list[Part] = current_app.extensions[_NAME]
    return [each for each in parts if each.shown()]
