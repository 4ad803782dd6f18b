"""Every language says everything, and no page of patients says it by itself."""

import re
from datetime import date, timedelta
from pathlib import Path

import flask_babel
import pytest
from babel import Locale
from babel.dates import format_date, format_skeleton, get_day_names
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from app.doors import board_words, booking_words, languages, patient_words

PAGES = Path(__file__).parents[2] / "templates" / "public"
CODES = ["ar", "en", "hi", "ml", "ta"]
# What is no language: the product's name, and signs between what is told.
NAMES = {"Baari"}

SLIP = PAGES.with_name("web") / "_slip_paper.html"
PAPERS = [*sorted(PAGES.rglob("*.html")), SLIP]

_LOUD = re.compile(r"<style.*?</style>|<script.*?</script>", re.DOTALL)
# What a choice sends is read by nobody.
_RADIO = re.compile(r'(<input\s+type="(?:radio|hidden)"[^>]*?)value="[^"]*"', re.DOTALL)
_TAG = re.compile(r"<[^>]*>", re.DOTALL)
_TOLD = re.compile(
    r'\b(?:aria-label|alt|title|placeholder|value)="([^"]*[^\W\d_][^"]*)"'
)
_NAMED = re.compile(r'\bwords\.(\w+)|\bwords\["(\w+)"\]|\.say\("(\w+)"')


def _file(code):
    return languages.FOLDER / code / "LC_MESSAGES" / "messages.po"


def _read(code):
    with _file(code).open("rb") as lines:
        return read_po(lines, abort_invalid=True)


def _entries(code):
    return {(each.context, each.id): each for each in _read(code) if each.id}


def _forms(entry):
    return [entry.string] if isinstance(entry.string, str) else list(entry.string)


ENGLISH = _entries("en")


def test_each_language_has_one_catalog():
    assert sorted(each.name for each in languages.FOLDER.iterdir()) == CODES


@pytest.mark.parametrize("code", CODES)
class TestACatalog:
    def test_says_all_that_english_says_and_nothing_that_is_in_doubt(self, code):
        found = _entries(code)

        assert found.keys() == ENGLISH.keys()
        assert [key for key, each in found.items() if each.fuzzy] == []
        bare = [k for k, e in found.items() if not all(f.strip() for f in _forms(e))]
        assert bare == []
        assert "#~" not in _file(code).read_text(encoding="utf-8")

    def test_has_each_form_that_its_numbers_ask_for(self, code):
        read = _read(code)

        assert read.plural_forms == Catalog(read.locale).plural_forms
        wrong = [
            each.id
            for each in read
            if each.pluralizable and len(each.string) != read.num_plurals
        ]
        assert wrong == []

    def test_leaves_the_same_open(self, code):
        for key, each in _entries(code).items():
            *few, most = [set(re.findall(r"{\w+}", form)) for form in _forms(each)]
            asked = set(re.findall(r"{\w+}", _forms(ENGLISH[key])[-1]))
            # One, two or none may be a word of its own; the rest are told in digits.
            assert most == asked, key
            assert all(form <= asked for form in few), key

    def test_stands_beside_the_english_of_today(self, code):
        for key, each in _entries(code).items():
            said = "" if code == "en" else _forms(ENGLISH[key])[-1]
            assert " ".join(each.auto_comments) == said, key


@pytest.mark.parametrize(
    ("code", "number", "told"),
    [
        ("en", 1, "1 minute"),
        ("en", 5, "5 minutes"),
        ("ta", 1, "1 நிமிடம்"),
        ("ar", 1, "دقيقة واحدة"),
        ("ar", 2, "دقيقتان"),
        ("ar", 5, "5 دقائق"),
        ("ar", 15, "15 دقيقة"),
    ],
)
def test_words_agree_with_their_number(code, number, told):
    language = booking_words.LANGUAGES[code]

    assert language.say("minutes_long", count=number, minutes=number) == told


def test_every_number_in_arabic_is_told():
    left = booking_words.LANGUAGES["ar"]

    told = {left.say("left", count=number) for number in range(120)}

    assert len(told) == 120


@pytest.mark.parametrize("page", PAPERS, ids=lambda each: each.name)
def test_no_page_has_words_of_its_own(page):
    bare = _RADIO.sub(r"\1", _LOUD.sub(" ", _written(page)))
    told = [*_TOLD.findall(bare), *re.findall(r"[^\W\d_]{2,}", _TAG.sub(" ", bare))]

    assert set(told) <= NAMES


