"""A buyer's app: it asks, signed; it is called back, and believes whom it should."""

import json
import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request

from app.core import clock
from beckn import envelopes
from beckn.actions import Action
from beckn.trust import verifying
from beckn.trust.calling import AddressRefusedError, UnreachableError
from beckn.trust.errors import Flaw, SignatureError
from beckn.trust.registry import Role, Subscriber
from network import meanings, messages
from network.messages import Message, Peer, Person, Place
from network.party import Party
from network.wire import ACK, NACK, Line, Wire

NAME = "buyer.example"
_PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that was sent: its id, when, and what was said if it was not taken."""

    action: str
    message_id: str
    at: datetime
    refused: str = ""


@dataclass
class Deal:
    """
    One transaction: what was asked, and all that was called back, in order.

    `place` and `person` are what somebody has chosen on the page so far.
    """

    transaction: str
    house: Peer | None = None
    place: Place | None = None
    person: Person | None = None
    asked: list[Asked] = field(default_factory=list)
    heard: list[Message] = field(default_factory=list)

    def answers(self, asked: Asked) -> list[Message]:
        """Give what answers a message; a search may have several answers."""
        return [
            each
            for each in self.heard
            if each["context"]["message_id"] == asked.message_id
        ]

    def last(self, *actions: str) -> Asked | None:
        """Give the last message of these actions that was sent."""
        found = [each for each in self.asked if each.action in actions]
        return found[-1] if found else None

    def unasked(self, action: str) -> list[Message]:
        """Give the callbacks of an action that answer nothing we asked."""
        known = {each.message_id for each in self.asked}
        return [
            each
            for each in self.heard
            if each["context"]["action"] == action
            and each["context"]["message_id"] not in known
        ]

    @property
    def form(self) -> Message:
        """Give the house's form for this order as it was told last, or nothing."""
        found = [
            each["message"]["order"]["xinput"]
            for each in self.heard
            if "xinput" in each.get("message", {}).get("order", {})
        ]
        return found[-1] if found else {}

    @property
    def transfer(self) -> str:
        """Name the payment of this deal; there is no bank, so its name is all of it."""
        return f"DEMO-{self.transaction[:8].upper()}"

    @property
    def order(self) -> Message | None:
        """Give the order as it was told last, once there is one."""
        found = [
            each["message"]["order"]
            for each in self.heard
            if each.get("message", {}).get("order", {}).get("id")
        ]
        return found[-1] if found else None


