"""A drawing of waits: bars for the mean, a line up to the P95, for each policy."""

from collections.abc import Iterator, Sequence
from html import escape

from app.queues.simulation import GROUPS, Outcome, Told

WIDTH, HEIGHT = 760, 380
LEFT, BOTTOM, TOP = 56, 56, 48
# Told apart by lightness too, where colours look alike.
FILLS = {"booked": "#1d4f91", "walk_in": "#5f9fd6", "priority": "#e8a33d"}
WORDS = {"booked": "booked", "walk_in": "walk-in", "priority": "priority"}

_HEAD = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
    ' role="img" font-family="system-ui, sans-serif" font-size="13">'
)


def draw(found: Sequence[Outcome]) -> str:
    """Draw the outcomes side by side as an SVG of its own."""
    highest = max((t.p95 for o in found for t in o.groups.values()), default=1.0)
    top = max(25.0, -(-highest // 25) * 25)
    body = [*_scale(top), *_bars(found, top), *_legend()]
    told = "; ".join(
        f"{o.policy}: "
        + ", ".join(f"{WORDS[g]} {t.mean:.0f} (P95 {t.p95:.0f})" for g, t in _of(o))
        for o in found
    )
    return "\n".join(
        [
            _HEAD,
            "<title>Waits in minutes by policy</title>",
            f"<desc>{escape(told)}</desc>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            *body,
            "</svg>",
            "",
        ]
    )


def _of(outcome: Outcome) -> Iterator[tuple[str, Told]]:
    return ((group, outcome.groups[group]) for group in GROUPS)


def _y(minutes: float, top: float) -> float:
    return HEIGHT - BOTTOM - minutes / top * (HEIGHT - BOTTOM - TOP)


def _scale(top: float) -> Iterator[str]:
    for step in range(6):
        minutes = top * step / 5
        y = _y(minutes, top)
        yield (
            f'<line x1="{LEFT}" x2="{WIDTH - 16}" y1="{y:.1f}" y2="{y:.1f}"'
            ' stroke="#d5d9de"/>'
        )
        yield (
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end"'
            f' fill="#444b54">{minutes:.0f}</text>'
        )
    yield f'<text x="{LEFT}" y="24" fill="#444b54">minutes</text>'


def _bars(found: Sequence[Outcome], top: float) -> Iterator[str]:
    room = (WIDTH - 16 - LEFT) / max(1, len(found))
    bar = room / (len(GROUPS) + 2)
    for index, outcome in enumerate(found):
        start = LEFT + index * room + bar
        for number, group in enumerate(GROUPS):
            told = outcome.groups[group]
            x, y = start + number * bar, _y(told.mean, top)
            yield (
                f'<rect x="{x + 3:.1f}" y="{y:.1f}" width="{bar - 6:.1f}"'
                f' height="{HEIGHT - BOTTOM - y:.1f}" fill="{FILLS[group]}"/>'
            )
            middle, high = x + bar / 2, _y(told.p95, top)
            yield (
                f'<path d="M{middle:.1f} {y:.1f}V{high:.1f}m-6 0h12"'
                ' stroke="#20262d" fill="none" stroke-width="1.5"/>'
            )
        yield (
            f'<text x="{start + bar * len(GROUPS) / 2:.1f}" y="{HEIGHT - 30}"'
            f' text-anchor="middle" fill="#20262d">{escape(outcome.policy)}</text>'
        )


def _legend() -> Iterator[str]:
    for number, group in enumerate(GROUPS):
        x = LEFT + 130 + number * 110
        yield f'<rect x="{x}" y="13" width="13" height="13" fill="{FILLS[group]}"/>'
        yield f'<text x="{x + 19}" y="24" fill="#20262d">{WORDS[group]}</text>'
    yield (
        f'<text x="{WIDTH - 16}" y="24" text-anchor="end" fill="#444b54">'
        "bar: mean, line: P95</text>"
    )
