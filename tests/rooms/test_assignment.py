"""What a type needs is found, held and told: who was chosen, and why nobody else."""

import pytest
from sqlalchemy import select, text

from app.accounts.permissions import Role
from app.accounts.views import EVERYWHERE
from app.availability import service as availability
from app.availability.views import NewMaintenance
from app.booking import service
from app.booking.errors import ChangedError, NoneFreeError, SlotTakenError
from app.booking.kinds import How
from app.booking.models import Appointment, BookingResource
from app.booking.views import Arrangement, NewPlace, Override, Want
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import ForbiddenError, InputError
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.directory.types import TypeChange, change_type
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


def book(place, rao, why, who, at, **fields):
    order = make.timed_order(place, rao, why, who, at, **fields)
    return service.book_timed(order, by=SYSTEM, now=NOW)


def names(told):
    return [claim.resource.name for claim in told.resources[1:]]


def repair(place, what, at, minutes=30):
    availability.add_maintenance(
        NewMaintenance(
            place.public_id, what.public_id, make.span(at, minutes), "polish"
        ),
        by=SYSTEM,
        now=NOW,
    )


def take_away_chairs(told):
    """Leave a booking without what its type needs, as one made before it did."""
    found = select(BookingResource).join(
        Appointment, Appointment.id == BookingResource.appointment_id
    )
    for row in db.session.scalars(found.where(BookingResource.how == How.AUTO)):
        row.active = row.current = False
    db.session.flush()


