"""The cookie that ties a launch to the browser in which its login began."""

from __future__ import annotations

from typing import Protocol

from pylti1p3.contrib.flask import FlaskCookieService

PREFIX = "__Host-mb-"


class SetsCookies(Protocol):
    """The part of a response that this module needs."""

    def set_cookie(
        self,
        key: str,
        value: str = "",
        max_age: int | None = None,
        *,
        path: str | None = "/",
        secure: bool = False,
        httponly: bool = False,
        samesite: str | None = None,
        partitioned: bool = False,
    ) -> None:
        """Set one cookie."""


class PartitionedCookieService(FlaskCookieService):  # type: ignore[misc] # the base has no types
    """Cookies that reach us inside a frame of another site, partitioned by that site.

    The attributes do not depend on the request: browsers keep such cookies on loopback too.
    """

    def _get_key(self, key: str) -> str:
        return f"{PREFIX}{key}"

    def forget(self, name: str) -> None:
        """Note that the browser is to drop the cookie."""
        self.set_cookie(name, "", 0)

    def update_response(self, response: SetsCookies) -> None:
        """Write the noted cookies to `response`."""
        for key, cookie in self._cookie_data_to_set.items():
            response.set_cookie(
                key,
                str(cookie["value"]),
                max_age=cookie["exp"],
                path="/",
                secure=True,
                httponly=True,
                samesite="None",
                partitioned=True,
            )
