"""A phone proved and a number taken at the counter, as a browser without JavaScript."""

import re
from datetime import timedelta

import pytest
from flask import session, url_for

from app.accounts import outbox_queries
from app.core.actor import SYSTEM
from app.doors.brakes import limiter
from app.patients import queries as patients
from app.public import proving
from app.queues import service
from app.queues.views import NewPolicy
from tests import factories as make
from tests.doors import people, strict
from tests.doors.routes_identity import scan_args
from tests.doors.world import NOW
from tests.rooms.acts_identity import ABHA

pytestmark = pytest.mark.time_machine(NOW, tick=False)

ASHA = "98470 12345"
_FORM = re.compile(r'<form[^>]+action="([^"]+)"')


@pytest.fixture(autouse=True)
def fresh_brake(app):
    limiter.reset()


@pytest.fixture
def stranger(app, world):
    return people.stranger(app)


@pytest.fixture
def sign(app, world):
    """Give the path that the sign of Dr Rao in Kochi shows."""
    with app.test_request_context():
        return url_for("scanning.form", **scan_args(world))


def words(answer):
    return strict.words(strict.page(answer))


def form_of(answer):
    return _FORM.search(answer.text)[1].replace("&amp;", "&")


def prove(visitor, sign, phone=ASHA, **also):
    """Go the whole way from the sign to the page that asks who comes."""
    asked = visitor.get(visitor.get(sign).location)
    sent = visitor.post(form_of(asked), phone=phone)
    asked = visitor.get(sent.location)
    code = outbox_queries.codes(now=NOW)[0].code
    shown = visitor.get(visitor.post(form_of(asked), code=code, **also).location)
    assert shown.status_code == 200
    return shown


def who(world):
    return str(world.asha.public_id)


def asha_walks_in(visitor, sign, world):
    return visitor.post(form_of(prove(visitor, sign)), who=who(world))


def test_somebody_known_takes_a_number_and_the_same_again(stranger, world, sign):
    taken = asha_walks_in(stranger, sign, world)
    shown = stranger.get(taken.location)
    assert "A-01" in words(shown)
    assert "people before you" in words(shown)

    # A visit booked for today is the one that is meant: nobody walks in besides.
    twice = stranger.post(sign, who=who(world))
    assert twice.location == taken.location


def test_somebody_new_is_registered_once_under_the_phone(stranger, world, sign):
    where = form_of(prove(stranger, sign, "98470 55555"))
    new = {"who": "new", "name": "Diya", "born": "2019"}

    first, click = (stranger.post(where, **new) for _ in range(2))

    assert first.location == click.location
    family = patients.family("+919847055555", by=SYSTEM, scope=make.EVERYWHERE)
    assert [each.name for each in family] == ["Diya"]


def test_nobody_is_named_or_let_in_before_the_phone_is_proved(stranger, world, sign):
    asked = stranger.get(stranger.get(sign).location)
    known = stranger.post(form_of(asked), phone=ASHA)
    assert "Asha" not in asked.text + stranger.get(known.location).text

    refused = stranger.post(sign, who=who(world))
    assert "/prove/" in refused.location


def test_who_is_not_of_the_phone_is_not_chosen(stranger, world, sign):
    where = form_of(prove(stranger, sign, "98470 55555"))

    refused = stranger.post(where, who=who(world))

    assert refused.status_code == 422


def test_known_and_unknown_phones_are_answered_alike(stranger, world, sign, app):
    def told(visitor, phone):
        asked = visitor.get(visitor.get(sign).location)
        sent = visitor.post(form_of(asked), phone=phone)
        page = visitor.get(sent.location)
        return sent.status_code, re.sub(r'value="[^"]*"', "", page.text)

    known = told(stranger, "98470 12345")
    assert known == told(people.stranger(app), "98479 12345")


def test_a_wrong_code_says_how_many_tries_are_left_and_then_no_more(stranger, sign):
    asked = stranger.get(stranger.get(sign).location)
    where = form_of(stranger.get(stranger.post(form_of(asked), phone=ASHA).location))
    told = [words(stranger.post(where, code="12")) for _ in range(6)]

    assert "Tries left: 4" in told[0]
    assert "good no more" in told[4]
    assert "good no more" in told[5]


