"""Colours of facilities: only such as can be read, as text and under text."""

import re

from app.core.errors import InputError

# The ground of the pages of patients by day; white is lighter still.
_GROUND = (0xF3, 0xF5, 0xF2)
# What WCAG asks of text at level AA.
_LEAST = 4.5


def checked(written: str) -> str:
    """
    Give a colour as #rrggbb in small letters; nothing stands for the usual one.

    :raises InputError: if it is none, or too pale to be read
    """
    colour = written.strip().lower()
    if not colour:
        return ""
    if not re.fullmatch(r"#[0-9a-f]{6}", colour):
        raise InputError(field="colour", reason="colour")
    parts = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    ratio = (_light(_GROUND) + 0.05) / (_light(parts) + 0.05)
    if ratio < _LEAST:
        raise InputError(
            field="colour", reason="contrast", ratio=f"{ratio:.1f}", least=_LEAST
        )
    return colour


def _light(parts: tuple[int, ...]) -> float:
    """Give the relative luminance of red, green and blue, as WCAG defines it."""
    linear = [
        part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    weights = (0.2126, 0.7152, 0.0722)
    return sum(w * part for w, part in zip(weights, linear, strict=True))
