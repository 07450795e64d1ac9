"""Launch claims: each is required, optional or knowingly unused, so that a new one is noticed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mis_bridge.lti.refusals import LaunchRefused

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
NAMES_AND_ROLES = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"

MESSAGE_TYPE = f"{LTI}message_type"
VERSION = f"{LTI}version"
DEPLOYMENT_ID = f"{LTI}deployment_id"
TARGET_LINK_URI = f"{LTI}target_link_uri"
RESOURCE_LINK = f"{LTI}resource_link"
ROLES = f"{LTI}roles"
CONTEXT = f"{LTI}context"
CUSTOM = f"{LTI}custom"
PRESENTATION = f"{LTI}launch_presentation"
DEEP_LINKING_SETTINGS = f"{DEEP_LINKING}deep_linking_settings"

RESOURCE_LINK_REQUEST = "LtiResourceLinkRequest"
DEEP_LINKING_REQUEST = "LtiDeepLinkingRequest"

REQUIRED = frozenset(
    {"iss", "aud", "sub", "exp", "iat", "nonce", MESSAGE_TYPE, VERSION, DEPLOYMENT_ID, ROLES}
)
OPTIONAL = frozenset(
    {
        "azp",
        "name",
        TARGET_LINK_URI,
        RESOURCE_LINK,
        CONTEXT,
        CUSTOM,
        PRESENTATION,
        NAMES_AND_ROLES,
        DEEP_LINKING_SETTINGS,
    }
)
# Known, and left alone on purpose: none of them may decide who the person is or what they may see.
KNOWINGLY_UNUSED = frozenset(
    {
        "given_name",
        "family_name",
        "middle_name",
        "email",
        "picture",
        "locale",
        "auth_time",
        "at_hash",
        f"{LTI}tool_platform",
        f"{LTI}lis",
        f"{LTI}role_scope_mentor",
        f"{LTI}lti1p1",
        f"{LTI}lti11_legacy_user_id",
        f"{LTI}for_user",
        "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint",
        "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice",
    }
)

_MAX_ID = 255
_UNRESOLVED = re.compile(r"\$[A-Za-z]")


@dataclass(frozen=True, slots=True, repr=False)
class DeepLinkingSettings:
    """Where and how the platform wants the chosen links back."""

    return_url: str
    accept_multiple: bool
    opaque: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Launch:
    """One validated launch. Nothing past it sees a token.

    `custom` holds only strings that the platform really filled in; `subject` is unique within
    `registration_id` alone.
    """

    registration_id: str
    deployment_row_id: str
    deployment_id: str
    subject: str
    display_name: str | None
    roles: tuple[str, ...]
    message_type: str
    target_link_uri: str
    context_id: str | None
    resource_link_id: str | None
    custom: Mapping[str, str]
    locale: str | None
    return_url: str | None
    memberships_url: str | None
    frame_ancestors: tuple[str, ...]
    trust_custom_role: bool
    deep_linking: DeepLinkingSettings | None
    unknown_claims: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Launch(registration_id={self.registration_id!r}, type={self.message_type!r})"


@dataclass(frozen=True, slots=True, repr=False)
class MessageClaims:
    """The claims of the message itself, checked for presence and type."""

    message_type: str
    deployment_id: str
    subject: str
    display_name: str | None
    roles: tuple[str, ...]
    target_link_uri: str | None
    context_id: str | None
    resource_link_id: str | None
    custom: Mapping[str, str]
    locale: str | None
    return_url: str | None
    memberships_url: str | None
    deep_linking: DeepLinkingSettings | None
    unknown_claims: tuple[str, ...]


def read_message(body: Mapping[str, object]) -> MessageClaims:
    """Check the claims of a token whose signature holds; raises `LaunchRefused`.

    Source: LTI Core Specification 1.3, section 5.3; unknown claims are ignored (5.4.7).
    """
    message_type = body.get(MESSAGE_TYPE)
    if message_type not in (RESOURCE_LINK_REQUEST, DEEP_LINKING_REQUEST):
        raise LaunchRefused("message_type")
    if body.get(VERSION) != "1.3.0":
        raise LaunchRefused("version")
    deployment_id = body.get(DEPLOYMENT_ID)
    if not isinstance(deployment_id, str) or not deployment_id or len(deployment_id) > _MAX_ID:
        raise LaunchRefused("deployment_missing")
    deep_linking = message_type == DEEP_LINKING_REQUEST
    return MessageClaims(
        message_type=str(message_type),
        deployment_id=deployment_id,
        subject=_subject(body),
        display_name=_text(body.get("name")),
        roles=_roles(body),
        target_link_uri=_text(body.get(TARGET_LINK_URI)),
        context_id=_text(_object(body, CONTEXT).get("id")),
        resource_link_id=None if deep_linking else _resource_link_id(body),
        custom=_custom(body),
        locale=_text(_object(body, PRESENTATION).get("locale")),
        return_url=_text(_object(body, PRESENTATION).get("return_url")),
        memberships_url=_text(_object(body, NAMES_AND_ROLES).get("context_memberships_url")),
        deep_linking=_deep_linking(body) if deep_linking else None,
        unknown_claims=tuple(sorted(set(body) - REQUIRED - OPTIONAL - KNOWINGLY_UNUSED)),
    )


def _subject(body: Mapping[str, object]) -> str:
    subject = body.get("sub")
    if subject is None or subject == "":
        raise LaunchRefused("user_missing")
    if not isinstance(subject, str) or len(subject) > _MAX_ID:
        raise LaunchRefused("user_invalid")
    return subject


def _roles(body: Mapping[str, object]) -> tuple[str, ...]:
    if ROLES not in body:
        raise LaunchRefused("roles_missing")
    roles = body[ROLES]
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise LaunchRefused("roles_invalid")
    return tuple(roles)


def _resource_link_id(body: Mapping[str, object]) -> str:
    link_id = _text(_object(body, RESOURCE_LINK).get("id"))
    if link_id is None:
        raise LaunchRefused("resource_link")
    return link_id


def _custom(body: Mapping[str, object]) -> Mapping[str, str]:
    """Return the parameters that carry a value; null and `$Unresolved` count as not supplied.

    Source: LTI Core Specification 1.3, section 5.4.6.
    """
    return MappingProxyType(
        {
            name: value
            for name, value in _object(body, CUSTOM).items()
            if isinstance(value, str) and not _UNRESOLVED.match(value)
        }
    )


def _deep_linking(body: Mapping[str, object]) -> DeepLinkingSettings:
    settings = _object(body, DEEP_LINKING_SETTINGS)
    return_url, accepted = settings.get("deep_link_return_url"), settings.get("accept_types")
    if not isinstance(return_url, str) or not return_url.startswith(("https://", "http://")):
        raise LaunchRefused("deep_linking_settings")
    if not isinstance(accepted, list) or "ltiResourceLink" not in accepted:
        raise LaunchRefused("deep_linking_settings")
    return DeepLinkingSettings(
        return_url,
        accept_multiple=settings.get("accept_multiple") in (True, "true"),
        opaque=_text(settings.get("data")),
    )


def _object(body: Mapping[str, object], claim: str) -> Mapping[str, object]:
    value = body.get(claim)
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