def test_pages_name_only_what_is_there():
    known = {key if isinstance(key, str) else key[0] for _, key in ENGLISH}
    pages = "".join(page.read_text(encoding="utf-8") for page in PAPERS)
    # "done_" ~ done is a beginning, and so is no name.
    named = {name for found in _NAMED.findall(pages) for name in found if name}

    assert len(named) > 100
    assert named - known == set()


def test_days_are_told_as_each_language_does_it_with_latin_digits():
    day = date(2026, 12, 2)
    told = {
        code: (each.day(day), each.short_day(day))
        for code, each in patient_words.LANGUAGES.items()
    }

    assert told["en"] == ("Wednesday, 2 December 2026", "Wed, 2 Dec")
    assert told["hi"] == ("बुधवार, 2 दिसंबर 2026", "बुध, 2 दिस॰")
    assert told["ml"] == ("2026 ഡിസംബർ 2, ബുധനാഴ്‌ച", "ഡിസം 2, ബുധൻ")
    assert told["ta"] == ("புதன், 2 டிசம்பர், 2026", "டிச. 2, புத.")
    assert told["ar"] == ("الأربعاء، 2 ديسمبر 2026", "الأربعاء، 2 ديسمبر")


@pytest.mark.parametrize("code", CODES)
def test_days_are_written_as_the_unicode_consortium_has_it(code):
    language = patient_words.LANGUAGES[code]
    locale = Locale.parse(language.tag)

    assert language.name == locale.get_language_name()
    for day in (date(2028, 1, 1) + timedelta(days=n) for n in range(366)):
        assert language.day(day) == format_date(day, "full", locale=locale)
        short = format_skeleton("MMMEd", day, locale=locale)
        assert language.short_day(day) == short
    names = get_day_names("wide", "stand-alone", locale)
    assert [language.weekday(n) for n in range(7)] == [names[n] for n in range(7)]


def test_no_two_days_of_a_year_are_written_the_same():
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    for each in patient_words.LANGUAGES.values():
        assert len({each.day(one) for one in year}) == 365
        assert len({each.short_day(one) for one in year}) == 365


@pytest.mark.parametrize("code", CODES)
def test_flask_babel_says_the_same_in_a_request(app, code):
    said = board_words.LANGUAGES[code].words["nobody"]

    with app.test_request_context(f"/?lang={code}"):
        assert flask_babel.pgettext("board", "nobody") == said
    with app.test_request_context("/"), flask_babel.force_locale(code):
        assert flask_babel.pgettext("board", "nobody") == said


@pytest.mark.parametrize(
    ("address", "kept", "accepted", "code"),
    [
        ("/?lang=ta", "hi", "ml", "ta"),
        ("/?lang=xx", "hi", "ml", "hi"),
        ("/", "", "en;q=0.5, ml-IN;q=0.9", "ml"),
        ("/", "", "fr, ar;q=0", "en"),
    ],
)
def test_what_is_asked_for_goes_before_what_is_kept_and_liked(
    app, address, kept, accepted, code
):
    headers = {"Accept-Language": accepted}

    with app.test_request_context(address, headers=headers) as context:
        context.session[languages.REMEMBERED] = kept

        assert languages.here(patient_words.LANGUAGES).code == code


def _written(page):
    """Give a page with all text that stands in it, in its expressions as well."""
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(page.read_text("utf-8"))
    return "".join(
        said
        for output in tree.find_all(nodes.Output)
        for each in output.nodes
        for said in _texts(each)
    )


def _texts(node):
    """Give what an expression may write as it stands there, each between blanks."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Const):
        yield f" {node.value} " if isinstance(node.value, str) else " "
    elif isinstance(node, nodes.CondExpr):
        yield from _texts(node.expr1)
        yield from _texts(node.expr2) if node.expr2 else ()
    elif isinstance(node, nodes.Concat):
        for each in node.nodes:
            yield from _texts(each)
    elif isinstance(node, nodes.Filter) and node.node:
        yield from _texts(node.node)
    elif isinstance(node, (nodes.And, nodes.Or, nodes.Add)):
        yield from _texts(node.left)
        yield from _texts(node.right)
    else:
        yield " "


@pytest.mark.parametrize("code", CODES)
def test_a_language_is_read_from_the_side_that_its_locale_says(code):
    language = board_words.LANGUAGES[code]
    assert language.dir == Locale.parse(language.tag).text_direction
