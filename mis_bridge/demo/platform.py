"""The LTI 1.3 platform of the demo MIS: it signs the launches of its invented staff."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from mis_bridge.demo.world import Authority, DemoSchool, Staff
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Language, Words

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
TOKEN_SECONDS = 300
HINTS_KEPT = 1000

# What the platform itself says of a person. That somebody is an ALNCo is granted in the tool.
ROLES: Mapping[str, tuple[str, ...]] = {
    "alnco": (MEMBERSHIP + "Instructor", INSTITUTION + "Faculty"),
    "teacher": (MEMBERSHIP + "Instructor", INSTITUTION + "Faculty"),
    "head": (MEMBERSHIP + "Administrator", INSTITUTION + "Administrator"),
    "la_admin": (MEMBERSHIP + "Administrator", INSTITUTION + "Administrator"),
}


class LaunchRefused(Problem):
    """The authorisation request is not one that this platform answers."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Who launches, from where and in which language; the tool sees only the random hint for it."""

    person: Staff
    school: DemoSchool | None
    language: Language


@dataclass(frozen=True, slots=True)
class SignedLaunch:
    """What the browser has to post to the tool."""

    action: str
    id_token: str
    state: str
    hint: Hint

    def __repr__(self) -> str:
        return "SignedLaunch(***)"


class Platform:
    """Issuer, key and deployments: one deployment a school, and one for the authority itself."""

    def __init__(
        self, authority: Authority, *, issuer: str, tool: str, clock: Callable[[], datetime]
    ) -> None:
        self.issuer = issuer
        self.client_id = f"mis-bridge-{secrets.token_hex(6)}"
        self.login_url = f"{tool}/lti/login"
        self.launch_url = f"{tool}/lti/launch"
        self.auth_login_url = f"{issuer}/lti/authorise"
        self.auth_token_url = f"{issuer}/lti/token"
        self.jwks_url = f"{issuer}/lti/jwks.json"
        self._authority = authority
        self._clock = clock
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._lock = threading.Lock()
        self._hints: OrderedDict[str, Hint] = OrderedDict()

    def deployment(self, school: DemoSchool | None) -> str:
        """Return the deployment id of a school, or that of the authority."""
        return f"demo-{self._authority.code}-{school.estab if school else 'la'}"

    def jwks(self) -> dict[str, object]:
        """Return the platform's public key set."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [public | {"kid": self._kid(), "alg": "RS256", "use": "sig"}]}

    def initiate(self, person: Staff, school: DemoSchool | None, language: Language) -> str:
        """Return the address that starts a launch in the tool (third-party initiated login).

        It carries a random hint and nothing about the person.
        """
        hint = secrets.token_urlsafe(24)
        with self._lock:
            self._hints[hint] = Hint(person, school, language)
            while len(self._hints) > HINTS_KEPT:
                self._hints.popitem(last=False)
        return f"{self.login_url}?" + urlencode(
            {
                "iss": self.issuer,
                "login_hint": hint,
                "target_link_uri": self.launch_url,
                "client_id": self.client_id,
                "lti_deployment_id": self.deployment(school),
            }
        )

    def authorise(self, asked: Mapping[str, str]) -> SignedLaunch:
        """Answer an authorisation request with a signed launch; a hint serves once.

        Raises LaunchRefused naming the parameter that is not as registered.
        """
        fixed = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": self.client_id,
            "redirect_uri": self.launch_url,
        }
        for name, value in fixed.items():
            if asked.get(name) != value:
                _refuse(name)
        for name in ("state", "nonce"):
            if not asked.get(name):
                _refuse(name)
        with self._lock:
            hint = self._hints.pop(asked.get("login_hint", ""), None)
        if hint is None:
            _refuse("login_hint")
        token = jwt.encode(
            self._claims(hint, asked["nonce"]),
            self._key,
            algorithm="RS256",
            headers={"kid": self._kid()},
        )
        return SignedLaunch(self.launch_url, token, asked["state"], hint)

    def _claims(self, hint: Hint, nonce: str) -> dict[str, object]:
        now = int(self._clock().timestamp())
        where = hint.school
        name = where.name if where else self._authority.name
        place = where.number.replace("/", "-") if where else self._authority.code
        return {
            "iss": self.issuer,
            "aud": self.client_id,
            "azp": self.client_id,
            "sub": hint.person.sub,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "nonce": nonce,
            "given_name": hint.person.forename,
            "family_name": hint.person.surname,
            "name": hint.person.name,
            CLAIM + "message_type": "LtiResourceLinkRequest",
            CLAIM + "version": "1.3.0",
            CLAIM + "deployment_id": self.deployment(where),
            CLAIM + "target_link_uri": self.launch_url,
            CLAIM + "resource_link": {"id": f"link-{place}"},
            CLAIM + "context": {"id": f"context-{place}", "title": name.in_(hint.language)},
            CLAIM + "roles": list(ROLES[hint.person.role]),
            CLAIM + "tool_platform": {"guid": "demo-mis", "name": "Demo MIS"},
            CLAIM + "launch_presentation": {
                "document_target": "iframe",
                "locale": f"{hint.language}-GB",
            },
        }

    def _kid(self) -> str:
        """Return the RFC 7638 thumbprint of the public key."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        members = {name: public[name] for name in ("e", "kty", "n")}
        digest = hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _refuse(name: str) -> NoReturn:
    raise LaunchRefused(
        Words(
            "The launch was refused: {name} is not what this platform expects. "
            "Go back to the list of schools and start again.",
            "Gwrthodwyd y lansiad: nid yw {name} fel y mae'r platfform hwn yn ei ddisgwyl. "
            "Ewch yn ôl i'r rhestr ysgolion a dechrau eto.",
        ).fill(name=name)
    )
