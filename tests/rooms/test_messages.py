"""What patients and staff are told: rows, in the act they tell of."""

import pytest
from msgspec.structs import replace
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import IntegrityError

from app.accounts.permissions import Role
from app.booking import queries, service
from app.booking.states import Status
from app.booking.views import Arrangement, NewPlace, NewWaiting, Want
from app.core.actor import SYSTEM
from app.core.db import db, transaction
from app.core.errors import ForbiddenError, NotFoundError
from app.notifications import queries as notifications
from app.notifications import wording
from app.notifications.kinds import Channel, Sending, Told
from app.notifications.models import Message
from app.notifications.views import TextView
from tests import factories as make
from tests.factories import MONDAY, NOW, local
from tests.rooms import cast as people
from tests.rooms.cast import STRANGER
from tests.rooms.clinic import Clinic
from tests.rooms.theatre import Theatre


def told(appointment):
    """Give what was told about an appointment, to whom."""
    found = queries.messages(appointment.id, by=SYSTEM)
    return [(each.kind.value, each.recipient) for each in found]


class TestTelling:
    def test_a_booking_tells_the_patient_and_the_desk(self, cast):
        booked = service.book_token(cast.token, by=SYSTEM, now=NOW)

        to_patient, to_desk = queries.messages(booked.id, by=SYSTEM)

        assert (to_patient.kind, to_patient.patient_id) == (Told.BOOKED, cast.asha.id)
        assert to_patient.channel is Channel.UNDECIDED
        assert (to_desk.kind, to_desk.role) == (Told.BOOKED, Role.RECEPTION)
        assert to_desk.channel is Channel.IN_APP
        assert to_patient.status is to_desk.status is Sending.QUEUED

    def test_it_holds_what_the_words_need_and_no_sentence(self, cast):
        booked = service.book_token(cast.token, by=SYSTEM, now=NOW)

        data = queries.messages(booked.id, by=SYSTEM)[0].data

        assert data["reference"] == booked.reference
        assert data["token"] == "A-01"
        assert data["with"] == cast.rao.name
        assert data["starts_at"] == booked.span.start.isoformat()

    def test_a_swap_tells_the_doctors_who_come_and_go_and_nobody_twice(self, cast):
        users = [make.user(Role.DOCTOR) for _ in range(3)]
        rao, came, left = (make.resource(cast.place, user_id=u.id) for u in users)
        for doctor in (rao, came, left):
            make.hours(cast.place, doctor)
        order = make.timed_order(
            cast.place,
            rao,
            cast.visit,
            cast.asha,
            local(10),
            also=[Want(left.public_id)],
        )
        booked = service.book_timed(order, by=SYSTEM, now=NOW)
        to = Arrangement(resources=(Want(rao.public_id), Want(came.public_id)))

        service.assign(booked.id, to, by=users[0].actor, now=NOW)
        service.assign(booked.id, to, by=users[0].actor, now=NOW)

        found = queries.messages(booked.id, by=SYSTEM)
        swaps = [each for each in found if each.kind is Told.REASSIGNED]
        # Who swapped knows already.
        assert {each.user_id for each in swaps} == {users[1].id, users[2].id}
        assert len(swaps) == 2
        assert swaps[0].data["came"] == [came.name]
        assert swaps[0].data["left"] == [left.name]

    def test_a_doctor_who_is_a_user_is_told_instead_of_the_desk(self, session):
        cast = people.assemble()
        user = make.user(Role.DOCTOR)
        doctor = make.resource(cast.place, user_id=user.id)
        make.hours(cast.place, doctor)
        order = make.timed_order(cast.place, doctor, cast.visit, cast.asha, local(10))

        booked = service.book_timed(order, by=SYSTEM, now=NOW)

        assert told(booked) == [("booked", "patient"), ("booked", "user")]
        (mine,) = notifications.mine(by=user.actor)
        assert mine.appointment_id == booked.id

    def test_nobody_is_told_what_they_did_themselves(self, cast):
        user = make.user(Role.ADMIN)
        doctor = make.resource(cast.place, user_id=user.id)
        make.hours(cast.place, doctor)
        order = make.timed_order(cast.place, doctor, cast.visit, cast.asha, local(10))

        booked = service.book_timed(order, by=user.actor, now=NOW)

        assert told(booked) == [("booked", "patient")]

    def test_everybody_of_a_group_is_told_with_their_own_number(self, cast):
        pair = people.pair(cast)

        found = queries.messages(pair.id, by=SYSTEM)

        patients = {each.patient_id for each in found if each.patient_id}
        assert patients == {each.id for each in pair.patients}

    def test_what_another_system_has_told_is_not_told_again(self, cast):
        brought = replace(cast.timed, channel="import")

        booked = service.book_timed(brought, by=SYSTEM, now=NOW)

        assert told(booked) == []

    def test_a_meeting_of_staff_tells_staff_alone(self, cast):
        meeting = replace(cast.timed, patient_id=None)

        booked = service.book_timed(meeting, by=SYSTEM, now=NOW)

        assert told(booked) == [("booked", "role")]


