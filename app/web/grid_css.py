"""
Write static/css/grid.css: a class for every row, span, width and number of columns.

    python -m app.web.grid_css > static/css/grid.css

A strict content policy allows no inline style, so whatever stands somewhere on the
calendar's grid has its place from one of these classes.
"""

import sys
from collections.abc import Iterator

# A day of 25 hours in steps of five minutes.
ROWS = 25 * 12
COLUMNS = 200
LANES = (2, 3, 4)
A_LINE = 8

_HEAD = "/* Rows of five minutes. Generated: python -m app.web.grid_css */"


def text() -> str:
    """Give the whole style sheet."""
    rules = list(_rules())
    lines = [" ".join(rules[n : n + A_LINE]) for n in range(0, len(rules), A_LINE)]
    return "\n".join([_HEAD, *lines, ""])


def _rules() -> Iterator[str]:
    for n in range(1, ROWS + 1):
        yield f".r-{n}{{grid-row-start:{n}}}"
    for n in range(1, ROWS + 1):
        yield f".s-{n}{{grid-row-end:span {n}}}"
    for n in range(12, ROWS + 1, 12):
        yield f".t-{n}{{--rows:{n}}}"
    for n in range(1, COLUMNS + 1):
        yield f".n-{n}{{--cols:{n}}}"
    for n in range(0, 101, 5):
        yield f".w-{n}{{inline-size:{n}%}}"
    # Twelve columns of lanes, so that two, three and four share them evenly.
    for lanes in LANES:
        width = 12 // lanes
        for lane in range(1, lanes + 1):
            start = (lane - 1) * width + 1
            yield (
                f".cal-items>.lane-{lane}-{lanes}{{grid-column:{start}/span {width}}}"
            )


if __name__ == "__main__":
    sys.stdout.write(text())
