"""No query runs on tenants' rows without a tenant, and none sees another's."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from mis_bridge.storage.columns import AuthorityOwned, Base, SchoolOwned
from mis_bridge.storage.tables.authorities import ConnectionRow
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant, TenantMissing, system_wide
from tests.factories.authorities import add_connection, add_school

OWNED = [
    mapper.class_
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, SchoolOwned | AuthorityOwned)
]
HERE = Tenant("660", "660/4001")


@pytest.mark.parametrize("row", OWNED, ids=lambda row: row.__name__)
def test_a_query_on_any_tenant_table_without_a_tenant_is_refused(
    session: Session, row: type[SchoolOwned]
) -> None:
    with pytest.raises(TenantMissing):
        session.execute(select(row))


@pytest.mark.parametrize("row", OWNED, ids=lambda row: row.__name__)
def test_a_query_on_any_tenant_table_with_its_tenant_runs(
    session: Session, row: type[SchoolOwned]
) -> None:
    assert session.execute(select(row).where(HERE.owns(row))).all() == []


def test_fetching_by_key_alone_is_refused(session: Session) -> None:
    with pytest.raises(TenantMissing):
        session.get(PupilRow, "anything")


def test_updating_and_deleting_without_a_tenant_are_refused(session: Session) -> None:
    with pytest.raises(TenantMissing):
        session.execute(update(PupilRow).values(nc_year="7"))
    with pytest.raises(TenantMissing):
        session.execute(delete(PupilRow).where(PupilRow.id == "x"))


def test_a_join_must_name_the_tenant_of_each_table_or_tie_them_together(session: Session) -> None:
    joined = select(PupilRow, DecisionTaskRow).join(
        DecisionTaskRow, DecisionTaskRow.pupil_id == PupilRow.id
    )
    with pytest.raises(TenantMissing):
        session.execute(joined.where(HERE.owns(PupilRow)))
    both = joined.where(HERE.owns(PupilRow), HERE.owns(DecisionTaskRow))
    assert session.execute(both).all() == []


def test_an_alias_does_not_slip_past_the_guard(session: Session) -> None:
    pupil = aliased(PupilRow)
    with pytest.raises(TenantMissing):
        session.execute(select(pupil.id))


def test_a_subquery_does_not_slip_past_the_guard(session: Session) -> None:
    inner = select(PupilRow.id).scalar_subquery()
    with pytest.raises(TenantMissing):
        session.execute(
            select(DecisionTaskRow.id).where(
                HERE.owns(DecisionTaskRow), DecisionTaskRow.pupil_id.in_(inner)
            )
        )


def test_comparing_the_tenant_with_itself_names_nobody(session: Session) -> None:
    with pytest.raises(TenantMissing):
        session.execute(select(PupilRow).where(PupilRow.la == PupilRow.la))


def test_a_query_above_every_tenant_says_why(session: Session) -> None:
    with pytest.raises(ValueError, match="says why"):
        system_wide("")
    every = select(PupilRow).execution_options(**system_wide("a test of the exception"))
    assert session.execute(every).all() == []


def test_a_school_sees_its_own_rows_and_its_authority_those_of_its_schools(
    session: Session,
) -> None:
    here = add_school(session, "660/4001")
    there = add_school(session, "660/4002")
    elsewhere = add_school(session, "661/4001")
    ids = {tenant: add_connection(session, tenant).id for tenant in (here, there, elsewhere)}

    def seen(tenant: Tenant) -> set[str]:
        return set(session.scalars(select(ConnectionRow.id).where(tenant.owns(ConnectionRow))))

    assert seen(here) == {ids[here]}
    assert seen(Tenant("660")) == {ids[here], ids[there]}
    assert seen(Tenant("661", "660/4001")) == set()
