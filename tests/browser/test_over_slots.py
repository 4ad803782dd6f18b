"""A time booked over token slots, from the refusal that leads there to its end."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.booking import service as booking
from app.core import clock
from app.core.actor import SYSTEM
from app.directory import queries as directory
from tests import factories as make

pytestmark = pytest.mark.browser

# So far away that no other test looks there.
LATER = timedelta(days=45)


@pytest.fixture
def held(site, keeper):
    """Give somebody a token, of an hour of this run alone."""
    scripted = keeper.locator("html.has-js").count() == 1
    name, hour = ("Script", 10) if scripted else ("Plain", 11)
    with site.app.app_context():
        it = site.hospital
        start = make.local(hour, day=it.day + LATER)
        kind, *_ = directory.types(by=SYSTEM)
        order = make.token_order(
            it.kochi, it.rao, kind, make.patient(f"Token {name}"), start
        )
        booking.book_token(order, by=SYSTEM, now=clock.now())
        make.patient(f"Visitor {name}")
    return name, hour


def test_who_may_is_led_from_the_refusal_over_the_tokens(keeper, site, held):
    name, hour = held
    day = site.hospital.day + LATER
    keeper.goto(f"{site.address}/booking/kochi?with=rao&day={day.isoformat()}")
    patient = keeper.locator("#f-patient")
    patient.fill(f"Visitor {name}")
    keeper.locator("main").get_by_role("button", name="Find", exact=True).click()
    keeper.get_by_role("radio", name=re.compile("^Visitor")).check()
    keeper.get_by_label("Time", exact=True).fill(f"{hour}:05")
    keeper.get_by_label("Minutes", exact=True).fill("10")
    keeper.get_by_role("button", name=re.compile("^Book")).last.click()
    keeper.get_by_role("link", name=re.compile("^Book it over the token")).click()

    gives = keeper.get_by_role("region", name="Who gives way").first
    expect(gives).to_contain_text(f"Token {name}")
    keeper.get_by_role("button", name="Book it, and close the slots").click()
    expect(keeper.locator("#refusal")).to_be_visible()
    keeper.get_by_label("Reason").fill("A visitor")
    keeper.get_by_role("button", name="See who gives way").click()
    expect(keeper.get_by_label("Reason")).to_have_value("A visitor")
    keeper.get_by_role("button", name="Book it, and close the slots").click()

    expect(keeper.locator("h1")).to_have_text("Booked over token slots: A visitor")
    expect(keeper.get_by_role("row", name=re.compile(name))).to_contain_text("moved")
