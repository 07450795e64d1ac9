"""Handing over messages: intent first, then the channel, then the record of it."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mis_bridge.delivery.base import Channel, DeliveryRefused, DeliveryUnavailable, Handed
from mis_bridge.documents.problems import LetterIncomplete
from mis_bridge.services import notices
from mis_bridge.services.notices import NoticeRefused, Standing
from mis_bridge.services.ports import DELIVER
from mis_bridge.storage import outbox
from mis_bridge.storage.tenants import Tenant
from mis_bridge.workers.durable import Durable, Json
from mis_bridge.workers.engine import EngineJobs

ATTEMPTS = 8
STALE_AFTER = timedelta(minutes=10)
_SWEPT_HOURS = 6
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=20), timedelta(hours=4)

log = logging.getLogger("mis_bridge.delivery")


class Delivery:
    """Carries messages from the outbox to their channel; one run a message and attempt."""

    def __init__(self, jobs: EngineJobs, channel: Channel) -> None:
        self._jobs, self._channel = jobs, channel

    def run(self, durable: Durable, argument: Mapping[str, object]) -> Json:
        """Hand over one message, or say why not.

        A crash between the hand-over and its record makes the channel be asked again under the
        same reference: it gives back what it has, and sends nothing twice.
        """
        tenant = Tenant(str(argument["la"]), str(argument["school"]))
        outbox_id = str(argument["outbox_id"])
        attempt = argument.get("attempt", 1)
        number = attempt if isinstance(attempt, int) else 1
        standing = durable.transaction(
            "prepare",
            lambda session: str(
                notices.prepare(session, tenant, outbox_id, now=durable.now()).value
            ),
        )
        if standing != Standing.READY.value:
            return standing
        told = durable.step("hand_over", lambda: self._hand_over(durable, tenant, outbox_id))
        return durable.transaction(
            "record",
            lambda session: self._record(session, tenant, outbox_id, told, number, durable.now()),
        )

    def sweep(self, durable: Durable, _argument: Mapping[str, object]) -> Json:
        """Ask again for messages that wait although nobody is at work on them."""
        with durable.read() as session:
            late = outbox.waiting(session, durable.now() - STALE_AFTER)
            waiting = {f"notify:{row.id}": Tenant(row.la, row.school) for row in late}
        hours = [f"{durable.now() - timedelta(hours=n):%Y%m%d%H}" for n in range(_SWEPT_HOURS)]
        # A message put off bears its attempt behind its key, one asked for again its hour: work
        # under any of them counts.
        keys = {
            key: [
                key,
                *(f"{key}:{number}" for number in range(2, ATTEMPTS + 1)),
                *(f"{key}:again:{hour}" for hour in hours),
            ]
            for key in waiting
        }
        alive = self._jobs.unfinished([each for several in keys.values() for each in several])
        lost = [key for key, several in keys.items() if not alive.intersection(several)]
        return durable.transaction(
            "sweep",
            lambda session: [
                self._ask(session, waiting[key], key, f"{key}:again:{hours[0]}", 1) for key in lost
            ],
        )

    def _hand_over(self, durable: Durable, tenant: Tenant, outbox_id: str) -> dict[str, str]:
        try:
            with durable.read() as session:
                message = notices.message_of(session, tenant, outbox_id, now=durable.now())
            handed = self._channel.send(message)
        except DeliveryUnavailable as fault:
            return {"later": type(fault).__name__}
        except (DeliveryRefused, LetterIncomplete, NoticeRefused) as fault:
            return {"refused": type(fault).__name__}
        except Exception as fault:  # whatever it was: tried again, and told in the end
            log.exception("hand_over_failed", extra={"facts": {"message": outbox_id}})
            return {"later": type(fault).__name__}
        return {"artefact": handed.artefact, "digest": handed.digest}

    def _record(
        self,
        session: Session,
        tenant: Tenant,
        outbox_id: str,
        told: Mapping[str, str],
        attempt: int,
        now: datetime,
    ) -> str:
        if "artefact" in told:
            handed = Handed(told["artefact"], told["digest"])
            notices.record_handed(session, tenant, outbox_id, handed, now=now)
            return "handed_over"
        if "later" in told and attempt < ATTEMPTS:
            key = f"notify:{outbox_id}"
            return self._ask(session, tenant, key, f"{key}:{attempt + 1}", attempt + 1)
        fault = told.get("refused") or f"attempts_spent:{told['later']}"
        notices.record_failed(session, tenant, outbox_id, fault, now=now)
        return "failed"

    def _ask(self, session: Session, tenant: Tenant, message: str, key: str, attempt: int) -> str:
        pause = timedelta(0)
        if attempt > 1:
            longer = min(_FIRST_PAUSE * 4 ** (attempt - 2), _LONGEST_PAUSE)
            pause = longer * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
        self._jobs.enqueue(
            session,
            DELIVER,
            key,
            {
                "la": tenant.la,
                "school": tenant.of_school,
                "outbox_id": message.removeprefix("notify:"),
                "attempt": attempt,
            },
            after=pause,
        )
        return "put_off"
