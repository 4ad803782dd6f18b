"""Roles of the hospital's own, beside those that ship."""

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from app.accounts import internal, queries
from app.accounts import service as accounts
from app.accounts.errors import RoleCodeTakenError, RoleInUseError
from app.accounts.permissions import ROLES, Permission, Role
from app.accounts.roles import NewRole
from app.accounts.views import ALL, Reach, Scope
from app.core.db import db
from app.core.errors import ForbiddenError, InputError, NotFoundError
from tests import factories as make
from tests.factories import NOW, SYSTEM

HERE = {"by": SYSTEM, "now": NOW}
SCHEDULER = NewRole(
    "scheduler",
    "Scheduler",
    frozenset({Permission.VIEW_CALENDAR, Permission.MANAGE_SCHEDULES}),
)


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def scheduler(place):
    accounts.add_role(SCHEDULER, **HERE)
    user = make.user(None)
    accounts.give_role(user.username, "scheduler", Reach(place.id), **HERE)
    return user


def may(user, permission, scope):
    return internal.allowed(user.actor, permission, scope)


class TestOwnRole:
    def test_brings_what_it_names_where_it_was_given(self, place, scheduler):
        here, elsewhere = Scope(place.id), Scope(make.facility().id)

        assert may(scheduler, Permission.MANAGE_SCHEDULES, here)
        assert not may(scheduler, Permission.BOOK, here)
        assert not may(scheduler, Permission.MANAGE_SCHEDULES, elsewhere)

    @pytest.mark.parametrize("narrow", ["department_id", "resource_id"])
    def test_is_given_for_a_department_or_a_resource_too(self, place, narrow):
        accounts.add_role(SCHEDULER, **HERE)
        medicine = make.directory.add_department(place, "Medicine", **HERE)
        rao = make.resource(place, department_id=medicine.id)
        other = make.resource(place)
        user = make.user(None)
        named = {"department_id": medicine.id, "resource_id": rao.id}
        reach = Reach(place.id, **{narrow: named[narrow]})

        accounts.give_role(user.username, "scheduler", reach, **HERE)

        schedules = Permission.MANAGE_SCHEDULES
        assert may(user, schedules, Scope(place.id, frozenset({rao.thing})))
        assert not may(user, schedules, Scope(place.id, frozenset({other.thing})))

    def test_is_read_with_the_others_in_one_statement(self, place, scheduler):
        accounts.give_role(scheduler.username, Role.NURSE, Reach(place.id), **HERE)
        may(scheduler, Permission.CHECK_IN, Scope(place.id))
        seen = []

        def count(*told):
            seen.append(told[2])

        event.listen(db.engine, "before_cursor_execute", count)
        try:
            may(scheduler, Permission.CHECK_IN, Scope(place.id))
        finally:
            event.remove(db.engine, "before_cursor_execute", count)

        assert len(seen) == 1

    def test_changes_for_all_who_have_it(self, place, scheduler):
        wider = frozenset({Permission.BOOK})

        accounts.change_role(NewRole("scheduler", "Booker", wider), **HERE)

        assert may(scheduler, Permission.BOOK, Scope(place.id))
        assert not may(scheduler, Permission.MANAGE_SCHEDULES, Scope(place.id))

    def test_holds_at_once_for_who_came_in_before(self, place, scheduler):
        queries.signed_in(scheduler.id, demo=False)
        here, nurse = Scope(place.id), (scheduler.username, Role.NURSE)

        wider = NewRole("scheduler", "Booker", frozenset({Permission.BOOK}))
        accounts.change_role(wider, **HERE)
        assert may(scheduler, Permission.BOOK, here)

        accounts.give_role(*nurse, Reach(place.id), **HERE)
        assert may(scheduler, Permission.CHECK_IN, here)

        accounts.take_role(*nurse, Reach(place.id), **HERE)
        assert not may(scheduler, Permission.CHECK_IN, here)

    def test_stays_while_somebody_has_it(self, place, scheduler):
        with pytest.raises(RoleInUseError):
            accounts.drop_role("scheduler", **HERE)

        accounts.take_role(scheduler.username, "scheduler", Reach(place.id), **HERE)
        accounts.drop_role("scheduler", **HERE)

        with pytest.raises(NotFoundError):
            accounts.give_role(scheduler.username, "scheduler", ALL, **HERE)

    def test_has_a_short_name_of_its_own(self, place, scheduler):
        with pytest.raises(RoleCodeTakenError):
            accounts.add_role(SCHEDULER, **HERE)

    def test_is_told_with_its_user(self, place, scheduler):
        told = queries.by_username(scheduler.username)

        assert told.roles == ("scheduler",)

    def test_is_given_once(self, place, scheduler):
        again = (scheduler.username, "scheduler", Reach(place.id))

        assert not accounts.give_role(*again, **HERE)
        assert accounts.take_role(*again, **HERE)
        assert not accounts.take_role(*again, **HERE)


class TestRolesThatShip:
    @pytest.mark.parametrize("role", list(Role))
    def test_cannot_be_shadowed_changed_or_dropped(self, session, role):
        order = NewRole(role.value, "Mine", frozenset({Permission.BOOK}))

        for act in (accounts.add_role, accounts.change_role):
            with pytest.raises(InputError):
                act(order, **HERE)
        with pytest.raises(InputError):
            accounts.drop_role(role.value, **HERE)

    def test_are_not_shadowed_in_the_database_either(self, session):
        row = (
            "INSERT INTO own_roles (id, public_id, code, name, permissions, created_at)"
        )
        values = " VALUES (1, gen_random_uuid(), 'admin', 'Me', '{x}', now())"

        with pytest.raises(IntegrityError, match="ck_own_roles_not_built_in"):
            session.execute(text(row + values))

    def test_are_listed_with_the_others(self, place, scheduler):
        told = {each.code: each for each in queries.roles(by=SYSTEM)}

        assert {code for code, role in told.items() if role.built_in} == {
            role.value for role in ROLES
        }
        assert told["scheduler"].permissions == (
            "availability:manage",
            "booking:view_calendar",
        )


class TestGiving:
    def test_nobody_gives_more_than_they_hold(self, place):
        permissions = frozenset({Permission.MANAGE_ACCOUNTS})
        accounts.add_role(NewRole("hr", "People", permissions), **HERE)
        clerk, friend = make.user(None), make.user(None)
        accounts.give_role(clerk.username, "hr", ALL, **HERE)

        with pytest.raises(ForbiddenError):
            accounts.give_role(
                friend.username, Role.ADMIN, ALL, by=clerk.actor, now=NOW
            )
        assert accounts.give_role(friend.username, "hr", ALL, by=clerk.actor, now=NOW)

    def test_an_admin_of_one_facility_makes_no_role(self, place):
        local_admin = make.user(Role.ADMIN, place)

        with pytest.raises(ForbiddenError):
            accounts.add_role(SCHEDULER, by=local_admin.actor, now=NOW)

    def test_what_is_for_a_place_names_one(self, place):
        with pytest.raises(InputError):
            accounts.give_role(
                make.user(None).username, Role.LOCATION_OWNER, ALL, **HERE
            )
