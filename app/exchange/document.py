"""
YAML as a tree that knows its lines.

Every scalar stays the text it was written as: what it means is decided by the field it
fills, so 10:00 is never 600 and "no" never False. Anchors and aliases are refused, and
depth is bounded, so no file grows larger by being read.
"""

from collections.abc import Iterator
from typing import Any

import yaml
from msgspec import Struct
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from app.core.errors import InputError
from app.exchange.errors import FormError, RepeatedError
from app.exchange.notes import Notes

DEEPEST = 12
_NOTHING = {"", "~", "null", "Null", "NULL"}


class Scalar(Struct, frozen=True):
    """A single value; None is an empty one."""

    line: int
    text: str | None


class Listing(Struct, frozen=True):
    line: int
    items: tuple["Node", ...]


class Table(Struct, frozen=True):
    """Values by key, and the line of each key."""

    line: int
    values: dict[str, "Node"]
    lines: dict[str, int]


Node = Scalar | Listing | Table


def read(text: str, notes: Notes) -> Table:
    """
    Read the one document of a file.

    Keys given twice are noted and reading goes on; what cannot be read at all is noted
    and refused.

    :raises BadFileError: if it is no YAML, or no mapping at its top
    """
    try:
        return _Builder(text, notes).document()
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line = mark.line + 1 if mark else 1
        notes.add(line, FormError(reason="yaml", detail=exc.problem or ""))
    except yaml.YAMLError as exc:
        notes.add(1, FormError(reason="yaml", detail=str(exc).splitlines()[0]))
    except _RefusedError as exc:
        notes.add(exc.line, exc.error)
    notes.refuse_any()
    raise AssertionError  # A note was made just above.


class _RefusedError(Exception):
    def __init__(self, line: int, error: InputError) -> None:
        self.line = line
        self.error = error
        super().__init__(line)


class _Builder:
    """Builds the tree from the parser's events, never deeper than allowed."""

    def __init__(self, text: str, notes: Notes) -> None:
        # The parser in C: a hospital of ten megabytes would take minutes without it.
        self._events: Iterator[Event] = yaml.parse(text, Loader=yaml.CBaseLoader)
        self._notes = notes

    def document(self) -> Table:
        top: Node | None = None
        for event in self._events:
            match event:
                case StreamStartEvent() | StreamEndEvent() | DocumentEndEvent():
                    continue
                case DocumentStartEvent():
                    if top is not None:
                        raise _refused(event, reason="several_documents")
                case _:
                    top = self._node(event, 0)
        if not isinstance(top, Table):
            line = top.line if top else 1
            raise _RefusedError(line, FormError(reason="not_a_table"))
        return top

    def _node(self, event: Event, depth: int) -> Node:
        if depth > DEEPEST:
            raise _refused(event, reason="too_deep", most=DEEPEST)
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise _refused(event, reason="anchor")
        match event:
            case ScalarEvent():
                plain = event.style in {None, ""}
                empty = plain and event.value in _NOTHING
                return Scalar(_line(event), None if empty else event.value)
            case SequenceStartEvent():
                return Listing(_line(event), tuple(self._items(depth)))
            case MappingStartEvent():
                return self._table(event, depth)
            case _:
                raise _refused(event, reason="yaml", detail="")

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _table(self, start: Event, depth: int) -> Table:
        values: dict[str, Node] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key, Scalar) or key.text is None:
                raise _RefusedError(key.line, FormError(reason="key"))
            value = self._node(next(self._events), depth + 1)
            if key.text in values:
                repeated = RepeatedError(
                    field=key.text, what="key", value=key.text, line=lines[key.text]
                )
                self._notes.add(key.line, repeated)
                continue
            values[key.text] = value
            lines[key.text] = key.line
        return Table(_line(start), values, lines)


def _line(event: Event) -> int:
    mark = event.start_mark
    return 1 if mark is None else int(mark.line) + 1


def _refused(event: Event, **params: Any) -> _RefusedError:
    return _RefusedError(_line(event), FormError(**params))
