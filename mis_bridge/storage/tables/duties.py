"""Decision tasks, decisions, notices and what is sent."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from mis_bridge.storage.columns import Base, Json, SchoolOwned, Sealed, new_id


class DecisionTaskRow(SchoolOwned, Base):
    """A statutory task. One ever per pupil, duty and trigger; one open per pupil and duty.

    `trace` holds the domain's trace: rules, provisions, ids, codes and dates, no personal text.
    `closing` says by what rule the duty ended where no decision of a person ended it.
    """

    __tablename__ = "decision_tasks"
    constraints: ClassVar = (
        UniqueConstraint("pupil_id", "duty", "trigger"),
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        Index(
            "uq_decision_tasks_open", "pupil_id", "duty", unique=True,
            sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'"),
        ),
        Index("ix_decision_tasks_school_state_due_on", "school", "state", "due_on"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    pupil_id: Mapped[str] = mapped_column(ForeignKey("pupils.id"))
    kind: Mapped[str]
    duty: Mapped[str]
    trigger: Mapped[str]
    trigger_on: Mapped[date]
    to_be_confirmed: Mapped[bool]
    opened_on: Mapped[date]
    due_on: Mapped[date | None]
    missing_calendar: Mapped[str | None]
    calendar_version_id: Mapped[str | None] = mapped_column(ForeignKey("calendar_versions.id"))
    rule: Mapped[str]
    source: Mapped[str]
    trace: Mapped[Json]
    state: Mapped[str] = mapped_column(server_default="open", default="open")
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    assigned_to: Mapped[str | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closing: Mapped[Json | None]


class TaskTriggerRow(SchoolOwned, Base):
    """Every trigger that a duty towards a pupil ever had, and the task that answers it.

    The first to be noted opens the task; a further one on an open task is only noted here.
    """

    __tablename__ = "task_triggers"

    pupil_id: Mapped[str] = mapped_column(ForeignKey("pupils.id"), primary_key=True)
    duty: Mapped[str] = mapped_column(primary_key=True)
    trigger: Mapped[str] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(index=True)
    trigger_on: Mapped[date]
    noted_at: Mapped[datetime]


class TaskDateRow(SchoolOwned, Base):
    """A due date that moved, with both dates and the reason: nothing moves silently."""

    __tablename__ = "task_dates"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    task_id: Mapped[str] = mapped_column(ForeignKey("decision_tasks.id"), index=True)
    due_before_on: Mapped[date | None]
    due_on: Mapped[date | None]
    calendar_version_id: Mapped[str | None] = mapped_column(ForeignKey("calendar_versions.id"))
    reason: Mapped[str]
    moved_at: Mapped[datetime]


class DecisionRow(SchoolOwned, Base):
    """The record of one decision: what, when, by whom, on what evidence, for what reasons."""

    __tablename__ = "decisions"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    task_id: Mapped[str] = mapped_column(ForeignKey("decision_tasks.id"), unique=True)
    pupil_id: Mapped[str] = mapped_column(ForeignKey("pupils.id"), index=True)
    decision: Mapped[str]
    decided_on: Mapped[date]
    decided_by: Mapped[str]
    sealed_reasons: Mapped[bytes] = mapped_column(Sealed())
    sealed_evidence: Mapped[bytes | None] = mapped_column(Sealed())
    consent: Mapped[str | None]
    exception: Mapped[str | None]
    recorded_at: Mapped[datetime]


class NoticeRow(SchoolOwned, Base):
    """A notice with its recipients frozen as routing chose them; `occasion` makes it one ever.

    `sealed_content` holds the facts that its text is filled with; `trace` and `flags` hold codes.
    `plan_id` and `plan_edition` name the plan whose copy goes with it.
    """

    __tablename__ = "notices"
    constraints: ClassVar = (UniqueConstraint("pupil_id", "event", "occasion"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    pupil_id: Mapped[str] = mapped_column(ForeignKey("pupils.id"))
    task_id: Mapped[str | None] = mapped_column(ForeignKey("decision_tasks.id"), index=True)
    event: Mapped[str]
    occasion: Mapped[str]
    given_by: Mapped[str]
    trace: Mapped[Json]
    flags: Mapped[Json]
    sealed_content: Mapped[bytes | None] = mapped_column(Sealed())
    plan_id: Mapped[str | None] = mapped_column(index=True)
    plan_edition: Mapped[int | None]
    made_on: Mapped[date]
    made_at: Mapped[datetime]


class NoticeRecipientRow(SchoolOwned, Base):
    """Somebody to whom a notice goes, or does not, with the reason in both languages."""

    __tablename__ = "notice_recipients"
    constraints: ClassVar = (UniqueConstraint("notice_id", "person", "slot"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.id"))
    position: Mapped[int]
    receives: Mapped[bool]
    person: Mapped[str]
    slot: Mapped[str]
    in_place_of: Mapped[str | None]
    capacities: Mapped[Json | None]
    channels: Mapped[Json | None]
    language: Mapped[str | None]
    why: Mapped[str | None]
    because_en: Mapped[str]
    because_cy: Mapped[str]


class OutboxRow(SchoolOwned, Base):
    """One message to one recipient by one channel: stored first, handed over after.

    `sending` counts on purposeful second sends, each with the `reason` of a person. `reference` is
    what the channel is given, so that a send whose answer was lost can be looked up.
    `channel_status` is what the channel last said of it, in the channel's own word, at `looked_at`.
    """

    __tablename__ = "outbox"
    constraints: ClassVar = (
        UniqueConstraint("recipient_id", "channel", "sending"),
        CheckConstraint(
            "state IN ('waiting', 'handed_over', 'delivered', 'blocked', 'failed', 'cancelled')",
            name="state",
        ),
        Index("ix_outbox_state", "state"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.id"), index=True)
    recipient_id: Mapped[str] = mapped_column(ForeignKey("notice_recipients.id"))
    channel: Mapped[str]
    sending: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    reason: Mapped[str | None]
    language: Mapped[str]
    sealed_addressee: Mapped[bytes] = mapped_column(Sealed())
    state: Mapped[str] = mapped_column(server_default="waiting", default="waiting")
    reference: Mapped[str] = mapped_column(unique=True)
    attempts: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    fault: Mapped[str | None]
    artefact: Mapped[str | None]
    artefact_digest: Mapped[str | None]
    queued_at: Mapped[datetime]
    handed_over_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    given_on: Mapped[date | None]
    unopened: Mapped[bool] = mapped_column(server_default=false(), default=False)
    channel_status: Mapped[str | None]
    looked_at: Mapped[datetime | None]
