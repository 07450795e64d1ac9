"""Which addresses we may call: judged by what the name resolves to, not by how it is spelled."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from adapters.base import VendorRefused, VendorUnavailable
from mis_bridge.domain.words import Words

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.ASCII)
_FORBIDDEN: Final = re.compile(r"[^\x21-\x7e]|[\\#@<>\"{}|^`]")

# Blocks that reach an inner IPv4 address or a relay, though Python counts some of them as global.
_INNER_BLOCKS: Final = tuple(
    ipaddress.IPv6Network(block)
    for block in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::ffff:0:0/96")
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: what the operator's list of trusted origins is compared by."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def origin_of(address: str) -> Origin:
    """Return the origin of an absolute address; raise `VendorRefused` for one that is not plain.

    Refused are user information, backslash, fragment, blanks and control characters, other schemes,
    and a host that the parser of the connection reads otherwise than this one.
    """
    if _FORBIDDEN.search(address):
        raise _refused(
            "it holds a character that a plain address does not need (\\ @ # or a blank)",
            "mae'n cynnwys nod nad oes ei angen ar gyfeiriad plaen (\\ @ # neu fwlch)",
        )
    try:
        seen, connected = urlsplit(address), parse_url(address)
        port = seen.port
    except (ValueError, LocationParseError):
        raise _refused("it cannot be read", "ni ellir ei ddarllen") from None
    scheme = seen.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise _refused("only https is allowed", "dim ond https a ganiateir")
    host = seen.netloc.lower().removesuffix(f":{port}") if port is not None else seen.netloc.lower()
    if not _HOST.fullmatch(host) or (connected.host or "").lower() != host:
        raise _refused("its host is not plain", "nid yw ei westeiwr yn eglur")
    if connected.port != port:
        raise _refused("its port is not plain", "nid yw ei borth yn eglur")
    return Origin(scheme, host, port or _DEFAULT_PORTS[scheme])


def trusted(origins: frozenset[str]) -> frozenset[Origin]:
    """Read the operator's list of exact origins."""
    return frozenset(origin_of(origin) for origin in origins)


def resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver for every address of a host."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise VendorUnavailable(
            Words(
                "The name {host} could not be found; check it, or try again later.",
                "Ni ellid dod o hyd i'r enw {host}; gwiriwch ef, neu rhowch gynnig arall arni.",
            ).fill(host=host)
        ) from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def vetted(
    origin: Origin, allowed: frozenset[Origin], resolver: Resolver = resolve
) -> tuple[str, ...]:
    """Resolve the origin's host once; return its addresses if every single one may be called.

    A public address over https may. Of an origin that the operator trusts any address may, but
    plain http only where all of them are this machine's own.
    """
    if origin.scheme == "http" and origin not in allowed:
        raise _refused("only https is allowed", "dim ond https a ganiateir")
    found = resolver(origin.host, origin.port)
    addresses = [ipaddress.ip_address(address.partition("%")[0]) for address in found]
    if not addresses:
        raise _refused("its name has no address", "nid oes cyfeiriad i'w enw")
    if origin in allowed:
        if origin.scheme == "http" and not all(address.is_loopback for address in addresses):
            raise _refused(
                "plain http is allowed on this machine alone",
                "caniateir http plaen ar y peiriant hwn yn unig",
            )
    elif not all(map(is_public, addresses)):
        raise _refused(
            "its name leads into an inner network; the operator can list such an origin in "
            "MIS_BRIDGE_TRUSTED_ORIGINS",
            "mae ei enw'n arwain i rwydwaith mewnol; gall y gweithredwr restru tarddiad felly yn "
            "MIS_BRIDGE_TRUSTED_ORIGINS",
        )
    return tuple(found)


def is_public(address: IpAddress) -> bool:
    """Tell whether an address is out on the internet and leads to itself alone."""
    if isinstance(address, ipaddress.IPv6Address) and any(address in b for b in _INNER_BLOCKS):
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
    )


def _refused(en: str, cy: str) -> VendorRefused:
    return VendorRefused(
        Words("The address is refused: {why}.", "Gwrthodir y cyfeiriad: {why}.").fill(
            why=Words(en, cy)
        )
    )
