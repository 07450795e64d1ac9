"""What every sender is asked for: prove who you are, then say what happened."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words

SCHOOL_ACCESS_CHANGED = "school.access.changed"
PUPIL_LEFT = "pupil.left"

# What mis_bridge knows how to act on; any other type is stored and shown, never refused.
KNOWN_KINDS = frozenset(
    {
        "pupil.sen.changed",
        "pupil.joined",
        PUPIL_LEFT,
        "pupil.contacts.changed",
        "pupil.care.changed",
        "iep.published",
        SCHOOL_ACCESS_CHANGED,
    }
)

# A dot would let the border between id and time stamp move inside the signed string.
_EVENT_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)


class WebhookProblem(Problem):
    """Root of what can be wrong with a delivery; `reason` is a code for our own log."""

    def __init__(self, words: Words, reason: str) -> None:
        super().__init__(words)
        self.reason = reason


class WebhookRejected(WebhookProblem):
    """The delivery does not prove its sender. The words never tell which check failed."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            Words(
                "The delivery does not prove its sender: check the signing secret and the clock.",
                "Nid yw'r neges yn profi pwy a'i hanfonodd: gwiriwch y gyfrinach lofnodi a'r cloc.",
            ),
            reason,
        )


class WebhookMalformed(WebhookProblem):
    """The sender is proven, but what it sent is no event."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            Words(
                f"The delivery is signed but is not a valid event ({reason}).",
                f"Mae'r neges wedi'i llofnodi ond nid yw'n ddigwyddiad dilys ({reason}).",
            ),
            reason,
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """A proven delivery: its idempotency key, and which of the live secrets proved it.

    `secret` is None where the sender holds none and the opaque address alone is known to it.
    """

    event_id: str
    secret: int | None


@dataclass(frozen=True, slots=True, repr=False)
class VendorEvent:
    """One event: identifiers and a hint, never the facts.

    `school` is `LLL/EEEE`; `school_ref` the vendor's own id of a school where it sends no other.
    `occurred_at` is the sender's own clock (aware); `noticed_on` the day on which the matter came
    to the school's attention, None where the sender does not say. `record` is a full record in the
    vendor's own shape, for connections that have no interface to fetch from.
    """

    event_id: str
    kind: str
    body: bytes
    school: str | None = None
    school_ref: str | None = None
    record_id: str | None = None
    occurred_at: datetime | None = None
    noticed_on: date | None = None
    changed: tuple[str, ...] = ()
    record: Mapping[str, object] | None = field(default=None)

    @property
    def recognised(self) -> bool:
        """Whether mis_bridge knows what to do with this kind of event."""
        return self.kind in KNOWN_KINDS

    def __repr__(self) -> str:
        return f"VendorEvent(event_id={self.event_id!r}, kind={self.kind!r})"


class Sender(Protocol):
    """One way of posting webhooks."""

    def verify(
        self,
        raw: bytes,
        headers: Mapping[str, str],
        secrets: Sequence[str],
        now: datetime,
        query: str = "",
    ) -> Proof:
        """Prove the sender over the raw bytes; every secret in `secrets` is live.

        `headers` has lower-case names; `query` is the raw query string. Raises `WebhookRejected`
        (not proven) or `WebhookMalformed` (proven, but the id is none).
        """
        ...

    def events(self, raw: bytes, event_id: str) -> list[VendorEvent]:
        """Read the events of a proven body; raises `WebhookMalformed`."""
        ...


def checked_event_id(event_id: str) -> str:
    """Return `event_id` if it is one, else raise `WebhookMalformed`."""
    if _EVENT_ID.fullmatch(event_id) is None:
        raise WebhookMalformed("event id")
    return event_id
