"""The hospital and its visitors, for tests of doors."""

import pytest

from tests.doors import people
from tests.doors import world as hospital
from tests.doors.callers import caller


@pytest.fixture
def world(session):
    return hospital.build()


@pytest.fixture
def meena(app, world):
    """Let reception of Kochi come, signed in."""
    return people.signed_in(app, world.meena)


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
