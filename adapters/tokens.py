"""A vendor's short-lived token, asked for once and again when it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adapters.base import VendorRefused
from adapters.http import Received
from adapters.trees import look
from mis_bridge.domain.words import Words


class Token:
    """Holds the token of one run in memory only."""

    def __init__(self, ask: Callable[[], Received], path: str, scheme: str) -> None:
        self._ask = ask
        self._path = path
        self._scheme = scheme
        self._value: str | None = None

    def headers(self) -> Mapping[str, str]:
        """Return the header of a call, asking for the token if there is none yet."""
        if self._value is None:
            value = look(self._ask().body, self._path)
            if not isinstance(value, str) or not value.isprintable() or not value:
                raise VendorRefused(
                    Words(
                        "The vendor gave no token; the school may have paused the authorisation.",
                        "Ni roddodd y cyflenwr docyn; efallai i'r ysgol oedi'r awdurdodiad.",
                    ),
                    needs_reauthorisation=True,
                    status=401,
                )
            self._value = value
        return {"Authorization": f"{self._scheme} {self._value}"}

    def forget(self) -> None:
        """Drop a token that was refused, so that the next call asks for a new one."""
        self._value = None
