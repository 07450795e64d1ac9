"""Sends the demo MIS's register-change events as signed Standard Webhooks, until they are taken."""

from __future__ import annotations

import base64
import hashlib
import heapq
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import requests

from mis_bridge.demo.journal import Journal
from mis_bridge.demo.roll import Told
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.words import Words

RETRY_AFTER_SECONDS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""The waits before each attempt: the table of the specification, shortened for a demonstration."""

TIMEOUT_SECONDS = 15.0
GONE = 410


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where one school's events go, and the secret (`whsec_` and base64) that signs them."""

    url: str
    secret: Secret


@dataclass(order=True, slots=True)
class _Attempt:
    due: float
    serial: int
    number: int
    school: str
    event_id: str
    body: bytes


def sign(secret: Secret, event_id: str, timestamp: int, body: bytes) -> str:
    """Return the `v1` signature of one attempt over `id.timestamp.body`."""
    key = base64.b64decode(secret.reveal_text().removeprefix("whsec_"))
    content = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def event_body(told: Told, *, school: str, record_id: str, noticed_on: date, at: datetime) -> bytes:
    """Return the body `aln.register_change/1`: identifiers only, the facts are fetched."""
    return json.dumps(
        {
            "type": told.type,
            "timestamp": at.astimezone(UTC).isoformat(),
            "data": {
                "school": school,
                "record_id": record_id,
                "noticed_on": noticed_on.isoformat(),
                "changed": list(told.changed),
            },
        }
    ).encode()


class Sender:
    """One thread that posts each event until it is taken, refused for good or tried enough."""

    def __init__(
        self,
        journal: Journal,
        clock: Callable[[], datetime],
        waits: Sequence[float] = RETRY_AFTER_SECONDS,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._waits = tuple(waits)
        self._subscriptions: dict[str, Subscription] = {}
        self._due: list[_Attempt] = []
        self._serial = 0
        self._open = 0
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="demo-sender", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what is not sent yet is dropped with the demo."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join()

    def subscribe(self, school: str, subscription: Subscription) -> None:
        """Send the events of `school` (`LLL/EEEE`) there from now on."""
        with self._changed:
            self._subscriptions[school] = subscription

    def send(self, school: str, body: bytes) -> str:
        """Queue an event and return its id, which stays the same over all attempts."""
        event_id = f"msg_{secrets.token_hex(12)}"
        with self._changed:
            self._open += 1
            self._push(_Attempt(time.monotonic() + self._waits[0], 0, 1, school, event_id, body))
        return event_id

    def wait_until_quiet(self, seconds: float) -> bool:
        """Wait until nothing is queued or under way; False when `seconds` were not enough."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open == 0, timeout=seconds)

    def _push(self, attempt: _Attempt) -> None:
        self._serial += 1
        attempt.serial = self._serial
        heapq.heappush(self._due, attempt)
        self._changed.notify_all()

    def _run(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while (attempt := self._next()) is not None:
                self._settle(attempt, self._post(session, attempt))

    def _next(self) -> _Attempt | None:
        with self._changed:
            while not self._stopping:
                wait = self._due[0].due - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)
                self._changed.wait(wait)
            return None

    def _post(self, session: requests.Session, attempt: _Attempt) -> int | None:
        """Post once and return the status, None when nobody answered."""
        subscription = self._subscriptions.get(attempt.school)
        if subscription is None:
            return GONE
        timestamp = int(self._clock().timestamp())
        headers = {
            "content-type": "application/json",
            "webhook-id": attempt.event_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(
                subscription.secret, attempt.event_id, timestamp, attempt.body
            ),
        }
        try:
            answer = session.post(
                subscription.url,
                data=attempt.body,
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException:
            return None
        return answer.status_code

    def _settle(self, attempt: _Attempt, status: int | None) -> None:
        taken = status is not None and 200 <= status < 300
        again = not taken and status != GONE and attempt.number < len(self._waits)
        facts = {"id": attempt.event_id, "n": attempt.number, "status": status or "-"}
        with self._changed:
            if again:
                wait = self._waits[attempt.number]
                attempt.number += 1
                attempt.due = time.monotonic() + wait
                self._push(attempt)
            else:
                self._open -= 1
                self._changed.notify_all()
        self._journal.note("webhook", _outcome(taken=taken, again=again).fill(**facts))


def _outcome(*, taken: bool, again: bool) -> Words:
    if taken:
        return Words(
            "Event {id} was taken by the tool (answer {status}, attempt {n}).",
            "Derbyniwyd digwyddiad {id} gan yr offeryn (ateb {status}, ymgais {n}).",
        )
    if again:
        return Words(
            "Event {id} was not taken (answer {status}, attempt {n}); it will be sent again.",
            "Ni dderbyniwyd digwyddiad {id} (ateb {status}, ymgais {n}); caiff ei anfon eto.",
        )
    return Words(
        "Event {id} was given up (answer {status}, attempt {n}).",
        "Rhoddwyd y gorau i anfon digwyddiad {id} (ateb {status}, ymgais {n}).",
    )
