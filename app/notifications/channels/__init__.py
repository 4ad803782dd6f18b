"""The ways out: one small file each, put up by what the environment says."""

from collections.abc import Callable, Mapping

from app.core import gateways
from app.core.db import after_commit
from app.core.settings import Settings
from app.notifications.channels.apprised import Apprised
from app.notifications.channels.cloud import Cloud
from app.notifications.channels.form import Form
from app.notifications.channels.http import Http
from app.notifications.channels.letter import Gateway, Letter
from app.notifications.channels.mail import Mail
from app.notifications.kinds import Channel

__all__ = ["Gateway", "Letter", "nudge", "nudge_with", "open_ones", "use"]

_open: dict[Channel, Gateway] = {}
_nudges: list[Callable[[], None]] = []


def use(settings: Settings) -> None:
    """
    Open the ways that are set, and no other; at composition.

    :raises SettingError: if Apprise knows no such service
    """
    _open.clear()
    if settings.smtp is not None:
        _open[Channel.EMAIL] = Mail(settings.smtp, settings.mail_from)
    for channel, name, url in (
        (Channel.SMS, "BAARI_SMS", settings.sms),
        (Channel.WHATSAPP, "BAARI_WHATSAPP", settings.whatsapp),
    ):
        if url is not None:
            _open[channel] = _by_phone(name, url)


def _by_phone(name: str, url: str) -> Gateway:
    if url.startswith(("http://", "https://")):
        return Http(url)
    if url.startswith(gateways.FIELDS):
        return Form(url)
    if url.startswith(gateways.CLOUD):
        return Cloud(url)
    return Apprised(name, url)


def nudge_with(act: Callable[[], None]) -> None:
    """Let this wake whoever sends; at composition."""
    _nudges[:] = [act]


def nudge() -> None:
    """Wake whoever sends once this is committed; the sweep finds what nobody woke."""
    if _open:
        for act in _nudges:
            after_commit(act)


def open_ones() -> Mapping[Channel, Gateway]:
    return _open
