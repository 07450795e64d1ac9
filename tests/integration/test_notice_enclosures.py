"""The copy of a plan goes with its notice, in both languages, in the form of each channel."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from mis_bridge.delivery.notify import personalisation
from mis_bridge.domain.secrets import Secret
from mis_bridge.services import notices, sending_results
from mis_bridge.services.notice_letters import ChannelUnfit
from mis_bridge.services.notices import Standing
from mis_bridge.services.plans import finalising
from mis_bridge.services.routing_facts import record
from mis_bridge.services.sending import routes as delivery_routes
from mis_bridge.services.sending.routes import Wanted
from mis_bridge.storage import outbox
from mis_bridge.storage.routing_facts import RoutingFact
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW
from tests.factories.pupils import FATHER, MOTHER, a_pupil
from tests.integration.test_plan_life import TODAY, Story, begun
from tests.support.fake_notify import SERVICE, TEMPLATE

PUPIL = a_pupil(
    contacts=(MOTHER, replace(FATHER, address="2 Other Street\nTrefddychmygol\nCF10 1AA"))
)
KEY = Secret(f"test-{SERVICE}-{TEMPLATE}")


@pytest.fixture
def messages(session: Session) -> tuple[Story, dict[str, str]]:
    """Return a finalised plan's story and its messages, to a mother who agreed to e-mail."""
    story = begun(session, PUPIL)
    for channel, settings in (("notify_email", {"template_id": TEMPLATE}), ("notify_letter", {})):
        delivery_routes.add(
            session,
            Tenant("660"),
            Wanted(channel, KEY, "ALN lead", "ALN notices", settings),
            by="test",
            now=NOW,
            trusted_origins=frozenset(),
        )
    agreed = {
        "address": "mother@example.test",
        "given_to": "maintained_school",
        "given_on": "2026-09-01",
    }
    fact = RoutingFact("consent", "contact:1", agreed)
    record(session, story.tenant, story.pupil_id, PUPIL, fact, by="person:1", at=NOW)
    story.decided()
    return story, story.messages(finalising.finalise(story.desk(), TODAY))


@pytest.mark.parametrize(
    ("person", "channel", "names"),
    [
        (
            "child",
            "print_pack",
            ["letter-1-cy.pdf", "letter-2-en.pdf", "plan-1-cy.pdf", "plan-2-en.pdf"],
        ),
        (
            "contact:1",
            "notify_email",
            ["letter-1-cy.pdf", "letter-2-en.pdf", "plan-1-cy.pdf", "plan-2-en.pdf"],
        ),
    ],
)
def test_a_plans_copy_goes_with_its_notice_in_the_form_of_the_channel(
    messages: tuple[Story, dict[str, str]], person: str, channel: str, names: list[str]
) -> None:
    story, sent = messages
    row = outbox.sending(story.session, story.tenant, sent[person])
    assert row is not None
    assert row.message.channel == channel
    standing = notices.prepare(story.session, story.tenant, sent[person], now=NOW)
    assert standing is Standing.READY
    message = notices.message_of(story.session, story.tenant, sent[person], now=NOW)
    assert list(message.pages) == names
    if channel == "notify_email":
        filled = personalisation(message.pages)
        assert filled["has_plan"] == "yes"
        assert all(isinstance(filled[place], dict) for place in ("plan_cy", "plan_en"))
        assert message.electronic_address == "mother@example.test"
    else:
        assert message.electronic_address is None


def test_a_plan_that_is_too_long_for_a_printers_envelope_is_printed_here(
    messages: tuple[Story, dict[str, str]],
) -> None:
    story, sent = messages
    outbox_id = sent["contact:2"]
    assert notices.prepare(story.session, story.tenant, outbox_id, now=NOW) is Standing.READY
    with pytest.raises(ChannelUnfit):
        notices.message_of(story.session, story.tenant, outbox_id, now=NOW)
    sending_results.record_unfit(story.session, story.tenant, outbox_id, now=NOW)
    assert notices.prepare(story.session, story.tenant, outbox_id, now=NOW) is Standing.READY
    pages = notices.message_of(story.session, story.tenant, outbox_id, now=NOW).pages
    assert list(pages) == ["letter-1-en.pdf", "letter-2-cy.pdf", "plan-1-en.pdf", "plan-2-cy.pdf"]
