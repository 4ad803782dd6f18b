"""Words for what is wrong with a file; all other refusals are told as everywhere."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from app.booking.views import Opening
from app.core.errors import DomainError
from app.doors.words import say
from app.exchange.errors import Problem

Params = Mapping[str, Any]

UTC = ZoneInfo("UTC")


def tell(problem: Problem, file: str) -> str:
    """Tell one bad line: file, line, field, reason, and what is free nearby."""
    zone = problem.zone or UTC
    field = f" {problem.field}:" if problem.field else ""
    told = f"{file}:{problem.line}:{field} {reason(problem.error, zone)}"
    if not problem.nearest:
        return told
    near = ", ".join(opening(each, zone) for each in problem.nearest)
    return f"{told}\n    Nearest offered: {near} ({zone.key})."


def reason(error: DomainError, zone: ZoneInfo) -> str:
    """Say why, in a sentence."""
    if error.code in {"invalid", "file_form"}:
        told = _REASONS.get(error.params.get("reason", ""))
        if told is not None:
            return told(error.params)
    if error.code == "not_found" and "value" in error.params:
        return _not_found(error.params)
    teller = _TELLERS.get(error.code)
    return say(error, zone) if teller is None else teller(error.params)


def opening(each: Opening, zone: ZoneInfo) -> str:
    start, end = each.span.start.astimezone(zone), each.span.end.astimezone(zone)
    return f"{start:%a %-d %b %Y %H:%M}\N{EN DASH}{end:%H:%M}"


def _not_found(params: Params) -> str:
    what = {"type": "appointment type"}.get(params["what"], params["what"])
    there = " in that facility" if what in {"resource", "department"} else ""
    return f"There is no {what} “{params['value']}”{there}."


def _unknown(params: Params) -> str:
    if params["meant"]:
        return f"“{params['key']}” is unknown here. Did you mean “{params['meant']}”?"
    known = ", ".join(params["known"])
    return f"“{params['key']}” is unknown here. Known are: {known}."


def _differs(params: Params) -> str:
    return (
        f"This {params['what']} is here already, with “{params['is']}”"
        f" and not “{params['wanted']}”. An import changes nothing that is there."
    )


def _columns(params: Params) -> str:
    wrong = []
    if params["missing"]:
        wrong.append(f"missing {', '.join(params['missing'])}")
    if params["unknown"]:
        wrong.append(f"unknown {', '.join(map(repr, params['unknown']))}")
    found = "; ".join(wrong) or "one comes twice"
    return (
        f"The columns are not right: {found}. Known are {', '.join(params['known'])}."
    )


def _with(sentence: str) -> Callable[[Params], str]:
    return sentence.format_map


_TELLERS: Mapping[str, Callable[[Params], str]] = {
    "unknown_key": _unknown,
    "repeated": _with("The {what} “{value}” stands in line {line} already."),
    "differs": _differs,
}

_REASONS: Mapping[str, Callable[[Params], str]] = {
    "required": _with("It is needed and missing."),
    "type": _with("A {wanted} is needed here, not “{got}”."),
    "choice": lambda p: f"It must be one of {', '.join(map(str, p['choices']))}.",
    "weekday": lambda p: (
        f"Name weekdays like Mon, Mon-Fri, [Mon, Wed] or daily, each once;"
        f" not “{p['got']}”."
        if "got" in p
        else "Name at least one weekday."
    ),
    "local_time": _with(
        "Write the facility's own wall-clock time, without a zone: not “{got}”."
    ),
    "both_or_none": _with("Give both of the pair, or none."),
    "one_scope": _with("A role is for a department or for a resource, not for both."),
    "before_start": _with("The end must come after the start."),
    "form": lambda p: f"The name of a file must end in {' or '.join(p['forms'])}.",
    "too_big": lambda p: f"The file is larger than {p['most'] // 1024 // 1024} MB.",
    "not_utf8": _with("This is not UTF-8 text. Save the file as UTF-8."),
    "yaml": _with("This is no YAML: {detail}."),
    "csv": _with("This is no CSV: {detail}."),
    "columns": _columns,
    "cells": _with("The header has {wanted} columns, and this row {got}."),
    "several_documents": _with("Only one document may stand in a file."),
    "too_deep": _with("This is nested more than {most} levels deep."),
    "anchor": _with("Anchors (&) and aliases (*) are not taken: write it out."),
    "key": _with("A key must be a plain word."),
    "not_a_table": _with("The file must hold sections, such as “facilities:”."),
}
