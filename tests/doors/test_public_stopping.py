"""The page that stops messages, and the gateway's door for what patients answer."""

import hmac
import json
import re

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from app.core.db import db
from app.doors import patient_words
from tests.doors import people, strict
from tests.doors.routes_messages import stoppable
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)
SHARED = "a secret that the gateway shares with us"


@pytest.fixture
def page(world):
    return f"/o/{stoppable(world)['secret']}"


@pytest.fixture
def stranger(app, world):
    return people.stranger(app)


def stopped(world):
    asked = text("SELECT stopped FROM contacts WHERE patient_id = :who")
    return db.session.scalar(asked, {"who": world.asha.id})


def test_looking_changes_nothing_and_names_nobody(stranger, world, page):
    answer = stranger.get(page)

    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "no-store"
    assert world.asha.name not in answer.text
    assert world.asha.phone not in answer.text
    assert "Codes that you ask for yourself still come" in answer.text
    assert stopped(world) == []


@pytest.mark.parametrize("code", sorted(patient_words.LANGUAGES))
def test_the_button_stops_and_starts_in_each_language(app, world, page, code):
    # No cookie and no token: the secret in the address is all there is.
    client, words = app.test_client(), patient_words.LANGUAGES[code].words

    told = client.post(page, data={"wish": "stop", "lang": code})
    shown = client.get(told.location)
    assert words["stop_done"] in strict.words(strict.page(shown))
    assert stopped(world) == ["email", "sms", "whatsapp"]

    told = client.post(page, data={"wish": "start", "lang": code})
    assert words["start_done"] in client.get(told.location).text
    assert stopped(world) == []


def test_each_channel_is_stopped_and_started_alone(app, world, page):
    client = app.test_client()

    ticked = {"wish": "choose", "by": ["whatsapp", "email"]}
    shown = client.get(client.post(page, data=ticked).location)

    assert stopped(world) == ["sms"]
    assert "Your choice is kept" in strict.words(strict.page(shown))
    boxes = re.findall(r'value="(\w+)"\s+(checked)?\s*>', shown.text)
    assert boxes == [("sms", ""), ("whatsapp", "checked"), ("email", "checked")]
    client.post(page, data={"wish": "choose", "by": ["sms"]})
    assert stopped(world) == ["email", "whatsapp"]


def test_without_a_choice_it_is_the_patients_own_language(stranger, world, page):
    db.session.execute(text("UPDATE patients SET language = 'ml'"))

    assert '<html lang="ml"' in stranger.get(page).text


def test_the_button_of_mail_programs_follows_no_redirect(app, world, page):
    told = app.test_client().post(page, data={"List-Unsubscribe": "One-Click"})

    assert told.status_code == 204
    assert stopped(world) == ["email"]


def test_what_opens_nothing_says_so(app, world):
    client = app.test_client()

    assert client.get("/o/nobodyknows").status_code == 404
    assert client.post("/o/nobodyknows").status_code == 404


class TestReplies:
    @pytest.fixture(autouse=True)
    def agreed(self, app, world, monkeypatch):
        stoppable(world)
        settings = replace(app.extensions["baari.settings"], replies=SHARED)
        monkeypatch.setitem(app.extensions, "baari.settings", settings)

    def answer(self, app, told, secret=SHARED, when=NOW, channel="sms"):
        body, at = json.dumps(told).encode(), f"{when.timestamp():.0f}"
        signed = hmac.new(secret.encode(), f"{at}.".encode() + body, "sha256")
        heads = {"X-Baari-Time": at, "X-Baari-Signature": signed.hexdigest()}
        address = f"/gateway/{channel}/replies"
        return app.test_client().post(address, data=body, headers=heads).status_code

    def test_stop_stops(self, app, world):
        told = {"from": world.asha.phone, "text": "Stop"}

        assert self.answer(app, told) == 204
        assert stopped(world) == ["sms"]
        assert self.answer(app, told, channel="whatsapp") == 204
        assert stopped(world) == ["sms", "whatsapp"]

    def test_a_chat_is_answered_alike_and_changes_nothing(self, app, world):
        assert self.answer(app, {"from": world.asha.phone, "text": "Thanks!"}) == 204
        assert self.answer(app, {"from": "+919800000000", "text": "Stop"}) == 204
        assert stopped(world) == []

    def test_who_does_not_share_the_secret_or_is_late_is_refused(self, app, world):
        told = {"from": world.asha.phone, "text": "Stop"}
        old = NOW.replace(hour=NOW.hour - 1)

        assert self.answer(app, told, secret="a guess") == 401
        assert self.answer(app, told, when=old) == 401
        assert app.test_client().post("/gateway/sms/replies").status_code == 401
        assert stopped(world) == []

    @pytest.mark.parametrize("told", [[], {}, {"from": 7, "text": "x"}, {"from": "x"}])
    def test_what_is_no_answer_is_said_to_be_none(self, app, told):
        assert self.answer(app, told) == 400

    def test_there_is_no_such_door_for_mail(self, app):
        assert self.answer(app, {}, channel="email") == 404
