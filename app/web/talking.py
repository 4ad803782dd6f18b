"""What somebody types as a comment, read so that nothing of it is lost."""

import re
import secrets

from flask import request
from msgspec import Struct

from app.web.telling import Refusal


class Saying(Struct, frozen=True):
    """
    A comment as it stands in its form; `once` lets a second press say nothing.

    `said` says that another one was said just now, and where the keyboard goes on.
    """

    once: str
    text: str = ""
    refusal: Refusal | None = None
    said: bool = False

    @classmethod
    def fresh(cls, *, said: bool = False) -> "Saying":
        """Give an empty form."""
        return cls(secrets.token_urlsafe(12), said=said)

    @classmethod
    def read(cls) -> "Saying":
        """Read the form that was sent."""
        written = request.form.get("once", "")
        once = re.sub(r"[^\w-]", "", written, flags=re.ASCII)[:40]
        return cls(once or secrets.token_urlsafe(12), request.form.get("comment", ""))

    @property
    def key(self) -> str:
        return f"form:{self.once}"
