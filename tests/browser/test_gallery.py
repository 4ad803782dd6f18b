"""Pictures of every main screen for docs/screens, and whether each fits a phone."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from tests.browser import gallery, networked
from tests.browser.gallery import Visitor
from tests.browser.screens import WANTED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not WANTED, reason="pictures are taken with BAARI_SCREENS=1"),
]

MENON = "/schedules/kochi/of/dr-anjali-menon"


@pytest.fixture(scope="module")
def house(worker):
    with gallery.opened(worker) as served:
        yield served


@pytest.fixture(scope="module")
def address(house):
    return house[0]


@pytest.fixture
def visit(browser, address):
    """Give a way to come as somebody; what does not fit a phone fails the test."""
    came = []

    def come(username: str = "") -> Visitor:
        came.append(Visitor(browser, address, username))
        return came[-1]

    yield come
    found = {}
    for each in came:
        found |= {name: wrong for name, wrong in each.found.items() if wrong}
        each.close()
    assert found == {}


def test_the_calendar(visit):
    desk = visit("reception")
    desk.see("calendar-day", "/calendar/kochi#now", main=True)
    _take_in_hand(desk.page)
    desk.see("calendar-drag")
    desk.page.keyboard.press("Escape")
    desk.page.mouse.up()
    _book_what_is_taken(desk.page)
    desk.see("booking-conflict", main=True)
    desk.see("calendar-week", "/calendar/kochi?week=dr-anjali-menon#now")
    desk.see("calendar-month", "/calendar/kochi?view=month&week=", main=True)
    day = desk.go("/calendar/kochi?view=&week=&kind=practitioner")
    at = day.locator(".visit.is-scheduled").first.get_attribute("href")
    desk.see("appointment", at or "", main=True)
    desk.page.get_by_role("link", name="Add or take off people").click()
    desk.page.get_by_label("Somebody more").fill("Nair")
    desk.page.get_by_label("Somebody more").press("Enter")
    desk.page.get_by_role("radio", name=re.compile("Nair")).first.wait_for()
    desk.see("members")
    desk.see("day-list", "/calendar/kochi/print")


def test_what_becomes_of_a_visit(visit):
    desk = visit("reception")
    day = desk.go("/calendar/kochi#now")
    at = day.locator(".visit.is-scheduled").first.get_attribute("href") or ""
    desk.see("move", f"{at}/move", main=True)
    desk.see("cancel", f"{at}/cancel")
    page = desk.go(f"/receipts/of/{at.rsplit('/', 1)[-1]}")
    page.get_by_label(re.compile("^Amount")).fill("450")
    desk.see("receipts")
    page.locator("main button[type=submit]").click()
    page.wait_for_url(re.compile(r"/receipts/[\w-]{36}"))
    desk.see("receipt")
    people = desk.go("/patients/kochi?q=Nair").locator("main table a")
    one, other = (people.nth(n).get_attribute("href") or "" for n in (0, 1))
    admin = visit("admin")
    admin.see("merge", f"{one}/merge/{other.rsplit('/', 1)[-1]}", main=True)


def test_what_a_visit_needs(visit):
    desk = visit("reception")
    page = desk.go("/booking/kochi?with=dr-joseph-mathew")
    page.get_by_role("searchbox", name=re.compile("^Patient")).fill("Nair")
    page.get_by_role("radio", name=re.compile("Nair")).first.check()
    dental = page.locator("#f-type option", has_text="Dental treatment")
    page.locator("#f-type").select_option(dental.get_attribute("value"))
    page.get_by_label("Time", exact=True).fill("15:00")
    page.get_by_label("Time", exact=True).press("Tab")
    page.locator("#needed select").wait_for()
    page.locator("#needed").scroll_into_view_if_needed()
    desk.see("booking-needs", main=True)


def test_the_waitlist(visit):
    desk = visit("reception")
    for name, whom in (("Nair", "Dr Anjali Menon"), ("Krishnan", "Anybody")):
        page = desk.go("/waitlist/kochi/new")
        page.get_by_role("searchbox", name=re.compile("^Patient")).fill(name)
        page.get_by_role("radio", name=re.compile(name)).first.check()
        page.get_by_label("With", exact=True).select_option(label=whom)
        page.get_by_label(re.compile("^Note")).fill("Lives two hours away")
        if whom == "Anybody":
            desk.see("wait")
        page.locator("footer button").click()
    page.get_by_role("button", name="Offer what is free now").click()
    page.wait_for_selector("main .note")
    desk.see("waitlist", main=True)


def _take_in_hand(page: Page) -> None:
    """Drag a visit an hour further, and hold it there."""
    box = page.locator(".visit[data-move]").first.bounding_box()
    assert box
    x, y = box["x"] + 40, box["y"] + 6
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 10)
    page.mouse.move(x, y + 110, steps=4)


def _book_what_is_taken(page: Page) -> None:
    """Choose free time of a doctor, and type the time of somebody else's visit."""
    taken, free = page.locator(".visit.is-scheduled"), page.locator("a.free")
    column = page.locator(".cal-col").filter(has=taken).filter(has=free).first
    told = column.locator(".visit.is-scheduled .vh").first.inner_text()
    column.locator("a.free").first.click()
    page.get_by_role("searchbox", name=re.compile("^Patient")).fill("Nair")
    page.get_by_role("radio", name=re.compile("Nair")).first.check()
    start = re.search(r"(\d\d:\d\d).\d\d:\d\d$", told.strip())
    assert start
    page.get_by_label("Time", exact=True).fill(start[1])
    page.get_by_label(re.compile("^Note")).fill("Comes by wheelchair")
    page.locator("#drawer footer button").click()
    page.wait_for_selector("#refusal")


