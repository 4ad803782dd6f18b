"""Listings for a patient, as JSON: what is refused them, and in how many statements."""

import pytest

from app.accounts import service as accounts
from app.accounts.permissions import Permission
from app.accounts.roles import NewRole
from app.accounts.views import Reach
from app.booking import service as booking
from app.booking.setting import NewRule
from app.core.actor import SYSTEM
from tests import factories as make
from tests.doors.callers import caller, problem, token_body
from tests.doors.test_statements import counted
from tests.doors.world import MONDAY, NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture(autouse=True)
def rules(world):
    """Let a patient have one visit with a doctor a day: Asha has two on Monday."""
    for kind, settings in (
        ("lead_time", {"minutes": 5}),
        ("one_active", {}),
        ("patient_overlap", {}),
        ("age_range", {"most": 150}),
        ("dose_gap", {"days": 1}),
    ):
        only = kind in {"age_range", "dose_gap"}
        where = {"type_id": make.kind().public_id} if only else {}
        booking.add_rule(NewRule(kind, settings, **where), by=SYSTEM, now=NOW)


@pytest.fixture
def kochi(world):
    return f"/api/facilities/{world.kochi.public_id}"


@pytest.fixture
def rao(world, kochi):
    return f"{kochi}/resources/{world.rao.public_id}"


def asha(world, **more):
    return {"patient_id": world.asha.public_id, **more}


def test_each_slot_says_what_refuses_it_to_the_patient(desk, world, rao):
    to_all = desk.get(f"{rao}/slots", day=MONDAY).json
    hers = desk.get(f"{rao}/slots", day=MONDAY, **asha(world)).json

    assert {each["refused"] for each in to_all["slots"]} == {None}
    refused = hers["slots"][0]["refused"]
    assert (refused["rule"], refused["override"]) == (
        "one_active",
        "booking:override_rules",
    )
    assert world.token.reference in refused["why"]["references"]
    assert all(each["refused"] for each in hers["slots"])


def test_a_booking_is_refused_by_the_same_rule(desk, world, kochi):
    answer = desk.post(f"{kochi}/tokens", token_body(world, local(11)))

    assert problem(answer, 422, "rule")["rule"] == "one_active"


def test_a_day_of_the_month_says_it(desk, world, kochi):
    asked = {
        "first_day": MONDAY,
        "days": 2,
        "resource_id": world.rao.public_id,
        "type_id": world.visit.public_id,
    }

    (told,) = desk.get(f"{kochi}/month", **asha(world, **asked)).json["resources"]

    monday, tuesday = told["days"]
    assert monday["refused"]["rule"] == "one_active"
    assert (tuesday["refused"], tuesday["tokens_free"]) == (None, 16)


def test_openings_are_those_of_the_patient(desk, world, rao, kochi):
    wanted = {"type_id": world.visit.public_id}
    members = {"members": [{"resource_id": str(world.rao.public_id)}]}

    one = desk.get(f"{rao}/openings", **asha(world, **wanted)).json["openings"]
    together = desk.post(
        f"{kochi}/first-openings",
        members | {"type_id": str(world.visit.public_id)} | strings(asha(world)),
    ).json["openings"]

    tuesday = MONDAY.replace(day=3)
    assert one[0]["starts_at"] == local(10, day=tuesday).isoformat()
    assert together[0]["starts_at"] == local(12, day=tuesday).isoformat()


def strings(values):
    return {name: str(value) for name, value in values.items()}


def test_what_is_to_be_moved_is_not_in_its_own_way(desk, world, rao):
    booking.cancel(world.token.id, "moved away", by=SYSTEM, now=NOW)
    asked = asha(world, type_id=world.visit.public_id, most=1)

    (stays,) = desk.get(f"{rao}/openings", **asked).json["openings"]
    (moves,) = desk.get(f"{rao}/openings", **asked, moving=world.timed.id).json[
        "openings"
    ]

    assert stays["starts_at"] == local(10, day=MONDAY.replace(day=3)).isoformat()
    assert moves["starts_at"] == local(10).isoformat()


def test_alternatives_are_those_of_the_patient(desk, world, kochi):
    # Lunch is not offered, and no rule is asked.
    lunch = token_body(world, local(13, 30))

    told = problem(desk.post(f"{kochi}/tokens", lunch), 422, "not_offered")

    tuesday = MONDAY.replace(day=3)
    starts = {each["starts_at"][:10] for each in told["alternatives"]}
    assert starts == {tuesday.isoformat()}


def test_who_books_for_patients_they_may_not_know_is_told_what_is_free_to_all(
    app, world, kochi
):
    booker = make.user(None)
    may = frozenset({Permission.VIEW_CALENDAR, Permission.REQUEST, Permission.BOOK})
    accounts.add_role(NewRole("clerk", "Clerk", may), by=SYSTEM, now=NOW)
    accounts.give_role(
        booker.username, "clerk", Reach(world.kochi.id), by=SYSTEM, now=NOW
    )
    lunch = token_body(world, local(13, 30))

    answer = caller(app, booker).post(f"{kochi}/tokens", lunch)

    told = problem(answer, 422, "not_offered")
    assert told["alternatives"][0]["starts_at"] == local(14, 30).isoformat()


class TestRefused:
    def test_who_may_know_no_patient_asks_for_none(self, analyst, world, rao, kochi):
        day, month = {"day": MONDAY}, {"first_day": MONDAY}

        assert analyst.get(f"{rao}/slots", **day).status_code == 200
        problem(analyst.get(f"{rao}/slots", **day, **asha(world)), 403, "forbidden")
        problem(analyst.get(f"{kochi}/month", **month, **asha(world)), 403, "forbidden")

    def test_a_stranger_is_named(self, desk, world, rao):
        nobody = {"patient_id": world.rao.public_id}

        told = problem(desk.get(f"{rao}/slots", day=MONDAY, **nobody), 404, "not_found")

        assert told["field"] == "patient_id"

    def test_a_visit_is_somebodys(self, desk, world, rao):
        asked = {"day": MONDAY, "moving": world.timed.id}

        told = problem(desk.get(f"{rao}/slots", **asked), 422, "invalid")

        assert told["field"] == "patient_id"


@pytest.mark.parametrize("whose", ["of all", "of a patient"])
def test_a_patient_takes_four_statements_more_at_the_most(
    desk, world, rao, kochi, whose
):
    who = asha(world) if whose == "of a patient" else {}
    most = 8 if who else 4
    sent = {}

    for name, address, asked in (
        ("slots", f"{rao}/slots", {"day": MONDAY}),
        ("month", f"{kochi}/month", {"first_day": MONDAY, "days": 31}),
    ):
        with counted() as statements:
            answer = desk.get(address, **asked, **who)
        assert answer.status_code == 200
        sent[name] = len(statements)

    assert max(sent.values()) <= most, sent
