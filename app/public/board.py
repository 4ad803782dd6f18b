"""The wall board: who is called and who is next, for everybody who has its code."""

from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, request, send_from_directory
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.spans import local_date
from app.doors import board_words, current
from app.doors.htmx import page
from app.doors.languages import Language
from app.queues import queries
from app.queues.board_views import WallView

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

bp = Blueprint("board", __name__)

_HERE = "/board/"
_NEVER_KEPT = [("Cache-Control", "no-store")]


def init_app(app: Flask) -> None:
    """Register the boards; nobody signs in to look at one."""
    app.register_blueprint(bp)
    app.wsgi_app = Unchanged(app.wsgi_app)  # type: ignore[method-assign]


class Unchanged:
    """
    Answer polls of boards to which nothing has happened, by one read of Redis.

    They come from every screen each second, so they are answered before Flask begins:
    no session, no context, no log. All others, and all without a copy, go on to it.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a poll, or let the app answer."""
        path, asked = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        if (
            path.startswith(_HERE)
            and asked.startswith("v=")
            and environ["REQUEST_METHOD"] == "GET"
            and queries.board_unchanged(path.removeprefix(_HERE), asked[2:])
        ):
            start_response("204 NO CONTENT", _NEVER_KEPT.copy())
            return []
        return self._app(environ, start_response)


@bp.get("/board/<code>")
def show(code: str) -> ResponseReturnValue:
    """Show a board; who shows it already is told nothing while nothing changed."""
    now, seen = clock.now(), request.args.get("v")
    if seen is not None and seen == queries.board_version(code, now=now):
        return "", HTTPStatus.NO_CONTENT
    wall = queries.wall(code, now=now)
    shown = board_words.of(wall.languages)
    return page(
        "public/board.html",
        partial="public/_board.html",
        wall=wall,
        languages=shown,
        notices=_notices(wall, shown),
        spoken=[
            {"code": e.code, "voice": e.voice, "call": e.words["call"]} for e in shown
        ],
        clips=board_words.clips(_clips(), wall.languages),
        minutes=board_words.minutes,
        day=shown[0].day(local_date(now, wall.zone)),
        now=now,
        zone=wall.zone,
    )


@bp.get("/board-clips/<language>/<name>")
def clip(language: str, name: str) -> ResponseReturnValue:
    """Give a recording that the hospital has put into its folder of clips."""
    return send_from_directory(_clips(), f"{language}/{name}", max_age=3600)


def _clips() -> Path:
    return current.settings().home.resolve() / "clips"


def _notices(wall: WallView, languages: list[Language]) -> list[list[tuple[str, str]]]:
    """Say who pauses or is late, each in every language, and what they let say."""
    found = []
    for line in wall.lines:
        told: list[tuple[str, str]] = []
        for each in languages:
            if line.paused:
                told.append((each.code, each.say("paused", doctor=line.doctor)))
            if line.late_minutes:
                late = line.late_minutes
                said = each.say("late", count=late, doctor=line.doctor, minutes=late)
                told.append((each.code, said))
        if told and line.notice:
            told.append(("", line.notice))
        if told:
            found.append(told)
    return found
