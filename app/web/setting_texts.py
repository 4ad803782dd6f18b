"""Set-up of what messages say: own words for a way, seen before they are kept."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from app.accounts.permissions import Permission
from app.core import clock
from app.core.errors import DomainError, InputError, NotFoundError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current
from app.doors.board_words import LANGUAGES
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.notifications import queries, service
from app.notifications.kinds import Channel, Told
from app.notifications.views import TextView
from app.web import message_words
from app.web.hours_desk import leave_for
from app.web.setting_form import Values, chosen, flag, place_of, text
from app.web.telling import refusal_of

bp = Blueprint("texts", __name__, url_prefix="/setup/at/<facility>/texts")

WAYS = {
    Channel.SMS: "SMS",
    Channel.WHATSAPP: "WhatsApp",
    Channel.EMAIL: "E-mail",
}
DONE = {
    "changed": "Kept. It is said so from now on.",
    "unregistered": "Kept. The words are not registered any more.",
    "usual": "The usual words are said again.",
    "rule": "Changed.",
}


class About(Struct, frozen=True):
    """Which text is being written, and how it stands."""

    place: FacilityView
    text: TextView

    def to(self, endpoint: str, **more: Any) -> str:
        """Give the address of what can be done to it."""
        return url_for(
            endpoint,
            facility=self.place.slug,
            kind=self.text.kind.value,
            language=self.text.language,
            channel=self.text.channel.value,
            **more,
        )

    @property
    def typed(self) -> dict[str, str]:
        """Give what the form starts with."""
        return {
            "written": self.text.written,
            "template_id": self.text.template_id,
            "sender": self.text.sender,
        }


@bp.get("")
def index(facility: str) -> ResponseReturnValue:
    """List all texts of a way, by kind and language, with what each is."""
    place = place_of(facility, Permission.KEEP_MESSAGES)
    way = chosen(request.args or Values({"channel": "sms"}), "channel", _way)
    return page(
        "web/setup/texts.html",
        partial="web/setup/_texts.html",
        facility=place,
        texts=queries.texts(place, by=current.actor()),
        kinds=queries.told_kinds(way),
        languages=LANGUAGES,
        way=way,
        ways=WAYS,
        tell=message_words,
        done=DONE.get(request.args.get("done", "")),
    )


@bp.post("")
def set_rule(facility: str) -> ResponseReturnValue:
    """Let registered texts alone go to phones, or any."""
    by = current.actor()
    place = directory.facility(facility, by=by)
    on = flag(request.form, "registered_only")
    service.send_registered_only(place, on=on, by=by, now=clock.now())
    way = chosen(request.form, "channel", _way)
    to = url_for(".index", facility=facility, channel=way.value, done="rule")
    return redirect(to, 303)


@bp.get("/<kind>/<language>/<channel>")
def form(facility: str, kind: str, language: str, channel: str) -> ResponseReturnValue:
    place = place_of(facility, Permission.KEEP_MESSAGES)
    about = _about(place, kind, language, channel)
    return _shown(about, about.typed)


@bp.post("/<kind>/<language>/<channel>/preview")
def preview(
    facility: str, kind: str, language: str, channel: str
) -> ResponseReturnValue:
    """Show how a text reads, beside the other languages; nothing is kept."""
    place = place_of(facility, Permission.KEEP_MESSAGES)
    about = _about(place, kind, language, channel)
    return _shown(about, _typed(request.form))


@bp.post("/<kind>/<language>/<channel>")
def save(facility: str, kind: str, language: str, channel: str) -> ResponseReturnValue:
    """Say it so from now on; what cannot be sent is refused, and nothing is lost."""
    by = current.actor()
    place = directory.facility(facility, by=by)
    about, typed = _about(place, kind, language, channel), _typed(request.form)
    try:
        kept = service.write_text(place, _order(about, typed), by=by, now=clock.now())
    except (InputError, service.RegisteredTextError) as error:
        return _shown(about, typed, error)
    gone = about.text.template_id and not kept.template_id
    return leave_for(about.to(".form", done="unregistered" if gone else "changed"))


@bp.post("/<kind>/<language>/<channel>/usual")
def usual(facility: str, kind: str, language: str, channel: str) -> ResponseReturnValue:
    """Go back to the usual words."""
    by = current.actor()
    place = directory.facility(facility, by=by)
    it = _about(place, kind, language, channel)
    service.usual_text(
        place,
        it.text.kind,
        it.text.language,
        it.text.channel,
        by=by,
        now=clock.now(),
    )
    return leave_for(it.to(".form", done="usual"))


def _about(place: FacilityView, kind: str, language: str, channel: str) -> About:
    """
    Give the text of an address as it stands.

    :raises NotFoundError: if nobody is told of that, in that language or that way
    """
    texts = queries.texts(place, by=current.actor())
    try:
        told, way = Told(kind), _way(channel)
    except ValueError as exc:
        raise NotFoundError("text") from exc
    if told not in queries.told_kinds(way) or language not in LANGUAGES:
        raise NotFoundError("text")
    return About(place, texts.of(told, language, way))


def _way(name: str) -> Channel:
    channel = Channel(name)
    if channel not in WAYS:
        raise ValueError(name)
    return channel


def _typed(values: Values) -> dict[str, str]:
    # A browser sends a line's end as two characters; more than is kept is not shown.
    written = values.get("written", "").replace("\r\n", "\n")[:8000]
    rest = ("template_id", "sender", "unregister")
    return {"written": written, **{name: text(values, name) for name in rest}}


def _order(about: About, typed: Mapping[str, str]) -> service.NewText:
    it = about.text
    return service.NewText(
        it.kind,
        it.language,
        it.channel,
        typed["written"],
        typed["template_id"],
        typed["sender"],
        unregister=typed.get("unregister") == "1",
    )


def _shown(
    about: About, typed: Mapping[str, str], error: DomainError | None = None
) -> Response:
    seen, wrong = _previewed(about, typed)
    trying = request.endpoint == "texts.preview"
    zone = about.place.zone
    return page(
        "web/setup/text.html",
        partial="web/setup/_text_preview.html" if trying else "web/setup/_text.html",
        status=problem_of(error).status if error else 200,
        facility=about.place,
        about=about,
        typed=typed,
        seen=seen,
        # What is refused is told on top; a preview tells it in its own place.
        wrong=refusal_of(wrong, zone) if wrong and not error else None,
        refusal=refusal_of(error, zone) if error else None,
        variables=queries.told_variables(about.text.kind),
        languages=LANGUAGES,
        ways=WAYS,
        tell=message_words,
        done=DONE.get(request.args.get("done", "")),
        now=clock.now(),
        zone=zone,
    )


def _previewed(
    about: About, typed: Mapping[str, str]
) -> tuple[list[tuple[TextView, str, int]], InputError | None]:
    """Give how it reads in each language and as how many SMS, or what is wrong."""
    order = _order(about, typed)
    by, now = current.actor(), clock.now()
    try:
        return queries.preview(about.place, order, by=by, now=now), None
    except InputError as error:
        return [], error
