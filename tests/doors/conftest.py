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
    """Let reception of the facility come to the web door, signed in."""
    return people.signed_in(app, world.meena)


@pytest.fixture
def desk(app, world):
    """Reception of the facility."""
    return caller(app, world.meena)


@pytest.fixture
def outsider(app, world):
    """Reception of another facility."""
    return caller(app, world.ravi)


@pytest.fixture
def analyst(app, world):
    """May look at calendars, and at no patient."""
    return caller(app, world.anu)
