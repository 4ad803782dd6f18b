"""What a visit needs is chosen on the booking form, and changed there, by browsers."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from app.accounts.permissions import Role
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.directory.kinds import Category, ResourceKind
from tests import factories as make
from tests.browser.axe import serious
from tests.browser.conftest import coming, sign_in
from tests.browser.targets import small, wide

pytestmark = pytest.mark.browser

PHONES = ("9847011111", "9847011112")


@pytest.fixture(scope="module")
def dental(site):
    """Open a house of chairs of its own, with somebody at the desk."""
    with site.app.app_context():
        place = make.facility("dental")
        make.hours(place)
        doctor = make.resource(place, name="Dr Leela Nair", code="leela")
        make.hours(place, doctor)
        chairs = [
            make.resource(place, ResourceKind.CHAIR, name=f"Chair {n}")
            for n in (1, 2, 3)
        ]
        kind = make.kind(30, Category.PROCEDURE, requires_chair=True)
        desk = make.user(Role.RECEPTION, place)
        for name, phone in zip(("Zara Script", "Zara Plain"), PHONES, strict=True):
            make.patient(name, phone)
    return place, doctor, chairs, kind, desk


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def desk(request, kept, site, dental):
    with coming(kept[request.param], site, dental[-1].username) as page:
        yield page, request.param


def test_a_chair_is_chosen_changed_and_refused_in_place(desk, site, dental):
    page, scripted = desk
    place, _, chairs, kind, _ = dental
    hour, who = ("10:00", PHONES[0]) if scripted else ("11:00", PHONES[1])
    day = site.hospital.day.isoformat()
    page.goto(f"{site.address}/booking/dental?with=leela&day={day}&q={who}")
    page.get_by_label("Type").select_option(str(kind.public_id))
    page.get_by_label("Time", exact=True).fill(hour)
    page.get_by_label(re.compile("^Note")).fill("Comes by wheelchair")
    if not scripted:
        page.get_by_role("button", name="Find").click()

    chair = page.get_by_label("Chair", exact=True)
    expect(chair.locator("option:checked")).to_have_text("Chair 1")
    needed = page.locator("#needed")
    expect(needed).to_contain_text("first by name (Chair 2 is free too")
    chair.focus()
    chair.select_option(label="Chair 2")
    if scripted:
        expect(needed).to_contain_text("Picked by hand instead of Chair 1")
        expect(chair).to_be_focused()

    start = make.local(int(hour[:2]), day=site.hospital.day)
    with site.app.app_context():
        order = make.timed_order(place, chairs[1], kind, make.patient("Other"), start)
        booking.book_timed(order, by=SYSTEM, now=datetime.now(UTC))
    page.locator("footer button.btn-main").click()

    expect(page.locator("#refusal")).to_contain_text("has Chair 2")
    expect(page.get_by_label(re.compile("^Note"))).to_have_value("Comes by wheelchair")
    expect(chair.locator("option:checked")).to_have_text("Chair 1")
    expect(needed).to_contain_text("Chair 2 is taken")
    page.locator("footer button.btn-main").click()
    expect(page.get_by_role("status").first).to_contain_text("Booked")
    expect(page.locator(".used")).to_have_count(2)


def test_who_is_found_brings_the_chair_they_had_before(site, kept, dental):
    place, doctor, chairs, kind, user = dental
    with site.app.app_context():
        sita = make.patient("Sita Before", "9847022222")
        start = make.local(15, day=site.hospital.day)
        order = make.timed_order(
            place, doctor, kind, sita, start, picks=(chairs[2].public_id,)
        )
        booking.book_timed(order, by=SYSTEM, now=datetime.now(UTC))
    day = (site.hospital.day + timedelta(days=1)).isoformat()
    with coming(kept[True], site, user.username) as page:
        page.goto(f"{site.address}/booking/dental?with=leela&day={day}")
        page.get_by_label("Type").select_option(str(kind.public_id))
        page.get_by_label("Time", exact=True).fill("09:00")
        page.get_by_label(re.compile("^Note")).focus()
        chosen = page.get_by_label("Chair", exact=True).locator("option:checked")
        expect(chosen).to_have_text("Chair 1")

        page.get_by_role("searchbox", name=re.compile("^Patient")).fill("Sita")

        expect(chosen).to_have_text("Chair 3")
        expect(page.locator("#needed")).to_contain_text("used last time")


def test_the_form_fits_a_phone_and_axe_finds_nothing_serious(browser, site, dental):
    *_, kind, user = dental
    context = browser.new_context(
        bypass_csp=True, viewport={"width": 360, "height": 780}
    )
    page = context.new_page()
    sign_in(page, site, user.username)
    day = site.hospital.day.isoformat()
    page.goto(
        f"{site.address}/booking/dental?with=leela&day={day}"
        f"&time=12:00&type={kind.public_id}"
    )
    expect(page.get_by_label("Chair", exact=True)).to_be_visible()
    found = serious(page), small(page), wide(page)
    context.close()

    assert [each for each in found if each] == []
