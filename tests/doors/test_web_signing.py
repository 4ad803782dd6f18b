"""Signing in and out, and what guards every page."""

import pytest

from app.doors.brakes import limiter
from tests.doors import people
from tests.doors.world import NOW, PASSWORD

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture(autouse=True)
def fresh_brake(app):
    limiter.reset()


def test_a_wrong_password_tells_neither_which_was_wrong_nor_who_exists(app, world):
    came = people.stranger(app)

    wrong = came.post("/sign-in", username=world.meena.username, password="wrong")
    nobody = came.post("/sign-in", username="nobody", password="wrong")

    assert (wrong.status_code, nobody.status_code) == (401, 401)
    assert wrong.text.replace(world.meena.username, "nobody") == nobody.text


def test_the_eleventh_wrong_try_for_one_name_is_braked(app, world):
    came = people.stranger(app)

    tries = [
        came.post("/sign-in", username="meena", password="wrong").status_code
        for _ in range(11)
    ]

    assert tries == [401] * 10 + [429]


def test_leads_back_to_where_one_was_going(app, world):
    came = people.stranger(app)

    asked = came.get("/calendar/kochi?day=2026-03-02")
    entered = came.post(
        "/sign-in",
        username=world.meena.username,
        password=PASSWORD,
        next="/calendar/kochi?day=2026-03-02",
    )

    assert asked.headers["Location"].startswith("/sign-in?next=/calendar/kochi")
    assert entered.headers["Location"] == "/calendar/kochi?day=2026-03-02"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "evil",
    ],
)
def test_leads_to_no_other_site(app, world, elsewhere):
    came = people.stranger(app)

    entered = came.post(
        "/sign-in", username=world.meena.username, password=PASSWORD, next=elsewhere
    )

    assert entered.headers["Location"] == "/calendar/"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app, world):
    came = people.stranger(app)

    entered = came.post("/sign-in", username=world.meena.username, password=PASSWORD)

    cookie = entered.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_signing_out_ends_it(meena):
    meena.post("/sign-out")

    assert meena.get("/calendar/kochi").status_code == 303


def test_htmx_is_led_to_the_sign_in_page_as_a_whole(app, world):
    came = people.stranger(app)

    answer = came.get("/calendar/kochi", htmx=True)

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/sign-in")


def test_a_forged_form_does_nothing(meena, world):
    forged = meena.client.post(
        f"/appointments/{world.timed.id}/cancel", data={"reason": "Forged"}
    )

    assert forged.status_code == 400
    assert "Cancel it" in meena.get(f"/appointments/{world.timed.id}").text


def test_a_body_of_ten_megabytes_is_refused(meena):
    answer = meena.post("/sign-in", username="x" * 10_000_000, password="x")

    assert answer.status_code == 413


def test_every_answer_keeps_scripts_frames_and_copies_out(meena):
    answers = [meena.get(path) for path in ("/calendar/kochi", "/nothing", "/healthz")]

    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
