"""Routes of messages to patients: for who keeps them."""

from functools import partial

from sqlalchemy import text

from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.db import db
from app.notifications import queries, sending
from tests import factories as make
from tests.doors.access import Answer, Route, everybody, staff
from tests.doors.world import NOW, local

Row = partial(Route, bearer=True)
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


def stoppable(world, secret="Ab3dEfGh1jK"):
    """Give somebody a link that stops their messages."""
    made = (
        "INSERT INTO contacts (patient_id, channel, email, agreed_by, secret)"
        " VALUES (:who, 'undecided', '', '', :secret) ON CONFLICT DO NOTHING"
    )
    db.session.execute(text(made), {"who": world.asha.id, "secret": secret})
    return {"secret": secret}


def _channel(_):
    return {"channel": "sms"}


def _text(world):
    return _facility(world) | {"kind": "booked", "language": "en", "channel": "sms"}


def _written(_):
    return {"written": "Booked: {{ when }}"}


def _text_of(world):
    named = {"kind": "booked", "language": "en", "channel": "sms"}
    return _place(world) | named


def _place(world):
    return {"facility_id": world.kochi.public_id}


MESSAGES = (
    Row("api_texts.index", "GET", KEEP, args=_place),
    Row(
        "api_texts.set_rule",
        "PUT",
        KEEP,
        args=_place,
        json=lambda _: {"registered_only": False},
    ),
    Row("api_texts.show", "GET", KEEP, args=_text_of),
    Row("api_texts.write", "PUT", KEEP, args=_text_of, json=_written),
    Row("api_texts.preview", "POST", KEEP, args=_text_of, json=_written),
    Row("api_texts.usual", "POST", KEEP, args=_text_of, json=lambda _: {}),
    Route("stopping.show", "GET", everybody(), args=stoppable),
    Route("stopping.set_stopped", "POST", everybody(), args=stoppable),
    # No gateway shares a secret with this house.
    Route(
        "replies.hear",
        "POST",
        dict.fromkeys(everybody(), Answer.HIDDEN),
        args=lambda _: {"channel": "sms"},
        form=lambda _: {},
    ),
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
