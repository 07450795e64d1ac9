"""Handing over messages: intent first, then the channel, then the record of it."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mis_bridge.delivery.base import (
    DeliveryMisconfigured,
    DeliveryProblem,
    DeliveryRefused,
    DeliveryUnavailable,
    Handed,
    Message,
)
from mis_bridge.documents.problems import LetterIncomplete
from mis_bridge.services import notices, sending_results
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.notice_letters import ChannelUnfit
from mis_bridge.services.notices import NoticeRefused, Standing
from mis_bridge.services.papers.plan_documents import EditionMissing
from mis_bridge.services.ports import DELIVER
from mis_bridge.services.sending.channels import NO_ROUTE, Way, Ways
from mis_bridge.storage import outbox
from mis_bridge.storage.outbox import Earlier
from mis_bridge.storage.tenants import Tenant
from mis_bridge.workers.durable import Durable, Json
from mis_bridge.workers.engine import EngineJobs

ATTEMPTS = 8
STALE_AFTER = timedelta(minutes=10)
_SWEPT_HOURS = 6
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=20), timedelta(hours=4)

log = logging.getLogger("mis_bridge.delivery")


@dataclass(frozen=True, slots=True)
class _Told:
    """What one attempt came to, as it is kept between the steps: codes, nothing of a person.

    `in_doubt`: it may have arrived.
    """

    result: str
    route: str = NO_ROUTE
    fault: str = ""
    artefact: str = ""
    digest: str | None = None
    in_doubt: bool = False
    wait: float | None = None

    def to_json(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


class Delivery:
    """Carries messages from the outbox to their channel; one run a message and attempt."""

    def __init__(self, jobs: EngineJobs, ways: Ways) -> None:
        self._jobs, self._ways = jobs, ways

    def run(self, durable: Durable, argument: Mapping[str, object]) -> Json:
        """Hand over one message, or say why not.

        A crash between the hand-over and its record makes the channel be asked what it has under
        the message's reference before anything is offered to it again.
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
        told = durable.step(
            "hand_over", lambda: self._hand_over(durable, tenant, outbox_id).to_json()
        )
        return durable.transaction(
            "record",
            lambda session: self._record(
                session, tenant, outbox_id, _read(told), number, durable.now()
            ),
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

    def _hand_over(self, durable: Durable, tenant: Tenant, outbox_id: str) -> _Told:
        try:
            with durable.read() as session:
                message = notices.message_of(session, tenant, outbox_id, now=durable.now())
                on = day_in_wales(durable.now())
                way = self._ways.opened(session, tenant, message.channel, on)
            # Committed before the channel is asked, so that a crash leaves its mark.
            with durable.read() as session, session.begin():
                earlier = notices.begin(session, tenant, outbox_id, way.route)
                way = self._way_of(session, tenant, way, earlier)
        except ChannelUnfit as fault:
            return _Told("unfit", fault=type(fault).__name__)
        except (DeliveryRefused, LetterIncomplete, EditionMissing, NoticeRefused) as fault:
            return _Told("refused", fault=type(fault).__name__)
        except DeliveryMisconfigured as fault:
            return _Told("misconfigured", fault=fault.fault)
        except Exception as fault:  # whatever it was: tried again, and told in the end
            log.exception("message_not_made", extra={"facts": {"message": outbox_id}})
            return _Told("later", fault=type(fault).__name__)
        return _offered(way, message, earlier, outbox_id)

    def _way_of(self, session: Session, tenant: Tenant, way: Way, earlier: Earlier | None) -> Way:
        """Return the way to ask: that of an attempt in doubt, for no other knows of it."""
        if earlier is None or not earlier.in_doubt or earlier.route == way.route:
            return way
        return self._ways.of_route(session, tenant, earlier.route) or way

    def _record(
        self,
        session: Session,
        tenant: Tenant,
        outbox_id: str,
        told: _Told,
        attempt: int,
        now: datetime,
    ) -> str:
        match told.result:
            case "handed_over":
                handed = Handed(told.artefact, told.digest)
                sending_results.record_handed(
                    session, tenant, outbox_id, handed, route=told.route, now=now, jobs=self._jobs
                )
            case "unfit":
                sending_results.record_unfit(session, tenant, outbox_id, now=now)
                return self._next(session, tenant, outbox_id, attempt, told)
            case "unknown":
                sending_results.record_unknown(session, tenant, outbox_id, now=now)
            case "misconfigured":
                sending_results.record_misconfigured(
                    session,
                    tenant,
                    outbox_id,
                    route=told.route,
                    fault=told.fault,
                    in_doubt=told.in_doubt,
                    now=now,
                )
            case "later" if attempt < ATTEMPTS:
                # Without a way the channel was not reached: what an attempt before left stands.
                if told.route != NO_ROUTE:
                    sending_results.record_put_off(
                        session, tenant, outbox_id, route=told.route, in_doubt=told.in_doubt
                    )
                return self._next(session, tenant, outbox_id, attempt, told)
            case "later" if told.route != NO_ROUTE:
                # Not even an error proves that a service took nothing: a person looks there.
                sending_results.record_unknown(session, tenant, outbox_id, now=now)
                return "unknown"
            case _:
                spent = "attempts_spent:" if told.result == "later" else ""
                sending_results.record_failed(
                    session, tenant, outbox_id, f"{spent}{told.fault}", now=now
                )
                return "failed"
        return told.result

    def _next(
        self, session: Session, tenant: Tenant, outbox_id: str, attempt: int, told: _Told
    ) -> str:
        key = f"notify:{outbox_id}"
        return self._ask(session, tenant, key, f"{key}:{attempt + 1}", attempt + 1, told.wait)

    def _ask(
        self,
        session: Session,
        tenant: Tenant,
        message: str,
        key: str,
        attempt: int,
        wait: float | None = None,
    ) -> str:
        pause = timedelta(0)
        if attempt > 1:
            longer = min(_FIRST_PAUSE * 4 ** (attempt - 2), _LONGEST_PAUSE)
            pause = longer * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
            pause = max(pause, timedelta(seconds=wait or 0))
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


def _offered(way: Way, message: Message, earlier: Earlier | None, outbox_id: str) -> _Told:
    """Offer a message to its channel, after asking what it has under the reference already.

    The first attempt asks too: after a backup was restored it may not be the first.
    Where an attempt may have arrived and the channel shows nothing of it, a letter waits for a
    person; anything else is offered again under the same reference.
    """
    channel, sent = way.channel, False
    in_doubt = earlier is not None and earlier.in_doubt
    try:
        known = channel.find(message.reference, message.group)
        if known is not None:
            return _taken(way, known)
        if in_doubt and channel.unknown_needs_a_person:
            return _Told("unknown", way.route)
        sent = in_doubt = True
        handed = channel.send(message)
    except DeliveryProblem as fault:
        # An answer to what was offered tells that it was not taken.
        answered = not isinstance(fault, DeliveryUnavailable) or fault.answered
        return _fault(fault, way, in_doubt=in_doubt and not (sent and answered))
    except Exception as fault:  # whatever it was: tried again, and told in the end
        log.exception("hand_over_failed", extra={"facts": {"message": outbox_id}})
        return _Told("later", way.route, type(fault).__name__, in_doubt=in_doubt)
    return _taken(way, handed)


def _fault(fault: DeliveryProblem, way: Way, *, in_doubt: bool) -> _Told:
    kind = type(fault).__name__
    match fault:
        case DeliveryUnavailable(retry_after=wait):
            return _Told("later", way.route, kind, in_doubt=in_doubt, wait=wait)
        case DeliveryMisconfigured(fault=code):
            return _Told("misconfigured", way.route, code, in_doubt=in_doubt)
        case _:
            return _Told("refused", way.route, kind)


def _taken(way: Way, handed: Handed) -> _Told:
    return _Told("handed_over", way.route, artefact=handed.artefact, digest=handed.digest)


def _read(told: Mapping[str, object]) -> _Told:
    wait, digest = told.get("wait"), told.get("digest")
    return _Told(
        result=str(told["result"]),
        route=str(told["route"]),
        fault=str(told["fault"]),
        artefact=str(told["artefact"]),
        digest=str(digest) if digest is not None else None,
        in_doubt=told["in_doubt"] is True,
        wait=wait if isinstance(wait, float | int) else None,
    )
