"""What the environment says about the ways out: mail, SMS and WhatsApp."""

from collections.abc import Mapping
from typing import TypedDict
from urllib.parse import urlsplit


class SettingError(Exception):
    """One setting is wrong; its text is one line: what is wrong, how to mend it."""

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        self.name = name
        self.problem = problem
        self.remedy = remedy
        # Messages of servers and libraries come with line breaks; this one has none.
        super().__init__(" ".join(f"{name}: {problem}. {remedy}".split()))


class Gateways(TypedDict):
    smtp: str | None
    mail_from: str
    sms: str | None
    whatsapp: str | None
    url: str


def read(given: Mapping[str, str]) -> Gateways:
    """
    Read the settings of all ways out; what is not set is not used.

    :raises SettingError: for the first that cannot be meant
    """
    smtp, sender = given.get("BAARI_SMTP"), given.get("BAARI_MAIL_FROM", "")
    if smtp is not None:
        _mail(smtp, sender)
    sms, whatsapp = given.get("BAARI_SMS"), given.get("BAARI_WHATSAPP")
    for name, url in (("BAARI_SMS", sms), ("BAARI_WHATSAPP", whatsapp)):
        if url is not None:
            _phone(name, url)
    return {
        "smtp": smtp,
        "mail_from": sender,
        "sms": sms,
        "whatsapp": whatsapp,
        "url": _own(given.get("BAARI_URL", "")),
    }


def _own(url: str) -> str:
    """Read where links in messages lead: a scheme, a host, and no more."""
    try:
        found = urlsplit(url)
        parts = found.path.strip("/") or found.query or found.fragment or "@" in url
        good = found.scheme in {"http", "https"} and found.hostname and not parts
    except ValueError:
        good = False
    if url and not good:
        raise SettingError(
            "BAARI_URL",
            "it is no address of a web site",
            "Set it as people reach this house, as BAARI_URL=https://opd.example.org.",
        )
    return url.rstrip("/")


def _mail(smtp: str, sender: str) -> None:
    try:
        url = urlsplit(smtp)
        good = url.scheme in {"smtp", "smtps"} and url.hostname and url.port != 0
    except ValueError:
        good = False
    if not good:
        raise SettingError(
            "BAARI_SMTP",
            "it is not the address of a mail server",
            "Set BAARI_SMTP=smtp://user:password@host:587 (or smtps://), or unset it.",
        )
    local, _, host = sender.partition("@")
    if not local or not host or len(sender.split()) > 1:
        raise SettingError(
            "BAARI_MAIL_FROM",
            f"{sender!r} is not a mail address",
            "Set it to the address that mail of this hospital comes from.",
        )


def _phone(name: str, url: str) -> None:
    own = url.partition("://")[0] in {"http", "https"}
    try:
        good = bool(urlsplit(url).hostname) if own else "{to}" in url and "://" in url
    except ValueError:
        good = False
    if not good:
        raise SettingError(
            name,
            "it is neither an https:// address nor one of Apprise with {to} in it",
            f"Set {name}=https://gateway/send, or as twilio://sid:token@from/{{to}}.",
        )
