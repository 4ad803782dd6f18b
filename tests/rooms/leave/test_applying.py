"""Of what was held for people, what was chosen is theirs."""

from datetime import timedelta

import pytest

from app.booking import conflicts, service
from app.booking.kinds import Outcome, Remedy
from app.booking.setting import NewRule
from app.booking.states import Status
from app.booking.views import Chosen, Holding, Once
from app.core.actor import SYSTEM
from app.core.errors import InputError
from tests import factories as make
from tests.factories import NOW, local
from tests.rooms.leave.ward import (
    absent,
    at_present,
    book,
    choose,
    item_of,
    proposed,
    register,
    token,
)


class TestApplying:
    def test_moves_each_as_was_chosen_for_it(self, place, rao, menon, visit, timed):
        second = token(place, rao, visit, local(10))
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
            ("Dr Menon", local(10)),
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
        asked = token(place, rao, visit, local(10), request=True)
        also = (make.patient().public_id,)
        group = book(place, rao, visit, local(11), also_patients=also)
        order = make.timed_order(place, rao, visit, None, local(12))
        held = service.hold_timed(order, Holding("k", 30), by=SYSTEM, now=NOW)
        told = absent(place, rao, local(10), local(13))

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
        late = NOW + timedelta(hours=2)
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
