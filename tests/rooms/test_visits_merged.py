"""Who went up in another is checked in by either of their ids."""

from app.accounts.views import EVERYWHERE
from app.booking import service
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.patients import service as patients
from tests import factories as make
from tests.factories import NOW, local


def test_one_of_a_group_comes_under_the_id_they_had_before(session):
    place = make.facility()
    doctor = make.resource(place)
    make.hours(place, doctor)
    was, stays, other = (make.patient(name) for name in ("Asha N", "Asha", "Meera"))
    order = make.timed_order(
        place,
        doctor,
        make.kind(),
        was,
        local(10),
        also_patients=(other.public_id,),
    )
    told = service.book_timed(order, by=SYSTEM, now=NOW)
    patients.merge(stays.public_id, was.public_id, by=SYSTEM, now=NOW, scope=EVERYWHERE)

    after = service.attend(
        told.id, Status.CHECKED_IN, by=SYSTEM, now=NOW, patient_id=was.public_id
    )

    came = {p.patient.id: p.status for p in after.participants}
    assert came == {stays.id: Status.CHECKED_IN, other.id: Status.SCHEDULED}
