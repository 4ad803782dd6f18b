"""Charts as shapes for an SVG: where lines, bars and words stand. All is pure."""

from collections.abc import Sequence
from math import floor, log10

from msgspec import Struct

WIDTH, HEIGHT = 620, 220
LEFT, RIGHT, TOP, BOTTOM = 40, 600, 20, 180
# More words than these along the foot would run into each other.
_MOST_WORDS = 12
# About as wide as a letter is.
_LETTER = 8


class Word(Struct, frozen=True):
    """A word of an axis, and where along it."""

    at: float
    text: str


class Bar(Struct, frozen=True):
    x: float
    y: float
    width: float
    height: float
    series: int


class Dot(Struct, frozen=True):
    x: float
    y: float
    text: str


class Chart(Struct, frozen=True):
    """
    A chart of one or two series, with its scale and what it says in a sentence.

    `told` is that sentence, for who does not see it.
    """

    told: str
    scale: tuple[Word, ...]
    foot: tuple[Word, ...]
    bars: tuple[Bar, ...] = ()
    points: tuple[Dot, ...] = ()
    series: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        return " ".join(f"{dot.x:g},{dot.y:g}" for dot in self.points)

    @property
    def area(self) -> str:
        first, last = self.points[0].x, self.points[-1].x
        return f"{first:g},{BOTTOM} {self.line} {last:g},{BOTTOM}"


def line(told: str, marks: Sequence[tuple[str, float | None]], most: float) -> Chart:
    """Draw values over time as a line; a value that is not there is left out."""
    steps = max(len(marks) - 1, 1)
    places = [LEFT + (RIGHT - LEFT) * n / steps for n in range(len(marks))]
    points = [
        Dot(round(x, 1), _height(value, most), f"{value:.0f}")
        for x, (_, value) in zip(places, marks, strict=True)
        if value is not None
    ]
    names = [name for name, _ in marks]
    return Chart(told, _scale(most), _foot(places, names), points=tuple(points))


def bars(
    told: str,
    groups: Sequence[tuple[str, tuple[float, ...]]],
    series: tuple[str, ...] = (),
) -> Chart:
    """Draw groups of bars side by side, one for each series."""
    most = rounded(max((v for _, values in groups for v in values), default=0))
    room = (RIGHT - LEFT) / max(len(groups), 1)
    number = max((len(values) for _, values in groups), default=1)
    width = min(room * 0.8 / number, 48)
    found, middles = [], []
    for index, (_, values) in enumerate(groups):
        middle = LEFT + room * (index + 0.5)
        middles.append(middle)
        first = middle - width * len(values) / 2
        for each, value in enumerate(values):
            top = _height(value, most)
            found.append(
                Bar(
                    round(first + each * width, 1),
                    top,
                    round(width - 1, 1),
                    round(BOTTOM - top, 1),
                    each,
                )
            )
    foot = _foot(middles, [name for name, _ in groups])
    return Chart(told, _scale(most), foot, bars=tuple(found), series=series)


def rounded(most: float) -> float:
    """Give a round number that is not less, to end a scale with: 4, 8, 20, 40, 80…"""
    if most <= 4:
        return 4
    unit = 10.0 ** floor(log10(most))
    return next(unit * n for n in (1, 2, 4, 8, 10) if unit * n >= most)


def _height(value: float, most: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * min(value, most) / most, 1)


def _scale(most: float) -> tuple[Word, ...]:
    marks = (most * n / 4 for n in range(5))
    return tuple(Word(_height(mark, most), f"{mark:g}") for mark in marks)


def _foot(places: Sequence[float], names: Sequence[str]) -> tuple[Word, ...]:
    every = -(-len(names) // _MOST_WORDS) or 1
    most = int((RIGHT - LEFT) * every / max(len(names), 1) / _LETTER)
    return tuple(
        Word(round(x, 1), name if len(name) <= most else f"{name[: most - 1]}…")
        for n, (x, name) in enumerate(zip(places, names, strict=True))
        if n % every == 0
    )
