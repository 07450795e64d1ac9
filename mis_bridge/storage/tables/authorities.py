"""Local authorities, their schools, calendars, connections and mappings."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from mis_bridge.storage.columns import AuthorityOwned, Base, Json, SchoolOwned, Sealed, new_id


class LocalAuthorityRow(Base):
    """A local authority, by its three-digit code. `profile` holds what its letters print."""

    __tablename__ = "local_authorities"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_cy: Mapped[str | None]
    two_person_publish: Mapped[bool] = mapped_column(server_default=true(), default=True)
    profile: Mapped[Json | None]
    created_at: Mapped[datetime]


class SchoolRow(Base):
    """A school or FEI as `LLL/EEEE`.

    `register_turn` is raised by whoever is about to change the register: its row is the lock under
    which one change of that school's register is made at a time.
    """

    __tablename__ = "schools"
    __table_args__ = (
        UniqueConstraint("la", "ref"),
        CheckConstraint(
            "setting IN ('maintained_school', 'maintained_special_school', 'pru', 'fei', "
            "'independent_school')",
            name="setting",
        ),
    )

    ref: Mapped[str] = mapped_column(primary_key=True)
    la: Mapped[str] = mapped_column(ForeignKey("local_authorities.code"), index=True)
    name: Mapped[str]
    name_cy: Mapped[str | None]
    setting: Mapped[str]
    profile: Mapped[Json | None]
    register_turn: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    created_at: Mapped[datetime]


class CalendarVersionRow(AuthorityOwned, Base):
    """One import of term dates; never changed. `school` None: the authority's own term dates.

    `owner` is the school's reference or the authority's code, so that numbering needs no nulls.
    """

    __tablename__ = "calendar_versions"
    constraints: ClassVar = (UniqueConstraint("owner", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    owner: Mapped[str]
    number: Mapped[int]
    name: Mapped[str]
    kind: Mapped[str]
    spec: Mapped[Json]
    digest: Mapped[str]
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    imported_at: Mapped[datetime]
    imported_by: Mapped[str]


class ConnectionRow(SchoolOwned, Base):
    """One school's tie to one vendor: how it is read, and by whom it is told.

    `endpoint_id` is opaque and stands in the webhook's address; it is None where nobody posts.
    `draining` and `generation` are the mark under which one drain at a time works on the inbox.
    """

    __tablename__ = "connections"
    constraints: ClassVar = (
        CheckConstraint("sender IN ('standard', 'github', 'wonde', 'none')", name="sender"),
        CheckConstraint("state IN ('active', 'paused', 'failing', 'revoked')", name="state"),
        Index(
            "uq_connections_files", "school", "vendor", unique=True,
            sqlite_where=text("is_files"), postgresql_where=text("is_files"),
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    vendor: Mapped[str]
    sender: Mapped[str] = mapped_column(default="none")
    endpoint_id: Mapped[str | None] = mapped_column(unique=True)
    is_files: Mapped[bool] = mapped_column(server_default=false(), default=False)
    base_url: Mapped[str | None]
    vendor_school: Mapped[str | None]
    sealed_token: Mapped[bytes | None] = mapped_column(Sealed())
    trusted_origins: Mapped[Json | None]
    accepts_full_records: Mapped[bool] = mapped_column(server_default=false(), default=False)
    change_limit: Mapped[int | None]
    draining: Mapped[bool] = mapped_column(server_default=false(), default=False)
    generation: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    cursor: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="active", default="active")
    fault: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    last_read_at: Mapped[datetime | None]
    last_event_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class ConnectionSecretRow(SchoolOwned, Base):
    """One webhook secret; several may be live while a sender changes over."""

    __tablename__ = "connection_secrets"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    connection_id: Mapped[str] = mapped_column(ForeignKey("connections.id"), index=True)
    sealed_secret: Mapped[bytes] = mapped_column(Sealed())
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class MappingVersionRow(AuthorityOwned, Base):
    """One text of a mapping document, for a vendor in an authority or for one connection.

    `scope` is the connection's id, or the vendor's name for the whole authority.
    """

    __tablename__ = "mapping_versions"
    constraints: ClassVar = (
        UniqueConstraint("la", "scope", "number"),
        CheckConstraint("state IN ('proposed', 'published', 'retired')", name="state"),
        Index(
            "uq_mapping_versions_published", "la", "scope", unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    scope: Mapped[str]
    connection_id: Mapped[str | None] = mapped_column(ForeignKey("connections.id"))
    vendor: Mapped[str]
    number: Mapped[int]
    document: Mapped[str]
    digest: Mapped[str]
    state: Mapped[str]
    note: Mapped[str | None]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    published_at: Mapped[datetime | None]
