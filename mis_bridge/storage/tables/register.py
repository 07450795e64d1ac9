"""Pupils, their registrations, and the register with its history."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from mis_bridge.storage.columns import Base, Json, SchoolOwned, Sealed, Whole, new_id


class PupilRow(SchoolOwned, Base):
    """One pupil of one school: the canonical record, sealed, and the columns that are searched.

    `upn_hash` is a keyed hash and is set only for a UPN that may match two records. `vendor_at` is
    the vendor's own time of the facts held, by which an older telling is known as older.
    """

    __tablename__ = "pupils"
    constraints: ClassVar = (
        CheckConstraint("state IN ('current', 'left', 'erased')", name="state"),
        Index("ix_pupils_school_upn_hash", "school", "upn_hash"),
        Index("ix_pupils_la_upn_hash", "la", "upn_hash"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    state: Mapped[str] = mapped_column(default="current", server_default="current")
    vendor: Mapped[str]
    record_id: Mapped[str]
    sealed_record: Mapped[bytes | None] = mapped_column(Sealed())
    upn_hash: Mapped[str | None]
    upn_status: Mapped[str]
    born_on: Mapped[date | None]
    nc_year: Mapped[str | None]
    provision_type: Mapped[str | None]
    provision_started_on: Mapped[date | None]
    primary_need: Mapped[str | None]
    in_care: Mapped[bool | None]
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    vendor_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    left_on: Mapped[date | None]
    destroy_after_on: Mapped[date | None]
    on_hold: Mapped[bool] = mapped_column(server_default=false(), default=False)


class PupilSourceRow(SchoolOwned, Base):
    """One record of one vendor that tells of a pupil; by `raw_digest` an unchanged one is skipped.

    `duplicate_of` names the record id that is kept where two records carry one UPN.
    """

    __tablename__ = "pupil_sources"
    constraints: ClassVar = (Index("ix_pupil_sources_pupil_id", "pupil_id"),)

    school: Mapped[str] = mapped_column(primary_key=True)
    vendor: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(primary_key=True)
    pupil_id: Mapped[str] = mapped_column(ForeignKey("pupils.id"))
    raw_digest: Mapped[str | None]
    mapping_digest: Mapped[str | None]
    duplicate_of: Mapped[str | None]
    deleted_at: Mapped[datetime | None]


class RegistrationRow(SchoolOwned, Base):
    """A pupil's place on a roll, which may be another school's (`roll`, as `LLL/EEEE`)."""

    __tablename__ = "pupil_registrations"
    constraints: ClassVar = (Index("ix_pupil_registrations_pupil_id", "pupil_id"),)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    pupil_id: Mapped[str] = mapped_column(ForeignKey("pupils.id"))
    roll: Mapped[str]
    status: Mapped[str]
    start_on: Mapped[date | None]
    end_on: Mapped[date | None]


class RegisterEntryRow(SchoolOwned, Base):
    """What the register said of a pupil from one telling to the next; rows are only added.

    `superseded` marks a telling that arrived after a newer one and so never was the current state.
    """

    __tablename__ = "register_entries"
    constraints: ClassVar = (Index("ix_register_entries_pupil_id", "pupil_id"),)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    pupil_id: Mapped[str] = mapped_column(ForeignKey("pupils.id"))
    version: Mapped[int]
    provision_type: Mapped[str | None]
    raw_code: Mapped[str | None]
    started_on: Mapped[date | None]
    primary_need: Mapped[str | None]
    noticed_on: Mapped[date | None]
    noticed_confirmed: Mapped[bool] = mapped_column(server_default=false(), default=False)
    cause: Mapped[str]
    connection_id: Mapped[str | None] = mapped_column(ForeignKey("connections.id"))
    mapping_digest: Mapped[str | None]
    superseded: Mapped[bool] = mapped_column(server_default=false(), default=False)
    vendor_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]


class RegisterChangeRow(SchoolOwned, Base):
    """One change of fact, as `domain.register` named it; codes and dates only."""

    __tablename__ = "register_changes"
    constraints: ClassVar = (UniqueConstraint("pupil_id", "version", "kind", "trigger"),)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    pupil_id: Mapped[str] = mapped_column(ForeignKey("pupils.id"))
    version: Mapped[int]
    kind: Mapped[str]
    trigger: Mapped[str]
    since: Mapped[date | None]
    before: Mapped[str | None]
    after: Mapped[str | None]
    recorded_at: Mapped[datetime]


class RoutingFactRow(SchoolOwned, Base):
    """What no MIS knows and routing needs, with who recorded it and from when it holds.

    `kind` is a field of the law's routing facts; `about` a person (`child`, `contact:1`).
    """

    __tablename__ = "routing_facts"
    constraints: ClassVar = (Index("ix_routing_facts_pupil_id", "pupil_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    pupil_id: Mapped[str] = mapped_column(ForeignKey("pupils.id"))
    kind: Mapped[str]
    about: Mapped[str]
    sealed_detail: Mapped[bytes] = mapped_column(Sealed())
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class IdpDraftRow(SchoolOwned, Base):
    """A draft plan made of an IEP: its content is sealed, the keys of its gaps are not."""

    __tablename__ = "idp_drafts"
    constraints: ClassVar = (UniqueConstraint("school", "vendor", "plan_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    pupil_id: Mapped[str | None] = mapped_column(ForeignKey("pupils.id"), index=True)
    vendor: Mapped[str]
    plan_id: Mapped[str]
    form_id: Mapped[str]
    status: Mapped[str]
    sealed_content: Mapped[bytes] = mapped_column(Sealed())
    gaps: Mapped[Json]
    source_digest: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
