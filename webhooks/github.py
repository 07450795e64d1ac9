"""The scheme that home-made senders copy: a digest of the body, a delivery id beside it.

Nothing signs a time, so a replay is known only by its delivery id; the inbox keeps ids for that.
The id itself is not signed either: a captured delivery sent again under a new id is a second event,
and has no second effect because the facts are fetched from the source and a trigger is a fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from webhooks.base import Proof, VendorEvent, WebhookRejected, checked_event_id
from webhooks.payloads import register_change
from webhooks.signatures import proving_digest


class GithubSender:
    """A sender that signs the raw body alone."""

    def verify(
        self,
        raw: bytes,
        headers: Mapping[str, str],
        secrets: Sequence[str],
        now: datetime,  # noqa: ARG002 - this scheme signs no time
        query: str = "",  # noqa: ARG002 - the face is shared; only one sender reads the query
    ) -> Proof:
        """Prove the body's digest, then the form of the delivery id."""
        try:
            signature, event_id = headers["x-hub-signature-256"], headers["x-github-delivery"]
        except KeyError:
            raise WebhookRejected("header") from None
        secret = proving_digest(signature, raw, secrets)
        return Proof(checked_event_id(event_id), secret)

    def events(self, raw: bytes, event_id: str) -> list[VendorEvent]:
        """Read the one event of the body."""
        return [register_change(raw, event_id)]
