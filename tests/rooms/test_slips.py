"""Slips, printed once somebody says so; and who checks in without staff."""

import pytest

from app.accounts.permissions import Role
from app.audit.models import AuditEvent
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, InputError, NotFoundError
from app.queues import queries, service
from app.queues.errors import (
    NobodyDueError,
    NotPresentError,
    NotTodayError,
    TooEarlyError,
)
from app.queues.kinds import EntryIs
from app.queues.views import Claim
from tests import factories as make
from tests.doors.visits import secret_of
from tests.factories import local
from tests.rooms.lobby import MINUTE, TEN, open_lobby, who

PHONE, BORN = "+919847012345", 1980


@pytest.fixture
def lobby(session):
    return open_lobby()


def slip(lobby, entry, now=TEN):
    return queries.slip(entry.id, by=lobby.meena, now=now)


def printed(lobby, entry, copy):
    return service.confirm_print(entry.id, copy, by=lobby.meena, now=TEN)


def comes(lobby, *, now=TEN, here=True, **claim):
    secret = service.come_oneself(Claim(**claim), lobby.place, now=now, here=here)
    return queries.status(secret, now=now)


class TestTheSlip:
    def test_counts_as_printed_only_once_somebody_says_so(self, lobby):
        entry = lobby.walks_in(TEN)
        assert slip(lobby, entry).prints == 0

        assert printed(lobby, entry, 1).printed_at == TEN
        printed(lobby, entry, 1)

        assert slip(lobby, entry).prints == 1

    def test_a_copy_after_the_first_is_a_reprint_in_the_trail(self, lobby, session):
        entry = lobby.walks_in(TEN)
        for copy in (1, 1, 2, 1):
            printed(lobby, entry, copy)

        assert slip(lobby, entry).prints == 2
        lines = session.query(AuditEvent).filter(
            AuditEvent.action.in_(["queue_entry.printed", "queue_entry.reprinted"])
        )
        told = [(line.action, line.after) for line in lines.order_by(AuditEvent.id)]
        assert told == [
            ("queue_entry.printed", {"copy": 1}),
            ("queue_entry.reprinted", {"copy": 2}),
        ]

    def test_no_copy_is_said_to_be_out_before_the_one_before_it(self, lobby):
        with pytest.raises(InputError):
            printed(lobby, lobby.walks_in(TEN), 2)

    def test_who_is_booked_has_one_before_they_come(self, lobby, session):
        told = lobby.token()
        before = queries.booked_slip(told.id, by=lobby.meena)

        service.confirm_booked_print(told.id, 1, by=lobby.meena, now=TEN)
        service.confirm_booked_print(told.id, 1, by=lobby.meena, now=TEN)

        after = queries.booked_slip(told.id, by=lobby.meena)
        assert (before.token, before.secret) == (told.token, secret_of(told))
        assert (before.prints, after.prints, after.printed_at) == (0, 1, TEN)
        lines = session.query(AuditEvent).filter(
            AuditEvent.action == "appointment.slip_printed"
        )
        assert [line.after for line in lines] == [{"copy": 1}]

    def test_it_is_for_who_checks_people_in(self, lobby):
        told = lobby.token()
        analyst = make.user(Role.ANALYST, lobby.place).actor

        with pytest.raises(ForbiddenError):
            queries.booked_slip(told.id, by=analyst)
        with pytest.raises(ForbiddenError):
            service.confirm_booked_print(told.id, 1, by=analyst, now=TEN)

    def test_no_copy_of_it_is_out_before_the_one_before_it(self, lobby):
        told = lobby.token()

        with pytest.raises(InputError):
            service.confirm_booked_print(told.id, 2, by=lobby.meena, now=TEN)

    def test_that_of_the_queue_is_another_paper_and_keeps_its_own_count(self, lobby):
        told = lobby.timed(at=TEN + 4 * 60 * MINUTE)
        service.confirm_booked_print(told.id, 1, by=lobby.meena, now=TEN)

        entry = lobby.arrive(told, TEN)

        waiting = queries.unprinted(lobby.place, by=lobby.meena, now=TEN)
        assert [each.entry.id for each in waiting] == [entry.id]
        assert slip(lobby, entry).secret == secret_of(told)
        with pytest.raises(NotFoundError):
            queries.booked_slip(told.id, by=lobby.meena)
        printed(lobby, entry, 1)
        service.undo(entry.id, by=lobby.meena, now=TEN)
        again = lobby.arrive_again(entry, TEN + MINUTE)
        assert slip(lobby, again, TEN + MINUTE).prints == 1

    def test_of_a_group_each_has_their_own(self, lobby):
        told = lobby.timed(at=TEN + 4 * 60 * MINUTE)
        diya = who("Diya")
        booking.add_participant(told.id, diya.public_id, by=SYSTEM, now=TEN)
        service.check_in(
            told.id, by=lobby.meena, now=TEN, patient_id=told.patient.public_id
        )

        rest = queries.booked_slip(told.id, by=lobby.meena)

        assert rest.patient.public_id == diya.public_id
        assert rest.secret == secret_of(told, 1)

    def test_a_print_agent_finds_what_nobody_has_seen_on_paper(self, lobby):
        first, second = (lobby.walks_in(TEN, name) for name in "AB")
        printed(lobby, first, 1)

        found = queries.unprinted(lobby.place, by=lobby.meena, now=TEN)

        assert [each.entry.id for each in found] == [second.id]

    def test_stays_the_same_when_they_come_again_after_an_undo(self, lobby):
        entry = lobby.booked(TEN)
        secret = slip(lobby, entry).secret
        service.undo(entry.id, by=lobby.meena, now=TEN)

        again = lobby.arrive_again(entry, TEN + MINUTE)

        assert slip(lobby, again, TEN + MINUTE).secret == secret

    def test_its_secret_tells_place_and_range_and_no_name(self, lobby):
        lobby.walks_in(TEN, "First")
        second = lobby.walks_in(TEN + MINUTE, "Second")

        told = queries.status(slip(lobby, second).secret, now=TEN + MINUTE)

        assert (told.entry.position, told.entry.patient) == (2, None)
        assert told.entry.wait.high_s > told.entry.wait.low_s

    def test_another_secret_opens_nothing(self, lobby):
        lobby.walks_in(TEN)

        with pytest.raises(NotFoundError):
            queries.status("x" * 22, now=TEN)


