"""What is known of a person is put right: all of it, told in the trail, by who may."""

import pytest

from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import SYSTEM, Actor, ActorKind
from app.core.errors import ForbiddenError, InputError, NotFoundError
from app.directory import internal as places
from app.directory import service as directory
from app.patients import queries, service
from app.patients.views import Details, NewPatient, Sex
from tests import factories as make
from tests.factories import EVERYWHERE, NOW

ALL = {"now": NOW, "scope": EVERYWHERE}
RIGHT = Details("Asha Nair", "9847054321", Sex.FEMALE, birth_year=1991, language="ml")


@pytest.fixture
def asha(session):
    order = NewPatient("Aasha Nair", "+919847012345", birth_year=1990)
    return service.register(order, by=SYSTEM, **ALL)


def correct(patient, order=RIGHT, by=SYSTEM):
    return service.correct(patient.public_id, order, by=by, **ALL)


def trail(patient):
    lines = audit.lines("patient", patient.public_id)
    return [line for line in lines if line.action == "patient.corrected"]


def test_all_that_is_known_is_put_right_and_the_number_stays(asha):
    told = correct(asha)

    assert (told.name, told.phone) == ("Asha Nair", "+919847054321")
    assert (told.sex, told.birth_year, told.language) == (Sex.FEMALE, 1991, "ml")
    assert (told.mrn, told.public_id) == (asha.mrn, asha.public_id)
    assert queries.one(asha.public_id, by=SYSTEM, scope=EVERYWHERE) == told


def test_the_trail_tells_what_it_was_and_nothing_that_stayed(asha):
    correct(asha, Details("Asha Nair", "+919847012345", birth_year=1990))

    (line,) = trail(asha)
    assert (line.before, line.after) == ({"name": "Aasha Nair"}, {"name": "Asha Nair"})


def test_what_is_right_already_leaves_no_line(asha):
    correct(asha)
    correct(asha)

    assert len(trail(asha)) == 1


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (Details(""), "name"),
        (Details("Asha", "12"), "phone"),
        (Details("Asha", birth_year=1700), "birth_year"),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_is_changed(asha, order, field):
    with pytest.raises(InputError) as refused:
        correct(asha, order)

    assert refused.value.field == field
    assert queries.one(asha.public_id, by=SYSTEM, scope=EVERYWHERE) == asha


def test_who_went_up_in_another_is_corrected_no_more(asha):
    other = make.patient()
    service.merge(other.public_id, asha.public_id, by=SYSTEM, **ALL)

    with pytest.raises(NotFoundError):
        correct(asha)


def test_a_buyer_corrects_only_whom_it_registered(asha):
    place = make.facility()
    doctor = make.resource(place)
    directory.show_online(place, doctor.public_id, public=True, by=SYSTEM, now=NOW)
    shown = places.serving(place.public_id, doctor.public_id)[1]
    scope = Scope(place.id, frozenset({shown.thing}))
    buyer, other = (
        Actor(ActorKind.PATIENT, "bap (network)", reference=each) for each in "ab"
    )
    theirs = service.register(NewPatient("Ravi"), by=buyer, now=NOW, scope=scope)

    def corrects(patient, by):
        return service.correct(patient.public_id, RIGHT, by=by, now=NOW, scope=scope)

    assert corrects(theirs, buyer).name == "Asha Nair"
    for patient, by in ((theirs, other), (asha, buyer)):
        with pytest.raises(ForbiddenError):
            corrects(patient, by)
