"""Maintenance over bookings: around them, with them moved, or with them told."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.availability import queries as hours
from app.availability.views import NewMaintenance, Repeat
from app.booking import conflicts, queries, resource_queries, service
from app.booking.events import Affected
from app.booking.kinds import Cause, Fate, Outcome, Policy, Remedy
from app.booking.views import Absence, Chosen, Handling, Want
from app.core import events as house
from app.core.actor import SYSTEM
from app.core.errors import InputError
from app.core.spans import Span, day_span
from app.directory.kinds import ResourceKind
from app.notifications.kinds import Told
from tests import factories as make
from tests.factories import MONDAY, NOW, local

DAY = timedelta(days=1)


@pytest.fixture
def place(session):
    found = make.facility()
    make.hours(found)
    return found


@pytest.fixture
def visit(session):
    return make.kind()


@pytest.fixture
def rooms(place):
    return [make.resource(place, ResourceKind.ROOM, name=f"Room {n}") for n in (1, 2)]


@pytest.fixture
def rao(place):
    found = make.resource(place, name="Dr Rao")
    make.hours(place, found)
    return found


@pytest.fixture
def told(place, rao, visit, rooms):
    return book(place, rao, visit, rooms[0], local(11))


def book(place, doctor, visit, room, at):
    order = make.timed_order(place, doctor, visit, make.patient(), at)
    order = replace(order, resources=(*order.resources, Want(room.public_id)))
    return service.book_timed(order, by=SYSTEM, now=NOW)


def plan(place, what, policy, by_booking=None, start=None, minutes=240, **fields):
    order = NewMaintenance(
        place.public_id,
        what.public_id,
        make.span(start or local(9), minutes),
        "New lamp",
        **fields,
    )
    handling = Handling(policy, by_booking or {})
    return service.plan_maintenance(order, handling, by=SYSTEM, now=NOW)


def shut(place, what, first=MONDAY, last=MONDAY):
    window = Span(day_span(first, place.zone).start, day_span(last, place.zone).end)
    found = hours.maintenance(place, window, by=SYSTEM, resource=what)
    return [each.span for each in found]


def open_conflicts(place):
    found = resource_queries.conflicts(
        place.public_id, by=SYSTEM, status=Outcome.UNRESOLVED
    )
    return [each.first.id for each in found]


def used(appointment):
    found = queries.appointment(appointment.id, by=SYSTEM)
    return [claim.resource.name for claim in found.resources], found.span.start


def choose(plan, appointment, remedy):
    (item,) = [e for e in plan.items if e.appointment.id == appointment.id]
    (proposal,) = [e for e in item.proposals if e.remedy is remedy]
    chosen = [Chosen(appointment.id, proposal.id)]
    return service.apply_proposals(plan.id, chosen, by=SYSTEM, now=NOW)


class TestAround:
    def test_leaves_the_time_of_bookings_out(self, place, rooms, told):
        planned = plan(place, rooms[0], Policy.AROUND)

        assert shut(place, rooms[0]) == [
            make.span(local(9), 120),
            make.span(local(11, 30), 90),
        ]
        assert (planned.cause, planned.span) == (
            Cause.MAINTENANCE,
            make.span(local(9), 240),
        )
        assert [(e.policy, e.fate) for e in planned.items] == [
            (Policy.AROUND, Fate.STAYS)
        ]
        assert open_conflicts(place) == []
        assert conflicts.sweep(now=NOW) == 0

    def test_leaves_them_out_every_time_it_repeats(
        self, place, rao, visit, rooms, told
    ):
        later = book(place, rao, visit, rooms[0], local(9) + 7 * DAY)

        plan(
            place,
            rooms[0],
            Policy.AROUND,
            minutes=180,
            repeat=Repeat(until=MONDAY + 7 * DAY),
        )

        assert shut(place, rooms[0], last=MONDAY + 7 * DAY) == [
            make.span(local(9), 120),
            make.span(local(11, 30), 30),
            make.span(later.span.end, 150),
        ]

    def test_refuses_when_no_time_is_left(self, place, rooms, told):
        with pytest.raises(InputError) as refused:
            plan(place, rooms[0], Policy.AROUND, start=local(11), minutes=20)

        assert refused.value.params["reason"] == "no_time_left"


class TestMove:
    def test_proposes_another_room_later_and_another_day(self, place, rooms, told):
        planned = plan(place, rooms[0], Policy.MOVE)

        (item,) = planned.items
        assert [(e.remedy, e.resource.name, e.span.start) for e in item.proposals] == [
            (Remedy.LATER, "Dr Rao", local(13)),
            (Remedy.INSTEAD, "Room 2", local(11)),
            (Remedy.ANOTHER_DAY, "Dr Rao", local(11) + DAY),
        ]

    def test_to_another_room_at_the_same_time_and_back(self, place, rooms, told):
        planned = plan(place, rooms[0], Policy.MOVE)

        choose(planned, told, Remedy.INSTEAD)
        instead = used(told)
        undone = service.undo_cascade(planned.id, by=SYSTEM, now=NOW)

        assert instead == (["Dr Rao", "Room 2"], local(11))
        assert used(told) == (["Dr Rao", "Room 1"], local(11))
        assert undone.items[0].fate is Fate.RETURNED
        assert shut(place, rooms[0]) == []
        assert conflicts.sweep(now=NOW) == 0

    def test_the_other_room_is_held(self, place, visit, rooms, told):
        plan(place, rooms[0], Policy.MOVE)
        doctor = make.resource(place)
        make.hours(place, doctor)

        hindered = resource_queries.hindrances(
            place.public_id,
            (Want(rooms[1].public_id, make.span(local(11), 30)),),
            by=SYSTEM,
            without=None,
        )

        assert [each.reason for each in hindered] == ["taken"]

    def test_to_later_with_the_same_room_and_back(self, place, rooms, told):
        planned = plan(place, rooms[0], Policy.MOVE)

        choose(planned, told, Remedy.LATER)
        moved = used(told)
        service.undo_cascade(planned.id, by=SYSTEM, now=NOW)

        assert moved == (["Dr Rao", "Room 1"], local(13))
        assert used(told) == (["Dr Rao", "Room 1"], local(11))

    def test_of_a_theatre_that_is_booked_by_itself(self, place, visit):
        one, two = (
            make.resource(place, ResourceKind.LOCATION, name=name)
            for name in ("OT 1", "OT 2")
        )
        order = make.timed_order(place, one, visit, None, local(11))
        case = service.book_timed(order, by=SYSTEM, now=NOW)

        planned = plan(place, one, Policy.MOVE)
        choose(planned, case, Remedy.INSTEAD)

        assert used(case) == (["OT 2"], local(11))
        assert two.id != one.id


class TestNotify:
    def test_stays_on_the_list_and_is_announced(self, place, rooms, told, heard):
        planned = plan(place, rooms[0], Policy.NOTIFY)

        (item,) = planned.items
        assert (item.fate, item.proposals) == (Fate.STAYS, ())
        assert open_conflicts(place) == [told.id]
        (event,) = heard
        assert (event.appointment.id, event.policy) == (told.id, Policy.NOTIFY)
        assert (event.reason, event.during) == ("New lamp", told.span)

    def test_tells_patient_and_staff_once(self, place, rooms, told):
        planned = plan(place, rooms[0], Policy.NOTIFY)
        service.propose(planned.id, by=SYSTEM, now=NOW)

        found = affected(told)
        assert sorted(each.recipient for each in found) == ["patient", "role"]
        (to_staff,) = [each for each in found if each.recipient == "role"]
        (to_patient,) = [each for each in found if each.recipient == "patient"]
        assert to_staff.role is Role.RECEPTION
        assert to_staff.data["resource"] == to_patient.data["resource"] == "Room 1"
        assert to_staff.data["cause"] == "maintenance"
        # Why somebody is away is not the patient's to know.
        assert "reason" in to_staff.data
        assert not to_patient.data["reason"]

    def test_what_meets_it_next_is_told_too(self, place, rao, rooms, told):
        plan(place, rooms[0], Policy.NOTIFY)
        plan(place, rao, Policy.NOTIFY)

        assert len(affected(told)) == 4

    def test_who_is_to_be_moved_is_told_to_staff_alone(self, place, rooms, told):
        plan(place, rooms[0], Policy.MOVE)

        assert [each.recipient for each in affected(told)] == ["role"]

    def test_what_is_worked_around_is_told_to_nobody(self, place, rooms, told):
        plan(place, rooms[0], Policy.AROUND)

        assert affected(told) == []

    def test_names_whom_to_tell_though_the_actor_may_not_know(
        self, place, rao, visit, heard
    ):
        order = make.timed_order(place, rao, visit, make.patient(), local(15))
        service.book_timed(order, by=SYSTEM, now=NOW)
        doctor = make.user(role=None)
        reach = Reach(place.id, resource_id=rao.id)
        accounts.give_role(doctor.username, Role.DOCTOR, reach, by=SYSTEM, now=NOW)
        away = Absence(place.public_id, rao.public_id, local(17), local(14))

        service.mark_absent(away, by=doctor.actor, now=NOW)

        (event,) = heard
        assert [each.name for each in event.appointment.patients] == ["Asha"]


def affected(appointment):
    """Give what was told about an appointment in maintenance."""
    found = queries.messages(appointment.id, by=SYSTEM)
    return [each for each in found if each.kind is Told.AFFECTED]


def test_each_booking_may_have_a_policy_of_its_own(place, rao, visit, rooms, told):
    second = book(place, rao, visit, rooms[0], local(9))
    third = book(place, rao, visit, rooms[0], local(12))
    own = {second.id: Policy.AROUND, third.id: Policy.NOTIFY}

    planned = plan(place, rooms[0], Policy.MOVE, own)

    assert {e.appointment.id: e.policy for e in planned.items} == own | {
        told.id: Policy.MOVE
    }
    assert shut(place, rooms[0]) == [make.span(local(9, 30), 210)]
    assert sorted(open_conflicts(place)) == sorted([told.id, third.id])


def test_a_policy_for_a_booking_that_is_not_in_the_way_is_refused(place, rooms, told):
    with pytest.raises(InputError):
        plan(place, rooms[1], Policy.MOVE, {told.id: Policy.AROUND})


@pytest.fixture
def heard():
    found = []
    house.subscribe(Affected, found.append)
    yield found
    house._listeners[Affected].remove(found.append)
