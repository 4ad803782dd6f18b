"""Acts on messages to patients, each with who does it."""

from app.accounts.views import Scope
from app.booking import service as booking
from app.notifications import queries, sending
from app.notifications import service as notifications
from app.notifications.kinds import Channel, Told
from app.notifications.service import NewText
from app.notifications.views import ContactView
from tests import factories as make
from tests.factories import NOW

WORDS = NewText(Told.BOOKED, "en", Channel.SMS, "Booked: {{ when }}")


def own_text(cast):
    """Name a text that a facility has written."""
    kept = notifications.write_text(cast.place, WORDS, by=make.SYSTEM, now=NOW)
    return kept.kind, kept.language, kept.channel


def unsent(cast):
    """Give a message that found no way out."""
    booking.book_token(cast.token, by=make.SYSTEM, now=NOW)
    while sending.send_one(now=NOW):
        pass
    return queries.outbox(cast.place, by=make.SYSTEM)[0].message.id


MESSAGE_ACTS = {
    notifications.resend: lambda c, by: notifications.resend(
        unsent(c), c.place, by=by, now=NOW
    ),
    notifications.write_text: lambda c, by: notifications.write_text(
        c.place, WORDS, by=by, now=NOW
    ),
    notifications.usual_text: lambda c, by: notifications.usual_text(
        c.place, *own_text(c), by=by, now=NOW
    ),
    notifications.send_registered_only: lambda c, by: (
        notifications.send_registered_only(c.place, on=True, by=by, now=NOW)
    ),
    notifications.set_contact: lambda c, by: notifications.set_contact(
        c.asha.public_id, ContactView(), Scope(c.place.id), by=by, now=NOW
    ),
}
