"""Which places and days are asked for: drawn from one seed, no place twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count, islice, product
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID, uuid4

from app.booking.kinds import Kind
from app.directory.views import ResourceView
from beckn.context import stamp
from beckn.fulfilments import Slot, write
from bench.buyer import Buyer
from bench.client import request
from bench.hospital import ANAESTHESIA, TOKENS, X_RAY, Hospital

T = TypeVar("T")

# Days that are looked at, filled a little before; what is booked goes to later months,
# so that looking stays the same work from the first round to the last.
SEEN_DAYS = 3
BOOKED_FROM = 40
# Slots whose tokens are drawn in turn: at any moment one booking in four is the first
# of its slot, and hardly ever do two at once want the same one.
FILLED_TOGETHER = 50
# One in so many comes in a round, or is called: who has come cannot come again.
ROUNDS = 12


class NobodyLeftError(Exception):
    """All have come, or were called: the figures would be of less than was asked."""


@dataclass(slots=True)
class Plan:
    """The requests of one run at one hospital."""

    hospital: Hospital
    buyer: Buyer
    _dice: Random = field(default_factory=lambda: Random(20261123))  # noqa: S311 - draws no secret
    _tokens: Iterator[dict[str, Any]] = field(init=False)
    _times: Iterator[dict[str, Any]] = field(init=False)
    _comers: Iterator[UUID] = field(init=False)
    _calls: Iterator[UUID] = field(init=False)

    def __post_init__(self) -> None:
        self._tokens = self._free_tokens(count(BOOKED_FROM))
        self._times = self._free_times(count(BOOKED_FROM))
        self._comers = iter(self.hospital.lobby.visits)
        self._calls = iter(self.hospital.lobby.calls)

    @property
    def facility(self) -> str:
        return str(self.hospital.facility.public_id)

    def get(self, path: str, **query: Any) -> str:
        """Write a request to look at something."""
        return request("GET", f"{path}?{urlencode(query)}", self.hospital.secret)

    def post(self, path: str, body: dict[str, Any]) -> str:
        """Write a request to do something, one time."""
        secret, key = self.hospital.secret, str(uuid4())
        return request("POST", path, secret, body, key)

    def tokens(self) -> Iterator[dict[str, Any]]:
        """Draw free tokens: a slot is made by its first, and then there for others."""
        return self._tokens

    def times(self) -> Iterator[dict[str, Any]]:
        """Draw free times."""
        return self._times

    def token(self, doctor: ResourceView, start: datetime) -> dict[str, Any]:
        """Ask for a token of a doctor's slot."""
        return {"resource_id": str(doctor.public_id)} | self._visit(start)

    def time(self, doctor: ResourceView, start: datetime) -> dict[str, Any]:
        """Ask for a doctor's time."""
        wanted = [{"resource_id": str(doctor.public_id)}]
        return {"resources": wanted} | self._visit(start)

    def comers(self) -> list[UUID]:
        """
        Draw who checks in during one round.

        :raises NobodyLeftError: if too few are left
        """
        return self._some(self._comers)

    def calls(self) -> list[UUID]:
        """
        Draw the lines from which somebody is called during one round.

        :raises NobodyLeftError: if too few wait
        """
        return self._some(self._calls)

    def _some(self, people: Iterator[UUID]) -> list[UUID]:
        wanted = len(self.hospital.lobby.visits) // ROUNDS
        drawn = list(islice(people, wanted))
        if len(drawn) < wanted:
            raise NobodyLeftError(len(drawn))
        return drawn

    def seen_tokens(self, number: int) -> list[dict[str, Any]]:
        """Draw the tokens that fill the days that are looked at."""
        each = number // SEEN_DAYS
        days = [
            islice(self._free_tokens(iter([day])), each) for day in range(SEEN_DAYS)
        ]
        return [body for day in days for body in day]

    def columns(self) -> Iterator[tuple[str, date]]:
        """Draw a doctor and one of the days that are looked at."""
        for doctor in self.hospital.doctors:
            yield str(doctor.public_id), self.day(self._dice.randrange(SEEN_DAYS))

    def ask(self, path: str, body: dict[str, Any]) -> str:
        """Write a question that is too long for an address."""
        return request("POST", path, self.hospital.secret, body)

    def operations(self) -> Iterator[dict[str, Any]]:
        """Seek each doctor, any theatre, an anaesthetist and a machine together."""
        for doctor in self.hospital.doctors:
            members = (
                {"resource_id": str(doctor.public_id), "offset": 15, "minutes": 60},
                {"kind": "location"},
                {"kind": "practitioner", "capability": ANAESTHESIA},
                {"kind": "equipment", "capability": X_RAY, "offset": 30, "minutes": 30},
            )
            yield {"members": members, "minutes": 90}

    def searches(self) -> Iterator[dict[str, Any]]:
        """Seek, over and over, what all doctors have free in a week."""
        start = self.hospital.slot_starts(0)[0]
        span = {"start": start, "end": start + timedelta(days=7)}
        told = {name: stamp(moment) for name, moment in span.items()}
        stops = [{"type": "start", "time": {"range": told}}]
        while True:
            item = {"descriptor": {"code": "CONSULTATION"}}
            yield {"intent": {"item": item, "fulfillment": {"stops": stops}}}

    def orders(self) -> Iterator[dict[str, Any]]:
        """Draw places of the network, for people who name themselves."""
        place, kind = self.hospital.facility, self.hospital.type_id
        contact = {"phone": "+919800000000"}
        person = {"name": "Asha Nair", "gender": "F", "age": "P34Y"}
        for body in self._free_tokens(count(BOOKED_FROM)):
            doctor = UUID(body["resource_id"])
            start = datetime.fromisoformat(body["starts_at"])
            slot = Slot(place.public_id, doctor, kind, Kind.TOKEN, start)
            customer = {"person": person, "contact": contact}
            order = {
                "provider": {"id": place.slug},
                "items": [{"id": "visit"}],
                "fulfillments": [{"id": write(slot), "customer": customer}],
                "billing": {"name": person["name"], **contact},
            }
            yield {"order": order}

    def day(self, number: int) -> date:
        """Tell the nth day of the hospital."""
        return self.hospital.first_day + timedelta(days=number)

    def _free_tokens(self, days: Iterator[int]) -> Iterator[dict[str, Any]]:
        for day in days:
            slots = [*product(self.hospital.doctors, self.hospital.slot_starts(day))]
            self._dice.shuffle(slots)
            for some in batched(slots, FILLED_TOGETHER):
                for doctor, start in some * TOKENS:
                    yield self.token(doctor, start)

    def _free_times(self, days: Iterator[int]) -> Iterator[dict[str, Any]]:
        for day in days:
            places = [*product(self.hospital.doctors, self.hospital.timed_starts(day))]
            self._dice.shuffle(places)
            for doctor, start in places:
                yield self.time(doctor, start)

    def _visit(self, start: datetime) -> dict[str, Any]:
        return {
            "patient_id": str(self._dice.choice(self.hospital.patient_ids)),
            "type_id": str(self.hospital.type_id),
            "starts_at": start.isoformat(),
        }


def batched(all_of: list[T], number: int) -> Iterator[list[T]]:
    """Cut a list into pieces of so many, the last perhaps shorter."""
    for start in range(0, len(all_of), number):
        yield all_of[start : start + number]
