"""Acts on the words of messages: write one's own, register it, go back to the usual."""

import re
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import db, transaction
from app.core.errors import ConflictError, InputError
from app.core.holding import hold_all
from app.core.text import clean_lines
from app.directory.views import FacilityView
from app.notifications import checking, wording
from app.notifications.kinds import Channel, Told
from app.notifications.models import MessageRule, MessageText
from app.notifications.views import TextView

_TEMPLATE_IDS = {
    Channel.SMS: re.compile(r"[0-9]{19}", re.ASCII),
    Channel.WHATSAPP: re.compile(r"[a-z0-9_]{1,100}", re.ASCII),
}
_SENDER = re.compile(r"[A-Za-z0-9]{3,6}", re.ASCII)


class RegisteredTextError(ConflictError):
    """A regulator has approved these very words."""

    code = "text_registered"


class NewText(Struct, frozen=True):
    """
    Words as a facility wants them, and under what they are registered, if they are.

    `unregister` says that a registered text may lose its id by this.
    """

    kind: Told
    language: str
    channel: Channel
    written: str
    template_id: str = ""
    sender: str = ""
    unregister: bool = False


def write_text(
    facility: FacilityView, order: NewText, *, by: Actor, now: datetime
) -> TextView:
    """
    Say something in other words than the usual ones, or register what is said.

    With the usual words and no id, nothing of its own is kept.

    :raises InputError: naming the line that cannot be, or the id
    :raises RegisteredTextError: if the words are registered and shall not lose their id
    """
    text = _checked(facility, order, now=now)
    with transaction():
        accounts.require(by, Permission.KEEP_MESSAGES, Scope(facility.id))
        _hold(facility, text)
        before = wording.load(facility.id, text.kind).of(
            text.kind, text.language, text.channel
        )
        other = text.written != before.written
        if order.unregister and other and before.template_id == text.template_id:
            text = replace(text, template_id="", sender="")
        elif other and before.template_id and before.template_id == text.template_id:
            raise RegisteredTextError(field="written", template=before.template_id)
        usual = wording.usual(text.kind, text.language)
        if text.written == usual and not text.template_id:
            text = replace(text, own=False)
        if text != before:
            _keep(facility, before, text, by=by, now=now)
    return text


def usual_text(
    facility: FacilityView,
    kind: Told,
    language: str,
    channel: Channel,
    *,
    by: Actor,
    now: datetime,
) -> TextView:
    """Go back to the usual words; a registration goes with those it was for."""
    text = TextView(kind, language, channel, wording.usual(kind, language))
    with transaction():
        accounts.require(by, Permission.KEEP_MESSAGES, Scope(facility.id))
        _hold(facility, text)
        before = wording.load(facility.id, kind).of(kind, language, channel)
        if before.own:
            _keep(facility, before, text, by=by, now=now)
    return text


def send_registered_only(
    facility: FacilityView, *, on: bool, by: Actor, now: datetime
) -> None:
    """Let registered texts alone go out by SMS and WhatsApp, or any."""
    with transaction() as session:
        accounts.require(by, Permission.KEEP_MESSAGES, Scope(facility.id))
        hold_all([f"message_rules:{facility.id}"])
        rule = select(MessageRule).where(MessageRule.facility_id == facility.id)
        row = session.scalar(rule)
        before = row is not None and row.registered_only
        told = insert(MessageRule).values(facility_id=facility.id, registered_only=on)
        session.execute(
            told.on_conflict_do_update(
                index_elements=["facility_id"], set_={"registered_only": on}
            )
        )
        if before != on:
            audit.record(
                "facility.messages_set",
                audit.Subject("facility", facility.public_id, facility.id),
                by=by,
                now=now,
                before={"registered_only": before},
                after={"registered_only": on},
            )


def texts(facility: FacilityView, *, by: Actor) -> wording.Texts:
    """Give all words of a facility; who keeps messages may know."""
    accounts.require(by, Permission.KEEP_MESSAGES, Scope(facility.id))
    return wording.load(facility.id)


def preview(
    facility: FacilityView, order: NewText, *, by: Actor, now: datetime
) -> list[tuple[TextView, str, int]]:
    """
    Give a text as it would be sent, and those of the other languages as they stand.

    Each with what it says and as how many SMS it would go.

    :raises InputError: naming the line that cannot be
    """
    accounts.require(by, Permission.KEEP_MESSAGES, Scope(facility.id))
    draft = _checked(facility, replace(order, template_id="", sender=""), now=now)
    known = wording.load(facility.id, order.kind)
    others = [each for each in wording.LANGUAGES if each != order.language]
    found = [draft, *(known.of(order.kind, each, order.channel) for each in others)]
    data = checking.sample(order.kind, now=now)
    said = [(each, wording.say(each, data, facility)) for each in found]
    return [(each, words, checking.parts(words)) for each, words in said]


def _checked(facility: FacilityView, order: NewText, *, now: datetime) -> TextView:
    if order.language not in wording.LANGUAGES:
        raise InputError(field="language", reason="choice")
    if order.channel not in wording.CHANNELS:
        raise InputError(field="channel", reason="choice")
    if order.kind not in wording.kinds(order.channel):
        raise InputError(field="kind", reason="choice")
    text = TextView(
        order.kind,
        order.language,
        order.channel,
        clean_lines(order.written, field="written", least=1, most=checking.WRITTEN),
        own=True,
        template_id=order.template_id.strip(),
        sender=order.sender.strip().upper() if order.template_id.strip() else "",
    )
    checking.check(text, facility, now=now)
    _check_registration(text)
    return text


def _check_registration(text: TextView) -> None:
    shape = _TEMPLATE_IDS.get(text.channel)
    if text.template_id and (shape is None or not shape.fullmatch(text.template_id)):
        raise InputError(field="template_id", reason=f"template_{text.channel}")
    wants_sender = text.channel is Channel.SMS and bool(text.template_id)
    if wants_sender and not _SENDER.fullmatch(text.sender):
        raise InputError(field="sender", reason="sender")
    if text.sender and not wants_sender:
        raise InputError(field="sender", reason="sender_alone")


def _hold(facility: FacilityView, text: TextView) -> None:
    hold_all([f"message_text:{facility.id}:{text.name}"])


def _keep(
    facility: FacilityView,
    before: TextView,
    text: TextView,
    *,
    by: Actor,
    now: datetime,
) -> None:
    _write(facility, text)
    audit.record(
        "message_text.changed",
        audit.Subject("message_text", text.name, facility.id),
        by=by,
        now=now,
        before=_for_trail(before),
        after=_for_trail(text),
    )


def _write(facility: FacilityView, text: TextView) -> None:
    row = db.session.scalar(
        select(MessageText).where(
            MessageText.facility_id == facility.id,
            MessageText.kind == text.kind,
            MessageText.language == text.language,
            MessageText.channel == text.channel.value,
        )
    )
    if not text.own:
        if row is not None:
            db.session.delete(row)
    else:
        if row is None:
            row = MessageText(
                facility_id=facility.id,
                kind=text.kind,
                language=text.language,
                channel=text.channel.value,
            )
            db.session.add(row)
        row.written = text.written
        row.template_id, row.sender = text.template_id, text.sender
    db.session.flush()


def _for_trail(text: TextView) -> dict[str, str]:
    return {
        "text": text.written,
        "template_id": text.template_id,
        "sender": text.sender,
    }
