"""What the environment says of the network; without it the network's door is shut."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.core.gateways import SettingError
from app.core.settings import Settings

# What of a network is served where nothing else is said; versions come after.
DOMAINS = ("dhp:",)
_SWITCHES = ("0", "1")
_LOCAL = frozenset({"localhost", "localhost."})


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSettings:
    """
    Who we are in a network, and where its registry is; addresses end in no slash.

    `domains` are those that are served, by how they begin. `uhi_registry` is where UHI
    has another registry than the rest; empty where it is the same.

    `unsigned` believes everybody and `private` calls back to addresses of this house:
    two switches for development, each by itself. `keys` is a file, see `trust.keys`.
    """

    subscriber_id: str
    url: str
    registry: str
    registry_key: str
    keys: Path
    unsigned: bool
    private: bool
    domains: tuple[str, ...] = DOMAINS
    uhi_registry: str = ""


def read(environ: Mapping[str, str], settings: Settings) -> NetworkSettings | None:
    """
    Read the settings of the network; None where this house is in none.

    :raises SettingError: for the first setting that is missing or cannot be meant
    """
    given = {name: environ.get(name, "").strip() for name in environ}
    subscriber_id = given.get("BECKN_SUBSCRIBER_ID", "")
    if not subscriber_id:
        return None
    private = _switch(given, "BECKN_PRIVATE_CALLBACKS")
    unsigned = _switch(given, "BECKN_UNSIGNED")
    url = _address(given, "BECKN_URL", private=private)
    if unsigned and not (_is_here(url) and _is_here(f"http://{settings.host}")):
        raise SettingError(
            "BECKN_UNSIGNED",
            f"anybody could book as anybody at {url}, served on {settings.host}",
            "Unset it, or keep BECKN_URL and HOST on this machine.",
        )
    return NetworkSettings(
        subscriber_id=subscriber_id,
        url=url,
        registry=_address(given, "BECKN_REGISTRY_URL", private=private),
        registry_key=given.get("BECKN_REGISTRY_KEY", ""),
        keys=Path(given.get("BECKN_KEYS") or settings.home / "beckn_keys.json"),
        unsigned=unsigned,
        private=private,
        domains=_domains(given),
        uhi_registry=_uhi_registry(given, private=private),
    )


def _domains(given: Mapping[str, str]) -> tuple[str, ...]:
    every = (each.strip() for each in given.get("BECKN_DOMAINS", "").split(","))
    return tuple(each for each in every if each) or DOMAINS


def _uhi_registry(given: Mapping[str, str], *, private: bool) -> str:
    name = "BECKN_UHI_REGISTRY_URL"
    return _address(given, name, private=private) if given.get(name) else ""


def _switch(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name) or "0"
    if value not in _SWITCHES:
        raise SettingError(
            name, f"{value!r} is neither 0 nor 1", "Set 1 for development, or unset it."
        )
    return value == "1"


def _address(given: Mapping[str, str], name: str, *, private: bool) -> str:
    value = given.get(name, "")
    parts = _split(value)
    schemes = {"https", "http"} if private else {"https"}
    if parts is None or parts[0] not in schemes:
        example = "https://opd.example.org/beckn"
        raise SettingError(
            name,
            f"{value!r} is no https:// address" if value else "it is missing",
            f"Set it as the network knows it, as {name}={example}.",
        )
    return value.rstrip("/")


def _split(value: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return None
    return (parts.scheme, host) if host else None


def _is_here(url: str) -> bool:
    parts = _split(url)
    if parts is None:
        return False
    try:
        return ipaddress.ip_address(parts[1]).is_loopback
    except ValueError:
        return parts[1] in _LOCAL
