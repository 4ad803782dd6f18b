"""Languages that patients read: words from files, and which one a reader wants."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from werkzeug.datastructures import LanguageAccept

USUAL = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """A language: `voice`, where it has one, is what a browser calls its speech."""

    code: str
    words: Mapping[str, str]

    def say(self, what: str, **told: object) -> str:
        return self.words[what].format_map(told)


def read(folder: Path) -> dict[str, Language]:
    """Read all languages of a folder: a file more is a language more."""
    return {
        path.stem: Language(path.stem, json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*.json"))
    }


def wanted(
    offered: Mapping[str, Language], asked: str, accepted: LanguageAccept
) -> Language:
    """Give the language that was asked for, else what the browser likes best."""
    # Not `best_match`: to it, en of less liking is nearer than ml-IN is to ml.
    liked = (tag.partition("-")[0].lower() for tag, quality in accepted if quality)
    code = next((each for each in (asked, *liked) if each in offered), USUAL)
    return offered[code]
