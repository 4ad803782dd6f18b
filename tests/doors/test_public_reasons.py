"""What a visit may be for online, and whom follow-ups are offered to."""

from types import SimpleNamespace

import pytest

from app.accounts.permissions import Role
from app.booking import service as booking
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.directory import queries as directory
from app.directory import service as places
from app.directory.kinds import Category
from app.exchange import service as exchange
from app.exchange.errors import BadFileError
from app.exchange.service import NewImport
from tests import factories as make
from tests.doors import people
from tests.doors.access import Person
from tests.doors.online import BOOK, PHONE, prove, words
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def hospital(world):
    """Let patients book Dr Rao for a visit or a follow-up; casualty is not for them."""
    places.show_online(
        world.kochi, world.rao.public_id, public=True, by=SYSTEM, now=NOW
    )
    make.kind(public=False)
    return SimpleNamespace(visit=make.kind(), again=world.visit, world=world)


@pytest.fixture
def patient(app, hospital):
    return people.stranger(app)


@pytest.fixture
def admin(app, hospital):
    return people.visitor(app, hospital.world, Person.ADMIN)


def seen(hospital, phone):
    """Let somebody of a phone have been seen by Dr Rao."""
    who = make.patient("Devi Pillai", phone)
    order = make.token_order(
        hospital.world.kochi, hospital.world.rao, hospital.visit, who, local(10)
    )
    told = booking.book_token(order, by=SYSTEM, now=NOW)
    for step in (Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED):
        booking.attend(told.id, step, by=SYSTEM, now=NOW)


def test_what_is_not_public_is_neither_shown_nor_found(patient, hospital):
    only = patient.get(f"{BOOK}/with/rao")
    assert only.location.endswith(hospital.visit.code)

    order = places.TypeChange(
        hospital.visit.code, "Visit", Category.NEW, 30, public=False
    )
    places.change_type(hospital.visit.public_id, order, by=SYSTEM, now=NOW)

    assert "Nothing can be booked online" in words(patient.get(f"{BOOK}/with/rao"))
    assert patient.get(only.location).status_code == 404


@pytest.mark.time_machine(local(12), tick=False)
def test_a_follow_up_is_offered_once_the_phone_is_proved_and_it_is_due(
    patient, hospital
):
    seen(hospital, PHONE)
    again = f"{BOOK}/with/rao/{hospital.again.code}"
    assert patient.get(again).status_code == 404
    days = patient.get(patient.get(f"{BOOK}/with/rao").location)
    assert f'{again}"' not in days.text
    assert "Prove your phone for a follow-up" in words(days)

    back = prove(patient, PHONE, days)

    offered = words(patient.get(back))
    assert hospital.again.name in offered
    assert hospital.visit.name in offered
    assert "Prove your phone" not in offered
    assert patient.get(again).status_code == 200


@pytest.mark.time_machine(local(12), tick=False)
def test_to_another_phone_it_is_not_offered(patient, hospital):
    seen(hospital, "+919847066666")
    days = patient.get(patient.get(f"{BOOK}/with/rao").location)

    back = prove(patient, PHONE, days)

    assert patient.get(back).location.endswith(hospital.visit.code)
    again = f"{BOOK}/with/rao/{hospital.again.code}"
    assert patient.get(again).status_code == 404


def test_both_are_set_on_the_page_of_a_type(admin, hospital):
    page = f"/setup/at/kochi/types/{hospital.again.public_id}"
    typed = {"name": "Again", "code": "again", "category": "follow_up", "minutes": "9"}

    refused = admin.post(page, **typed, follow_up_days="0")
    done = admin.post(page, **typed, follow_up_days="9", active="1")

    assert refused.status_code == 422
    assert done.status_code == 303
    (changed,) = (
        each
        for each in directory.types(by=SYSTEM)
        if each.public_id == hospital.again.public_id
    )
    assert (changed.public, changed.follow_up_days) == (False, 9)


def test_both_are_brought_in_by_a_file_and_compared_with_what_is_there(world):
    boss = make.user(Role.ADMIN).actor

    def bring(line):
        data = f"types:\n  - {{code: check, name: Check, {line}}}\n".encode()
        return exchange.bring_in(NewImport("types.yaml", data), by=boss, now=NOW)

    line = "category: follow_up, minutes: 10, public: no, follow_up_days: 9"
    bring(line)
    (kept,) = (e for e in directory.types(by=SYSTEM) if e.code == "check")

    assert (kept.public, kept.follow_up_days) == (False, 9)
    assert bring(line).added == 0
    with pytest.raises(BadFileError):
        bring(line.replace("public: no", "public: yes"))
