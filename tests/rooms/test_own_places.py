"""Restricted places, and what is somebody's own, in leave, sets and emergencies."""

import pytest

from app.accounts import service as accounts
from app.accounts.permissions import Permission, Role
from app.accounts.roles import NewRole
from app.accounts.views import Reach
from app.booking import (
    displacement_queries,
    leave_queries,
    procedure_queries,
    queries,
    resource_queries,
    service,
)
from app.booking.errors import NoneFreeError
from app.booking.kinds import Priority, Remedy
from app.booking.setting import NewRule
from app.booking.views import Absence, Member, NewProcedure, NewWaiting, Seeking, Want
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, NotFoundError
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import MONDAY, NOW, local
from tests.rooms.clinic import Clinic

SURGE = NewRole(
    "surge",
    "Surge",
    frozenset(
        {
            Permission.VIEW_CALENDAR,
            Permission.REQUEST,
            Permission.BOOK,
            Permission.DISPLACE,
            Permission.OVERRIDE_SLOTS,
        }
    ),
)
DAY = make.span(local(0, day=MONDAY), 24 * 60)


@pytest.fixture
def clinic(session):
    return Clinic()


@pytest.fixture
def menon(clinic):
    """Let another doctor of the place see people by token at the same hours."""
    found = make.resource(clinic.place, name="Dr Menon", token_prefix="B")
    make.hours(clinic.place, found, make.opd(tokens=2), make.open_time(make.time(14)))
    return found


@pytest.fixture
def theatre(clinic):
    found = make.resource(clinic.place, ResourceKind.LOCATION, name="Theatre 1")
    make.hours(clinic.place, found)
    return found


def given(role, clinic, resource=None):
    """Give somebody a role for one resource, else for the whole place."""
    user = make.user(None)
    reach = Reach(clinic.place.id, resource_id=resource.id if resource else None)
    accounts.give_role(user.username, role, reach, by=SYSTEM, now=NOW)
    return user.actor


def opened(clinic, place, **how):
    directory.open_place(clinic.place, place.public_id, by=SYSTEM, now=NOW, **how)


def surge(clinic):
    accounts.add_role(SURGE, by=SYSTEM, now=NOW)
    return given("surge", clinic)


def emergency(clinic, theatre, by):
    order = make.timed_order(
        clinic.place,
        theatre,
        clinic.visit,
        make.patient(),
        local(14),
        priority=Priority.URGENT,
    )
    return service.admit_emergency(order, "Bleeding", by=by, now=NOW)


def over_slots(clinic, doctor, by):
    order = make.timed_order(
        clinic.place, doctor, clinic.visit, make.patient(), local(10)
    )
    return service.book_over_slots(order, "Urgent review", by=by, now=NOW)


def absence(clinic, doctor):
    return Absence(clinic.place.public_id, doctor.public_id, local(17), local(9))


class TestDoctors:
    def test_set_their_own_slots_aside_and_nobody_elses(self, clinic, menon):
        rao = given(Role.DOCTOR, clinic, clinic.rao)

        assert over_slots(clinic, clinic.rao, rao).appointment.over_slots
        with pytest.raises(ForbiddenError):
            over_slots(clinic, menon, rao)

    def test_of_the_whole_place_set_no_slots_aside(self, clinic):
        anybody = given(Role.DOCTOR, clinic)

        with pytest.raises(ForbiddenError):
            over_slots(clinic, clinic.rao, anybody)

    def test_are_away_themselves_and_send_nobody_away(self, clinic, menon):
        rao = given(Role.DOCTOR, clinic, clinic.rao)

        told = service.mark_absent(absence(clinic, clinic.rao), by=rao, now=NOW)

        assert told.resource.id == clinic.rao.id
        with pytest.raises(ForbiddenError):
            service.mark_absent(absence(clinic, menon), by=rao, now=NOW)

    def test_see_the_leave_that_is_theirs(self, clinic, menon):
        rao = given(Role.DOCTOR, clinic, clinic.rao)
        mine, other = (
            service.mark_absent(absence(clinic, each), by=SYSTEM, now=NOW)
            for each in (clinic.rao, menon)
        )

        seen = leave_queries.cascades(clinic.place, DAY, by=rao)

        assert [each.id for each in seen] == [mine.id]
        with pytest.raises(NotFoundError):
            leave_queries.cascade(other.id, by=rao, now=NOW)

    def test_see_the_procedures_that_name_them_and_for_whom(self, clinic, menon):
        rao, asha = given(Role.DOCTOR, clinic, clinic.rao), make.patient()
        mine, other = (
            service.add_procedure(
                NewProcedure(
                    clinic.place.public_id,
                    "Biopsy",
                    clinic.visit.public_id,
                    30,
                    (Member(doctor.public_id),),
                    (asha.public_id,),
                ),
                by=SYSTEM,
                now=NOW,
            )
            for doctor in (clinic.rao, menon)
        )

        (seen,) = procedure_queries.procedures(clinic.place, by=rao)

        assert (seen.id, seen.order.patient_ids) == (mine.id, (asha.public_id,))
        with pytest.raises(NotFoundError):
            procedure_queries.procedure(other.id, by=rao)

    def test_ask_when_they_are_free_and_not_when_others_are(self, clinic, menon):
        rao = given(Role.DOCTOR, clinic, clinic.rao)

        def ask(doctor):
            asked = Seeking((Member(doctor.public_id),), minutes=30)
            return procedure_queries.first_openings(
                clinic.place, asked, by=rao, now=NOW
            )

        assert ask(clinic.rao)
        with pytest.raises(ForbiddenError):
            ask(menon)

    def test_see_who_of_theirs_lost_a_place(self, clinic, menon):
        rao, other = (given(Role.DOCTOR, clinic, each) for each in (clinic.rao, menon))
        lost = [clinic.token(11, 30), clinic.token(11, 30)]
        order = clinic.order(11, 30)
        service.add_rule(make_rule_of_that_day(), by=SYSTEM, now=NOW)
        service.book_over_slots(order, "Urgent review", by=SYSTEM, now=NOW)

        seen = displacement_queries.rebookings(clinic.place, by=rao)

        assert {e.appointment.id for e in seen} == {each.id for each in lost}
        assert displacement_queries.rebookings(clinic.place, by=other) == []


