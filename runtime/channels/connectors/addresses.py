"""Addresses: which of them are of the public internet, so that a call never reaches the own network.

Python 3.11 takes some addresses for global that lead inside: mapped and translated ones, 6to4, Teredo. So the
rule is what is let in, and not what is kept out: global unicast IPv6 without the ranges that carry an IPv4
address or document something, and global IPv4 without multicast.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_UNICAST = ip_network("2000::/3")
_NOT_V6 = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_NOT_V4 = tuple(map(ip_network, ("192.88.99.0/24", "192.0.0.0/24", "240.0.0.0/4")))


def is_public(address: str) -> bool:
    """Whether an address, as the resolver gives it, is one of the public internet."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if "%" in address:
        return False
    if isinstance(found, IPv6Address):
        return found in _UNICAST and not any(found in each for each in _NOT_V6)
    return _is_public_v4(found)


def _is_public_v4(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and not any(address in each for each in _NOT_V4)
