"""The senders by name, as they stand in the endpoint's path."""

from __future__ import annotations

from webhooks.base import Sender
from webhooks.github import GithubSender
from webhooks.standard import StandardSender
from webhooks.wonde import WondeSender

_SENDERS: dict[str, Sender] = {
    "standard": StandardSender(),
    "github": GithubSender(),
    "wonde": WondeSender(),
}

SENDER_NAMES = tuple(_SENDERS)


def sender(name: str) -> Sender | None:
    """Return the sender called `name`, or None: a polled connection has no endpoint."""
    return _SENDERS.get(name)
