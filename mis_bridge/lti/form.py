"""One LTI request as the library reads it: its fields, cookies and whether it came by TLS."""

from __future__ import annotations

from collections.abc import Mapping

from pylti1p3.request import Request


class LaunchForm(Request):
    """The request's fields (query of a GET, form of a POST) and cookies, as plain values."""

    def __init__(
        self, fields: Mapping[str, str], cookies: Mapping[str, str], *, secure: bool
    ) -> None:
        self._fields = fields
        self._cookies = cookies
        self._secure = secure

    @property
    def session(self) -> None:
        """There is no library session: state is kept in the database alone."""
        return

    def get_param(self, key: str) -> str:
        """Return a field, or an empty text."""
        return self._fields.get(key, "")

    def get_cookie(self, key: str) -> str | None:
        """Return a cookie, or None."""
        return self._cookies.get(key)

    def is_secure(self) -> bool:
        """Say whether the request came by TLS."""
        return self._secure
