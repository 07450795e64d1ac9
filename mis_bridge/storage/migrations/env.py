"""Run the migrations on the connection that `storage.migrating` hands in."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.environment import NameFilterParentNames, NameFilterType

from mis_bridge.storage.columns import Instant, Sealed
from mis_bridge.storage.schema import METADATA


def _ours(name: str | None, kind: NameFilterType, parents: NameFilterParentNames) -> bool:
    """Leave the job engine's tables, which share the database, out of every comparison."""
    del parents
    return kind != "table" or name in METADATA.tables


def _rendered(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our kinds of column by our own names into a new revision."""
    del autogen
    if kind == "type":
        match item:
            case Instant():
                return "columns.Instant()"
            case Sealed():
                return "columns.Sealed()"
            case _ if "postgresql" in getattr(item, "_variant_mapping", {}):
                return "columns.Plain"
            case _ if "sqlite" in getattr(item, "_variant_mapping", {}):
                return "columns.Whole"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    include_name=_ours,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
    render_item=_rendered,
    transactional_ddl=True,
    version_table="mis_bridge_revision",
)
with context.begin_transaction():
    context.run_migrations()
