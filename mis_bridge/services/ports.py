"""What the services need of the outside and are handed: the work queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sqlalchemy.orm import Session


class Jobs(Protocol):
    """Durable work that starts when, and only when, the session's transaction commits."""

    def enqueue(
        self, session: Session, name: str, key: str, argument: Mapping[str, object]
    ) -> None:
        """Ask for the job `name` in the session's transaction.

        `key` is the business key (`notify:<outbox row>`): the same key twice is one job.
        """


DELIVER = "deliver"
"""Hand over one outbox row; argument `{"la", "school", "outbox_id"}`, key `notify:<outbox_id>`."""

DRAIN = "drain"
"""Work on a connection's inbox; argument `{"connection_id"}`, key `drain:<id>:<generation>`."""

SYNC = "sync"
"""Read a connection's source; argument `{"connection_id", "full"}`."""

POST = "post"
"""Post one event to one subscription; argument `{"la", "school", "subscription_id", "event_id"}`,
key `services.subscribers.outgoing.job_key`."""

CONVERT = "convert"
"""Convert a school's cohort; argument `{"la", "school", "run_id"}`, key `convert:<run_id>`."""

LOOK = "look"
"""Ask the services that carry messages how these stand; no argument, key `look:<minute>`."""
