"""Fetching a platform's key set under the same rules as every other outbound call."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from adapters.base import AdapterProblem, ConnectionSettings
from adapters.http import Http
from mis_bridge.lti.platforms import FetchedKeySet, KeySetUnavailable

_LIMIT = 1024 * 1024
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=([0-9]{1,9})(?:$|[\s,;])", re.ASCII | re.IGNORECASE)


class GuardedKeyFetch:
    """Fetches key sets: vetted address, no redirect, 1 MiB at most, five seconds in all.

    `trusted_origins` are the operator's own exceptions from the rule on inner addresses.
    """

    def __init__(self, trusted_origins: Iterable[str]) -> None:
        self._trusted = frozenset(trusted_origins)

    def __call__(self, url: str) -> FetchedKeySet:
        """Return what the address answered; raises `KeySetUnavailable` for anything but a 200."""
        parts = urlsplit(url)
        settings = ConnectionSettings(
            base_url=f"{parts.scheme}://{parts.netloc}",
            school_ref=url,
            token="",
            trusted_origins=self._trusted,
            connect_timeout=3.0,
            read_timeout=3.0,
            answer_deadline=5.0,
            answer_limit=_LIMIT,
            attempts=1,
        )
        try:
            received = Http("lti", settings).get(url, {})
        except AdapterProblem:
            raise KeySetUnavailable from None
        if received.status != 200:
            raise KeySetUnavailable
        stated = _MAX_AGE.search(received.headers.get("cache-control", ""))
        return FetchedKeySet(received.body, int(stated[1]) if stated else None)
