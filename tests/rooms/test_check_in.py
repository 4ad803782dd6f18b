"""Check-in: the one way to an encounter, and to a place in the queue."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.accounts.views import EVERYWHERE
from app.booking import queries as bookings
from app.booking import service as booking
from app.booking.errors import SlotFullError, StatusError, UndoError
from app.booking.kinds import Kind
from app.booking.setting import NewRule
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, RuleError
from app.core.spans import local_date
from app.patients.views import Need, NewPatient
from app.queues import queries, service
from app.queues.errors import NotTodayError, WalkInsFullError
from app.queues.kinds import EncounterIs, EntryIs, How, WalkIns
from app.queues.views import Coming
from tests import factories as make
from tests.factories import MONDAY, NOW, local
from tests.rooms.lobby import MINUTE, TEN, open_lobby

EARLY = TEN - 10 * MINUTE


@pytest.fixture
def lobby(session):
    return open_lobby()


def visits(told):
    return queries.visits(told.patients[0].public_id, by=SYSTEM, scope=EVERYWHERE)


def status(told):
    return bookings.appointment(told.id, by=SYSTEM).status


def count(session, of):
    return session.scalar(text(f"SELECT count(*) FROM {of}"))


class TestCheckIn:
    def test_opens_the_encounter_and_gives_a_place_in_the_queue(self, lobby):
        told = lobby.token()
        assert visits(told) == []

        entry = lobby.arrive(told, EARLY, how=How.QR)

        (visit,) = visits(told)
        assert (visit.state, visit.arrived_at) == (EncounterIs.ARRIVED, EARLY)
        assert (visit.facility.id, visit.practitioner.id) == (
            lobby.place.id,
            lobby.rao.id,
        )
        assert (entry.state, entry.position) == (EntryIs.WAITING, 1)
        assert (entry.token, status(told)) == ("A-01", Status.CHECKED_IN)

    def test_gives_a_timed_booking_its_number(self, lobby):
        told = lobby.timed()

        assert (told.token, lobby.arrive(told, local(13, 50)).token) == (None, "A-01")

    def test_happens_once(self, lobby):
        told = lobby.token()
        lobby.arrive(told, EARLY)

        with pytest.raises(StatusError):
            lobby.arrive(told, EARLY)

    def test_is_for_the_day_of_the_appointment(self, lobby):
        told = lobby.token()

        with pytest.raises(NotTodayError):
            lobby.arrive(told, TEN - timedelta(days=1))

    def test_through_booking_itself_opens_the_encounter_too(self, lobby):
        told = lobby.token()

        booking.attend(told.id, Status.CHECKED_IN, by=lobby.meena, now=EARLY)

        assert [each.state for each in visits(told)] == [EncounterIs.ARRIVED]


class TestTakingItBack:
    def test_cancels_the_encounter_and_keeps_it(self, lobby):
        told = lobby.token()
        entry = lobby.arrive(told, EARLY)

        service.undo(entry.id, by=lobby.meena, now=EARLY + MINUTE)

        assert [each.state for each in visits(told)] == [EncounterIs.CANCELLED]
        assert status(told) is Status.SCHEDULED
        assert lobby.queue(entry, EARLY + MINUTE).waiting == ()

    def test_is_for_who_did_it_alone(self, lobby):
        entry = lobby.booked(EARLY)

        with pytest.raises(UndoError):
            service.undo(entry.id, by=SYSTEM, now=EARLY)

    def test_in_booking_does_the_same(self, lobby):
        told = lobby.token()
        lobby.arrive(told, EARLY)

        booking.undo(told.id, by=lobby.meena, now=EARLY)

        assert [each.state for each in visits(told)] == [EncounterIs.CANCELLED]

    def test_lets_them_come_again_with_the_same_number(self, lobby):
        told = lobby.timed()
        first = lobby.arrive(told, local(13))
        service.undo(first.id, by=lobby.meena, now=local(13))

        again = lobby.arrive(told, local(13, 30))

        assert again.token == first.token
        assert [each.state for each in visits(told)] == [
            EncounterIs.ARRIVED,
            EncounterIs.CANCELLED,
        ]

    def test_a_cancelled_appointment_leaves_the_queue(self, lobby):
        told = lobby.token()
        entry = lobby.arrive(told, EARLY)

        booking.cancel(told.id, "ill", by=lobby.meena, now=EARLY)

        assert lobby.queue(entry, EARLY).waiting == ()
        assert [each.state for each in visits(told)] == [EncounterIs.CANCELLED]

    def test_of_the_cancelling_brings_them_back_where_they_stood(self, lobby):
        told = lobby.token()
        entry = lobby.arrive(told, EARLY)
        booking.cancel(told.id, "ill", by=lobby.meena, now=EARLY)

        booking.undo(told.id, by=lobby.meena, now=EARLY)

        assert [each.id for each in lobby.queue(entry, EARLY).waiting] == [entry.id]
        assert [each.state for each in visits(told)] == [EncounterIs.ARRIVED]


class TestTheDatabase:
    def test_refuses_an_encounter_without_a_check_in(self, session, lobby):
        lobby.booked(EARLY)

        with pytest.raises(IntegrityError, match="check_in_id"), session.begin_nested():
            session.execute(_another_encounter("NULL", "participant_id"))

    def test_refuses_an_encounter_by_the_check_in_of_somebody_else(
        self, session, lobby
    ):
        lobby.booked(EARLY)
        lobby.booked(EARLY, "Leela")
        session.execute(text("UPDATE encounters SET state = 'cancelled'"))
        session.execute(text("UPDATE check_ins SET undone_at = at"))
        fresh = session.scalar(
            text(
                "INSERT INTO check_ins (participant_id, how, at, by, by_name)"
                " SELECT max(participant_id), 'desk', max(at), 'x', 'x' FROM check_ins"
                " RETURNING id"
            )
        )

        # The first encounter is of the other participant.
        with (
            pytest.raises(IntegrityError, match="fk_encounters_check_in"),
            session.begin_nested(),
        ):
            session.execute(_another_encounter(str(fresh), "participant_id"))

    def test_refuses_two_open_entries_of_one_participant(self, session, lobby):
        lobby.booked(EARLY)
        copied = (
            "queue_id, participant_id, encounter_id, state, tier, due_at, parts,"
            " arrived_at, walk_in, level, needs, usual_minutes"
        )

        with (
            pytest.raises(IntegrityError, match="uq_queue_entries_open"),
            session.begin_nested(),
        ):
            session.execute(
                text(
                    f"INSERT INTO queue_entries (public_id, {copied})"
                    f" SELECT gen_random_uuid(), {copied} FROM queue_entries"
                )
            )

    def test_refuses_two_encounters_of_one_participant(self, session, lobby):
        lobby.booked(EARLY)
        session.execute(text("UPDATE check_ins SET undone_at = at"))
        fresh = session.scalar(
            text(
                "INSERT INTO check_ins (participant_id, how, at, by, by_name)"
                " SELECT participant_id, how, at, by, by_name FROM check_ins"
                " RETURNING id"
            )
        )

        with (
            pytest.raises(IntegrityError, match="uq_encounters_participant"),
            session.begin_nested(),
        ):
            session.execute(_another_encounter(str(fresh), "participant_id"))


def _another_encounter(check_in, participant):
    copied = "patient_id, facility_id, resource_id, type_id, state, arrived_at"
    return text(
        f"INSERT INTO encounters (public_id, check_in_id, participant_id, {copied})"
        f" SELECT gen_random_uuid(), {check_in}, {participant}, {copied}"
        " FROM encounters ORDER BY id LIMIT 1"
    )


class TestWalkingIn:
    def test_needs_neither_a_phone_nor_a_registration(self, lobby):
        entry = lobby.walks_in(TEN, "Unknown")

        assert (entry.patient.name, entry.patient.phone) == ("Unknown", None)
        assert (entry.token, entry.kind) == ("A-01", Kind.WALK_IN)

    def test_shares_the_numbers_of_the_day_with_those_who_booked(self, lobby):
        lobby.token()

        assert lobby.walks_in(EARLY).token == "A-02"
        assert lobby.token("Meera").token == "A-03"

    def test_never_reuses_a_number(self, lobby):
        first = lobby.walks_in(EARLY)
        service.undo(first.id, by=lobby.meena, now=EARLY)

        assert lobby.walks_in(EARLY, "Meera").token == "A-02"

    def test_is_not_asked_how_far_ahead_they_book(self, lobby):
        booking.add_rule(NewRule("lead_time", {"minutes": 60}), by=SYSTEM, now=NOW)

        assert lobby.walks_in(TEN).state is EntryIs.WAITING

    def test_needs_leave_to_check_people_in(self, lobby):
        lobby.meena = make.user(place=make.facility()).actor

        with pytest.raises(ForbiddenError):
            lobby.walks_in(TEN)


class TestWhatAWalkInTakes:
    def test_of_a_slot_is_the_first_token_left(self, lobby):
        lobby.policy(walk_ins=WalkIns.SLOTS)
        before = places(lobby, TEN)

        entry = lobby.walks_in(TEN)

        assert (before.left, places(lobby, TEN).left) == (40, 39)
        assert (entry.kind, entry.scheduled_at) == (Kind.TOKEN, TEN)

    def test_of_slots_is_refused_when_all_are_full(self, session):
        lobby = open_lobby(tokens=1)
        lobby.policy(walk_ins=WalkIns.SLOTS)
        for number in range(4):
            lobby.walks_in(TEN, f"P{number}")

        with pytest.raises(SlotFullError):
            lobby.walks_in(TEN)
        assert places(lobby, TEN).left == 0
        boss = make.user(make.Role.ADMIN).actor
        lobby.meena = boss
        assert lobby.walks_in(TEN, override="an old friend").kind is Kind.WALK_IN

    def test_of_a_share_cannot_be_booked_and_is_shown(self, lobby):
        lobby.policy(walk_ins=WalkIns.SHARE, share=20)
        column = bookings.slots(
            lobby.place.public_id,
            lobby.rao.public_id,
            local_date(TEN, lobby.place.zone),
            by=SYSTEM,
            now=NOW,
        )
        assert {slot.left for slot in column.slots} == {8}
        for number in range(8):
            lobby.token(f"P{number}")

        with pytest.raises(SlotFullError):
            lobby.token("One too many")

    def test_of_a_share_ends_with_it(self, lobby):
        lobby.policy(walk_ins=WalkIns.SHARE, share=20)
        assert places(lobby, TEN).left == 8
        for number in range(8):
            lobby.walks_in(TEN, f"P{number}")

        with pytest.raises(WalkInsFullError):
            lobby.walks_in(TEN)
        assert places(lobby, TEN).left == 0

    def test_of_a_share_is_given_back(self, lobby):
        lobby.policy(walk_ins=WalkIns.SHARE, share=20)
        entry = lobby.walks_in(TEN)

        service.undo(entry.id, by=lobby.meena, now=TEN)

        assert places(lobby, TEN).left == 8

    def test_of_the_queue_alone_counts_and_is_never_refused(self, lobby):
        limit = NewRule("daily_limit", {"limit": 2})
        booking.add_rule(limit, by=SYSTEM, now=NOW)
        for number in range(3):
            lobby.walks_in(TEN, f"P{number}")

        with pytest.raises(RuleError):
            lobby.token("Booked")
        assert places(lobby, TEN).left is None

    @pytest.mark.parametrize("mode", [WalkIns.SLOTS, WalkIns.SHARE])
    def test_of_slots_or_share_asks_the_daily_limit(self, lobby, mode):
        lobby.policy(walk_ins=mode, share=50)
        booking.add_rule(NewRule("daily_limit", {"limit": 1}), by=SYSTEM, now=NOW)
        assert places(lobby, TEN).left == 1
        lobby.walks_in(TEN)

        with pytest.raises(RuleError):
            lobby.walks_in(TEN, "Meera")
        assert places(lobby, TEN).left == 0


def places(lobby, now):
    return queries.walk_in_places(
        lobby.place.public_id, lobby.rao.public_id, by=lobby.meena, now=now
    )


class TestFromAfar:
    def test_nobody_is_called_before_they_were_seen(self, lobby):
        told = lobby.token()
        (far,) = service.check_in(
            told.id, by=lobby.meena, now=EARLY, coming=Coming(How.PHONE, remote=True)
        )
        near = lobby.walks_in(EARLY)

        called = lobby.call(near, TEN)

        assert (far.present, called.id) == (False, near.id)
        service.mark_present(far.id, by=lobby.meena, now=TEN)
        assert lobby.call(near, TEN).id == far.id


def test_needs_are_remembered_and_known_at_the_desk(lobby):
    entry = lobby.walks_in(
        TEN, person=NewPatient("Asha", needs=frozenset({Need.PREGNANT}))
    )

    assert entry.patient.needs == {Need.PREGNANT}


def test_a_share_is_not_free_in_a_month(lobby):
    lobby.policy(walk_ins=WalkIns.SHARE, share=50)

    (month,) = bookings.month(
        lobby.place, [lobby.rao], MONDAY, by=SYSTEM, now=NOW, days=1
    )

    (day,) = month.days
    assert day.tokens > 0
    assert day.tokens_free * 2 == day.tokens
