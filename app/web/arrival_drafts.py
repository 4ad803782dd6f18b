"""Who comes, as typed at the desk: nothing of it is lost, whatever is refused."""

import re
import secrets
from collections.abc import Mapping, Sequence
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from app.booking.views import Once
from app.patients.views import PatientView
from app.queues.kinds import How, Level
from app.queues.views import Coming
from app.web import people
from app.web.drafts import printable

NEW, AFAR = "new", "afar"
_LONGEST = 200
_REFERENCE = re.compile(r"[2-9A-Z]{4}-?[2-9A-Z]{4}", re.ASCII)
_SECRET = re.compile(r"/[as]/([\w-]{20,43})/?$", re.ASCII)
_TEXTS = ("q", "choice", "patient", "type", "level", "override", "once", "act")


class Typed(Struct, frozen=True):
    """
    The fields of the form of who comes, as text.

    `act` is `afar` for who calls to say that they are on their way.

    `choice` is visit:APPOINTMENT:PATIENT, walk:PATIENT or `new`; `once` names this form
    among all others.
    """

    q: str
    choice: str
    patient: str
    code: str
    type: str
    level: str
    override: str
    once: str
    act: str
    person: people.Registration

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Typed":
        """Take what a form or an address says."""
        texts = {
            name: printable(values.get(name, "")[:_LONGEST].strip()) for name in _TEXTS
        }
        once = re.sub(r"[^\w-]", "", texts.pop("once"), flags=re.ASCII)[:40]
        return cls(
            **texts,
            code=values.get("with", "")[:_LONGEST].strip(),
            once=once or secrets.token_urlsafe(12),
            person=people.read(values),
        )

    @property
    def reference(self) -> str:
        """Give what was typed if it may be a reference, or the address of a slip."""
        scanned = _SECRET.search(self.q)
        if scanned:
            return scanned[1]
        named = self.q.upper()
        return named if _REFERENCE.fullmatch(named) else ""

    @property
    def coming(self) -> Coming:
        """Give how they come: on their way, by a scanned slip, or to the desk."""
        level = self.level or Level.ROUTINE
        if self.act == AFAR:
            return Coming(how=How.PHONE, remote=True, level=level)
        how = How.QR if _SECRET.search(self.q) else How.DESK
        return Coming(how=how, level=level)

    def opened(self, found: Sequence[PatientView]) -> "Typed":
        """Let what was typed to find somebody stand where a new person is named."""
        if found or not self.q or self.person.name or self.person.phone:
            return self
        number = re.sub(r"[\s()./+-]", "", self.q).isdigit()
        person = self.person
        named = (
            replace(person, phone=self.q) if number else replace(person, name=self.q)
        )
        return replace(self, person=named)

    def key(self) -> Once:
        """Make the key that lets a double click let them in once."""
        asked = (self.choice, self.code, self.type, self.person.name, self.person.phone)
        told = "\n".join(asked)
        fingerprint = sha256(told.encode()).hexdigest()
        return Once(f"arrival:{self.once}:{fingerprint[:16]}", fingerprint)
