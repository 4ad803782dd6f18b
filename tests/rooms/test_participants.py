from datetime import timedelta

import pytest

from app.booking import queries, service
from app.booking.errors import SlotTakenError, UndoError
from app.booking.setting import NewRule
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.core.errors import InputError, NotFoundError, RuleError
from tests import factories as make
from tests.factories import NOW, local

S = Status


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    rao = make.resource(place)
    make.hours(place, rao, make.opd(tokens=1), make.open_time(make.time(14)))
    return rao


@pytest.fixture
def visit(session):
    return make.kind(minutes=30)


@pytest.fixture
def people(session):
    return [make.patient("Asha"), make.patient("Ravi"), make.patient("Leela")]


@pytest.fixture
def group(place, rao, visit, people):
    others = tuple(each.public_id for each in people[1:])
    return timed(place, rao, visit, people[0], also_patients=others)


def timed(place, rao, visit, who, hour=14, **fields):
    order = make.timed_order(place, rao, visit, who, local(hour), **fields)
    return service.book_timed(order, by=SYSTEM, now=NOW)


def token(place, rao, visit):
    order = make.token_order(place, rao, visit, make.patient(), local(10))
    return service.book_token(order, by=SYSTEM, now=NOW)


def go(group, who, *moves):
    for to in moves:
        told = service.attend(
            group.id, to, by=SYSTEM, now=NOW, patient_id=who.public_id
        )
    return told


def statuses(told):
    return {each.patient.name: each.status for each in told.participants}


class TestGroup:
    def test_has_a_status_for_each(self, group, people):
        told = go(group, people[0], S.CHECKED_IN)

        assert told.status is S.CHECKED_IN
        assert statuses(told) == {
            "Asha": S.CHECKED_IN,
            "Ravi": S.SCHEDULED,
            "Leela": S.SCHEDULED,
        }

    def test_gives_who_arrives_a_number_of_their_own(self, group, people):
        go(group, people[1], S.CHECKED_IN)
        told = go(group, people[0], S.CHECKED_IN)

        numbers = {each.patient.name: each.token for each in told.participants}
        assert numbers == {"Asha": "A-02", "Ravi": "A-01", "Leela": None}
        assert told.participants[0].arrived_at == NOW

    def test_is_done_when_all_have_settled(self, group, people):
        done = (S.CHECKED_IN, S.IN_PROGRESS, S.COMPLETED)
        half = go(group, people[0], *done)
        go(group, people[1], S.NO_SHOW)

        told = go(group, people[2], *done)

        assert (half.status, told.status) == (S.IN_PROGRESS, S.COMPLETED)

    def test_leaves_the_time_to_others_when_nobody_comes(
        self, group, people, place, rao, visit
    ):
        for each in people:
            told = go(group, each, S.NO_SHOW)

        assert told.status is S.NO_SHOW
        assert timed(place, rao, visit, make.patient()).status is S.SCHEDULED

    def test_refuses_a_stranger(self, group):
        with pytest.raises(NotFoundError):
            go(group, make.patient(), S.CHECKED_IN)

    def test_moves_all_who_can_when_nobody_is_named(self, group, people):
        go(group, people[0], S.NO_SHOW)

        told = service.attend(group.id, S.CHECKED_IN, by=SYSTEM, now=NOW)

        assert statuses(told)["Asha"] is S.NO_SHOW
        assert statuses(told)["Leela"] is S.CHECKED_IN


class TestJoining:
    def test_adds_one_more(self, group):
        meera = make.patient("Meera")

        told = service.add_participant(group.id, meera.public_id, by=SYSTEM, now=NOW)

        assert [each.name for each in told.patients][-1] == "Meera"
        assert told.revision == group.revision + 1

    def test_refuses_who_takes_part_already(self, group, people):
        with pytest.raises(InputError):
            service.add_participant(group.id, people[0].public_id, by=SYSTEM, now=NOW)

    def test_asks_the_rules_of_the_patient(self, group):
        service.add_rule(NewRule("age_range", {"least": 18}), by=SYSTEM, now=NOW)

        with pytest.raises(RuleError):
            service.add_participant(
                group.id, make.patient().public_id, by=SYSTEM, now=NOW
            )

    def test_is_not_for_a_token(self, place, rao, visit):
        booked = token(place, rao, visit)

        with pytest.raises(InputError):
            service.add_participant(
                booked.id, make.patient().public_id, by=SYSTEM, now=NOW
            )

    def test_can_end_and_begin_again(self, group, people):
        gone = service.remove_participant(
            group.id, people[1].public_id, by=SYSTEM, now=NOW
        )
        back = service.add_participant(
            group.id, people[1].public_id, by=SYSTEM, now=NOW
        )

        assert [each.name for each in gone.patients] == ["Asha", "Leela"]
        assert len(back.patients) == 3

    def test_of_the_last_one_cannot_end(self, place, rao, visit):
        asha = make.patient()
        booked = timed(place, rao, visit, asha)

        with pytest.raises(InputError):
            service.remove_participant(booked.id, asha.public_id, by=SYSTEM, now=NOW)

    def test_works_for_a_meeting_that_had_no_patient(self, place, rao, visit):
        meeting = timed(place, rao, visit, None)
        asha = make.patient()

        told = service.add_participant(meeting.id, asha.public_id, by=SYSTEM, now=NOW)

        assert [each.name for each in told.patients] == ["Asha"]


