"""The two ways in which a whole source comes: files that somebody gives, a vendor's interface."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from sqlalchemy.orm import Session

from adapters.registry import read_files
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.services.connecting import files_connection
from mis_bridge.services.intake.bulk_sync import BulkSync
from mis_bridge.services.intake.run_reports import Report
from mis_bridge.services.intake.sources import open_source
from mis_bridge.services.intake.staging import Plan
from mis_bridge.services.mapping.translating import Translator, mapping_in_force
from mis_bridge.storage import connections
from mis_bridge.storage.tenants import Tenant


class NothingToRead(Problem):
    """The connection has no interface that could be read."""


def import_files(
    sync: BulkSync,
    tenant: Tenant,
    vendor: str,
    paths: Sequence[Path],
    *,
    whole_roll: bool,
    part_of_roll: bool = False,
) -> Report:
    """Apply files to a school's register, under the school's own connection for such files.

    A file removes nobody by its silence, unless somebody says that it is the `whole_roll`; but many
    who are missing from it stop the run, unless somebody says that it is only `part_of_roll`.
    """
    with sync.begin() as session:
        row = files_connection(session, tenant, vendor, now=sync.clock())
        plan = Plan(
            tenant=tenant,
            connection_id=row.id,
            vendor=vendor,
            cause="import",
            translator=Translator(mapping_in_force(session, row), vendor, tenant.of_school),
            is_full=not part_of_roll,
            removes_absent=whole_roll,
            change_limit=row.change_limit,
        )
    return sync.run(plan, lambda: read_files(vendor, paths, plan.translator.options))


def try_files(
    sync: BulkSync,
    session: Session,
    tenant: Tenant,
    vendor: str,
    paths: Sequence[Path],
    *,
    whole_roll: bool,
    part_of_roll: bool = False,
) -> Report:
    """Do as `import_files` does, in one transaction that the caller then takes back."""
    trial = BulkSync(lambda: nullcontext(session), sync.jobs, sync.clock, sync.progress)
    return import_files(
        trial, tenant, vendor, paths, whole_roll=whole_roll, part_of_roll=part_of_roll
    )


def pull(
    sync: BulkSync, connection_id: str, trusted_origins: frozenset[str], *, full: bool
) -> Report:
    """Read a vendor's interface, everybody or what changed since the last reading."""
    with sync.begin() as session:
        source = open_source(session, connection_id, trusted_origins)
        row = connections.by_id(session, connection_id)
        cursor, change_limit = row.cursor, row.change_limit
    client = source.client()
    if client is None:
        raise NothingToRead(_NO_INTERFACE)
    since = None if full else cursor
    plan = Plan(
        tenant=source.tenant,
        connection_id=connection_id,
        vendor=source.vendor,
        cause="sync",
        translator=source.translator,
        is_full=since is None,
        removes_absent=since is None,
        change_limit=change_limit,
        cursor=cursor,
    )
    return sync.run(plan, lambda: client.pupils(since))


_NO_INTERFACE = Words(
    "this connection has no interface to read; give its files to mis-bridge import",
    "nid oes rhyngwyneb i'w ddarllen gan y cysylltiad hwn; rhowch ei ffeiliau i mis-bridge import",
)
