"""A booking as typed so far: nothing of it is lost, whatever is refused."""

import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from unicodedata import category
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from app.booking.views import Once
from app.doors import times
from app.web import needing
from app.web.needing import Picked
from app.web.reading import clock_of, day_of, instant_of, local_instant, uuid_of

# The kinds of further resources a booking may need, as fields of its form.
ALSO = ("also_person", "also_place", "also_machine")
_LONGEST = 600
_MARK = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """Give a text as a page can show it: what no page may hold is marked."""
    # Joiners are no less invisible, but Malayalam and Hindi are spelt with them.
    return "".join(_MARK if category(char) in {"Cc", "Cs"} else char for char in text)


class Draft(Struct, frozen=True):
    """
    The fields of a booking form, as text.

    `at` is the instant the form was opened for; `pick` an alternative that was chosen,
    offered when day and time read `was`; `once` names this form among all others;
    `waiting` is the entry of the waitlist it was opened for; `picked` what is to be
    used for each need of the type, as it stood for what `sealed` names.
    """

    code: str = ""
    at: str = ""
    day: str = ""
    time: str = ""
    minutes: str = ""
    type: str = ""
    q: str = ""
    patient: str = ""
    note: str = ""
    pick: str = ""
    was: str = ""
    once: str = ""
    also_person: str = ""
    also_place: str = ""
    also_machine: str = ""
    weeks: str = ""
    times: str = ""
    priority: str = ""
    waiting: str = ""
    wait_on: str = ""
    sealed: str = ""
    picked: tuple[Picked, ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Draft":
        """Take what a form or an address says."""
        typed = {
            name: values.get("with" if name == "code" else name, "")[:_LONGEST].strip()
            for name in cls.__struct_fields__
            if name != "picked"
        }
        once = re.sub(r"[^\w-]", "", typed["once"], flags=re.ASCII)[:40]
        typed["once"] = once or secrets.token_urlsafe(12)
        return cls(**typed, picked=needing.read(values))

    def shown(self) -> "Draft":
        """Give it as a page can show it: what no page may hold is marked."""
        return replace(self, note=printable(self.note), q=printable(self.q))

    def opened(self, zone: ZoneInfo, today: date) -> "Draft":
        """Fill day and time from the instant the form is opened for."""
        if not self.at or self.day:
            return self if self.day else replace(self, day=today.isoformat())
        local = instant_of(self.at).astimezone(zone)
        return replace(
            self, day=local.date().isoformat(), time=times.clock(local, zone)
        )

    @property
    def typed(self) -> str:
        return f"{self.day} {self.time}"

    def starts_at(self, zone: ZoneInfo, today: date) -> datetime:
        """
        Tell the instant that is meant: the pick, unless a time was typed since.

        :raises InputError: naming `day` or `time`
        """
        if self.pick and self.was == self.typed:
            return instant_of(self.pick, field="pick")
        day = day_of(self.day, today)
        clock = clock_of(self.time, field="time")
        if self.at:
            # An hour that the clocks show twice is the one that was clicked.
            opened = instant_of(self.at)
            local = opened.astimezone(zone)
            if (local.date(), local.time()) == (day, clock):
                return opened
        return local_instant(day, clock, zone, field="time")

    @property
    def entry(self) -> UUID | None:
        """Tell which entry of the waitlist ends with the booking, if one does."""
        if not self.waiting or self.wait_on:
            return None
        return uuid_of(self.waiting, field="waiting", what="waitlist_entry")

    @property
    def also(self) -> dict[str, str]:
        """Give the codes of further resources by their field."""
        return {name: code for name in ALSO if (code := getattr(self, name))}

    def key(self, *content: object) -> Once:
        """
        Make the key that lets a double click book once.

        The content is part of it: the same form sent again with another patient is
        another booking.
        """
        told = "\n".join(str(part) for part in content)
        fingerprint = sha256(told.encode()).hexdigest()
        return Once(f"form:{self.once}:{fingerprint[:16]}", fingerprint)
