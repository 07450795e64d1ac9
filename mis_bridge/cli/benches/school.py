"""An invented school on a throw-away database, for measuring."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mis_bridge.config import Settings
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.tasks import Setting
from mis_bridge.services import connecting, schools
from mis_bridge.storage.database import open_database
from mis_bridge.storage.tenants import Tenant
from mis_bridge.workers.embedding import upgrade

SCHOOL = Tenant("661", "661/9901")
BY = "bench"


@dataclass(frozen=True, slots=True)
class BenchSchool:
    """The school's database, its settings, and the endpoint to which it is posted."""

    settings: Settings
    database: Engine
    connection_id: str
    endpoint_path: str
    secret: Secret

    @property
    def endpoint_id(self) -> str:
        """The opaque part of the endpoint's address."""
        return self.endpoint_path.rpartition("/")[2]

    def event(self, student: dict[str, Any]) -> bytes:
        """Return an event that brings a student's record."""
        told = {
            "type": "pupil.sen.changed",
            "timestamp": now().isoformat(),
            "data": {
                "school": SCHOOL.of_school,
                "record_id": student["id"],
                "record": student,
            },
        }
        return json.dumps(told, ensure_ascii=False).encode()

    def requests(self, students: Sequence[dict[str, Any]], prefix: str) -> list[bytes]:
        """Return one signed HTTP request a student, ready to be put on a socket."""
        return [self._request(student, f"{prefix}-{n}") for n, student in enumerate(students)]

    def _request(self, student: dict[str, Any], event_id: str) -> bytes:
        body = self.event(student)
        stamp = str(int(now().timestamp()))
        key = base64.b64decode(self.secret.reveal_text().removeprefix("whsec_"))
        signed = f"{event_id}.{stamp}.".encode() + body
        signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        head = (
            f"POST {self.endpoint_path} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
            "content-type: application/json\r\n"
            f"webhook-id: {event_id}\r\nwebhook-timestamp: {stamp}\r\n"
            f"webhook-signature: v1,{signature}\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        return head.encode("ascii") + body


@contextmanager
def bench_school() -> Iterator[BenchSchool]:
    """Make the school on an embedded database of its own; all of it is gone afterwards."""
    with TemporaryDirectory(prefix="mis-bridge-bench-") as name:
        folder = Path(name)
        settings = Settings(database_url=f"sqlite:///{folder / 'bench.db'}", folder=folder)
        # Its keys are made before its file is.
        database = open_database(settings.database_url, settings.keys)
        try:
            upgrade(settings)
            yield _founded(settings, database)
        finally:
            database.dispose()


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def _founded(settings: Settings, database: Engine) -> BenchSchool:
    with Session(database) as session, session.begin():
        schools.add_authority(session, SCHOOL.la, "Invented authority", by=BY, now=now())
        schools.add_school(
            session, SCHOOL, "Invented school", Setting.MAINTAINED_SCHOOL, by=BY, now=now()
        )
        wanted = connecting.Wanted(vendor="wonde", sender="standard", accepts_full_records=True)
        added = connecting.add(session, SCHOOL, wanted, by=BY, now=now())
    if added.endpoint_path is None or added.secret is None:
        msg = "a connection that is posted to has an endpoint and a secret"
        raise RuntimeError(msg)
    return BenchSchool(settings, database, added.connection_id, added.endpoint_path, added.secret)
