"""What every channel does: take a message once, find it by its reference, say how it failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words


class DeliveryProblem(Problem):
    """Root of what can go wrong when a message is handed to a channel."""


class DeliveryUnavailable(DeliveryProblem):
    """Try again later: the channel did not answer, or has no room now."""


class DeliveryRefused(DeliveryProblem):
    """Not to be tried again: this message cannot go by this channel; find another way."""


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """One letter to one recipient. `pages` holds the letter by file name, ready to be printed.

    `subject` is generic: it stands where strangers may read it. `reference` is ours, the same at
    every attempt.
    """

    reference: str
    group: str
    event: str
    subject: Words
    addressee: str | None
    address: str | None
    pages: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"Message(reference={self.reference!r})"


@dataclass(frozen=True, slots=True)
class Handed:
    """What a channel gave in return: where the message is now, and the hash of what was taken."""

    artefact: str
    digest: str


class Channel(Protocol):
    """A way by which a notice reaches somebody."""

    name: str

    def find(self, reference: str, group: str) -> Handed | None:
        """Return what became of an earlier attempt under this reference, None for none."""

    def send(self, message: Message) -> Handed:
        """Hand the message over; raises DeliveryUnavailable or DeliveryRefused."""
