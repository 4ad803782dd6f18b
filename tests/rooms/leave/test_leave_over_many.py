"""Leave that meets more bookings than somebody can wait for: the rest follows."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.audit.models import AuditEvent
from app.booking import conflicts, leave_queries, ordering, service, working
from app.booking.errors import NotOfferedError
from app.booking.kinds import Fate, Outcome, Task
from app.booking.views import Chosen, WorkView
from app.core.actor import SYSTEM
from tests import factories as make
from tests.factories import NOW, local
from tests.rooms.leave.ward import (
    absent,
    again,
    at_present,
    book,
    carry_on,
    many,
    register,
)

MORE = 3
NUMBER = working.AT_ONCE + MORE
UNTIL = local(16) + timedelta(days=1)


@pytest.fixture
def booked(place, rao, menon, visit):
    return many(place, rao, visit, NUMBER)


def work(told):
    return leave_queries.work(told.id, by=SYSTEM)


def last_choices(told):
    return [
        Chosen(item.appointment.id, item.proposals[-1].id)
        for item in told.items
        if item.proposals
    ]


def apply(told, by=SYSTEM):
    return service.apply_proposals(told.id, last_choices(told), by=by, now=NOW)


def settled(place, rao, by=SYSTEM):
    """Let leave stand with places held for everybody."""
    told = absent(place, rao, local(11), UNTIL, by=by)
    carry_on()
    return again(told)


def test_whoever_marks_it_waits_for_some_and_the_job_does_the_rest(place, rao, booked):
    told = absent(place, rao, local(11), UNTIL)

    held = [item for item in told.items if item.proposals]
    left = [item for item in told.items if item.ordered is Task.HOLD]
    assert (len(held), len(left)) == (working.AT_ONCE, MORE)
    assert told.work == work(told) == (WorkView(Task.HOLD, NUMBER, MORE),)
    assert len(register(place, Outcome.UNRESOLVED)) == NUMBER

    assert carry_on() == MORE

    told = again(told)
    assert all(item.proposals for item in told.items)
    assert told.work == work(told) == ()
    assert carry_on() == 0


def test_all_choices_are_taken_each_by_itself(place, rao, booked):
    told = settled(place, rao)

    done = apply(told)

    ahead = [each for each in done.results if each.pending]
    assert sum(each.moved for each in done.results) == working.AT_ONCE
    assert (len(ahead), {each.code for each in ahead}) == (MORE, {None})
    carry_on()
    assert {each.fate for each in again(told).items} == {Fate.MOVED}
    assert register(place, Outcome.UNRESOLVED) == []
    assert conflicts.sweep(now=NOW) == 0


def test_what_was_chosen_first_holds_while_it_is_to_come(place, rao, booked):
    told = settled(place, rao)
    done = apply(told)
    (late, *_) = [each for each in done.results if each.pending]

    left = service.leave_to_list(told.id, [late.appointment_id], by=SYSTEM, now=NOW)

    fates = {each.appointment.id: each.fate for each in left.items}
    assert fates[late.appointment_id] is Fate.MOVED


def test_the_leave_stands_until_the_last_is_back(place, rao, visit, booked):
    told = settled(place, rao)
    apply(told)
    carry_on()
    last = told.items[-1]

    undone = service.undo_cascade(told.id, by=SYSTEM, now=NOW)

    assert undone.undone_at == NOW
    assert undone.work == (WorkView(Task.GIVE_BACK, NUMBER, MORE),)
    with pytest.raises(NotOfferedError):
        book(place, rao, visit, last.was.start)
    carry_on()
    assert {each.fate for each in again(told).items} == {Fate.RETURNED}
    spans = [(at_present(each).resource.id, at_present(each).span) for each in booked]
    assert spans == [(rao.id, each.span) for each in booked]
    assert book(place, rao, visit, local(16, 30))
    assert conflicts.sweep(now=NOW) == 0


def test_undoing_drops_what_was_still_to_be_moved(place, rao, booked):
    told = settled(place, rao)
    apply(told)

    service.undo_cascade(told.id, by=SYSTEM, now=NOW)
    carry_on()

    fates = [each.fate for each in again(told).items]
    assert fates.count(Fate.RETURNED) == working.AT_ONCE
    assert fates.count(Fate.WAITING) == MORE
    assert [at_present(each).span for each in booked] == [e.span for e in booked]


def test_a_step_that_somebody_did_already_is_not_done_again(place, rao, booked):
    told = absent(place, rao, local(11), UNTIL)
    (first, *_) = ordering.due()

    assert working.step(first, now=NOW)
    assert not working.step(first, now=NOW)

    item = next(e for e in again(told).items if e.appointment.id == first.appointment)
    assert len({each.remedy for each in item.proposals}) == len(item.proposals)


def test_it_is_done_in_the_name_of_who_ordered_it(session, place, rao, booked):
    told = settled(place, rao)
    doctor = make.user(role=None)
    reach = Reach(place.id, resource_id=rao.id)
    accounts.give_role(doctor.username, Role.DOCTOR, reach, by=SYSTEM, now=NOW)
    done = apply(told, by=doctor.actor)
    ahead = {each.appointment_id for each in done.results if each.pending}

    accounts.take_role(doctor.username, Role.DOCTOR, reach, by=SYSTEM, now=NOW)
    carry_on()

    late = [each for each in again(told).items if each.appointment.id in ahead]
    assert [(e.fate, e.code) for e in late] == [(Fate.WAITING, "not_found")] * MORE
    moved = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "appointment.moved")
    ).all()
    assert {each.actor for each in moved} == {doctor.actor.key}


def test_the_trail_says_once_what_came_of_it(session, place, rao, booked):
    told = settled(place, rao)
    apply(told)
    carry_on()
    service.undo_cascade(told.id, by=SYSTEM, now=NOW)
    carry_on()

    lines = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.object_id == str(told.id))
        .order_by(AuditEvent.id)
    ).all()
    assert [each.action for each in lines] == [
        "cascade.begun",
        "cascade.proposed",
        "cascade.applied",
        "cascade.undone",
    ]
    assert lines[2].after["moved"] == lines[3].after["returned"] == NUMBER
