"""Who is told of a time over token slots: patients and staff, in the act itself."""

import pytest
from sqlalchemy import func, select

from app.accounts.permissions import Role
from app.booking import displacement_queries, queries, service
from app.booking.errors import SlotTakenError
from app.booking.views import Want
from app.core.actor import SYSTEM
from app.core.db import db, transaction
from app.directory.kinds import ResourceKind
from app.notifications import notice_words
from app.notifications import queries as notifications
from app.notifications.kinds import Told
from app.notifications.models import Message, Notice
from tests import factories as make
from tests.factories import NOW, local
from tests.rooms.clinic import Clinic


class Staffed(Clinic):
    """A clinic whose doctors sign in, with two at its desk and one elsewhere."""

    def __init__(self):
        self.rao_user, self.iyer_user = make.user(None), make.user(None)
        super().__init__()
        self.desk = make.user(Role.RECEPTION, self.place)
        self.other_desk = make.user(Role.RECEPTION, self.place)
        self.elsewhere = make.user(Role.RECEPTION, make.facility())
        self.admin = make.user(Role.ADMIN)

    def doctor(self, place, **fields):
        return make.resource(place, user_id=self.rao_user.id, **fields)


@pytest.fixture
def clinic(session):
    return Staffed()


def heard(user, appointment):
    """Give what the bell told a user of an appointment, the first first."""
    found = reversed(notifications.notices(by=user.actor))
    return [each.kind.value for each in found if each.about_id == appointment.id]


def told(appointment):
    """Give the kinds of message about an appointment, each with whom it is for."""
    return {
        (each.kind, each.recipient, each.user_id or each.role or each.patient_id)
        for each in queries.messages(appointment.id, by=SYSTEM)
    }


def written():
    """Count all that anybody was told."""
    session = db.session
    return tuple(
        session.scalar(select(func.count()).select_from(each))
        for each in (Message, Notice)
    )


class TestWhoseSlotsClose:
    def test_the_doctor_the_desk_and_who_gives_way_are_told_of_each(self, clinic):
        moved = clinic.token(10)

        made = clinic.override(10, by=clinic.admin.actor).appointment

        rao = clinic.rao_user
        staff = {("user", rao.id), ("role", Role.RECEPTION)}
        for visit, kind in ((made, Told.BOOKED), (moved, Told.DISPLACED)):
            people = {to[1:] for to in told(visit) if to[0] is kind}
            assert people == staff | {("patient", visit.patient.id)}
        for user in (rao, clinic.desk, clinic.other_desk):
            assert heard(user, made) == ["booked"]
            assert heard(user, moved)[-1] == "displaced"
        assert notifications.notices(by=clinic.elsewhere.actor) == []

    def test_of_empty_slots_they_are_told_too_and_in_words(self, clinic):
        made = clinic.override(10, minutes=60, by=clinic.admin.actor).appointment

        for user in (clinic.rao_user, clinic.desk):
            assert heard(user, made) == ["booked"]
            (notice, *_) = notifications.notices(by=user.actor)
            words = notice_words.words(notice, lambda moment: f"{moment:%H:%M}")
            assert "closes 2 token slots" in words.text
            (message, *_) = notifications.mine(by=user.actor)
            assert (message.kind, message.appointment_id) == (Told.BOOKED, made.id)

    def test_a_second_doctor_whose_slots_close_is_told_as_well(self, clinic):
        iyer = make.resource(clinic.place, user_id=clinic.iyer_user.id)
        make.hours(clinic.place, iyer, make.opd(tokens=2))

        made = clinic.override(
            10, also=(Want(iyer.public_id),), by=clinic.admin.actor
        ).appointment

        assert heard(clinic.iyer_user, made) == ["booked"]
        assert (Told.BOOKED, "user", clinic.iyer_user.id) in told(made)
        assert (Told.BOOKED, "user", clinic.rao_user.id) in told(made)

    def test_who_did_it_knows_already(self, clinic):
        moved = clinic.token(10)
        before = heard(clinic.rao_user, moved)

        made = clinic.override(10, by=clinic.rao_user.actor).appointment

        assert heard(clinic.rao_user, made) == []
        assert heard(clinic.rao_user, moved) == before
        assert heard(clinic.desk, moved)[-1] == "displaced"
        assert (Told.BOOKED, "user", clinic.rao_user.id) not in told(made)


class TestTogether:
    def test_what_is_undone_was_told_to_nobody(self, clinic):
        clinic.token(10)
        before = written()

        def fail():
            with transaction():
                clinic.override(10, by=clinic.admin.actor)
                assert written() > before
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()

        assert written() == before

    def test_what_is_refused_was_told_to_nobody(self, clinic):
        clinic.token(10)
        room = make.resource(clinic.place, ResourceKind.ROOM)
        make.hours(clinic.place)
        taken = make.timed_order(clinic.place, room, clinic.visit, None, local(10))
        service.book_timed(taken, by=SYSTEM, now=NOW)
        before = written()

        with pytest.raises(SlotTakenError):
            clinic.override(10, also=(Want(room.public_id),))

        assert written() == before

    def test_a_preview_tells_nobody(self, clinic):
        clinic.token(10)
        before = written()

        displacement_queries.preview_over_slots(
            clinic.order(10), "Urgent", by=clinic.admin.actor, now=NOW
        )

        assert written() == before
