"""Which addresses may be connected to. Pure: the check is made on the very address that is then connected to (`scraper.connect`).

A crawler follows what strangers write into Location headers. Without this check a page could send it to the router, to another
service on the same machine, or to a cloud's metadata address. Whatever spelling a URL uses (decimal, octal, IPv4 in IPv6, a name that
resolves to it), what is judged here is the resolved address.
"""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Special-purpose ranges (IANA registries) that some Python versions' `is_global` lets through, and the ways to write IPv4 in IPv6.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_IPV4_COMPATIBLE = ipaddress.IPv6Network("::/96")
_REFUSED = (
    (ipaddress.IPv4Network("0.0.0.0/8"), "this host"),
    (ipaddress.IPv4Network("100.64.0.0/10"), "shared by a provider's customers"),
    (ipaddress.IPv4Network("192.0.0.0/24"), "reserved for protocols"),
    (ipaddress.IPv4Network("192.88.99.0/24"), "a former 6to4 relay"),
    (ipaddress.IPv4Network("198.18.0.0/15"), "for benchmarks"),
    (ipaddress.IPv4Network("240.0.0.0/4"), "reserved"),
    (ipaddress.IPv6Network("64:ff9b:1::/48"), "local NAT64"),
    (ipaddress.IPv6Network("100::/64"), "discard-only"),
    (ipaddress.IPv6Network("2001::/23"), "reserved for protocols"),
    (ipaddress.IPv6Network("2001:db8::/32"), "for documentation"),
    (ipaddress.IPv6Network("3fff::/20"), "for documentation"),
    (ipaddress.IPv6Network("5f00::/16"), "for segment routing"),
    (ipaddress.IPv6Network("fec0::/10"), "site-local"),
)


def parse_address(text: str) -> Address | None:
    """The address that `text` spells, with or without a zone (`fe80::1%eth0`); None for a name."""
    try:
        return ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None


def why_refused(address: Address) -> str | None:
    """Why this address is not a public one, in words; None where it is."""
    embedded = _embedded_ipv4(address)
    if embedded is not None:
        reason = why_refused(embedded)
        return None if reason is None else f"{embedded} written as {address}: {reason}"
    for network, reason in _REFUSED:
        if address.version == network.version and address in network:
            return f"{address} is {reason}"
    if address.is_loopback:
        return f"{address} is this machine itself"
    if address.is_link_local:
        return f"{address} is link-local"
    if address.is_multicast:
        return f"{address} is multicast"
    if address.is_private:
        return f"{address} is in a private network"
    if not address.is_global or address.is_reserved or address.is_unspecified:
        return f"{address} is not a public address"
    return None


def _embedded_ipv4(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a packet to this IPv6 address ends at; None if it is an address of its own."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or (address in _IPV4_COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return None
