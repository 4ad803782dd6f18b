"""Delegation at the staff's door."""

import re

import pytest

from app.accounts import queries
from tests.doors import people, strict
from tests.doors.world import MONDAY, NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

PAGE = "/lending/kochi"


def asked(world, **more):
    return {
        "to": world.meena.username,
        "permissions": ["availability:manage", "booking:approve"],
        "things": "rao",
        "first": MONDAY.isoformat(),
        "last": "2026-03-09",
    } | more


def test_the_doctor_lends_the_own_hours_and_takes_them_back(app, doctor, world):
    made = doctor.post(PAGE, **asked(world))
    shown = doctor.get(made.headers["Location"])
    told = strict.words(strict.page(shown))
    assert world.meena.name in told
    assert "Dr Vivek Rao: change hours and leave, approve requests" in told
    meena = people.signed_in(app, world.meena)
    assert "Dr Vivek Rao" in strict.words(strict.page(meena.get(PAGE)))
    assert len(queries.lent_to(world.meena.actor, now=NOW)) == 1

    doctor.post(re.search(rf'action="({PAGE}/[\w-]+/revoke)"', shown.text)[1])

    assert queries.lent_to(world.meena.actor, now=NOW) == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("to", "", "This is needed"),
        ("to", "nobody", "no such user"),
        ("permissions", [], "This is needed"),
        ("permissions", ["accounts:manage"], "Choose one"),
        ("things", "theatre-1", "This is needed"),
        ("last", "2026-01-01", "end must come after"),
    ],
)
def test_what_cannot_be_lent_is_refused_at_its_field(
    doctor, world, field, value, words
):
    answer = doctor.post(PAGE, **asked(world) | {field: value})

    assert answer.status_code in {404, 422}
    assert words in strict.words(strict.page(answer))
    assert f'id="f-{field}-why"' in answer.text
    assert field == "to" or f'value="{world.meena.username}"' in answer.text


def test_who_keeps_nobodys_hours_has_nothing_to_lend(meena, world):
    assert "nothing of yours to lend" in strict.words(strict.page(meena.get(PAGE)))
    assert meena.post(PAGE, **asked(world)).status_code == 403


def test_the_piece_is_strict_html(doctor):
    strict.piece(doctor.get(PAGE, htmx=True))