def make_rule_of_that_day():
    """Send tokens of slots that close to slots of that day alone."""
    return NewRule("later_days", {"days": 0})


class TestRestrictedPlaces:
    def test_take_an_emergency_of_who_is_authorised(self, clinic, theatre):
        opened(clinic, theatre, restricted=True)
        keeper = given(Role.LOCATION_MANAGER, clinic, theatre)

        with pytest.raises(ForbiddenError) as refused:
            emergency(clinic, theatre, surge(clinic))

        assert Role.RECEPTION not in refused.value.params["may"]
        assert emergency(clinic, theatre, keeper).appointment.resource.id == theatre.id

    def test_take_it_of_who_could_approve_it_where_they_need_approval(
        self, clinic, theatre
    ):
        opened(clinic, theatre, needs_approval=True)

        with pytest.raises(ForbiddenError) as refused:
            emergency(clinic, theatre, surge(clinic))

        assert refused.value.params["permission"] == Permission.APPROVE

    @pytest.mark.parametrize("how", ["restricted", "needs_approval"])
    def test_are_never_chosen_for_a_set(self, clinic, theatre, how):
        opened(clinic, theatre, **{how: True})
        desk = given(Role.RECEPTION, clinic)
        keeper = given(Role.LOCATION_MANAGER, clinic, theatre)
        asked = Seeking((Member(kind=ResourceKind.LOCATION),), minutes=30)

        with pytest.raises(NoneFreeError) as refused:
            procedure_queries.first_openings(clinic.place, asked, by=desk, now=NOW)

        (passed,) = refused.value.params["passed"]
        assert passed.resource.id == theatre.id
        (found,) = procedure_queries.first_openings(
            clinic.place, asked, by=keeper, now=NOW
        )
        assert found.parts[0].resource.id == theatre.id

    def test_are_held_for_nobody_whose_own_place_is_gone(self, clinic, theatre):
        room = make.resource(clinic.place, ResourceKind.LOCATION, name="Theatre 2")
        make.hours(clinic.place, room)
        opened(clinic, theatre, restricted=True)
        also = (Want(room.public_id),)
        order = make.timed_order(
            clinic.place, clinic.rao, clinic.visit, make.patient(), local(14), also=also
        )
        service.book_timed(order, by=SYSTEM, now=NOW)
        keepers = [
            given(Role.LOCATION_MANAGER, clinic, room),
            given(Role.LOCATION_MANAGER, clinic),
        ]

        remedies = []
        for keeper in keepers:
            told = service.mark_absent(absence(clinic, room), by=keeper, now=NOW)
            remedies.append({each.remedy for each in told.items[0].proposals})
            service.undo_cascade(told.id, by=SYSTEM, now=NOW)

        assert Remedy.INSTEAD not in remedies[0]
        assert Remedy.INSTEAD in remedies[1]

    def test_show_their_conflicts_to_who_keeps_them(self, clinic, theatre):
        also = (Want(theatre.public_id),)
        order = make.timed_order(
            clinic.place, clinic.rao, clinic.visit, make.patient(), local(14), also=also
        )
        service.book_timed(order, by=SYSTEM, now=NOW)
        directory.change_resource(theatre.public_id, by=SYSTEM, now=NOW, active=False)
        keeper = given(Role.LOCATION_MANAGER, clinic, theatre)
        (conflict,) = resource_queries.conflicts(clinic.place.public_id, by=keeper)

        solved = service.cancel_conflict(conflict.id, "No theatre", by=keeper, now=NOW)

        assert solved.resolved_at == NOW

    def test_are_offered_to_nobody_who_waits(self, clinic):
        room = make.resource(clinic.place, ResourceKind.ROOM)
        make.hours(clinic.place, room)
        clinic.visit = make.kind(minutes=30, requires_room=True)
        wishes = NewWaiting(
            clinic.place.public_id,
            make.patient().public_id,
            clinic.visit.public_id,
            first_day=MONDAY,
            last_day=MONDAY,
        )
        service.join_waitlist(wishes, by=SYSTEM, now=NOW)

        offered = []
        for restricted in (True, False):
            opened(clinic, room, restricted=restricted)
            service.offer_freed(by=SYSTEM, now=NOW)
            (entry,) = queries.waitlist(clinic.place, by=SYSTEM)
            offered.append(entry.offer is not None)

        assert offered == [False, True]
