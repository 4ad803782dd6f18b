"""`make beckn-demo`: what its parties say to each other, and a person who books."""

import json
import re
from decimal import Decimal
from itertools import groupby

import psycopg
import pytest

from tests.browser import axe
from tests.browser.conftest import watch
from tests.browser.targets import small, wide
from tests.network import town

pytestmark = [pytest.mark.long]

PHONE = {"width": 360, "height": 780}
FIRST = [
    ("buyer", "gateway", "search"),
    ("gateway", "clinic", "search"),
    ("clinic", "buyer", "on_search"),
    ("buyer", "clinic", "select"),
    ("clinic", "buyer", "on_select"),
    ("buyer", "clinic", "init"),
    ("clinic", "buyer", "on_init"),
    ("buyer", "clinic", "confirm"),
    ("clinic", "buyer", "on_confirm"),
]
THEN = [
    ("buyer", "clinic", "status"),
    ("clinic", "buyer", "on_status"),
    ("buyer", "clinic", "track"),
    ("clinic", "buyer", "on_track"),
    ("clinic", "buyer", "on_update"),
    ("buyer", "clinic", "get_cancellation_reasons"),
    ("clinic", "buyer", "cancellation_reasons"),
    ("buyer", "clinic", "cancel"),
    ("clinic", "buyer", "on_cancel"),
]


@pytest.fixture(scope="module")
def demo(worker, tmp_path_factory):
    """Give what was recorded, and the database; it ends whole by Ctrl-C."""
    with town.opened(tmp_path_factory.mktemp("demo"), worker) as (running, *told):
        yield told
    assert running.returncode == 0


@pytest.fixture
def record(demo):
    return demo[0]


def deals(record):
    """Part what was said by the transactions it was said in, in their order."""
    lines = [each for each in record["lines"] if each["transaction"]]
    return [list(each) for _, each in groupby(lines, lambda e: e["transaction"])]


def ways(lines):
    names = ("from", "to")
    return [
        (*(each[name].partition(".")[0] for name in names), each["action"])
        for each in lines
    ]


def test_the_story_is_told_whole_and_everybody_is_believed(record):
    assert record["fault"] == ""
    first, second, third = deals(record)

    # The gateway hears of its ACK when it likes, so the search is in any order.
    assert ways(first)[2:] == (FIRST + THEN)[2:]
    assert sorted(ways(first)[:2]) == sorted(FIRST[:2])
    assert sorted(ways(second)) == sorted(ways(third)) == sorted(FIRST)
    assert [e["action"] for e in record["lines"] if not e["verified"]] == []
    assert {e["answer"] for e in first + second + third} == {"ACK"}


def test_the_house_joined_by_its_own_commands_and_a_search_bears_two_keys(record):
    actions = [each["action"] for each in record["lines"]]
    passed = [e for e in record["lines"] if e["from"] == "gateway.example"]

    assert actions[:2] == ["on_subscribe", "subscribe"]
    assert record["lines"][1]["says"] == "SUBSCRIBED"
    keys = [e["keys"] for e in passed if e["action"] == "search"]
    assert [[k.partition("|")[0] for k in each] for each in keys] == [
        ["buyer.example", "gateway.example"]
    ] * 3


def test_each_answer_names_its_question_and_the_order_is_one(record):
    first, *_ = deals(record)
    asked = {e["body"]["context"]["message_id"]: e["action"] for e in first[:-1]}

    for each in first:
        name = each["body"]["context"]["message_id"]
        if each["action"] == "on_update":
            assert asked[name] == "on_update"
        elif each["from"] == "clinic.example":
            assert asked[name].removeprefix("get_") in each["action"]
    told = [e["body"]["message"].get("order", {}) for e in first]
    ids = {order["id"] for order in told if order.get("status")}
    assert ids == {record["orders"][0]}


def test_the_second_visit_stands_in_the_calendar_and_the_first_does_not(demo):
    record, database = demo
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "SELECT o.order_id, a.status, a.channel FROM beckn_orders o"
            " JOIN appointments a ON a.public_id = o.appointment_id"
            " ORDER BY o.id LIMIT 2"
        ).fetchall()

    states = [(record["orders"][0], "cancelled"), (record["orders"][1], "scheduled")]
    assert rows == [(*each, "beckn") for each in states]


def test_the_third_visit_is_paid_before_and_the_house_keeps_by_what(demo):
    record, database = demo
    *_, third = deals(record)
    said = {e["action"]: e["body"]["message"] for e in third if e["action"] != "search"}
    paid = [
        said[action]["order"]["payments"][0]
        for action in ("on_select", "on_init", "confirm", "on_confirm")
    ]
    with psycopg.connect(database) as connection:
        (kept,) = connection.execute(
            "SELECT p.through, p.transaction_id, p.amount, o.order_id"
            " FROM prepayments p JOIN beckn_orders o USING (appointment_id)"
            " WHERE o.order_id = %s",
            [record["orders"][2]],
        ).fetchall()

    assert {each["collected_by"] for each in paid} == {"BAP"}
    states = [each["status"] for each in paid]
    assert states == ["NOT-PAID", "NOT-PAID", "PAID", "PAID"]
    transfer = paid[2]["params"]["transaction_id"]
    assert paid[3]["params"]["transaction_id"] == transfer
    order = record["orders"][2]
    assert kept == ("buyer.example", transfer, Decimal("400.00"), order)


