"""From the bytes of a file to the items it wants brought in."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping

from app.exchange import document
from app.exchange.desk import Item
from app.exchange.document import Scalar, Table
from app.exchange.entry import Entry
from app.exchange.errors import FormError, RepeatedError
from app.exchange.notes import Notes
from app.exchange.sections import people
from app.exchange.sections.registry import SECTIONS, Reader

MAX_BYTES = 10 * 1024 * 1024
COLUMNS = ("mrn", "name", "phone", "sex", "birth_date", "birth_year", "language")
_REQUIRED = ("mrn", "name")


def items(name: str, data: bytes, notes: Notes) -> list[Item]:
    """
    Read every item of a file, and note all that is wrong with it.

    :raises BadFileError: if it cannot be read at all
    """
    reader = next((FORMS[end] for end in FORMS if name.lower().endswith(end)), None)
    if reader is None:
        notes.add(1, FormError(reason="form", forms=list(FORMS)))
        notes.refuse_any()
        return []
    if len(data) > MAX_BYTES:
        notes.add(1, FormError(reason="too_big", most=MAX_BYTES))
    notes.refuse_any()
    found = list(reader(_decoded(data, notes), notes))
    _refuse_twins(found, notes)
    return sorted(found, key=lambda item: item.stage)


def _decoded(data: bytes, notes: Notes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        notes.add(line, FormError(reason="not_utf8"))
    notes.refuse_any()
    raise AssertionError  # A note was made just above.


def _hospital(text: str, notes: Notes) -> Iterator[Item]:
    """Read a whole hospital, section by section."""
    top = Entry(document.read(text, notes), notes)
    for name, reader in SECTIONS.items():
        for entry in top.entries(name):
            yield from _read(entry, reader)
    top.close()


def _read(entry: Entry, reader: Reader) -> list[Item]:
    """Read one entry; what it would make is known even when it is bad."""
    found = list(reader(entry))
    entry.close()
    return found


def _patients(text: str, notes: Notes) -> Iterator[Item]:
    """Read a table of patients; each row is an entry with the columns as fields."""
    rows = _rows(text, notes)
    line, header = next(rows, (1, []))
    names = [name.strip().lower() for name in header]
    unknown = [name for name in names if name not in COLUMNS]
    missing = [name for name in _REQUIRED if name not in names]
    if unknown or missing or len(set(names)) < len(names):
        wrong = FormError(
            reason="columns", unknown=unknown, missing=missing, known=list(COLUMNS)
        )
        notes.add(line, wrong)
    notes.refuse_any()
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            wrong = FormError(reason="cells", wanted=len(names), got=len(row))
            notes.add(line, wrong)
            continue
        cells = zip(names, row, strict=True)
        values = {name: Scalar(line, cell.strip() or None) for name, cell in cells}
        table = Table(line, {**values}, dict.fromkeys(values, line))
        yield from _read(Entry(table, notes), people.patient)


def _rows(text: str, notes: Notes) -> Iterator[tuple[int, list[str]]]:
    """Give each row with the line it begins on: quoted cells may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            notes.add(line, FormError(reason="csv", detail=str(exc)))
            return
        yield line, row


def _refuse_twins(found: Iterable[Item], notes: Notes) -> None:
    """Note every name that two entries of the file go by."""
    first: dict[object, int] = {}
    for item in found:
        if item.makes is None or not item.makes.name:
            continue
        if item.makes in first:
            twice = RepeatedError(
                what=item.makes.kind, value=item.makes.name, line=first[item.makes]
            )
            notes.add(item.entry.line, twice)
        first.setdefault(item.makes, item.entry.line)


FORMS: Mapping[str, Callable[[str, Notes], Iterator[Item]]] = {
    ".yaml": _hospital,
    ".yml": _hospital,
    ".csv": _patients,
}
