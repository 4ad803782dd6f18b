"""Procedures: planned, booked as a whole, freed again, and never booked twice."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from app.audit.models import AuditEvent
from app.booking import procedure_queries, service
from app.booking.errors import (
    LinkTakenError,
    NoneFreeError,
    StatusError,
)
from app.booking.kinds import How
from app.booking.models import Appointment
from app.booking.setting import NewRule
from app.booking.states import Status
from app.booking.views import (
    Holding,
    Link,
    Member,
    NewPlace,
    NewProcedure,
    Once,
    ProcedurePlace,
)
from app.core.actor import SYSTEM
from app.core.db import constraints
from app.core.errors import RuleError
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.directory.service import NewMember, NewTeam
from tests import factories as make
from tests.factories import MONDAY, NOW, local

FIRST = ProcedurePlace()


@pytest.fixture
def place(session):
    found = make.facility()
    make.hours(found)
    return found


@pytest.fixture
def rao(place):
    found = make.resource(place, name="Dr Rao")
    make.hours(place, found, make.open_time(make.time(14), make.time(17)))
    return found


@pytest.fixture
def asleep(place):
    found = make.resource(place, name="Dr Iyer", capabilities=("anaesthesia",))
    make.hours(place, found)
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
def c_arm(place):
    return make.resource(place, ResourceKind.EQUIPMENT, capabilities=("c-arm",))


@pytest.fixture
def order(place, rao, asleep, theatres, c_arm):
    asha = make.patient()
    kind = make.kind(minutes=30)
    return NewProcedure(
        facility_id=place.public_id,
        name="Hip replacement",
        type_id=kind.public_id,
        minutes=120,
        needs=(
            Member(rao.public_id, role="surgeon"),
            Member(
                kind=ResourceKind.LOCATION, capability="ot", offset=-30, minutes=180
            ),
            Member(kind=ResourceKind.PRACTITIONER, capability="anaesthesia"),
            Member(
                kind=ResourceKind.EQUIPMENT, capability="c-arm", offset=30, minutes=30
            ),
        ),
        patient_ids=(asha.public_id,),
    )


@pytest.fixture
def hip(order):
    return service.add_procedure(order, by=SYSTEM, now=NOW)


def book(procedure, at=FIRST, now=NOW, **more):
    return service.book_procedure(procedure.id, at, by=SYSTEM, now=now, **more)


def state(procedure):
    return procedure_queries.procedure(procedure.id, by=SYSTEM).state


class TestBooking:
    def test_fills_participants_and_resources_at_the_first_opening(
        self, hip, rao, theatres, asleep, c_arm, order
    ):
        found = book(hip)

        told = found.appointment
        assert told.span == make.span(local(14), 120)
        assert told.status is Status.SCHEDULED
        assert [p.public_id for p in told.patients] == list(order.patient_ids)
        assert [(c.resource, c.during, c.how) for c in told.resources] == [
            (rao, make.span(local(14), 120), How.MANUAL),
            (theatres[0], make.span(local(13, 30), 180), How.AUTO),
            (asleep, make.span(local(14), 120), How.AUTO),
            (c_arm, make.span(local(14, 30), 30), How.AUTO),
        ]
        assert [(c.need, c.why) for c in found.choices] == [
            ("location:ot", "first"),
            ("practitioner:anaesthesia", "first"),
            ("equipment:c-arm", "first"),
        ]
        assert told.link == Link("procedure", hip.id)
        kept = procedure_queries.procedure(hip.id, by=SYSTEM)
        assert (kept.state, kept.appointment_id) == ("booked", told.id)

    def test_the_trail_says_who_was_chosen_and_why(self, hip, session):
        book(hip)

        found = select(AuditEvent.after).where(
            AuditEvent.action == "appointment.booked"
        )
        (after,) = session.scalars(found)
        assert [each["why"] for each in after["assigned"]] == ["first"] * 3

    def test_at_a_moment_or_from_one_on(self, order):
        first, second = (
            service.add_procedure(order, by=SYSTEM, now=NOW) for _ in range(2)
        )

        chosen = book(first, ProcedurePlace(local(14, 15)))
        day = MONDAY + timedelta(days=3)
        later = book(second, ProcedurePlace(after=local(0, day=day)))

        assert chosen.appointment.span.start == local(14, 15)
        assert later.appointment.span.start == local(14, day=day)

    def test_where_one_is_not_free_it_is_named(self, hip, asleep, place):
        make.away(place, asleep, local(15), 10)

        with pytest.raises(NoneFreeError) as told:
            book(hip, ProcedurePlace(local(14)))

        assert told.value.params["need"] == "practitioner:anaesthesia"
        assert [p.why for p in told.value.params["passed"]] == ["away"]

    def test_that_are_never_free_together_are_refused(self, hip, asleep, place):
        make.away(place, asleep, local(0), 100 * 24 * 60)

        with pytest.raises(NoneFreeError) as told:
            book(hip)

        assert told.value.params["need"] == "together"

    def test_a_rule_of_the_patient_moves_it_on(self, hip, order, place, theatres):
        service.add_rule(NewRule("patient_overlap", {}), by=SYSTEM, now=NOW)
        other = make.resource(place)
        make.hours(place, other)
        asha = make.patient()
        timed = make.timed_order(place, other, make.kind(), asha, local(15, 30))
        timed = replace(timed, patient_id=order.patient_ids[0])
        service.book_timed(timed, by=SYSTEM, now=NOW)

        found = book(hip)

        assert found.appointment.span.start == local(14, day=MONDAY + timedelta(days=1))
        with pytest.raises(StatusError):
            service.cancel_procedure(hip.id, "no", by=SYSTEM, now=NOW)

    def test_openings_are_those_that_its_patients_may_have(
        self, hip, order, place, rao
    ):
        service.add_rule(NewRule("dose_gap", {"days": 12}), by=SYSTEM, now=NOW)
        timed = make.timed_order(place, rao, make.kind(), make.patient(), local(16, 30))
        timed = replace(timed, type_id=order.type_id, patient_id=order.patient_ids[0])
        service.book_timed(timed, by=SYSTEM, now=NOW)

        (opening,) = procedure_queries.procedure_openings(hip.id, by=SYSTEM, now=NOW)
        found = book(hip)

        # On the twelfth day it is too early still, but for the last half hour.
        assert opening.span.start == local(14, day=MONDAY + timedelta(days=13))
        assert found.appointment.span == opening.span

    def test_a_rule_nothing_passes_refuses(self, hip):
        rule = NewRule("age_range", {"least": 90})
        service.add_rule(rule, by=SYSTEM, now=NOW)

        with pytest.raises(RuleError):
            book(hip)

    def test_a_team_is_booked_as_its_members(self, order, place, rao, asleep):
        team = directory.add_team(
            place,
            NewTeam(
                "hips",
                "Hips",
                (NewMember(rao.public_id), NewMember(asleep.public_id, minutes=60)),
            ),
            by=SYSTEM,
            now=NOW,
        )
        asked = replace(order, needs=(Member(team.public_id),))
        procedure = service.add_procedure(asked, by=SYSTEM, now=NOW)

        told = book(procedure).appointment

        assert [(c.resource, c.during.minutes) for c in told.resources] == [
            (rao, 120),
            (asleep, 60),
        ]

    def test_once_is_once(self, hip):
        key = Once("k", "f")
        first, second = (book(hip, once=key).appointment for _ in range(2))

        assert first.id == second.id


class TestMoving:
    def test_all_that_was_chosen_for_it_comes_along(self, hip):
        told = book(hip).appointment

        to = NewPlace(local(14, 15))
        moved = service.move(told.id, to, by=SYSTEM, now=NOW)

        shift = timedelta(minutes=15)
        assert [(c.resource, c.during.start, c.how) for c in moved.resources] == [
            (c.resource, c.during.start + shift, c.how) for c in told.resources
        ]
        assert moved.link == told.link


class TestOneAtATime:
    def test_it_is_booked_once(self, hip):
        book(hip)

        with pytest.raises(LinkTakenError):
            book(hip)

    def test_cancelling_frees_it_for_another_booking(self, hip):
        first = book(hip).appointment
        service.cancel(first.id, "ill", by=SYSTEM, now=NOW)
        assert state(hip) == "planned"

        second = book(hip).appointment

        assert second.id != first.id
        assert second.span == first.span
        assert state(hip) == "booked"

    def test_taking_a_cancellation_back_is_refused_when_it_is_booked_again(
        self, hip, order
    ):
        first = book(hip).appointment
        service.cancel(first.id, "ill", by=SYSTEM, now=NOW)
        day = MONDAY + timedelta(days=1)
        book(hip, ProcedurePlace(local(14, day=day)))

        with pytest.raises(LinkTakenError):
            service.undo(first.id, by=SYSTEM, now=NOW)

    def test_done_it_is_not_booked_again(self, hip):
        told = book(hip).appointment
        for to in (Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED):
            service.attend(told.id, to, by=SYSTEM, now=local(14))

        assert state(hip) == "done"
        with pytest.raises(LinkTakenError):
            book(hip)

    def test_the_database_alone_keeps_it(self, hip, session):
        first = book(hip).appointment
        service.cancel(first.id, "ill", by=SYSTEM, now=NOW)
        book(hip)
        again = (
            update(Appointment)
            .where(Appointment.public_id == first.id)
            .values(status=Status.SCHEDULED)
        )

        meaning = {"uq_appointments_one_procedure": LinkTakenError()}
        with (
            pytest.raises(LinkTakenError),
            constraints(meaning),
            session.begin_nested(),
        ):
            session.execute(again)

    def test_a_hold_keeps_it_until_it_runs_out(self, hip, place, rao):
        order = make.timed_order(
            place, rao, make.kind(), None, local(14), link=Link("procedure", hip.id)
        )
        service.hold_timed(order, Holding("k", minutes=10), by=SYSTEM, now=NOW)

        with pytest.raises(LinkTakenError):
            book(hip, ProcedurePlace(local(14, day=MONDAY + timedelta(days=1))))
        later = NOW + timedelta(minutes=10)
        place_ = ProcedurePlace(local(14, day=MONDAY + timedelta(days=1)))

        assert book(hip, place_, now=later)

    def test_a_confirmed_hold_is_its_booking(self, hip, place, rao):
        link = Link("procedure", hip.id)
        order = make.timed_order(place, rao, make.kind(), None, local(14), link=link)
        held = service.hold_timed(order, Holding("k"), by=SYSTEM, now=NOW)
        late = NOW + timedelta(minutes=30)

        told = service.confirm(held.id, (), by=SYSTEM, now=late)

        assert (told.link, state(hip)) == (link, "booked")
