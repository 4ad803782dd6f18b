"""When a whole set is free together: each thing that can keep it from being."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import event

from app.availability import service as availability
from app.availability.views import NewMaintenance
from app.booking import procedure_queries, service
from app.booking.errors import NoneFreeError
from app.booking.setting import NewRule
from app.booking.views import Holding, Member, Seeking
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import ForbiddenError, InputError, NotFoundError
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import MONDAY, NOW, local

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def place(session):
    found = make.facility()
    make.hours(found)
    return found


@pytest.fixture
def surgeon(place):
    found = make.resource(place, name="Dr Rao")
    make.hours(place, found, make.open_time(make.time(14), make.time(17)))
    return found


@pytest.fixture
def theatres(place):
    return [
        make.resource(
            place, ResourceKind.LOCATION, name=f"Theatre {n}", capabilities=("ot",)
        )
        for n in (1, 2)
    ]


@pytest.fixture
def asleep(place):
    found = make.resource(place, name="Dr Iyer", capabilities=("anaesthesia",))
    make.hours(place, found)
    return found


@pytest.fixture
def c_arm(place):
    return make.resource(place, ResourceKind.EQUIPMENT, capabilities=("c-arm",))


@pytest.fixture
def team(surgeon, theatres, asleep, c_arm):
    """Seek the surgeon from 0 to 120, a theatre around that, the machine within."""
    return Seeking(
        members=(
            Member(surgeon.public_id),
            Member(
                kind=ResourceKind.LOCATION, capability="ot", offset=-30, minutes=180
            ),
            Member(kind=ResourceKind.PRACTITIONER, capability="anaesthesia"),
            Member(
                kind=ResourceKind.EQUIPMENT, capability="c-arm", offset=30, minutes=30
            ),
        ),
        minutes=120,
    )


def first(place, asked, **more):
    found = procedure_queries.first_openings(place, asked, by=SYSTEM, now=NOW, **more)
    return found[0] if found else None


def take(place, what, start, minutes):
    order = make.timed_order(
        place,
        what,
        make.kind(),
        None,
        start,
        ends_at=start + timedelta(minutes=minutes),
    )
    return service.book_timed(order, by=SYSTEM, now=NOW)


class TestASetOfFour:
    def test_is_free_together_each_for_its_own_part(
        self, place, team, surgeon, theatres, asleep, c_arm
    ):
        found = first(place, team)

        assert found.span == make.span(local(14), 120)
        assert [(part.resource, part.during) for part in found.parts] == [
            (surgeon, make.span(local(14), 120)),
            (theatres[0], make.span(local(13, 30), 180)),
            (asleep, make.span(local(14), 120)),
            (c_arm, make.span(local(14, 30), 30)),
        ]

    def test_says_why_each_was_chosen_and_others_were_not(self, place, team, theatres):
        take(place, theatres[0], local(16), 30)

        parts = first(place, team).parts

        assert [part.why for part in parts] == ["named", "first", "first", "first"]
        assert parts[1].resource == theatres[1]
        assert [(p.resource, p.why) for p in parts[1].passed] == [
            (theatres[0], "taken")
        ]

    def test_a_member_taken_for_its_part_alone_moves_the_whole(
        self, place, team, c_arm
    ):
        take(place, c_arm, local(14, 30), 10)

        assert first(place, team).span.start == local(14, 10)

    def test_a_member_taken_beside_its_part_moves_nothing(self, place, team, c_arm):
        take(place, c_arm, local(14), 30)
        take(place, c_arm, local(15), 60)

        assert first(place, team).span.start == local(14)

    def test_buffers_of_each_are_respected(self, place, team, theatres):
        for theatre in theatres:
            take(place, theatre, local(13), 30)
        assert first(place, team).span.start == local(14)

        cleaned = [
            make.resource(
                place,
                ResourceKind.LOCATION,
                name=f"Theatre {n}",
                capabilities=("clean",),
                buffer_before=10,
                buffer_after=10,
            )
            for n in (3, 4)
        ]
        for theatre in cleaned:
            take(place, theatre, local(13), 30)
        other = replace(team.members[1], capability="clean")
        asked = replace(team, members=(team.members[0], other, *team.members[2:]))

        assert first(place, asked).span.start == local(14, 20)

    def test_maintenance_leave_and_holidays_close(
        self, place, team, c_arm, asleep, surgeon
    ):
        repair = NewMaintenance(
            place.public_id, c_arm.public_id, make.span(local(9), 8 * 60)
        )
        availability.add_maintenance(repair, by=SYSTEM, now=NOW)
        make.away(place, asleep, local(9, day=TUESDAY), 8 * 60)
        make.away(place, None, local(9, day=TUESDAY + timedelta(days=1)), 8 * 60)

        found = first(place, team)

        assert found.span.start == local(14, day=TUESDAY + timedelta(days=2))

    def test_what_is_taken_before_the_search_begins_counts(self, place, team, theatres):
        for theatre in theatres:
            take(place, theatre, local(13), 45)

        assert first(place, team, after=local(14)).span.start == local(14, 15)

    def test_capacity_counts(self, place, surgeon):
        ward = make.resource(place, ResourceKind.ROOM, capacity=2)
        take(place, ward, local(14), 60)
        asked = Seeking((Member(surgeon.public_id), Member(ward.public_id)), minutes=60)

        assert first(place, asked).span.start == local(14)
        take(place, ward, local(14), 30)
        assert first(place, asked).span.start == local(14, 30)

    def test_a_hold_keeps_its_place_until_it_runs_out(self, place, team, surgeon):
        order = make.timed_order(place, surgeon, make.kind(), None, local(14))
        service.hold_timed(order, Holding("k", minutes=10), by=SYSTEM, now=NOW)

        later = NOW + timedelta(minutes=10)
        at_once = first(place, team)
        (after,) = procedure_queries.first_openings(place, team, by=SYSTEM, now=later)

        assert at_once.span.start == local(14, 30)
        assert after.span.start == local(14)

    def test_two_members_are_two_and_who_can_do_less_is_spared(self, place):
        both = {"capabilities": ("a", "b")}
        able = make.resource(place, ResourceKind.EQUIPMENT, name="A", **both)
        only = make.resource(
            place, ResourceKind.EQUIPMENT, name="B", capabilities=("a",)
        )
        asked = Seeking(
            (
                Member(kind=ResourceKind.EQUIPMENT, capability="a"),
                Member(kind=ResourceKind.EQUIPMENT, capability="b"),
            ),
            minutes=30,
        )

        found = first(place, asked)

        assert [part.resource for part in found.parts] == [only, able]

    def test_is_sought_for_90_days_and_no_longer(self, place, surgeon):
        make.away(place, surgeon, local(0), 89 * 24 * 60)
        asked = Seeking((Member(surgeon.public_id),), minutes=30)

        last = first(place, asked)
        make.away(place, surgeon, local(0, day=MONDAY + timedelta(days=89)), 24 * 60)

        assert last.span.start == local(14, day=MONDAY + timedelta(days=89))
        assert first(place, asked) is None

    def test_each_further_opening_begins_when_the_last_one_ends(self, place, surgeon):
        asked = Seeking((Member(surgeon.public_id),), minutes=80)

        found = procedure_queries.first_openings(
            place, asked, by=SYSTEM, now=NOW, most=3
        )

        assert [each.span.start for each in found] == [
            local(14),
            local(15, 20),
            local(14, day=TUESDAY),
        ]

    def test_any_of_a_department_is_looked_for_there_alone(self, place):
        surgery = directory.add_department(place, "Surgery", by=SYSTEM, now=NOW)
        make.resource(place, ResourceKind.LOCATION, name="A")
        inside = make.resource(
            place, ResourceKind.LOCATION, name="B", department_id=surgery.id
        )
        asked = Seeking((Member(department_id=surgery.public_id),), minutes=30)

        assert first(place, asked).parts[0].resource == inside

    def test_token_slots_are_not_open_even_when_empty(self, place):
        doctor = make.resource(place, token_prefix="A")
        make.hours(place, doctor, make.opd(), make.open_time(make.time(12)))

        asked = Seeking((Member(doctor.public_id),), minutes=30)

        assert first(place, asked, after=local(10)).span.start == local(12)


class TestRulesAndTypes:
    def test_rules_of_the_place_hold_for_the_first_member(self, place, surgeon):
        kind = make.kind()
        service.add_rule(
            NewRule("lead_time", {"minutes": 24 * 60 + 8 * 60}), by=SYSTEM, now=NOW
        )
        service.add_rule(NewRule("allowed_days", {"weekdays": [3]}), by=SYSTEM, now=NOW)
        asked = Seeking((Member(surgeon.public_id),), kind.public_id)

        found = first(place, asked)

        assert found.span == make.span(local(14, day=MONDAY + timedelta(days=3)), 30)

    def test_a_type_brings_its_minutes_buffers_and_needs(self, place, surgeon, c_arm):
        kind = make.kind(
            minutes=60, buffer_before=15, buffer_after=15, equipment=("c-arm",)
        )
        directory.set_duration(
            kind.public_id, surgeon.public_id, 45, by=SYSTEM, now=NOW
        )
        take(place, surgeon, local(15), 15)
        take(place, c_arm, local(15, 30), 30)
        asked = Seeking((Member(surgeon.public_id),), kind.public_id)

        found = first(place, asked)

        assert found.span == make.span(local(14), 45)
        later = first(place, asked, after=local(14, 5))
        assert later.span == make.span(local(16), 45)
        assert [part.resource for part in later.parts] == [surgeon, c_arm]


class TestRefusals:
    def test_names_what_is_not_there(self, place, surgeon):
        other = make.resource(make.facility())

        with pytest.raises(NotFoundError):
            first(place, Seeking((Member(other.public_id),), minutes=30))
        with pytest.raises(NoneFreeError):
            first(
                place,
                Seeking(
                    (Member(kind=ResourceKind.EQUIPMENT, capability="x"),), None, 5
                ),
            )

    @pytest.mark.parametrize(
        "asked",
        [
            Seeking(()),
            Seeking((Member(),), minutes=30),
            Seeking((Member(kind=ResourceKind.ROOM),)),
            Seeking((Member(kind=ResourceKind.LOCATION),), minutes=0),
            Seeking((Member(kind=ResourceKind.LOCATION, offset=60),), minutes=30),
            Seeking((Member(kind=ResourceKind.LOCATION, minutes=9000),), minutes=30),
        ],
    )
    def test_a_set_that_cannot_be_right(self, place, theatres, asked):
        make.resource(place, ResourceKind.ROOM)
        with pytest.raises(InputError):
            first(place, asked)

    def test_a_stranger_finds_nothing(self, place, team):
        with pytest.raises(ForbiddenError):
            procedure_queries.first_openings(
                place, team, by=make.user(None).actor, now=NOW
            )


def statements(work):
    found = []

    def note(connection, cursor, statement, *rest):
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len([s for s in found if not s.startswith(("SAVEPOINT", "RELEASE"))])


def test_reads_little_however_long_it_looks(place, team, surgeon):
    near = statements(lambda: first(place, team))
    make.away(place, surgeon, local(0), 100 * 24 * 60)

    far = statements(lambda: first(place, team))

    assert (near, far) == (3, 6)