class TestBooking:
    def test_takes_the_first_chair_by_name(self, place, rao, chairs, scaling):
        told = book(place, rao, scaling, make.patient(), local(14))

        assert names(told) == ["Chair 2"]
        assert told.resources[1].how == How.AUTO

    def test_takes_the_chair_of_the_last_visit_before_the_one_preferred(
        self, place, rao, chairs, scaling
    ):
        asha = make.patient()
        liked = (chairs[2].public_id,)
        patients.prefer(asha.public_id, liked, by=SYSTEM, now=NOW, scope=EVERYWHERE)
        first = book(place, rao, scaling, asha, local(14))
        service.assign(
            first.id,
            Arrangement(chairs=(chairs[1].public_id,)),
            by=SYSTEM,
            now=NOW,
        )

        again = book(place, rao, scaling, asha, local(15))

        assert names(first) == ["Chair 3"]
        assert names(again) == ["Chair 10"]

    def test_passes_over_what_is_out_of_use_in_repair_or_taken(
        self, place, rao, chairs, scaling
    ):
        directory.change_resource(chairs[0].public_id, by=SYSTEM, now=NOW, active=False)
        repair(place, chairs[1], local(14))

        told = book(place, rao, scaling, make.patient(), local(14))

        assert names(told) == ["Chair 3"]

    def test_refuses_when_none_is_free_and_says_why_of_each(
        self, place, rao, chairs, scaling
    ):
        other = make.resource(place)
        make.hours(place, other)
        directory.change_resource(chairs[0].public_id, by=SYSTEM, now=NOW, active=False)
        repair(place, chairs[1], local(14))
        book(place, other, scaling, make.patient(), local(14))

        with pytest.raises(NoneFreeError) as refused:
            book(place, rao, scaling, make.patient(), local(14))

        passed = refused.value.params["passed"]
        assert refused.value.params["need"] == "chair"
        assert {each.resource.name: each.why for each in passed} == {
            "Chair 2": "inactive",
            "Chair 10": "maintenance",
            "Chair 3": "taken",
        }

    def test_never_looks_into_another_facility(self, place, rao, scaling):
        elsewhere = make.facility()
        make.hours(elsewhere)
        make.resource(elsewhere, ResourceKind.CHAIR)

        with pytest.raises(NoneFreeError):
            book(place, rao, scaling, make.patient(), local(14))

    def test_finds_several_kinds_at_once_each_by_what_it_can_do(self, place, rao):
        imaging = make.kind(
            requires_room=True, room_capability="xray", equipment=("c-arm", "monitor")
        )
        make.resource(place, ResourceKind.ROOM, name="A consulting room")
        both = {"capabilities": ("c-arm", "monitor")}
        make.resource(place, ResourceKind.EQUIPMENT, name="A", **both)
        make.resource(place, ResourceKind.EQUIPMENT, name="B", capabilities=("c-arm",))
        xray = {"name": "X-ray", "capabilities": ("xray",)}
        make.resource(place, ResourceKind.ROOM, **xray)

        told = book(place, rao, imaging, make.patient(), local(14))

        # A can do both, but nothing else could be the monitor.
        assert names(told) == ["X-ray", "B", "A"]

    def test_claims_for_a_token_the_span_of_its_slot(self, place, rao, chairs, scaling):
        order = make.token_order(place, rao, scaling, make.patient(), local(10))
        first = service.book_token(order, by=SYSTEM, now=NOW)
        second = service.book_token(order_of(place, rao, scaling), by=SYSTEM, now=NOW)

        assert [c.resource.name for c in first.resources] == ["Chair 2"]
        assert [c.resource.name for c in second.resources] == ["Chair 3"]
        assert first.resources[0].during == first.span

    def test_a_refused_token_takes_no_place(self, place, rao, scaling):
        with pytest.raises(NoneFreeError):
            service.book_token(order_of(place, rao, scaling), by=SYSTEM, now=NOW)

        assert db.session.scalars(select(Appointment.id)).all() == []

    def test_what_was_chosen_is_free_again_after_a_cancel(
        self, place, rao, chairs, scaling
    ):
        told = book(place, rao, scaling, make.patient(), local(14))
        service.cancel(told.id, "ill", by=SYSTEM, now=NOW)

        assert names(book(place, rao, scaling, make.patient(), local(14))) == [
            "Chair 2"
        ]

    def test_a_move_keeps_the_chair_where_it_can(self, place, rao, chairs, scaling):
        asha = make.patient()
        told = book(place, rao, scaling, asha, local(14))
        service.assign(
            told.id, Arrangement(chairs=(chairs[1].public_id,)), by=SYSTEM, now=NOW
        )
        chosen = book(place, rao, scaling, make.patient(), local(15))

        moved = service.move(told.id, NewPlace(local(16)), by=SYSTEM, now=NOW)
        repair(place, chairs[0], local(14))
        other = service.move(chosen.id, NewPlace(local(14)), by=SYSTEM, now=NOW)

        assert names(moved) == ["Chair 10"]
        assert names(other) == ["Chair 3"]

    def test_a_token_takes_its_chair_along(self, place, rao, chairs, scaling):
        told = service.book_token(order_of(place, rao, scaling), by=SYSTEM, now=NOW)

        moved = service.move(told.id, NewPlace(local(11)), by=SYSTEM, now=NOW)

        assert [c.resource.name for c in moved.resources] == ["Chair 2"]
        assert moved.resources[0].during == moved.span


def order_of(place, rao, why):
    return make.token_order(place, rao, why, make.patient(), local(10))


class TestAutoAssign:
    def test_says_why_each_was_chosen_and_why_the_others_were_not(
        self, place, rao, chairs, scaling
    ):
        told = book(place, rao, scaling, make.patient(), local(14))
        take_away_chairs(told)
        repair(place, chairs[0], local(14))

        found = service.auto_assign(told.id, by=SYSTEM, now=NOW)

        choice = found.choices[0]
        assert (choice.need, choice.resource.name) == ("chair", "Chair 3")
        assert choice.why == "first"
        assert [(p.resource.name, p.why, p.told) for p in choice.passed] == [
            ("Chair 2", "maintenance", "polish"),
            ("Chair 10", "after", ""),
        ]
        assert names(found.appointment) == ["Chair 3"]
        assert found.appointment.revision == told.revision + 1

    def test_has_nothing_to_do_where_nothing_is_needed(
        self, place, rao, chairs, scaling
    ):
        told = book(place, rao, scaling, make.patient(), local(14))

        found = service.auto_assign(told.id, by=SYSTEM, now=NOW)

        assert (found.choices, found.appointment) == ((), told)


