"""Pages about messages: stop them, the notice, who agreed, and mail to staff."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app.core.db import db, transaction
from tests.browser import waiting_room
from tests.browser.axe import serious
from tests.browser.conftest import sign_in, watch

pytestmark = pytest.mark.browser
SECRET = "Ab3dEfGh1jK"


@pytest.fixture
def who(site):
    """Give somebody whose messages can be stopped by a link."""
    (first, *_) = site.hospital.hall.entries[waiting_room.SCRIPT]
    one = first.patient
    with site.app.app_context(), transaction():
        made = (
            "INSERT INTO contacts (patient_id, channel, email, agreed_by, secret)"
            " VALUES (:who, 'undecided', '', '', :secret)"
        )
        db.session.execute(text(made), {"who": one.id, "secret": SECRET})
    return one


def test_axe_finds_nothing_serious_where_messages_are_stopped_and_agreed_to(
    browser, site, who
):
    page = browser.new_context(bypass_csp=True).new_page()
    complaints, found = watch(page), {}
    for code in ("ar", "en"):
        page.goto(f"{site.address}/o/{SECRET}?lang={code}")
        found[f"stop {code}"] = serious(page)
    page.get_by_role("button", name="Stop messages").click()
    expect(page.get_by_role("status")).to_be_visible()
    found["stopped"] = serious(page)
    page.goto(f"{site.address}/book/kochi/notice?lang=en")
    found["notice"] = serious(page)
    sign_in(page, site)
    page.goto(f"{site.address}/outbox/kochi/contact/{who.public_id}")
    nothing = page.get_by_role("group", name="Send nothing by")
    expect(nothing.get_by_label("WhatsApp")).to_be_checked()
    found["contact"] = serious(page, fits=False)
    page.goto(f"{site.address}/notices/mail/")
    page.get_by_label("Quiet from").fill("late")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_label("Quiet from")).to_have_value("late")
    found["mail"] = serious(page, fits=False)
    page.context.close()

    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert [each for each in complaints if "422" not in each] == []
