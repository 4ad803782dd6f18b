"""The page of an appointment: comments, timeline with undo, resources, trail."""

import pytest

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.booking import queries
from app.booking import service as booking
from app.booking.views import Arrangement, Member, NewProcedure, ProcedurePlace
from app.core.actor import SYSTEM
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.doors import people, strict
from tests.doors.world import MONDAY, NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, world.admin)


@pytest.fixture
def chairs(world):
    """Give Asha's visit Chair 1, put somebody in Chair 2, and leave Chair 3 free."""
    make.hours(world.kochi)
    found = [
        make.resource(world.kochi, ResourceKind.CHAIR, name=f"Chair {n}")
        for n in (1, 2, 3)
    ]
    to = Arrangement(chairs=(found[0].public_id,))
    booking.assign(world.timed.id, to, by=SYSTEM, now=NOW)
    order = make.timed_order(
        world.kochi, found[1], world.visit, make.patient("Diya"), local(14)
    )
    booking.book_timed(order, by=SYSTEM, now=NOW)
    return found


def visit(world):
    return f"/appointments/{world.timed.id}"


def chair_of(world, chairs):
    return f"{visit(world)}/resources/{chairs[0].public_id}"


def names(world):
    told = queries.appointment(world.timed.id, by=SYSTEM)
    return [claim.resource.name for claim in told.resources]


def test_a_comment_stands_on_the_page_of_its_visit(meena, world):
    said = meena.post(
        f"/objects/appointment/{world.timed.id}/comments",
        comment="Comes by ambulance\nNeeds a porter",
        once="one",
    )

    assert said.headers["Location"] == f"{visit(world)}#comments"
    words = strict.words(strict.page(meena.get(visit(world))))
    assert "Comes by ambulance Needs a porter" in words
    assert world.meena.name in words


def test_a_comment_that_is_refused_is_kept_with_the_reason(meena, world):
    address = f"/objects/appointment/{world.timed.id}/comments"

    empty = meena.post(address, comment="", once="one")
    long = meena.post(address, htmx=True, comment="x" * 1001, once="one")

    assert (empty.status_code, long.status_code) == (422, 422)
    assert "Give 1 to 1000 characters." in strict.words(strict.page(empty))
    strict.piece(long)
    assert "x" * 1001 in long.text


def test_who_made_a_move_undoes_it_on_the_page_and_nobody_else(
    app, meena, admin, world
):
    meena.post(f"{visit(world)}/cancel", reason="Patient asked")
    shown = meena.get(visit(world))
    assert "Undo “Cancelled”" in strict.words(strict.page(shown))
    assert "Undo “Cancelled”" not in admin.get(visit(world)).text

    other = admin.post(f"{visit(world)}/undo")
    undone = meena.post(f"{visit(world)}/undo")

    assert other.status_code == 409
    assert "Somebody else did that" in strict.words(strict.page(other))
    assert undone.status_code == 303
    words = strict.words(strict.page(meena.get(undone.headers["Location"])))
    assert "Patient asked" in words
    assert "taken back" in words


def test_another_chair_is_had_or_the_form_says_why_not(meena, world, chairs):
    form = strict.words(strict.page(meena.get(chair_of(world, chairs))))
    assert "Free then Chair 3" in form
    assert "Chair 2 is taken" in form

    taken = meena.post(chair_of(world, chairs), to=str(chairs[1].public_id))
    assert taken.status_code == 409
    assert "Diya has Chair 2" in strict.words(strict.page(taken))
    assert names(world)[1:] == ["Chair 1"]

    had = meena.post(chair_of(world, chairs), to=str(chairs[2].public_id))
    assert had.status_code == 303
    assert names(world)[1:] == ["Chair 3"]
    words = strict.words(strict.page(meena.get(visit(world))))
    assert f"Swapped in by {world.meena.name}" in words


def test_what_a_visit_lacks_is_chosen_and_says_why(meena, admin, world, chairs):
    needing = make.kind(minutes=30, requires_chair=True)
    order = make.timed_order(world.kochi, world.rao, needing, world.asha, local(15))
    told = booking.book_timed(order, by=SYSTEM, now=NOW)

    words = strict.words(strict.page(meena.get(f"/appointments/{told.id}")))

    # Asha sat in Chair 1 before.
    assert "Chosen automatically by Baari" in words
    assert "used last time" in words
    assert "Chair 2 is free too" in words
    trail = strict.words(strict.page(admin.get(f"/appointments/{told.id}")))
    assert "for chair: used last time" in trail


