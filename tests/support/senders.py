"""A school with an endpoint, and a sender that signs as the published standard says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mis_bridge.domain.secrets import Secret
from mis_bridge.storage import connections
from tests.factories.authorities import add_calendar, add_connection, add_school

_NUMBERS = count(1)
SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"another one of thirty-two bytes.").decode()


@dataclass(frozen=True)
class Posted:
    """One delivery, ready to be posted."""

    path: str
    body: bytes
    headers: dict[str, str]


@dataclass
class SchoolSender:
    """Somebody who posts for one school."""

    connection_id: str
    endpoint_id: str
    school: str
    secret: str = SECRET
    sender: str = "standard"
    _ids: count[int] = field(default_factory=lambda: _NUMBERS)

    def event(self, record_id: str = "A1", **changed: object) -> dict[str, object]:
        """Return an event about a pupil; `changed` goes into its data, `...` takes a key out."""
        kind = changed.pop("type", "pupil.sen.changed")
        facts = {"school": self.school, "record_id": record_id, **changed}
        return {
            "type": kind,
            "timestamp": "2026-11-20T09:00:00Z",
            "data": {name: value for name, value in facts.items() if value is not ...},
        }

    def post(
        self,
        now: datetime,
        event: object = None,
        *,
        body: bytes | None = None,
        event_id: str | None = None,
        secret: str | None = None,
        stamp: str | None = None,
    ) -> Posted:
        """Sign an event, or raw bytes, as sent at `now`."""
        raw = body if body is not None else json.dumps(event or self.event()).encode()
        event_id = event_id if event_id is not None else f"msg_{next(self._ids)}"
        stamp = stamp if stamp is not None else str(int(now.timestamp()))
        key = base64.b64decode((secret or self.secret).removeprefix("whsec_"))
        signed = f"{event_id}.{stamp}.".encode("latin-1") + raw
        made = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        headers = {
            "content-type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{made}",
        }
        return Posted(f"/webhooks/{self.sender}/{self.endpoint_id}", raw, headers)


def add_sender(
    database: Engine,
    now: datetime,
    *,
    school: str = "660/4001",
    sender: str = "standard",
    secret: str = SECRET,
    base_url: str | None = None,
    accepts_full_records: bool = False,
) -> SchoolSender:
    """Add a school with term dates and a connection that is posted to."""
    with Session(database) as session, session.begin():
        tenant = add_school(session, school)
        add_calendar(session, tenant)
        row = add_connection(session, tenant, sender=sender)
        row.base_url = base_url
        row.vendor_school = "A6619901001"
        row.accepts_full_records = accepts_full_records
        connections.set_token(session, row, Secret("token-of-the-school"))
        connections.add_secret(session, row, Secret(secret), valid_from=now.replace(year=2025))
        return SchoolSender(row.id, row.endpoint_id or "", school, secret, sender)
