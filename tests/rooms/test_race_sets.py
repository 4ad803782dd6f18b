"""Rivals for procedures and teams: one of them gets it, and the others are told."""

import pytest
from sqlalchemy import text

from app.booking import service
from app.booking.views import Link, Member, NewProcedure, ProcedurePlace
from app.core.actor import SYSTEM
from app.core.db import db
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.directory.service import NewMember, NewTeam
from tests import factories as make
from tests.factories import NOW, local
from tests.racing import race

RIVALS = 8

pytestmark = [pytest.mark.timeout(120)]


@pytest.fixture
def place(hospital):
    found = make.facility()
    make.hours(found)
    return found


def doctors(place, number):
    found = [make.resource(place) for _ in range(number)]
    for each in found:
        make.hours(place, each)
    return found


def procedure(place, *needs):
    order = NewProcedure(
        place.public_id, "Biopsy", make.kind().public_id, 30, tuple(needs)
    )
    return service.add_procedure(order, by=SYSTEM, now=NOW).id


def test_of_many_who_book_one_procedure_one_does(place, hospital, redis_is):
    # Each at a time of its own: only the procedure itself is wanted by all.
    doctors(place, RIVALS)
    biopsy = procedure(place, Member(kind=ResourceKind.PRACTITIONER))

    def book(n):
        at = ProcedurePlace(local(9 + n))
        return lambda: service.book_procedure(biopsy, at, by=SYSTEM, now=NOW)

    told = race(hospital, [book(n) for n in range(RIVALS)])

    assert [each for each in told if isinstance(each, str)] == ["link_taken"] * 7
    assert live(biopsy) == 1


def test_of_many_plain_bookings_for_one_procedure_one_is_made(place, hospital):
    """Nothing is shared but the procedure: the database alone decides."""
    found = doctors(place, RIVALS)
    biopsy = procedure(place, Member(found[0].public_id))
    kind = make.kind()

    def book(doctor):
        order = make.timed_order(
            place, doctor, kind, None, local(10), link=make_link(biopsy)
        )
        return lambda: service.book_timed(order, by=SYSTEM, now=NOW)

    told = race(hospital, [book(each) for each in found])

    assert [each for each in told if isinstance(each, str)] == ["link_taken"] * 7
    assert live(biopsy) == 1


def test_procedures_that_need_one_of_few_each_find_their_own(place, hospital):
    doctors(place, 2)
    needs = Member(kind=ResourceKind.PRACTITIONER)
    planned = [procedure(place, needs) for _ in range(6)]

    def book(each):
        at = ProcedurePlace(after=local(9))
        return lambda: service.book_procedure(each, at, by=SYSTEM, now=NOW)

    told = race(hospital, [book(each) for each in planned])

    starts = sorted(each.appointment.span.start for each in told)
    assert starts == [local(9, n) for n in (0, 0, 30, 30)] + [local(10)] * 2


def test_a_member_is_had_by_a_team_or_by_another_and_never_by_both(place, hospital):
    rao, mary = doctors(place, 2)
    order = NewTeam(
        f"team-{rao.id}", "Team", (NewMember(rao.public_id), NewMember(mary.public_id))
    )
    team = directory.add_team(place, order, by=SYSTEM, now=NOW)
    kind = make.kind()

    def book(what):
        wanted = make.timed_order(place, what, kind, make.patient(), local(10))
        return lambda: service.book_timed(wanted, by=SYSTEM, now=NOW)

    told = race(hospital, [book(each) for each in (team, mary) * 4])

    won = [each for each in told if not isinstance(each, str)]
    assert len(won) == 1
    assert {each for each in told if isinstance(each, str)} == {"slot_taken"}


def test_who_leaves_a_team_as_it_is_booked_is_in_it_or_not(place, hospital):
    rao, mary = doctors(place, 2)
    both = (NewMember(rao.public_id), NewMember(mary.public_id))
    order = NewTeam(f"team-{rao.id}", "Team", both)
    team = directory.add_team(place, order, by=SYSTEM, now=NOW)
    kind = make.kind()

    def book(n):
        wanted = make.timed_order(place, team, kind, make.patient(), local(9 + n))
        return lambda: service.book_timed(wanted, by=SYSTEM, now=NOW)

    def change(n):
        members = both[: 1 + n % 2]
        return lambda: directory.set_members(
            place, team.public_id, members, by=SYSTEM, now=NOW
        )

    attempts = [book(n) for n in range(4)] + [change(n) for n in range(4)]
    told = race(hospital, attempts)[:4]

    # Told to try again, or booked with the one team or with the other.
    sizes = {len(each.resources) for each in told if not isinstance(each, str)}
    assert {each for each in told if isinstance(each, str)} <= {"busy"}
    assert sizes <= {1, 2}


def make_link(biopsy):
    return Link("procedure", biopsy)


def live(biopsy):
    return db.session.scalar(
        text(
            "SELECT count(*) FROM appointments"
            " WHERE linked_id = :id AND status = 'scheduled'"
        ),
        {"id": biopsy},
    )
