"""Languages that patients read: words from catalogs, and which one a reader wants."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path

from babel.support import Translations
from flask import Flask, has_request_context, request, session
from flask_babel import Babel, Domain, get_locale, refresh
from msgspec import Struct
from werkzeug.datastructures import LanguageAccept
from werkzeug.utils import cached_property

from app.core import catalogs

USUAL = "en"
FOLDER = Path(__file__).with_name("translations")
REMEMBERED = "booking_language"
# Babel knows it too, but reads a megabyte of each language to tell, at every start.
_FROM_THE_RIGHT = frozenset({"ar", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
# Its own name, and how it writes days. Babel has these too, and keeps two megabytes of
# each language and two of all others in every process that asks.
_OWN = ("language",)
# A number to which each language gives the form it has for most numbers.
_MOST = 100


class Words(Mapping[str, str]):
    """Words of some contexts of a catalog; of two with one key, the last counts."""

    def __init__(self, catalog: catalogs.Catalog, contexts: tuple[str, ...]) -> None:
        self._said = catalog.said
        self._bending: dict[str, str] = {}
        # Looked up once: a page says some fifty of them.
        self._usual: dict[str, str] = {}
        for context in contexts:
            for key, bends in catalog.keys[context].items():
                self._bending.pop(key, None)
                if bends:
                    self._bending[key] = context
                    self._usual[key] = self.counted(key, _MOST)
                else:
                    self._usual[key] = str(self._said.upgettext(context, key))

    def __getitem__(self, key: str) -> str:
        return self._usual[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._usual)

    def __len__(self) -> int:
        return len(self._usual)

    def counted(self, key: str, number: int) -> str:
        """Give the words as they are with a number; most are the same with any."""
        context = self._bending.get(key)
        if context is None:
            return self._usual[key]
        return str(self._said.unpgettext(context, key, key, number))


class Language(Struct, frozen=True):
    """A language as readers meet it; digits are Latin in all of them."""

    code: str
    tag: str
    own: Words
    words: Words

    @property
    def name(self) -> str:
        return self.own["name"]

    @property
    def dir(self) -> str:
        return "rtl" if self.code in _FROM_THE_RIGHT else "ltr"

    @property
    def voice(self) -> str:
        """Give what a browser calls its speech, as in en-IN."""
        return self.tag.replace("_", "-")

    def say(self, what: str, *, count: int | None = None, **told: object) -> str:
        """Say something; `count` is the number that words may have to agree with."""
        if count is None:
            return self.words[what].format_map(told)
        return self.words.counted(what, count).format_map({"count": count} | told)

    def day(self, day: date) -> str:
        """Write a day in full, as the language does it."""
        return self._day("full", day, year=day.year)

    def short_day(self, day: date) -> str:
        """Write a day with its weekday and no year, as in Tue, 24 Nov."""
        return self._day("short", day)

    def weekday(self, number: int) -> str:
        """Name a weekday; Monday is 0."""
        return self.own[f"weekday_{number + 1}"]

    def _day(self, how: str, day: date, **more: int) -> str:
        return self.own[how].format(
            weekday=self.own[f"{how}_weekday_{day.isoweekday()}"],
            month=self.own[f"{how}_month_{day.month}"],
            day=day.day,
            **more,
        )


class Reading(Struct, frozen=True):
    """The language of a page, and the same page in each: code, name and address."""

    language: Language
    others: tuple[tuple[str, str, str], ...]


class Catalogs(Domain):  # type: ignore[misc] # Flask-Babel is untyped
    """The same words to Flask-Babel's own functions, in a request's language."""

    def get_translations(self) -> Translations:
        return _catalogs()[get_locale().language].said


class House(Babel):  # type: ignore[misc] # Flask-Babel is untyped
    """Flask-Babel over catalogs as they are edited; it would want compiled ones."""

    @cached_property
    def domain_instance(self) -> Catalogs:
        return Catalogs()


def init_app(app: Flask) -> None:
    """Let Flask-Babel choose by what a request says; a new one begins anew."""
    House(app, default_locale=_catalogs()[USUAL].tag, locale_selector=_chosen)
    app.before_request(refresh)


def read(*contexts: str) -> dict[str, Language]:
    """
    Give all languages, each with the words of these contexts.

    The usual one comes first, and those written from the right come last.
    """
    found = [
        Language(code, each.tag, Words(each, _OWN), Words(each, contexts))
        for code, each in _catalogs().items()
    ]
    found.sort(key=lambda it: (it.code != USUAL, it.dir == "rtl", it.code))
    return {each.code: each for each in found}


def here(offered: Mapping[str, Language]) -> Language:
    """Give the language of who asks, by Flask-Babel; outside requests the usual one."""
    locale = get_locale()
    return offered[locale.language if locale else USUAL]


def remember() -> None:
    """Keep the language that an address asks for, for the steps that follow."""
    asked = request.args.get("lang", "")
    if asked in _catalogs():
        session[REMEMBERED] = asked


def wanted(offered: Collection[str], accepted: LanguageAccept, *asked: str) -> str:
    """Give the first language that was asked for, else what the browser likes best."""
    # Not `best_match`: to it, en of less liking is nearer than ml-IN is to ml.
    liked = (tag.partition("-")[0].lower() for tag, quality in accepted if quality)
    return next((each for each in (*asked, *liked) if each in offered), USUAL)


def _chosen() -> str | None:
    if not has_request_context():
        return None
    known = _catalogs()
    asked = (request.values.get("lang", ""), session.get(REMEMBERED, ""))
    return known[wanted(known, request.accept_languages, *asked)].tag


def _catalogs() -> Mapping[str, catalogs.Catalog]:
    return catalogs.read(FOLDER)
