"""What is shown: a visit from search to cancel, and another that stays."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.core import clock
from network import messages
from network.buyer import Asked, Buyer, Deal
from network.desk import Desk
from network.meanings import ZONE
from network.messages import Message, Person

Say = Callable[[str], None]

ASHA = Person("Asha Nair", "+919847012345", "34", "F")
RAVI = Person("Ravi Shetty", "+919847054321", "52", "M")
LATA = Person("Lata Hegde", "+919847067890", "41", "F")
DOCTOR, PREPAID_DOCTOR = "Kavya Rao", "Arjun Menon"
_REFERENCE = re.compile(r"OPD-\d+-(.+)")


def tomorrow() -> date:
    """Give the day after this one, where the buyer is."""
    return clock.now().astimezone(ZONE).date() + timedelta(days=1)


class FaultError(Exception):
    """The story did not go on as it should."""


@dataclass
class Story:
    """The orders that came of it: one called off, one that stands, one that is paid."""

    buyer: Buyer
    desk: Desk
    say: Say
    orders: list[str] = field(default_factory=list)
    day: date = field(default_factory=tomorrow)

    def tell(self) -> None:
        """
        Go through all of it.

        :raises FaultError: if an answer is a refusal, or did not come
        """
        deal, order = self._booked(ASHA, 0)
        self._followed(deal, order)
        self._moved(deal, order)
        self._called_off(deal, order)
        self.say("Another visit, which stays")
        self._booked(RAVI, 1)
        self.say("A clinic that is paid before, through the buyer's app")
        deal, order = self._booked(LATA, 0, PREPAID_DOCTOR)
        self._paid(deal, order)

    def _booked(
        self, who: Person, which: int, doctor: str = DOCTOR
    ) -> tuple[Deal, Message]:
        deal = self.buyer.begin()
        self.say(f"{who.name} looks for a visit with {doctor}, and books it")
        wanted = messages.search(self.day, doctor=doctor)
        found = [*messages.places(self._told(deal, "search", wanted))]
        if len(found) < 4:
            raise FaultError("too few places are free")
        place = found[which]
        self._told(deal, "select", messages.order(place))
        order = messages.order(place, who)
        draft = self._told(deal, "init", order)["message"]["order"]
        agreed = messages.agreed(draft, deal.transfer)
        whole = {"order": {**order["order"], **agreed}}
        told = self._told(deal, "confirm", whole)["message"]["order"]
        self.orders.append(told["id"])
        return deal, told

    def _paid(self, deal: Deal, order: Message) -> None:
        """See that the house has what was paid."""
        (told,) = order["payments"]
        paid = told["status"], told["params"].get("transaction_id")
        if paid != ("PAID", deal.transfer):
            raise FaultError(f"{order['id']} is told as {paid}")

    def _followed(self, deal: Deal, order: Message) -> None:
        self.say("The buyer asks how it stands, and where to follow it")
        self._told(deal, "status", {"order_id": order["id"]})
        self._told(deal, "track", {"order_id": order["id"]})

    def _moved(self, deal: Deal, order: Message) -> None:
        """Have the desk move the visit; the buyer must hear of it unasked."""
        self.say("The desk moves the patient by an hour; nobody asked the buyer")
        start = messages.moment(order["fulfillments"][0]["stops"][0])
        to = start + timedelta(hours=1)
        reference = _REFERENCE.fullmatch(order["id"])
        if reference is None:
            raise FaultError(f"{order['id']} names no visit of the calendar")
        self.desk.move(reference[1], start, to)
        try:
            told = self.buyer.wait_unasked(deal, "on_update")
        except TimeoutError as exc:
            raise FaultError(str(exc)) from exc
        stop = told["message"]["order"]["fulfillments"][0]["stops"][0]
        if messages.moment(stop) != to:
            raise FaultError("on_update tells another time than the desk's")

    def _called_off(self, deal: Deal, order: Message) -> None:
        self.say(f"{ASHA.name} calls it off, for a reason of the clinic's list")
        told = self._told(deal, "get_cancellation_reasons", {})
        reason = told["message"]["cancellation_reasons"][0]["id"]
        self._told(deal, "cancel", messages.cancel(order["id"], reason))

    def _told(self, deal: Deal, action: str, message: Message) -> Message:
        asked: Asked = self.buyer.ask(deal, action, message)
        try:
            told = self.buyer.wait(deal, asked)
        except TimeoutError as exc:
            raise FaultError(str(exc)) from exc
        if "error" in told:
            raise FaultError(f"{action}: {told['error']}")
        return told
