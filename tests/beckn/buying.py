"""A buyer of the network without HTTP: its messages go straight to the acts."""

from datetime import timedelta
from uuid import uuid4

from app.core.actor import SYSTEM
from app.directory import service as directory
from beckn import answering
from beckn.context import Context
from tests.factories import NOW

HOUSE = "https://bpp.clinic.example"


def show(place, doctor, *, public=True):
    """Mark a doctor as one whom patients book themselves."""
    directory.show_online(place, doctor.public_id, public=public, by=SYSTEM, now=NOW)


class Buyer:
    """A transaction of one buyer's app; `sent` keeps what it was answered."""

    def __init__(self, bap_id="bap.example.org", place=None):
        self.bap_id, self.place = bap_id, place
        self.transaction = str(uuid4())
        self.sent = []

    def context(self, action, now=NOW):
        return Context(
            domain="dhp:consultation:0.1.0",
            action=action,
            version="1.1.0",
            bap_id=self.bap_id,
            bap_uri=f"https://{self.bap_id}/beckn",
            bpp_id="bpp.clinic.example",
            bpp_uri=f"{HOUSE}/beckn",
            transaction_id=self.transaction,
            message_id=str(uuid4()),
            timestamp=now,
            ttl=timedelta(seconds=30),
            city="std:080",
            country="IND",
        )

    def asks(self, action, now=NOW, **message):
        """Send a message; give the messages it is answered by."""
        context = self.context(action, now)
        told = answering.answers(action, context, message, now=now, house=HOUSE)
        self.sent += [(action, each) for each in told]
        return [each["message"] for each in told]

    def one(self, action, now=NOW, **message):
        (told,) = self.asks(action, now, **message)
        return told

    def finds(self, now=NOW, **intent):
        """Give the free places of all days in order: fulfilments with their item."""
        found = []
        for told in self.asks("search", now, intent=intent):
            for provider in told["catalog"]["providers"]:
                if self.place and provider["id"] != self.place.slug:
                    continue
                found += provider["fulfillments"]
        return found

    def order(self, fulfilment, item, *, name="Asha Nair", phone="+919800000000"):
        """Write an order as buyers do."""
        person = {"name": name, "gender": "F", "age": "P34Y"}
        return {
            "provider": {"id": self.place.slug},
            "items": [{"id": item}],
            "fulfillments": [
                {
                    "id": fulfilment,
                    "customer": {"person": person, "contact": {"phone": phone}},
                }
            ],
            "billing": {"name": name, "phone": phone},
        }
