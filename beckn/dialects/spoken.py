"""
Which dialects are spoken here, and of which of them a message is.

To speak another, write it beside these and add it to the list.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from beckn.context import Context, Wire
from beckn.dialects.core import CORE
from beckn.dialects.dialect import Dialect
from beckn.dialects.uhi import UHI
from beckn.problems import Code, Problem

DIALECTS: Mapping[Wire, Dialect] = {each.wire: each for each in (CORE, UHI)}
# Known, so that it can be named to who writes so: there are three of it by now.
_NOT_YET: Mapping[str, Wire] = {"bapId": Wire.V2}


def of(context: Mapping[str, Any]) -> Dialect:
    """
    Tell the dialect of a raw context by its domain and the casing of its fields.

    What it says of its version is not asked: the same number stands for several.

    :raises Problem: if nobody here writes so, or not in that domain
    """
    for field, wire in _NOT_YET.items():
        if field in context:
            raise Problem(
                Code.INVALID, "context", f"{field}: messages of {wire} are not spoken"
            )
    found = next((each for each in DIALECTS.values() if each.buyer in context), None)
    if found is None:
        raise Problem(Code.INVALID, f"context.{CORE.buyer}", "it names no buyer's app")
    domain = context.get("domain")
    if isinstance(domain, str) and _of_domain(domain) is not found:
        raise Problem(
            Code.INVALID,
            "context.domain",
            f"in {domain} nobody is named as {found.buyer}",
        )
    return found


def _of_domain(domain: str) -> Dialect:
    return next(
        (
            each
            for each in DIALECTS.values()
            if each.domains and domain.startswith(each.domains)
        ),
        CORE,
    )


def guessed(raw: bytes) -> Dialect:
    """Guess the dialect of bytes that nobody vouches for yet, or that are our own."""
    try:
        body = orjson.loads(raw)
        context = body.get("context") if isinstance(body, dict) else None
        return of(context) if isinstance(context, dict) else CORE
    except (orjson.JSONDecodeError, Problem):
        return CORE


def read(body: Mapping[str, Any], *, zone: ZoneInfo | None = None) -> Context:
    """
    Read the context of a message; `zone` is for times that tell none, if given.

    :raises Problem: naming the first field that is missing or cannot be read
    """
    raw = body.get("context")
    if not isinstance(raw, dict):
        raise Problem(Code.INVALID, "context", "context is missing")
    dialect = of(raw)
    return dialect.read(raw, zone or dialect.zone)
