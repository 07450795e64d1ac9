"""Standard Webhooks 1.0.0: id, time stamp and body signed together, by HMAC or by ed25519."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from webhooks.base import Proof, VendorEvent, WebhookRejected, checked_event_id
from webhooks.payloads import register_change
from webhooks.signatures import check_fresh, proving_secret


class StandardSender:
    """A sender that follows the published standard with a stock library."""

    def verify(
        self,
        raw: bytes,
        headers: Mapping[str, str],
        secrets: Sequence[str],
        now: datetime,
        query: str = "",  # noqa: ARG002 - the face is shared; only one sender reads the query
    ) -> Proof:
        """Prove the signature over `id.timestamp.body`, then the time, then the form of the id."""
        try:
            event_id = headers["webhook-id"]
            stamp = headers["webhook-timestamp"]
            signatures = headers["webhook-signature"]
            # Header bytes come to us read as Latin-1; what was signed are the bytes.
            signed = b".".join((event_id.encode("latin-1"), stamp.encode("latin-1"), raw))
        except (KeyError, UnicodeEncodeError):
            raise WebhookRejected("header") from None
        secret = proving_secret(signatures, signed, secrets)
        check_fresh(stamp, now)
        return Proof(checked_event_id(event_id), secret)

    def events(self, raw: bytes, event_id: str) -> list[VendorEvent]:
        """Read the one event of the body."""
        return [register_change(raw, event_id)]
