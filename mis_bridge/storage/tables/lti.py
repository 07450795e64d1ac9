"""Platforms that launch the tool, the people who come, their grants and sessions."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from mis_bridge.storage.columns import AuthorityOwned, Base, Json, SchoolOwned, Sealed, new_id


class LtiRegistrationRow(Base):
    """A platform by issuer and client id; the issuer alone is never a tenant."""

    __tablename__ = "lti_registrations"
    __table_args__ = (
        UniqueConstraint("issuer", "client_id"),
        CheckConstraint("status IN ('pending', 'active', 'suspended')", name="status"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    la: Mapped[str] = mapped_column(ForeignKey("local_authorities.code"), index=True)
    issuer: Mapped[str]
    client_id: Mapped[str]
    auth_login_url: Mapped[str]
    auth_token_url: Mapped[str]
    auth_audience: Mapped[str | None]
    jwks_url: Mapped[str | None]
    jwks: Mapped[Json | None]
    platform_family: Mapped[str | None]
    frame_ancestors: Mapped[Json]
    storage_origin: Mapped[str | None]
    trust_custom_role: Mapped[bool] = mapped_column(server_default=false(), default=False)
    status: Mapped[str]
    created_at: Mapped[datetime]


class LtiDeploymentRow(Base):
    """A deployment, which is what binds a launch to a school; None until it is bound."""

    __tablename__ = "lti_deployments"
    __table_args__ = (
        UniqueConstraint("registration_id", "deployment_id"),
        CheckConstraint("status IN ('pending', 'active', 'suspended')", name="status"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    registration_id: Mapped[str] = mapped_column(ForeignKey("lti_registrations.id"))
    deployment_id: Mapped[str]
    la: Mapped[str | None] = mapped_column(ForeignKey("local_authorities.code"))
    school: Mapped[str | None] = mapped_column(ForeignKey("schools.ref"))
    status: Mapped[str]
    created_at: Mapped[datetime]


class LtiContextBindingRow(Base):
    """A context of a platform that serves several schools through one deployment."""

    __tablename__ = "lti_context_bindings"

    lti_deployment_id: Mapped[str] = mapped_column(
        ForeignKey("lti_deployments.id"), primary_key=True
    )
    context_id: Mapped[str] = mapped_column(primary_key=True)
    school: Mapped[str] = mapped_column(ForeignKey("schools.ref"))


class PersonRow(Base):
    """Somebody who uses the product; the name is sealed, and there is no e-mail to join on.

    `language` is the one that the person last chose for the pages, None until they choose.
    """

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sealed_name: Mapped[bytes | None] = mapped_column(Sealed())
    language: Mapped[str | None]
    created_at: Mapped[datetime]


class LtiUserRow(Base):
    """A platform's subject; `sub` is unique for its issuer only."""

    __tablename__ = "lti_users"
    __table_args__ = (UniqueConstraint("registration_id", "sub"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    registration_id: Mapped[str] = mapped_column(ForeignKey("lti_registrations.id"))
    sub: Mapped[str]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    last_seen_at: Mapped[datetime | None]


class RoleGrantRow(AuthorityOwned, Base):
    """A role that somebody holds in one school, or in the authority where `school` is None."""

    __tablename__ = "role_grants"
    constraints: ClassVar = (
        CheckConstraint("role IN ('alnco', 'head', 'teacher', 'la_admin')", name="role"),
        CheckConstraint("status IN ('pending', 'active', 'ended')", name="status"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str]
    status: Mapped[str]
    granted_by: Mapped[str]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]


class LtiStateRow(Base):
    """One login under way: state and nonce are kept as hashes and are consumed once.

    `restart` holds the fields of the login request, with which it can begin again in a new window.
    """

    __tablename__ = "lti_states"

    state_hash: Mapped[str] = mapped_column(primary_key=True)
    nonce_hash: Mapped[str] = mapped_column(unique=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("lti_registrations.id"))
    target_link_uri: Mapped[str]
    deployment_hint: Mapped[str | None]
    restart: Mapped[Json]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    consumed_at: Mapped[datetime | None]


class LtiSessionRow(Base):
    """A person's session, bound to one tenant; the cookie's value is kept as a hash."""

    __tablename__ = "lti_sessions"

    sid_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    la: Mapped[str] = mapped_column(ForeignKey("local_authorities.code"))
    school: Mapped[str | None] = mapped_column(ForeignKey("schools.ref"))
    registration_id: Mapped[str | None] = mapped_column(ForeignKey("lti_registrations.id"))
    lti_deployment_id: Mapped[str | None] = mapped_column(ForeignKey("lti_deployments.id"))
    context_id: Mapped[str | None]
    resource_link_id: Mapped[str | None]
    roles: Mapped[Json]
    nrps_url: Mapped[str | None]
    return_url: Mapped[str | None]
    language: Mapped[str | None]
    sealed_csrf_secret: Mapped[bytes] = mapped_column(Sealed("sid_hash"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class LtiPlacementRow(SchoolOwned, Base):
    """What a deep link points to, by a random public id that gives no right by itself."""

    __tablename__ = "lti_placements"

    public_id: Mapped[str] = mapped_column(primary_key=True)
    view: Mapped[str]
    subject_id: Mapped[str | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class ToolKeyRow(Base):
    """A signing key of the tool; the private half is sealed."""

    __tablename__ = "tool_keys"
    __table_args__ = (CheckConstraint("state IN ('next', 'active', 'retired')", name="state"),)

    kid: Mapped[str] = mapped_column(primary_key=True)
    sealed_private_key: Mapped[bytes] = mapped_column(Sealed("kid"))
    public_jwk: Mapped[Json]
    state: Mapped[str]
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]


class PlatformJwksRow(Base):
    """A platform's keys as last fetched."""

    __tablename__ = "platform_jwks_cache"

    jwks_url: Mapped[str] = mapped_column(primary_key=True)
    jwks: Mapped[Json]
    fetched_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class AccessTokenRow(Base):
    """A service token of a platform, sealed, until it ends."""

    __tablename__ = "access_token_cache"

    registration_id: Mapped[str] = mapped_column(
        ForeignKey("lti_registrations.id"), primary_key=True
    )
    scopes: Mapped[str] = mapped_column(primary_key=True)
    sealed_token: Mapped[bytes] = mapped_column(Sealed("registration_id", "scopes"))
    expires_at: Mapped[datetime]
