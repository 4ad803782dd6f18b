"""Receipts, patients registered twice, notices and priority levels through the API."""

from decimal import Decimal
from uuid import uuid4

import pytest

from app.booking import service as booking
from app.core.actor import SYSTEM
from app.receipts import service as receipts
from app.receipts.views import NewPrepayment
from tests import factories as make
from tests.doors.callers import caller, problem
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def desk(app, world):
    return caller(app, world.meena)


@pytest.fixture
def admin(app, world):
    return caller(app, world.admin)


def test_a_receipt_is_written_once_read_and_voided_once(admin, desk, world):
    where = f"/api/appointments/{world.timed.id}/receipts"
    paid = {"id": str(uuid4()), "amount": "349.5", "method": "cash", "paid_by": "Asha"}

    first, again = (desk.post(where, paid) for _ in range(2))
    other = desk.post(where, paid | {"amount": "1"})

    assert first.status_code == 201
    assert first.json == again.json
    told = first.json
    assert (told["number"], told["amount"], told["currency"]) == (1, "349.50", "INR")
    problem(other, 409, "receipt_used")
    one = f"/api/receipts/{told['id']}"
    problem(desk.post(f"{one}/void", {"reason": "Twice"}), 403, "forbidden")
    assert admin.post(f"{one}/void", {"reason": "Twice"}).json["void_reason"] == "Twice"
    problem(admin.post(f"{one}/void", {"reason": "Twice"}), 409, "receipt_voided")
    assert [each["voided_by"] for each in desk.get(where).json["receipts"]] == [
        world.admin.name
    ]
    assert desk.get(one).json["id"] == told["id"]


def test_what_was_paid_before_is_told_beside_receipts(desk, world):
    where = f"/api/appointments/{world.timed.id}/receipts"
    assert desk.get(where).json == {"receipts": [], "prepaid": None}
    order = NewPrepayment(
        world.timed.id, "bap.example.org", "UPI-7001", Decimal(300), "INR"
    )
    receipts.prepay(order, by=SYSTEM, now=NOW)

    told = desk.get(where).json["prepaid"]

    assert (told["through"], told["transaction_id"]) == ("bap.example.org", "UPI-7001")
    assert (told["amount"], told["currency"]) == ("300.00", "INR")
    assert told["owed_back"] is False


@pytest.mark.parametrize("amount", ["", "much", "-5", "1.005", "NaN", "1e99999"])
def test_a_wrong_amount_is_named(desk, world, amount):
    paid = {"id": str(uuid4()), "amount": amount, "method": "cash", "paid_by": "Asha"}

    refused = desk.post(f"/api/appointments/{world.timed.id}/receipts", paid)

    assert "amount" in str(problem(refused, 422, "invalid"))


def test_who_is_registered_twice_is_found_merged_and_parted(admin, world):
    twin = make.patient(world.asha.name)
    asha, here = world.asha.public_id, {"facility_id": str(world.kochi.public_id)}

    found = admin.get(f"/api/patients/{asha}/doubles", **here).json["patients"]
    assert [each["id"] for each in found] == [str(twin.public_id)]

    where = f"/api/patients/{asha}/merges"
    made = admin.post(where, here | {"merged_id": str(twin.public_id)})
    assert made.status_code == 201
    kept = admin.get(where, **here).json["merges"]
    assert [each["merged"]["id"] for each in kept] == [str(twin.public_id)]
    back = admin.post(f"/api/merges/{made.json['id']}/undo", here)
    assert back.json["id"] == str(twin.public_id)
    problem(admin.post(f"/api/merges/{made.json['id']}/undo", here), 409, "merge")
    assert admin.get(where, **here).json["merges"] == []


def test_the_bell_is_read_as_far_as_it_was_seen(app, desk, world):
    order = make.timed_order(
        world.kochi, world.rao, world.visit, make.patient("Ravi"), local(15)
    )
    booking.book_timed(order, by=SYSTEM, now=NOW)
    told = desk.get("/api/notices", limit=1).json
    (newest,) = told["notices"]
    assert newest["kind"] == "booked"
    assert newest["facility_id"] == str(world.kochi.public_id)

    somebody = caller(app, world.anu)
    problem(somebody.post(f"/api/notices/{newest['id']}/read"), 404, "not_found")
    desk.post(f"/api/notices/{newest['id']}/read")
    assert desk.get("/api/notices").json["unread"] == told["unread"] - 1
    desk.post("/api/notices/read", {"latest": newest["id"]})
    assert desk.get("/api/notices").json["unread"] == 0


def test_a_priority_level_is_added_used_and_put_out_of_use(admin, desk, world):
    ward = admin.post("/api/queue-levels", {"name": "Ward", "minutes": 20}).json
    names = [each["name"] for each in desk.get("/api/queue-levels").json["levels"]]
    assert names == ["Emergency", "Urgent", "Ward", "Routine"]

    where = f"/api/appointments/{world.token.id}/check-in"
    came = desk.post(where, {"coming": {"level": ward["code"]}}).json
    assert came["entries"][0]["level"] == ward["code"]

    off = {"name": "Ward", "active": False}
    assert not admin.put(f"/api/queue-levels/{ward['id']}", off).json["active"]
    entry = f"/api/queue-entries/{came['entries'][0]['id']}/level"
    body = {"level": ward["code"], "reason": "again"}
    assert "level" in str(problem(desk.post(entry, body), 422, "invalid"))
