"""A team is booked as its members, each for its own part of the time."""

from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from app.booking import procedure_queries, queries, service, teams
from app.booking.errors import NotOfferedError, SlotTakenError
from app.booking.views import Holding, Member, NewPlace, Repeat, Seeking, Want
from app.core.actor import SYSTEM
from app.core.errors import BusyError, InputError, NotFoundError
from app.directory import queries as house
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.directory.models import TeamMember
from app.directory.service import CodeTakenError, NewMember, NewTeam
from tests import factories as make
from tests.factories import MONDAY, NOW, local


@pytest.fixture
def place(session):
    found = make.facility()
    make.hours(found)
    return found


@pytest.fixture
def rao(place):
    found = make.resource(place, name="Dr Rao")
    make.hours(place, found, make.open_time(make.time(10), make.time(17)))
    return found


@pytest.fixture
def nurse(place):
    found = make.resource(place, name="Sister Mary")
    make.hours(place, found, make.open_time(make.time(9), make.time(16)))
    return found


@pytest.fixture
def theatre(place):
    return make.resource(place, ResourceKind.LOCATION, name="Theatre")


@pytest.fixture
def team(place, rao, nurse, theatre):
    return make_team(
        place,
        NewMember(rao.public_id, "surgeon"),
        NewMember(nurse.public_id, "nurse", offset=10, minutes=20),
        NewMember(theatre.public_id, offset=-30, minutes=120),
    )


def make_team(place, *members, code="hearts"):
    order = NewTeam(code, code.title(), tuple(members))
    return directory.add_team(place, order, by=SYSTEM, now=NOW)


def book(place, what, start, kind=None, **fields):
    order = make.timed_order(
        place, what, kind or make.kind(minutes=60), make.patient(), start, **fields
    )
    return service.book_timed(order, by=SYSTEM, now=NOW)


class TestBooking:
    def test_members_are_claimed_each_for_its_part(
        self, place, team, rao, nurse, theatre
    ):
        told = book(place, team, local(12))

        assert told.resource == rao
        assert [(claim.resource, claim.during) for claim in told.resources] == [
            (rao, make.span(local(12), 60)),
            (nurse, make.span(local(12, 10), 20)),
            (theatre, make.span(local(11, 30), 120)),
        ]

    def test_a_member_taken_refuses_and_is_named(self, place, team, nurse):
        book(place, nurse, local(12, 20), make.kind(minutes=30))

        with pytest.raises(SlotTakenError) as told:
            book(place, team, local(12))

        assert [c.resource for c in told.value.params["clashes"]] == ["Sister Mary"]

    def test_a_member_that_is_away_refuses_and_is_named(self, place, team, theatre):
        make.away(place, theatre, local(11, 30), 5)

        with pytest.raises(NotOfferedError) as told:
            book(place, team, local(12))

        assert told.value.params["resource"] == "Theatre"

    def test_who_comes_later_changes_no_old_booking(self, place, team, rao, nurse):
        before = book(place, team, local(12))
        other = make.resource(place, ResourceKind.EQUIPMENT, name="Monitor")

        members = [NewMember(rao.public_id), NewMember(other.public_id)]
        directory.set_members(place, team.public_id, members, by=SYSTEM, now=NOW)
        after = book(place, team, local(14))

        assert queries.appointment(before.id, by=SYSTEM).resources == before.resources
        assert [claim.resource for claim in after.resources] == [rao, other]
        moved = service.move(before.id, NewPlace(local(15)), by=SYSTEM, now=NOW)
        assert nurse in [claim.resource for claim in moved.resources]

    def test_a_team_for_a_part_of_the_time(self, place, team, nurse, rao, theatre):
        lead = make.resource(place)
        make.hours(place, lead)
        part = make.span(local(12), 45)

        told = book(place, lead, local(11), also=(Want(team.public_id, part),))

        assert [claim.during for claim in told.resources[1:]] == [
            part,
            make.span(local(12, 10), 20),
            make.span(local(11, 30), 120),
        ]

    def test_is_held_and_booked_in_series_as_its_members(self, place, team, rao):
        order = make.timed_order(place, team, make.kind(), make.patient(), local(12))

        held = service.hold_timed(order, Holding("k"), by=SYSTEM, now=NOW)
        service.release(held.id, by=SYSTEM, now=NOW)
        series = service.book_series(order, Repeat(occurrences=2), by=SYSTEM, now=NOW)

        assert len(held.resources) == 3
        assert [len(e.appointment.resources) for e in series.occurrences] == [3, 3]

    def test_out_of_use_it_is_not_booked(self, place, team):
        directory.change_resource(team.public_id, by=SYSTEM, now=NOW, active=False)

        with pytest.raises(NotOfferedError) as told:
            book(place, team, local(12))

        assert told.value.params["reason"] == "inactive"

    def test_a_member_named_beside_its_team_is_named_twice(self, place, team, nurse):
        with pytest.raises(InputError) as told:
            book(place, team, local(12), also=(Want(nurse.public_id),))

        assert told.value.params["reason"] == "twice"


