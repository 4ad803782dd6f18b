"""Availability is entered by its service alone: its tables are named nowhere else."""

from types import FunctionType

import pytest
from sqlalchemy import text

from app.availability import internal as availability
from app.booking import queries
from app.core.db import db
from tests import borders


def as_if_in(module, function):
    """Give a function as it would be, stood it in that module's file."""
    code = function.__code__.replace(co_filename=module.__file__)
    return FunctionType(code, function.__globals__)


def peek():
    return db.session.scalar(text("SELECT count(*) FROM schedules"))


def test_booking_may_not_look_at_the_tables_of_availability(session):
    with pytest.raises(AssertionError, match="booking names tables of availability"):
        as_if_in(queries, peek)()


def test_availability_may(session):
    assert as_if_in(availability, peek)() == 0


@pytest.mark.parametrize("table", borders.TABLES)
def test_every_table_of_the_room_is_watched(table):
    assert borders.names(f"SELECT 1 FROM facilities JOIN {table} ON true")
    assert borders.names(f"INSERT INTO {table} DEFAULT VALUES")
    assert not borders.names(f"SELECT 1 FROM not_{table}")
