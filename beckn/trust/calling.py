"""
Calls to addresses that others gave us: never into our own house, never elsewhere.

A name is resolved once, every address it has must be public, and the call goes to the
address that was looked at. Nothing is followed, and nothing is read without end: the
whole call has one deadline, however slowly the other side lets its answer drip.
"""

import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import urllib3
from msgspec import Struct

from app.core import turnstile
from beckn.trust.deadlines import Deadline
from beckn.trust.hosts import is_public, resolve

MOST_BYTES = 1024 * 1024
# Of a whole call; two of them, as after a 401, end within the lease of a message.
WITHIN_S = 20.0
_CONNECT_S, _READ_S = 5.0, 10.0
_READ, _LATE = "they may have read it: ", "no answer in time"
_PORTS = {"https": 443, "http": 80}

Resolve = Callable[[str, int], list[str]]


class AddressRefusedError(Exception):
    """We do not call there; the message says why."""


class UnreachableError(Exception):
    """No answer was had; the message says why, and if they may have read us."""


class Answer(Struct, frozen=True):
    """What the other side said, after how long, and when by its own clock."""

    status: int
    body: bytes
    ms: float
    date: str = ""


def post(
    url: str,
    raw: bytes,
    headers: Mapping[str, str],
    *,
    registered: str,
    private: bool = False,
    resolver: Resolve = resolve,
    within: float = WITHIN_S,
) -> Answer:
    """
    Post these bytes to the host that the registry has of who gets them.

    `private` allows http and addresses of our own house: for development. `within` are
    the seconds of the whole call, from the name to the last byte of the answer.

    :raises AddressRefusedError: if we do not call there
    :raises UnreachableError: if no answer was had in time, or too long a one
    """
    place = _place(url, private=private)
    if place.host != host_of(registered):
        raise AddressRefusedError("the registry has another host of them")
    with turnstile.aside(), Deadline(within) as deadline:
        address = _address(place, private=private, resolver=resolver)
        began = time.perf_counter()
        with _pool(place, address, deadline) as pool:
            whole = {**headers, "Host": place.netloc}
            status, body, date = _sent(pool, place.target, raw, whole, deadline)
    return Answer(status, body, round((time.perf_counter() - began) * 1000, 1), date)


class _Place(Struct, frozen=True):
    """An address in parts; the host is as it is looked up, in ASCII."""

    scheme: str
    host: str
    port: int
    netloc: str
    target: str


def _place(url: str, *, private: bool) -> _Place:
    try:
        parts = urlsplit(url)
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        raise AddressRefusedError("the address cannot be read") from None
    if parts.scheme not in (_PORTS if private else {"https"}):
        raise AddressRefusedError("the address is not https")
    if not host or parts.username is not None:
        raise AddressRefusedError("the address names no host, or a login")
    named = f"[{host}]" if ":" in host else host
    return _Place(
        parts.scheme,
        host,
        port or _PORTS[parts.scheme],
        named if port is None else f"{named}:{port}",
        (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )


def host_of(url: str) -> str:
    """Give the host of an address as it is looked up; none of what is no address."""
    try:
        return _ascii(urlsplit(url).hostname or "")
    except ValueError:
        return ""


def _ascii(host: str) -> str:
    # A label that is empty or too long, and what no name may hold, is a ValueError.
    return host.encode("idna").decode("ascii").lower()


def _address(place: _Place, *, private: bool, resolver: Resolve) -> str:
    try:
        found = resolver(place.host, place.port)
    except (OSError, UnicodeError):
        raise UnreachableError("the name is not known") from None
    if not found:
        raise UnreachableError("the name has no address")
    # All of them: a name with one address of ours among others is no honest one.
    if not private and not all(is_public(each) for each in found):
        raise AddressRefusedError("the address is not a public one")
    return found[0]


def _pool(
    place: _Place, address: str, deadline: Deadline
) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(
        connect=deadline.at_most(_CONNECT_S), read=deadline.at_most(_READ_S)
    )
    pool: urllib3.HTTPConnectionPool
    if place.scheme == "http":
        pool = urllib3.HTTPConnectionPool(
            address, place.port, timeout=timeout, maxsize=1
        )
    else:
        # By the address that was looked at, with the certificate of the name.
        pool = urllib3.HTTPSConnectionPool(
            address,
            place.port,
            timeout=timeout,
            maxsize=1,
            server_hostname=place.host,
            assert_hostname=place.host,
        )
    deadline.watch(pool)
    return pool


def _sent(
    pool: urllib3.HTTPConnectionPool,
    target: str,
    raw: bytes,
    headers: Mapping[str, str],
    deadline: Deadline,
) -> tuple[int, bytes, str]:
    try:
        answer = pool.urlopen(
            "POST",
            target,
            body=raw,
            headers=dict(headers),
            redirect=False,
            retries=False,
            preload_content=False,
        )
        with answer:
            body = answer.read(MOST_BYTES + 1, decode_content=False)
            answer.drain_conn() if len(body) <= MOST_BYTES else answer.close()
    except (urllib3.exceptions.HTTPError, OSError) as exc:
        why = _LATE if deadline.over else type(exc).__name__
        # Not before TLS is agreed upon is a word of ours on its way.
        raise UnreachableError(f"{_READ}{why}" if deadline.held else why) from None
    # A body without a length ends where the connection does, also if we ended it.
    if deadline.over:
        raise UnreachableError(f"{_READ}{_LATE}")
    if len(body) > MOST_BYTES:
        raise UnreachableError(f"{_READ}the answer has no end")
    return answer.status, body, answer.headers.get("Date", "")