class TestTheWayOfABooking:
    def test_requested_then_approved(self, cast):
        asked = people.asked(cast)
        service.approve(asked.id, by=SYSTEM, now=NOW)

        kinds = [kind for kind, to in told(asked) if to == "patient"]
        assert kinds == ["requested", "approved"]

    def test_denied(self, cast):
        asked = people.asked(cast)
        service.deny(asked.id, "Not here", by=SYSTEM, now=NOW)

        last = queries.messages(asked.id, by=SYSTEM)[-2]
        assert (last.kind, last.data["reason"]) == (Told.DENIED, "Not here")

    def test_a_request_nobody_decided(self, cast):
        asked = people.asked(cast)
        service.expire_requests(by=SYSTEM, now=local(23))

        assert ("expired", "patient") in told(asked)

    def test_moved_says_where_it_was(self, cast):
        booked = people.booked(cast)
        service.move(booked.id, NewPlace(local(15)), by=SYSTEM, now=NOW)

        found = queries.messages(booked.id, by=SYSTEM)[-1]
        assert found.kind is Told.MOVED
        assert found.data["was_starts_at"] == booked.span.start.isoformat()
        assert found.data["starts_at"] == local(15).isoformat()

    def test_moved_to_another_doctor_tells_both(self, cast):
        users = [make.user(Role.DOCTOR), make.user(Role.DOCTOR)]
        first, second = (make.resource(cast.place, user_id=user.id) for user in users)
        make.hours(cast.place, first)
        make.hours(cast.place, second)
        order = make.timed_order(cast.place, first, cast.visit, cast.asha, local(10))
        booked = service.book_timed(order, by=SYSTEM, now=NOW)

        to = NewPlace(local(11), resource_id=second.public_id)
        service.move(booked.id, to, by=SYSTEM, now=NOW)

        moved = [
            each.user_id
            for each in queries.messages(booked.id, by=SYSTEM)
            if each.kind is Told.MOVED and each.user_id
        ]
        assert sorted(moved) == sorted(user.id for user in users)

    def test_a_move_that_goes_nowhere_tells_nothing(self, cast):
        booked = service.book_token(cast.token, by=SYSTEM, now=NOW)
        service.move(booked.id, NewPlace(local(10)), by=SYSTEM, now=NOW)

        assert told(booked) == [("booked", "patient"), ("booked", "role")]

    def test_cancelled_and_taken_back(self, cast):
        booked = people.booked(cast)
        service.cancel(booked.id, "Ill", by=SYSTEM, now=NOW)
        service.undo(booked.id, by=SYSTEM, now=NOW)

        kinds = [kind for kind, to in told(booked) if to == "patient"]
        assert kinds == ["booked", "cancelled", "booked"]

    def test_a_hold_tells_nobody_until_it_is_confirmed(self, cast):
        held = people.held(cast)
        assert told(held) == []

        service.confirm(held.id, (cast.asha.public_id,), by=SYSTEM, now=NOW)

        assert told(held) == [("booked", "patient"), ("booked", "role")]

    def test_arriving_is_known_to_who_arrives(self, cast):
        booked = people.booked(cast)
        service.attend(booked.id, Status.CHECKED_IN, by=SYSTEM, now=NOW)

        assert len(told(booked)) == 2

    def test_who_joins_and_who_leaves_a_group(self, cast):
        booked, other = people.booked(cast), make.patient()
        service.add_participant(booked.id, other.public_id, by=SYSTEM, now=NOW)
        service.remove_participant(booked.id, other.public_id, by=SYSTEM, now=NOW)

        kinds = [
            each.kind
            for each in queries.messages(booked.id, by=SYSTEM)
            if each.patient_id == other.id
        ]
        assert kinds == [Told.BOOKED, Told.CANCELLED]

    def test_what_the_waitlist_offers(self, cast):
        wishes = NewWaiting(
            cast.place.public_id,
            cast.asha.public_id,
            cast.visit.public_id,
            first_day=MONDAY,
            last_day=MONDAY,
        )
        service.join_waitlist(wishes, by=SYSTEM, now=NOW)
        service.offer_freed(by=SYSTEM, now=NOW)

        (entry,) = queries.waitlist(cast.place, by=SYSTEM)
        (message,) = queries.messages(entry.offer.appointment.id, by=SYSTEM)
        assert (message.kind, message.recipient) == (Told.OFFERED, "patient")
        assert message.data["until"] == entry.offer.expires_at.isoformat()

    def test_an_emergency_tells_who_gave_way_of_the_place_held(self, session):
        theatre = Theatre()
        case = theatre.case(10)
        theatre.emergency(10)

        found = queries.messages(case.id, by=SYSTEM)
        kinds = [(each.kind.value, each.recipient) for each in found]
        assert kinds == [
            ("booked", "patient"),
            ("booked", "role"),
            ("displaced", "patient"),
            ("displaced", "role"),
        ]
        assert found[2].data["proposed_starts_at"] == local(12).isoformat()
        # Why somebody else was more urgent is theirs alone.
        assert "spleen" not in str(found[2].data)

    @pytest.mark.parametrize("language", wording.LANGUAGES)
    def test_who_gives_way_is_told_the_new_time_if_there_is_one(
        self, session, language
    ):
        clinic = Clinic(tokens=2)
        token = clinic.token(10)
        clinic.override(10)
        theatre = Theatre()
        case = theatre.case(10)
        theatre.emergency(10)

        moved = displaced(token, language)
        listed = displaced(case, language)

        when, way = f"{MONDAY:%d/%m/%Y} ", wording.usual(Told.DISPLACED, language)
        assert f"{when}10:30" in moved
        assert "A-02" in moved
        assert when not in listed
        # A time that is booked over tokens is no emergency.
        assert way.split("{% if emergency %}")[1].split("{%")[0] in listed
        assert way.split("{% if emergency %}")[1].split("{%")[0] not in moved