def test_a_visit_names_the_procedure_it_is_for(meena, world):
    procedure = booking.add_procedure(
        NewProcedure(
            world.kochi.public_id,
            "Cataract, left eye",
            world.visit.public_id,
            30,
            (Member(world.rao.public_id),),
            (world.asha.public_id,),
        ),
        by=SYSTEM,
        now=NOW,
    )
    place = ProcedurePlace(starts_at=local(15))
    told = booking.book_procedure(procedure.id, place, by=SYSTEM, now=NOW)

    page = meena.get(f"/appointments/{told.appointment.id}")

    assert "For Cataract, left eye procedure" in strict.words(strict.page(page))
    linked = meena.get(f"/objects/procedure/{procedure.id}")
    assert "Procedure: Cataract, left eye" in strict.words(strict.page(linked))


def test_a_chair_can_be_done_without_and_one_must_be_chosen(meena, world, chairs):
    nothing = meena.post(chair_of(world, chairs))
    assert nothing.status_code == 422

    meena.post(chair_of(world, chairs), to="none")

    assert names(world)[1:] == []


def test_a_doctor_moves_and_cancels_what_is_theirs_and_nothing_else(app, world):
    user, theirs = make.user(None), Reach(resource_id=world.rao.id)
    accounts.give_role(user.username, Role.DOCTOR, theirs, by=SYSTEM, now=NOW)
    doctor = people.signed_in(app, user)
    to = Arrangement(rooms=(world.theatre.public_id,))

    own = doctor.get(visit(world)).text
    day = doctor.get(f"/calendar/kochi?day={MONDAY.isoformat()}").text
    booking.assign(world.timed.id, to, by=SYSTEM, now=NOW)
    shared = doctor.get(visit(world)).text

    assert (visit(world) + "/move" in own, visit(world) + "/cancel" in own) == (1, 1)
    assert "data-move" in day
    assert "Theatre 1" in shared
    # The theatre is somebody else's.
    assert visit(world) + "/cancel" not in shared
    assert doctor.get(f"{visit(world)}/cancel").status_code == 403


def test_the_trail_is_for_who_may_audit(meena, admin, world):
    meena.post(f"{visit(world)}/cancel", reason="Patient asked")

    told = strict.words(strict.page(admin.get(visit(world))))
    assert "Everything that was done" in told
    assert "Status booked cancelled" in told
    assert "Everything that was done" not in meena.get(visit(world)).text


def test_the_audit_finds_by_actor_object_and_day(meena, admin, world):
    meena.post(f"{visit(world)}/cancel", reason="Patient asked")

    def found(query):
        page = strict.page(admin.get(f"/audit/?{query}"))
        return strict.words(page)

    who = world.meena.username
    assert "Patient asked" in found(f"who={who}&kind=appointment")
    assert "Patient asked" in found(f"id={world.timed.id}&facility=kochi")
    assert "Patient asked" not in found(f"who={world.ravi.username}")
    assert "Patient asked" not in found("first=2026-01-01&last=2026-01-02")
    late = admin.get("/audit/?first=2026-01-02&last=2026-01-01")
    assert late.status_code == 422
    assert 'value="2026-01-02"' in late.text
    assert meena.get("/audit/").status_code == 403


def test_the_audit_is_read_page_by_page(admin, world):
    for n in range(60):
        admin.post(
            f"/objects/resource/{world.rao.public_id}/comments",
            comment=f"No {n}",
            once=f"once-{n}",
        )

    first = admin.get("/audit/?kind=resource")
    more = first.text.split('href="/audit/?')[-1].split('"')[0].replace("&amp;", "&")
    second = admin.get(f"/audit/?{more}")

    said = first.text.count("Commented"), second.text.count("Commented")
    assert said == (50, 10)


def test_who_comes_along_is_added_in_a_role_and_shown_in_it(meena, world):
    leela = make.patient("Leela")
    at, typed = f"{visit(world)}/people", {"patient": leela.public_id, "act": "add"}

    wrong = meena.post(at, role="surgeon", **typed)
    meena.post(at, role="guardian", **typed)

    both = strict.words(strict.page(meena.get(at)))
    shown = strict.words(strict.page(meena.get(visit(world))))
    assert wrong.status_code == 422
    assert 'value="surgeon"' not in wrong.text
    assert "Leela" in both
    assert "Guardian" in both
    assert "Take off Leela" in both
    # Without a patient it would be nobody's visit.
    assert "Take off Asha" not in both
    assert "Patient Asha Nair" in shown
    assert "Guardian Leela" in shown