class TestAssign:
    def test_swaps_and_keeps_what_was_before(self, place, rao, chairs, scaling):
        told = book(place, rao, scaling, make.patient(), local(14))

        swapped = service.assign(
            told.id, Arrangement(chairs=(chairs[1].public_id,)), by=SYSTEM, now=NOW
        )

        assert names(swapped) == ["Chair 10"]
        assert swapped.resources[1].how == How.SWAP
        rows = db.session.execute(
            select(BookingResource.active, BookingResource.current).where(
                BookingResource.resource_id == chairs[0].id
            )
        )
        assert [tuple(row) for row in rows] == [(False, False)]

    def test_does_all_or_nothing(self, place, rao, chairs, scaling):
        told = book(place, rao, scaling, make.patient(), local(14))
        other = make.resource(place)
        make.hours(place, other)
        book(place, other, scaling, make.patient(), local(14))  # Chair 3
        room = make.resource(place, ResourceKind.ROOM)
        wish = Arrangement(rooms=(room.public_id,), chairs=(chairs[2].public_id,))

        with pytest.raises(SlotTakenError):
            service.assign(told.id, wish, by=SYSTEM, now=NOW)

        assert service.auto_assign(told.id, by=SYSTEM, now=NOW).appointment == told

    def test_refuses_what_it_saw_too_long_ago(self, place, rao, chairs, scaling):
        told = book(place, rao, scaling, make.patient(), local(14))
        wish = Arrangement(chairs=(chairs[1].public_id,))
        service.assign(told.id, wish, by=SYSTEM, now=NOW, revision=1)

        with pytest.raises(ChangedError):
            service.assign(told.id, wish, by=SYSTEM, now=NOW, revision=1)

    def test_never_takes_away_what_is_needed_or_whom_it_is_with(
        self, place, rao, chairs, scaling
    ):
        told = book(place, rao, scaling, make.patient(), local(14))
        nobody = Arrangement(resources=(Want(chairs[0].public_id),))

        for wish, reason in ((Arrangement(chairs=()), "needed"), (nobody, "principal")):
            with pytest.raises(InputError) as refused:
                service.assign(told.id, wish, by=SYSTEM, now=NOW)
            assert refused.value.params["reason"] == reason

    def test_a_double_booking_needs_an_admin_and_a_reason(
        self, place, rao, chairs, scaling
    ):
        told = book(place, rao, scaling, make.patient(), local(14))
        desk = make.user(Role.RECEPTION, place).actor
        other = make.resource(place)
        make.hours(place, other)
        order = make.timed_order(place, other, make.kind(), None, local(14))
        second = service.book_timed(order, by=SYSTEM, now=NOW)
        wish = Arrangement(chairs=(chairs[0].public_id,))

        with pytest.raises(SlotTakenError):
            service.assign(second.id, wish, by=desk, now=NOW)
        with pytest.raises(ForbiddenError):
            service.assign(
                second.id, wish, by=desk, now=NOW, override=Override("twins")
            )
        with pytest.raises(InputError):
            service.assign(second.id, wish, by=SYSTEM, now=NOW, override=Override(" "))
        both = service.assign(
            second.id, wish, by=SYSTEM, now=NOW, override=Override("twins")
        )

        assert both.resources[1].overridden
        assert told.resources[1].resource.id == both.resources[1].resource.id


class TestCandidates:
    """What could meet a type's needs is locked, also from the first need on."""

    def locks(self):
        held = text(
            "SELECT count(*) FROM pg_locks"
            " WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )
        return db.session.scalar(held)

    def test_are_locked_once_a_plain_type_needs_them(self, place, rao, chairs):
        plain = make.kind()
        book(place, rao, plain, make.patient(), local(14))
        booked = self.locks()
        change = TypeChange(
            plain.code, plain.name, plain.category, 30, requires_chair=True
        )
        change_type(plain.public_id, change, by=SYSTEM, now=NOW)

        told = book(place, rao, plain, make.patient("Ravi Menon"), local(15))

        assert names(told) == ["Chair 2"]
        assert self.locks() == booked + len(chairs)
