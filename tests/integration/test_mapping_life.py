"""A mapping in force: published by two people, taken back to what stood before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from mappings.findings import MappingRefused
from mappings.language import read_document, shipped
from mis_bridge.services.mapping import admin as mapping_admin
from mis_bridge.services.mapping.admin import ApprovalMissing, NothingToRollBack, Proposal
from mis_bridge.storage import audit, mapping_log
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import add_authority

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def text(code: str) -> str:
    return f'extends = "wonde"\n[codes.provision]\n{code} = "idp_la"\n'


def proposal(code: str, approved_by: str | None = "Huw") -> Proposal:
    return Proposal(text(code), "ours.toml", "Nia", approved_by)


@pytest.fixture
def tenant(session: Session) -> Tenant:
    return Tenant(add_authority(session))


def test_a_published_mapping_is_in_force_and_the_one_before_is_retired(
    session: Session, tenant: Tenant
) -> None:
    mapping_admin.publish(session, tenant, proposal("ONE"), NOW)
    mapping_admin.publish(session, tenant, proposal("TWO"), NOW)
    rows = mapping_log.versions(session, tenant)
    assert [(row.number, row.state) for row in rows] == [(1, "retired"), (2, "published")]
    now = mapping_admin.in_force(session, tenant, "wonde", "wonde")
    assert now.digest == read_document(text("TWO"), "x").digest


def test_rolling_back_goes_one_text_back_each_time_and_ends_at_the_shipped_one(
    session: Session, tenant: Tenant
) -> None:
    for code in ("ONE", "TWO", "THREE"):
        mapping_admin.publish(session, tenant, proposal(code), NOW)
    for code in ("TWO", "ONE"):
        row = mapping_admin.roll_back(session, tenant, "wonde", by="Nia", now=NOW)
        assert row is not None
        assert row.document == text(code)
    assert mapping_admin.roll_back(session, tenant, "wonde", by="Nia", now=NOW) is None
    now = mapping_admin.in_force(session, tenant, "wonde", "wonde")
    assert now.digest == shipped("wonde").digest
    with pytest.raises(NothingToRollBack):
        mapping_admin.roll_back(session, tenant, "wonde", by="Nia", now=NOW)


@pytest.mark.parametrize("approver", [None, "", "nia ", "Nia"])
def test_nobody_publishes_alone(session: Session, tenant: Tenant, approver: str | None) -> None:
    with pytest.raises(ApprovalMissing):
        mapping_admin.publish(session, tenant, proposal("ONE", approver), NOW)
    assert mapping_log.versions(session, tenant) == []


def test_a_document_with_faults_is_never_published(session: Session, tenant: Tenant) -> None:
    faulty = Proposal('extends = "wonde"\n[upn]\nfrom = "a..b"\n', "ours.toml", "Nia", "Huw")
    with pytest.raises(MappingRefused):
        mapping_admin.publish(session, tenant, faulty, NOW)
    assert mapping_log.versions(session, tenant) == []


def test_another_authority_sees_nothing_of_it(session: Session, tenant: Tenant) -> None:
    mapping_admin.publish(session, tenant, proposal("ONE"), NOW)
    other = Tenant(add_authority(session, "661"))
    assert mapping_log.versions(session, other) == []
    assert mapping_admin.in_force(session, other, "wonde", "wonde").digest == (
        shipped("wonde").digest
    )


def test_publishing_and_rolling_back_are_audited(session: Session, tenant: Tenant) -> None:
    mapping_admin.publish(session, tenant, proposal("ONE"), NOW)
    mapping_admin.roll_back(session, tenant, "wonde", by="Huw", now=NOW)
    checked = audit.verify(session, tenant.la)
    assert checked.first_bad is None
    assert checked.rows == 2
