"""Which ways of sending may be set up, by whom they are used, and what becomes of their secrets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from mis_bridge.domain.secrets import Secret
from mis_bridge.services.sending import channel_choice
from mis_bridge.services.sending import routes as delivery_routes
from mis_bridge.services.sending.channels import channel_of
from mis_bridge.services.sending.routes import Wanted
from mis_bridge.services.sending.settings import RouteRefused
from mis_bridge.storage import delivery_routes as rows
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_authority, add_school
from tests.support.fake_notify import SERVICE, TEMPLATE
from tests.support.senders import SECRET

KEY = f"test-{SERVICE}-{TEMPLATE}"
SECRETS = {"notify_email": KEY, "notify_letter": KEY, "smtp": "", "mis": SECRET}
PUBLIC = {
    "notify_email": {"template_id": TEMPLATE},
    "notify_letter": {},
    "smtp": {"host": "93.184.216.34", "sender": "aln@council.example.org"},
    "mis": {"url": "https://93.184.216.34/inbox"},
}


@pytest.fixture
def tenant(session: Session) -> Tenant:
    """Return a school with its authority."""
    return add_school(session)


def put(
    session: Session,
    tenant: Tenant,
    channel: str,
    settings: dict[str, str] | None = None,
    **changed: Any,
) -> str:
    """Set up a way that leads to a public address, unless other settings are given."""
    plain = Wanted(
        channel,
        Secret(SECRETS[channel]),
        "ALN lead",
        "ALN notices",
        PUBLIC[channel] if settings is None else settings,
    )
    wanted = replace(plain, **changed)
    return delivery_routes.add(
        session, tenant, wanted, by="test", now=NOW, trusted_origins=frozenset()
    )


@pytest.mark.parametrize("channel", list(PUBLIC))
def test_each_way_is_kept_sealed_and_opens_again(
    session: Session, tenant: Tenant, channel: str
) -> None:
    route = put(session, tenant, channel)
    row = rows.by_id(session, route)
    assert rows.secret_of(session, row).reveal_text() == SECRETS[channel]
    assert SECRETS[channel].encode() not in row.sealed_secret or not SECRETS[channel]
    assert channel_of(row, rows.secret_of(session, row), frozenset(), lambda: NOW).name == channel


@pytest.mark.parametrize(
    ("channel", "settings"),
    [
        # Inner networks, this machine, odd spellings, plain http: threats S1 to S3 and S7.
        ("mis", {"url": "https://10.1.2.3/inbox"}),
        ("mis", {"url": "https://169.254.169.254/latest"}),
        ("mis", {"url": "https://127.0.0.1/inbox"}),
        ("mis", {"url": "https://2130706433/inbox"}),
        ("mis", {"url": "https://100.64.0.1/inbox"}),
        ("mis", {"url": "https://[64:ff9b::7f00:1]/inbox"}),
        ("mis", {"url": "http://93.184.216.34/inbox"}),
        ("mis", {"url": "https://user@93.184.216.34/inbox"}),
        ("mis", {"url": "https://93.184.216.34\\@10.0.0.1/inbox"}),
        ("smtp", {"host": "127.0.0.1", "sender": "a@b.example"}),
        ("smtp", {"host": "10.0.0.7", "sender": "a@b.example"}),
        ("smtp", {"host": "0x7f.1", "sender": "a@b.example"}),
        ("smtp", {"host": "127.0.0.1", "tls": "none", "sender": "a@b.example"}),
        ("notify_email", {"template_id": TEMPLATE, "base_url": "https://93.184.216.34"}),
        # Settings that are missing, unknown or badly written.
        ("notify_email", {}),
        ("notify_email", {"template_id": "12"}),
        ("notify_letter", {"postage": "pigeon"}),
        ("smtp", {"host": "93.184.216.34"}),
        ("smtp", {"host": "93.184.216.34", "sender": "nobody"}),
        ("smtp", {"host": "93.184.216.34", "sender": "a@b.example", "port": "99999"}),
        ("mis", {"address": "https://mis.example.org"}),
    ],
)
def test_a_way_that_leads_where_we_may_not_call_or_is_ill_set_up_is_refused(
    session: Session, tenant: Tenant, channel: str, settings: dict[str, str]
) -> None:
    with pytest.raises(RouteRefused) as refused:
        put(session, tenant, channel, settings)
    assert refused.value.words.en != refused.value.words.cy
    assert rows.listed(session, None) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"owner": " "},
        {"purpose": ""},
        {"secret": Secret("")},
        {"secret": Secret("no key at all")},
        {"expires_on": NOW.date() - timedelta(days=1)},
    ],
)
def test_owner_purpose_secret_and_day_are_asked_for(
    session: Session, tenant: Tenant, changed: dict[str, Any]
) -> None:
    with pytest.raises(RouteRefused):
        put(session, tenant, "notify_email", **changed)


def test_a_schools_own_way_goes_before_its_authoritys_and_no_other_school_has_it(
    session: Session, tenant: Tenant
) -> None:
    put(session, Tenant(tenant.la), "notify_email")
    put(session, tenant, "smtp")
    other = add_school(session, "660/4002")
    today = NOW.date()
    assert channel_choice.set_up(session, tenant, today) == ("smtp", "notify_email")
    assert channel_choice.set_up(session, other, today) == ("notify_email",)
    stranger = Tenant(add_authority(session, "661"), "661/4001")
    assert channel_choice.set_up(session, stranger, today) == ()


@pytest.mark.parametrize(
    "stop",
    [
        lambda session, route: _change(session, route, "paused"),
        lambda session, route: _change(session, route, "ended"),
        lambda session, route: rows.note_fault(
            session, Tenant("660"), route, "notify:403", pause=True
        ),
    ],
)
def test_a_way_that_is_paused_ended_or_at_fault_is_not_used(
    session: Session, tenant: Tenant, stop: Callable[[Session, str], object]
) -> None:
    route = put(session, tenant, "notify_email")
    stop(session, route)
    assert channel_choice.set_up(session, tenant, NOW.date()) == ()


def test_a_way_is_used_to_its_last_day_and_not_after(session: Session, tenant: Tenant) -> None:
    last = NOW.date() + timedelta(days=3)
    put(session, tenant, "notify_letter", expires_on=last)
    assert channel_choice.set_up(session, tenant, last) == ("notify_letter",)
    assert channel_choice.set_up(session, tenant, last + timedelta(days=1)) == ()


def test_an_ended_way_stays_ended_and_holds_no_secret(session: Session, tenant: Tenant) -> None:
    route = put(session, tenant, "mis")
    _change(session, route, "ended")
    row = rows.by_id(session, route)
    assert not rows.secret_of(session, row)
    with pytest.raises(RouteRefused):
        _change(session, route, "active")


def test_a_use_is_noted_once_an_hour(session: Session, tenant: Tenant) -> None:
    route = put(session, tenant, "mis")
    for minutes, noted in ((0, 0), (30, 0), (90, 90)):
        rows.note_use(session, tenant, route, at=NOW + timedelta(minutes=minutes))
        session.expire_all()
        assert rows.by_id(session, route).last_used_at == NOW + timedelta(minutes=noted)


def _change(session: Session, route: str, state: str) -> None:
    delivery_routes.change_state(session, route, state, by="test", now=NOW)
