"""What came out: shares of the floors, a table to read, and a list to keep."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.measures import Measure
from bench.running import EMPTY, Tally, floor_of

JUDGED_AT = 8
WORKER_MB = 130.0
# How the line of a goal begins that was missed.
SHORT = "SHORT"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report; a share is of the same concurrency."""

    name: str
    concurrency: int
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    share_of_empty: float | None
    share_of_floor: float | None


def rows(tallies: Iterable[Tally], measures: Sequence[Measure]) -> list[Row]:
    """Compare each tally with the empty view and with its own floor."""
    by_name = {(each.name, each.concurrency): each for each in tallies}
    floors = {each.name: floor_of(each) for each in measures}
    found = []
    for (name, concurrency), tally in by_name.items():
        empty = by_name[EMPTY, concurrency]
        floor = by_name.get((floors.get(name, ""), concurrency))
        found.append(
            Row(
                name=name,
                concurrency=concurrency,
                per_second=round(tally.per_second, 1),
                p50_ms=round(tally.percentile(50), 2),
                p95_ms=round(tally.percentile(95), 2),
                p99_ms=round(tally.percentile(99), 2),
                share_of_empty=_share(tally, None if name == EMPTY else empty),
                share_of_floor=_share(tally, floor),
            )
        )
    return found


def table(found: Iterable[Row]) -> str:
    """Write the rows as a table."""
    head = ("", "at once", "/s", "p50 ms", "p95 ms", "p99 ms", "of empty", "of floor")
    cells = [
        (
            row.name,
            str(row.concurrency),
            f"{row.per_second:.0f}",
            *(f"{ms:.1f}" for ms in (row.p50_ms, row.p95_ms, row.p99_ms)),
            *(_told(share) for share in (row.share_of_empty, row.share_of_floor)),
        )
        for row in found
    ]
    return aligned([head, *cells])


def goals(found: Iterable[Row], measures: Sequence[Measure], worker_mb: float) -> str:
    """Say of each goal whether it is reached."""
    judged = {row.name: row for row in found if row.concurrency == JUDGED_AT}
    lines = []
    for measure in measures:
        row = judged.get(measure.name)
        if row is None:
            continue
        for what, goal, share in (
            ("of the empty view", measure.of_empty, row.share_of_empty),
            ("of its floor in SQL", measure.of_floor, row.share_of_floor),
        ):
            if goal is not None and share is not None:
                mark = _mark(reached=share >= goal)
                lines.append((mark, measure.name, f"{share:.3f} {what}", f"≥ {goal}"))
        lines += _against(measure, row, judged)
    mark, most = _mark(reached=worker_mb <= WORKER_MB), f"≤ {WORKER_MB:.0f}"
    lines.append((mark, "a worker", f"{worker_mb:.0f} MB resident", most))
    return aligned(lines)


def missed(told: str) -> bool:
    """Say whether a goal among those told was missed."""
    return any(line.startswith(SHORT) for line in told.splitlines())


def _against(
    measure: Measure, row: Row, judged: Mapping[str, Row]
) -> Iterator[tuple[str, str, str, str]]:
    """Compare with another measure of the same run."""
    if measure.no_longer_than is None:
        return
    most, name = measure.no_longer_than
    other = judged.get(name)
    if other is not None:
        times = other.per_second / row.per_second
        mark = _mark(reached=times <= most)
        yield mark, measure.name, f"{times:.1f} times {name}", f"≤ {most:.0f}"


def keep(found: Iterable[Row], where: Path) -> None:
    """Write the rows as a JSON list."""
    where.parent.mkdir(parents=True, exist_ok=True)
    told = json.dumps([asdict(row) for row in found], indent=1)
    where.write_text(f"{told}\n", encoding="utf-8")


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Set cells under one another: the words to the left, the figures to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if cell[:1].isdigit() or index > 1 else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _share(tally: Tally, of: Tally | None) -> float | None:
    return None if of is None else round(tally.per_second / of.per_second, 4)


def _told(share: float | None) -> str:
    return "" if share is None else f"{share:.3f}"


def _mark(*, reached: bool) -> str:
    return "pass" if reached else SHORT
