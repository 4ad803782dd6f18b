"""Whose visits are told to whom."""

import pytest

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach, Scope
from app.core.actor import SYSTEM
from app.queues import queries
from tests import factories as make
from tests.factories import NOW
from tests.rooms.lobby import TEN, open_lobby


@pytest.fixture
def lobby(session):
    return open_lobby()


def test_visits_are_told_to_who_may_know_whom_they_were_with(lobby):
    told = lobby.token()
    lobby.arrive(told, TEN)

    seen = []
    for doctor in (lobby.rao, lobby.suresh):
        user, own = make.user(None), Reach(lobby.place.id, resource_id=doctor.id)
        accounts.give_role(user.username, Role.DOCTOR, own, by=SYSTEM, now=NOW)
        where = Scope(lobby.place.id, frozenset({doctor.thing}))
        who = told.patients[0].public_id
        seen.append(len(queries.visits(who, by=user.actor, scope=where)))

    assert seen == [1, 0]
