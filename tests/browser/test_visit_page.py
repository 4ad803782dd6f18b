"""The page of a visit: a nurse comments and changes a chair, the admin undoes."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import serious
from tests.browser.conftest import sign_in, watch

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without"])
def test_a_nurse_comments_a_chair_is_raced_for_and_the_admin_undoes(browser, site, js):
    annex = site.hospital.annex
    mine, other = (f"{site.address}/appointments/{n}" for n in annex.pairs[not js])
    context = browser.new_context(
        java_script_enabled=js, viewport={"width": 1440, "height": 1400}
    )
    nurse, admin = context.new_page(), browser.new_page(java_script_enabled=js)
    complaints = watch(nurse)
    sign_in(nurse, site, annex.nurse.username)
    sign_in(admin, site, site.hospital.keeper.username)

    nurse.goto(mine)
    _comment(nurse, annex.nurse.name, js=js)
    assert "audit" not in nurse.content().lower()

    # Both see Chair 3 free; the admin is faster.
    nurse.get_by_role("link", name="Change Chair 1").click()
    expect(nurse.get_by_label("Chair 3")).to_be_checked()
    expect(nurse.locator("#drawer form")).to_contain_text("Chair 2 is taken")
    admin.goto(other)
    admin.get_by_role("link", name="Change Chair 2").click()
    admin.get_by_role("button", name="Change it").click()
    expect(admin.get_by_role("status")).to_contain_text("Resources changed")

    nurse.get_by_role("button", name="Change it").click()
    expect(nurse.locator("#refusal")).to_contain_text("has Chair 3")
    nurse.get_by_label("Chair 2").check()
    nurse.get_by_role("button", name="Change it").click()
    expect(nurse.get_by_role("status")).to_contain_text("Resources changed")
    expect(nurse.locator(".used", has_text="Chair 2")).to_contain_text(
        f"Swapped in by {annex.nurse.name}"
    )

    admin.get_by_role("link", name="Cancel it").click()
    admin.get_by_label("Why is it cancelled?").fill("Patient asked")
    admin.get_by_role("button", name="Cancel the visit").click()
    admin.get_by_role("button", name="Undo “Cancelled”").click()
    expect(admin.locator(".timeline li").last).to_contain_text("taken back")
    admin.get_by_text("Everything that was done").click()
    expect(admin.locator("details .trail")).to_contain_text("Resources changed")
    assert complaints == []
    context.close()
    admin.close()


def _comment(page, name, *, js):
    page.get_by_label("Say something").fill("Comes by ambulance")
    page.get_by_role("button", name="Comment").click()
    said = page.locator("#comments li").first
    expect(said).to_contain_text("Comes by ambulance")
    expect(said).to_contain_text(name)
    expect(page.get_by_label("Say something")).to_be_empty()
    if js:
        expect(page.get_by_label("Say something")).to_be_focused()


def test_axe_finds_nothing_on_the_page_of_a_visit_and_the_audit(browser, site):
    context = browser.new_context(
        viewport={"width": 1440, "height": 1000}, bypass_csp=True
    )
    page = context.new_page()
    sign_in(page, site, site.hospital.keeper.username)
    visit, chair = site.hospital.annex.pairs[0][0], "Change Chair"
    for address in (
        f"appointments/{visit}",
        f"objects/facility/{site.hospital.annex.place.public_id}",
        "audit/?kind=appointment",
    ):
        page.goto(f"{site.address}/{address}")
        assert serious(page) == []
    page.goto(f"{site.address}/appointments/{visit}")
    page.get_by_role("link", name=chair).click()
    page.wait_for_selector("#f-to")
    assert serious(page) == []
    context.close()
