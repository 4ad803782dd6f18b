"""The database is away: it is said kindly, and when to come again."""

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.core.db import db, is_away
from tests import servers
from tests.doors.callers import problem, with_secret
from wsgi import create_app

# Nothing listens there: the port is reserved.
NOWHERE = "postgresql+psycopg://baari@127.0.0.1:1/baari"


@pytest.fixture(scope="module")
def lost():
    """Give an app whose database cannot be reached."""
    settings = servers.start_shared().settings("baari_test_away", 15)
    app = create_app(replace(settings, database_url=NOWHERE))
    app.testing = True
    return app


def test_the_api_says_when_to_come_again(lost):
    response = with_secret(lost, "baari_x").get("/api/facilities")

    problem(response, 503, "unavailable")
    assert response.headers["Retry-After"] == "5"


def test_a_page_says_so_kindly(lost):
    client = lost.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "1"

    response = client.get("/calendar/")

    assert response.status_code == 503
    assert "cannot reach its database" in response.text
    assert response.headers["Retry-After"] == "5"


def test_a_lost_connection_is_away_and_a_mistake_is_not(app):
    with app.app_context():
        own = db.session.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
        with pytest.raises(OperationalError) as lost:
            db.session.execute(text("SELECT 1"))
        db.session.rollback()
        with pytest.raises(ProgrammingError) as wrong:
            db.session.execute(text("SELECT nothing"))
        db.session.remove()

    assert (is_away(lost.value), is_away(wrong.value)) == (True, False)