def test_what_is_wrong_is_kept_and_the_next_step_is_ours_alone(stranger, sign):
    asked = stranger.get(stranger.get(sign).location)
    refused = stranger.post(form_of(asked), phone="12")
    assert refused.status_code == 422
    assert 'value="12"' in refused.text
    forged = form_of(asked).replace("step=", "step=x")
    assert stranger.post(forged, phone=ASHA).status_code == 404
    assert stranger.get(sign[:-1] + "x").status_code == 404


def test_a_remembered_browser_takes_a_number_in_a_tap(
    stranger, world, sign, app, time_machine
):
    prove(stranger, sign, remember="on")
    later = NOW + timedelta(hours=2)
    time_machine.move_to(later, tick=False)

    shown = stranger.get(sign)
    assert "Asha N." in words(shown)
    assert "Asha Nair" not in words(shown)
    # Nobody is added under it, and no browser shown, without a new proof.
    for refused in (
        stranger.post(sign, who="new", name="Diya", born="2019"),
        stranger.get("/prove/browsers/"),
    ):
        assert "/prove/?" in refused.location
    taken = stranger.post(form_of(shown), who=who(world))
    assert "A-01" in words(stranger.get(taken.location))


def test_a_browser_is_forgotten_at_once(stranger, world, sign, app):
    prove(stranger, sign, remember="on")
    kept = stranger.client.get_cookie("baari_device").value
    browsers = stranger.get("/prove/browsers/")
    assert "(this one)" in words(browsers)

    stranger.post(form_of(browsers))

    assert stranger.client.get_cookie("baari_device") is None
    for cookie in (kept, kept[:-1], "x"):
        other = people.stranger(app)
        other.client.set_cookie("baari_device", cookie)
        assert "/prove/?" in other.get(sign).location


def test_an_abha_number_is_kept_of_one_person_alone(stranger, world, sign):
    where = form_of(prove(stranger, sign))
    wrong = stranger.post(where, who=who(world), abha="91-2345-6789-0125")
    assert "no ABHA number" in words(wrong)
    kept = stranger.post(where, who=who(world), abha=ABHA)
    assert kept.status_code == 303
    new = {"who": "new", "name": "Diya", "born": "2019"}

    refused = stranger.post(where, **new, abha=ABHA)

    assert refused.status_code == 409
    assert "does not fit" in words(refused)


@pytest.mark.parametrize(("at", "status"), [("kochi", 303), ("nowhere", 404)])
def test_who_looks_at_their_browsers_proves_it_at_the_place_they_came_from(
    stranger, at, status
):
    there = stranger.get(f"/prove/browsers/?at={at}")

    assert there.status_code == status
    if status == 303:
        assert "Kochi" in stranger.get(there.location).text


def test_a_phone_typed_before_is_asked_for_once(app, world):
    client = app.test_client()
    with app.test_request_context():
        where = proving.address("/x", world.kochi, phone="98470 12345")
        kept = dict(session)
    with client.session_transaction() as opened:
        opened.update(kept)
    assert "98470" not in where
    assert 'value="98470 12345"' in client.get(where).text


def test_a_proof_ends(stranger, world, sign, time_machine):
    prove(stranger, sign)
    time_machine.move_to(NOW + timedelta(minutes=31), tick=False)
    assert "/prove/" in stranger.get(sign).location


def test_a_full_day_says_so(stranger, world, sign):
    policy = NewPolicy(world.kochi.public_id, walk_ins="share", share=0)
    service.save_policy(policy, by=SYSTEM, now=NOW)
    where = form_of(prove(stranger, sign, "98470 55555"))

    refused = stranger.post(where, name="Diya", born="2019")

    assert "ask at the desk" in words(refused)
    assert 'value="Diya"' in refused.text


def test_the_desk_makes_the_sign(meena, world, sign):
    where = "/arrivals/kochi/scan-sign"
    made = meena.get(f"{where}?with={world.rao.code}&type={world.visit.code}")
    assert sign in made.text
    assert "<svg" in made.text
