"""A day at the desk without a mouse; and on every main page Tab leads everywhere."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hospital, waiting_room
from tests.browser.conftest import coming, watch
from tests.browser.hands import Hands, swept

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browser, site):
    """Give a window in which times are typed as four digits; sign in by keys."""
    context = browser.new_context(
        locale="en-GB", viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    page.add_init_script("window.print = () => {}")
    complaints = watch(page)
    page.goto(f"{site.address}/sign-in")
    hands = Hands(page)
    hands.into(page.get_by_label("User name"), site.hospital.keeper.username)
    hands.into(page.get_by_label("Password"), hospital.PASSWORD)
    hands.press("Enter")
    page.wait_for_url("**/calendar/**")
    yield page
    context.close()
    assert complaints == []


def _column(page: Page):
    return page.get_by_role("region", name="Dr Hall Keys")


def _booked(page: Page, site, who: str):
    """Book somebody known at the first free time of today."""
    hands = Hands(page)
    page.goto(f"{site.address}/calendar/{waiting_room.HALL}")
    hands.on(_column(page).get_by_role("link", name=re.compile("^Open .*book")).first)
    expect(page.get_by_role("searchbox", name=re.compile("Patient"))).to_be_focused()
    hands.type(who)
    hands.to(page.get_by_role("radio", name=re.compile(who)).first)
    hands.press("Space", "Enter")
    expect(page.get_by_role("status").first).to_contain_text("Booked")
    return hands


def test_a_visit_is_booked_moved_and_cancelled_with_a_reason(desk, site):
    hands = _booked(desk, site, "Meera Krishnan")

    hands.on(desk.get_by_role("link", name="Move", exact=True))
    time = desk.get_by_label("Time", exact=True)
    hour, minute = map(int, time.input_value().split(":"))
    later = 60 * hour + minute + 15
    hands.into(time, f"{later // 60:02}{later % 60:02}")
    hands.press("Enter")
    expect(desk.get_by_role("status").first).to_contain_text("Moved")
    hands.on(desk.get_by_role("link", name="Cancel it"))
    hands.into(desk.get_by_label("Why is it cancelled?"), "Patient asked")
    hands.on(desk.get_by_role("button", name="Cancel the visit"))

    expect(desk.get_by_role("status").first).to_contain_text("Cancelled")
    expect(desk.locator(".pairs", has_text="Status")).to_contain_text("Patient asked")


def test_who_is_booked_is_checked_in_and_gets_a_slip(desk, site):
    hands = _booked(desk, site, "Anand Krishnan")

    hands.on(desk.get_by_role("button", name=re.compile("^Check in")))

    desk.wait_for_url("**/slip/**")
    expect(desk.get_by_role("button", name="Print")).to_be_focused()


def test_the_next_is_called_let_in_done_with_and_taken_back(desk, site):
    hands = Hands(desk)
    desk.goto(site.hospital.hall.address(site, waiting_room.KEYS))
    first = desk.locator("tr.is-next .token").inner_text()
    serving = desk.get_by_role("region", name="Now serving")

    hands.on(desk.get_by_role("button", name=re.compile("^Call next")))
    expect(serving.locator(".big")).to_have_text(first)
    hands.on(serving.get_by_role("button", name=re.compile("^In the room")))
    hands.on(serving.get_by_role("button", name=re.compile("^Complete visit")))
    expect(serving).not_to_contain_text(first)
    hands.on(desk.get_by_role("button", name="Undo"))

    expect(serving.locator(".big")).to_have_text(first)
    expect(serving.get_by_role("button", name=re.compile("^Complete"))).to_be_visible()


def test_a_session_is_added_to_a_week(desk, site):
    hands = Hands(desk)
    desk.goto(f"{site.address}/schedules/{waiting_room.HALL}/of/hall-keys/draft")

    hands.on(desk.get_by_role("button", name="Add a session"))
    hands.choose(desk.get_by_label("What"), "Tokens")
    hands.to(desk.get_by_role("checkbox", name="Mon"))
    hands.press("Space")
    hands.into(desk.get_by_label("From", exact=True).first, "0900")
    hands.into(desk.get_by_label("To", exact=True), "1000")
    hands.into(desk.get_by_label("Slot, minutes"), "30")
    hands.into(desk.get_by_label("Tokens a slot"), "6")
    hands.press("Enter")

    expect(desk.get_by_role("region", name="If you publish")).to_contain_text("+12")


def test_what_was_opened_is_closed_by_escape_and_the_focus_is_where_it_was(desk, site):
    hands = Hands(desk)
    desk.goto(site.calendar())
    cell = desk.get_by_role("link", name=re.compile("token slot")).first
    hands.on(cell)
    expect(desk.locator("#drawer .drawer")).to_be_visible()
    hands.press("Escape")
    expect(desk.locator("#drawer .drawer")).to_have_count(0)
    expect(cell).to_be_focused()

    opener = desk.locator("[data-keys-list]")
    hands.on(opener)
    keys = desk.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    # The dialog keeps the focus; what is behind it is not reached.
    for _ in range(4):
        hands.press("Tab")
        assert not desk.evaluate(
            "document.querySelector('main').matches(':focus-within')"
        )
    hands.press("Escape")
    expect(keys).to_be_hidden()
    expect(opener).to_be_focused()


PAGES = (
    "/calendar/kochi?day={day}",
    "/calendar/kochi?day={day}&view=month",
    "/calendar/kochi?day={day}&week=rao",
    "/booking/kochi?day={day}&with=rao",
    "/arrivals/kochi?q=Krishnan",
    "/patients/kochi?q=Krishnan",
    "/approvals/",
    "/waitlist/kochi/new",
    "/queue/hall",
    "/supervise/hall",
    "/schedules/kochi/of/sen",
    "/schedules/kochi/of/sen/draft",
    "/leave/kochi/new",
    "/emergencies/kochi",
    "/maintenance/kochi/new",
    "/conflicts/kochi",
    "/reports/kochi/utilization",
    "/setup/at/kochi",
    "/setup/at/hall/policy/all",
    "/setup/at/kochi/people/roles/new",
    "/audit/",
    "/notices/",
    "/keys/",
)


@pytest.fixture(scope="module")
def keeper(kept, site):
    with coming(kept[True], site, site.hospital.keeper.username) as page:
        yield page


@pytest.mark.parametrize("address", PAGES)
def test_tab_leads_everywhere_in_order_and_in_sight(keeper, site, address):
    assert _swept(keeper, site.address + address.format(day=site.hospital.day)) == []


def test_so_it_does_at_the_desk_of_a_queue(keeper, site):
    address = site.hospital.hall.address(site, waiting_room.STAYS)

    assert _swept(keeper, address) == []


def _swept(page: Page, address: str) -> list[str]:
    """Sweep it on a desk's screen, and on a phone's to which a keyboard is tied."""
    found = []
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        found += [f"{width} {each}" for each in swept(page)]
    return found


@pytest.mark.parametrize("path", ["/sign-in", "/book/kochi", "/arrive/kochi"])
def test_so_it_does_without_a_sign_in(browser, site, path):
    page = browser.new_page()
    page.goto(site.address + path)

    assert swept(page) == []
    page.close()


RING = "<style>:focus { outline: 2px solid }</style>"
WRONG = """<main>
  <a id="right" href="/">Right</a>
  <a id="ringless" href="/" style="outline: none">No ring</a>
  <div style="position: relative"><a id="covered" href="/">Covered</a>
    <div style="position: absolute; inset: -9px; background: white"></div></div>
