"""Patients book on a small phone, in each language, with and without JavaScript."""

from datetime import UTC, datetime, time

import pytest
from playwright.sync_api import expect

from app.accounts import outbox_queries
from app.core.actor import SYSTEM
from app.directory import logos
from app.directory import service as directory
from app.directory.service import NewFacility
from app.doors import booking_words, patient_words, proving_words
from tests import factories as make
from tests.browser.axe import serious
from tests.browser.conftest import watch
from tests.browser.traffic import Traffic
from tests.doors.pictures import heavy

pytestmark = pytest.mark.browser

SIZE = {"width": 360, "height": 740}
FIRST, FURTHER = 60 * 1024, 20 * 1024
LANGUAGES = tuple(booking_words.LANGUAGES)
# One of each direction is looked at in every width and scheme, the others once.
WHOLE = {"en", "ar"}


@pytest.fixture(scope="module")
def clinic(site):
    """Open a clinic with a face of its own, whose doctor patients book themselves."""
    now = datetime.now(UTC)
    with site.app.app_context():
        place = directory.add_facility(
            NewFacility(
                "shore",
                "Shore Clinic",
                "Asia/Kolkata",
                address="Beach Road, Kochi",
                phone="0484 555 0100",
                region="IN",
            ),
            by=SYSTEM,
            now=now,
        )
        skin = directory.add_department(place, "Dermatology", by=SYSTEM, now=now)
        doctor = make.resource(
            place,
            code="shore-dr",
            name="Dr Lakshmi Nambiar",
            department_id=skin.id,
            token_prefix="S",
            room="Room 3",
        )
        make.kind(minutes=15)
        make.kind(minutes=30)
        make.hours(place, doctor, make.opd(), make.open_time(time(14)))
        directory.show_online(place, doctor.public_id, public=True, by=SYSTEM, now=now)
        directory.set_online(
            place, colour="#7a1f5c", online_holds=40, by=SYSTEM, now=now
        )
        directory.set_logo(place, heavy(logos.MOST_BYTES), by=SYSTEM, now=now)
    return f"{site.address}/book/shore"


class Walk:
    """A phone on its way: what each page carries, and what is wrong with it."""

    def __init__(self, context, *, axe, whole):
        self.page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.complaints = watch(self.page)
        self.axe, self.whole = axe, whole
        self.wrong, self.bytes = {}, {}
        self.traffic = Traffic(self.page)

    def look(self, name):
        self.bytes[name] = self.traffic.taken()
        if self.axe:
            self.wrong[name] = serious(self.page, once=not self.whole)
            self.page.set_viewport_size(SIZE)

    def go_on(self, words):
        self.page.get_by_role("button", name=words, exact=True).click()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_whole_way_on_a_small_phone(browser, site, clinic, code, script):
    language = booking_words.LANGUAGES[code]
    said = language.words
    context = browser.new_context(java_script_enabled=script, viewport=SIZE)
    # axe is itself a script.
    walk = Walk(context, axe=script, whole=code in WHOLE)
    page = walk.page

    page.goto(f"{clinic}?lang={code}")
    expect(page.locator("html")).to_have_attribute("dir", language.dir)
    walk.look("landing")
    page.get_by_role("link", name="Dr Lakshmi Nambiar").click()
    page.locator("a.choice").first.click()
    expect(page.get_by_role("heading", name=said["which_day"])).to_be_visible()
    walk.look("days")
    page.locator("a.choice").nth(1).click()
    walk.look("times")
    page.get_by_role("radio").nth(1).check()
    walk.go_on(said["continue"])
    expect(page.get_by_role("status")).to_be_visible()
    walk.go_on(said["continue"])
    expect(page.get_by_text(said["invalid_name"])).to_be_visible()
    walk.look("who")
    page.locator("#f-name").fill("Devi Pillai")
    page.locator("#f-born").fill("34")
    page.locator("#f-phone").fill(f"98470 55{LANGUAGES.index(code)}{int(script)}1")
    page.get_by_label(said["female"], exact=True).check()
    walk.go_on(said["continue"])
    _prove(walk, site, code)
    walk.look("check")
    walk.go_on(said["confirm"])
    expect(page.get_by_role("heading", name=said["done"])).to_be_visible()
    walk.look("done")
    page.go_back()
    expect(page.get_by_text(said["nothing_yet"], exact=True)).to_be_visible()
    walk.look("stopped")

    context.close()
    assert {name: found for name, found in walk.wrong.items() if found} == {}
    assert walk.complaints == []
    # The logo is as heavy as one may be, and comes with the first page alone.
    assert logos.MOST_BYTES < walk.bytes.pop("landing") <= FIRST
    assert min(walk.bytes.values()) > 0
    assert {name: size for name, size in walk.bytes.items() if size > FURTHER} == {}


def _prove(walk, site, code):
    """Type the code that was sent to the phone, in the language of the way."""
    told = proving_words.LANGUAGES[code].words
    assert walk.page.locator("html").get_attribute("lang") == code
    walk.look("phone")
    walk.go_on(told["phone_do"])
    with site.app.app_context():
        sent = outbox_queries.codes(now=datetime.now(UTC))[0].code
    walk.look("code")
    walk.page.get_by_label(told["code"]).fill(sent)
    walk.go_on(told["code_do"])


def test_the_outbox_of_a_demo_can_be_read(browser, site):
    page = browser.new_page(viewport=SIZE, bypass_csp=True)
    said = patient_words.LANGUAGES["ar"]

    page.goto(f"{site.address}/prove/outbox?lang=ar")

    assert page.locator("html").get_attribute("dir") == said.dir
    assert serious(page) == []
    page.close()
