from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts import service
from app.accounts.delegating import NewDelegation
from app.accounts.permissions import Permission, Role
from app.accounts.views import Reach, Thing
from app.audit.models import AuditEvent
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, InputError, NotFoundError
from tests import factories as make
from tests.factories import NOW, local

WEEK = make.span(NOW, 7 * 24 * 60)


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    rao = make.resource(place)
    make.hours(place, rao)
    return rao


@pytest.fixture
def lender(place, rao):
    """A doctor whose role is over himself alone."""
    user = make.user(None)
    reach = Reach(place.id, resource_id=rao.id)
    service.give_role(user.username, Role.DOCTOR, reach, by=SYSTEM, now=NOW)
    return user


@pytest.fixture
def meena(session):
    """Nobody's receptionist yet: whatever she may do was lent to her."""
    return make.user(None)


def lend(lender, meena, place, rao, *permissions, during=WEEK):
    order = NewDelegation(
        to=meena.username,
        permissions=frozenset(permissions),
        facility_id=place.id,
        things=frozenset({Thing(rao.id)}),
        during=during,
    )
    return service.delegate(order, by=lender.actor, now=NOW)


def book(place, rao, by):
    order = make.timed_order(place, rao, make.kind(), make.patient(), local(9))
    return booking.book_timed(order, by=by, now=NOW)


class TestDelegation:
    def test_lets_somebody_act_on_behalf_of_the_lender(
        self, session, place, rao, lender, meena
    ):
        lent = lend(lender, meena, place, rao, Permission.REQUEST, Permission.BOOK)

        acting = accounts.acting_for(meena.actor, lent, now=NOW)
        booked = book(place, rao, acting)

        line = session.scalars(
            select(AuditEvent).where(AuditEvent.object_id == str(booked.id))
        ).one()
        assert (line.actor_name, line.on_behalf_of) == (meena.name, lender.name)

    def test_lends_only_what_is_named(self, place, rao, lender, meena):
        lent = lend(lender, meena, place, rao, Permission.VIEW_CALENDAR)
        acting = accounts.acting_for(meena.actor, lent, now=NOW)

        with pytest.raises(ForbiddenError):
            book(place, rao, acting)

    def test_lends_only_the_resources_named(self, place, rao, lender, meena):
        other = make.resource(place)
        make.hours(place, other)
        lent = lend(lender, meena, place, rao, Permission.REQUEST, Permission.BOOK)
        acting = accounts.acting_for(meena.actor, lent, now=NOW)

        with pytest.raises(ForbiddenError):
            book(place, other, acting)

    def test_does_nothing_for_who_does_not_act_under_it(
        self, place, rao, lender, meena
    ):
        lend(lender, meena, place, rao, Permission.REQUEST, Permission.BOOK)

        with pytest.raises(ForbiddenError):
            book(place, rao, meena.actor)

    def test_ends_by_itself(self, place, rao, lender, meena):
        lent = lend(lender, meena, place, rao, Permission.BOOK)

        with pytest.raises(NotFoundError):
            accounts.acting_for(meena.actor, lent, now=WEEK.end)

    def test_ends_at_once_when_revoked(self, place, rao, lender, meena):
        lent = lend(lender, meena, place, rao, Permission.REQUEST, Permission.BOOK)
        acting = accounts.acting_for(meena.actor, lent, now=NOW)

        service.revoke_delegation(lent, by=lender.actor, now=NOW)

        with pytest.raises(NotFoundError):
            accounts.acting_for(meena.actor, lent, now=NOW)
        with pytest.raises(ForbiddenError):
            book(place, rao, acting)

    def test_is_for_nobody_else(self, place, rao, lender, meena):
        lent = lend(lender, meena, place, rao, Permission.BOOK)

        with pytest.raises(NotFoundError):
            accounts.acting_for(make.user(None).actor, lent, now=NOW)

    def test_cannot_lend_what_one_does_not_hold(self, place, lender, meena):
        other = make.resource(place)

        with pytest.raises(ForbiddenError):
            lend(lender, meena, place, other, Permission.BOOK)

    def test_cannot_be_lent_on(self, place, rao, lender, meena):
        lent = lend(lender, meena, place, rao, Permission.REQUEST, Permission.BOOK)
        acting = accounts.acting_for(meena.actor, lent, now=NOW)
        order = NewDelegation(
            make.user(None).username,
            frozenset({Permission.BOOK}),
            place.id,
            frozenset({Thing(rao.id)}),
            WEEK,
        )

        with pytest.raises(ForbiddenError):
            service.delegate(order, by=acting, now=NOW)

    def test_never_lends_the_keys_of_the_house(self, place, rao, lender, meena):
        with pytest.raises(InputError) as told:
            lend(lender, meena, place, rao, Permission.MANAGE_ACCOUNTS)

        assert told.value.field == "permissions"

    def test_is_not_for_a_time_gone_by(self, place, rao, lender, meena):
        gone = make.span(NOW - timedelta(days=2), 60)

        with pytest.raises(InputError):
            lend(lender, meena, place, rao, Permission.BOOK, during=gone)

    def test_is_told_to_who_may_use_it(self, place, rao, lender, meena):
        lend(lender, meena, place, rao, Permission.BOOK)

        [told] = accounts.lent_to(meena.actor, now=NOW)

        assert (told.lender, told.permissions) == (lender.name, ("booking:book",))


class TestReach:
    def test_a_role_on_one_resource_is_no_leave_to_touch_two(self, place, rao, lender):
        theatre = make.resource(place, make.ResourceKind.LOCATION)
        make.hours(place)
        order = make.timed_order(
            place,
            rao,
            make.kind(),
            make.patient(),
            local(9),
            also=(make.Want(theatre.public_id),),
        )

        with pytest.raises(ForbiddenError):
            booking.book_timed(order, by=lender.actor, now=NOW)

    def test_a_department_role_does_not_reach_what_is_in_no_department(self, place):
        medicine = make.directory.add_department(place, "Medicine", by=SYSTEM, now=NOW)
        doctor = make.resource(place, department_id=medicine.id)
        theatre = make.resource(place, make.ResourceKind.LOCATION)
        make.hours(place)
        make.hours(place, doctor)
        clerk = make.user(None)
        reach = Reach(place.id, department_id=medicine.id)
        service.give_role(clerk.username, Role.RECEPTION, reach, by=SYSTEM, now=NOW)

        assert book(place, doctor, clerk.actor).resource.id == doctor.id
        with pytest.raises(ForbiddenError):
            book(place, theatre, clerk.actor)
