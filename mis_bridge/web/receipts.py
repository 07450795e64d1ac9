"""Making receipts durable: on the embedded database one thread commits for all who wait."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from mis_bridge.storage.intake import Receipt
from mis_bridge.web.later import Later

AT_ONCE = 256
WAITING_AT_MOST = 2000
STUCK_AFTER_SECONDS = 5.0
_RED_FOR_SECONDS = 10.0

Accept = Callable[[Session, Sequence[Receipt]], tuple[Receipt, ...]]
"""Puts receipts into the inbox in the session's transaction; gives those that contradict."""

log = logging.getLogger("mis_bridge.receipts")


class Receipts(Protocol):
    """Where an event is made durable before its sender is answered."""

    def store(self, receipt: Receipt, then: Later) -> None:
        """Make the receipt durable; `then` is settled once it is, or cannot be."""
        ...

    def healthy(self) -> bool:
        """Say whether the last event could be stored, or that was long enough ago to try again."""
        ...

    def close(self) -> None:
        """Let what waits be stored, then end."""
        ...


def receipts_for(database: Engine, accept: Accept) -> Receipts:
    """Return the way of storing that suits the database."""
    if database.dialect.name == "sqlite":
        return GroupedReceipts(database, accept)
    return SingleReceipts(database, accept)


class _Health:
    """Whether storing works, as far as the last attempts tell."""

    def __init__(self) -> None:
        self._failed_at: float | None = None

    def note(self, *, stored: bool) -> None:
        self._failed_at = None if stored else time.monotonic()

    def healthy(self) -> bool:
        failed_at = self._failed_at
        return failed_at is None or time.monotonic() - failed_at > _RED_FOR_SECONDS


class SingleReceipts:
    """A commit for each receipt: as good or better where a server groups the flushes itself."""

    def __init__(self, database: Engine, accept: Accept) -> None:
        self._database, self._accept = database, accept
        self._health = _Health()

    def store(self, receipt: Receipt, then: Later) -> None:
        """Commit `receipt`."""
        try:
            with Session(self._database) as session, session.begin():
                contradicting = self._accept(session, [receipt])
        except SQLAlchemyError:
            self._health.note(stored=False)
            log.exception("receipt_not_stored")
            then.settle(came_true=False)
            return
        self._health.note(stored=True)
        then.settle(came_true=True)
        _tell(contradicting)

    def healthy(self) -> bool:
        """Say whether the last receipt could be stored."""
        return self._health.healthy()

    def close(self) -> None:
        """Nothing waits here."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A receipt, and the answer that waits for its commit."""

    receipt: Receipt
    then: Later


class GroupedReceipts:
    """One writer thread commits all waiting receipts together, and only then releases them.

    The thread starts with the first receipt, so that it is born in the process that serves.
    """

    def __init__(self, database: Engine, accept: Accept) -> None:
        self._database, self._accept = database, accept
        self._health = _Health()
        self._waiting: queue.Queue[_Waiting | None] = queue.Queue(WAITING_AT_MOST)
        self._starting = threading.Lock()
        self._writer: threading.Thread | None = None
        self._began: float | None = None

    def store(self, receipt: Receipt, then: Later) -> None:
        """Hand `receipt` to the writer; what finds no room is refused at once."""
        self._start()
        try:
            self._waiting.put_nowait(_Waiting(receipt, then))
        except queue.Full:
            self._health.note(stored=False)
            then.settle(came_true=False)

    def healthy(self) -> bool:
        """Say whether the last receipt could be stored, and none waits for too long."""
        began = self._began
        is_stuck = began is not None and time.monotonic() - began > STUCK_AFTER_SECONDS
        return self._health.healthy() and not is_stuck

    def close(self) -> None:
        """Commit what waits and end the writer."""
        with self._starting:
            if self._writer is not None:
                self._waiting.put(None)
                self._writer.join()
                self._writer = None

    def _start(self) -> None:
        if self._writer is not None:
            return
        with self._starting:
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="receipts", daemon=True)
                self._writer.start()

    def _write(self) -> None:
        with Session(self._database) as session:
            going_on = True
            while going_on:
                batch, going_on = self._take()
                if batch:
                    self._began = time.monotonic()
                    self._commit(session, batch)
                    self._began = None

    def _take(self) -> tuple[list[_Waiting], bool]:
        batch: list[_Waiting] = []
        first = self._waiting.get()
        while first is not None:
            batch.append(first)
            if len(batch) == AT_ONCE:
                return batch, True
            try:
                first = self._waiting.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _commit(self, session: Session, batch: list[_Waiting]) -> None:
        try:
            with session.begin():
                contradicting = self._accept(session, [waiting.receipt for waiting in batch])
        except (IntegrityError, DataError) as fault:
            # One receipt that the database refuses must not take the others with it.
            if len(batch) > 1:
                for waiting in batch:
                    self._commit(session, [waiting])
                return
            self._refuse(batch, fault)
        except Exception as fault:  # noqa: BLE001 - the writer must outlive whatever one batch brings
            self._refuse(batch, fault)
        else:
            self._health.note(stored=True)
            for waiting in batch:
                waiting.then.settle(came_true=True)
            _tell(contradicting)

    def _refuse(self, batch: list[_Waiting], fault: Exception) -> None:
        self._health.note(stored=False)
        log.error("receipts_not_stored", exc_info=fault, extra={"facts": {"count": len(batch)}})
        for waiting in batch:
            waiting.then.settle(came_true=False)


def _tell(contradicting: Sequence[Receipt]) -> None:
    for receipt in contradicting:
        log.warning(
            "event_contradicts",
            extra={
                "facts": {"connection": receipt.connection_id, "webhook_event": receipt.event_id}
            },
        )
