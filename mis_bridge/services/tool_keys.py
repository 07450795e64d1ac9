"""Which keys the tool publishes and signs with, and how one follows another without a failure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.lti import tool_keys
from mis_bridge.lti.deep_linking import SigningKey
from mis_bridge.storage import lti_keys

# Platforms keep a key set for a day: a key is published that long before it signs, and two weeks
# after it signed for the last time.
PUBLISHED_BEFORE: Final = timedelta(hours=24)
PUBLISHED_AFTER: Final = timedelta(days=14)


class RotationTooEarly(Problem):
    """The next key has not been published for a day yet."""

    def __init__(self) -> None:
        super().__init__(
            Words(
                "The next key has not been published for 24 hours yet: platforms may not know it. "
                "Run the rotation again then.",
                "Ni chyhoeddwyd yr allwedd nesaf am 24 awr eto: efallai nad yw'r platfformau yn ei "
                "hadnabod. Rhedwch y cylchdroi eto bryd hynny.",
            )
        )


def key_set(session: Session, now: datetime) -> dict[str, object]:
    """Return the key set to publish; the first keys are made on first use."""
    if not lti_keys.in_state(session, lti_keys.ACTIVE):
        _make(session, lti_keys.ACTIVE, now)
        _make(session, lti_keys.NEXT, now)
    return {"keys": [row.public_jwk for row in lti_keys.published(session, now - PUBLISHED_AFTER)]}


def signing_key(session: Session, now: datetime) -> SigningKey:
    """Return the key that signs now."""
    key_set(session, now)
    row = lti_keys.in_state(session, lti_keys.ACTIVE)[0]
    return SigningKey(row.kid, lti_keys.private_pem(session, row))


def rotate(session: Session, now: datetime) -> str:
    """Retire the active key, sign with the next one and publish another; returns the new kid.

    Raises `RotationTooEarly` while the next key may still be unknown to a platform.
    """
    key_set(session, now)
    following = lti_keys.in_state(session, lti_keys.NEXT)
    if not following or now - following[0].created_at < PUBLISHED_BEFORE:
        raise RotationTooEarly
    lti_keys.retire_active(session, now)
    lti_keys.activate(session, following[0].kid, now)
    _make(session, lti_keys.NEXT, now)
    return following[0].kid


def _make(session: Session, state: str, now: datetime) -> None:
    key = tool_keys.make()
    lti_keys.add(session, key.kid, key.private_pem, key.public_jwk, state=state, now=now)