class TestOneself:
    def test_comes_by_reference_at_the_entrance_and_may_be_called(self, lobby):
        told = comes(lobby, reference=lobby.token().reference.lower())

        assert (told.entry.state, told.entry.present) == (EntryIs.WAITING, True)
        assert lobby.call(told.entry, TEN).id == told.entry.id

    @pytest.mark.parametrize("between", [" ", "", " \N{EN DASH} "])
    def test_types_the_reference_as_a_phone_writes_it(self, lobby, between):
        reference = lobby.token().reference.replace("-", between)

        told = comes(lobby, reference=f" {reference} ")

        assert told.entry.present

    def test_from_afar_nobody_is_called_until_they_are_here(self, lobby):
        reference = lobby.token().reference
        afar = comes(lobby, reference=reference, here=False)
        with pytest.raises(NotPresentError):
            service.call(afar.entry.id, by=lobby.meena, now=TEN)

        here = comes(lobby, reference=reference)

        assert (here.entry.id, here.entry.present) == (afar.entry.id, True)
        lobby.call(here.entry, TEN)
        # Who is called already only sees how it stands.
        assert comes(lobby, reference=reference).entry.state is EntryIs.CALLED

    def test_comes_by_phone_and_year_of_birth(self, lobby):
        lobby.token(phone=PHONE, birth_year=BORN)

        told = comes(lobby, phone="98470 12345", born=BORN)

        assert told.entry.position == 1

    @pytest.mark.parametrize(
        "claim", [{"phone": PHONE, "born": 1981}, {"reference": "2222-2222"}]
    )
    def test_who_has_no_visit_today_is_sent_to_the_desk(self, lobby, claim):
        lobby.token(phone=PHONE, birth_year=BORN)

        with pytest.raises(NobodyDueError):
            comes(lobby, **claim)

    def test_two_who_share_phone_and_year_must_say_who(self, lobby):
        for name in ("Asha", "Asmi"):
            lobby.token(name, phone=PHONE, birth_year=BORN)

        with pytest.raises(NobodyDueError):
            comes(lobby, phone=PHONE, born=BORN)

    def test_a_visit_of_another_day_waits_for_its_day(self, lobby):
        told = lobby.token()

        with pytest.raises(NotTodayError):
            comes(lobby, now=local(1) - 24 * 60 * MINUTE, reference=told.reference)

    def test_from_elsewhere_it_is_within_the_time_their_department_allows(self, lobby):
        told = lobby.token()
        lobby.policy(come_minutes=30)
        early = TEN - 31 * MINUTE

        with pytest.raises(TooEarlyError):
            comes(lobby, now=early, here=False, reference=told.reference)
        assert not queries.status(secret_of(told), now=early).may_come
        assert queries.status(secret_of(told), now=early + MINUTE).may_come

        # Who stands at the entrance need not wait outside.
        assert comes(lobby, now=early, reference=told.reference).entry.present

    def test_the_desk_finds_them_by_reference_by_secret_and_by_person(self, lobby):
        entry = lobby.booked(TEN)
        person = queries.entry(entry.id, by=SYSTEM, now=TEN).patient

        for sought in (
            {"reference": entry.reference},
            {"reference": slip(lobby, entry).secret},
            {"people": [person.id]},
        ):
            (found,) = queries.due(lobby.place, by=lobby.meena, now=TEN, **sought)
            assert found.entry_id == entry.id
