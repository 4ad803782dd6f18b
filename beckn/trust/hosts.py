"""Names and their addresses: which of them are somebody else's, out in the world."""

import ipaddress
import socket

# All of the world that is spoken to by IPv6 lies in here; what carries an address of
# IPv4 is looked at by that, and the rest of what is outside leads into some house.
_WORLD = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Relays to who is nearest, and addresses of books, which older Pythons do not know.
_NOBODY = (
    ipaddress.ip_network("192.88.99.0/24"),
    ipaddress.ip_network("3fff::/20"),
)


def resolve(host: str, port: int) -> list[str]:
    """Give all addresses of a name, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(address: str) -> bool:
    """Tell whether an address is one of the world, and of no house."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or _translated(found)
        if inner is not None:
            return _is_of_the_world(inner)
        if found not in _WORLD:
            return False
    return _is_of_the_world(found)


def _is_of_the_world(found: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    nobody = any(found in each for each in _NOBODY)
    return found.is_global and not found.is_multicast and not nobody


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Give the IPv4 address behind a translator, if it is one."""
    if address not in _NAT64:
        return None
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
