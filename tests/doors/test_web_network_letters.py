"""One message of the network: what it says, sent once more, and as a shell's call."""

import html
import re
import subprocess

import pytest

from app.accounts import service as accounts
from app.accounts.permissions import Permission
from app.accounts.roles import NewRole
from app.accounts.views import ALL
from app.core.actor import SYSTEM
from beckn import working
from beckn.models import Owed
from beckn.trust.signatures import parse
from tests import factories as make
from tests.beckn import buyers
from tests.beckn.buyers import BPP, Buyer
from tests.doors import people
from tests.doors.networked import (
    YEAR,
    asks,
    came,
    dies,
    forget,
    sent,
    settled,
    signs_for,
    text,
)
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def buyer(app):
    buyer = Buyer()
    buyers.use(app, buyer.network(key=signs_for(YEAR)))
    yield buyer
    buyers.use(app, None)


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, world.admin)


class TestResend:
    def test_a_dead_letter_goes_again_as_the_same_bytes(self, app, admin, buyer):
        message = dies(app, buyer)
        tried = len(buyer.got)

        answer = admin.post(f"/network/messages/{message}/resend")
        told = text(admin.get(answer.headers["Location"]))
        settled()

        assert answer.status_code == 303
        assert "It goes out once more" in told
        assert len(buyer.got) == tried + 1
        assert {body for _, body, _ in buyer.got} == {buyer.got[0][1]}
        assert sent().state is Owed.ACKED

    def test_what_is_on_its_way_is_told_so_and_left_alone(self, app, admin, buyer):
        asks(app)
        working.work_one(now=NOW)

        refused = admin.post(f"/network/messages/{sent().public_id}/resend")

        assert refused.status_code == 409
        assert "It is on its way already" in refused.text
        assert "Send it once more" not in refused.text
        assert sent().state is Owed.WAITING

    def test_what_came_cannot_go(self, app, admin, buyer):
        asks(app)

        refused = admin.post(f"/network/messages/{came().public_id}/resend")

        assert refused.status_code == 409
        assert "only what we send" in refused.text

    def test_what_is_forgotten_cannot_be_said_again(
        self, app, admin, buyer, time_machine
    ):
        asks(app)
        settled()
        forget(app)

        address = f"/network/messages/{sent().public_id}"

        assert "Send it once more" not in admin.get(address).text
        refused = admin.post(f"{address}/resend")
        assert refused.status_code == 409
        assert "Its people are forgotten" in refused.text


class TestBody:
    def test_says_it_all_to_who_may_see_patients(self, app, admin, buyer):
        asks(app)

        told = text(admin.get(f"/network/messages/{came().public_id}"))

        assert '"name": "A Patient"' in told
        assert "+919800000000" in told

    def test_names_nobody_to_who_may_not(self, app, world, buyer):
        asks(app)
        settled()
        role = NewRole("wires", "Wires", frozenset({Permission.MANAGE_NETWORK}))
        accounts.add_role(role, by=SYSTEM, now=NOW)
        user = make.user(None)
        accounts.give_role(user.username, "wires", ALL, by=SYSTEM, now=NOW)
        keeper = people.signed_in(app, user)

        for message in (came(), sent()):
            page = keeper.get(f"/network/messages/{message.public_id}")
            assert "A Patient" not in page.text
            assert "9800000000" not in page.text
            assert "only who may see patients can copy it" in page.text
            assert "slot-1001" in page.text

    def test_names_nobody_when_they_are_forgotten(self, app, admin, buyer):
        asks(app)
        settled()
        forget(app)

        page = admin.get(f"/network/messages/{came().public_id}").text

        assert "that was said too long ago" in page
        assert "A Patient" not in page


class TestCurl:
    def test_a_shell_sends_the_very_bytes_newly_signed(self, app, admin, buyer):
        asks(app, "init", {"order": {"note": 'it\'s "50 %" & $more'}})
        settled()
        row = sent()

        body, arguments = run(copied(admin, row.public_id))

        assert body == row.body
        assert arguments[-1] == row.url
        given = dict(each.split(": ", 1) for each in arguments if ": " in each)
        assert given["Content-Type"] == "application/json"
        signature = parse(given["Authorization"])
        assert signature.subscriber_id == BPP
        signature.check(body, buyers.public(BPP), now=NOW)

    def test_what_came_has_no_signature_and_goes_to_our_door(self, app, admin, buyer):
        asks(app)

        body, arguments = run(copied(admin, came().public_id))

        assert body == came().raw
        assert arguments[-1] == f"{buyers.BPP_URI}/select"
        assert "Authorization" not in " ".join(arguments)
        page = admin.get(f"/network/messages/{came().public_id}")
        assert "Without the buyer" in page.text

    def test_there_is_none_before_its_bytes_are_fixed(self, app, admin, buyer):
        asks(app)
        working.work_one(now=NOW)

        page = admin.get(f"/network/messages/{sent().public_id}")

        assert "until then there is nothing to copy" in page.text
        assert "<textarea" not in page.text


def copied(visitor, message):
    page = visitor.get(f"/network/messages/{message}").text
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    return html.unescape(found[1])


def run(written):
    """Let a shell read a call; what it would have curl do is told instead of done."""
    told = 'curl() { cat; printf "\\n%s" "$@"; }\n'
    script = ["/bin/sh", "-c", told + written]
    found = subprocess.run(script, capture_output=True, check=True)
    body, *arguments = found.stdout.split(b"\n")
    return body, [each.decode() for each in arguments]
