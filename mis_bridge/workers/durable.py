"""What a piece of durable work is handed: ways of doing things that survive the process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

Json = Mapping[str, object] | Sequence[object] | str | int | float | bool | None
T = TypeVar("T")


class Durable(Protocol):
    """One run of a piece of work. After a crash it runs again, and what was done is not redone."""

    @property
    def key(self) -> str:
        """The business key under which the work was asked for."""
        ...

    def now(self) -> datetime:
        """Return the time, aware, in UTC; another one when the work runs again."""
        ...

    def read(self) -> Session:
        """Return a session outside the steps, which the caller closes.

        It is for reading, and for the mark that a step leaves before it reaches outside.
        """
        ...

    def transaction(self, name: str, work: Callable[[Session], T]) -> T:
        """Run `work` in one transaction and keep its result in the same commit.

        Run again, the kept result is given and `work` is not called. The result is kept in the
        clear: ids, codes and counts, nothing of a person.
        """
        ...

    def step(self, name: str, work: Callable[[], T]) -> T:
        """Run `work`, which reaches outside, at least once, and keep its result (as above)."""
        ...


Work = Callable[[Durable, Mapping[str, object]], Json]
"""A piece of work: its run, and the argument it was asked for with."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Work that the clock asks for: `cron` has six fields (seconds first) in Europe/London time."""

    name: str
    cron: str
    work: Work


@dataclass(frozen=True, slots=True)
class Queue:
    """Work of one name waits in a queue of that name; `at_once` of it run in one process."""

    name: str
    work: Work
    at_once: int
