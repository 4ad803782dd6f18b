"""What the desk reads and decides: requests, places offered instead, day lists."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.accounts import queries as accounts_queries
from app.accounts import service as accounts
from app.accounts.liking import MOST_COLUMNS
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.booking import queries
from app.booking import service as booking
from app.booking.errors import ChangedError, SlotTakenError, StatusError
from app.booking.states import Status
from app.booking.views import NewPlace
from app.core.errors import ForbiddenError, InputError
from tests import factories as make
from tests.factories import MONDAY, NOW, SYSTEM, local
from tests.rooms import cast as people


def ask(cast, **fields):
    order = replace(cast.timed, request=True, **fields)
    return booking.book_timed(order, by=SYSTEM, now=NOW)


def offer(asked, hour, minute=0):
    to = NewPlace(local(hour, minute), revision=asked.revision)
    return booking.offer_place(asked.id, to, by=SYSTEM, now=NOW)


def free_at(cast, hour):
    (column,) = queries.day(cast.place, [cast.rao], MONDAY, by=SYSTEM, now=NOW)
    return any(span.holds(local(hour)) for span in column.free)


class TestAnOfferedPlace:
    def test_is_held_and_the_one_asked_for_is_free_again(self, cast):
        asked = ask(cast)

        offered = offer(asked, 16)

        assert (offered.status, offered.offered_at) == (Status.REQUESTED, NOW)
        assert free_at(cast, 14)
        assert not free_at(cast, 16)

    def test_is_booked_by_the_desk_when_it_suits(self, cast):
        meena = make.user(Role.RECEPTION, cast.place).actor
        offered = offer(ask(cast), 16)

        booked = booking.accept_place(offered.id, by=meena, now=NOW)

        assert (booked.status, booked.offered_at) == (Status.SCHEDULED, None)
        assert booked.span.start == local(16)

    def test_is_nobodys_offer_once_somebody_moved_the_request(self, cast):
        meena = make.user(Role.RECEPTION, cast.place).actor
        offered = offer(ask(cast), 16)
        booking.move(offered.id, NewPlace(local(15)), by=meena, now=NOW)

        with pytest.raises(StatusError):
            booking.accept_place(offered.id, by=meena, now=NOW)

    def test_cannot_be_accepted_before_it_was_offered(self, cast):
        meena = make.user(Role.RECEPTION, cast.place).actor

        with pytest.raises(StatusError):
            booking.accept_place(ask(cast).id, by=meena, now=NOW)

    def test_is_offered_by_who_approves_and_not_by_the_desk(self, cast):
        meena = make.user(Role.RECEPTION, cast.place).actor
        asked = ask(cast)

        with pytest.raises(ForbiddenError):
            booking.offer_place(asked.id, NewPlace(local(16)), by=meena, now=NOW)

    def test_is_refused_where_somebody_is_and_the_old_one_is_kept(self, cast):
        other = replace(cast.timed, starts_at=local(16), patient_id=None)
        booking.book_timed(other, by=SYSTEM, now=NOW)
        asked = ask(cast)

        with pytest.raises(SlotTakenError):
            offer(asked, 16)

        assert not free_at(cast, 14)

    def test_is_refused_when_somebody_changed_the_request(self, cast):
        asked = ask(cast)
        booking.move(asked.id, NewPlace(local(15)), by=SYSTEM, now=NOW)

        with pytest.raises(ChangedError):
            offer(asked, 16)

    def test_may_be_denied_still(self, cast):
        offered = offer(ask(cast), 16)

        denied = booking.deny(offered.id, "no answer", by=SYSTEM, now=NOW)

        assert (denied.status, denied.offered_at) == (Status.DENIED, None)
        assert free_at(cast, 16)

    def test_is_only_a_requests_so_says_the_database(self, cast, session):
        booked = booking.book_timed(cast.timed, by=SYSTEM, now=NOW)

        with pytest.raises(IntegrityError, match="ck_appointments_offered"):
            session.execute(
                text("UPDATE appointments SET offered_at = now() WHERE public_id = :i"),
                {"i": booked.id},
            )


class TestTheInbox:
    def test_holds_what_this_actor_may_decide_the_oldest_first(self, cast):
        first = ask(cast)
        elsewhere = make.facility()
        make.hours(elsewhere)
        other = make.resource(elsewhere)
        make.hours(elsewhere, other)
        order = make.timed_order(elsewhere, other, cast.visit, cast.asha, local(9))
        second = booking.book_timed(
            replace(order, request=True), by=SYSTEM, now=NOW + timedelta(minutes=1)
        )
        here = make.user(Role.LOCATION_MANAGER, cast.place).actor
        admin, meena = make.user(Role.ADMIN).actor, make.user(Role.RECEPTION).actor

        assert [each.id for each in queries.inbox(by=admin)] == [first.id, second.id]
        assert [each.id for each in queries.inbox(by=here)] == [first.id]
        assert queries.inbox(by=meena) == []
        assert [queries.waiting(by=who) for who in (admin, here, meena)] == [2, 1, 0]

    @pytest.mark.parametrize("role", [Role.LOCATION_MANAGER, Role.DOCTOR])
    def test_holds_for_who_manages_one_resource_only_its_requests(self, cast, role):
        asked = ask(cast)
        room = make.resource(cast.place)
        mine, others = make.user(None), make.user(None)
        for user, thing in ((mine, cast.rao), (others, room)):
            where = Reach(cast.place.id, resource_id=thing.id)
            accounts.give_role(user.username, role, where, by=SYSTEM, now=NOW)

        assert [each.id for each in queries.inbox(by=mine.actor)] == [asked.id]
        assert queries.inbox(by=others.actor) == []

    def test_counts_no_request_that_waits_for_the_patient(self, cast):
        offer(ask(cast), 16)

        assert queries.waiting(by=SYSTEM) == 0
        assert len(queries.inbox(by=SYSTEM)) == 1


class TestADayList:
    def test_is_in_the_order_of_time_and_leaves_out_who_is_off(self, cast):
        timed = booking.book_timed(cast.timed, by=SYSTEM, now=NOW)
        off = booking.book_timed(
            replace(cast.timed, starts_at=local(15)), by=SYSTEM, now=NOW
        )
        booking.cancel(off.id, "ill", by=SYSTEM, now=NOW)
        later, token = (
            booking.book_token(replace(cast.token, starts_at=start), by=SYSTEM, now=NOW)
            for start in (local(11), local(10))
        )

        lists = queries.day_lists(cast.place, [cast.rao], MONDAY, by=SYSTEM)

        told = [each.id for each in lists[cast.rao.id]]
        assert told == [token.id, later.id, timed.id]

    def test_names_no_patient_to_who_may_not_see_patients(self, cast):
        booking.book_timed(replace(cast.timed, note="Knee"), by=SYSTEM, now=NOW)
        anu = make.user(Role.ANALYST, cast.place).actor

        lists = queries.day_lists(cast.place, [cast.rao], MONDAY, by=anu)

        (each,) = lists[cast.rao.id]
        assert (each.patients, each.note) == ((), "")


class TestWhatChanged:
    def test_is_counted_once_for_each_write_of_that_facility(self, cast):
        elsewhere = make.facility()
        before = queries.changes(cast.place, NOW, by=SYSTEM)

        booked = booking.book_timed(cast.timed, by=SYSTEM, now=NOW)
        after = queries.changes(cast.place, NOW, by=SYSTEM)
        booking.cancel(booked.id, "ill", by=SYSTEM, now=NOW)

        assert after == before + 1
        assert queries.changes(cast.place, NOW, by=SYSTEM) == before + 2
        assert queries.changes(elsewhere, NOW, by=SYSTEM) < before + 2

    def test_is_not_told_to_strangers(self, cast):
        with pytest.raises(ForbiddenError):
            queries.changes(cast.place, NOW, by=people.STRANGER)


class TestWhatAUserLikes:
    def test_is_told_with_the_user_when_they_come_back(self, cast):
        meena = make.user(Role.RECEPTION, cast.place)
        ids = [cast.rao.public_id]
        here = (cast.place.public_id, cast.place.id)
        accounts.choose_columns(*here, ids, by=meena.actor, now=NOW)
        accounts.choose_keys({"book": "x"}, on=False, by=meena.actor, now=NOW)

        likes = accounts_queries.signed_in(meena.id, demo=False).likes

        assert likes.columns == {str(cast.place.public_id): (str(cast.rao.public_id),)}
        assert (likes.keys, likes.keys_on) == ({"book": "x"}, False)
        accounts.choose_columns(*here, [], by=meena.actor, now=NOW)
        assert accounts_queries.signed_in(meena.id, demo=False).likes.columns == {}

    @pytest.mark.parametrize("keys", [{"book": "xy"}, {"a": " "}, {"a": "x", "b": "x"}])
    def test_keys_are_one_character_each_and_none_twice(self, cast, keys):
        meena = make.user(Role.RECEPTION, cast.place)

        with pytest.raises(InputError):
            accounts.choose_keys(keys, on=True, by=meena.actor, now=NOW)

    def test_columns_are_not_without_end(self, cast):
        meena = make.user(Role.RECEPTION, cast.place)
        many = [cast.rao.public_id] * (MOST_COLUMNS + 1)

        with pytest.raises(InputError):
            accounts.choose_columns(
                cast.place.public_id, cast.place.id, many, by=meena.actor, now=NOW
            )