class Buyer:
    """The app: its deals, and whom it asks first."""

    def __init__(self, us: Party, wire: Wire, gateway: Peer) -> None:
        self.us, self.wire, self.gateway = us, wire, gateway
        # Where callbacks come in; known once it is served.
        self.url = ""
        self._deals: dict[str, Deal] = {}
        self._news = threading.Condition()

    def begin(self) -> Deal:
        """Open a transaction."""
        deal = Deal(str(uuid.uuid4()))
        with self._news:
            self._deals[deal.transaction] = deal
        return deal

    def find(self, transaction: str) -> Deal | None:
        with self._news:
            return self._deals.get(transaction)

    def ask(self, deal: Deal, action: str, message: Message) -> Asked:
        """Send a message: a search through the gateway, all else to the house."""
        now, us = clock.now(), Peer(self.us.id, self.url)
        house = None if action == "search" else deal.house
        name, raw = messages.whole(action, message, deal.transaction, us, house, now)
        to = house or self.gateway
        asked = Asked(action, name, now)
        with self._news:
            deal.asked.append(asked)
        headers = {verifying.BUYER: self.us.signature(raw)}
        try:
            told = self.us.post(f"{to.url}/{action}", raw, headers, registered=to.url)
            answer, flaw, ms = meanings.answered(told), meanings.flaw(told), told.ms
        except (AddressRefusedError, UnreachableError) as exc:
            answer, flaw, ms = "none", str(exc), 0.0
        body = json.loads(raw)
        says, keys = meanings.of(action, body), (self.us.key,)
        self.wire.write(
            Line(now, self.us.id, to.id, action, answer, keys, ms, says, flaw,
                 deal.transaction, raw)
        )  # fmt: skip
        if answer == ACK:
            return asked
        refused = Asked(action, name, now, flaw or answer)
        with self._news:
            deal.asked[deal.asked.index(asked)] = refused
        return refused

    @property
    def visits(self) -> list[Deal]:
        """Give the deals that came to an order, the newest first."""
        with self._news:
            return [each for each in reversed(self._deals.values()) if each.order]

    def settle(self, deal: Deal, asked: Asked, seconds: float) -> list[Message]:
        """Wait so long at most; give what a message was answered by until then."""
        with self._news:
            self._news.wait_for(
                lambda: asked.refused or deal.answers(asked), timeout=seconds
            )
            return deal.answers(asked)

    def wait(self, deal: Deal, asked: Asked, seconds: float = _PATIENCE_S) -> Message:
        """
        Wait for the first answer to a message.

        :raises TimeoutError: if none came in time, or the message was not taken
        """
        found = self.settle(deal, asked, seconds)
        if not found:
            raise TimeoutError(f"{asked.action}: {asked.refused or 'no answer'}")
        return found[0]

    def wait_unasked(
        self, deal: Deal, action: str, seconds: float = _PATIENCE_S
    ) -> Message:
        """
        Wait for a callback that the house sends by itself.

        :raises TimeoutError: if none came in time
        """
        with self._news:
            self._news.wait_for(lambda: deal.unasked(action), timeout=seconds)
            found = deal.unasked(action)
        if not found:
            raise TimeoutError(f"no {action} came by itself")
        return found[-1]

    def hear(self, action: str, raw: bytes, header: str | None) -> Response:
        """Take a callback, if the house that signed it is the one it names."""
        now = clock.now()
        try:
            house, body = self._believed(raw, header)
        except SignatureError as exc:
            whose = ("somebody", self.us.id)
            flaw = exc.flaw.value
            self.wire.write(
                Line(now, *whose, action, NACK, (), 0.0, flaw=flaw, raw=raw)
            )
            return _answer(self.us.id, NACK, flaw)
        transaction = body["context"]["transaction_id"]
        deal = self.find(transaction)
        wanted = deal is not None and body["context"]["action"] == action
        self.wire.write(
            Line(
                now,
                house.subscriber_id,
                self.us.id,
                action,
                ACK if wanted else NACK,
                (f"{house.subscriber_id}|{house.key_id}",),
                self._since(deal, body, now),
                meanings.of(action, body),
                transaction=transaction,
                raw=raw,
            )
        )
        if deal is not None and wanted:
            self._keep(deal, body)
        return _answer(self.us.id, ACK if wanted else NACK, "")

    def _believed(
        self, raw: bytes, header: str | None
    ) -> tuple[Subscriber, dict[str, Any]]:
        house = self.us.believe(raw, header, Role.BPP)
        body: dict[str, Any] = json.loads(raw)
        if body["context"]["bpp_id"] != house.subscriber_id:
            raise SignatureError(Flaw.OTHER)
        return house, body

    def _keep(self, deal: Deal, body: dict[str, Any]) -> None:
        """Keep what was told, after the wire has it: whoever waits goes on now."""
        context = body["context"]
        with self._news:
            if deal.house is None:
                deal.house = Peer(context["bpp_id"], context["bpp_uri"])
            deal.heard.append(body)
            self._news.notify_all()

    @staticmethod
    def _since(deal: Deal | None, body: dict[str, Any], now: datetime) -> float | None:
        """Tell how many milliseconds after its question an answer came."""
        for each in deal.asked if deal else ():
            if each.message_id == body["context"]["message_id"]:
                return round((now - each.at).total_seconds() * 1000, 1)
        return None


def listen(app: Flask, buyer: Buyer) -> None:
    """Hang the addresses of callbacks into the app."""
    called = [each.callback for each in Action]

    @app.post(f"/beckn/<any({','.join(called)}):action>")
    def callback(action: str) -> Response:
        header = request.headers.get(verifying.BUYER)
        return buyer.hear(action, request.get_data(), header)


def _answer(name: str, answer: str, flaw: str) -> Response:
    if answer != NACK:
        return Response(envelopes.ack(None), mimetype="application/json")
    error = {"code": "30016" if flaw else "30000", "message": flaw or "not asked"}
    status = HTTPStatus.UNAUTHORIZED if flaw else HTTPStatus.OK
    response = Response(
        envelopes.nack(error, None), status, mimetype="application/json"
    )
    if flaw:
        response.headers["WWW-Authenticate"] = f'Signature realm="{name}"'
    return response
