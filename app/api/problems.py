"""Every refusal as a problem document (RFC 9457): one shape, a stable code."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request
from msgspec.structs import replace
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.api.schemas.problems import ClashSchema
from app.api.schemas.slots import OpeningSchema
from app.core import context
from app.core.errors import DomainError
from app.doors import problems, words
from app.doors.problems import Problem

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/"

# What is wrong with the request itself, before any room is asked.
HTTP: Mapping[int, tuple[str, Problem, str]] = {
    401: (
        "unauthenticated",
        Problem(HTTPStatus.UNAUTHORIZED, "Not signed in"),
        "Send a bearer token that is still good: Authorization: Bearer …",
    ),
    404: (
        "not_found",
        Problem(HTTPStatus.NOT_FOUND, "Not found"),
        "There is nothing at this address.",
    ),
    405: (
        "method_not_allowed",
        Problem(HTTPStatus.METHOD_NOT_ALLOWED, "Method not allowed"),
        "This address does not answer to that method.",
    ),
    413: (
        "too_large",
        Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Too large"),
        "The body is longer than this address takes.",
    ),
    415: (
        "not_json",
        Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Not JSON"),
        "Send the body as application/json.",
    ),
    500: (
        "internal",
        Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "A fault of ours"),
        "This should not happen. Tell the administrator the instance of this answer.",
    ),
}

MALFORMED = Problem(HTTPStatus.BAD_REQUEST, "Not readable")


# Every code an answer may bear, for the page that explains them.
CODES: Mapping[str, Problem] = {
    **problems.PROBLEMS,
    "malformed": MALFORMED,
    **{code: kind for code, kind, _ in HTTP.values()},
}


def tell(failure: DomainError | HTTPException) -> Response:
    """Answer a failure under the prefix, whichever route it came from or none."""
    if isinstance(failure, DomainError):
        return _of_domain(failure)
    return _of_http(failure)


def _of_domain(error: DomainError) -> Response:
    """Tell what a room refused, and whatever helps to do it right."""
    kind = MALFORMED if error.code == "malformed" else problems.problem_of(error)
    if "fields" in error.params:
        return _of_fields(kind, error)
    if error.code == "changed" and "If-Match" in request.headers:
        kind = Problem(HTTPStatus.PRECONDITION_FAILED, kind.title)
    more: dict[str, Any] = {}
    detail = _detail(error)
    if error.field is not None:
        more["field"] = error.field
        more["errors"] = [{"field": error.field, "detail": detail}]
    if error.code == "rule":
        more |= {
            name: error.params[name]
            for name in ("rule", "override")
            if name in error.params
        }
    if error.params.get("clashes"):
        more["clashes"] = ClashSchema(many=True).dump(error.params["clashes"])
    if "alternatives" in error.params:
        found = error.params["alternatives"]
        more["alternatives"] = OpeningSchema(many=True).dump(found)
    told = answer(error.code, kind, detail, **more)
    if error.code in problems.RETRY_AFTER:
        told.headers["Retry-After"] = str(problems.RETRY_AFTER[error.code])
    return told


def _detail(error: DomainError) -> str:
    if error.code == "malformed":
        return f"The body cannot be read: {error.params['why']}."
    return words.say(_discreet(error), error.params.get("zone"))


def _discreet(error: DomainError) -> DomainError:
    """Keep whose booking is in the way to ourselves: its reference is enough."""
    found = error.params.get("clashes")
    if found:
        kept = [replace(each, patient=None, booked_by=None) for each in found]
        error.params["clashes"] = kept
    return error


def _of_fields(kind: Problem, error: DomainError) -> Response:
    told = [
        {"field": field, "detail": " ".join(reasons)}
        for field, reasons in error.params["fields"].items()
    ]
    detail = " ".join(f"{each['field']}: {each['detail']}" for each in told)
    return answer(error.code, kind, detail, field=told[0]["field"], errors=told)


def _of_http(error: HTTPException) -> Response:
    """Tell what is wrong with the request itself."""
    status = HTTPStatus(error.code or 500)
    unnamed = ("bad_request", Problem(status, status.phrase), status.description)
    code, kind, detail = HTTP.get(status, unnamed)
    told = answer(code, kind, detail or status.phrase)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        told.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    if status == HTTPStatus.UNAUTHORIZED:
        told.headers["WWW-Authenticate"] = "Bearer"
    return told


def answer(code: str, kind: Problem, detail: str, **more: Any) -> Response:
    """Make one problem document."""
    document = {
        # Where this kind of problem is described.
        "type": f"{PREFIX}docs#{code}",
        "title": kind.title,
        "status": int(kind.status),
        "detail": detail,
        "code": code,
        "instance": context.request_id(),
        **more,
    }
    # Plain ASCII: whatever was sent can be named without breaking the answer.
    body = json.dumps(document, ensure_ascii=True)
    return Response(body, status=kind.status, mimetype=MEDIA_TYPE)
