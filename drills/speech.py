"""What the buyers of a drill say about one place, each in its own dialect."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from drills.buyers import Message

_MINUTE = timedelta(minutes=1)
INDIA = timezone(timedelta(hours=5, minutes=30))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A visit at a clinic, of a type, at a moment, for somebody."""

    clinic: str
    type: str
    starts_at: datetime
    name: str
    phone: str


Ask = Callable[[str, Message], Message]


class Speech(ABC):
    """How one says it; `taken` is what a place that is gone is called."""

    taken: str
    # A quote that has ended, or a place that is gone since.
    lost: frozenset[str]

    @abstractmethod
    def find(self, ask: Ask, wanted: Wanted) -> str:
        """Search; give the id of the place, or nothing if it is not free."""

    @abstractmethod
    def order(self, wanted: Wanted, fulfilment: str) -> Message:
        """Write the order of a place."""

    @abstractmethod
    def number(self, told: Message) -> str:
        """Read the number of a token from a confirmed order."""


class Core(Speech):
    taken, lost = "40002", frozenset({"40002", "40003"})

    def find(self, ask: Ask, wanted: Wanted) -> str:
        start = wanted.starts_at
        span = {"start": start.isoformat(), "end": (start + _MINUTE).isoformat()}
        slot = {"stops": [{"type": "start", "time": {"range": span}}]}
        intent = {"item": {"id": wanted.type}, "fulfillment": slot}
        told = ask("search", {"intent": intent})
        for provider in told["message"]["catalog"]["providers"]:
            for each in provider["fulfillments"]:
                if _moment(each["stops"][0]) == start:
                    return str(each["id"])
        return ""

    def order(self, wanted: Wanted, fulfilment: str) -> Message:
        contact = {"phone": wanted.phone}
        person = {"name": wanted.name, "gender": "F", "age": "P34Y"}
        return {
            "order": {
                "provider": {"id": wanted.clinic},
                "items": [{"id": wanted.type}],
                "fulfillments": [
                    {
                        "id": fulfilment,
                        "customer": {"person": person, "contact": contact},
                    }
                ],
                "billing": {"name": wanted.name, **contact},
            }
        }

    def number(self, told: Message) -> str:
        stop = told["message"]["order"]["fulfillments"][0]["stops"][0]
        return str(stop["authorization"]["token"])


class Uhi(Speech):
    taken, lost = "UHI-1403", frozenset({"UHI-1403"})

    def find(self, ask: Ask, wanted: Wanted) -> str:
        everywhere = {"intent": {"fulfillment": {"type": "Physical"}}}
        for provider in ask("search", everywhere)["message"]["catalog"]["providers"]:
            for doctor in provider["fulfillments"]:
                if found := self._slot(ask, wanted, provider["id"], doctor):
                    return found
        return ""

    @staticmethod
    def _slot(ask: Ask, wanted: Wanted, provider: str, doctor: Message) -> str:
        start = wanted.starts_at.astimezone(INDIA)
        window = {
            "start": {"time": {"timestamp": _wall(start)}},
            "end": {"time": {"timestamp": _wall(start + _MINUTE)}},
        }
        named = {
            "id": provider,
            "fulfillments": [{**doctor, **window}],
            "items": [{"descriptor": {"code": "Consultation"}}],
        }
        told = ask("search", {"intent": {"provider": named}})
        for found in told["message"]["catalog"]["providers"]:
            for each in found["fulfillments"]:
                if each["start"]["time"]["timestamp"] == _wall(start):
                    return str(each["id"])
        return ""

    def order(self, wanted: Wanted, fulfilment: str) -> Message:
        return {
            "order": {
                "provider": {"id": wanted.clinic},
                "item": {"id": wanted.type},
                "fulfillment": {"id": fulfilment, "type": "Physical"},
                "billing": {"name": wanted.name, "phone": wanted.phone},
                "customer": {"id": "", "person": {"gender": "F", "yearOfBirth": 1990}},
            }
        }

    def number(self, told: Message) -> str:
        start = told["message"]["order"]["fulfillment"]["start"]
        return str(start["authorization"]["token"])


def _moment(stop: Any) -> datetime:
    return datetime.fromisoformat(stop["time"]["timestamp"])


def _wall(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat()
