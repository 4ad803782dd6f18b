"""Acts of notifications: the bell, how one is reached, words, sending once more."""

from app.notifications.consenting import agree
from app.notifications.mail_wishes import set_mail
from app.notifications.reaching import set_contact
from app.notifications.reading import read_notice, read_notices
from app.notifications.resending import resend
from app.notifications.stopping import choose, reply, stop
from app.notifications.texts import (
    NewText,
    RegisteredTextError,
    send_registered_only,
    usual_text,
    write_text,
)

__all__ = [
    "NewText",
    "RegisteredTextError",
    "agree",
    "choose",
    "read_notice",
    "read_notices",
    "reply",
    "resend",
    "send_registered_only",
    "set_contact",
    "set_mail",
    "stop",
    "usual_text",
    "write_text",
]
