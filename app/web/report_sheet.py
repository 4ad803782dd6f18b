"""What a report's page is made of: numbers, tables, charts, how it is counted."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from msgspec import Struct

from app.web.charts import Chart

# What stands beside something else holds no more than these.
_MOST_HOURS, _MOST_COLUMNS = 12, 5
Value = str | float | None
# Programs for sheets take what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Column(Struct, frozen=True):
    """A column; its kind says how its values are written: see `shown`."""

    label: str
    kind: str = "number"


class Table(Struct, frozen=True):
    """Rows under columns, the first of which names each."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


class Cell(Struct, frozen=True):
    """One hour of a weekday: its share, and which of five steps that is; 0 is none."""

    text: str
    step: int


class Heat(Struct, frozen=True):
    """Shares by weekday and hour."""

    hours: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


class Section(Struct, frozen=True):
    """One question of a report: a table, and a chart of the same beside it."""

    name: str
    title: str
    hint: str
    table: Table
    chart: Chart | None = None
    heat: Heat | None = None

    @property
    def wide(self) -> bool:
        """Say whether it needs the whole width: many hours, or many columns."""
        if self.heat is not None:
            return len(self.heat.hours) > _MOST_HOURS
        return self.chart is None and len(self.table.columns) > _MOST_COLUMNS


class Sheet(Struct, frozen=True):
    """A report: what it comes to, its sections, and what its numbers mean."""

    numbers: tuple[tuple[str, str, str], ...]
    sections: tuple[Section, ...]
    counted: tuple[tuple[str, str], ...]
    empty: bool = False

    def section(self, name: str | None) -> Section:
        """Give a section by its name, else the last, which is by resource."""
        return next((s for s in self.sections if s.name == name), self.sections[-1])


def shown(value: Value, kind: str) -> str:
    """Write a value as its kind: minutes are given in seconds, shares from 0 to 1."""
    if value is None:
        return "–"  # noqa: RUF001 - a dash stands for nothing
    if isinstance(value, str):
        return value
    written = _WRITERS[kind](value)
    return written.replace("-", "−")  # noqa: RUF001 - a minus sign


_WRITERS = {
    "number": lambda v: f"{v:,.0f}",
    "days": lambda v: f"{v:,.1f}".removesuffix(".0"),
    "hours": lambda v: f"{v:,.0f}" if v >= 100 else f"{v:,.1f}",
    "minutes": lambda v: f"{v / 60:,.0f}",
    "share": lambda v: f"{v * 100:.0f} %",
    "points": lambda v: f"{v * 100:+.0f}",
}
_IN_FILES: Mapping[str, float] = {"share": 100, "points": 100, "minutes": 1 / 60}


def as_csv(table: Table) -> str:
    """Write a table as CSV: shares in per cent, waits in minutes, no formulas."""
    into = StringIO()
    writer = csv.writer(into)
    writer.writerow([_head(each) for each in table.columns])
    for row in table.rows:
        cells = zip(row, table.columns, strict=True)
        writer.writerow([_plain(value, column.kind) for value, column in cells])
    # Programs for sheets read names in any script once they are told the encoding.
    return "\ufeff" + into.getvalue()


def _head(column: Column) -> str:
    unit = {"share": " (%)", "points": " (points)", "minutes": " (min)"}
    return column.label + unit.get(column.kind, "")


def _plain(value: Value, kind: str) -> str | float:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return round(value * _IN_FILES.get(kind, 1), 2)


def step_of(share: float | None) -> int:
    """Say which of the five steps of heat a share is; without one it is none."""
    if share is None:
        return 0
    return 1 + sum(share >= edge for edge in (0.4, 0.6, 0.75, 0.9))


def ordered(found: Mapping[int, object]) -> Sequence[int]:
    """Give the hours or steps from the first to the last, gaps included."""
    return range(min(found), max(found) + 1) if found else ()