def displaced(visit, language):
    """Give what the patient who gave way reads."""
    found = queries.messages(visit.id, by=SYSTEM)
    (told,) = [e for e in found if e.kind is Told.DISPLACED and e.patient_id]
    way = Channel.SMS
    usual = TextView(told.kind, language, way, wording.usual(told.kind, language))
    return wording.say(usual, told.data, visit.facility)


class TestOnceAndTogether:
    def test_a_booking_writes_all_its_messages_in_one_statement(self, cast):
        sent = []

        def note(conn, cursor, statement, *_):
            if "INTO messages" in statement:
                sent.append(statement)

        engine = db.session.connection().engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            people.pair(cast)
        finally:
            event.remove(engine, "before_cursor_execute", note)

        assert len(sent) == 1

    def test_what_is_undone_is_not_told(self, session, cast):
        def fail():
            with transaction():
                people.booked(cast)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()

        assert session.scalars(select(Message)).all() == []

    def test_nothing_is_told_twice(self, session, cast):
        booked = people.booked(cast)
        copy = "INSERT INTO messages SELECT id + 1000, gen_random_uuid()"
        rest = (
            "facility_id, appointment_id, patient_id, user_id, role, kind, data,"
            " channel, status, dedup_key, created_at FROM messages"
        )

        with (
            pytest.raises(IntegrityError, match="uq_messages_dedup_key"),
            session.begin_nested(),
        ):
            session.execute(text(f"{copy}, {rest}"))

        assert len(told(booked)) == 2

    def test_a_message_has_one_recipient(self, session, cast):
        people.booked(cast)

        with (
            pytest.raises(IntegrityError, match="ck_messages_one_recipient"),
            session.begin_nested(),
        ):
            session.execute(update(Message).values(role=Role.NURSE))


class TestReading:
    def test_a_stranger_finds_no_appointment_there(self, cast):
        booked = people.booked(cast)

        with pytest.raises(NotFoundError):
            queries.messages(booked.id, by=STRANGER)

    def test_who_may_look_but_know_no_patient_reads_none(self, cast):
        booked = people.booked(cast)
        anu = make.user(Role.ANALYST, cast.place).actor

        with pytest.raises(ForbiddenError):
            queries.messages(booked.id, by=anu)

    def test_a_desk_reads_what_is_for_the_desk_of_its_facility(self, cast):
        booked = people.booked(cast)
        meena = make.user(Role.RECEPTION, cast.place).actor
        ravi = make.user(Role.RECEPTION, make.facility()).actor

        (mine,) = notifications.mine(by=meena)

        assert (mine.appointment_id, mine.role) == (booked.id, Role.RECEPTION)
        assert notifications.mine(by=ravi) == []

    def test_the_system_has_no_messages_of_its_own(self, cast):
        with pytest.raises(ForbiddenError):
            notifications.mine(by=SYSTEM)
