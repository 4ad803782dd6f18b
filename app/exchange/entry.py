"""One entry of a file being read: its fields are taken, what is left is unknown."""

import difflib
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

from app.core.errors import DomainError, InputError
from app.exchange.document import Listing, Node, Scalar, Table
from app.exchange.errors import UnknownKeyError
from app.exchange.notes import Notes

T = TypeVar("T")
D = TypeVar("D")
REQUIRED: Any = object()

# What acts call a field, and what the file calls it.
_IN_THE_FILE = {
    "starts_at": "start",
    "ends_at": "end",
    "during": "start",
    "facility_id": "facility",
    "resource_id": "resource",
    "patient_id": "patient",
    "type_id": "type",
    "kind": "type",
}


class Entry:
    """
    A table of the file, read field by field.

    What is wrong is noted, and reading goes on with None in its place: an entry that is
    not `good` must not be acted on.
    """

    def __init__(self, table: Table, notes: Notes) -> None:
        self.line = table.line
        self.good = True
        self._table = table
        self._notes = notes
        self._asked: list[str] = []

    def take(
        self, name: str, kind: Callable[[Node], T], default: D = REQUIRED
    ) -> T | D:
        """Give the value of a field; `default` when it is missing or empty."""
        self._asked.append(name)
        node = self._table.values.get(name)
        if node is None or (isinstance(node, Scalar) and node.text is None):
            if default is REQUIRED:
                self.note(InputError(reason="required"), name)
            return cast("T", None) if default is REQUIRED else default
        try:
            return kind(node)
        except InputError as exc:
            self.note(exc, name, node.line)
            return cast("T", None)

    def has(self, name: str) -> bool:
        return name in self._table.values

    def entries(self, name: str, *, required: bool = False) -> Iterator["Entry"]:
        """Walk the tables in a list; each must be closed by its reader."""
        for node in self.take(name, nodes, REQUIRED if required else ()) or ():
            if isinstance(node, Table):
                yield Entry(node, self._notes)
            else:
                wrong = InputError(reason="type", wanted="table", got="text")
                self.note(wrong, name, node.line)

    def of(self, node: Table) -> "Entry":
        """Read a table inside this one; what is wrong with it is noted together."""
        return Entry(node, self._notes)

    def inner(self, name: str) -> "Entry | None":
        """Give the table under a name, if there is one."""
        node = self.take(name, table, None)
        return None if node is None else Entry(node, self._notes)

    def close(self) -> bool:
        """Note every key nobody asked for; say whether the entry is good."""
        for key, line in self._table.lines.items():
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, n=1)
                meant = near[0] if near else None
                unknown = UnknownKeyError(key=key, meant=meant, known=self._asked)
                self.note(unknown, key, line)
        return self.good

    def note(self, error: DomainError, field: str, line: int | None = None) -> None:
        self.good = False
        where = self._table.lines.get(field, self.line) if line is None else line
        self._notes.add(where, error, field=field)

    def place(self, path: str | None) -> tuple[int, str | None]:
        """Tell the line and the file's name of a field an act refused."""
        if path is None:
            return self.line, None
        node: Node = self._table
        line = self.line
        named = []
        for step in re.findall(r"[^.\[\]]+", path):
            name = _IN_THE_FILE.get(step, step)
            found = _step(node, name) or _step(node, step)
            named.append(name)
            if found is None:
                break
            line, node = found
        return line, ".".join(named)


def table(node: Node) -> Table:
    if not isinstance(node, Table):
        raise InputError(reason="type", wanted="table", got="text")
    return node


def nodes(node: Node) -> tuple[Node, ...]:
    if not isinstance(node, Listing):
        raise InputError(reason="type", wanted="list", got="text")
    return node.items


def _step(node: Node, name: str) -> tuple[int, Node] | None:
    if isinstance(node, Table) and name in node.values:
        return node.lines[name], node.values[name]
    if isinstance(node, Listing) and name.isdigit() and int(name) < len(node.items):
        return node.items[int(name)].line, node.items[int(name)]
    return None
