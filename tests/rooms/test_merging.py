"""Patients registered twice become one, refuse to clash, and can be two again."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.booking import queries as booking
from app.booking import service as acts
from app.core.errors import InputError, NotFoundError
from app.patients import queries, service
from app.patients.errors import MergeError
from app.patients.views import Need, NewPatient
from tests import factories as make
from tests.factories import EVERYWHERE, MONDAY, NOW, SYSTEM, local

PHONE = "+919847012345"


@pytest.fixture
def clinic(session):
    place = make.facility()
    rao, sen = make.resource(place), make.resource(place)
    for doctor in (rao, sen):
        make.hours(place, doctor)
    return place, rao, sen, make.kind()


def register(name, **fields):
    order = NewPatient(name, **fields)
    return service.register(order, by=SYSTEM, now=NOW, scope=EVERYWHERE)


def merge(kept, gone):
    return service.merge(
        kept.public_id, gone.public_id, by=SYSTEM, now=NOW, scope=EVERYWHERE
    )


def part(merged):
    return service.undo_merge(merged.id, by=SYSTEM, now=NOW, scope=EVERYWHERE)


def book(clinic, who, hour, doctor=1):
    place, kind = clinic[0], clinic[3]
    order = make.timed_order(place, clinic[doctor], kind, who, local(hour))
    return acts.book_timed(order, by=SYSTEM, now=NOW)


def whose(told):
    return booking.appointment(told.id, by=SYSTEM).patient.public_id


def found(typed):
    people = queries.search(typed, by=SYSTEM, scope=EVERYWHERE)
    return [each.public_id for each in people]


def see(who):
    return queries.one(who.public_id, by=SYSTEM, scope=EVERYWHERE)


def test_what_one_had_is_the_others_and_goes_back_as_it_was(clinic):
    kept = register("Asha Nair")
    gone = register(
        "Asha N", phone=PHONE, birth_date=date(1960, 5, 1), needs=frozenset({Need.VIP})
    )
    mine, theirs = book(clinic, kept, 10), book(clinic, gone, 12, doctor=2)

    made = merge(kept, gone)

    assert whose(theirs) == whose(mine) == kept.public_id
    assert (see(kept).phone, see(kept).birth_date) == (PHONE, date(1960, 5, 1))
    assert found(gone.mrn) == []
    assert see(gone).public_id == kept.public_id

    since = book(clinic, kept, 15)
    part(made)

    assert whose(theirs) == gone.public_id
    assert whose(mine) == whose(since) == kept.public_id
    assert (see(kept), see(gone)) == (kept, gone)
    with pytest.raises(MergeError):
        part(made)


@pytest.mark.parametrize(
    ("hour", "doctor", "reason"), [(10, 2, "at_once"), (14, 1, "same_day")]
)
def test_refuses_visits_that_clash_and_moves_nothing(clinic, hour, doctor, reason):
    kept, gone = register("Asha Nair"), register("Asha N")
    book(clinic, kept, 10)
    theirs = book(clinic, gone, hour, doctor)

    with pytest.raises(MergeError) as refused:
        merge(kept, gone)

    assert refused.value.params["reason"] == reason
    assert whose(theirs) == gone.public_id


def test_refuses_oneself_and_who_went_up_in_another(clinic):
    kept, gone, third = (register(name) for name in ("Asha", "Asha N", "Asha K"))
    first = merge(kept, gone)

    with pytest.raises(InputError):
        merge(kept, kept)
    with pytest.raises(MergeError):
        merge(third, gone)
    merge(third, kept)
    assert see(gone).public_id == third.public_id
    with pytest.raises(MergeError):
        part(first)


def test_nobody_is_booked_under_a_record_that_is_no_more(clinic, session):
    kept, gone = register("Asha Nair"), register("Asha N")
    told = book(clinic, kept, 10)
    merge(kept, gone)

    with pytest.raises(NotFoundError):
        book(clinic, gone, 12, doctor=2)
    with pytest.raises(IntegrityError, match="went up in another"):
        session.execute(
            text(
                "INSERT INTO participants (appointment_id, patient_id, status)"
                " SELECT a.id, :gone, 'scheduled' FROM appointments a"
                " WHERE public_id = :told"
            ),
            {"gone": gone.id, "told": told.id},
        )


def test_warns_of_like_names_with_one_phone_not_of_a_family(clinic):
    asha = register("Asha Nair", phone=PHONE, birth_year=1960)
    double = register("Asha N", phone=PHONE)
    same_name = register("asha nair")
    register("Ravi Nair", phone=PHONE)
    register("Asha Nair", phone=PHONE, birth_year=1990)

    told = queries.doubles(asha.public_id, by=SYSTEM, scope=EVERYWHERE)

    assert {each.public_id for each in told} == {double.public_id, same_name.public_id}


def test_without_a_phone_somebody_is_registered_and_found(clinic):
    diya = register("Diya Menon")

    assert found("diya") == found(diya.mrn) == [diya.public_id]
    assert book(clinic, diya, 10).span.start.date() == MONDAY