class TestListings:
    def test_openings_respect_every_member(self, place, team, nurse):
        kind = make.kind(minutes=60)
        book(place, nurse, local(10), make.kind(minutes=25))

        found = queries.openings(
            place, team, kind.public_id, local(9), by=SYSTEM, now=NOW, most=1
        )

        assert [(each.resource, each.span) for each in found] == [
            (team, make.span(local(10, 15), 60))
        ]
        assert book(place, team, found[0].span.start, kind)

    def test_a_day_is_free_where_every_member_is(self, place, team, rao, nurse):
        book(place, nurse, local(12), make.kind(minutes=20))

        told = queries.slots(
            place.public_id, team.public_id, MONDAY, by=SYSTEM, now=NOW
        )

        assert list(told.open) == [make.span(local(10), 6 * 60)]
        assert list(told.free) == [
            make.span(local(10), 120),
            make.span(local(12, 20), 3 * 60 + 40),
        ]

    def test_for_a_type_a_day_is_free_where_one_could_be_booked(self, place, team):
        kind = make.kind(minutes=60)

        told = queries.slots(
            place.public_id,
            team.public_id,
            MONDAY,
            by=SYSTEM,
            now=NOW,
            type_id=kind.public_id,
        )

        (free,) = told.free
        # The nurse goes at four and is there for the tenth to thirtieth minute; the
        # theatre closes at five.
        assert free == make.span(local(10), 330 + 60)
        book(place, team, local(15, 30), kind)

    def test_is_sought_in_a_set_as_its_members(self, place, team):
        asked = Seeking((Member(team.public_id, offset=30, minutes=60),), minutes=120)

        (found,) = procedure_queries.first_openings(
            place, asked, by=SYSTEM, now=NOW, after=local(9)
        )

        assert found.span.start == local(9, 30)
        assert [part.during for part in found.parts] == [
            make.span(local(10), 60),
            make.span(local(10, 10), 20),
            make.span(local(9, 30), 120),
        ]
        assert [part.role for part in found.parts] == ["surgeon", "nurse", ""]


class TestSettingUp:
    def test_a_team_in_a_team_is_refused(self, place, team, session):
        with pytest.raises(InputError) as told:
            make_team(place, NewMember(team.public_id), code="both")

        assert told.value.params["reason"] == "nested_team"

    def test_the_database_keeps_teams_out_of_teams(self, place, team, session):
        other = make_team(
            place, NewMember(make.resource(place).public_id), code="other"
        )
        row = {"team_id": team.id, "resource_id": other.id, "position": 9}

        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(insert(TeamMember).values(**row, resource_kind="team"))
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(insert(TeamMember).values(**row, resource_kind="room"))

    def test_an_empty_team_is_refused(self, place, team):
        with pytest.raises(InputError) as told:
            make_team(place, code="empty")
        with pytest.raises(InputError):
            directory.set_members(place, team.public_id, (), by=SYSTEM, now=NOW)

        assert told.value.field == "members"

    def test_one_that_was_emptied_is_not_booked(self, place, team, session):
        session.query(TeamMember).delete()

        with pytest.raises(InputError) as told:
            book(place, team, local(12))

        assert told.value.params["reason"] == "empty_team"

    @pytest.mark.parametrize(
        "part",
        [{"offset": 1500}, {"minutes": 0}, {"minutes": 9000}, {"role": "x" * 41}],
    )
    def test_a_part_that_cannot_be_right(self, place, rao, part):
        with pytest.raises(InputError):
            make_team(place, NewMember(rao.public_id, **part), code="bad")

    def test_twice_elsewhere_or_under_a_code_in_use(self, place, rao, team):
        away = make.resource(make.facility())
        for members, refusal in (
            ((NewMember(rao.public_id),) * 2, InputError),
            ((NewMember(away.public_id),), NotFoundError),
        ):
            with pytest.raises(refusal):
                make_team(place, *members, code="bad")
        with pytest.raises(CodeTakenError):
            make_team(place, NewMember(rao.public_id))
        with pytest.raises(NotFoundError):
            directory.set_members(place, rao.public_id, (), by=SYSTEM, now=NOW)

    def test_is_read_with_its_members(self, place, team, rao, nurse, theatre):
        found, members = house.team(place, team.public_id, by=SYSTEM)

        assert found == team
        assert [
            (each.resource_id, each.role, each.offset, each.length) for each in members
        ] == [
            (rao.public_id, "surgeon", timedelta(), None),
            (nurse.public_id, "nurse", timedelta(minutes=10), timedelta(minutes=20)),
            (theatre.public_id, "", timedelta(minutes=-30), timedelta(minutes=120)),
        ]
        with pytest.raises(NotFoundError):
            house.team(place, rao.public_id, by=SYSTEM)


def test_a_team_that_changed_meanwhile_is_asked_for_anew(place, team, rao, monkeypatch):
    """Somebody changes it after it was looked up and before its lock is had."""
    order = make.timed_order(place, team, make.kind(), make.patient(), local(12))
    expanded = teams.expand(order)
    directory.set_members(
        place, team.public_id, (NewMember(rao.public_id),), by=SYSTEM, now=NOW
    )

    monkeypatch.setattr(teams, "expand", lambda _: expanded)
    with pytest.raises(BusyError):
        service.book_timed(order, by=SYSTEM, now=NOW)
