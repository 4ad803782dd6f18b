"""The hospital and its visitors, for tests of doors."""

import pytest

from tests.doors import people
from tests.doors.world import build


@pytest.fixture
def world(session):
    return build()


@pytest.fixture
def meena(app, world):
    """Let reception of Kochi come, signed in."""
    return people.signed_in(app, world.meena)