</main>"""
TRAP = """<button id="trap" onkeydown="event.preventDefault()">Trap</button>"""


def test_a_sweep_finds_what_is_wrong(browser):
    page = browser.new_page()
    first = "<a id='first' tabindex='1' href='/'>First</a>"
    page.set_content(RING + WRONG + first)

    found = {
        re.sub(r"<.*?id=\W(\w+).*", r"\1", each, flags=re.DOTALL)
        for each in swept(page)
    }

    assert found >= {
        "focus not shown: ringless",
        "focus is covered: covered",
        "jumps the queue: first",
        "not reached: first",
    }
    assert not any(each.endswith("right") for each in found)
    page.close()


def test_a_sweep_says_where_there_is_no_way_out(browser):
    page = browser.new_page()
    page.set_content(f"{RING}<main><a href='/'>Right</a>{TRAP}</main>")

    assert [each.split(":")[0] for each in swept(page)] == ["no way out"]
    page.close()


def test_a_sweep_says_what_is_passed_over(browser):
    page = browser.new_page()
    over = "document.querySelector('#last').focus()"
    page.set_content(
        f"{RING}<main><a href='/'>Right</a><button onfocus=\"{over}\">Over</button>"
        "<a href='/'>Never</a><a id='last' href='/'>Last</a></main>"
    )

    assert [each.split(":")[0] for each in swept(page)] == ["not reached"] * 2
    page.close()
