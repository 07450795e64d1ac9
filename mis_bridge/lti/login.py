"""The third-party login that begins every launch."""

from __future__ import annotations

import secrets
from datetime import datetime
from urllib.parse import urlsplit

from pylti1p3.contrib.flask import FlaskOIDCLogin
from pylti1p3.registration import Registration
from werkzeug.wrappers import Response

from mis_bridge.lti.cookies import PartitionedCookieService
from mis_bridge.lti.form import LaunchForm
from mis_bridge.lti.login_state import LaunchSessionService
from mis_bridge.lti.platforms import PlatformRegistration, PlatformStore
from mis_bridge.lti.refusals import LaunchRefused
from mis_bridge.lti.tool_conf import DbToolConf, library_registration

# What a restarted login in a new window repeats of the first one.
LOGIN_FIELDS = (
    "iss",
    "login_hint",
    "target_link_uri",
    "lti_message_hint",
    "lti_deployment_id",
    "client_id",
)


class BridgeOIDCLogin(FlaskOIDCLogin):  # type: ignore[misc] # the base has no types
    """Checks the login request, binds state, nonce and target, and sends the browser on."""

    def __init__(
        self, form: LaunchForm, store: PlatformStore, *, tool_url: str, now: datetime
    ) -> None:
        """`tool_url` is the public root of this tool, whose host a target link must have."""
        self._tool_conf = DbToolConf(store)
        self._cookies = PartitionedCookieService(form)
        super().__init__(
            form,
            self._tool_conf,
            session_service=LaunchSessionService(store, now),
            cookie_service=self._cookies,
        )
        self._tool_url = tool_url
        self._state_params: dict[str, object] = {}
        self.platform: PlatformRegistration | None = None

    def validate_oidc_login(self) -> Registration:
        """Check the request; raises `LaunchRefused` and never redirects anywhere on a fault."""
        iss, hint, target = map(self._field, ("iss", "login_hint", "target_link_uri"))
        if not (iss and hint and target):
            raise LaunchRefused("login_incomplete")
        self.platform = self._tool_conf.platform(iss, self._field("client_id") or None)
        if self.platform is None:
            raise LaunchRefused("login_platform_unknown")
        if not _inside(target, self._tool_url):
            raise LaunchRefused("login_target_outside")
        return library_registration(self.platform)

    def _field(self, name: str) -> str:
        return self._request.get_param(name) or ""

    def _get_uuid(self) -> str:
        return secrets.token_urlsafe(32)

    def _generate_nonce(self) -> str:
        """Draw the nonce, and hand it with what belongs to it to the row of the state."""
        platform = self.platform
        if platform is None:
            raise LaunchRefused("login_platform_unknown")
        nonce = secrets.token_urlsafe(32)
        self._state_params = {
            "nonce": nonce,
            "registration_id": platform.registration_id,
            "iss": platform.issuer,
            "client_id": platform.client_id,
            "target_link_uri": self._field("target_link_uri"),
            "deployment_hint": self._field("lti_deployment_id"),
            "restart": {name: self._field(name) for name in LOGIN_FIELDS if self._field(name)},
        }
        return nonce

    def _prepare_redirect_url(self, launch_url: str) -> str:
        """Return the platform's address to send the browser to, with a query that stays whole."""
        address = str(super()._prepare_redirect_url(launch_url))
        own = self.platform.auth_login_url if self.platform else ""
        return f"{own}&{address.removeprefix(f'{own}?')}" if "?" in own else address

    def begin(self, launch_url: str) -> str:
        """Note the login and return the platform's address to send the browser to.

        `launch_url` is our own registered launch address, never the request's target link.
        """
        return self._prepare_redirect_url(launch_url)

    def keep_cookies(self, response: Response) -> Response:
        """Write the state cookie to `response`."""
        self._cookies.update_response(response)
        return response


def _inside(target: str, tool_url: str) -> bool:
    """Say whether `target` is an address of this tool: same scheme, host and port."""
    if any(mark in target for mark in "\\@\n\r\t "):
        return False
    try:
        wanted, own = (_origin(address) for address in (target, tool_url))
    except ValueError:
        return False
    return wanted == own


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port
