"""The audit chain, executors' leases, and the keys that the database itself holds, sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mis_bridge.storage.columns import Base, Json, Sealed, Whole


class AuditHeadRow(Base):
    """The end of one authority's chain; its row is the lock under which the chain grows."""

    __tablename__ = "audit_heads"

    la: Mapped[str] = mapped_column(ForeignKey("local_authorities.code"), primary_key=True)
    number: Mapped[int]
    hash: Mapped[str]


class AuditEventRow(Base):
    """One thing done, in the chain of its authority; the database refuses to change or remove it.

    `facts` holds ids, codes and dates; no personal text, because nothing here can be erased.
    """

    __tablename__ = "audit_events"
    __table_args__ = (UniqueConstraint("la", "number"),)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    la: Mapped[str] = mapped_column(ForeignKey("local_authorities.code"))
    number: Mapped[int]
    school: Mapped[str | None]
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    facts: Mapped[Json]
    previous: Mapped[str]
    hash: Mapped[str]


class ExecutorLeaseRow(Base):
    """Who works under an executor's id; two live workers never share one.

    `token` is the fencing number: a stalled holder's late renewal is refused.
    """

    __tablename__ = "executor_leases"

    executor_id: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    token: Mapped[int]
    taken_at: Mapped[datetime]
    renewed_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SealedKeyRow(Base):
    """A key that must outlive every rotation of the ring, such as the one that hashes UPNs."""

    __tablename__ = "sealed_keys"

    name: Mapped[str] = mapped_column(primary_key=True)
    sealed_value: Mapped[bytes] = mapped_column(Sealed("name"))
    made_at: Mapped[datetime]


class ErasureRow(Base):
    """That a pupil's data was destroyed, when, by whom and on what ground: the id and no more."""

    __tablename__ = "erasures"

    pupil_id: Mapped[str] = mapped_column(primary_key=True)
    la: Mapped[str] = mapped_column(ForeignKey("local_authorities.code"), index=True)
    school: Mapped[str]
    ground: Mapped[str]
    approved_by: Mapped[str]
    erased_at: Mapped[datetime]
    counts: Mapped[Json]
