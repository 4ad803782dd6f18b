"""The queue at the desk, worked by real browsers, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import waiting_room
from tests.browser.conftest import sign_in, watch

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browser, site):
    """Give a way to open the page of a queue in a browser of its own."""
    opened = []

    def open_desk(doctor: str, *, script: bool) -> Page:
        context = browser.new_context(java_script_enabled=script)
        page = context.new_page()
        opened.append((context, watch(page)))
        sign_in(page, site, site.hospital.hall.clerk)
        page.goto(site.hospital.hall.address(site, doctor))
        return page

    yield open_desk
    for context, _ in opened:
        context.close()
    assert [told for _, complaints in opened for told in complaints] == []


def waiting(page: Page, *tokens: str) -> None:
    """See who waits, in the order they will be called."""
    expect(page.locator("table.queue .token")).to_have_text(list(tokens))


def serving(page: Page):
    return page.get_by_role("region", name="Now serving")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{name}")).first.click()


def toast(page: Page, token: str, text: str) -> None:
    expect(page.locator("form.toast")).to_contain_text(f"{token} {text}")


def more(page: Page, token: str):
    """Open what else can be done to one who waits."""
    row = page.get_by_role("row", name=re.compile(token))
    row.locator("summary").first.click()
    return row


@pytest.mark.parametrize("script", [True, False], ids=["with", "without"])
def test_a_desk_skips_holds_sends_on_and_takes_back(desk, site, script):
    mine = waiting_room.SCRIPT if script else waiting_room.PLAIN
    page = desk(mine, script=script)
    first, second, third, fourth, fifth = (
        entry.token for entry in site.hospital.hall.entries[mine]
    )

    # Who does not answer goes two places back, and the second time has not come.
    press(page, "Call next")
    toast(page, first, "is called")
    expect(serving(page).locator(".big")).to_have_text(first)
    press(page, f"Skip {first}")
    toast(page, first, "did not answer")
    waiting(page, second, third, first, fourth, fifth)
    press(page, f"Call {first}")
    expect(serving(page).locator(".big")).to_have_text(first)
    press(page, f"Skip {first}")
    toast(page, first, "did not answer again and is a no-show")
    expect(serving(page)).not_to_contain_text(first)
    waiting(page, second, third, fourth, fifth)
    page.get_by_role("button", name="Undo").click()
    expect(serving(page).locator(".big")).to_have_text(first)
    press(page, f"Skip {first}")
    expect(serving(page)).not_to_contain_text(first)
    waiting(page, second, third, fourth, fifth)

    # Who is set aside is passed over, and comes back to where they stood.
    more(page, second).get_by_role("button", name=re.compile("^Set aside")).click()
    waiting(page, third, fourth, fifth)
    expect(page.get_by_role("region", name="Aside")).to_contain_text(second)
    press(page, f"Bring back {second}")
    waiting(page, second, third, fourth, fifth)

    # Who is sent on keeps their number and the time since which they wait.
    row = page.get_by_role("row", name=re.compile(fourth))
    came = row.locator("td.num").nth(2).inner_text()
    send = more(page, fourth)
    send.get_by_text("Send on to another queue").click()
    send.get_by_label("To whose queue").select_option(label="Dr Hall Weighed")
    send.get_by_role("button", name="Send").click()
    waiting(page, second, third, fifth)
    there = desk(waiting_room.WEIGHED, script=script)
    moved = there.get_by_role("row", name=re.compile(fourth))
    expect(moved.locator("td.num").nth(2)).to_have_text(came)


def test_two_browsers_that_call_at_once_call_each_patient_once(desk, site):
    desks = [desk(waiting_room.RACE, script=script) for script in (True, False)]
    people = site.hospital.hall.entries[waiting_room.RACE]
    called = []
    for left in range(len(people), 0, -len(desks)):
        for page in desks:
            page.reload()
            expect(page.locator("table.queue .token")).to_have_count(left)
        for page in desks:
            press_now(page)
        for page in desks:
            told = page.locator("form.toast strong")
            others = re.compile("|".join(["^$", *called]))
            # Two answers at once may take a slow machine long.
            expect(told).not_to_have_text(others, timeout=20_000)
            called.append(told.inner_text())

    assert sorted(called) == sorted(entry.token for entry in people)


def press_now(page: Page) -> None:
    """Call next, and do not wait for what comes of it."""
    page.get_by_role("button", name=re.compile("^Call next")).click(no_wait_after=True)


def test_a_policy_is_tried_on_todays_queue_before_it_is_saved(keeper, site):
    hall = site.hospital.hall
    tokens = [entry.token for entry in hall.entries[waiting_room.WEIGHED]]
    scripted = keeper.locator("html.has-js").count() == 1
    # Each time it is another policy than the one that holds.
    sooner, moves = ("90", "sooner") if scripted else ("0", "later")
    keeper.goto(f"{site.address}/setup/at/{hall.place.slug}/policy")
    keeper.get_by_role("link", name="Medicine").click()
    preview = keeper.locator("#preview")
    expect(preview).to_contain_text("would change place")

    keeper.locator("#f-scoring").select_option("due_time")
    keeper.get_by_label("VIP: minutes sooner").fill(sooner)
    keeper.get_by_label("Who does not answer goes back").fill("0")
    if not scripted:
        keeper.get_by_role("button", name="Try it on today").click()
    else:
        keeper.get_by_label("Who does not answer goes back").blur()
    expect(preview).to_contain_text("1 to 50")
    expect(keeper.get_by_label("VIP: minutes sooner")).to_have_value(sooner)

    keeper.get_by_label("Who does not answer goes back").fill("2")
    keeper.get_by_role("button", name="Try it on today").click()
    expect(preview.get_by_role("heading", name="Dr Hall Weighed")).to_be_visible()
    guest = preview.locator("li", has_text=tokens[-1]).last
    expect(guest).to_contain_text(moves)
    keeper.get_by_role("button", name="Save this policy").click()
    expect(keeper.get_by_role("status")).to_contain_text("Changed")
    expect(preview).to_contain_text("Nobody of the")
    keeper.goto(hall.address(site, waiting_room.WEIGHED))
    expect(keeper.locator("table.queue .token").first).not_to_have_text(tokens[0])


def test_a_double_click_or_a_key_held_down_calls_one_and_says_who_is_next(desk, site):
    page = desk(waiting_room.TWICE, script=True)
    first, second, third, fourth = (
        entry.token for entry in site.hospital.hall.entries[waiting_room.TWICE]
    )

    # The button keeps the focus, and its words are not those of before.
    button = page.locator('[data-key="next"]')
    button.dblclick()
    toast(page, first, "is called")
    expect(button).to_contain_text(f"Call next: {second}")
    waiting(page, second, third, fourth)

    page.locator("h1").click()
    for _ in range(3):
        page.keyboard.down("n")
    page.keyboard.up("n")
    toast(page, second, "is called")
    waiting(page, third, fourth)

    # Skipped is gone from there: who works by keyboard goes on at the same place.
    skip = page.get_by_role("button", name=f"Skip {first}")
    skip.focus()
    skip.press("Enter")
    toast(page, first, "did not answer")
    expect(serving(page).locator(".big")).to_have_text(second)
    expect(page.get_by_role("heading", name="Now serving")).to_be_focused()

    # Nor does the focus go over to what stands in its place: another patient's button.
    press(page, "Call next")
    hold = page.get_by_role("button", name=f"Hold {second}")
    hold.focus()
    hold.press("Enter")
    expect(page.get_by_role("region", name="Aside")).to_contain_text(second)
    expect(page.get_by_role("heading", name="Now serving")).to_be_focused()


@pytest.mark.parametrize("script", [True, False], ids=["with", "without"])
def test_each_counter_has_its_own_patient_first(desk, site, script):
    doctor = waiting_room.SIDE if script else waiting_room.SIDE_PLAIN
    left, right = (desk(doctor, script=script) for _ in range(2))
    first, second, _ = (e.token for e in site.hospital.hall.entries[doctor])
    for page, counter in ((left, "Hall 1"), (right, "Hall 2")):
        page.get_by_label("My counter").select_option(label=counter)
        page.get_by_role("button", name="Sit there").click()
        press(page, "Call next")

    expect(serving(right).locator(".big")).to_have_text(second)
    expect(serving(right).locator('[data-key="skip"]')).to_contain_text(second)
    left.reload()
    expect(serving(left).locator(".big")).to_have_text(first)
    # Nobody is in the room of this counter: there is nobody to be done with.
    expect(serving(left).get_by_role("button", name="Done, and call")).to_have_count(0)
    press(left, f"Skip {first}")
    expect(serving(left).locator("[data-key=skip]")).to_have_count(0)


def test_what_is_folded_out_and_chosen_stays_while_another_desk_works(desk, site):
    page = desk(waiting_room.STAYS, script=True)
    first, second, third = (
        entry.token for entry in site.hospital.hall.entries[waiting_room.STAYS]
    )
    send = more(page, third)
    send.get_by_text("Send on to another queue").click()
    whose = send.get_by_label("To whose queue")
    whose.select_option(label="Dr Hall Weighed")
    page.get_by_text("Running late").click()
    page.get_by_label("What patients are told").fill("In the ward")
    page.get_by_label("Minutes late").fill("35")

    press(desk(waiting_room.STAYS, script=False), "Call next")

    waiting(page, second, third)
    expect(serving(page).locator(".big")).to_have_text(first)
    expect(whose).to_be_visible()
    expect(whose.locator("option:checked")).to_have_text("Dr Hall Weighed")
    expect(page.get_by_label("What patients are told")).to_have_value("In the ward")
    expect(page.get_by_label("What patients are told")).to_be_visible()
