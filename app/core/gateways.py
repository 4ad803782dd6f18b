"""What the environment says about the ways out: mail, SMS and WhatsApp."""

import re
from collections.abc import Mapping
from typing import TypedDict
from urllib.parse import urlsplit

# Of a secret that is shared with a gateway.
SHORTEST = 32
# Addresses whose fields are filled in for each message, posted or asked with.
FIELDS = ("form+https://", "form+http://", "get+https://", "get+http://")
# Of WhatsApp itself: a token, and the address of one of its numbers.
CLOUD = ("whatsapp+https://", "whatsapp+http://")
# What may stand in braces in the address of a gateway.
NAMES = frozenset({"to", "digits", "text", "id", "template_id", "sender", "language"})
# A message goes to somebody; only services of Apprise are given its text besides.
_TO = frozenset({"to", "digits"})


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
    replies: str


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
        "replies": _shared(given.get("BAARI_REPLIES_SECRET", "")),
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


def _shared(secret: str) -> str:
    """Read what a gateway signs replies with; without it none are taken."""
    if secret and len(secret) < SHORTEST:
        raise SettingError(
            "BAARI_REPLIES_SECRET",
            f"it is shorter than {SHORTEST} characters",
            "Set it as the gateway has it, made by `openssl rand -hex 32`.",
        )
    return secret


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
    scheme = url.partition("://")[0]
    names = set(re.findall(r"\{([^{}]*)\}", url))
    try:
        if scheme in {"http", "https"}:
            good = bool(urlsplit(url).hostname)
        elif url.startswith(CLOUD):
            found = urlsplit(url)
            good = bool(found.hostname and found.password and found.path.strip("/"))
        elif url.startswith(FIELDS):
            reaches = bool(names & _TO) and "text" in names and names <= NAMES
            good = reaches and bool(urlsplit(url).hostname)
        else:
            good = "://" in url and bool(names & _TO) and names <= NAMES
    except ValueError:
        good = False
    if not good:
        raise SettingError(
            name,
            "it is neither an https:// address nor one with {to} and other known names",
            f"Set {name}=https://gateway/send, =form+https://gateway/send?To={{to}}"
            "&Body={text}&DltTemplateId={template_id}, or =twilio://sid:token@from/{to}.",
        )
