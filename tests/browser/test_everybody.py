"""What axe finds on every page, at three widths, light and dark."""

import re

import pytest

from tests.browser import waiting_room
from tests.browser.axe import serious
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser


def test_axe_finds_nothing_serious(browser, site):
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site.address}/sign-in")
    found = {"sign in": serious(page, fits=False)}
    sign_in(page, site, site.hospital.keeper.username)
    for name, address in _pages(site).items():
        page.goto(address)
        found[name] = serious(page, fits=False)
    page.goto(site.calendar())
    page.get_by_role("link", name=re.compile("^Open .*book")).first.click()
    page.wait_for_selector("#drawer .drawer")
    found["drawer"] = serious(page, fits=False, within="#drawer")
    page.locator("#drawer footer button").click()
    page.wait_for_selector("#refusal")
    found["refusal"] = serious(page, fits=False, within="#drawer")
    context.close()

    assert {name: issues for name, issues in found.items() if issues} == {}


def _pages(site) -> dict[str, str]:
    base, day = site.address, site.hospital.day
    one, other, *_ = site.hospital.hall.entries[waiting_room.SCRIPT]
    return {
        "day": site.calendar(),
        "everything": f"{site.calendar()}&kind=all",
        "week": f"{site.calendar()}&week=rao",
        "month": f"{site.calendar()}&view=month",
        "columns": f"{base}/calendar/kochi/columns",
        "day list": f"{base}/calendar/kochi/print?day={day.isoformat()}",
        "approvals": f"{base}/approvals/",
        "waitlist": f"{base}/waitlist/kochi",
        "wait": f"{base}/waitlist/kochi/new",
        "keys": f"{base}/keys/",
        "nothing": f"{base}/calendar/kochi?day=2020-01-01",
        "slot": f"{base}/slots/kochi?with=rao&at={day:%Y%m%d}T0430Z",
        "book": f"{base}/booking/kochi?with=rao&at={day:%Y%m%d}T0430Z",
        "patients": f"{base}/patients/kochi?q=Krishnan",
        "nobody": f"{base}/patients/kochi?q=Nobody",
        "register": f"{base}/patients/kochi/new",
        "receipt": f"{base}/receipts/of/{one.appointment_id}",
        "merge": f"{base}/patients/kochi/{one.patient.public_id}"
        f"/merge/{other.patient.public_id}",
        "texts": f"{base}/setup/at/kochi/texts",
        "text": f"{base}/setup/at/kochi/texts/near/ar/sms",
        "no such page": f"{base}/nothing-here",
    }
