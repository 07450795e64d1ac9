"""What came in: webhook events, and the runs that read a source."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mis_bridge.storage.columns import Base, Json, SchoolOwned, Sealed, Whole, new_id


class InboxEventRow(SchoolOwned, Base):
    """One event as received. `variant` is empty; for another body under a known id, its digest.

    `position` orders a pupil's events: the vendor's own time where the event carries one.
    """

    __tablename__ = "inbox_events"
    constraints: ClassVar = (
        UniqueConstraint("connection_id", "event_id", "variant"),
        CheckConstraint(
            "state IN ('received', 'applied', 'superseded', 'unrecognised', 'quarantined', "
            "'parked')",
            name="state",
        ),
        Index("ix_inbox_events_connection_id_state_next_at", "connection_id", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    connection_id: Mapped[str] = mapped_column(ForeignKey("connections.id"))
    event_id: Mapped[str]
    variant: Mapped[str] = mapped_column(server_default="", default="")
    kind: Mapped[str]
    record_id: Mapped[str | None]
    upn_hash: Mapped[str | None]
    occurred_at: Mapped[datetime | None]
    noticed_on: Mapped[date | None]
    received_at: Mapped[datetime]
    sealed_body: Mapped[bytes | None] = mapped_column(
        Sealed("connection_id", "event_id", "variant")
    )
    body_digest: Mapped[str]
    headers_kept: Mapped[Json | None]
    state: Mapped[str] = mapped_column(server_default="received", default="received")
    attempts: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    next_at: Mapped[datetime | None]
    fault: Mapped[str | None]
    effects: Mapped[Json | None]
    settled_at: Mapped[datetime | None]
    replays: Mapped[int] = mapped_column(server_default=text("0"), default=0)


class SyncRunRow(SchoolOwned, Base):
    """One reading of a source into the register; `counts` add up to what was read.

    Whoever works on a run puts `alive_until` off; past it the run may be taken over.
    """

    __tablename__ = "sync_runs"
    constraints: ClassVar = (
        CheckConstraint(
            "state IN ('reading', 'in_review', 'applying', 'done', 'failed', 'refused')",
            name="state",
        ),
        Index(
            "uq_sync_runs_live", "connection_id", unique=True,
            sqlite_where=text("state IN ('reading', 'in_review', 'applying')"),
            postgresql_where=text("state IN ('reading', 'in_review', 'applying')"),
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    connection_id: Mapped[str] = mapped_column(ForeignKey("connections.id"), index=True)
    cause: Mapped[str]
    is_full: Mapped[bool]
    state: Mapped[str]
    counts: Mapped[Json]
    review: Mapped[Json | None]
    incomplete: Mapped[str | None]
    cursor_before: Mapped[str | None]
    cursor_after: Mapped[str | None]
    mapping_digest: Mapped[str | None]
    noticed_on: Mapped[date]
    started_at: Mapped[datetime]
    alive_until: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    reviewed_by: Mapped[str | None]


class StagedRecordRow(SchoolOwned, Base):
    """One record of a run, mapped and waiting: the register is untouched until the run may apply.

    `kind` is `pupil`, `tombstone` or `rejected`; `issue` holds place and reason, never a value.
    """

    __tablename__ = "staged_records"
    constraints: ClassVar = (
        UniqueConstraint("run_id", "position"),
        Index("ix_staged_records_run_id_record_id", "run_id", "record_id"),
        Index("ix_staged_records_run_id_upn_hash", "run_id", "upn_hash"),
    )

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("sync_runs.id"))
    position: Mapped[int]
    kind: Mapped[str]
    record_id: Mapped[str | None]
    upn_hash: Mapped[str | None]
    raw_digest: Mapped[str | None]
    vendor_at: Mapped[datetime | None]
    stands_for: Mapped[Json | None]
    sealed_record: Mapped[bytes | None] = mapped_column(Sealed("run_id", "position"))
    issue: Mapped[Json | None]
    outcome: Mapped[str | None]
