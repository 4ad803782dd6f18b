"""A patient is told which rule refuses, in their language, and what to do instead."""

import pytest

from app.booking import service as booking
from app.booking.setting import NewRule
from app.core.actor import SYSTEM
from app.core.errors import RuleError
from app.directory import service as places
from app.doors import booking_words, patient_words
from app.public import booking_proof
from tests import factories as make
from tests.doors import people
from tests.doors.online import BOOK, PHONE, WHO, Proved, chosen, token, words
from tests.doors.test_rule_words import REFUSALS
from tests.doors.world import NOW
from tests.factories import KOLKATA, MONDAY, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)

MORE = [
    ("age_range", {"reason": "age_unknown"}),
    ("horizon", {"dates": [MONDAY]}),
    ("follow_up_window", {"days": 14, "last": local(9)}),
]
EVERY = [(kind, params) for kind, (params, _) in REFUSALS.items()]


@pytest.mark.parametrize(("kind", "params"), EVERY + MORE)
def test_each_rule_has_its_sentence_in_each_language(kind, params):
    error = RuleError(rule=kind, **params)

    for spoken in (booking_words, patient_words):
        told = {
            code: spoken.refusal(error, each, KOLKATA)
            for code, each in spoken.LANGUAGES.items()
        }
        assert len(set(told.values())) == len(told)
        assert all("{" not in each for each in told.values())
        assert told["en"] != spoken.LANGUAGES["en"].words["rule"]


def test_moments_are_told_on_the_clock_of_the_facility():
    error = RuleError(rule="lead_time", closed=local(9), minutes=60)
    english = booking_words.LANGUAGES["en"]

    assert "until Mon, 2 Mar, 09:00" in booking_words.refusal(error, english, KOLKATA)


def test_a_rule_of_another_package_is_told_in_general():
    error = RuleError(rule="fasting", told="Sober")
    english = booking_words.LANGUAGES["en"]

    assert booking_words.refusal(error, english) == english.words["rule"]


def test_a_limit_for_each_patient_is_told_where_they_confirm(app, world):
    reason = make.kind(minutes=30)
    places.show_online(
        world.kochi, world.rao.public_id, public=True, by=SYSTEM, now=NOW
    )
    booking.add_rule(
        NewRule("one_active", {}, world.kochi.public_id), by=SYSTEM, now=NOW
    )
    devi = make.patient("Devi Pillai", PHONE)
    order = make.token_order(world.kochi, world.rao, reason, devi, local(10))
    before = booking.book_token(order, by=SYSTEM, now=NOW)
    booking_proof.use(app, Proved(PHONE))
    patient = people.stranger(app)

    patient.post(f"{BOOK}/with/rao/{reason.code}/{MONDAY}", at=token(11))
    patient.post(f"{BOOK}/who", **WHO)
    check = patient.get(f"{BOOK}/check")
    refused = patient.post(f"{BOOK}/check", chosen=chosen(check))
    booking_proof.use(app, Proved())

    assert refused.status_code == 422
    assert "a visit with this doctor on that day already" in words(refused)
    assert before.reference in words(refused)
    assert "Choose another day" in words(refused)
