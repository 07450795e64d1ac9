"""Posting to an address that somebody else gave us: vetted at every attempt, bounded, one try.

The answer's body is never read: its status says all that a delivery needs, and what is not read
cannot fill the memory, reach a log or be shown to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import requests

from adapters import addresses
from adapters.base import VendorRefused, VendorUnavailable
from adapters.http import is_certificate_fault, retry_after
from adapters.transport import Deadline, PinnedTransport
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 15.0
# Standard Webhooks 1.0.0 suggests that a receiver has 15 to 30 seconds in all.
TOTAL_SECONDS: Final = 20.0
MAX_ADDRESS: Final = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `retry_after_seconds` is between nothing and an hour, None if not said."""

    status: int
    retry_after_seconds: float | None


class OutwardProblem(Problem):
    """Nothing came back. `fault` is a code for logs: it holds nothing of the address."""

    def __init__(self, words: Words, fault: str) -> None:
        super().__init__(words)
        self.fault = fault


class OutwardUnavailable(OutwardProblem):
    """It may work later: no name, no connection, cut off, or too slow."""


class OutwardRefused(OutwardProblem):
    """We do not call there: the address leads where we may not go, or is not who it says."""


def vet(
    url: str,
    *,
    trusted_origins: frozenset[str],
    resolver: addresses.Resolver = addresses.resolve,
) -> None:
    """Judge an address as it is about to be kept: where it leads now, and how it is spelled.

    `post` judges again at each attempt, for a name may lead elsewhere tomorrow. Raises
    OutwardRefused, and OutwardUnavailable where the name cannot be found.
    """
    if len(url) > MAX_ADDRESS:
        raise OutwardRefused(_TOO_LONG, "address")
    try:
        addresses.vetted(addresses.origin_of(url), addresses.trusted(trusted_origins), resolver)
    except VendorRefused as refused:
        raise OutwardRefused(refused.words, "address") from None
    except VendorUnavailable as unknown:
        raise OutwardUnavailable(unknown.words, "name") from None


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    trusted_origins: frozenset[str],
    resolver: addresses.Resolver = addresses.resolve,
) -> Answer:
    """Post once and return the status, whatever it is; a redirect is an answer like any other.

    Raises OutwardUnavailable or OutwardRefused where there is no answer.
    """
    try:
        addresses.origin_of(url)
        transport = PinnedTransport(addresses.trusted(trusted_origins), resolver)
        with requests.Session() as session, Deadline(transport, TOTAL_SECONDS) as deadline:
            # Neither proxies nor passwords of this machine's environment go along.
            session.trust_env = False
            session.mount("https://", transport)
            session.mount("http://", transport)
            return _answer(session, url, body, headers, deadline)
    except VendorRefused as refused:
        raise OutwardRefused(refused.words, "address") from None
    except VendorUnavailable as unknown:
        raise OutwardUnavailable(unknown.words, "name") from None


def _answer(
    session: requests.Session,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    deadline: Deadline,
) -> Answer:
    try:
        with session.post(
            url,
            data=body,
            headers={"User-Agent": "mis-bridge", "Accept": "*/*", **headers},
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            if deadline.passed:
                # A head that was cut off reads like one that ended: it is no answer.
                raise OutwardUnavailable(_TOO_SLOW, "timeout")
            told = response.headers
            wait = retry_after(told.get("Retry-After"), told.get("Date"))
            return Answer(response.status_code, wait)
    except (requests.RequestException, OSError) as broken:
        # The library's text holds the address: only the class of the fault goes on.
        if is_certificate_fault(broken):
            raise OutwardRefused(_CERTIFICATE, "certificate") from None
        if deadline.passed or isinstance(broken, requests.Timeout | TimeoutError):
            raise OutwardUnavailable(_TOO_SLOW, "timeout") from None
        raise OutwardUnavailable(_BROKEN, "connection") from None


_TOO_LONG: Final = Words(
    f"The address is longer than {MAX_ADDRESS} characters.",
    f"Mae'r cyfeiriad yn hwy na {MAX_ADDRESS} nod.",
)
_TOO_SLOW: Final = Words("There was no answer in time.", "Ni chafwyd ateb mewn pryd.")
_BROKEN: Final = Words(
    "The connection could not be made, or broke off.",
    "Ni ellid gwneud y cysylltiad, neu fe dorrodd.",
)
_CERTIFICATE: Final = Words(
    "The certificate does not prove that it is the host asked for; nothing was sent.",
    "Nid yw'r dystysgrif yn profi mai'r gwesteiwr y gofynnwyd amdano ydyw; nid anfonwyd dim.",
)
