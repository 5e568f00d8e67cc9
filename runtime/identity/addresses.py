"""Networks: lists of addresses as administrators write them, and whether an address is in one."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class NotANetworkError(ValueError):
    """A text that is neither an address nor a network; ``text`` is it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def read_networks(text: str) -> tuple[str, ...]:
    """The networks of a text that has one a line, or between commas; raises :class:`NotANetworkError`.

    ``192.0.2.7`` is one address, ``192.0.2.0/24`` a network.
    """
    words = [word for word in text.replace(",", " ").replace(";", " ").split() if word]
    found: list[str] = []
    for word in words:
        try:
            found.append(str(ipaddress.ip_network(word, strict=False)))
        except ValueError:
            raise NotANetworkError(word[:64]) from None
    return tuple(dict.fromkeys(found))


def is_among(address: str, networks: Iterable[str]) -> bool:
    """Whether an address is in one of the networks; what is no address is in none."""
    parsed = _address(address)
    if parsed is None:
        return False
    return any(
        parsed.version == network.version and parsed in network for network in _networks(tuple(networks))
    )


@lru_cache(maxsize=64)
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed
