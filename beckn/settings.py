"""What the environment says of the network; without it the network's door is shut."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from app.core.gateways import SettingError
from app.core.settings import Settings
from beckn import braking
from beckn.trust import given_keys
from beckn.trust.keys import KeyRing

# What of a network is served where nothing else is said; versions come after.
DOMAINS = ("dhp:",)
# A buyer's app asks for many patients; behind a gateway's address are many of them.
PER_SUBSCRIBER, PER_ADDRESS = "1200/minute", "6000/minute"
_SWITCHES = ("0", "1")
_LOCAL = frozenset({"localhost", "localhost."})


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSettings:
    """
    Who we are in a network, and where its registry is; addresses end in no slash.

    `domains` are those that are served, by how they begin. `uhi_registry` is where UHI
    has another registry than the rest; empty where it is the same.

    `unsigned` believes everybody and `private` calls back to addresses of this house:
    two switches for development, each by itself. `keys` is a file, see `trust.keys`;
    where the environment has the keys themselves, `ring` is what counts.
    `per_subscriber` and `per_address` are how often each may ask, as in "600/minute".
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
    ring: KeyRing | None = field(default=None, repr=False)
    per_subscriber: str = PER_SUBSCRIBER
    per_address: str = PER_ADDRESS


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
    if unsigned:
        _require_nobody_comes_by(url, settings)
    return NetworkSettings(
        subscriber_id=subscriber_id,
        url=url,
        registry=_address(given, "BECKN_REGISTRY_URL", private=private),
        registry_key=given.get("BECKN_REGISTRY_KEY", ""),
        keys=Path(given.get("BECKN_KEYS") or settings.home / "beckn_keys.json"),
        ring=given_keys.read(given),
        unsigned=unsigned,
        private=private,
        domains=_domains(given),
        uhi_registry=_uhi_registry(given, private=private),
        per_subscriber=_limit(given, "BECKN_PER_SUBSCRIBER", PER_SUBSCRIBER),
        per_address=_limit(given, "BECKN_PER_ADDRESS", PER_ADDRESS),
    )


def _require_nobody_comes_by(url: str, settings: Settings) -> None:
    """Refuse to believe everybody at an address that others may reach."""
    addresses = (url, f"http://{settings.host}", settings.url)
    reached = [each for each in addresses if each and not _is_here(each)]
    if settings.proxies:
        reached.append("whatever is in front of the proxy")
    if reached:
        raise SettingError(
            "BECKN_UNSIGNED",
            f"anybody could book as anybody at {reached[0]}",
            "Unset it, or keep BECKN_URL, BAARI_URL and HOST on this machine, and"
            " TRUSTED_PROXIES at 0.",
        )


def _limit(given: Mapping[str, str], name: str, usual: str) -> str:
    value = given.get(name) or usual
    if not braking.is_limit(value):
        raise SettingError(
            name, f"{value!r} is no limit", f"Set it as {name}={usual}, or unset it."
        )
    return value


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
