"""Every language says everything, and no page of patients says it by itself."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.doors import board_words, booking_words, patient_words, proving_words

PAGES = Path(__file__).parents[2] / "templates" / "public"
# What is no language: the product's name, and signs between what is told.
NAMES = {"Baari"}

_CODE = re.compile(
    r"{#.*?#}|{%.*?%}|{{.*?}}|<style.*?</style>|<script.*?</script>",
    re.DOTALL,
)
# What a choice sends is read by nobody.
_RADIO = re.compile(r'(<input\s+type="(?:radio|hidden)"[^>]*?)value="[^"]*"', re.DOTALL)
_TAG = re.compile(r"<[^>]*>", re.DOTALL)
_TOLD = re.compile(
    r'\b(?:aria-label|alt|title|placeholder|value)="([^"]*[^\W\d_][^"]*)"'
)


@pytest.mark.parametrize(
    "spoken",
    [
        each.LANGUAGES
        for each in (patient_words, board_words, booking_words, proving_words)
    ],
    ids=["patient", "board", "booking", "proving"],
)
def test_the_same_is_said_in_each(spoken):
    gaps = {code: _gaps(each) for code, each in spoken.items()}

    assert sorted(gaps) == ["ar", "en", "hi", "ml", "ta"]
    for code, told in gaps.items():
        assert told == gaps["en"], code
        assert all(text.strip() for text in spoken[code].words.values())


@pytest.mark.parametrize(
    "page", sorted(PAGES.rglob("*.html")), ids=lambda each: each.name
)
def test_no_page_has_words_of_its_own(page):
    bare = _RADIO.sub(r"\1", _CODE.sub(" ", page.read_text(encoding="utf-8")))
    told = [*_TOLD.findall(bare), *re.findall(r"[^\W\d_]{2,}", _TAG.sub(" ", bare))]

    assert set(told) <= NAMES


def test_days_are_told_as_each_language_does_it_with_latin_digits():
    day = date(2026, 12, 2)
    told = {code: each.day(day) for code, each in patient_words.LANGUAGES.items()}

    assert told["en"] == "Wednesday, 2 December 2026"
    assert told["ml"] == "2026, ഡിസംബർ 2, ബുധനാഴ്‌ച"
    assert told["ar"] == "الأربعاء، 2 ديسمبر 2026"
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    for each in patient_words.LANGUAGES.values():
        assert len({each.day(one) for one in year}) == 365


def _gaps(language):
    """Give what each sentence leaves open, by its name."""
    found = language.words.items()
    return {name: sorted(re.findall(r"{\w+}", text)) for name, text in found}
