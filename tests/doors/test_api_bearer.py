"""Who may come in at the JSON door: who holds a token that is still good."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.accounts import service as accounts
from app.accounts.models import ApiToken
from app.accounts.permissions import Role
from app.accounts.service import NewUser
from app.accounts.views import ALL
from app.core.actor import SYSTEM
from app.core.db import db
from tests.doors.callers import Caller, caller, nobody, problem, with_secret
from tests.doors.people import signed_in
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

ADDRESS = "/api/types"


def assert_refused(response):
    problem(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_nobody_comes_in_without_a_token(app, session):
    assert_refused(nobody(app).get(ADDRESS))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic bWVlbmE6c2VjcmV0",
        "bearer nonsense",
        "Bearer " + "x" * 10_000,
        "Bearer \xff\xfe",
        "Token abc",
    ],
)
def test_what_is_no_token_opens_nothing(app, session, header):
    came = Caller(app.test_client(), {"Authorization": header})

    assert_refused(came.get(ADDRESS))


def test_a_token_opens_until_it_expires(app, world, time_machine):
    ends = NOW + timedelta(hours=1)
    meena = caller(app, world.meena, expires_at=ends)

    time_machine.move_to(ends - timedelta(seconds=1), tick=False)
    before = meena.get(ADDRESS)
    time_machine.move_to(ends, tick=False)
    after = meena.get(ADDRESS)

    assert before.status_code == 200
    assert_refused(after)


def test_a_revoked_token_opens_nothing(app, world):
    meena = caller(app, world.meena)
    token = db.session.query(ApiToken.public_id).one()[0]

    accounts.revoke_token(token, by=SYSTEM, now=NOW)

    assert_refused(meena.get(ADDRESS))


def test_a_token_of_the_demo_opens_only_in_demo_mode(app, world, monkeypatch):
    order = NewUser(username="demo", name="D", password="demo-only", demo=True)
    accounts.add_user(order, by=SYSTEM, now=NOW)
    accounts.give_role("demo", Role.RECEPTION, ALL, by=SYSTEM, now=NOW)
    secret = accounts.make_token("demo", "t", by=SYSTEM, now=NOW, expires_at=None)
    settings = app.extensions["baari.settings"]

    answers = {}
    for demo in (True, False):
        monkeypatch.setitem(
            app.extensions, "baari.settings", replace(settings, demo=demo)
        )
        answers[demo] = with_secret(app, secret).get(ADDRESS)

    assert answers[True].status_code == 200
    assert_refused(answers[False])


def test_a_session_of_the_browser_opens_nothing_here(app, world):
    browser = signed_in(app, world.meena)

    assert_refused(browser.client.get(ADDRESS))


def test_the_caller_is_known_before_the_body_is_read(app, session):
    came = nobody(app)

    assert_refused(came.send("/api/patients", b"no json"))
