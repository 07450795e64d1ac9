"""Telling others of what happened: one event ever for a fact, one delivery for each subscription.

What is told are identifiers. Whoever is told asks for the facts where they may see them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.services.ports import POST, Jobs
from mis_bridge.storage import subscriptions
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tables.sending import OutgoingDeliveryRow, OutgoingEventRow
from mis_bridge.storage.tenants import Tenant

TASK_OPENED: Final = "aln.task.opened"
TASK_DUE_SOON: Final = "aln.task.due_soon"
TASK_OVERDUE: Final = "aln.task.overdue"
TASK_CLOSED: Final = "aln.task.closed"
NOTICE_SENT: Final = "aln.notice.sent"
NOTICE_FAILED: Final = "aln.notice.failed"
PLAN_DRAFTED: Final = "idp.drafted"
PLAN_FINALISED: Final = "idp.finalised"
REVIEW_DUE: Final = "idp.review_due"
PUPIL_UNMATCHED: Final = "pupil.unmatched"
CONNECTION_FAILING: Final = "connection.failing"

KINDS: Final = (
    TASK_OPENED, TASK_DUE_SOON, TASK_OVERDUE, TASK_CLOSED, NOTICE_SENT, NOTICE_FAILED,
    PLAN_DRAFTED, PLAN_FINALISED, REVIEW_DUE, PUPIL_UNMATCHED, CONNECTION_FAILING,
)  # fmt: skip

_FACTS: Final = frozenset(
    {
        "connection_id", "draft_id", "edition", "event_id", "message_id", "notice_id", "plan_id",
        "pupil_id", "task_id",
    }
)  # fmt: skip
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_LIKE_A_UPN: Final = re.compile(r".*[A-Z][0-9]{11}[0-9A-Z].*|[a-z][0-9]{11}[0-9a-z]", re.ASCII)


def tell(
    session: Session,
    tenant: Tenant,
    kind: str,
    facts: Mapping[str, str],
    *,
    key: str,
    now: datetime,
    jobs: Jobs | None,
) -> None:
    """Tell the subscribers of a school, and of its authority, of one event in this transaction.

    `key` is the fact's own: of one kind, the same key twice is one event under one id. Without
    `jobs` the sweep asks for the posting, within a minute. `facts` are ids: anything else is a
    fault of the program and raises ValueError.
    """
    wanting = [
        one
        for one in subscriptions.interested(session, tenant)
        if not one.types or kind in one.types
    ]
    if not wanting:
        return
    _check(kind, facts)
    event_id = event_id_of(tenant, kind, key)
    owner = {"la": tenant.la, "school": tenant.of_school}
    event = {"id": event_id, **owner, "type": kind, "facts": dict(facts), "occurred_at": now}
    subscriptions.keep_event(session, event)
    for one in wanting:
        asks = jobs is not None and not one.is_paused
        delivery: dict[str, object] = {
            **owner,
            "subscription_id": one.id,
            "event_id": event_id,
            "round": 1,
            "state": "waiting",
            "attempts": 0,
            "next_at": now if asks else None,
            "log": [],
        }
        if subscriptions.keep_delivery(session, delivery) and asks and jobs is not None:
            kept = OutgoingDeliveryRow(**delivery)
            jobs.enqueue(session, POST, job_key(kept), job_argument(kept))


def tell_of_task(
    session: Session,
    task: DecisionTaskRow,
    kind: str,
    *,
    now: datetime,
    jobs: Jobs | None = None,
) -> None:
    """Tell that a task was opened or closed; each version of it may be told of once."""
    tell(
        session,
        Tenant(task.la, task.school),
        kind,
        {"task_id": task.id, "pupil_id": task.pupil_id},
        key=f"{task.id}:{task.version}",
        now=now,
        jobs=jobs,
    )


def event_id_of(tenant: Tenant, kind: str, key: str) -> str:
    """Return the id of an event: made of the fact, so that nobody can tell it under two."""
    fact = json.dumps([tenant.la, tenant.of_school, kind, key])
    return f"evt_{sha256(fact.encode()).hexdigest()[:40]}"


def is_identifier(value: str) -> bool:
    """Say whether a value may be told: an opaque id, nothing that could be a pupil's number."""
    return bool(_IDENTIFIER.fullmatch(value)) and not _LIKE_A_UPN.fullmatch(value)


def job_key(row: OutgoingDeliveryRow) -> str:
    """Return the key of the one job that may post a delivery as it stands now.

    It changes whenever the delivery does, so a job that was overtaken finds that it is not meant.
    """
    at = int(row.next_at.timestamp()) if row.next_at is not None else 0
    return (
        f"outgoing:{row.subscription_id}:{row.event_id}:{row.round}:{(row.attempts or 0) + 1}:{at}"
    )


def job_argument(row: OutgoingDeliveryRow) -> dict[str, object]:
    """Return the argument of that job."""
    return {
        "la": row.la,
        "school": row.school,
        "subscription_id": row.subscription_id,
        "event_id": row.event_id,
    }


def body_of(event: OutgoingEventRow) -> bytes:
    """Return what is posted for an event: the same bytes at every attempt."""
    facts = event.facts if isinstance(event.facts, dict) else {}
    told = {
        "type": event.type,
        "timestamp": event.occurred_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "data": {"school": event.school, **{name: facts[name] for name in sorted(facts)}},
    }
    return json.dumps(told, separators=(",", ":")).encode("ascii")


def _check(kind: str, facts: Mapping[str, str]) -> None:
    if kind not in KINDS:
        msg = f"{kind} is no kind of event that is told"
        raise ValueError(msg)
    for name, value in facts.items():
        if name not in _FACTS or not is_identifier(value):
            msg = f"{name} of {kind} is not an identifier"
            raise ValueError(msg)