def test_the_desk(visit):
    desk = visit("reception")
    desk.see("queues", "/queue/kochi")
    card = desk.page.locator(".queue-card a", has_text="Casualty").first
    queue = card.get_attribute("href") or ""
    desk.see("queue-desk", queue, main=True)
    desk.see("counter", queue.replace("/queue/at/", "/counter/"), main=True)
    desk.see("supervisor", "/supervise/kochi", main=True)
    desk.see("arrivals", "/arrivals/kochi?q=Nair", main=True)
    desk.page.get_by_role("button", name="They are here").click()
    desk.page.wait_for_url("**/slip/**")
    desk.see("slip")
    desk.see("patients", "/patients/kochi?q=Nair")
    who = desk.page.locator("main table a").first.get_attribute("href")
    desk.see("patient", who or "")
    desk.page.locator("main a[href^='/appointments/']").first.click()
    seen = desk.page.get_by_role("link", name="What they see").get_attribute("href")
    desk.see("visit", seen or "", main=True)
    desk.see("notices", "/notices/")
    desk.see("staff-mail", "/notices/mail/")
    desk.see("keys", "/keys/")


def test_who_keeps_the_hours(visit):
    admin = visit("admin")
    admin.see("approvals", "/approvals/", main=True)
    admin.see("schedules", "/schedules/kochi")
    admin.see("schedule", MENON)
    _draft(admin.go(f"{MENON}/draft"))
    admin.see("schedule-editor", main=True)
    admin.see("exception", f"{MENON}/exception")
    admin.see("maintenance", "/maintenance/kochi", main=True)
    _close_a_chair(admin.go("/maintenance/kochi/new"))
    admin.see("conflicts", "/conflicts/kochi")
    admin.page.locator("main table a").first.click()
    admin.see("conflict")
    _need_a_theatre(admin.go("/emergencies/kochi"))
    admin.see("emergency", main=True)
    _over_tokens(admin)
    admin.see("over-slots", main=True)
    _need_a_theatre(admin.go("/emergencies/kochi"))
    admin.page.get_by_role("button", name="Let the emergency in").click()
    admin.page.wait_for_url(re.compile(r"/emergencies/kochi/[\w-]{36}"))
    admin.see("gave-way")
    admin.see("rebookings", "/rebookings/kochi")
    admin.page.locator("main table a").first.click()
    admin.see("rebooking")
    _be_away(admin.go("/leave/kochi/new"))
    admin.see("leave-cascade", main=True)


