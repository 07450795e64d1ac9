"""Fills the register as a school begins: a first reading of the MIS, what people know, files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from mis_bridge.demo.files import Sample, paths
from mis_bridge.demo.founding import BY, Founded, tenant_of
from mis_bridge.demo.world import Authority
from mis_bridge.services import routing_facts
from mis_bridge.services.conversion.imports import KeptPlan, import_plans
from mis_bridge.services.intake import source_runs
from mis_bridge.services.intake.bulk_sync import BulkSync
from mis_bridge.services.intake.run_reports import Report
from mis_bridge.services.intake.stored_pupil import pupil_of
from mis_bridge.storage import register, views_pupils
from mis_bridge.storage.routing_facts import RoutingFact
from mis_bridge.storage.tenants import Tenant


def read_rolls(sync: BulkSync, founded: Founded, trusted: frozenset[str]) -> list[Report]:
    """Read every school's roll over the demo MIS's interface for the first time."""
    return [
        source_runs.pull(sync, tied.connection_id, trusted, full=True)
        for tied in founded.connections.values()
    ]


def record_what_people_know(session: Session, authority: Authority, now: datetime) -> None:
    """Record capacity, case friends, representatives, consents and languages."""
    for school in authority.schools:
        tenant = tenant_of(school)
        here = {pupil.record_id for pupil in school.pupils} & set(authority.known)
        held = register.known(session, tenant, "wonde", here, ())
        for record_id, source in held.sources.items():
            row = held.pupils[source.pupil_id]
            record = views_pupils.record(session, row)
            if record is None:
                continue
            for fact in authority.known[record_id]:
                routing_facts.record(
                    session,
                    tenant,
                    row.id,
                    pupil_of(record),
                    RoutingFact(fact.kind, fact.about, fact.detail),
                    by=BY,
                    at=now,
                )


def import_pupils(
    sync: BulkSync, authority: Authority, folder: Path, samples: Sequence[Sample]
) -> list[Report]:
    """Import the pupils of the sample files; each is a part of its school's roll."""
    return [
        source_runs.import_files(
            sync,
            _tenant(authority, sample),
            sample.vendor,
            paths(folder, sample),
            whole_roll=False,
            part_of_roll=True,
        )
        for sample in samples
    ]


def keep_plans(
    session: Session, authority: Authority, folder: Path, samples: Sequence[Sample], now: datetime
) -> list[KeptPlan]:
    """Convert the plans of the sample files and keep their drafts."""
    return [
        plan
        for sample in samples
        for plan in import_plans(
            session, _tenant(authority, sample), sample.vendor, paths(folder, sample), now=now
        )[0]
    ]


def _tenant(authority: Authority, sample: Sample) -> Tenant:
    return Tenant(authority.code, f"{authority.code}/{sample.estab}")
