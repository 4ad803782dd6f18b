"""Routes of messages to patients: for who keeps them."""

from app.booking import service as booking
from app.core.actor import SYSTEM
from app.notifications import queries, sending
from tests import factories as make
from tests.doors.access import Answer, Route, staff
from tests.doors.world import NOW, local

KEEP = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN)
REGISTER = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)


def _facility(world):
    return {"facility": world.kochi.slug}


def _patient(world):
    return _facility(world) | {"patient": world.asha.public_id}


def unsent(world):
    """Name a message that found no way out: book, and let the sweep come by."""
    order = make.timed_order(
        world.kochi, world.rao, world.visit, make.patient("Ravi Menon"), local(15)
    )
    told = booking.book_timed(order, by=SYSTEM, now=NOW)
    while sending.send_one(now=NOW):
        pass
    listed = queries.outbox(world.kochi, by=SYSTEM)
    (mine,) = [e for e in listed if e.message.appointment_id == told.id]
    return _facility(world) | {"message": mine.message.id}


def _channel(_):
    return {"channel": "sms"}


def _text(world):
    return _facility(world) | {"kind": "booked", "language": "en", "channel": "sms"}


def _written(_):
    return {"written": "Booked: {{ when }}"}


MESSAGES = (
    Route("texts.index", "GET", KEEP, args=_facility),
    Route("texts.set_rule", "POST", KEEP, args=_facility, form=_channel),
    Route("texts.form", "GET", KEEP, args=_text),
    Route("texts.preview", "POST", KEEP, args=_text, form=_written),
    Route("texts.save", "POST", KEEP, args=_text, form=_written),
    Route("texts.usual", "POST", KEEP, args=_text, form=lambda _: {}),
    Route("messages.index", "GET", KEEP, args=_facility),
    Route("messages.resend", "POST", KEEP, args=unsent, form=lambda _: {}),
    Route("messages.contact", "GET", REGISTER, args=_patient),
    Route(
        "messages.set_contact",
        "POST",
        REGISTER,
        args=_patient,
        form=lambda _: {"channel": "sms"},
    ),
)
