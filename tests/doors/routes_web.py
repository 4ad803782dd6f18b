"""Routes of the staff's pages."""

from tests.doors.access import Answer, Person, Route, everybody, staff
from tests.doors.world import JUNE, local, stamp

# A facility is not there for who has no role in it; booking wants more than looking.
LOOK = staff(outsider=Answer.HIDDEN)
DECIDE = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN)
ACT = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)


def _facility(world):
    return {"facility": world.kochi.slug}


def _patient(world):
    return _facility(world) | {"patient": world.asha.public_id}


def _slot(world):
    return _facility(world) | {"with": world.rao.code, "at": stamp(local(10))}


def _appointment(world):
    return {"appointment": world.timed.id}


def _asked(world):
    return {"appointment": world.asked.id}


def _revised(world):
    return {"revision": world.asked.revision}


def _order(world):
    return {
        "with": world.rao.code,
        "at": stamp(local(10, 30)),
        "day": "2026-03-02",
        "time": "10:30",
        "type": world.visit.public_id,
        "patient": world.asha.public_id,
        "act": "book",
    }


WEB = (
    Route("signing.sign_in", "GET", everybody()),
    Route(
        "signing.enter",
        "POST",
        dict.fromkeys(Person, Answer.SIGN_IN),
        form=lambda _: {"username": "nobody", "password": "wrong"},
    ),
    Route("signing.sign_out", "POST", everybody()),
    Route("home.index", "GET", everybody()),
    Route("calendar.home", "GET", staff()),
    Route("calendar.show", "GET", LOOK, args=_facility),
    Route("columns.form", "GET", LOOK, args=_facility),
    Route(
        "columns.choose",
        "POST",
        LOOK,
        args=_facility,
        form=lambda w: {"column": w.rao.public_id},
    ),
    Route("daylist.show", "GET", LOOK, args=_facility),
    Route("keys.form", "GET", staff()),
    Route("keys.save", "POST", staff(), form=lambda _: {"act": "usual", "on": "1"}),
    Route("approvals.index", "GET", staff()),
    Route("approvals.count", "GET", staff()),
    Route("approvals.approve", "POST", DECIDE, args=_asked, form=_revised),
    Route(
        "approvals.deny",
        "POST",
        DECIDE,
        args=_asked,
        form=lambda w: _revised(w) | {"reason": "Away"},
    ),
    Route("approvals.offer_form", "GET", DECIDE, args=_asked),
    Route(
        "approvals.offer",
        "POST",
        DECIDE,
        args=_asked,
        form=lambda w: _revised(w) | {"pick": stamp(local(11, 30, JUNE))},
    ),
    # Whoever may book says yes for the patient; here nothing has been offered yet.
    Route("approvals.accept", "POST", ACT, args=_asked, form=_revised),
    Route("approvals.undo", "POST", ACT, args=_asked),
    Route("slots.show", "GET", LOOK, args=_slot),
    Route("booking.form", "GET", ACT, args=_slot),
    Route("booking.book", "POST", ACT, args=_facility, form=_order),
    Route("patients.search", "GET", ACT, args=lambda w: _facility(w) | {"q": "Asha"}),
    Route("patients.new", "GET", ACT, args=_facility),
    Route(
        "patients.register",
        "POST",
        ACT,
        args=_facility,
        form=lambda _: {"new_name": "Diya", "new_phone": "9847054321"},
    ),
    Route("patients.show", "GET", ACT, args=_patient),
    Route("patients.wrong", "GET", ACT, args=_patient),
    Route(
        "patients.correct",
        "POST",
        ACT,
        args=_patient,
        form=lambda _: {"new_name": "Asha Nair", "new_sex": "female"},
    ),
    Route("appointments.show", "GET", LOOK, args=_appointment),
    Route("appointments.move_form", "GET", ACT, args=_appointment),
    Route(
        "appointments.move",
        "POST",
        ACT,
        args=_appointment,
        form=lambda w: {"with": w.rao.code, "day": "2026-03-02", "time": "15:00"},
    ),
    Route("appointments.cancel_form", "GET", ACT, args=_appointment),
    Route(
        "appointments.cancel",
        "POST",
        ACT,
        args=_appointment,
        form=lambda _: {"reason": "Patient asked"},
    ),
)
