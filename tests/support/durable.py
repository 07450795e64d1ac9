"""Durable work run at once and in this process: each step commits, nothing is taken up again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mis_bridge.workers.durable import Durable, T


@dataclass
class InlineRun(Durable):
    """Fulfils the face without an engine; `moment` is the time it tells."""

    database: Engine
    moment: datetime
    name: str = "test"

    @property
    def key(self) -> str:
        return self.name

    def now(self) -> datetime:
        return self.moment

    def read(self) -> Session:
        return Session(self.database)

    def transaction(self, name: str, work: Callable[[Session], T]) -> T:
        del name
        with Session(self.database) as session, session.begin():
            return work(session)

    def step(self, name: str, work: Callable[[], T]) -> T:
        del name
        return work()
