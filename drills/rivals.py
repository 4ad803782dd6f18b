"""Who scrambles for a place: two buyers' apps, a patient's browser, and the desk."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from random import Random
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from drills import patient
from drills.buyers import Buyer, Message
from drills.patient import Browser, CodeOf
from drills.speech import INDIA, Speech, Wanted

_PATIENCE_S = 60.0
_LOST_AT_THE_DESK = frozenset({"slot_full", "slot_taken"})


class End(StrEnum):
    """How reaching for a place ended; anything else is told as it came."""

    BOOKED = "booked"
    HELD = "held"
    REFUSED = "refused"


class Rival(ABC):
    """Somebody who wants one place, through their own door."""

    door: str
    # How long an order takes to get from this door to the hospital is not the same.
    late_s: float
    # What was told last, for who looks on.
    told: str = ""

    @abstractmethod
    def get_ready(self) -> None:
        """Do all that comes before reaching for it."""

    @abstractmethod
    def reach(self) -> str:
        """Reach for it; give how that ended."""

    @abstractmethod
    def finish(self) -> str:
        """Book what is held; give the number, or nothing if it is held no more."""


class OnTheNetwork(Rival):
    """A buyer's app, which draws whether it holds first or confirms at once."""

    late_s = 0.1

    def __init__(
        self, buyer: Buyer, speech: Speech, wanted: Wanted, dice: Random
    ) -> None:
        self.door, self._speech, self._wanted = buyer.name, speech, wanted
        self._buyer, self._deal = buyer, buyer.begin()
        self._action = dice.choice(("init", "confirm"))
        self._order: Message = {}
        self.number = ""

    def get_ready(self) -> None:
        place = self._speech.find(self._ask, self._wanted)
        self._order = self._speech.order(self._wanted, place)

    def reach(self) -> str:
        told = self._ask(self._action, self._order)
        if "error" in told:
            taken = told["error"]["code"] == self._speech.taken
            return End.REFUSED if taken else self.told
        if self._action == "init":
            return End.HELD
        self.number = self._speech.number(told)
        return End.BOOKED

    def finish(self) -> str:
        if self.number:
            return self.number
        told = self._ask("confirm", self._order)
        if "error" not in told:
            return self._speech.number(told)
        lost = told["error"]["code"] in self._speech.lost
        return "" if lost else self.told

    def _ask(self, action: str, message: Message) -> Message:
        told = self._buyer.ask(self._deal, action, message)
        self.told = json.dumps(told.get("error", ""))
        return told


class OnThePage(Rival):
    """A patient at the public page, with a browser of their own."""

    door, late_s = "public page", 0.8

    def __init__(self, base: str, wanted: Wanted, number: int, codes: CodeOf) -> None:
        self._browser, self._wanted = Browser(base), wanted
        self._number, self._codes = number, codes
        self._at = ""

    def get_ready(self) -> None:
        start = self._wanted.starts_at
        day = start.astimezone(INDIA).date().isoformat()
        path = f"/book/{self._wanted.clinic}/with/rao/{self._wanted.type}/{day}"
        self._browser.open(path)
        self._at = next(
            (at for at in self._browser.times() if _moment(at) == start), ""
        )

    def reach(self) -> str:
        # Who comes when it is gone already is not even shown it.
        if not self._at:
            return End.REFUSED
        status = self._browser.submit(at=self._at)
        page = self._browser.page
        self.told = f"{status}"
        if status == 200 and "is kept for you until" in page:
            return End.HELD
        kind = status == 409 and patient.OTHERS in page
        return End.REFUSED if kind else self.told

    def finish(self) -> str:
        return patient.book(self._browser, self._number, self._codes)


class AtTheDesk(Rival):
    """Somebody of the reception, for a patient who calls."""

    door, late_s = "desk", 0.8

    def __init__(self, base: str, scene: Mapping[str, str], wanted: Wanted) -> None:
        self._url = f"{base}/api/facilities/{scene['facility']}/tokens"
        self._token = scene["desk"]
        self._order = {
            "resource_id": scene["doctor"],
            "patient_id": scene["patient"],
            "type_id": scene["type"],
            "starts_at": wanted.starts_at.isoformat(),
        }
        self.number = ""

    def get_ready(self) -> None:
        """They have the calendar open."""

    def reach(self) -> str:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
        }
        raw = json.dumps(self._order).encode()
        request = Request(self._url, raw, headers)  # noqa: S310 - http, and ours
        try:
            with urlopen(request, timeout=_PATIENCE_S) as answer:  # noqa: S310 - see above
                self.number = json.load(answer)["token"]
                return End.BOOKED
        except HTTPError as refused:
            with refused:
                status, code = refused.code, json.load(refused)["code"]
        self.told = f"{status} {code}"
        lost = status == 409 and code in _LOST_AT_THE_DESK
        return End.REFUSED if lost else self.told

    def finish(self) -> str:
        return self.number


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(at.partition("@")[2])
