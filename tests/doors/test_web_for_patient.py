"""The desk's forms offer a patient what no rule refuses them."""

import pytest

from app.booking import service as booking
from app.booking.setting import NewRule
from app.core.actor import SYSTEM
from tests import factories as make
from tests.doors import strict
from tests.doors.world import MONDAY, NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def ravi(world):
    """Let Ravi be in the theatre from 14:30 to 15:00."""
    ravi = make.patient("Ravi")
    order = make.timed_order(
        world.kochi, world.theatre, world.visit, ravi, local(14, 30)
    )
    booking.book_timed(order, by=SYSTEM, now=NOW)
    return ravi


def rule(kind):
    booking.add_rule(NewRule(kind, {}), by=SYSTEM, now=NOW)


def order(world, clock, who, **more):
    return {
        "with": world.rao.code,
        "day": MONDAY.isoformat(),
        "time": clock,
        "type": str(world.visit.public_id),
        "patient": str(who),
        "once": "one-form",
        "act": "book",
    } | more


def test_another_time_is_offered_where_a_rule_refuses_this_one(meena, world):
    rule("one_active")

    answer = meena.post("/booking/kochi", **order(world, "10:30", world.asha.public_id))

    words = strict.words(strict.page(answer))
    assert answer.status_code == 422
    assert "Nearest free with Dr Vivek Rao 10:00 Tue" in words
    assert "Book the chosen time" in words


def test_what_is_offered_instead_is_not_refused_the_patient(meena, world, ravi):
    rule("patient_overlap")

    his = meena.post("/booking/kochi", **order(world, "14:15", ravi.public_id))
    anothers = meena.post(
        "/booking/kochi", **order(world, "14:15", make.patient("Leela").public_id)
    )

    assert "Dr Vivek Rao 15:00 today" in strict.words(strict.page(his))
    assert "Dr Vivek Rao 14:30 today" in strict.words(strict.page(anothers))


def test_a_visit_is_moved_where_its_patient_may_be(meena, world, ravi):
    rule("patient_overlap")
    moved = make.timed_order(world.kochi, world.rao, world.visit, ravi, local(16))
    his = booking.book_timed(moved, by=SYSTEM, now=NOW)
    address = f"/appointments/{his.id}/move"

    form = meena.post(
        address, **{"with": "rao"}, day=MONDAY.isoformat(), time="14:15", revision="1"
    )

    words = strict.words(strict.page(form))
    assert form.status_code == 422
    assert "Dr Vivek Rao 15:00 today" in words
    assert "14:30 today" not in words