def test_a_meeting_without_patients_takes_place(place, rao, visit):
    meeting = timed(place, rao, visit, None)

    for to in (S.CHECKED_IN, S.IN_PROGRESS, S.COMPLETED):
        told = service.attend(meeting.id, to, by=SYSTEM, now=NOW)

    assert (told.status, told.patients) == (S.COMPLETED, ())


class TestUndo:
    def test_of_a_cancellation_takes_the_token_place_again(self, place, rao, visit):
        booked = token(place, rao, visit)
        service.cancel(booked.id, "ill", by=SYSTEM, now=NOW)

        told = service.undo(booked.id, by=SYSTEM, now=NOW)

        assert (told.status, told.token) == (S.SCHEDULED, booked.token)
        assert told.cancel_reason == ""

    def test_takes_the_time_again(self, place, rao, visit):
        booked = timed(place, rao, visit, make.patient())
        service.cancel(booked.id, "ill", by=SYSTEM, now=NOW)
        service.undo(booked.id, by=SYSTEM, now=NOW)

        with pytest.raises(SlotTakenError):
            timed(place, rao, visit, make.patient())

    def test_is_refused_when_the_place_is_gone(self, place, rao, visit):
        booked = timed(place, rao, visit, make.patient())
        service.cancel(booked.id, "ill", by=SYSTEM, now=NOW)
        timed(place, rao, visit, make.patient())

        with pytest.raises(SlotTakenError):
            service.undo(booked.id, by=SYSTEM, now=NOW)

        assert queries.appointment(booked.id, by=SYSTEM).status is S.CANCELLED

    def test_of_a_no_show_takes_the_time_again(self, place, rao, visit):
        booked = timed(place, rao, visit, make.patient())
        service.no_show(booked.id, by=SYSTEM, now=NOW)

        told = service.undo(booked.id, by=SYSTEM, now=NOW)

        assert told.status is S.SCHEDULED
        with pytest.raises(SlotTakenError):
            timed(place, rao, visit, make.patient())

    def test_counts_the_day_again(self, place, rao, visit):
        booked = token(place, rao, visit)
        service.cancel(booked.id, "ill", by=SYSTEM, now=NOW)
        service.add_rule(NewRule("daily_limit", {"limit": 1}), by=SYSTEM, now=NOW)
        timed(place, rao, visit, make.patient())

        with pytest.raises(RuleError):
            service.undo(booked.id, by=SYSTEM, now=NOW)

    def test_of_one_in_a_group_leaves_the_others(self, group, people):
        go(group, people[0], S.CHECKED_IN)
        go(group, people[1], S.CHECKED_IN)

        told = service.undo(group.id, by=SYSTEM, now=NOW)

        assert told.status is S.CHECKED_IN
        assert statuses(told)["Asha"] is S.CHECKED_IN
        assert statuses(told)["Ravi"] is S.SCHEDULED

    def test_is_for_who_did_it(self, place, rao, visit):
        booked = token(place, rao, visit)
        service.cancel(booked.id, "ill", by=SYSTEM, now=NOW)

        with pytest.raises(UndoError):
            service.undo(booked.id, by=make.user(make.Role.ADMIN).actor, now=NOW)

    def test_is_for_a_short_while(self, place, rao, visit):
        booked = token(place, rao, visit)
        service.cancel(booked.id, "ill", by=SYSTEM, now=NOW)

        with pytest.raises(UndoError):
            service.undo(booked.id, by=SYSTEM, now=NOW + timedelta(minutes=11))

    def test_is_done_once(self, place, rao, visit):
        booked = token(place, rao, visit)
        service.cancel(booked.id, "ill", by=SYSTEM, now=NOW)
        service.undo(booked.id, by=SYSTEM, now=NOW)

        with pytest.raises(UndoError):
            service.undo(booked.id, by=SYSTEM, now=NOW)

    def test_of_a_booking_is_a_cancellation(self, place, rao, visit):
        booked = token(place, rao, visit)

        with pytest.raises(UndoError):
            service.undo(booked.id, by=SYSTEM, now=NOW)

    def test_of_an_approval_keeps_the_number(self, place, rao, visit):
        order = make.token_order(
            place, rao, visit, make.patient(), local(10), request=True
        )
        asked = service.book_token(order, by=SYSTEM, now=NOW)
        approved = service.approve(asked.id, by=SYSTEM, now=NOW)

        told = service.undo(asked.id, by=SYSTEM, now=NOW)
        again = service.approve(asked.id, by=SYSTEM, now=NOW)

        assert told.status is S.REQUESTED
        assert again.token == approved.token
