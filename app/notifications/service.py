"""Acts of notifications: the bell, how one is reached, words, sending once more."""

from app.notifications.reaching import set_contact
from app.notifications.reading import read_notice, read_notices
from app.notifications.resending import resend
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
    "read_notice",
    "read_notices",
    "resend",
    "send_registered_only",
    "set_contact",
    "usual_text",
    "write_text",
]