@pytest.mark.browser
def test_a_person_pays_on_the_phone_and_is_told_that_it_is_given_back(record, browser):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    complaints = watch(page)
    page.goto(record["page"])
    page.get_by_label("Department").fill("Dermatology")
    page.get_by_role("button", name="Ask the network").click()
    page.get_by_role("button", name=re.compile("^14:00")).click()
    page.get_by_label("Name of the patient").fill("Devi Pillai")
    page.get_by_label("Phone number").fill("+919847012398")
    page.get_by_role("button", name="Keep this place").click()
    page.get_by_text("INR 400.00, paid now, through this app").wait_for()
    page.get_by_role("button", name="Pay and book it").click()
    page.get_by_role("heading", name="Scheduled").wait_for()
    page.get_by_text(re.compile("paid through this app by DEMO-")).wait_for()

    page.get_by_role("button", name="Call it off").click()
    page.get_by_role("heading", name="Cancelled").wait_for()
    page.get_by_text(re.compile("which is given back")).wait_for()
    assert small(page) + wide(page) == []

    context.close()
    assert complaints == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("scripts", "at"), [(True, "14:00"), (False, "15:00")], ids=["scripts", "none"]
)
def test_a_person_books_on_a_phone_and_calls_it_off(record, browser, scripts, at):
    context = browser.new_context(java_script_enabled=scripts, viewport=PHONE)
    page = context.new_page()
    complaints = watch(page)
    page.goto(record["page"])
    page.get_by_label("Department").fill("Paediatrics")
    page.get_by_role("button", name="Ask the network").click()
    page.get_by_role("button", name=re.compile(f"^{at}")).click()
    page.get_by_label("Name of the patient").fill("Devi Pillai")
    page.get_by_label("Phone number").fill("+919847012399")
    page.get_by_label("Age").fill("8")
    page.get_by_role("button", name="Keep this place").click()
    page.get_by_text("INR 400.00, paid at the desk").wait_for()
    page.get_by_role("button", name="Book it").click()
    page.get_by_role("heading", name="Scheduled").wait_for()

    follow = page.get_by_role("link", name="Follow it at the clinic")
    follow.wait_for()
    assert small(page) + wide(page) == []
    line = page.locator("details", has_text="on_confirm")
    line.locator("summary").click()
    assert "Signed and believed: clinic.example|" in line.inner_text()
    assert '"action": "on_confirm"' in line.locator("pre").inner_text()
    visit = page.url
    follow.click()
    page.get_by_text("Dr Neha Kulkarni").first.wait_for()
    page.goto(visit)
    page.get_by_role("button", name="Call it off").click()
    page.get_by_role("heading", name="Cancelled").wait_for()

    context.close()
    assert complaints == []


@pytest.mark.browser
def test_who_comes_is_said_on_the_clinics_form(record, browser):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    complaints = watch(page)
    page.goto(record["page"])
    page.get_by_label("Department").fill("Paediatrics")
    page.get_by_role("button", name="Ask the network").click()
    page.get_by_role("button", name=re.compile("^16:00")).click()
    page.get_by_role("button", name="Say it on the clinic's own form").click()
    link = page.get_by_role("link", name="Open the clinic's form")
    link.wait_for()
    assert page.get_by_role("button", name="Book it").count() == 0
    assert small(page) + wide(page) == []

    page.get_by_role("button", name="It is filled in").click()
    page.get_by_text("form of on_init is to be filled first").first.wait_for()
    with context.expect_page() as opened:
        page.get_by_role("link", name="Open the clinic's form").click()
    form = opened.value
    asked = form.url
    for language in ("hi", "ta", "ar", "en"):
        form.goto(f"{asked}?lang={language}")
        assert axe.serious(form, once=language != "en") == [], language
    form.locator("#f-name").fill("Latha Iyer")
    form.locator("#f-born").fill("41")
    form.locator("#f-phone").fill("+919847012377")
    form.locator("form button[type=submit]").click()
    form.get_by_role("status").first.wait_for()
    page.get_by_role("button", name="It is filled in").click()
    page.get_by_text("Told on the clinic's own form").wait_for()
    page.get_by_role("button", name="Book it").click()
    page.get_by_role("heading", name="Scheduled").wait_for()
    told = [json.loads(each) for each in page.locator("pre").all_text_contents()]
    said = {e["context"]["action"]: e.get("message", {}).get("order") for e in told}
    form_id = said["confirm"]["xinput"]["form"]["submission_id"]
    assert form.url.partition("?")[0].endswith(f"/n/{form_id}")
    assert "billing" not in said["confirm"]
    assert said["on_confirm"]["billing"]["name"] == "Latha Iyer"

    context.close()
    assert complaints == []


@pytest.mark.browser
def test_the_buyers_pages_are_readable_by_all(record, browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(record["page"])
    page.get_by_role("button", name="Ask the network").click()
    page.get_by_role("heading", name="Choose a time").wait_for()
    found = axe.serious(page)
    page.goto(record["page"])
    page.locator("main ul a").last.click()
    page.locator("summary").first.click()
    found += axe.serious(page)

    context.close()
    assert found == []
