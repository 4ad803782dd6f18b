"""A doctor who is suddenly away: whom it meets, and what is held for them."""

from datetime import time, timedelta

import pytest

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.booking import conflicts, leave_queries, service
from app.booking.errors import SlotTakenError
from app.booking.kinds import Cause, Fate, Outcome, Remedy
from app.booking.setting import NewRule
from app.booking.states import Status
from app.booking.views import Holding, Once
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, InputError
from app.directory import service as directory
from tests import factories as make
from tests.factories import NOW, local
from tests.rooms.leave.ward import (
    absent,
    again,
    book,
    choose,
    item_of,
    proposed,
    register,
    token,
)


class TestMarkingAbsent:
    def test_lists_times_tokens_groups_requests_and_holds(
        self, place, rao, visit, timed
    ):
        first = token(place, rao, visit, local(10))
        asked = token(place, rao, visit, local(10), request=True)
        also = (make.patient().public_id,)
        group = book(place, rao, visit, local(12), also_patients=also)
        order = make.timed_order(place, rao, visit, None, local(12, 30))
        held = service.hold_timed(order, Holding("k"), by=SYSTEM, now=NOW)
        book(place, rao, visit, local(15))

        told = absent(place, rao, local(9), local(13))

        listed = [each.appointment.id for each in told.items]
        assert sorted(listed[:2], key=str) == sorted([first.id, asked.id], key=str)
        assert listed[2:] == [timed.id, group.id, held.id]
        assert {each.fate for each in told.items} == {Fate.WAITING}
        assert (told.cause, told.span) == (Cause.LEAVE, make.span(local(9), 240))

    def test_proposes_later_a_colleague_and_another_day(
        self, place, rao, menon, visit, timed
    ):
        told = absent(place, rao, local(11), local(13))

        item = item_of(told, timed)
        assert [(e.remedy, e.resource.name, e.span.start) for e in item.proposals] == [
            (Remedy.LATER, "Dr Rao", local(13)),
            (Remedy.INSTEAD, "Dr Menon", local(11, 30)),
            (Remedy.ANOTHER_DAY, "Dr Rao", local(11, 30) + timedelta(days=1)),
        ]
        assert all(each.held for each in item.proposals)

    def test_proposes_token_slots_for_tokens(self, place, rao, menon, visit):
        told = token(place, rao, visit, local(9))
        left = absent(place, rao, local(9), local(10))

        item = item_of(left, told)
        assert [(e.remedy, e.resource.name, e.span.start) for e in item.proposals] == [
            (Remedy.LATER, "Dr Rao", local(10)),
            (Remedy.INSTEAD, "Dr Menon", local(9)),
            (Remedy.ANOTHER_DAY, "Dr Rao", local(9) + timedelta(days=1)),
        ]

    def test_proposes_nobody_of_another_department(self, place, rao, visit, timed):
        other = make.resource(place, name="Dr Das")
        make.hours(place, other)

        told = absent(place, rao, local(11), local(13))

        kinds = {each.remedy for each in item_of(told, timed).proposals}
        assert kinds == {Remedy.LATER, Remedy.ANOTHER_DAY}

    def test_holds_what_it_proposes_against_everybody_else(
        self, place, rao, menon, visit, timed
    ):
        absent(place, rao, local(11), local(13))

        for doctor, at in ((menon, local(11, 30)), (rao, local(13))):
            with pytest.raises(SlotTakenError):
                book(place, doctor, visit, at)

    def test_gives_each_a_place_of_their_own(self, place, rao, menon, visit, timed):
        second = book(place, rao, visit, local(12))

        told = absent(place, rao, local(11), local(13))

        places = [
            (each.resource.id, each.span.start)
            for item in told.items
            for each in item.proposals
        ]
        assert len(set(places)) == len(places) == 6
        assert proposed(told, second, Remedy.INSTEAD).span.start == local(12)

    def test_holds_no_place_that_a_rule_forbids(self, place, rao, menon, visit, timed):
        rule = NewRule("allowed_days", {"weekdays": [0]}, facility_id=place.public_id)
        service.add_rule(rule, by=SYSTEM, now=NOW)

        told = absent(place, rao, local(11), local(13))

        day = proposed(told, timed, Remedy.ANOTHER_DAY).span.start
        assert day == local(11, 30) + timedelta(days=7)

    def test_counts_nobody_twice_against_a_limit_of_the_same_day(
        self, place, rao, visit, timed
    ):
        rule = NewRule("daily_limit", {"limit": 1}, facility_id=place.public_id)
        service.add_rule(rule, by=SYSTEM, now=NOW)

        told = absent(place, rao, local(11), local(13))
        done = choose(told, (timed, Remedy.LATER))

        assert done.results[0].moved

    def test_from_now_on_leaves_what_is_going_on(self, place, rao, visit, timed):
        now = local(11, 40)
        service.attend(timed.id, Status.CHECKED_IN, by=SYSTEM, now=now)
        service.attend(timed.id, Status.IN_PROGRESS, by=SYSTEM, now=now)
        next_one = book(place, rao, visit, local(12))

        told = absent(place, rao, None, local(14), now=now)

        assert told.span.start == now
        assert [each.appointment.id for each in told.items] == [next_one.id]
        assert register(place) == [(next_one.id, Outcome.UNRESOLVED)]
        assert conflicts.sweep(now=now) == 0

    def test_tells_of_who_has_come_already_that_they_cannot_be_moved(
        self, place, rao, timed
    ):
        service.attend(timed.id, Status.CHECKED_IN, by=SYSTEM, now=NOW)

        told = absent(place, rao, local(11), local(13))

        assert (item_of(told, timed).code, item_of(told, timed).proposals) == (
            "status",
            (),
        )

    def test_everywhere_reaches_the_other_facility(self, place, rao, visit, timed):
        other = make.facility()
        post = directory.NewPost(other.id)
        directory.post_resource(rao.public_id, post, by=SYSTEM, now=NOW)
        make.hours(other, rao, make.open_time(time(18), time(20)))
        there = book(other, rao, visit, local(18))

        told = absent(place, rao, local(11), local(21), everywhere=True)

        assert [e.appointment.id for e in told.items] == [timed.id, there.id]

    def test_refuses_a_leave_that_has_ended(self, place, rao):
        with pytest.raises(InputError):
            absent(place, rao, local(6), local(7))

    def test_is_made_once_however_often_it_is_sent(self, place, rao, timed):
        once = Once("k", "f")

        told = [absent(place, rao, local(10), local(13), once=once) for _ in range(2)]

        assert told[0].id == told[1].id
        assert told[0].items == told[1].items

    def test_proposes_anew_when_holds_have_run_out(self, place, rao, menon, timed):
        told = absent(place, rao, local(11), local(13))
        late = NOW + timedelta(hours=2)
        lapsed = again(told, late)

        renewed = service.propose(told.id, by=SYSTEM, now=late)

        assert not any(e.held for e in item_of(lapsed, timed).proposals)
        held = item_of(renewed, timed).proposals
        assert [each.held for each in held] == [True] * 3
        assert all(each.expires_at > late for each in held)


