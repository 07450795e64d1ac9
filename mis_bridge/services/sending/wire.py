"""The way out of the channels: every address vetted as a vendor's is, every call bounded."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from typing import Final

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from adapters import addresses
from adapters.addresses import Origin
from adapters.base import VendorRefused, VendorUnavailable
from adapters.http import retry_after
from adapters.transport import Deadline, PinnedTransport
from mis_bridge.delivery.base import DeliveryMisconfigured, DeliveryUnavailable
from mis_bridge.delivery.wire import Reply
from mis_bridge.domain.words import Words

_PIECE: Final = 64 * 1024
_ANSWER_LIMIT: Final = 4 * 1024 * 1024


class GuardedWire:
    """Calls over HTTP: vetted address, no redirect, no proxy of the environment, bounded answer.

    `seconds` bounds each wait for bytes, `in_all` the whole call.
    """

    def __init__(
        self,
        trusted_origins: frozenset[str],
        *,
        seconds: float = 30.0,
        in_all: float = 90.0,
        resolver: addresses.Resolver = addresses.resolve,
    ) -> None:
        self._trusted = addresses.trusted(trusted_origins)
        self._seconds, self._in_all, self._resolver = seconds, in_all, resolver

    def __call__(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Reply:
        """Make one call; raises DeliveryUnavailable and DeliveryMisconfigured."""
        transport = PinnedTransport(self._trusted, self._resolver)
        try:
            addresses.origin_of(url)
            with requests.Session() as session, Deadline(transport, self._in_all):
                session.trust_env = False
                session.mount("https://", transport)
                session.mount("http://", transport)
                with session.request(
                    method,
                    url,
                    params=dict(query or {}),
                    data=body,
                    headers=dict(headers),
                    timeout=(min(self._seconds, 10.0), self._seconds),
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    told = response.headers
                    wait = retry_after(told.get("Retry-After"), told.get("Date"))
                    return Reply(response.status_code, _bounded(response), wait)
        except VendorRefused as refused:
            raise DeliveryMisconfigured(refused.words, "address") from None
        except VendorUnavailable as unknown:
            raise DeliveryUnavailable(unknown.words) from None
        except (requests.RequestException, OSError) as broken:
            # The library's text may hold the address: only what kind of fault it was goes on.
            if _has(broken, (ssl.SSLCertVerificationError,)):
                raise DeliveryMisconfigured(_CERTIFICATE, "certificate") from None
            never_left = _has(broken, (NewConnectionError, ConnectTimeoutError))
            raise DeliveryUnavailable(_NO_ANSWER, answered=never_left) from None


def connection_to(
    host: str, port: int, trusted_origins: frozenset[str], seconds: float, *, encrypted: bool
) -> socket.socket:
    """Open a connection to a mail server under the same rules.

    The operator lists a server of an inner network as `https://host:port`, and as `http://...` one
    on this machine's own loopback that does not encrypt. Raises DeliveryMisconfigured and
    DeliveryUnavailable.
    """
    scheme = "https" if encrypted else "http"
    try:
        origin = origin_of_server(scheme, host, port)
        found = addresses.vetted(origin, addresses.trusted(trusted_origins))
    except VendorRefused as refused:
        raise DeliveryMisconfigured(refused.words, "address") from None
    except VendorUnavailable as unknown:
        raise DeliveryUnavailable(unknown.words) from None
    for address in found:
        try:
            return socket.create_connection((address, port), seconds)
        except OSError:
            continue
    raise DeliveryUnavailable(_NO_ANSWER)


def origin_of_server(scheme: str, host: str, port: int) -> Origin:
    """Return a mail server as an origin; raises VendorRefused where its host is not plain."""
    try:
        inner = ipaddress.ip_address(host)
    except ValueError:
        return addresses.origin_of(f"{scheme}://{host}:{port}")
    shown = f"[{inner}]" if inner.version == 6 else str(inner)
    return addresses.origin_of(f"{scheme}://{shown}:{port}")


def _bounded(response: requests.Response) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_content(_PIECE):
        size += len(piece)
        if size > _ANSWER_LIMIT:
            raise DeliveryUnavailable(_TOO_LARGE, answered=False)
        pieces.append(piece)
    return b"".join(pieces)


def _has(error: BaseException | None, kinds: tuple[type[BaseException], ...]) -> bool:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, kinds):
            return True
        reason = getattr(each, "reason", None)
        inner = [cause for cause in (*each.args, reason) if isinstance(cause, BaseException)]
        waiting += [each.__cause__, each.__context__, *inner]
    return False


_NO_ANSWER = Words(
    "there was no connection, or no answer in time",
    "ni chafwyd cysylltiad, neu ni chafwyd ateb mewn pryd",
)
_CERTIFICATE = Words(
    "the certificate does not prove that it is the host asked for; nothing was sent",
    "nid yw'r dystysgrif yn profi mai'r gwesteiwr y gofynnwyd amdano ydyw; nid anfonwyd dim",
)
_TOO_LARGE = Words("the answer is far too large", "mae'r ateb yn llawer rhy fawr")
