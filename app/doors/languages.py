"""Languages that patients read: words from files, and which one a reader wants."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
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

    def day(self, day: date) -> str:
        """Write a day in full, as the language does it, with Latin digits."""
        return self.say(
            "full_day",
            weekday=self.words["weekdays"].split()[day.weekday()],
            day=day.day,
            month=self.words["months"].split()[day.month - 1],
            year=day.year,
        )

    def short_day(self, day: date) -> str:
        """Write a day as Tue 24 Nov, with the names of the language."""
        weekday = self.words["weekdays"].split()[day.weekday()]
        return f"{weekday} {day.day} {self.words['months'].split()[day.month - 1]}"


def read(*folders: Path) -> dict[str, Language]:
    """
    Read all languages of the first folder, each with its words in the others.

    The usual one comes first, and those written from the right come last.
    """
    found = [
        Language(path.stem, _words(each / path.name for each in folders))
        for path in folders[0].glob("*.json")
    ]
    found.sort(key=lambda it: (it.code != USUAL, it.words["dir"] == "rtl", it.code))
    return {each.code: each for each in found}


def _words(files: Iterable[Path]) -> dict[str, str]:
    words: dict[str, str] = {}
    for file in files:
        words |= json.loads(file.read_text(encoding="utf-8"))
    return words


def wanted(
    offered: Mapping[str, Language], asked: str, accepted: LanguageAccept
) -> Language:
    """Give the language that was asked for, else what the browser likes best."""
    # Not `best_match`: to it, en of less liking is nearer than ml-IN is to ml.
    liked = (tag.partition("-")[0].lower() for tag, quality in accepted if quality)
    code = next((each for each in (asked, *liked) if each in offered), USUAL)
    return offered[code]
