"""What an appointment is for, how a procedure is planned, and who may."""

from uuid import uuid4

import pytest
from msgspec.structs import replace

from app.accounts.permissions import Role
from app.booking import links, procedure_queries, queries, service
from app.booking.errors import (
    ChangedError,
    LinkTakenError,
    NoneFreeError,
    StatusError,
)
from app.booking.views import (
    Link,
    Member,
    Repeat,
)
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, InputError, NotFoundError
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import NOW, local
from tests.rooms import test_procedures as whole
from tests.rooms.test_procedures import FIRST, book, state

# The same hospital and the same order as there.
place, rao, asleep, theatres, c_arm, order, hip = (
    whole.place,
    whole.rao,
    whole.asleep,
    whole.theatres,
    whole.c_arm,
    whole.order,
    whole.hip,
)


class TestLinks:
    def test_an_unknown_kind_is_refused(self, place, rao):
        link = Link("dragon", uuid4())
        order = make.timed_order(place, rao, make.kind(), None, local(14), link=link)

        with pytest.raises(InputError) as told:
            service.book_timed(order, by=SYSTEM, now=NOW)

        assert told.value.params["choices"] == ["procedure"]

    def test_an_object_of_another_facility_is_refused(self, hip):
        elsewhere = make.facility()
        doctor = make.resource(elsewhere)
        make.hours(elsewhere, doctor)
        link = Link("procedure", hip.id)
        order = make.timed_order(
            elsewhere, doctor, make.kind(), None, local(14), link=link
        )

        with pytest.raises(NotFoundError):
            service.book_timed(order, by=SYSTEM, now=NOW)

    def test_a_plain_booking_may_be_for_a_procedure(self, hip, place, rao):
        link = Link("procedure", hip.id)
        order = make.timed_order(place, rao, make.kind(), None, local(14), link=link)

        told = service.book_timed(order, by=SYSTEM, now=NOW)

        assert queries.appointment(told.id, by=SYSTEM).link == link
        assert state(hip) == "booked"
        with pytest.raises(LinkTakenError):
            service.book_timed(replace(order, starts_at=local(16)), by=SYSTEM, now=NOW)

    def test_a_series_is_for_no_procedure(self, hip, place, rao):
        link = Link("procedure", hip.id)
        order = make.timed_order(place, rao, make.kind(), None, local(14), link=link)

        with pytest.raises(InputError):
            service.book_series(order, Repeat(occurrences=2), by=SYSTEM, now=NOW)

    def test_other_packages_add_kinds(self, monkeypatch, place, rao):
        class Plan:
            kind, once = "plan", False

            def check(self, object_id, facility):
                """Let all pass."""

        class Point:
            name = "plan"

            def load(self):
                return Plan

        monkeypatch.setattr(links, "entry_points", lambda group: [Point()])
        links.kinds.cache_clear()
        try:
            link = Link("plan", uuid4())
            order = make.timed_order(
                place, rao, make.kind(), None, local(14), link=link
            )
            first = service.book_timed(order, by=SYSTEM, now=NOW)
            again = replace(order, starts_at=local(15))
            second = service.book_timed(again, by=SYSTEM, now=NOW)
        finally:
            links.kinds.cache_clear()

        assert first.link == second.link == link


class TestPlanning:
    def test_is_kept_as_it_was_ordered(self, hip, order):
        assert hip.order == order
        assert (hip.state, hip.revision, hip.appointment_id) == ("planned", 1, None)

    def test_is_changed_whole_by_who_saw_it_last(self, hip, order, rao):
        wanted = replace(
            order, name="Knee", minutes=60, needs=(Member(rao.public_id),), priority=1
        )

        told = service.change_procedure(
            hip.id, wanted, by=SYSTEM, now=NOW, revision=hip.revision
        )

        assert (told.order, told.revision) == (wanted, 2)
        with pytest.raises(ChangedError):
            service.change_procedure(
                hip.id, order, by=SYSTEM, now=NOW, revision=hip.revision
            )

    def test_is_called_off_and_then_not_booked(self, hip, order):
        told = service.cancel_procedure(hip.id, "better", by=SYSTEM, now=NOW)

        assert (told.state, told.cancel_reason) == ("cancelled", "better")
        with pytest.raises(StatusError):
            book(hip)
        with pytest.raises(StatusError):
            service.change_procedure(hip.id, order, by=SYSTEM, now=NOW)

    def test_is_not_changed_while_it_is_booked(self, hip, order):
        book(hip)

        with pytest.raises(StatusError):
            service.change_procedure(hip.id, order, by=SYSTEM, now=NOW)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"minutes": 0},
            {"priority": 0},
            {"priority": 6},
            {"needs": ()},
            {"needs": (Member(),)},
            {"needs": (Member(kind=ResourceKind.LOCATION, offset=999),)},
        ],
    )
    def test_what_cannot_be_right_is_refused(self, order, wrong):
        with pytest.raises(InputError):
            service.add_procedure(replace(order, **wrong), by=SYSTEM, now=NOW)

    def test_what_is_not_there_is_refused(self, order):
        stranger = make.resource(make.facility())
        with pytest.raises(NotFoundError):
            service.add_procedure(
                replace(order, needs=(Member(stranger.public_id),)), by=SYSTEM, now=NOW
            )
        nobody = Member(kind=ResourceKind.CHAIR)
        with pytest.raises(NoneFreeError):
            service.add_procedure(replace(order, needs=(nobody,)), by=SYSTEM, now=NOW)

    def test_a_list_is_by_priority_and_by_state(self, hip, order, place):
        urgent = service.add_procedure(replace(order, priority=1), by=SYSTEM, now=NOW)
        gone = service.add_procedure(order, by=SYSTEM, now=NOW)
        service.cancel_procedure(gone.id, "no", by=SYSTEM, now=NOW)
        book(hip)

        def ids(state=None):
            found = procedure_queries.procedures(place, by=SYSTEM, state=state)
            return [each.id for each in found]

        assert ids() == [urgent.id, hip.id, gone.id]
        assert ids("planned") == [urgent.id]
        assert ids("booked") == [hip.id]
        assert ids("done") == []
        assert ids("cancelled") == [gone.id]
        with pytest.raises(InputError):
            ids("lost")

    def test_openings_are_those_of_all_it_needs(self, hip, asleep, place):
        make.away(place, asleep, local(14), 5)

        (found,) = procedure_queries.procedure_openings(hip.id, by=SYSTEM, now=NOW)

        assert found.span.start == local(14, 5)


class TestWhoMay:
    def test_patients_are_hidden_from_who_sees_the_calendar_alone(self, hip, place):
        analyst = make.user(Role.ANALYST, place).actor

        told = procedure_queries.procedure(hip.id, by=analyst)

        assert told.order.patient_ids == ()
        with pytest.raises(ForbiddenError):
            service.book_procedure(hip.id, FIRST, by=analyst, now=NOW)

    def test_a_stranger_finds_nothing(self, hip):
        stranger = make.user(Role.RECEPTION, make.facility()).actor

        with pytest.raises(NotFoundError):
            procedure_queries.procedure(hip.id, by=stranger)
        with pytest.raises(NotFoundError):
            service.book_procedure(hip.id, FIRST, by=stranger, now=NOW)
