"""The launch itself: PyLTI1p3's order of checks, each made as strict as the specification is."""

from __future__ import annotations

import binascii
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from pylti1p3.contrib.flask import FlaskMessageLaunch

from mis_bridge.lti.claims import DEEP_LINKING_REQUEST, Launch, MessageClaims, read_message
from mis_bridge.lti.cookies import PartitionedCookieService
from mis_bridge.lti.form import LaunchForm
from mis_bridge.lti.key_sets import signing_key
from mis_bridge.lti.login_state import LaunchSessionService, digest
from mis_bridge.lti.platforms import (
    KeySetFetcher,
    PendingLogin,
    PlatformDeployment,
    PlatformRegistration,
    PlatformStore,
)
from mis_bridge.lti.refusals import LaunchRefused
from mis_bridge.lti.tool_conf import DbToolConf, library_registration

LEEWAY = timedelta(seconds=60)
OLDEST = timedelta(minutes=10)
_ALGORITHM = "RS256"
_MAX_TOKEN = 64 * 1024


class BridgeMessageLaunch(FlaskMessageLaunch):  # type: ignore[misc] # the base has no types
    """One posted launch, checked in the library's order and with none of its omissions.

    Every check raises `LaunchRefused` with its stable code. The time comes in as `now`. `begun` is
    the login that the state names, set as soon as that is known, whatever comes of the launch;
    `platform` is set once issuer and audience hold.
    """

    def __init__(
        self, form: LaunchForm, store: PlatformStore, fetch: KeySetFetcher, *, now: datetime
    ) -> None:
        self._tool_conf = DbToolConf(store)
        self._logins = LaunchSessionService(store, now)
        self.cookies = PartitionedCookieService(form)
        super().__init__(
            form, self._tool_conf, session_service=self._logins, cookie_service=self.cookies
        )
        self._store = store
        self._fetch = fetch
        self._now = now
        self.begun: PendingLogin | None = None
        self._login: PendingLogin | None = None
        self.platform: PlatformRegistration | None = None
        self._deployment: PlatformDeployment | None = None
        self._claims: MessageClaims | None = None

    def accept(self) -> Launch:
        """Check everything and return the launch; the state is used up even by a refusal."""
        self.validate()
        return self._launch()

    def forget_cookie(self) -> None:
        """Note that the browser may drop the cookie of this launch's state."""
        self.cookies.forget(self._field("state"))

    # The library's steps, in the order in which its `validate` calls them.

    def validate_state(self) -> BridgeMessageLaunch:
        """Check that the login began in this very browser, and use its state up."""
        state = self._field("state")
        self.begun = self._logins.pending(state)
        cookie = self.cookies.get_cookie(state)
        if not cookie or not hmac.compare_digest(cookie.encode(), state.encode()):
            raise LaunchRefused("state_cookie_missing")
        self._login = self._logins.consume_state(state)
        return self

    def validate_jwt_format(self) -> BridgeMessageLaunch:
        """Split the token; neither header nor body is believed yet."""
        token = self._field("id_token")
        parts = token.split(".")
        if len(parts) != 3 or len(token) > _MAX_TOKEN:
            raise LaunchRefused("malformed_token")
        try:
            header, body = (json.loads(_segment(part)) for part in parts[:2])
        except (ValueError, RecursionError):
            raise LaunchRefused("malformed_token") from None
        if not isinstance(header, dict) or not isinstance(body, dict):
            raise LaunchRefused("malformed_token")
        self._jwt = {"header": header, "body": body}
        return self

    def validate_nonce(self) -> BridgeMessageLaunch:
        """Check that the nonce is the one issued with this state, so each pair works once."""
        nonce = self._body.get("nonce")
        if not isinstance(nonce, str) or not nonce:
            raise LaunchRefused("nonce_missing")
        if not hmac.compare_digest(digest(nonce), self._begun.nonce_hash):
            raise LaunchRefused("nonce_invalid")
        return self

    def validate_registration(self) -> BridgeMessageLaunch:
        """Check issuer, audience and authorised party against the login's registration.

        Source: 1EdTech Security Framework 1.0, section 5.1.3 steps 2 to 5.
        """
        issuer, login = self._body.get("iss"), self._begun
        if not isinstance(issuer, str) or not issuer:
            raise LaunchRefused("issuer_unknown")
        if issuer != login.issuer:
            known = self._store.registrations_of(issuer)
            raise LaunchRefused("issuer_mismatch" if known else "issuer_unknown")
        _check_audience(self._body, login.client_id)
        self.platform = self._tool_conf.platform(issuer, login.client_id)
        if self.platform is None or self.platform.registration_id != login.registration_id:
            raise LaunchRefused("issuer_unknown")
        self._registration = library_registration(self.platform)
        return self

    def validate_jwt_signature(self) -> BridgeMessageLaunch:
        """Check algorithm, key, signature and times."""
        try:
            jwt.decode(
                self._field("id_token"),
                self.get_public_key()[0],
                algorithms=[_ALGORITHM],
                options={
                    "verify_signature": True,
                    # Times, audience and presence are checked below, against the given `now`.
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                    "verify_aud": False,
                    "verify_iss": False,
                    "verify_sub": False,
                    "verify_jti": False,
                },
            )
        except jwt.InvalidSignatureError:
            raise LaunchRefused("bad_signature") from None
        except jwt.InvalidTokenError:
            raise LaunchRefused("malformed_token") from None
        _check_times(self._body, self._now)
        return self

    def validate_deployment(self) -> BridgeMessageLaunch:
        """Check that the deployment exists, is active and belongs to this registration."""
        self._claims = read_message(self._body)
        hint, named = self._begun.deployment_hint, self._claims.deployment_id
        if hint is not None and hint != named:
            raise LaunchRefused("deployment_mismatch")
        self._deployment = self._store.deployment(self._begun.registration_id, named)
        if self._deployment is None:
            raise LaunchRefused("deployment_unknown")
        return self

    def validate_message(self) -> BridgeMessageLaunch:
        """Check that the launch goes where its login said it would.

        A deep-linking request may leave the target out.

        Source: LTI Core Specification 1.3, section 5.3.4.
        """
        claims = self._message
        omitted = claims.target_link_uri is None and claims.message_type == DEEP_LINKING_REQUEST
        if not omitted and claims.target_link_uri != self._begun.target_link_uri:
            raise LaunchRefused("target_link")
        return self

    def get_client_id(self) -> str:
        """Return the client id of the login: the audience was checked against it."""
        return self._begun.client_id

    def fetch_public_key(self, key_set_url: str) -> object:  # noqa: ARG002 - the library's signature
        """Refuse: key sets come through the cache and the guarded fetcher alone."""
        raise LaunchRefused("keys_unavailable")

    def get_public_key(self) -> tuple[RSAPublicKey, str]:
        """Return the platform's key that the header names, for RS256 and nothing else."""
        header = self._jwt["header"]
        if header.get("alg") != _ALGORITHM:
            raise LaunchRefused("alg_not_allowed")
        kid = header.get("kid")
        if not isinstance(kid, str) or not kid:
            raise LaunchRefused("kid_missing")
        if self.platform is None:
            raise LaunchRefused("issuer_unknown")
        key = signing_key(self.platform, kid, store=self._store, fetch=self._fetch, now=self._now)
        return key, _ALGORITHM

    def _field(self, name: str) -> str:
        return str(self._request.get_param(name) or "")

    @property
    def _body(self) -> Mapping[str, object]:
        body: Mapping[str, object] = self._jwt["body"]
        return body

    @property
    def _begun(self) -> PendingLogin:
        if self._login is None:
            raise LaunchRefused("state_invalid")
        return self._login

    @property
    def _message(self) -> MessageClaims:
        if self._claims is None:
            raise LaunchRefused("message_type")
        return self._claims

    def _launch(self) -> Launch:
        claims, platform, deployment = self._message, self.platform, self._deployment
        if platform is None or deployment is None:
            raise LaunchRefused("deployment_unknown")
        return Launch(
            registration_id=platform.registration_id,
            deployment_row_id=deployment.deployment_row_id,
            deployment_id=deployment.deployment_id,
            subject=claims.subject,
            display_name=claims.display_name,
            roles=claims.roles,
            message_type=claims.message_type,
            target_link_uri=self._begun.target_link_uri,
            context_id=claims.context_id,
            resource_link_id=claims.resource_link_id,
            custom=claims.custom,
            locale=claims.locale,
            return_url=claims.return_url,
            memberships_url=claims.memberships_url,
            frame_ancestors=platform.frame_ancestors,
            trust_custom_role=platform.trust_custom_role,
            deep_linking=claims.deep_linking,
            unknown_claims=claims.unknown_claims,
        )


def _segment(part: str) -> bytes:
    """Decode one base64url segment; anything outside the alphabet is refused, not skipped."""
    if not part or not part.isascii():
        raise ValueError
    padded = part.translate(str.maketrans("-_", "+/")) + "=" * (-len(part) % 4)
    return binascii.a2b_base64(padded, strict_mode=True)


def _check_audience(body: Mapping[str, object], client_id: str) -> None:
    audience = body.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if client_id not in named:
        raise LaunchRefused("audience_mismatch")
    if any(other != client_id for other in named):
        raise LaunchRefused("audience_untrusted")
    if "azp" in body and body["azp"] != client_id:
        raise LaunchRefused("azp_mismatch")


def _check_times(body: Mapping[str, object], now: datetime) -> None:
    expires_at, issued_at = (_instant(body.get(claim)) for claim in ("exp", "iat"))
    if expires_at <= now - LEEWAY:
        raise LaunchRefused("expired")
    if issued_at > now + LEEWAY:
        raise LaunchRefused("not_yet_valid")
    if now - issued_at > OLDEST:
        raise LaunchRefused("too_old")


def _instant(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LaunchRefused("claim_missing")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        raise LaunchRefused("claim_missing") from None
