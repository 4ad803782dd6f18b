"""The bell: notices for whom something concerns, in the act it tells of."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.accounts import service as accounts
from app.accounts.models import User
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.availability import service as availability
from app.availability.views import NewMaintenance, Repeat
from app.booking import queries as bookings
from app.booking import service as booking
from app.booking.views import Arrangement, NewPlace, Want
from app.core.actor import SYSTEM
from app.core.db import db, transaction
from app.core.errors import NotFoundError
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.notifications import queries, reading, service
from app.notifications.kinds import Told
from app.queues import service as queues
from tests import factories as make
from tests.factories import MONDAY, NOW, local
from tests.rooms import acts_queues


@pytest.fixture
def doctor(cast):
    return make.user(Role.DOCTOR)


@pytest.fixture
def own(cast, doctor):
    """Give a doctor who signs in, with open hours."""
    found = make.resource(cast.place, user_id=doctor.id)
    make.hours(cast.place, found)
    return found


def heard(user):
    """Give what the bell told a user, the first first."""
    return [each.kind.value for each in reversed(queries.notices(by=user.actor))]


def book(cast, who, at, by=SYSTEM, **more):
    order = make.timed_order(cast.place, who, cast.visit, cast.asha, at, **more)
    return booking.book_timed(order, by=by, now=NOW)


def test_a_doctor_hears_of_bookings_moves_and_cancels_of_their_own(cast, doctor, own):
    reception, other = make.user(Role.RECEPTION, cast.place), make.user(Role.DOCTOR)
    before = len(heard(doctor))
    told = book(cast, own, local(10), by=reception.actor)
    booking.move(told.id, NewPlace(local(11)), by=SYSTEM, now=NOW)
    booking.cancel(told.id, "ill", by=SYSTEM, now=NOW)

    assert heard(doctor)[before:] == ["booked", "moved", "cancelled"]
    assert heard(other) == []
    last = queries.notices(by=doctor.actor)[0]
    assert (last.about_id, last.data["reference"]) == (told.id, told.reference)
    assert queries.unread(by=doctor.actor) == before + 3


def test_nobody_hears_of_what_they_did(cast, doctor, own):
    before = len(heard(doctor))
    book(cast, own, local(10), by=doctor.actor)

    assert len(heard(doctor)) == before


def test_reception_of_the_department_hears_for_who_does_not_sign_in(cast):
    eye = directory.add_department(cast.place, "Eye", by=SYSTEM, now=NOW)
    ent = directory.add_department(cast.place, "ENT", by=SYSTEM, now=NOW)
    near, far, gone = (make.user(None) for _ in range(3))
    for user, department in ((near, eye), (far, ent), (gone, eye)):
        reach = Reach(department_id=department.id)
        accounts.give_role(user.username, Role.RECEPTION, reach, by=SYSTEM, now=NOW)
    left = update(User).where(User.id == gone.id).values(active=False)
    db.session.execute(left)
    who = make.resource(cast.place, department_id=eye.id)
    make.hours(cast.place, who)
    book(cast, who, local(10))

    assert heard(near) == ["hours", "booked"]
    assert heard(far) == heard(gone) == []


def test_who_keeps_a_theatre_hears_of_what_is_booked_there(cast, own):
    theatre = make.resource(cast.place, ResourceKind.LOCATION)
    make.hours(cast.place, theatre)
    owner, authorised = make.user(None), make.user(None)
    for user, role in ((owner, Role.LOCATION_OWNER), (authorised, Role.LOCATION_USER)):
        reach = Reach(resource_id=theatre.id)
        accounts.give_role(user.username, role, reach, by=SYSTEM, now=NOW)

    book(cast, own, local(10), also=(Want(theatre.public_id),))

    assert heard(owner) == ["booked"]
    assert heard(authorised) == []


@pytest.mark.parametrize(
    ("kind", "named"),
    [(ResourceKind.CHAIR, "chairs"), (ResourceKind.ROOM, "rooms")],
)
class TestSwap:
    """A chair or a room instead of another: all who look at one of the calendars."""

    @pytest.fixture
    def swapped(self, cast, own, kind, named):
        """Swap one for another, and give who keeps which, and the desk."""
        left, came, idle = (make.resource(cast.place, kind) for _ in range(3))
        told = book(cast, own, local(10), also=(Want(left.public_id),))
        people = {
            "owner of left": keeper(left, Role.LOCATION_OWNER),
            "manager of left": keeper(left, Role.LOCATION_MANAGER),
            "owner of came": keeper(came, Role.LOCATION_OWNER),
            "manager of came": keeper(came, Role.LOCATION_MANAGER),
            "user of came": keeper(came, Role.LOCATION_USER),
            "owner of idle": keeper(idle, Role.LOCATION_OWNER),
            "desk": make.user(Role.RECEPTION, cast.place),
            "desk elsewhere": make.user(Role.RECEPTION, make.facility()),
            "who swaps": make.user(Role.RECEPTION, cast.place),
        }
        to = Arrangement(**{named: (came.public_id,)})
        booking.assign(told.id, to, by=people["who swaps"].actor, now=NOW)
        return told, people, left, came

    def test_rings_for_their_keepers_the_doctor_and_the_desk(self, swapped, doctor):
        told, people, left, came = swapped

        hear = {
            name: heard(user) for name, user in {**people, "doctor": doctor}.items()
        }

        for name in (
            *("owner of left", "manager of left", "owner of came", "manager of came"),
            "desk",
        ):
            assert hear.pop(name) == ["reassigned"], name
        assert hear.pop("doctor")[-2:] == ["booked", "reassigned"]
        assert not any(hear.values()), hear
        for name in ("owner of left", "owner of came"):
            (notice,) = queries.notices(by=people[name].actor)
            assert notice.about_id == told.id
            assert notice.data["left"] == [left.name]
            assert notice.data["came"] == [came.name]

    def test_writes_to_the_doctor_and_the_desk(self, swapped, doctor):
        told, people, left, came = swapped

        found = [
            each
            for each in bookings.messages(told.id, by=SYSTEM)
            if each.kind is Told.REASSIGNED
        ]

        to = {(each.user_id, each.role) for each in found}
        assert to == {(doctor.id, None), (None, Role.RECEPTION)}
        assert all(each.data["left"] == [left.name] for each in found)
        assert all(each.data["came"] == [came.name] for each in found)
        # The patient comes at the same time to the same doctor.
        assert not any(each.patient_id for each in found)
        assert queries.mine(by=people["desk"].actor)[0].appointment_id == told.id


def keeper(of, role):
    user = make.user(None)
    reach = Reach(resource_id=of.id)
    accounts.give_role(user.username, role, reach, by=SYSTEM, now=NOW)
    return user


def test_leave_tells_once_of_the_hours_and_counts_its_conflicts(cast, doctor, own):
    for hour in (10, 11):
        book(cast, own, local(hour))
    before = len(heard(doctor))
    make.away(cast.place, own, local(9), 240)

    found = queries.notices(by=doctor.actor)[: len(heard(doctor)) - before]
    told = {each.kind.value: each.data for each in found}
    assert set(told) == {"hours", "conflicts"}
    assert told["conflicts"]["number"] == 2


def test_maintenance_that_repeats_rings_once(cast, doctor, own):
    before = len(heard(doctor))
    weekly = NewMaintenance(
        cast.place.public_id,
        own.public_id,
        make.span(local(15), 60),
        repeat=Repeat(until=MONDAY + timedelta(days=28)),
    )
    availability.add_maintenance(weekly, by=SYSTEM, now=NOW)

    assert heard(doctor)[before:] == ["hours"]


def test_a_late_doctor_is_told_to_the_desk(cast):
    desk = make.user(Role.RECEPTION, cast.place)
    queue = acts_queues.queue(cast)
    queues.run_late(queue, 20, "Theatre", by=SYSTEM, now=NOW)

    last = queries.notices(by=desk.actor)[0]
    assert (last.kind.value, last.about_id) == ("late", queue)
    assert last.data["minutes"] == 20


def test_what_is_undone_rang_for_nobody(cast, doctor, own):
    before = heard(doctor)

    def book_and_fail():
        with transaction():
            book(cast, own, local(10))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        book_and_fail()

    assert heard(doctor) == before


def test_reading_all_leaves_what_came_since(cast, doctor, own):
    book(cast, own, local(10))
    seen = queries.notices(by=doctor.actor)[0]
    book(cast, own, local(11))

    service.read_notices(seen.id, by=doctor.actor, now=NOW)

    assert queries.unread(by=doctor.actor) == 1
    with pytest.raises(NotFoundError):
        service.read_notice(seen.id, by=make.user(Role.ADMIN).actor, now=NOW)


def test_what_is_settled_is_read_and_no_more_than_that(cast, doctor, own):
    book(cast, own, local(10))
    reading.settle(before=NOW, now=NOW)
    assert queries.unread(by=doctor.actor) > 0

    reading.settle(before=NOW + timedelta(seconds=1), now=NOW)
    assert queries.unread(by=doctor.actor) == 0


def test_old_notices_are_forgotten(cast, doctor, own):
    book(cast, own, local(10))
    later = NOW + reading.KEPT

    assert reading.forget(now=later) == 0
    assert reading.forget(now=later + timedelta(seconds=1)) > 0
    assert heard(doctor) == []
