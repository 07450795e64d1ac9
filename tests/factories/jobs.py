"""A queue that keeps what it was asked for, in the order of asking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session


@dataclass
class RecordedJobs:
    """Fulfils the port by remembering; the same key twice is one job, as the port promises."""

    asked: dict[str, tuple[str, dict[str, object]]] = field(default_factory=dict)

    def enqueue(
        self, session: Session, name: str, key: str, argument: Mapping[str, object]
    ) -> None:
        """Remember the job."""
        del session
        self.asked.setdefault(key, (name, dict(argument)))
