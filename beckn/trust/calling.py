"""
Calls to addresses that others gave us: never into our own house, never elsewhere.

A name is resolved once, every address it has must be public, and the call goes to the
address that was looked at. Nothing is followed, and nothing is read without end.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import urllib3

MOST_BYTES = 1024 * 1024
TIMEOUT = urllib3.Timeout(connect=5, read=10)
_PORTS = {"https": 443, "http": 80}

Resolve = Callable[[str, int], list[str]]


class AddressRefusedError(Exception):
    """We do not call there; the message says why."""


class UnreachableError(Exception):
    """No answer was had; `sent` says whether the other side may have read us."""

    def __init__(self, why: str, *, sent: bool) -> None:
        super().__init__(why)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said, after how long, and when by its own clock."""

    status: int
    body: bytes
    ms: float
    date: str = ""


def resolve(host: str, port: int) -> list[str]:
    """Give all addresses of a name, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def post(
    url: str,
    raw: bytes,
    headers: Mapping[str, str],
    *,
    registered: str,
    private: bool = False,
    resolver: Resolve = resolve,
) -> Answer:
    """
    Post these bytes to the host that the registry has of who gets them.

    `private` allows http and addresses of our own house: for development.

    :raises AddressRefusedError: if we do not call there
    :raises UnreachableError: if no answer was had in time, or too long a one
    """
    scheme, host, port, path = _parts(url, private=private)
    if host != host_of(registered):
        raise AddressRefusedError("the registry has another host of them")
    address = _address(host, port, private=private, resolver=resolver)
    began = time.perf_counter()
    with _pool(scheme, host, address, port) as pool:
        status, body, date = _sent(pool, path, raw, {**headers, "Host": _netloc(url)})
    return Answer(status, body, round((time.perf_counter() - began) * 1000, 1), date)


def _parts(url: str, *, private: bool) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise AddressRefusedError("the address cannot be read") from None
    if parts.scheme not in (_PORTS if private else {"https"}):
        raise AddressRefusedError("the address is not https")
    if not host or parts.username is not None:
        raise AddressRefusedError("the address names no host, or a login")
    path = parts.path or "/"
    query = f"?{parts.query}" if parts.query else ""
    return parts.scheme, host, port or _PORTS[parts.scheme], path + query


def host_of(url: str) -> str:
    """Give the host of an address in small letters; none of what is no address."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _netloc(url: str) -> str:
    return urlsplit(url).netloc


def _address(host: str, port: int, *, private: bool, resolver: Resolve) -> str:
    try:
        found = resolver(host, port)
    except OSError:
        raise UnreachableError("the name is not known", sent=False) from None
    if not found:
        raise UnreachableError("the name has no address", sent=False)
    # All of them: a name with one address of ours among others is no honest one.
    if not private and not all(_is_public(each) for each in found):
        raise AddressRefusedError("the address is not a public one")
    return found[0]


def _is_public(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or _translated(found)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return found.is_global and not found.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Give the IPv4 address behind a translator, if it is one."""
    if address not in _NAT64:
        return None
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _pool(
    scheme: str, host: str, address: str, port: int
) -> urllib3.HTTPConnectionPool:
    if scheme == "http":
        return urllib3.HTTPConnectionPool(address, port, timeout=TIMEOUT, maxsize=1)
    # By the address that was looked at, with the certificate of the name.
    return urllib3.HTTPSConnectionPool(
        address,
        port,
        timeout=TIMEOUT,
        maxsize=1,
        server_hostname=host,
        assert_hostname=host,
    )


def _sent(
    pool: urllib3.HTTPConnectionPool,
    path: str,
    raw: bytes,
    headers: Mapping[str, str],
) -> tuple[int, bytes, str]:
    try:
        answer = pool.urlopen(
            "POST",
            path,
            body=raw,
            headers=dict(headers),
            redirect=False,
            retries=False,
            preload_content=False,
        )
        with answer:
            body = answer.read(MOST_BYTES + 1, decode_content=False)
            answer.drain_conn() if len(body) <= MOST_BYTES else answer.close()
    except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.SSLError) as exc:
        raise UnreachableError(type(exc).__name__, sent=False) from None
    except urllib3.exceptions.ConnectTimeoutError as exc:
        raise UnreachableError(type(exc).__name__, sent=False) from None
    except (urllib3.exceptions.HTTPError, OSError) as exc:
        raise UnreachableError(type(exc).__name__, sent=True) from None
    if len(body) > MOST_BYTES:
        raise UnreachableError("the answer has no end", sent=True)
    return answer.status, body, answer.headers.get("Date", "")
