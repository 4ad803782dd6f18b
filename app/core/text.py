"""Words people type: trimmed, without control characters, of a sane length."""

import re
import unicodedata

from app.core.errors import InputError

# What looks like a mail address; whether mail arrives there is known to nobody.
MAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
# Joiners are part of Malayalam, Hindi and Arabic spelling; other format marks are not.
_JOINERS = {"\u200c", "\u200d"}


def clean(value: str, *, field: str, most: int, least: int = 0) -> str:
    """
    Trim a line of text and refuse what no line of text may hold.

    :raises InputError: if it is too short or long, or holds control characters
    """
    line = unicodedata.normalize("NFC", value).strip()
    if any(_forbidden(char) for char in line):
        raise InputError(field=field, reason="control_characters")
    if not least <= len(line) <= most:
        raise InputError(field=field, reason="length", least=least, most=most)
    return line


def clean_lines(value: str, *, field: str, most: int, least: int = 0) -> str:
    """
    Trim a text of several lines, and refuse what no line of text may hold.

    :raises InputError: if it is too short or long, or holds control characters
    """
    lines = [clean(line, field=field, most=most) for line in value.splitlines()]
    whole = "\n".join(lines).strip()
    if not least <= len(whole) <= most:
        raise InputError(field=field, reason="length", least=least, most=most)
    return whole


def _forbidden(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} and (
        char not in _JOINERS
    )