class TestWho:
    def test_a_doctor_is_away_by_themselves_and_moves_their_own(
        self, place, rao, menon, visit, timed
    ):
        second = book(place, rao, visit, local(12))
        doctor = make.user(role=None)
        reach = Reach(place.id, resource_id=rao.id)
        accounts.give_role(doctor.username, Role.DOCTOR, reach, by=SYSTEM, now=NOW)
        by = doctor.actor

        told = absent(place, rao, local(11), local(13), by=by)
        done = choose(told, (timed, Remedy.LATER), (second, Remedy.INSTEAD), by=by)

        assert [(each.moved, each.code) for each in done.results] == [
            (True, None),
            (False, "forbidden"),
        ]
        with pytest.raises(ForbiddenError):
            absent(place, menon, local(11), local(13), by=by)

    def test_the_desk_moves_people_but_sends_nobody_away(self, place, rao, timed):
        desk = make.user(Role.RECEPTION, place).actor
        told = absent(place, rao, local(11), local(13))

        assert choose(told, (timed, Remedy.LATER), by=desk).results[0].moved
        for act in (service.propose, service.undo_cascade):
            with pytest.raises(ForbiddenError):
                act(told.id, by=desk, now=NOW)


def test_who_may_not_know_patients_reads_none(place, rao, timed):
    told = absent(place, rao, local(11), local(13))
    analyst = make.user(Role.ANALYST, place).actor

    seen = leave_queries.cascade(told.id, by=analyst, now=NOW)

    assert seen.items[0].appointment.patients == ()
    [listed] = leave_queries.cascades(place, make.span(local(12), 1), by=analyst)
    assert (listed.id, listed.counts) == (seen.id, {Fate.WAITING: 1})
