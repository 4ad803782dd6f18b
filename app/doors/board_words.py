"""What boards say, in each language there is a file for, and recorded clips of it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from app.doors import languages
from app.doors.languages import Language
from app.queues.waits import Wait

CLIPS = frozenset({".mp3", ".ogg", ".wav", ".m4a"})
_STEP = 5


# Read once: a catalog more is a language more, from the next start on.
LANGUAGES: Mapping[str, Language] = languages.read("board")


def of(codes: Iterable[str]) -> list[Language]:
    """Give languages by their codes; English where a file is gone."""
    found = [LANGUAGES[code] for code in codes if code in LANGUAGES]
    return found or [LANGUAGES[languages.USUAL]]


def minutes(wait: Wait) -> tuple[int, int]:
    """Give a wait as a range in steps of five minutes, which holds it whole."""
    low = wait.low_s // 60 // _STEP * _STEP
    high = -(-wait.high_s // 60 // _STEP) * _STEP
    return low, max(high, low + _STEP)


def clips(folder: Path, codes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Name the recordings of each language: what is said, and in which file."""
    return {
        code: {
            each.stem: each.name
            for each in sorted((folder / code).glob("*.*"))
            if each.suffix in CLIPS
        }
        for code in codes
        if (folder / code).is_dir()
    }
