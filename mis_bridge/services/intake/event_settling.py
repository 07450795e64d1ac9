"""What becomes of each event of a batch, written in the transaction that changes the register."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from mis_bridge.services.intake import standing
from mis_bridge.services.intake.access_claims import apply_claim
from mis_bridge.services.intake.event_work import (
    ACCESS_WITHDRAWN,
    APPLIED,
    PARKED,
    QUARANTINED,
    UNAVAILABLE,
    UNMATCHED,
    Prepared,
)
from mis_bridge.services.intake.register_changes import apply_all
from mis_bridge.services.intake.tellings import Applied, Outcome, Telling
from mis_bridge.services.ports import Jobs
from mis_bridge.services.subscribers.outgoing import PUPIL_UNMATCHED, is_identifier, tell
from mis_bridge.storage.inbox_work import Settling, WaitingEvent
from mis_bridge.storage.intake import RECEIVED
from mis_bridge.storage.tenants import Tenant

ATTEMPTS = 8
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=4)
_SUPERSEDED = "superseded"


def settle(
    session: Session,
    tenant: Tenant,
    connection_id: str,
    batch: Sequence[Prepared],
    *,
    now: datetime,
    jobs: Jobs,
) -> list[Settling]:
    """Apply what was prepared and say what became of each event.

    One pupil's fault does not stop the others: the batch is tried whole, and when it fails, pupil
    by pupil, each in a savepoint of its own.
    """
    told = [one for one in batch if one.telling is not None]
    outcomes = _applied(session, tenant, [one.telling for one in told if one.telling], now, jobs)
    settlings = [
        settling
        for one, outcome in zip(told, outcomes, strict=True)
        for settling in _of_telling(one, outcome, now)
    ]
    for one in batch:
        if one.claim is not None:
            settlings += _of_claim(session, connection_id, one)
        elif one.later:
            settlings += [_later(event, one.fault or "", now) for event in one.events]
        elif one.state is not None:
            settlings += [Settling(event.id, one.state, one.fault) for event in one.events]
    _note_standing(session, connection_id, batch, now, jobs)
    _tell_of_unmatched(session, tenant, connection_id, batch, settlings, now, jobs)
    return settlings


def _applied(
    session: Session, tenant: Tenant, tellings: Sequence[Telling], now: datetime, jobs: Jobs
) -> list[Applied | Exception]:
    if not tellings:
        return []
    whole = _in_savepoint(session, tenant, tellings, now, jobs)
    if not isinstance(whole, Exception):
        return list(whole)
    outcomes: list[Applied | Exception] = []
    for telling in tellings:
        alone = _in_savepoint(session, tenant, [telling], now, jobs)
        outcomes.append(alone if isinstance(alone, Exception) else alone[0])
    return outcomes


def _in_savepoint(
    session: Session, tenant: Tenant, tellings: Sequence[Telling], now: datetime, jobs: Jobs
) -> list[Applied] | Exception:
    try:
        with session.begin_nested():
            return apply_all(session, tenant, tellings, now=now, jobs=jobs)
    except OperationalError:
        # The database itself is in trouble: the whole transaction is to be tried again.
        raise
    except Exception as fault:  # noqa: BLE001 - one pupil's fault must not stop the others
        return fault


def _of_telling(one: Prepared, outcome: Applied | Exception, now: datetime) -> list[Settling]:
    if isinstance(outcome, Exception):
        fault = f"fault:{type(outcome).__name__}"
        return [_later(event, fault, now) for event in one.events]
    first, *others = one.events
    if outcome.outcome is Outcome.UNMATCHED:
        return [Settling(event.id, QUARANTINED, UNMATCHED) for event in one.events]
    state = _SUPERSEDED if outcome.outcome is Outcome.SUPERSEDED else APPLIED
    return [
        Settling(first.id, state, effects=outcome.effects),
        *(Settling(event.id, state) for event in others),
    ]


def _of_claim(session: Session, connection_id: str, one: Prepared) -> list[Settling]:
    if one.claim is None:
        return []
    if one.claim.fault is not None:
        return [Settling(event.id, QUARANTINED, one.claim.fault) for event in one.events]
    effects = apply_claim(session, connection_id, one.claim)
    return [Settling(event.id, APPLIED, effects=effects) for event in one.events]


def _later(event: WaitingEvent, fault: str, now: datetime) -> Settling:
    """Put an event off, a little longer each time; after the last attempt a person sees it."""
    attempts = event.attempts + 1
    if attempts >= ATTEMPTS:
        return Settling(event.id, PARKED, f"attempts_spent:{fault}")
    pause = min(_FIRST_PAUSE * 4 ** (attempts - 1), _LONGEST_PAUSE)
    # Jitter: what failed together must not all come again together.
    return Settling(
        event.id,
        RECEIVED,
        fault,
        next_at=now + pause * random.uniform(0.8, 1.2),  # noqa: S311 - jitter
    )


def _tell_of_unmatched(
    session: Session,
    tenant: Tenant,
    connection_id: str,
    batch: Sequence[Prepared],
    settlings: Sequence[Settling],
    now: datetime,
    jobs: Jobs,
) -> None:
    """Tell of events that are about nobody whom the register knows, by the sender's own ids.

    An id in which a sender may have put a pupil's number is left out.
    """
    unmatched = {
        each.id for each in settlings if (each.state, each.fault) == (QUARANTINED, UNMATCHED)
    }
    for event in (event for one in batch for event in one.events if event.id in unmatched):
        facts = {"connection_id": connection_id}
        if is_identifier(event.event_id):
            facts["event_id"] = event.event_id
        tell(
            session,
            tenant,
            PUPIL_UNMATCHED,
            facts,
            key=str(event.id),
            now=now,
            jobs=jobs,
        )


def _note_standing(
    session: Session,
    connection_id: str,
    batch: Sequence[Prepared],
    now: datetime,
    jobs: Jobs,
) -> None:
    faults = sorted(
        one.fault for one in batch if one.fault in {UNAVAILABLE, ACCESS_WITHDRAWN} and one.fault
    )
    if faults:
        standing.note_fault(session, connection_id, faults[0], now=now, jobs=jobs)
    elif any(one.telling is not None for one in batch):
        standing.note_answer(session, connection_id)
