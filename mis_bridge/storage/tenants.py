"""Whose rows a query may see, and the guard that refuses a query which does not say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Delete, Select, Table, Update, event
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter
from sqlalchemy.sql.operators import eq, in_op

from mis_bridge.storage.columns import AuthorityOwned, Base, SchoolOwned

SYSTEM_WIDE: Final = "mis_bridge_system_wide"


class TenantMissing(RuntimeError):
    """A query on tenants' rows names no tenant: a fault of the program, never "all schools"."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """A local authority, and one of its schools as `LLL/EEEE` or None for the authority itself."""

    la: str
    school: str | None = None

    @property
    def of_school(self) -> str:
        """The school; raises TenantMissing where the tenant is a whole authority."""
        if self.school is None:
            msg = "this needs a school, and the tenant is a whole local authority"
            raise TenantMissing(msg)
        return self.school

    def owns(self, row: type[SchoolOwned | AuthorityOwned]) -> ColumnElement[bool]:
        """Return the criterion for this tenant's rows: an authority sees those of its schools."""
        of_la: ColumnElement[bool] = row.la == self.la
        return of_la if self.school is None else of_la & (row.school == self.school)


def system_wide(reason: str) -> dict[str, Any]:
    """Return the execution options of the few queries that are above every tenant, with why.

    They are the clocks and drains that find work by its own key, and the rotation of keys.
    """
    if not reason:
        msg = "a query above every tenant says why"
        raise ValueError(msg)
    return {SYSTEM_WIDE: reason}


@event.listens_for(Session, "do_orm_execute")
def _refuse_without_tenant(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load:
        return
    statement = state.statement
    if not isinstance(statement, Select | Update | Delete):
        return
    if state.execution_options.get(SYSTEM_WIDE):
        return
    named = _tenants_named(statement)
    for table in _tenant_tables(statement):
        if table not in named:
            msg = f"a query on {table.name} names no tenant"
            raise TenantMissing(msg)


def _tenant_tables(statement: Select[Any] | Update | Delete) -> set[Table]:
    return {
        node
        for node in visitors.iterate(statement)
        if isinstance(node, Table) and node in _owned_tables()
    }


def _tenants_named(statement: Select[Any] | Update | Delete) -> set[Table]:
    """Return the tables whose tenant is compared with a value, or tied to one that is."""
    named: set[Table] = set()
    ties: list[set[Table]] = []
    for node in visitors.iterate(statement):
        if not isinstance(node, BinaryExpression) or node.operator not in (eq, in_op):
            continue
        tables = {side.table for side in (node.left, node.right) if _is_tenant_column(side)}
        if any(isinstance(side, BindParameter) for side in (node.left, node.right)):
            named |= tables
        elif len(tables) == 2:
            ties.append(tables)
    for _ in ties:
        for tie in ties:
            if tie & named:
                named |= tie
    return named


def _is_tenant_column(side: Any) -> bool:
    return getattr(side, "name", None) in {"la", "school"} and isinstance(
        getattr(side, "table", None), Table
    )


_OWNED: set[Table] = set()


def _owned_tables() -> set[Table]:
    if not _OWNED:
        for mapper in Base.registry.mappers:
            if issubclass(mapper.class_, SchoolOwned | AuthorityOwned):
                _OWNED.add(mapper.local_table)  # type: ignore[arg-type]  # ours are all tables
    return _OWNED
