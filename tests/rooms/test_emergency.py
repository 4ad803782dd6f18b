"""An emergency in a theatre: cases of lower priority give way and get a place held."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.accounts.permissions import Role
from app.audit.models import AuditEvent
from app.booking import displacement_queries, queries, service
from app.booking.errors import HoldLostError, SlotTakenError, StatusError
from app.booking.kinds import GaveWay, Priority, Rebook
from app.booking.setting import NewRule
from app.booking.states import Status
from app.booking.views import NewPlace, NewWaiting, Want
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, InputError
from tests import factories as make
from tests.factories import MONDAY, NOW, local
from tests.rooms.theatre import Theatre

TUESDAY = MONDAY + timedelta(days=1)
LATER = NOW + timedelta(hours=49)


@pytest.fixture
def theatre(session):
    return Theatre()


def now_of(told):
    return queries.appointment(told.id, by=SYSTEM)


class TestGivingWay:
    def test_an_elective_case_gives_way_and_its_next_opening_is_held(self, theatre):
        case = theatre.case(10, also=(Want(theatre.surgeon.public_id),))

        made = theatre.emergency(10)

        assert made.appointment.priority is Priority.EMERGENCY
        assert now_of(case).status is Status.CANCELLED
        (entry,) = made.entries
        assert (entry.outcome, entry.was) == (GaveWay.LISTED, case.span)
        held = entry.rebooking.proposal
        assert (held.status, held.span) == (
            Status.HELD,
            make.span(local(12), 120),
        )
        assert {each.resource.id for each in held.resources} == {
            theatre.ot.id,
            theatre.surgeon.id,
        }
        assert [each.id for each in held.patients] == [e.id for e in case.patients]

    @pytest.mark.parametrize(
        ("away_from", "start"),
        [((16, 0), local(14)), ((15, 30), local(9, day=TUESDAY))],
    )
    def test_the_opening_is_one_of_all_its_resources_together(
        self, theatre, away_from, start
    ):
        # The machine is needed in the second hour, and the surgeon talks until two.
        arm = Want(theatre.arm.public_id, make.span(local(11), 60))
        theatre.case(10, also=(Want(theatre.surgeon.public_id), arm))
        talk = make.timed_order(
            theatre.place,
            theatre.surgeon,
            theatre.surgery,
            None,
            local(12),
            ends_at=local(14),
        )
        service.book_timed(talk, by=SYSTEM, now=NOW)
        make.away(theatre.place, theatre.arm, local(*away_from), 60)

        (entry,) = theatre.emergency(10).entries

        held = entry.rebooking.proposal
        parts = {each.resource.id: each.during for each in held.resources}
        assert held.span == make.span(start, 120)
        hour = timedelta(hours=1)
        assert parts[theatre.arm.id] == make.span(start + hour, 60)

    def test_a_full_day_leads_to_the_next_one(self, theatre):
        case = theatre.case(10)
        theatre.case(12, minutes=300)

        theatre.emergency(9, minutes=180)

        held = theatre.waiting()[0].proposal
        assert now_of(case).status is Status.CANCELLED
        assert held.span.start == local(9, day=TUESDAY)

    def test_only_as_many_give_way_as_need_be_and_the_least_urgent(self, session):
        theatre = Theatre(capacity=2)
        urgent = theatre.case(10, priority=Priority.URGENT)
        routine = theatre.case(10, priority=Priority.ROUTINE)

        made = theatre.emergency(11)

        assert [each.appointment.id for each in made.entries] == [routine.id]
        assert now_of(urgent).status is Status.SCHEDULED

    def test_of_equals_the_one_booked_last_gives_way(self, session):
        theatre = Theatre(capacity=2)
        first, last = theatre.case(10), theatre.case(10)

        made = theatre.emergency(10)

        assert [each.appointment.id for each in made.entries] == [last.id]
        assert now_of(first).status is Status.SCHEDULED

    def test_a_case_it_does_not_touch_stays(self, theatre):
        before, after = theatre.case(9, minutes=60), theatre.case(12)

        made = theatre.emergency(10)

        assert made.entries == ()
        assert now_of(before).status is now_of(after).status is Status.SCHEDULED

    @pytest.mark.parametrize("priority", [Priority.EMERGENCY, Priority.URGENT])
    def test_an_equal_or_higher_one_never_gives_way(self, theatre, priority):
        case = theatre.case(10, priority=priority)

        with pytest.raises(SlotTakenError) as refused:
            theatre.emergency(10, priority=Priority.URGENT)

        (clash,) = refused.value.params["clashes"]
        assert clash.reference == case.reference
        assert now_of(case) == case

    def test_one_in_progress_never_gives_way(self, theatre):
        case = theatre.case(10)
        for status in (Status.CHECKED_IN, Status.IN_PROGRESS):
            service.attend(case.id, status, by=SYSTEM, now=NOW)

        with pytest.raises(SlotTakenError):
            theatre.emergency(10)

        assert now_of(case).status is Status.IN_PROGRESS

    def test_one_that_has_arrived_does(self, theatre):
        case = theatre.case(10)
        service.attend(case.id, Status.CHECKED_IN, by=SYSTEM, now=NOW)

        theatre.emergency(10)

        assert now_of(case).status is Status.CANCELLED

    def test_the_surgeons_token_slots_close_as_well(self, session):
        theatre = Theatre()
        doctor = make.resource(theatre.place, token_prefix="B")
        make.hours(theatre.place, doctor, make.opd(tokens=2))
        order = make.token_order(
            theatre.place, doctor, theatre.surgery, make.patient(), local(10)
        )
        token = service.book_token(order, by=SYSTEM, now=NOW)

        made = theatre.emergency(10, minutes=30, also=(Want(doctor.public_id),))

        assert [each.resource.id for each in made.closed] == [doctor.id]
        assert now_of(token).span.start == local(10, 30)

    def test_who_is_on_the_waitlist_does_not_get_the_place_between(self, theatre):
        theatre.case(10)
        wishes = NewWaiting(
            theatre.place.public_id,
            make.patient().public_id,
            theatre.surgery.public_id,
            first_day=MONDAY,
            last_day=MONDAY,
            resource_id=theatre.ot.public_id,
            earliest=make.time(10),
            latest=make.time(12),
        )
        service.join_waitlist(wishes, by=SYSTEM, now=NOW)

        made = theatre.emergency(10)

        assert made.appointment.span.start == local(10)

    def test_no_rule_and_no_limit_stands_in_its_way(self, theatre):
        for rule in (
            NewRule("lead_time", {"minutes": 100_000}),
            NewRule("daily_limit", {"limit": 0}),
        ):
            service.add_rule(rule, by=SYSTEM, now=NOW)

        assert theatre.emergency(10).appointment.status is Status.SCHEDULED


class TestAllOrNothing:
    def test_one_case_that_may_not_go_keeps_all(self, theatre):
        elective = theatre.case(10, minutes=60)
        theatre.case(11, minutes=60, priority=Priority.EMERGENCY)

        with pytest.raises(SlotTakenError):
            theatre.emergency(10)

        assert now_of(elective) == elective
        assert theatre.waiting() == []

    def test_a_preview_tells_what_would_come_of_it_and_keeps_nothing(
        self, session, theatre
    ):
        case = theatre.case(10)
        order = theatre.order(10, priority=Priority.EMERGENCY)

        seen = displacement_queries.preview_emergency(order, "x", by=SYSTEM, now=NOW)

        (entry,) = seen.entries
        assert entry.rebooking.proposal.span.start == local(12)
        assert now_of(case) == case
        assert session.scalar(text("SELECT count(*) FROM displacements")) == 0

    def test_it_keeps_who_why_and_what_moved(self, session, theatre):
        case = theatre.case(10)
        admin = make.user(Role.ADMIN).actor

        made = theatre.emergency(10, by=admin)

        told = displacement_queries.displacement(made.id, by=SYSTEM)
        assert (told.made_by, told.reason) == (admin.name, "Ruptured spleen")
        assert told.entries[0].appointment.id == case.id
        found = select(AuditEvent).where(AuditEvent.action == "displacement.made")
        assert session.scalars(found).one().actor == admin.key

    def test_a_reason_cannot_be_blank_in_the_database_either(self, session, theatre):
        theatre.emergency(10)

        with (
            pytest.raises(IntegrityError, match="ck_displacements_reason"),
            session.begin_nested(),
        ):
            session.execute(text("UPDATE displacements SET reason = ' '"))


class TestWhoMay:
    def test_the_desk_may_not_and_is_told_who_may(self, theatre):
        meena = make.user(Role.RECEPTION, theatre.place).actor

        with pytest.raises(ForbiddenError) as refused:
            theatre.emergency(10, by=meena, priority=Priority.URGENT)

        assert refused.value.params["permission"] == "booking:displace"
        assert Role.LOCATION_MANAGER in refused.value.params["may"]

    def test_the_desk_may_not_book_what_nobody_could_displace(self, theatre):
        meena = make.user(Role.RECEPTION, theatre.place).actor
        order = theatre.order(10, priority=Priority.EMERGENCY)

        with pytest.raises(ForbiddenError):
            service.book_timed(order, by=meena, now=NOW)

    def test_it_is_for_locations(self, theatre):
        order = make.timed_order(
            theatre.place,
            theatre.surgeon,
            theatre.surgery,
            make.patient(),
            local(10),
        )

        with pytest.raises(InputError) as refused:
            service.admit_emergency(order, "x", by=SYSTEM, now=NOW)

        assert refused.value.params["reason"] == "no_location"


class TestRebooking:
    def test_the_held_place_is_booked_when_it_is_confirmed(self, theatre):
        case = theatre.case(10)
        theatre.emergency(10)
        (entry,) = theatre.waiting()

        done = service.rebook(entry.id, None, by=SYSTEM, now=NOW)

        assert done.status is Rebook.BOOKED
        assert done.booked.id == entry.proposal.id
        assert done.booked.status is Status.SCHEDULED
        assert done.booked.span == entry.proposal.span
        assert done.appointment.id == case.id
        assert theatre.waiting() == []

    def test_nobody_else_can_have_what_is_held(self, theatre):
        theatre.case(10)
        theatre.emergency(10)

        with pytest.raises(SlotTakenError):
            theatre.case(12)

    def test_confirming_the_hold_itself_ends_the_waiting_too(self, theatre):
        theatre.case(10)
        theatre.emergency(10)
        (entry,) = theatre.waiting()

        service.confirm(entry.proposal.id, (), by=SYSTEM, now=NOW)

        assert theatre.waiting() == []

    def test_another_place_can_be_booked_instead(self, theatre):
        theatre.case(10)
        theatre.emergency(10)
        (entry,) = theatre.waiting()

        to = NewPlace(local(14))
        done = service.rebook(entry.id, to, by=SYSTEM, now=NOW)

        assert done.booked.span == make.span(local(14), 120)
        assert now_of(entry.proposal).status is Status.EXPIRED
        assert theatre.case(12).status is Status.SCHEDULED

    def test_a_hold_that_ran_out_is_told_and_another_can_be_proposed(self, theatre):
        theatre.case(10)
        theatre.emergency(10)
        (entry,) = theatre.waiting()

        with pytest.raises(HoldLostError):
            service.rebook(entry.id, None, by=SYSTEM, now=LATER)
        again = service.propose_rebooking(entry.id, by=SYSTEM, now=LATER)

        assert again.proposal.span.start >= LATER
        done = service.rebook(entry.id, None, by=SYSTEM, now=LATER)
        assert done.booked.id == again.proposal.id

    def test_striking_somebody_off_frees_what_was_held(self, theatre):
        theatre.case(10)
        theatre.emergency(10)
        (entry,) = theatre.waiting()

        done = service.drop_rebooking(entry.id, "Went elsewhere", by=SYSTEM, now=NOW)

        assert (done.status, done.resolution) == (Rebook.CANCELLED, "Went elsewhere")
        assert theatre.case(12).status is Status.SCHEDULED

    def test_nobody_is_booked_twice_from_one_entry(self, theatre):
        theatre.case(10)
        theatre.emergency(10)
        (entry,) = theatre.waiting()
        service.rebook(entry.id, None, by=SYSTEM, now=NOW)

        with pytest.raises(StatusError):
            service.rebook(entry.id, None, by=SYSTEM, now=NOW)

    def test_who_is_taken_up_again_waits_no_more(self, theatre):
        case = theatre.case(10)
        made = theatre.emergency(10)
        service.cancel(made.appointment.id, "Transferred", by=SYSTEM, now=NOW)

        service.undo(case.id, by=SYSTEM, now=NOW)

        assert theatre.waiting() == []
        assert theatre.case(12).status is Status.SCHEDULED

    def test_a_displaced_token_is_booked_into_a_slot_by_hand(self, session, theatre):
        doctor = make.resource(theatre.place, token_prefix="B")
        opd = make.opd(tokens=1, end=make.time(10, 30), weekdays=(0,))
        make.hours(theatre.place, doctor, opd)
        service.add_rule(NewRule("later_days", {"days": 1}), by=SYSTEM, now=NOW)
        token = make.token_order(
            theatre.place, doctor, theatre.surgery, make.patient(), local(10)
        )
        service.book_token(token, by=SYSTEM, now=NOW)
        order = make.timed_order(
            theatre.place,
            doctor,
            theatre.surgery,
            make.patient(),
            local(10),
            ends_at=local(10, 30),
        )
        service.book_over_slots(order, "Urgent", by=SYSTEM, now=NOW)
        (entry,) = theatre.waiting()

        week = local(10, day=MONDAY + timedelta(days=7))
        done = service.rebook(entry.id, NewPlace(week), by=SYSTEM, now=NOW)

        assert done.booked.token == "B-01"
