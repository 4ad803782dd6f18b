"""How the staff's door tells what went wrong."""

from http import HTTPStatus

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, Unauthorized

from app.core import context
from app.core.errors import DomainError
from app.doors.htmx import wants_partial
from app.doors.problems import RETRY_AFTER, problem_of
from app.doors.words import say
from app.web import sessions

# A refusal is put where every page keeps a place for it, not over what was clicked.
_ASIDE = {"HX-Retarget": "#problems", "HX-Reswap": "innerHTML"}

_WORDS: dict[int, tuple[str, str]] = {
    400: ("That could not be understood", "Go back, look at what you entered."),
    403: ("Not allowed", "Your role does not allow that here."),
    404: ("There is no such page", "It may have been moved, or typed wrong."),
    405: ("That is not how this page works", "Go back and use the page's buttons."),
    413: ("That is too much at once", "What was sent is larger than Baari takes."),
    429: ("Too many tries", "Wait five minutes, then try again."),
    500: (
        "Something went wrong here",
        "It is our fault, and written down. Nothing you entered was half saved.",
    ),
    503: ("Busy", "Too many want the same at this moment. Try again."),
}
_FORGED = (
    "This page stood open too long",
    "Your session is another by now. Go back, load the page again and repeat.",
)


def tell(failure: DomainError | HTTPException) -> ResponseReturnValue:
    """Answer a refusal or a failure with a page, or with a note beside the work."""
    if isinstance(failure, DomainError):
        problem = problem_of(failure)
        answer = _answer(problem.title, say(failure), problem.status)
        if failure.code in RETRY_AFTER:
            answer.headers["Retry-After"] = str(RETRY_AFTER[failure.code])
        return answer
    if failure.response is not None:
        return failure.response
    if isinstance(failure, Unauthorized):
        return sessions.ask_to_sign_in()
    status = failure.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST:
        return failure.get_response()
    title, text = (
        _FORGED
        if isinstance(failure, CSRFError)
        else _WORDS.get(status, (failure.name, ""))
    )
    return _answer(title, text, HTTPStatus(status))


def _answer(title: str, text: str, status: HTTPStatus) -> Response:
    partial = wants_partial()
    template = "web/_problem.html" if partial else "web/problem.html"
    body = render_template(
        template,
        title=title,
        text=text,
        request_id=context.request_id()
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR
        else "",
    )
    answer = make_response(body, status)
    answer.vary.add("HX-Request")
    if partial:
        answer.headers.update(_ASIDE)
    return answer
