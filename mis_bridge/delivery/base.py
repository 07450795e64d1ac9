"""What every channel does: take a message once, find it by its reference, say how it failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words


class DeliveryProblem(Problem):
    """Root of what can go wrong when a message is handed to a channel."""


class DeliveryUnavailable(DeliveryProblem):
    """Try again later: the channel did not answer, or has no room now.

    `retry_after` is how many seconds the channel asked us to wait. `answered` is False where the
    message may have been taken all the same: the connection broke before an answer came.
    """

    def __init__(
        self, words: Words, *, retry_after: float | None = None, answered: bool = True
    ) -> None:
        super().__init__(words)
        self.retry_after, self.answered = retry_after, answered


class DeliveryRefused(DeliveryProblem):
    """Not to be tried again: this message cannot go by this channel; find another way."""


class DeliveryMisconfigured(DeliveryProblem):
    """No message can go by this channel until a person puts its setting right; never retried.

    `fault` is a code for logs and records.
    """

    def __init__(self, words: Words, fault: str) -> None:
        super().__init__(words)
        self.fault = fault


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """One letter to one recipient. `pages` holds the letter by file name, ready to be printed.

    `subject` is generic: it stands where strangers may read it. `reference` is ours, the same at
    every attempt. `electronic_address` is there only where the recipient agreed to its use.
    """

    reference: str
    group: str
    event: str
    subject: Words
    addressee: str | None
    address: str | None
    pages: Mapping[str, bytes]
    electronic_address: str | None = None
    channel: str = "print_pack"

    def __repr__(self) -> str:
        return f"Message(reference={self.reference!r})"

    def digest(self) -> str:
        """Return a hash of every page with its name."""
        whole = sha256()
        for name in sorted(self.pages):
            whole.update(f"{name}\0{sha256(self.pages[name]).hexdigest()}\n".encode())
        return whole.hexdigest()


@dataclass(frozen=True, slots=True)
class Handed:
    """What a channel gave in return: where the message is now, and the hash of what was taken.

    The hash is None where an earlier attempt was found and the channel does not say what it took.
    """

    artefact: str
    digest: str | None


class Outcome(StrEnum):
    """What came of a message after it was handed over, as far as the channel knows."""

    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    FAILED = "failed"
    TECHNICAL = "technical"


@dataclass(frozen=True, slots=True)
class Fate:
    """What the channel says of a message, in its own `word`, and what that comes to."""

    word: str
    outcome: Outcome


class Channel(Protocol):
    """A way by which a notice reaches somebody.

    `unknown_needs_a_person`: where nobody can tell whether an attempt arrived, a person decides
    before the next one; elsewhere the same message is simply offered again under its reference.
    """

    name: str
    unknown_needs_a_person: bool

    def find(self, reference: str, group: str) -> Handed | None:
        """Return what became of an earlier attempt under this reference, None for none known.

        Raises as `send` does.
        """

    def send(self, message: Message) -> Handed:
        """Hand the message over.

        Raises DeliveryUnavailable, DeliveryRefused or DeliveryMisconfigured.
        """

    def look(self, artefact: str) -> Fate | None:
        """Ask what has come of a message since; None where this channel does not know."""
