"""What a person does next about a copy follows from why it stopped."""

from __future__ import annotations

import pytest

from mis_bridge.domain.words import Words
from mis_bridge.services.message_pages import next_step
from mis_bridge.services.notice_pages import Sending
from mis_bridge.services.sending_results import AT_FAULT, PERHAPS_SENT, UNKNOWN, WAY_AT_FAULT
from tests.factories.authorities import NOW

SOMEBODY = Words("Mother", "Mam")


def blocked(fault: str) -> Sending:
    """Return a copy that stopped for this reason."""
    return Sending(
        message_id="m1",
        person=SOMEBODY,
        name=None,
        channel="notify_letter",
        state="blocked",
        fault=fault,
        number=1,
        reason=None,
        queued_at=NOW,
        handed_over_at=None,
        given_on=None,
    )


@pytest.mark.parametrize(
    ("fault", "words"), [(UNKNOWN, PERHAPS_SENT), (f"{AT_FAULT}:notify:403", WAY_AT_FAULT)]
)
def test_a_copy_that_a_service_stopped_is_about_the_service(fault: str, words: Words) -> None:
    assert next_step(blocked(fault)) == words


def test_a_copy_that_the_record_stopped_is_about_the_person() -> None:
    told = {next_step(blocked(fault)).en for fault in ("recipient_changed", "channel_gone")}
    assert len(told | {PERHAPS_SENT.en, WAY_AT_FAULT.en}) == 4
