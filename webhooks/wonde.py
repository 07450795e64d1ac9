"""Wonde's notices about a school's approval: unsigned, so a claim that the worker has to check.

The only proof is a long secret in the address: the opaque endpoint itself, and where the connection
has a secret of its own, that too (`?key=...`). Nothing here is a fact about a pupil.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import unquote_to_bytes

from webhooks.base import (
    SCHOOL_ACCESS_CHANGED,
    Proof,
    VendorEvent,
    WebhookMalformed,
    WebhookRejected,
)
from webhooks.payloads import strict_object
from webhooks.signatures import proving_text

SECRET_KEY = "key"  # noqa: S105 - the name of the query parameter, not a secret

# Seen in integrations, not published.
_NOTICES = frozenset({"schoolApproved", "accessRevoked", "accessDeclined", "schoolMigration"})
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)


class WondeSender:
    """A sender that signs nothing and is known by a secret address."""

    def verify(
        self,
        raw: bytes,
        headers: Mapping[str, str],  # noqa: ARG002 - the sender sends no header of its own
        secrets: Sequence[str],
        now: datetime,
        query: str = "",
    ) -> Proof:
        """Compare the secret of the address, and make the id that the notice lacks.

        The id is the body's digest and the minute: a repeat has the same id, and the same notice on
        another day (approved, revoked, approved again) is heard.
        """
        secret = proving_text(_address_secret(query), secrets) if secrets else None
        digest = hashlib.sha256(raw).hexdigest()[:40]
        return Proof(f"{digest}-{now:%Y%m%d%H%M}", secret)

    def events(self, raw: bytes, event_id: str) -> list[VendorEvent]:
        """Read the notice; a kind that nobody has seen yet is kept under its own name."""
        body = strict_object(raw)
        notice, school = body.get("payload_type"), body.get("school_id")
        if not isinstance(notice, str) or _NAME.fullmatch(notice) is None:
            raise WebhookMalformed("payload_type")
        if notice not in _NOTICES:
            return [VendorEvent(event_id=event_id, kind=f"wonde.{notice}", body=raw)]
        if not isinstance(school, str) or _NAME.fullmatch(school) is None:
            raise WebhookMalformed("school_id")
        return [
            VendorEvent(
                event_id=event_id,
                kind=SCHOOL_ACCESS_CHANGED,
                body=raw,
                school_ref=school,
                changed=(notice,),
            )
        ]


def _address_secret(query: str) -> bytes:
    # Not parse_qs: a plus sign in the secret is a plus sign.
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name == SECRET_KEY:
            return unquote_to_bytes(value)
    raise WebhookRejected("secret")
