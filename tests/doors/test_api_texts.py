"""What messages say, through the API: read, tried, written and registered."""

import pytest

from tests.doors.callers import caller, problem
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

DLT = "1007161234567890123"


@pytest.fixture
def admin(app, world):
    return caller(app, world.admin)


@pytest.fixture
def texts(world):
    return f"/api/facilities/{world.kochi.public_id}/texts"


@pytest.fixture
def booked(texts):
    return f"{texts}/booked/en/sms"


def test_all_of_a_channel_are_listed_or_some(admin, texts):
    every = admin.get(texts).json["texts"]
    mails = admin.get(texts, channel="email").json["texts"]
    one = admin.get(texts, channel="whatsapp", kind="code", language="ta").json["texts"]

    assert {each["language"] for each in every} == {"ar", "en", "hi", "ml", "ta"}
    assert {"booked", "code"} <= {each["kind"] for each in every}
    assert "code" not in {each["kind"] for each in mails}
    assert [(each["kind"], each["own"]) for each in one] == [("code", False)]
    problem(admin.get(texts, channel="pigeon"), 422, "invalid")


def test_words_are_tried_written_and_the_usual_again(admin, booked):
    words = {"written": "Come to {{ doctor }}: {{ when }}"}

    seen = admin.post(f"{booked}/preview", words).json["texts"]
    assert (seen[0]["language"], seen[0]["sms_parts"]) == ("en", 1)
    assert seen[0]["says"].startswith("Come to Dr ")
    assert len(seen) == 5
    assert admin.get(booked).json["own"] is False

    written = admin.put(booked, words).json
    assert (written["written"], written["own"]) == (words["written"], True)
    assert "doctor" in written["variables"]
    assert admin.get(booked).json == written

    assert admin.post(f"{booked}/usual").json["own"] is False
    assert admin.get(booked).json["written"] != words["written"]


def test_registered_words_keep_their_id_only_as_they_are(admin, booked):
    words = {"written": "Booked: {{ when }}", "template_id": DLT, "sender": "BAARIH"}
    assert admin.put(booked, words).json["template_id"] == DLT

    other = words | {"written": "Come: {{ when }}"}
    problem(admin.put(booked, other), 409, "text_registered")
    assert admin.get(booked).json["written"] == words["written"]

    bare = admin.put(booked, other | {"unregister": True}).json
    assert (bare["written"], bare["template_id"]) == (other["written"], "")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"written": "{{ nobody }}"}, "written"),
        ({"written": "Booked", "template_id": "12"}, "template_id"),
        ({"written": "Booked", "template_id": DLT}, "sender"),
        ({"written": ""}, "written"),
        ({}, "written"),
        ({"written": "Booked", "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_by_name(admin, booked, words, field):
    told = problem(admin.put(booked, words), 422, "invalid")

    assert field in str(told)
    assert admin.get(booked).json["own"] is False


def test_registered_ones_alone_may_go_out(admin, texts):
    assert admin.get(texts).json["registered_only"] is False

    told = admin.put(texts, {"registered_only": True})

    assert told.json == {"registered_only": True}
    assert admin.get(texts).json["registered_only"] is True


@pytest.mark.parametrize(
    "named", ["nothing/en/sms", "booked/xx/sms", "booked/en/in_app", "code/en/email"]
)
def test_what_nobody_is_told_is_not_there(admin, texts, named):
    problem(admin.get(f"{texts}/{named}"), 404, "not_found")
    problem(admin.put(f"{texts}/{named}", {"written": "Words"}), 404, "not_found")
