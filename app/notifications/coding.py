"""Codes on their way to phones: in whose words, under which id, and kept nowhere."""

from uuid import uuid4

from app.directory import internal as directory
from app.directory.views import FacilityView
from app.notifications import channels, wording
from app.notifications.channels import Letter
from app.notifications.kinds import BY_PHONE, Channel, Outcome, Told
from app.notifications.views import TextView
from app.notifications.wording import Texts

_Words = tuple[TextView, FacilityView | None]


def code_at_once(phone: str, code: str, language: str, place: str) -> Outcome:
    """
    Send a code to a phone, E.164, this one time, and keep nothing of it.

    It goes in the words of the facility of that short name, as they are registered. By
    SMS, else by WhatsApp; what may have arrived is not sent again.
    """
    whose = _whose(place)
    ways = channels.open_ones()
    outcome = Outcome.UNSENT
    for channel in BY_PHONE:
        found = _words(whose, language, channel) if channel in ways else None
        if found is None:
            continue
        text, facility = found
        letter = Letter(
            uuid4(),
            phone,
            "",
            wording.say(text, {"code": code}, facility),
            text.template_id,
            text.sender,
            text.language,
            wording.said_values(text, {"code": code}, facility),
        )
        outcome, _ = ways[channel].send(letter)
        if outcome in {Outcome.SENT, Outcome.UNKNOWN}:
            break
    return outcome


def _whose(place: str) -> list[tuple[FacilityView, Texts]]:
    """Give who may say it: that place, or all where it was asked for at none."""
    if place:
        found = [directory.facility_by_slug(place)]
    else:
        found = list(directory.facilities().values())
    return [(each, wording.load(each.id, Told.CODE)) for each in found]


def _words(
    whose: list[tuple[FacilityView, Texts]], language: str, channel: Channel
) -> _Words | None:
    """
    Choose the words of one place, or among several those that carriers let pass.

    Of those, first what names no place: who reads it asked for it at none. Without any,
    the usual words go out, unless all places let registered ones alone.
    """
    spoken: list[_Words] = [
        (text, facility)
        for facility, known in whose
        for text in [known.of(Told.CODE, language, channel)]
        if known.goes_out(text)
    ]
    if len(whose) == 1:
        return spoken[0] if spoken else None
    registered = [each for each in spoken if each[0].template_id]
    if registered:
        return min(registered, key=lambda each: wording.names_place(each[0]))
    if whose and not spoken:
        return None
    return Texts({}, registered_only=False).of(Told.CODE, language, channel), None
