"""A department of two doctors, and an appointment with one of them."""

from datetime import time

import pytest

from app.core.actor import SYSTEM
from app.directory import service as directory
from tests import factories as make
from tests.factories import NOW, local
from tests.rooms.leave.ward import book


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def medicine(place):
    return directory.add_department(place, "Medicine", by=SYSTEM, now=NOW)


@pytest.fixture
def visit(session):
    return make.kind()


@pytest.fixture
def rao(place, medicine):
    """Let Dr Rao see people by token from 9 to 11, and by the clock until 17."""
    found = make.resource(
        place, name="Dr Rao", token_prefix="A", department_id=medicine.id
    )
    tokens = make.opd(time(9), time(11), tokens=2)
    make.hours(place, found, tokens, make.open_time(time(11)))
    return found


@pytest.fixture
def menon(place, medicine, rao):
    found = make.resource(
        place, name="Dr Menon", token_prefix="B", department_id=medicine.id
    )
    tokens = make.opd(time(9), time(11), tokens=2)
    make.hours(place, found, tokens, make.open_time(time(11)))
    return found


@pytest.fixture
def timed(place, rao, visit):
    return book(place, rao, visit, local(11, 30))
