"""Booking online: the notice that is agreed to, and a guardian for who is a minor."""

from types import SimpleNamespace

import pytest

from app.accounts.views import Scope
from app.core.actor import SYSTEM
from app.directory import service as places
from app.doors import booking_words
from app.notifications import queries
from app.notifications.kinds import Agreed, Guardian
from app.patients import queries as patients
from app.public import booking_proof
from tests import factories as make
from tests.doors import people
from tests.doors.online import (
    BOOK,
    PHONE,
    WHO,
    Proved,
    answer,
    bookings,
    confirm,
    keep,
    token,
    words,
)
from tests.doors.world import NOW
from tests.factories import MONDAY

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def hospital(app, world):
    reason = make.kind(minutes=30)
    places.show_online(
        world.kochi, world.rao.public_id, public=True, by=SYSTEM, now=NOW
    )
    booking_proof.use(app, Proved(PHONE))
    monday = f"{BOOK}/with/rao/{reason.code}/{MONDAY}"
    yield SimpleNamespace(world=world, reason=reason, monday=monday)
    booking_proof.use(app, Proved())


@pytest.fixture
def patient(app, hospital):
    return people.stranger(app)


def agreed(hospital, name):
    """Give what was agreed to for a patient, and how they are reached."""
    scope = Scope(hospital.world.kochi.id)
    (who,) = patients.search(name, by=SYSTEM, scope=scope)
    return (
        queries.consent(who.public_id, scope, by=SYSTEM, now=NOW),
        queries.contact(who.public_id, scope, by=SYSTEM),
    )


def test_who_books_reads_the_notice_and_agrees_in_their_language(patient, hospital):
    patient.get(f"{BOOK}?lang=ml")
    page = answer(patient, hospital, token(10))
    said = booking_words.LANGUAGES["ml"].words
    assert said["notice_agree"] in words(page)
    assert said["notice_rights"] in words(page)

    confirm(patient, page)

    standing, contact = agreed(hospital, "Devi Pillai")
    (given,) = standing.given
    assert (given.given_by, given.how, given.language) == (
        "Devi Pillai",
        Agreed.ONLINE,
        "ml",
    )
    assert contact.agreed_at == NOW


def test_a_minor_is_booked_by_a_guardian_who_is_asked_first(patient, hospital):
    keep(patient, hospital, token(10))
    patient.post(f"{BOOK}/who", **(WHO | {"born": "9"}))
    assert patient.get(f"{BOOK}/check").location.endswith("/guardian")
    # Nor does an order sent by hand go around it.
    assert patient.post(f"{BOOK}/check").location.endswith("/guardian")

    refused = patient.post(f"{BOOK}/guardian", guardian="Lakshmi")
    assert refused.status_code == 422
    assert "Choose what they are" in words(refused)
    assert 'value="Lakshmi"' in refused.text
    patient.post(f"{BOOK}/guardian", guardian="Lakshmi", guardian_is="mother")
    page = patient.get(f"{BOOK}/check")
    assert "Lakshmi" in words(page)
    confirm(patient, page)

    assert len(bookings(hospital)) == 1
    standing, contact = agreed(hospital, "Devi Pillai")
    assert standing.minor
    assert standing.given[0].given_as is Guardian.MOTHER
    assert (contact.guardian, contact.guardian_phone) == ("Lakshmi", PHONE)


def test_the_notice_has_a_page_for_the_desk_to_read_from(patient, meena, world):
    shown = patient.get(f"{BOOK}/notice")

    assert world.kochi.name in words(shown)
    sheet = meena.get(f"/outbox/kochi/contact/{world.asha.public_id}")
    assert f"{BOOK}/notice" in sheet.text
    assert "Nobody agreed to the notice of now" in sheet.text


def test_the_desk_keeps_a_guardian_and_loses_nothing_typed(meena, world):
    page = f"/outbox/kochi/contact/{world.asha.public_id}"
    typed = {
        "channel": "sms",
        "guardian": "Devi",
        "guardian_is": "mother",
        "guardian_phone": "12",
    }
    refused = meena.post(page, **typed)
    assert refused.status_code == 422
    assert 'value="Devi"' in refused.text

    meena.post(page, **(typed | {"guardian_phone": "98470 55555"}))

    scope = Scope(world.kochi.id)
    found = queries.contact(world.asha.public_id, scope, by=SYSTEM)
    assert (found.guardian, found.guardian_phone) == ("Devi", PHONE)
