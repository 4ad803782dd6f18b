"""Who comes along with a patient: in a role, and asked for less."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.booking import own_queries, queries, service
from app.booking.kinds import Role
from app.booking.setting import NewRule
from app.booking.states import Status
from app.booking.views import Holding, NewPlace
from app.core.actor import SYSTEM
from app.core.db import db, savepoint
from app.core.errors import InputError, RuleError
from app.core.spans import day_span
from app.directory.kinds import Category
from app.patients import service as patients
from app.patients.views import NewPatient
from tests import factories as make
from tests.factories import MONDAY, NOW, local


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    rao = make.resource(place)
    make.hours(place, rao, make.opd(), make.open_time(make.time(14)))
    return rao


@pytest.fixture
def visit(session):
    return make.kind(minutes=30)


@pytest.fixture
def diya(session):
    return _born("Diya", date(2023, 5, 1))


@pytest.fixture
def mother(session):
    return _born("Leela", date(1990, 1, 1))


def _born(name, day):
    order = NewPatient(name=name, birth_date=day)
    return patients.register(order, by=SYSTEM, now=NOW, scope=make.EVERYWHERE)


def rule(kind, **settings):
    return service.add_rule(NewRule(kind, settings), by=SYSTEM, now=NOW)


def along(mother, role=Role.GUARDIAN):
    return {"also_patients": (mother.public_id,), "roles": {mother.public_id: role}}


def timed(place, rao, visit, who, starts_at=None, **fields):
    order = make.timed_order(place, rao, visit, who, starts_at or local(14), **fields)
    return service.book_timed(order, by=SYSTEM, now=NOW)


def token(place, rao, visit, who, starts_at=None):
    order = make.token_order(place, rao, visit, who, starts_at or local(10))
    return service.book_token(order, by=SYSTEM, now=NOW)


def roles(told):
    return {each.patient.name: each.role for each in told.participants}


def test_each_comes_in_a_role_and_lists_say_it_too(place, rao, visit, diya, mother):
    told = timed(place, rao, visit, diya, **along(mother))

    wanted = {"Diya": Role.PATIENT, "Leela": Role.GUARDIAN}
    (listed,) = queries.appointments(place, day_span(MONDAY, place.zone), by=SYSTEM)
    assert roles(told) == wanted
    assert queries.appointment(told.id, by=SYSTEM) == told
    assert roles(listed) == wanted
    assert told.along == {mother.id: Role.GUARDIAN}


def test_a_token_is_for_a_patient(place, rao, visit, diya):
    booked = token(place, rao, visit, diya)

    told = queries.appointment(booked.id, by=SYSTEM)
    assert roles(booked) == roles(told) == {"Diya": Role.PATIENT}


def test_who_joins_says_as_what(place, rao, visit, diya, mother):
    booked = timed(place, rao, visit, diya)

    told = service.add_participant(
        booked.id, mother.public_id, by=SYSTEM, now=NOW, role=Role.COMPANION
    )

    assert roles(told) == {"Diya": Role.PATIENT, "Leela": Role.COMPANION}


def test_who_comes_back_may_come_as_something_else(place, rao, visit, diya, mother):
    booked = timed(place, rao, visit, diya, **along(mother))
    service.remove_participant(booked.id, mother.public_id, by=SYSTEM, now=NOW)

    told = service.add_participant(booked.id, mother.public_id, by=SYSTEM, now=NOW)

    assert roles(told)["Leela"] is Role.PATIENT


def test_each_has_a_status_of_their_own(place, rao, visit, diya, mother):
    booked = timed(place, rao, visit, diya, **along(mother))

    told = service.attend(
        booked.id, Status.CHECKED_IN, by=SYSTEM, now=NOW, patient_id=mother.public_id
    )

    assert {each.patient.name: each.status for each in told.participants} == {
        "Diya": Status.SCHEDULED,
        "Leela": Status.CHECKED_IN,
    }


def test_a_visit_is_somebodys(place, rao, visit, mother):
    meeting = timed(place, rao, visit, None)

    with pytest.raises(InputError) as ordered:
        timed(place, rao, visit, None, local(15), **along(mother))
    with pytest.raises(InputError) as joined:
        service.add_participant(
            meeting.id, mother.public_id, by=SYSTEM, now=NOW, role=Role.GUARDIAN
        )

    reasons = {each.value.params["reason"] for each in (ordered, joined)}
    assert reasons == {"nobody_treated"}


def test_the_last_patient_does_not_leave_a_guardian_alone(
    place, rao, visit, diya, mother
):
    booked = timed(place, rao, visit, diya, **along(mother))

    with pytest.raises(InputError) as told:
        service.remove_participant(booked.id, diya.public_id, by=SYSTEM, now=NOW)

    assert told.value.params["reason"] == "last"


def test_the_first_patient_is_named_before_who_comes_along(
    place, rao, visit, diya, mother
):
    ravi = make.patient("Ravi")
    booked = timed(place, rao, visit, diya, **along(mother))
    service.add_participant(booked.id, ravi.public_id, by=SYSTEM, now=NOW)

    told = service.remove_participant(booked.id, diya.public_id, by=SYSTEM, now=NOW)

    assert [each.name for each in told.patients] == ["Ravi", "Leela"]
    assert told.patient == ravi


def test_no_doctor_is_whom_who_came_along_saw_last(place, rao, visit, diya, mother):
    booked = timed(place, rao, visit, diya, **along(mother))
    for to in (Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED):
        service.attend(booked.id, to, by=SYSTEM, now=NOW)
    both, later = (diya.public_id, mother.public_id), local(17)

    seen = own_queries.last_visits(place, rao, both, by=SYSTEM, now=later)
    lately = own_queries.lately(place, both, by=SYSTEM, now=later)

    assert list(seen) == [each.patient for each in lately] == [diya.public_id]


class TestRules:
    def test_of_age_are_not_asked_of_a_guardian(self, place, rao, visit, diya, mother):
        rule("age_range", most=5)

        booked = timed(place, rao, visit, diya, **along(mother))
        moved = service.move(booked.id, NewPlace(local(15)), by=SYSTEM, now=NOW)

        assert moved.span.start == local(15)
        with pytest.raises(RuleError):
            timed(place, rao, visit, diya, local(16), **along(mother, Role.PATIENT))

    def test_of_age_are_not_asked_of_who_joins_as_a_companion(
        self, place, rao, visit, diya, mother
    ):
        rule("age_range", most=5)
        booked = timed(place, rao, visit, diya)
        join = {"by": SYSTEM, "now": NOW}

        with pytest.raises(RuleError):
            service.add_participant(booked.id, mother.public_id, **join)
        told = service.add_participant(
            booked.id, mother.public_id, role=Role.COMPANION, **join
        )

        assert len(told.participants) == 2

    def test_are_asked_alike_when_a_hold_is_confirmed(
        self, place, rao, visit, diya, mother
    ):
        rule("age_range", most=5)
        order = make.timed_order(place, rao, visit, diya, local(14), **along(mother))
        held = service.hold_timed(order, Holding("one"), by=SYSTEM, now=NOW)
        both = (diya.public_id, mother.public_id)
        later = NOW + timedelta(minutes=11)

        again = service.confirm(held.id, both, by=SYSTEM, now=later)
        order = make.timed_order(place, rao, visit, diya, local(15), **along(mother))
        held = service.hold_timed(order, Holding("two"), by=SYSTEM, now=NOW)
        kept = service.confirm(held.id, both, by=SYSTEM, now=NOW)

        wanted = {"Diya": Role.PATIENT, "Leela": Role.GUARDIAN}
        assert roles(again) == roles(kept) == wanted

    def test_let_nobody_come_along_who_is_elsewhere(
        self, place, rao, visit, diya, mother
    ):
        rule("patient_overlap")
        other = make.resource(place)
        make.hours(place, other)
        timed(place, other, visit, mother)

        with pytest.raises(RuleError) as told:
            timed(place, rao, visit, diya, **along(mother))

        assert told.value.params["rule"] == "patient_overlap"

    def test_let_nobody_be_elsewhere_who_comes_along(
        self, place, rao, visit, diya, mother
    ):
        rule("patient_overlap")
        other = make.resource(place)
        make.hours(place, other)
        timed(place, rao, visit, diya, **along(mother))

        with pytest.raises(RuleError):
            timed(place, other, visit, mother)

    @pytest.mark.parametrize(
        "case",
        [
            ("one_active", {}),
            ("dose_gap", {"days": 28}),
        ],
    )
    def test_count_no_visit_that_was_anothers(
        self, place, rao, visit, diya, mother, case
    ):
        kind, settings = case
        timed(place, rao, visit, diya, **along(mother))
        rule(kind, **settings)

        assert token(place, rao, visit, mother).status is Status.SCHEDULED
        with pytest.raises(RuleError):
            token(place, rao, visit, diya)

    def test_know_no_last_visit_of_who_came_along(
        self, place, rao, visit, diya, mother
    ):
        booked = timed(place, rao, visit, diya, **along(mother))
        service.attend(booked.id, Status.CHECKED_IN, by=SYSTEM, now=NOW)
        rule("follow_up_window", days=30)
        again = make.kind(category=Category.FOLLOW_UP)
        later = local(10, day=MONDAY + timedelta(days=7))

        assert token(place, rao, again, diya, later).status is Status.SCHEDULED
        with pytest.raises(RuleError):
            token(place, rao, again, mother, later)


class TestRow:
    @pytest.fixture
    def written(self, place, rao, visit, diya):
        """Give the columns of a row that a program writes without knowing roles."""
        meeting = timed(place, rao, visit, None)
        found = db.session.execute(
            text("SELECT id FROM appointments WHERE public_id = :id"),
            {"id": meeting.id},
        )
        return {"visit": found.scalar_one(), "who": diya.id}

    def test_is_a_patients_unless_it_says_otherwise(self, written):
        made = db.session.execute(
            text(
                "INSERT INTO participants (appointment_id, patient_id, status)"
                " VALUES (:visit, :who, 'scheduled') RETURNING role"
            ),
            written,
        )

        assert made.scalar_one() == Role.PATIENT

    @pytest.mark.parametrize("role", ["surgeon", None])
    def test_has_a_role_there_is(self, written, role):
        with pytest.raises(IntegrityError), savepoint():
            db.session.execute(
                text(
                    "INSERT INTO participants"
                    " (appointment_id, patient_id, status, role)"
                    " VALUES (:visit, :who, 'scheduled', :role)"
                ),
                {**written, "role": role},
            )
