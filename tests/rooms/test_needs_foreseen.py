"""What a booking would be given is said before; what was picked is had, or refused."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from app.accounts import service as accounts
from app.accounts.permissions import Permission, Role
from app.accounts.roles import NewRole
from app.accounts.views import EVERYWHERE
from app.availability import service as availability
from app.availability.views import NewMaintenance
from app.booking import service
from app.booking.errors import NotOfferedError, SlotTakenError
from app.booking.kinds import How
from app.booking.models import Appointment, BookingResource
from app.booking.need_queries import foresee
from app.booking.states import Status
from app.booking.views import Holding, Want
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import ForbiddenError, InputError
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.patients import service as patients
from tests import factories as make
from tests.factories import NOW, local


@pytest.fixture
def place(session):
    found = make.facility()
    make.hours(found)
    return found


@pytest.fixture
def rao(place):
    found = make.resource(place, token_prefix="A")
    make.hours(place, found, make.opd(tokens=2), make.open_time(make.time(14)))
    return found


@pytest.fixture
def chairs(place):
    return [
        make.resource(place, ResourceKind.CHAIR, name=f"Chair {n}") for n in (2, 10, 3)
    ]


@pytest.fixture
def scaling(session):
    return make.kind(requires_chair=True)


@pytest.fixture
def asha(session):
    return make.patient()


@pytest.fixture
def wanted(place, rao, scaling, asha, chairs):
    return make.timed_order(place, rao, scaling, asha, local(14))


def with_picks(order, *picks, **fields):
    return replace(order, picks=tuple(each.public_id for each in picks), **fields)


def told(order, by=SYSTEM):
    return foresee(order, by=by, now=NOW)


def names(found):
    return [each.name for each in found]


def passed(foreseen):
    return {each.resource.name: each.why for each in foreseen.passed}


def repair(place, what):
    order = NewMaintenance(place.public_id, what.public_id, make.span(local(14), 30))
    availability.add_maintenance(order, by=SYSTEM, now=NOW)


def authorised(place, name):
    found = make.resource(place, ResourceKind.CHAIR, name=name)
    directory.open_place(place, found.public_id, by=SYSTEM, now=NOW, restricted=True)
    return found


class TestForesee:
    def test_says_what_would_be_chosen_why_and_what_else_could_be(
        self, place, chairs, wanted
    ):
        repair(place, chairs[0])

        chair = told(wanted)[0]

        assert (chair.need, chair.resource.name, chair.why) == (
            "chair",
            "Chair 3",
            "first",
        )
        assert names(chair.free) == ["Chair 3", "Chair 10"]
        assert passed(chair) == {"Chair 2": "maintenance", "Chair 10": "after"}

    def test_what_is_foreseen_is_what_is_booked(self, place, rao, scaling, chairs):
        for who in [make.patient(f"Nr {n}") for n in range(3)]:
            doctor = make.resource(place)
            make.hours(place, doctor)
            order = make.timed_order(place, doctor, scaling, who, local(14))
            foreseen = told(order)

            booked = service.book_timed(order, by=SYSTEM, now=NOW)

            assert booked.resources[1].resource == foreseen[0].resource
            assert told(order)[0].resource != foreseen[0].resource

    def test_knows_the_chair_of_the_last_visit_and_the_one_preferred(
        self, place, rao, scaling, chairs, asha, wanted
    ):
        liked = (chairs[2].public_id,)
        patients.prefer(asha.public_id, liked, by=SYSTEM, now=NOW, scope=EVERYWHERE)
        assert told(wanted)[0].why == "preferred"
        service.book_timed(with_picks(wanted, chairs[1]), by=SYSTEM, now=NOW)

        later = make.timed_order(place, rao, scaling, asha, local(16))

        chair = told(later)[0]
        assert (chair.resource.name, chair.why) == ("Chair 10", "previous")

    def test_nobody_known_yet_is_given_the_first_by_name(
        self, place, rao, scaling, chairs
    ):
        order = make.timed_order(place, rao, scaling, None, local(14))

        assert told(order)[0].resource.name == "Chair 2"

    def test_writes_nothing_and_counts_no_hold_that_has_run_out(
        self, place, chairs, scaling, wanted
    ):
        doctor = make.resource(place)
        make.hours(place, doctor)
        order = make.timed_order(place, doctor, scaling, None, local(14))
        service.hold_timed(order, Holding("o", 1), by=SYSTEM, now=NOW)
        held = told(wanted)[0]

        free = foresee(wanted, by=SYSTEM, now=NOW + timedelta(minutes=2))[0]

        assert (held.resource.name, free.resource.name) == ("Chair 3", "Chair 2")
        assert db.session.scalars(select(Appointment.status)).all() == [Status.HELD]
        assert db.session.scalar(select(func.count(BookingResource.id))) == 2

    def test_where_nothing_is_free_it_says_why_of_each(self, place, chairs, wanted):
        for each in chairs:
            repair(place, each)

        chair = told(wanted)[0]

        assert (chair.resource, chair.free) == (None, ())
        assert set(passed(chair).values()) == {"maintenance"}

    def test_one_need_that_cannot_be_met_hides_no_other(self, place, rao, asha):
        imaging = make.kind(requires_chair=True, equipment=("c-arm",))
        arm = make.resource(place, ResourceKind.EQUIPMENT, capabilities=("c-arm",))

        found = told(make.timed_order(place, rao, imaging, asha, local(14)))

        assert [(each.need, each.resource) for each in found] == [
            ("chair", None),
            ("equipment:c-arm", arm),
        ]

    def test_what_is_named_already_leaves_nothing_open(self, chairs, wanted):
        named = (*wanted.resources, Want(chairs[1].public_id))

        assert told(with_picks(wanted, resources=named)) == []

    def test_a_pick_is_foreseen_and_one_that_is_out_is_passed_over(
        self, place, chairs, wanted
    ):
        picked = told(with_picks(wanted, chairs[1]))[0]
        repair(place, chairs[1])
        out = told(with_picks(wanted, chairs[1]))[0]

        assert (picked.resource.name, picked.why) == ("Chair 10", "picked")
        assert picked.usual.name == "Chair 2"
        assert (out.resource.name, out.why) == ("Chair 2", "first")
        assert passed(out)["Chair 10"] == "maintenance"

    def test_is_for_who_may_request_there_and_see_the_patient(
        self, place, rao, scaling, wanted
    ):
        nobody = make.timed_order(place, rao, scaling, None, local(14))
        stranger, analyst = make.user(None), make.user(Role.ANALYST, place)
        elsewhere = make.user(Role.RECEPTION, make.facility())

        for user in (stranger, analyst, elsewhere):
            with pytest.raises(ForbiddenError):
                told(nobody, by=user.actor)
        assert told(wanted, by=make.user(Role.RECEPTION, place).actor)

    def test_who_may_see_no_patients_is_told_nothing_of_one(
        self, place, rao, scaling, wanted
    ):
        asks = frozenset({Permission.REQUEST, Permission.VIEW_CALENDAR})
        role = NewRole("asker", "Asker", asks)
        accounts.add_role(role, by=SYSTEM, now=NOW)
        asker = make.user("asker", place).actor
        nobody = make.timed_order(place, rao, scaling, None, local(14))

        assert told(nobody, by=asker)
        with pytest.raises(ForbiddenError):
            told(wanted, by=asker)

    def test_chooses_nothing_that_is_for_authorised_people(self, place, wanted):
        authorised(place, "A chair")
        desk = make.user(Role.RECEPTION, place).actor

        chair = told(wanted, by=desk)[0]

        assert chair.resource.name == "Chair 2"
        assert passed(chair)["A chair"] == "authorised"
        assert "A chair" not in names(chair.free)


class TestPicks:
    def test_a_pick_is_taken_and_said_to_be_assigned_by_hand(self, chairs, wanted):
        booked = service.book_timed(with_picks(wanted, chairs[1]), by=SYSTEM, now=NOW)

        claim = booked.resources[1]
        assert (claim.resource.name, claim.how) == ("Chair 10", How.MANUAL)

    def test_a_pick_that_is_the_usual_one_is_still_chosen_by_baari(
        self, chairs, wanted
    ):
        booked = service.book_timed(with_picks(wanted, chairs[0]), by=SYSTEM, now=NOW)

        assert booked.resources[1].how == How.AUTO

    def test_a_token_has_its_pick_for_the_time_of_its_slot(
        self, place, rao, scaling, chairs, asha
    ):
        order = make.token_order(place, rao, scaling, asha, local(10))
        order = with_picks(order, chairs[2])

        booked = service.book_token(order, by=SYSTEM, now=NOW)

        assert names(c.resource for c in booked.resources) == ["Chair 3"]
        assert booked.resources[0].during == booked.span

    def test_a_pick_that_somebody_took_is_refused_by_name(
        self, place, chairs, scaling, wanted
    ):
        doctor = make.resource(place)
        make.hours(place, doctor)
        other = make.timed_order(place, doctor, scaling, make.patient(), local(14))
        service.book_timed(with_picks(other, chairs[1]), by=SYSTEM, now=NOW)

        with pytest.raises(SlotTakenError) as refused:
            service.book_timed(with_picks(wanted, chairs[1]), by=SYSTEM, now=NOW)

        assert refused.value.params["clashes"][0].resource == "Chair 10"
        assert db.session.scalar(select(func.count(Appointment.id))) == 1

    def test_a_pick_in_repair_is_refused_by_name(self, place, chairs, wanted):
        repair(place, chairs[1])

        with pytest.raises(NotOfferedError) as refused:
            service.book_timed(with_picks(wanted, chairs[1]), by=SYSTEM, now=NOW)

        assert refused.value.params["resource"] == "Chair 10"
        assert refused.value.params["reason"] == "maintenance"

    def test_a_pick_for_authorised_people_is_refused_to_others(self, place, wanted):
        closed = authorised(place, "A chair")
        desk = make.user(Role.RECEPTION, place).actor

        with pytest.raises(ForbiddenError):
            service.book_timed(with_picks(wanted, closed), by=desk, now=NOW)

    def test_a_pick_that_meets_no_need_is_refused(self, place, chairs, wanted):
        room = make.resource(place, ResourceKind.ROOM)

        for picks in ((room,), (chairs[0], chairs[1])):
            with pytest.raises(InputError):
                service.book_timed(with_picks(wanted, *picks), by=SYSTEM, now=NOW)
