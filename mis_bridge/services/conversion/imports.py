"""IEP exports of a school, kept as draft IDPs beside the pupils whose plans they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from adapters.base import ReadOptions
from mappings.engine import compile_mapping
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.services.connecting import files_connection
from mis_bridge.services.conversion.keeping import IMPORT, Keeper, KeptPlan
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.mapping.file_sources import reopenable
from mis_bridge.services.mapping.runs import MappingRun, Report
from mis_bridge.services.mapping.translating import mapping_in_force
from mis_bridge.storage import audit
from mis_bridge.storage.tenants import Tenant

__all__ = ["KeptPlan", "NotPlans", "import_plans", "plan_source"]


class NotPlans(Problem):
    """The vendor's mapping gives pupils, not plans."""


def import_plans(
    session: Session, tenant: Tenant, vendor: str, paths: Sequence[Path], *, now: datetime
) -> tuple[list[KeptPlan], Report]:
    """Convert every plan of the files and keep its draft; nothing here decides that there is ALN.

    Raises FileRefused for files that cannot be used, and NotPlans for a source of pupils.
    """
    run, mapping_digest = plan_source(session, tenant, vendor, paths, now=now)
    keeper = Keeper(session, tenant, now)
    kept = [keeper.of_plan(vendor, record, mapping_digest) for record in run.records()]
    entries = [entry for plan in kept if (entry := plan.entry(IMPORT)) is not None]
    audit.append(session, tenant, entries, now)
    return kept, run.report


def plan_source(
    session: Session, tenant: Tenant, vendor: str, paths: Sequence[Path], *, now: datetime
) -> tuple[MappingRun, str]:
    """Return the reading of a school's plans, and the digest of the mapping that is in force."""
    row = files_connection(session, tenant, vendor, now=now)
    mapping = mapping_in_force(session, row)
    if mapping.kind != "plan":
        raise NotPlans(_NOT_PLANS.fill(vendor=vendor))
    run = MappingRun(
        reopenable(vendor, paths, ReadOptions.from_document(mapping.read)),
        compile_mapping(mapping),
        school=tenant.of_school,
        as_of=day_in_wales(now),
        remainder=True,
    )
    return run, mapping.digest


_NOT_PLANS = Words(
    "{vendor} exports pupils, not plans; give plans under the vendor iep, or map them as plans",
    "mae {vendor} yn allforio disgyblion, nid cynlluniau; rhowch gynlluniau o dan y cyflenwr iep, "
    "neu eu mapio fel cynlluniau",
)
