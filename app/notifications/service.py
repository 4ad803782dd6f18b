"""Acts of notifications: read the bell, say how one is reached, send once more."""

from app.notifications.consenting import agree
from app.notifications.mail_wishes import set_mail
from app.notifications.reaching import set_contact
from app.notifications.reading import read_notice, read_notices
from app.notifications.resending import resend
from app.notifications.stopping import reply, stop

__all__ = [
    "agree",
    "read_notice",
    "read_notices",
    "reply",
    "resend",
    "set_contact",
    "set_mail",
    "stop",
]
