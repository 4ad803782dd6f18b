"""The pages of what messages say: refused where it cannot be, and nothing is lost."""

import pytest

from tests.doors import people, strict
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

BOOKED = "/setup/at/kochi/texts/booked/ml/sms"


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, world.admin)


def test_a_text_is_seen_kept_registered_and_held(admin):
    typed = {"written": "വരിക: {{ when }}", "template_id": "", "sender": ""}

    seen = admin.post(f"{BOOKED}/preview", **typed)
    assert "വരിക: " in seen.text
    assert "02/03/2026" in seen.text or "03/03/2026" in seen.text
    assert "Usual words" in admin.get("/setup/at/kochi/texts?channel=sms").text

    registered = typed | {"template_id": "1007161234567890123", "sender": "BAARIH"}
    assert admin.post(BOOKED, **registered).status_code == 303
    assert "registered" in admin.get(BOOKED).text

    changed = registered | {"written": "മാറ്റി {{ when }}"}
    refused = admin.post(BOOKED, **changed)
    assert refused.status_code == 409
    assert "Take its registration away" in refused.text
    assert "മാറ്റി" in refused.text

    assert admin.post(BOOKED, **changed, unregister="1").status_code == 303
    assert "unregistered" in admin.get(BOOKED).text
    assert admin.post(f"{BOOKED}/usual").status_code == 303
    assert "Back to the usual words" not in admin.get(BOOKED).text


def test_what_cannot_be_is_named_by_its_line_and_what_was_typed_stays(admin):
    wrong = "വരിക\n{{ <b>phone }}"
    refused = admin.post(BOOKED, written=wrong)

    assert refused.status_code == 422
    assert "Line 2" in refused.text
    assert "&lt;b&gt;phone" in refused.text

    seen = admin.post(f"{BOOKED}/preview", written="{{ phone }}")
    assert "there is no “phone” in this message" in seen.text


def test_pages_are_strict_html_and_nobody_finds_a_text_that_is_none(admin):
    for address in (BOOKED, "/setup/at/kochi/texts?channel=whatsapp", "/outbox/kochi"):
        strict.page(admin.get(address))

    for wrong in ("reassigned/en/sms", "booked/xx/sms", "booked/en/in_app", "x/en/sms"):
        assert admin.get(f"/setup/at/kochi/texts/{wrong}").status_code == 404


def test_the_rule_is_said_where_it_holds(admin):
    rule = {"registered_only": "1", "channel": "sms"}
    assert admin.post("/setup/at/kochi/texts", **rule).status_code == 303

    assert "unregistered, not sent" in admin.get("/setup/at/kochi/texts").text
    mail = admin.get("/setup/at/kochi/texts?channel=email").text
    assert "unregistered, not sent" not in mail