def _draft(page: Page) -> None:
    """Leave one afternoon out, and begin another morning earlier."""
    week = page.locator(".hours-week")
    week.locator("button", has_text=re.compile("14:00.17:00")).nth(2).click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.wait_for_selector(".block-gone")
    week.locator("button", has_text=re.compile("09:00")).nth(1).click()
    page.wait_for_selector("#f-days")
    page.get_by_label("From", exact=True).first.fill("08:00")
    page.get_by_role("button", name="Put into the draft").click()
    page.wait_for_selector(".block-new")
    week.locator("button", has_text=re.compile("08:00")).first.click()
    page.wait_for_selector("#f-days")


def _close_a_chair(page: Page) -> None:
    """Take a chair away from who is booked in it."""
    page.locator("select").first.select_option(label="Dental Chair 6")
    page.get_by_label(re.compile("^Reason")).fill("Lamp is broken")
    page.get_by_role("radio", name=re.compile("as conflicts")).check()
    page.get_by_role("button", name="See whom it meets").click()
    page.get_by_role("heading", name=re.compile("in the way$")).wait_for()
    page.get_by_role("button", name="Plan it").click()
    page.wait_for_url(re.compile(r"/leave/kochi/[\w-]{36}|done=added"))


def _need_a_theatre(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Not known yet")).click()
    page.get_by_role("radio", name=re.compile("^Unknown patient")).wait_for()
    page.get_by_label("Theatre", exact=True).select_option(index=2)
    page.get_by_label("Surgeon").select_option("dr-rajesh-pillai")
    page.get_by_label("For", exact=True).select_option(label="Operation, 120 min")
    page.get_by_label("Time", exact=True).fill("14:00")
    page.get_by_label(re.compile("^Reason")).fill("Ruptured appendix")
    page.get_by_role("button", name="See who gives way").click()
    page.get_by_role("button", name="Let the emergency in").wait_for()


def _over_tokens(admin: Visitor) -> None:
    """Want the last slot in which somebody has a token for a visit of ten minutes."""
    page = admin.go("/calendar/kochi?view=&week=&kind=practitioner")
    taken = page.locator(
        "a.slot:not(.slot-past)", has_text=re.compile(r" [1-9]\d* of ")
    )
    slot = taken.last
    told = slot.inner_text()
    whose = re.search(r"[?&](with=[\w-]+)", slot.get_attribute("href") or "")
    assert whose
    page = admin.go(f"/booking/kochi?{whose[1]}")
    page.get_by_role("searchbox", name=re.compile("^Patient")).fill("Nair")
    who = page.get_by_role("radio", name=re.compile("Nair")).first
    wanted = {
        "day": page.get_by_label("Day", exact=True).input_value(),
        "time": told.strip()[:5],
        "minutes": "10",
        "type": page.locator("#f-type").input_value(),
        "patient": who.get_attribute("value"),
    }
    page = admin.go(f"/over-slots/kochi?{whose[1]}&{urlencode(wanted)}")
    page.get_by_role("region", name="Who gives way").first.wait_for()


def _be_away(page: Page) -> None:
    page.get_by_label("Who", exact=True).select_option("dr-anjali-menon")
    page.get_by_label(re.compile("^Reason")).fill("Conference")
    page.get_by_role("button", name="See whom it meets").click()
    page.wait_for_selector("#stranded")
    page.get_by_role("button", name="Let it stand, hold other places").click()
    page.wait_for_url(re.compile(r"/leave/kochi/[\w-]{36}"))


def test_who_sets_up_and_who_reports(visit):
    admin = visit("admin")
    admin.see("set-up", "/setup/at/kochi")
    admin.see("set-up-resources", "/setup/at/kochi/things")
    admin.see("registry-ids", "/setup/at/kochi/registries")
    admin.see("network-payment", "/setup/at/kochi/network")
    _show_a_face(admin)
    admin.see("logo")
    admin.see("rules", "/setup/at/kochi/rules/new/allowed_days")
    admin.see("messages", "/outbox/kochi")
    admin.see("message-text", "/setup/at/kochi/texts/booked/en/sms")
    admin.see("roles", "/setup/at/kochi/people/roles")
    admin.see("people", "/setup/at/kochi/people")
    admin.go("/setup/at/kochi/policy").get_by_role(
        "link", name="General Medicine"
    ).click()
    admin.page.get_by_label("Elderly: minutes sooner").fill("45")
    admin.page.get_by_role("button", name="Try it on today").click()
    admin.page.wait_for_selector("#preview ol")
    admin.see("queue-policy")
    admin.see("report-utilization", "/reports/kochi/utilization", main=True)
    for name in ("waiting", "no-shows", "lead-time", "tokens"):
        admin.see(f"report-{name}", f"/reports/kochi/{name}")
    admin.see("audit", "/audit/?kind=appointment")
    boards = admin.go("/setup/at/kochi/boards")
    address = boards.get_by_text(re.compile(r"^/board/")).first.inner_text()
    # Not every machine that takes pictures can write in all scripts.
    boards.get_by_role("link", name="Outpatients").click()
    for language in ("hi", "ml"):
        boards.locator(f"input[value={language}]").uncheck()
    boards.get_by_role("button", name="Change it").click()
    boards.wait_for_selector("[role=status]")
    admin.see("board", address.strip(), main=True)


def _show_a_face(admin: Visitor) -> None:
    """Give the hospital a logo: our own sign, as a picture."""
    sign = admin.go("/static/img/baari.svg")
    sign.set_viewport_size({"width": 240, "height": 240})
    drawn = sign.screenshot()
    page = admin.go("/setup/at/kochi/logo")
    sent = {"name": "logo.png", "mimeType": "image/png", "buffer": drawn}
    page.get_by_label("Picture", exact=True).set_input_files([sent])
    page.get_by_role("button", name="Use it").click()
    page.get_by_role("button", name="Remove it").wait_for()


def test_who_keeps_the_network(visit, house):
    admin = visit("admin")
    with networked.joined(house[1]):
        admin.see("network", "/network/", main=True)
        admin.page.locator("table.deals a").first.click()
        admin.see("network-transaction", main=True)
        admin.page.locator(".timeline a").last.click()
        admin.see("network-message", main=True)
        admin.see("network-checklist", "/network/checklist", main=True)
        visit().see("network-form", networked.form(house[1]), main=True)


def test_who_is_not_signed_in(visit):
    anybody = visit()
    anybody.see("sign-in", "/sign-in")
    anybody.see("arrive", "/arrive/kochi")
    anybody.see("data-protection", "/book/kochi/notice")
    anybody.see("book", "/book/kochi", main=True)
    anybody.page.locator("a.choice").first.click()
    anybody.page.locator("a.choice").first.click()
    anybody.see("book-days")
    anybody.page.locator("a.choice").nth(1).click()
    anybody.see("book-times", main=True)


def test_who_waits_for_a_place(visit):
    anybody = visit()
    there = "/book/kochi/wait/dr-arjun-nair/new-visit"
    page = anybody.go(there)
    page.get_by_label("Phone number").fill("98470 12399")
    page.get_by_role("button", name="Send the code").click()
    code = page.url
    page = anybody.go("/prove/outbox")
    digits = page.locator("strong.token").first.inner_text()
    page.goto(code)
    page.get_by_label("Six digits").fill(digits)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name of the patient").fill("Devi Pillai")
    page.get_by_label("Age, or year of birth").fill("34")
    page.get_by_role("button", name="Wait for a place").click()
    anybody.see("book-waiting")
