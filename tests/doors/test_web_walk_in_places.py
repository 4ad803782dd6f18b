"""Who lets somebody walk in reads how many more may, and how that counts."""

import pytest

from app.booking import service as booking
from app.booking.setting import NewRule
from app.core.actor import SYSTEM
from app.queues import service
from app.queues.kinds import WalkIns
from app.queues.views import NewPolicy
from tests import factories as make
from tests.doors import strict
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

# Four slots of four tokens, of which one is taken; half of each is kept in a share.
LEFT = {
    WalkIns.QUEUE: (
        "As many as come",
        "only a place in the queue",
        "nobody is refused",
    ),
    WalkIns.SHARE: ("8 left", "a place of the share", "the share or the day is full"),
    WalkIns.SLOTS: ("15 left", "a token of a slot", "the slots or the day are full"),
}
AFTER = {
    WalkIns.QUEUE: "As many as come",
    WalkIns.SHARE: "7 left",
    WalkIns.SLOTS: "14 left",
}


def policy(world, mode):
    share = 50 if mode is WalkIns.SHARE else 0
    service.save_policy(
        NewPolicy(
            world.kochi.public_id, world.medicine.public_id, walk_ins=mode, share=share
        ),
        by=SYSTEM,
        now=NOW,
    )


def told(answer):
    """Give what a page says of places, and whether it says so as of something bad."""
    page = strict.page(answer)
    (part,) = (each for each in page.iter("p") if each.get("id") == "places")
    chips = [e.get("class") for e in part.iter("span") if "chip" in e.get("class", "")]
    return strict.words(part), chips


def come(meena, world):
    kind = str(world.visit.public_id)
    form = {"choice": "new", "with": "rao", "type": kind}
    return meena.post("/arrivals/kochi", **form)


@pytest.mark.parametrize("mode", WalkIns)
def test_says_what_is_left_and_how_it_counts_toward_the_day(meena, world, mode):
    policy(world, mode)
    left, takes, refused = LEFT[mode]

    said, _ = told(meena.get("/arrivals/kochi?q=Unknown&with=rao"))

    assert said.startswith(f"Dr Vivek Rao: {left} ")
    assert takes in said
    assert refused in said
    assert "counts toward the daily limit" in said
    assert come(meena, world).status_code == 303
    again, _ = told(meena.get("/arrivals/kochi?q=Unknown&with=rao"))
    assert again.startswith(f"Dr Vivek Rao: {AFTER[mode]} ")


@pytest.mark.parametrize("mode", [WalkIns.SHARE, WalkIns.SLOTS])
def test_a_day_that_is_full_has_nothing_left_and_refuses(meena, world, mode):
    policy(world, mode)
    booking.add_rule(NewRule("daily_limit", {"limit": 2}), by=SYSTEM, now=NOW)

    said, chips = told(meena.get("/arrivals/kochi?q=Unknown&with=rao"))

    assert said.startswith("Dr Vivek Rao: 0 left ")
    assert chips == ["chip bad"]
    assert come(meena, world).status_code == 422


def test_the_queue_alone_refuses_nobody_on_a_full_day(meena, world):
    booking.add_rule(NewRule("daily_limit", {"limit": 2}), by=SYSTEM, now=NOW)

    said, chips = told(meena.get("/arrivals/kochi?q=Unknown&with=rao"))

    assert said.startswith("Dr Vivek Rao: As many as come ")
    assert chips == ["chip"]
    assert come(meena, world).status_code == 303


def test_another_choice_is_answered_by_its_own_number(meena, world):
    policy(world, WalkIns.SLOTS)
    other = make.resource(world.kochi, code="menon", name="Dr Menon")

    piece = meena.get(f"/arrivals/kochi/places?with={world.rao.code}", htmx=True)
    second = meena.get(f"/arrivals/kochi/places?with={other.code}", htmx=True)

    assert strict.words(strict.piece(piece)).startswith("Dr Vivek Rao: 15 left")
    assert strict.words(strict.piece(second)).startswith("Dr Menon: As many as come")
    assert meena.get("/arrivals/kochi/places?with=nobody").status_code == 404
