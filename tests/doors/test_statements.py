"""How many statements a request may send, counted at the JSON door from end to end."""

from contextlib import contextmanager

import pytest
import time_machine
from sqlalchemy import event

from app.core.db import db
from tests import factories as make
from tests.doors.world import MONDAY, NOW, local

# What only says where a transaction begins and ends asks nothing of the database.
_FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ")


@contextmanager
def counted():
    """Note the statements that are sent within."""
    sent = []

    def note(*args):
        statement = args[2].strip()
        if not statement.startswith(_FRAME):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def order(world, patient, starts_at):
    return {
        "resource_id": str(world.rao.public_id),
        "patient_id": str(patient.public_id),
        "type_id": str(world.visit.public_id),
        "starts_at": starts_at.isoformat(),
    }


def test_a_token_on_a_slot_with_a_row_takes_sixteen(desk, world):
    ravi = make.patient("Ravi Menon", "9847012346")
    where = f"/api/facilities/{world.kochi.public_id}/tokens"
    body = order(world, ravi, local(10))

    with counted() as sent:
        answer = desk.post(where, body, Idempotency_Key="once")

    assert answer.status_code == 201, answer.text
    print("\n".join(f"{i + 1}. {s[:150]}" for i, s in enumerate(sent)))
    assert len(sent) <= 16, sent


def test_day(desk, world):
    where = (
        f"/api/facilities/{world.kochi.public_id}/resources/{world.rao.public_id}/slots"
    )
    with counted() as sent:
        answer = desk.get(where, day=MONDAY.isoformat())
    assert answer.status_code == 200
    print("\n".join(f"{i + 1}. {s[:150]}" for i, s in enumerate(sent)))
    assert len(sent) <= 4


def test_month(desk, world):
    where = f"/api/facilities/{world.kochi.public_id}/month"
    with counted() as sent:
        answer = desk.get(
            where, first_day=MONDAY.isoformat(), resource_id=str(world.rao.public_id)
        )
    assert answer.status_code == 200
    print("\n".join(f"{i + 1}. {s[:150]}" for i, s in enumerate(sent)))
    assert len(sent) <= 4


def test_list(desk, world):
    where = f"/api/facilities/{world.kochi.public_id}/appointments"
    with counted() as sent:
        answer = desk.get(
            where, **{"from": local(0).isoformat(), "to": local(23).isoformat()}
        )
    assert answer.status_code == 200
    print("\n".join(f"{i + 1}. {s[:150]}" for i, s in enumerate(sent)))
    assert len(sent) <= 4
