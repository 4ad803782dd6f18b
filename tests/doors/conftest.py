"""The hospital and its visitors, for tests of doors."""

import pytest
import time_machine

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.core.actor import SYSTEM
from app.core.db import db
from tests import borders, servers
from tests import factories as make
from tests.doors import people
from tests.doors import world as hospital
from tests.doors.callers import caller
from tests.factories import NOW
from wsgi import create_app


@pytest.fixture(scope="session")
def founded(app, worker):
    """Build the hospital once for each worker, in a database of its own."""
    shared = servers.start_shared()
    own = create_app(shared.settings(f"baari_doors_{worker}", worker + 1))
    with own.app_context():
        borders.watch(db.engine)
        with time_machine.travel(NOW, tick=False):
            built = hospital.build()
        yield db.engine, built
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def engine(request, engine):
    """Let tests of the hospital begin where it is, and others with nothing."""
    if "founded" not in request.fixturenames:
        return engine
    return request.getfixturevalue("founded")[0]


@pytest.fixture
def world(founded, session):
    return founded[1]


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
