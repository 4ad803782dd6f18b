"""The cast of the rooms' tests, assembled once for each worker."""

import pytest
from msgspec.structs import replace
from sqlalchemy import create_engine

from app.core import connections
from app.core.db import db
from tests import borders, servers
from tests.rooms import cast as people


@pytest.fixture(scope="session")
def assembled(app, worker):
    """Assemble the cast in a database of its own: it takes longer than most tests."""
    url = servers.start_shared().database_url_for(f"baari_cast_{worker}")
    with app.app_context():
        own = create_engine(url, **app.config["SQLALCHEMY_ENGINE_OPTIONS"])
        connections.watch(own)
        borders.watch(own)
        engines = db._app_engines[app]
        others, engines[None] = engines[None], own
        try:
            built = people.assemble()
        finally:
            db.session.remove()
            engines[None] = others
    yield own, built
    own.dispose()


@pytest.fixture
def engine(request, engine):
    """Let tests with the cast begin where it is, and others with nothing."""
    if "assembled" not in request.fixturenames:
        return engine
    return request.getfixturevalue("assembled")[0]


@pytest.fixture
def cast(assembled, session):
    """Give the cast, as nobody has met it yet."""
    return replace(assembled[1])
