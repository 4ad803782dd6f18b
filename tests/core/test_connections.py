"""What every connection is told before anybody uses it."""

import pytest
from sqlalchemy import text


@pytest.fixture(autouse=True)
def house(app):
    with app.app_context():
        yield


def test_no_statement_is_read_by_several_processes(engine):
    asked = text("SHOW max_parallel_workers_per_gather")
    for _ in range(2):
        # The second time it has been used, and what was done was undone.
        with engine.connect() as connection:
            assert connection.scalar(asked) == "0"
            connection.rollback()


def test_a_new_connection_is_in_no_transaction_and_begins_one(engine):
    engine.dispose()

    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE not_kept (id int)"))
        connection.rollback()
        assert connection.scalar(text("SELECT to_regclass('not_kept')")) is None
