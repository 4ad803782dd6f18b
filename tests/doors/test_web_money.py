"""Receipts and merged patients at the staff's door."""

import re

import pytest

from app.accounts.permissions import Role
from app.core.actor import SYSTEM
from app.receipts import queries as receipts
from tests import factories as make
from tests.doors import people, strict
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, make.user(Role.ADMIN))


def told(answer):
    return strict.words(strict.page(answer))


def key_of(shown):
    return re.search(r'name="id" value="([^"]+)"', shown.text)[1]


def test_a_receipt_is_written_once_printed_and_voided_with_a_reason(
    admin, meena, world
):
    where = f"/receipts/of/{world.timed.id}"
    paid = {
        "id": key_of(meena.get(where)),
        "amount": "1,349.50",
        "currency": "INR",
        "method": "upi",
        "paid_by": "Asha Nair",
    }

    answers = [meena.post(where, **paid) for _ in range(2)]

    assert answers[0].location == answers[1].location
    shown = told(meena.get(answers[0].location))
    assert "1349.50 INR" in shown
    assert world.timed.reference in shown
    assert "Void the receipt" not in shown
    refused = admin.post(f"{answers[0].location}/void", reason=" ")
    assert refused.status_code == 422
    admin.post(f"{answers[0].location}/void", reason="Paid twice")
    assert "Void: Paid twice" in told(meena.get(answers[0].location))
    (kept,) = receipts.of_appointment(world.timed.id, by=SYSTEM)
    assert kept.number == 1


@pytest.mark.parametrize("amount", ["", "much", "-5", "1.005", "1e9"])
def test_a_wrong_amount_is_named_and_nothing_typed_is_lost(meena, world, amount):
    where = f"/receipts/of/{world.timed.id}"
    key = key_of(meena.get(where))

    answer = meena.post(
        where, id=key, amount=amount, currency="INR", method="upi", paid_by="Asha N"
    )

    assert answer.status_code == 422
    assert 'id="f-amount-why"' in answer.text
    assert 'value="Asha N"' in answer.text
    assert key_of(answer) == key


def test_who_may_be_registered_twice_is_shown_merged_and_parted(admin, meena, world):
    double = make.patient("Asha N", world.asha.phone)
    here = f"/patients/{world.kochi.slug}"
    page = f"{here}/{world.asha.public_id}"
    shown = admin.get(page)
    assert "Perhaps registered twice" in told(shown)
    assert "Perhaps registered twice" not in told(meena.get(page))

    # The double is kept, though it was looked at from the other.
    compare = f"{page}/merge/{double.public_id}"
    assert double.mrn in told(admin.get(compare))
    answer = admin.post(compare, kept=str(double.public_id))

    merged = told(admin.get(answer.location))
    assert "they are one patient now" in merged
    assert world.asha.mrn in merged
    assert "was merged into this one" in merged
    assert "Asha N" in told(meena.get(page))
    back = re.search(rf'action="({here}/[^"]+/part/[^"]+)"', admin.get(page).text)[1]
    assert "two patients again" in told(admin.get(admin.post(back).location))
    assert world.asha.name in told(meena.get(page))


def test_two_records_are_compared_and_where_they_differ_is_said(admin, world):
    unlike = make.patient("Asha N", birth_year=1950)
    like = make.patient("Asha N", birth_year=1986)
    page = f"/patients/{world.kochi.slug}/{like.public_id}/merge"

    against = told(admin.get(f"{page}/{unlike.public_id}"))
    silent = told(admin.get(f"{page}/{make.patient('Asha N').public_id}"))

    assert "They do not agree" in against
    assert "Born differs 1986 1950" in against
    assert "They do not agree" not in silent
    assert "Born 1986 not known" in silent


def test_a_clash_is_told_and_nothing_moves(admin, world):
    answer = admin.post(
        f"/patients/{world.kochi.slug}/{world.asha.public_id}"
        f"/merge/{world.asha.public_id}"
    )

    assert answer.status_code == 422
    assert "same patient" in told(answer)
