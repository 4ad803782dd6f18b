"""What staff read of a message: its kind, its way, how far it came, and why not."""

from collections.abc import Mapping

from app.notifications.kinds import Channel, Outcome, Sending, Told

KINDS: Mapping[Told, str] = {
    Told.BOOKED: "Booked",
    Told.REQUESTED: "Requested",
    Told.APPROVED: "Approved",
    Told.DENIED: "Denied",
    Told.MOVED: "Moved",
    Told.CANCELLED: "Cancelled",
    Told.EXPIRED: "Request ran out",
    Told.OFFERED: "Place offered",
    Told.WITHDRAWN: "Offer withdrawn",
    Told.DISPLACED: "Gave way",
    Told.AFFECTED: "Doctor away",
    Told.REASSIGNED: "Other resources",
    Told.DELAYED: "Doctor late",
    Told.REMINDER: "Reminder",
    Told.PROPOSED: "Another time offered",
    Told.NEAR: "Three before you",
    Told.FEEDBACK: "How was it",
    Told.CODE: "Code by phone",
}
WAYS: Mapping[Channel, str] = {
    Channel.UNDECIDED: "no way chosen",
    Channel.IN_APP: "here",
    Channel.EMAIL: "e-mail",
    Channel.SMS: "SMS",
    Channel.WHATSAPP: "WhatsApp",
}
# Its words, and how its chip looks.
STATES: Mapping[Sending, tuple[str, str]] = {
    Sending.QUEUED: ("Waiting", ""),
    Sending.SENDING: ("Being sent", ""),
    Sending.FAILED: ("Tried, goes again", "warn"),
    Sending.SENT: ("Sent", "good"),
    Sending.UNKNOWN: ("May have arrived", "warn"),
    Sending.UNSENT: ("Not sent", "bad"),
    Sending.DEAD: ("Given up", "bad"),
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.SENT: "sent",
    Outcome.FAILED: "failed",
    Outcome.REFUSED: "refused",
    Outcome.UNKNOWN: "not known",
    Outcome.UNSENT: "not sent",
}
_WHY: Mapping[str, str] = {
    "no_channel": "no channel is set up",
    "no_address": "no address for any channel",
    "no_words": "no words for this kind",
    "stopped": "the patient wants no messages",
    "unregistered": "its text is not registered, and registered texts alone go out",
    "no_url": "this house has no address to link to (BAARI_URL)",
    "too_late": "it was due more than a day before",
}


def why(words: str) -> str:
    """Say why there was no try; what a gateway answered stands as it is."""
    return _WHY.get(words, words)
