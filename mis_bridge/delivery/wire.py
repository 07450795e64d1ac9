"""The way out that a channel is handed: it alone knows which addresses may be called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """What came back: a status, whatever it is, and a body of bounded size."""

    status: int
    body: bytes = b""
    retry_after: float | None = None


class Wire(Protocol):
    """One call, vetted, without redirects, bounded in time and size.

    Raises DeliveryUnavailable where there is no reply (its `answered` says whether the call may
    have arrived), and DeliveryMisconfigured where the address may not be called.
    """

    def __call__(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Reply:
        """Make the call."""
