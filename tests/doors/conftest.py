"""The hospital and its visitors, for tests of doors."""

import pytest

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.core.actor import SYSTEM
from tests import factories as make
from tests.doors import people
from tests.doors import world as hospital
from tests.doors.callers import caller
from tests.factories import NOW


@pytest.fixture
def world(session):
    return hospital.build()


@pytest.fixture
def meena(app, world):
    """Let reception of Kochi come, signed in."""
    return people.signed_in(app, world.meena)


@pytest.fixture
def doctor(app, world):
    """Let a doctor come who keeps the hours of Dr Rao, and looks at all of Kochi."""
    user = make.user(Role.NURSE, world.kochi)
    reach = Reach(resource_id=world.rao.id)
    accounts.give_role(user.username, Role.DOCTOR, reach, by=SYSTEM, now=NOW)
    return people.signed_in(app, user)


@pytest.fixture
def desk(app, world):
    """Let reception of the facility call."""
    return caller(app, world.meena)


@pytest.fixture
def outsider(app, world):
    """Let reception of another facility call."""
    return caller(app, world.ravi)


@pytest.fixture
def analyst(app, world):
    """Let somebody call who may look at calendars, and at no patient."""
    return caller(app, world.anu)
