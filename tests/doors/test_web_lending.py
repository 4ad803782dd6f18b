"""Delegation at the staff's door."""

import re

import pytest

from app.accounts import queries
from app.audit import queries as trail
from app.booking import queries as booking
from app.core.actor import SYSTEM
from app.core.spans import day_span
from tests.doors import people, strict
from tests.doors.world import MONDAY, NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

PAGE = "/lending/kochi"
# Until half past nine, as nobody stays signed in for days.
SHORT = {
    "permissions": ["booking:view_calendar", "booking:book"],
    "start": "08:00",
    "last": MONDAY.isoformat(),
    "end": "09:30",
}


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


def test_who_borrows_acts_for_the_lender_to_the_end(app, doctor, world, time_machine):
    doctor.post(PAGE, **asked(world, **SHORT))
    (loan,) = queries.lent_to(world.meena.actor, now=NOW)
    meena = people.signed_in(app, world.meena)
    strict.page(meena.get("/acting/"))
    where = f"/objects/resource/{world.rao.public_id}"

    meena.post("/acting/", loan=str(loan.id))
    meena.post(f"{where}/comments", comment="Back on Monday")

    shown = strict.words(strict.page(meena.get(where)))
    assert f"You act on behalf of {loan.lender}" in shown
    assert f"{world.meena.name} on behalf of {loan.lender}" in shown
    visit = {"with": "rao", "day": MONDAY.isoformat(), "time": "15:00", "act": "book"}
    visit |= {"type": str(world.visit.public_id), "patient": str(world.asha.public_id)}
    strict.page(meena.get("/booking/kochi?q=Asha&with=rao&at=20260302T0930Z"))
    made = meena.ask("POST", "/booking/kochi", form=visit).headers["Location"]
    assert "Booked" in strict.words(strict.page(meena.get(made)))
    elsewhere = visit | {"with": world.theatre.code}
    assert meena.ask("POST", "/booking/kochi", form=elsewhere).status_code == 404
    # Nothing of her own: she keeps no theatre's desk while she stands for him.
    assert meena.get("/arrivals/kochi").status_code == 403

    time_machine.move_to(loan.during.end)
    late = meena.post(f"{where}/comments", comment="Too late")

    assert late.status_code == 409
    said = trail.comments("resource", str(world.rao.public_id), by=SYSTEM)
    assert [each.text for each in said] == ["Back on Monday"]
    window = day_span(MONDAY, world.kochi.zone)
    booked = [e.booked_by for e in booking.appointments(world.kochi, window, by=SYSTEM)]
    assert f"{world.meena.name} on behalf of {loan.lender}" in booked


def test_what_ends_while_one_looks_is_said_once(app, doctor, world, time_machine):
    doctor.post(PAGE, **asked(world, **SHORT))
    (loan,) = queries.lent_to(world.meena.actor, now=NOW)
    meena = people.signed_in(app, world.meena)
    stranger = people.signed_in(app, world.anu)
    assert stranger.post("/acting/", loan=str(loan.id)).status_code == 404

    meena.post("/acting/", loan=str(loan.id))
    time_machine.move_to(loan.during.end)

    assert meena.get("/calendar/kochi", htmx=True).headers["HX-Refresh"] == "true"
    first, then = (meena.get("/calendar/kochi").text for _ in range(2))
    assert ("has ended" in first, "has ended" in then) == (True, False)
