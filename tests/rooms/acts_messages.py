"""Acts on messages to patients, each with who does it."""

from app.accounts.views import Scope
from app.booking import service as booking
from app.notifications import queries, sending
from app.notifications import service as notifications
from app.notifications.consenting import Agreement
from app.notifications.kinds import Agreed
from app.notifications.mail_wishes import MailView
from app.notifications.views import ContactView
from tests import factories as make
from tests.factories import NOW


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
    notifications.agree: lambda c, by: notifications.agree(
        c.asha.public_id,
        Agreement(c.asha.name, "en", Agreed.DESK),
        Scope(c.place.id),
        by=by,
        now=NOW,
    ),
    notifications.set_mail: lambda _, by: notifications.set_mail(
        MailView(), by=by, now=NOW
    ),
    notifications.set_contact: lambda c, by: notifications.set_contact(
        c.asha.public_id, ContactView(), Scope(c.place.id), by=by, now=NOW
    ),
}
