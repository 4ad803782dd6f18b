"""Patients book on a small phone, with and without JavaScript; the pages are read."""

from datetime import UTC, datetime, time

import pytest
from playwright.sync_api import expect

from app.core.actor import SYSTEM
from app.directory import service as directory
from app.directory.service import NewFacility
from app.public import booking_proof
from tests import factories as make
from tests.browser.axe import serious
from tests.browser.conftest import watch
from tests.browser.targets import small

pytestmark = pytest.mark.browser


class EveryPhone:
    """The outside world, in which everybody has proved their phone."""

    def proved(self, phone):
        return bool(phone)

    def address(self, phone, after):
        raise AssertionError(phone)


@pytest.fixture(scope="module")
def clinic(site):
    """Open a clinic whose doctor patients book themselves."""
    booking_proof.use(site.app, EveryPhone())
    now = datetime.now(UTC)
    with site.app.app_context():
        place = directory.add_facility(
            NewFacility(
                "shore",
                "Shore Clinic",
                "Asia/Kolkata",
                address="Beach Road, Kochi",
                phone="0484 555 0100",
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
    yield f"{site.address}/book/shore"
    booking_proof.use(site.app, None)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_whole_way_on_a_small_phone(browser, clinic, script):
    context = browser.new_context(
        java_script_enabled=script, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints = watch(page)
    wrong = {}

    def look(name):
        # axe is itself a script.
        if script:
            wrong[name] = serious(page, small)
            page.set_viewport_size({"width": 360, "height": 740})

    page.goto(clinic)
    look("landing")
    page.get_by_role("link", name="Dr Lakshmi Nambiar").click()
    page.locator("a.choice").first.click()
    expect(page.get_by_role("heading", name="Choose a day")).to_be_visible()
    look("days")
    page.locator("a.choice").nth(1).click()
    look("times")
    page.get_by_role("radio").nth(1).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("is kept for you until")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Type the name of the patient")).to_be_visible()
    look("who")
    page.get_by_label("Name of the patient").fill("Devi Pillai")
    page.get_by_label("Age, or year of birth").fill("34")
    page.get_by_label("Mobile phone").fill("98470 55555")
    page.get_by_label("Female").check()
    page.get_by_role("button", name="Continue").click()
    look("check")
    page.get_by_role("button", name="Confirm and book").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    look("done")
    page.go_back()
    expect(page.get_by_text("Nothing is chosen yet")).to_be_visible()
    look("stopped")

    context.close()
    assert {name: found for name, found in wrong.items() if found} == {}
    assert complaints == []
