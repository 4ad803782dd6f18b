"""A doctor who is suddenly away: whom it meets, what is held for them, and back."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.audit.models import AuditEvent
from app.booking import conflicts, leave_queries, queries, resource_queries, service
from app.booking.errors import SlotTakenError, StatusError
from app.booking.kinds import Cause, Fate, Outcome, Remedy
from app.booking.setting import NewRule
from app.booking.states import Status
from app.booking.views import Absence, Chosen, Holding, NewPlace, Once
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, InputError
from app.directory import service as directory
from tests import factories as make
from tests.factories import NOW, local

TEN, NOON = local(10), local(12)
HOUR = timedelta(hours=1)


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def medicine(place):
    return directory.add_department(place, "Medicine", by=SYSTEM, now=NOW)


@pytest.fixture
def visit(session):
    return make.kind()


@pytest.fixture
def rao(place, medicine):
    """Let Dr Rao see people by token from 9 to 11, and by the clock until 17."""
    found = make.resource(
        place, name="Dr Rao", token_prefix="A", department_id=medicine.id
    )
    tokens = make.opd(time(9), time(11), tokens=2)
    make.hours(place, found, tokens, make.open_time(time(11)))
    return found


@pytest.fixture
def menon(place, medicine, rao):
    found = make.resource(
        place, name="Dr Menon", token_prefix="B", department_id=medicine.id
    )
    tokens = make.opd(time(9), time(11), tokens=2)
    make.hours(place, found, tokens, make.open_time(time(11)))
    return found


@pytest.fixture
def timed(place, rao, visit):
    return book(place, rao, visit, local(11, 30))


def book(place, doctor, visit, at, **fields):
    order = make.timed_order(place, doctor, visit, make.patient(), at, **fields)
    return service.book_timed(order, by=SYSTEM, now=NOW)


def token(place, doctor, visit, at, **fields):
    order = make.token_order(place, doctor, visit, make.patient(), at, **fields)
    return service.book_token(order, by=SYSTEM, now=NOW)


def absent(place, doctor, start, end, by=SYSTEM, now=NOW, **fields):
    order = Absence(place.public_id, doctor.public_id, end, start, "Ill", **fields)
    return service.mark_absent(order, by=by, now=now)


def proposed(told, appointment, remedy):
    item = item_of(told, appointment)
    return next(each for each in item.proposals if each.remedy is remedy)


def item_of(told, appointment):
    return next(e for e in told.items if e.appointment.id == appointment.id)


def choose(told, *pairs, by=SYSTEM, now=NOW, **fields):
    chosen = [Chosen(a.id, proposed(told, a, remedy).id) for a, remedy in pairs]
    return service.apply_proposals(told.id, chosen, by=by, now=now, **fields)


def again(told, now=NOW):
    return leave_queries.cascade(told.id, by=SYSTEM, now=now)


def at_present(told):
    return queries.appointment(told.id, by=SYSTEM)


def register(place, status=None):
    found = resource_queries.conflicts(place.public_id, by=SYSTEM, status=status)
    return [(each.first.id, each.status) for each in found]


class TestMarkingAbsent:
    def test_lists_times_tokens_groups_requests_and_holds(
        self, place, rao, visit, timed
    ):
        first = token(place, rao, visit, TEN)
        asked = token(place, rao, visit, TEN, request=True)
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
            (Remedy.LATER, "Dr Rao", TEN),
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

        told = [absent(place, rao, TEN, local(13), once=once) for _ in range(2)]

        assert told[0].id == told[1].id
        assert told[0].items == told[1].items

    def test_proposes_anew_when_holds_have_run_out(self, place, rao, menon, timed):
        told = absent(place, rao, local(11), local(13))
        late = NOW + 2 * HOUR
        lapsed = again(told, late)

        renewed = service.propose(told.id, by=SYSTEM, now=late)

        assert not any(e.held for e in item_of(lapsed, timed).proposals)
        held = item_of(renewed, timed).proposals
        assert [each.held for each in held] == [True] * 3
        assert all(each.expires_at > late for each in held)


class TestApplying:
    def test_moves_each_as_was_chosen_for_it(self, place, rao, menon, visit, timed):
        second = token(place, rao, visit, TEN)
        third = book(place, rao, visit, local(12))
        told = absent(place, rao, local(9), local(13))

        done = choose(
            told,
            (timed, Remedy.LATER),
            (second, Remedy.INSTEAD),
            (third, Remedy.ANOTHER_DAY),
        )

        assert [each.moved for each in done.results] == [True] * 3
        moved = [at_present(each) for each in (timed, second, third)]
        assert [(each.resource.name, each.span.start) for each in moved] == [
            ("Dr Rao", local(13)),
            ("Dr Menon", TEN),
            ("Dr Rao", local(12) + timedelta(days=1)),
        ]
        assert [each.reference for each in moved] == [
            each.reference for each in (timed, second, third)
        ]
        assert moved[1].token.startswith("B-")
        assert {status for _, status in register(place)} == {Outcome.REASSIGNED}
        assert conflicts.sweep(now=NOW) == 0

    def test_lets_the_other_proposals_go(self, place, rao, menon, visit, timed):
        told = absent(place, rao, local(11), local(13))

        done = choose(told, (timed, Remedy.LATER))

        assert [e.remedy for e in item_of(done.cascade, timed).proposals] == [
            Remedy.LATER
        ]
        assert book(place, menon, visit, local(11, 30))

    def test_leaves_who_was_not_chosen_on_the_list(self, place, rao, visit, timed):
        second = book(place, rao, visit, local(12))
        told = absent(place, rao, local(11), local(13))

        choose(told, (timed, Remedy.LATER))

        assert register(place, Outcome.UNRESOLVED) == [(second.id, Outcome.UNRESOLVED)]
        service.cancel(second.id, "No time", by=SYSTEM, now=NOW)
        assert dict(register(place))[second.id] is Outcome.CANCELLED

    def test_moves_a_request_a_group_and_a_hold(self, place, rao, visit):
        asked = token(place, rao, visit, TEN, request=True)
        also = (make.patient().public_id,)
        group = book(place, rao, visit, local(11), also_patients=also)
        order = make.timed_order(place, rao, visit, None, local(12))
        held = service.hold_timed(order, Holding("k", 30), by=SYSTEM, now=NOW)
        told = absent(place, rao, TEN, local(13))

        done = choose(
            told,
            (asked, Remedy.ANOTHER_DAY),
            (group, Remedy.LATER),
            (held, Remedy.LATER),
        )

        assert [each.moved for each in done.results] == [True] * 3
        assert [at_present(e).status for e in (asked, group, held)] == [
            Status.REQUESTED,
            Status.SCHEDULED,
            Status.HELD,
        ]
        assert len(at_present(group).patients) == 2

    def test_says_of_each_why_it_could_not(self, place, rao, visit, timed):
        second = book(place, rao, visit, local(12))
        told = absent(place, rao, local(11), local(13))
        service.cancel(second.id, "No time", by=SYSTEM, now=NOW)
        later = proposed(told, timed, Remedy.LATER).id
        chosen = [
            Chosen(timed.id, later),
            Chosen(second.id, proposed(told, second, Remedy.LATER).id),
            Chosen(make.patient().public_id, later),
        ]

        done = service.apply_proposals(told.id, chosen, by=SYSTEM, now=NOW)

        assert [(each.moved, each.code) for each in done.results] == [
            (True, None),
            (False, "status"),
            (False, "not_found"),
        ]

    def test_a_second_click_changes_nothing(self, place, rao, timed):
        told = absent(place, rao, local(11), local(13))
        once = Once("apply", "f")

        first = choose(told, (timed, Remedy.LATER), once=once)
        revision = at_present(timed).revision
        chosen = [Chosen(timed.id, first.results[0].proposal_id)]
        with_key = service.apply_proposals(
            told.id, chosen, by=SYSTEM, now=NOW, once=once
        )
        without = service.apply_proposals(told.id, chosen, by=SYSTEM, now=NOW)

        assert first.results == with_key.results == without.results
        assert at_present(timed).revision == revision

    def test_of_two_choices_for_one_the_first_holds(self, place, rao, timed):
        told = absent(place, rao, local(11), local(13))
        other = proposed(told, timed, Remedy.ANOTHER_DAY)

        choose(told, (timed, Remedy.LATER))
        late = service.apply_proposals(
            told.id, [Chosen(timed.id, other.id)], by=SYSTEM, now=NOW
        )

        assert (late.results[0].moved, late.results[0].code) == (False, "status")
        assert at_present(timed).span.start == local(13)

    def test_takes_a_proposal_that_has_lapsed_if_it_is_free_still(
        self, place, rao, menon, visit, timed
    ):
        second = book(place, rao, visit, local(12))
        told = absent(place, rao, local(11), local(13))
        late = NOW + 2 * HOUR
        order = make.timed_order(place, menon, visit, make.patient(), local(11, 30))
        service.book_timed(order, by=SYSTEM, now=late)

        done = choose(told, (timed, Remedy.INSTEAD), (second, Remedy.INSTEAD), now=late)

        assert [(each.moved, each.code) for each in done.results] == [
            (False, "slot_taken"),
            (True, None),
        ]

    def test_a_live_hold_is_not_refused_for_lead_time(self, place, rao, timed):
        told = absent(place, rao, local(11), local(13))
        rule = NewRule("lead_time", {"minutes": 900}, facility_id=place.public_id)
        service.add_rule(rule, by=SYSTEM, now=NOW)

        assert choose(told, (timed, Remedy.LATER)).results[0].moved

    def test_refuses_the_same_appointment_twice(self, place, rao, timed):
        told = absent(place, rao, local(11), local(13))

        with pytest.raises(InputError):
            choose(told, (timed, Remedy.LATER), (timed, Remedy.ANOTHER_DAY))


class TestUndoing:
    def test_brings_everybody_back(self, place, rao, menon, visit, timed):
        second = token(place, rao, visit, TEN)
        third = book(place, rao, visit, local(12))
        told = absent(place, rao, local(9), local(13))
        choose(told, (timed, Remedy.LATER), (second, Remedy.INSTEAD))

        undone = service.undo_cascade(told.id, by=SYSTEM, now=NOW)

        assert undone.undone_at == NOW
        assert [each.fate for each in undone.items] == [
            Fate.RETURNED,
            Fate.RETURNED,
            Fate.WAITING,
        ]
        for before in (timed, second, third):
            after = at_present(before)
            assert (after.resource.id, after.span) == (before.resource.id, before.span)
        assert register(place, Outcome.UNRESOLVED) == []
        assert conflicts.sweep(now=NOW) == 0
        assert book(place, menon, visit, local(12))

    def test_says_who_cannot_come_back(self, place, rao, menon, visit, timed):
        told = absent(place, rao, local(11), local(13))
        choose(told, (timed, Remedy.INSTEAD))
        service.move(timed.id, NewPlace(local(16)), by=SYSTEM, now=NOW)

        undone = service.undo_cascade(told.id, by=SYSTEM, now=NOW)

        item = item_of(undone, timed)
        assert (item.fate, item.code) == (Fate.MOVED, "status")
        assert at_present(timed).span.start == local(16)

    def test_does_not_take_a_place_that_has_gone_by(self, place, rao, timed):
        told = absent(place, rao, local(11), local(13))
        choose(told, (timed, Remedy.LATER))

        undone = service.undo_cascade(told.id, by=SYSTEM, now=local(12, 30))

        assert item_of(undone, timed).code == "over"
        assert at_present(timed).span.start == local(13)

    def test_twice_changes_nothing_and_nothing_is_applied_after(
        self, place, rao, timed
    ):
        told = absent(place, rao, local(11), local(13))
        choose(told, (timed, Remedy.LATER))
        service.undo_cascade(told.id, by=SYSTEM, now=NOW)
        revision = at_present(timed).revision

        service.undo_cascade(told.id, by=SYSTEM, now=NOW)

        assert at_present(timed).revision == revision
        with pytest.raises(StatusError):
            choose(told, (timed, Remedy.LATER))

    def test_stands_in_the_trail(self, session, place, rao, timed):
        told = absent(place, rao, local(11), local(13))
        choose(told, (timed, Remedy.LATER))
        service.undo_cascade(told.id, by=SYSTEM, now=NOW)

        lines = session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.object_id == str(told.id))
            .order_by(AuditEvent.id)
        ).all()
        assert lines == [
            "cascade.begun",
            "cascade.proposed",
            "cascade.applied",
            "cascade.undone",
        ]


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
    [listed] = leave_queries.cascades(
        place, make.span(local(12), 1), by=analyst, now=NOW
    )
    assert listed == seen
