"""A timed booking over token slots: they close, and their people go on."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.accounts.permissions import Role
from app.audit.models import AuditEvent
from app.booking import displacement_queries, queries, service
from app.booking.errors import NotOfferedError, SlotTakenError
from app.booking.kinds import GaveWay, Rebook
from app.booking.setting import NewRule
from app.booking.states import Status
from app.booking.views import Holding, NewPlace, Want
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, InputError
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import MONDAY, NOW, local
from tests.rooms.clinic import Clinic

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def clinic(session):
    return Clinic()


def now_of(told):
    return queries.appointment(told.id, by=SYSTEM)


class TestClosing:
    def test_a_plain_booking_over_a_slot_is_refused_and_says_who_may(self, clinic):
        with pytest.raises(NotOfferedError) as refused:
            service.book_timed(clinic.order(10), by=SYSTEM, now=NOW)

        assert refused.value.params["reason"] == "token_slot"
        assert Role.ADMIN in refused.value.params["may"]

    def test_without_the_permission_it_is_refused_and_says_who_may(self, clinic):
        meena = make.user(Role.RECEPTION, clinic.place).actor

        with pytest.raises(ForbiddenError) as refused:
            clinic.override(10, by=meena)

        assert refused.value.params["permission"] == "booking:override_slots"
        assert refused.value.params["may"] == (
            Role.ADMIN,
            Role.DOCTOR,
            Role.LOCATION_MANAGER,
            Role.LOCATION_OWNER,
        )
        assert clinic.slot(10).left == 2

    def test_closes_even_an_empty_slot_for_listings_and_for_tokens(self, clinic):
        told = clinic.override(10)

        assert [each.span.start for each in told.closed] == [local(10)]
        assert clinic.slot(10).blocked
        assert clinic.slot(10).left == 0
        with pytest.raises(NotOfferedError) as refused:
            clinic.token(10)
        assert refused.value.params["reason"] == "closed"
        assert clinic.token(10, 30).token == "A-01"

    def test_a_slot_it_only_touches_closes_whole(self, clinic):
        told = clinic.override(10, 20, minutes=20)

        assert [each.span.start for each in told.closed] == [local(10), local(10, 30)]
        assert told.appointment.span == make.span(local(10, 20), 20)
        with pytest.raises(NotOfferedError):
            clinic.token(10)
        with pytest.raises(NotOfferedError):
            clinic.token(10, 30)

    def test_its_buffers_close_slots_too(self, session):
        clinic = Clinic()
        clinic.visit = make.kind(minutes=30, buffer_before=10)

        told = clinic.override(10, 30)

        assert [each.span.start for each in told.closed] == [local(10), local(10, 30)]

    def test_no_place_in_the_month_and_among_the_next_openings(self, clinic):
        clinic.override(10, minutes=120)

        (month,) = queries.month(clinic.place, [clinic.rao], MONDAY, by=SYSTEM, now=NOW)
        assert month.days[0].tokens_free == 0
        first = queries.openings(
            clinic.place, clinic.rao, clinic.visit.public_id, NOW, by=SYSTEM, now=NOW
        )[0]
        assert first.span.start == local(14)

    def test_a_hold_cannot_take_a_place_there_either(self, clinic):
        clinic.override(10)
        order = make.token_order(
            clinic.place, clinic.rao, clinic.visit, None, local(10)
        )

        with pytest.raises(NotOfferedError):
            service.hold_token(order, Holding("k"), by=SYSTEM, now=NOW)

    def test_the_database_itself_lets_nobody_into_a_closed_slot(self, session, clinic):
        clinic.override(10)

        with (
            pytest.raises(IntegrityError, match="ck_token_slots_closed"),
            session.begin_nested(),
        ):
            session.execute(text("UPDATE token_slots SET taken = taken + 1"))

    def test_a_part_outside_hours_and_slots_is_refused(self, clinic):
        with pytest.raises(NotOfferedError) as refused:
            clinic.override(11, 45, minutes=30)

        assert refused.value.params["reason"] == "hours"

    def test_another_timed_booking_in_the_way_stays(self, clinic):
        first = clinic.override(10)

        with pytest.raises(SlotTakenError) as refused:
            clinic.override(10, 15)

        (clash,) = refused.value.params["clashes"]
        assert clash.reference == first.appointment.reference

    def test_a_reason_is_needed(self, clinic):
        with pytest.raises(InputError):
            service.book_over_slots(clinic.order(10), "  ", by=SYSTEM, now=NOW)

    def test_a_booking_over_slots_is_not_stranded(self, clinic):
        clinic.override(10)

        day = make.span(local(0), 24 * 60)
        assert queries.stranded(clinic.place, day, by=SYSTEM, now=NOW) == []


class TestMovingOn:
    def test_tokens_go_to_the_next_slot_in_order_with_new_numbers(self, clinic):
        first, second = clinic.token(10), clinic.token(10)

        told = clinic.override(10)

        moved = [now_of(each) for each in (first, second)]
        assert [each.span.start for each in moved] == [local(10, 30)] * 2
        assert [each.token for each in moved] == ["A-03", "A-04"]
        assert [each.outcome for each in told.entries] == [GaveWay.MOVED] * 2
        assert [each.was_token for each in told.entries] == ["A-01", "A-02"]
        assert [each.token for each in told.entries] == ["A-03", "A-04"]

    def test_an_old_number_is_never_given_again(self, clinic):
        clinic.token(10)
        clinic.override(10)

        assert clinic.token(11).token == "A-03"

    def test_nobody_goes_before_who_had_a_lower_number(self, clinic):
        first, second, third = clinic.token(10), clinic.token(10), clinic.token(10, 30)
        clinic.override(10)

        starts = [now_of(each).span.start for each in (first, second)]
        assert starts == [local(10, 30), local(11)]
        assert now_of(third).span.start == local(10, 30)

    def test_nor_before_who_cannot_come_to_the_next_slot(self, clinic):
        first, second = clinic.token(10), clinic.token(10)
        other = make.resource(clinic.place)
        make.hours(clinic.place, other)
        elsewhere = make.timed_order(
            clinic.place, other, clinic.visit, first.patient, local(10, 30)
        )
        service.book_timed(elsewhere, by=SYSTEM, now=NOW)
        service.add_rule(NewRule("patient_overlap"), by=SYSTEM, now=NOW)

        clinic.override(10)

        starts = [now_of(each).span.start for each in (first, second)]
        assert starts == [local(11), local(11)]

    def test_a_full_day_leads_to_the_next_one(self, session):
        clinic = Clinic(tokens=1, end=time(11))
        first, last = clinic.token(10), clinic.token(10, 30)

        clinic.override(10)

        assert now_of(first).span.start == local(10, day=TUESDAY)
        assert now_of(first).token == "A-01"
        assert now_of(last).span.start == local(10, 30)

    def test_no_further_than_the_rule_says_then_the_list(self, session):
        clinic = Clinic(tokens=1, end=time(11))
        first = clinic.token(10)
        clinic.token(10, 30)
        rule = NewRule("later_days", {"days": 0}, resource_id=clinic.rao.public_id)
        service.add_rule(rule, by=SYSTEM, now=NOW)

        told = clinic.override(10)

        (entry,) = told.entries
        assert entry.outcome is GaveWay.LISTED
        assert entry.rebooking.status is Rebook.OPEN
        assert entry.rebooking.reason == "Urgent review"
        assert now_of(first).status is Status.CANCELLED
        (listed,) = displacement_queries.rebookings(clinic.place, by=SYSTEM)
        assert listed.id == entry.rebooking.id

    def test_a_rule_of_the_next_day_sends_them_to_the_list(self, session):
        clinic = Clinic(tokens=1, end=time(11))
        clinic.token(10)
        clinic.token(10, 30)
        limit = NewRule("horizon", {"days": 0}, resource_id=clinic.rao.public_id)
        service.add_rule(limit, by=SYSTEM, now=NOW)

        (entry,) = clinic.override(10).entries

        assert entry.outcome is GaveWay.LISTED

    def test_who_has_arrived_goes_on_the_list_and_not_unasked_elsewhere(self, clinic):
        told = clinic.token(10)
        service.attend(told.id, Status.CHECKED_IN, by=SYSTEM, now=NOW)

        (entry,) = clinic.override(10).entries

        assert entry.outcome is GaveWay.LISTED

    def test_who_is_in_the_room_stays_and_the_booking_is_refused(self, clinic):
        told = clinic.token(10)
        other = clinic.token(10)
        for status in (Status.CHECKED_IN, Status.IN_PROGRESS):
            service.attend(told.id, status, by=SYSTEM, now=NOW)

        with pytest.raises(SlotTakenError):
            clinic.override(10)

        assert now_of(other) == other

    def test_a_visit_that_is_over_stays_and_keeps_its_place(self, session, clinic):
        done = clinic.token(10)
        for status in (Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED):
            service.attend(done.id, status, by=SYSTEM, now=NOW)
        waiting = clinic.token(10)

        told = clinic.override(10, 15, minutes=15)

        assert [each.appointment.id for each in told.entries] == [waiting.id]
        assert now_of(done).span.start == local(10)
        assert session.scalar(text("SELECT kept FROM token_slots WHERE kept > 0")) == 1
        service.cancel(told.appointment.id, "over", by=SYSTEM, now=NOW)
        claims = "SELECT count(*) FROM booking_resources WHERE active AND"
        assert session.scalar(text(f"{claims} token_slot_id IS NOT NULL")) == 2
        assert clinic.token(10).token == "A-04"

    def test_a_request_moves_without_a_number_and_a_hold_is_let_go(self, clinic):
        asked = clinic.token(10, request=True)
        order = make.token_order(
            clinic.place, clinic.rao, clinic.visit, None, local(10)
        )
        held = service.hold_token(order, Holding("k"), by=SYSTEM, now=NOW)

        told = clinic.override(10)

        assert now_of(asked).span.start == local(10, 30)
        assert now_of(asked).token is None
        assert now_of(held).status is Status.EXPIRED
        outcomes = {each.appointment.id: each.outcome for each in told.entries}
        assert outcomes == {asked.id: GaveWay.MOVED, held.id: GaveWay.RELEASED}

    def test_a_token_takes_its_chair_along(self, session):
        clinic = Clinic(tokens=1)
        chair = make.resource(clinic.place, ResourceKind.CHAIR)
        make.hours(clinic.place)
        clinic.visit = make.kind(minutes=30, requires_chair=True)
        told = clinic.token(10)
        clinic.visit = make.kind(minutes=30)

        clinic.override(10)

        (claim,) = now_of(told).resources
        assert (claim.resource.id, claim.during.start) == (chair.id, local(10, 30))


class TestAllOrNothing:
    def test_a_room_that_is_taken_leaves_everything_as_it_was(self, clinic):
        told = clinic.token(10)
        room = make.resource(clinic.place, ResourceKind.ROOM)
        make.hours(clinic.place)
        taken = make.timed_order(clinic.place, room, clinic.visit, None, local(10))
        service.book_timed(taken, by=SYSTEM, now=NOW)

        with pytest.raises(SlotTakenError):
            clinic.override(10, also=(Want(room.public_id),))

        assert now_of(told) == told
        assert not clinic.slot(10).blocked
        assert displacement_queries.rebookings(clinic.place, by=SYSTEM) == []

    def test_a_preview_tells_the_same_and_keeps_nothing(self, session, clinic):
        told = clinic.token(10)
        order = clinic.order(10)

        seen = displacement_queries.preview_over_slots(
            order, "Urgent", by=SYSTEM, now=NOW
        )

        assert [each.span.start for each in seen.closed] == [local(10)]
        (entry,) = seen.entries
        assert (entry.outcome, entry.to.start) == (GaveWay.MOVED, local(10, 30))
        assert now_of(told) == told
        assert not clinic.slot(10).blocked
        tables = ("displacements", "rebookings", "displacement_entries")
        for table in tables:
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
        made = service.book_over_slots(order, "Urgent", by=SYSTEM, now=NOW)
        assert made.entries[0].to == entry.to

    def test_it_is_written_who_did_it_why_and_what_moved(self, session, clinic):
        told = clinic.token(10)
        admin = make.user(Role.ADMIN).actor

        made = clinic.override(10, by=admin)

        read = displacement_queries.displacement(made.id, by=SYSTEM)
        assert (read.reason, read.made_by) == ("Urgent review", admin.name)
        found = select(AuditEvent).where(AuditEvent.action == "displacement.made")
        line = session.scalars(found).one()
        assert line.actor == admin.key
        assert line.after["entries"][0]["appointment"] == told.reference


class TestOpeningAgain:
    def test_cancelling_the_booking_opens_the_slot(self, clinic):
        made = clinic.override(10)

        service.cancel(made.appointment.id, "Not needed", by=SYSTEM, now=NOW)

        assert clinic.slot(10).left == 2
        assert clinic.token(10).token == "A-01"

    def test_moving_it_away_opens_the_slot(self, clinic):
        made = clinic.override(10)

        to = NewPlace(local(15))
        service.move(made.appointment.id, to, by=SYSTEM, now=NOW)

        assert clinic.slot(10).left == 2

    def test_the_slot_stays_closed_while_another_booking_is_in_it(self, clinic):
        first = clinic.override(10, minutes=15)
        second = clinic.override(10, 15, minutes=15)

        service.cancel(first.appointment.id, "Not needed", by=SYSTEM, now=NOW)
        with pytest.raises(NotOfferedError) as refused:
            clinic.token(10)
        assert refused.value.params["reason"] == "closed"

        service.cancel(second.appointment.id, "Not needed", by=SYSTEM, now=NOW)
        assert clinic.slot(10).left == 2

    def test_cancelling_cannot_be_undone_once_the_slot_is_open(self, clinic):
        made = clinic.override(10)
        service.cancel(made.appointment.id, "Not needed", by=SYSTEM, now=NOW)

        with pytest.raises(NotOfferedError):
            service.undo(made.appointment.id, by=SYSTEM, now=NOW)

    def test_who_was_missed_does_not_come_back_into_a_closed_slot(self, clinic):
        told = clinic.token(10)
        service.no_show(told.id, by=SYSTEM, now=NOW)
        over = clinic.override(10)

        with pytest.raises(NotOfferedError) as refused:
            service.undo(told.id, by=SYSTEM, now=NOW)

        assert refused.value.params["reason"] == "closed"
        assert now_of(told).status is Status.NO_SHOW
        service.cancel(over.appointment.id, "ill", by=SYSTEM, now=NOW)
        assert service.undo(told.id, by=SYSTEM, now=NOW).status is Status.SCHEDULED
