"""IEP exports of a school, kept as draft IDPs beside the pupils whose plans they are.

A plan is matched by a valid UPN, or by record id and date of birth together; one that matches
nobody is kept without a pupil, for a person to see. What a person has changed is never made anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from adapters.base import ReadOptions
from mappings.engine import compile_mapping
from mis_bridge.domain.idp import IdpDraft
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.words import Words
from mis_bridge.services.connecting import files_connection
from mis_bridge.services.conversion import draft_for, drafts
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.file_sources import reopenable
from mis_bridge.services.mapping_runs import MappingRun, Report
from mis_bridge.services.stored_pupil import pupil_of
from mis_bridge.services.translating import mapping_in_force
from mis_bridge.storage import audit, idp_drafts, views_pupils
from mis_bridge.storage.idp_drafts import NewDraft
from mis_bridge.storage.searching import upn_hashes
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant

IMPORT = "import"


class NotPlans(Problem):
    """The vendor's mapping gives pupils, not plans."""


Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """What became of one plan: its draft, whose it is, and what a person has to fill in."""

    plan_id: str
    pupil_id: str | None
    gaps: tuple[str, ...]
    outcome: str
    """`created`, `made_anew`, `unchanged`, or `kept` where a person has changed the draft."""


def import_plans(
    session: Session, tenant: Tenant, vendor: str, paths: Sequence[Path], *, now: datetime
) -> tuple[list[KeptPlan], Report]:
    """Convert every plan of the files and keep its draft; nothing here decides that there is ALN.

    Raises FileRefused for files that cannot be used, and NotPlans for a source of pupils.
    """
    row = files_connection(session, tenant, vendor, now=now)
    mapping = mapping_in_force(session, row)
    if mapping.kind != "plan":
        raise NotPlans(_NOT_PLANS.fill(vendor=vendor))
    on = day_in_wales(now)
    run = MappingRun(
        reopenable(vendor, paths, ReadOptions.from_document(mapping.read)),
        compile_mapping(mapping),
        school=tenant.of_school,
        as_of=on,
        remainder=True,
    )
    kept = [
        _keep(session, tenant, vendor, record, mapping.digest, on, now) for record in run.records()
    ]
    entries = [
        audit.AuditEntry(
            IMPORT, "idp_drafted", f"plan:{vendor}:{plan.plan_id}", {"gaps": len(plan.gaps)}
        )
        for plan in kept
        if plan.outcome in {"created", "made_anew"}
    ]
    audit.append(session, tenant, entries, now)
    return kept, run.report


def _keep(
    session: Session,
    tenant: Tenant,
    vendor: str,
    record: Record,
    mapping_digest: str,
    on: date,
    now: datetime,
) -> KeptPlan:
    known = _pupil_row(session, tenant, record, now)
    draft = _draft(session, known, record, vendor, tenant.of_school, on)
    gaps = tuple(gap.field for gap in draft.gaps)
    new = NewDraft(
        vendor=vendor,
        plan_id=draft.plan_id,
        pupil_id=known.id if known is not None else None,
        form_id=draft.form.id,
        content=draft.to_json(),
        gaps=gaps,
        digest=_digest(record, mapping_digest, known),
    )
    there = idp_drafts.of_plan(session, tenant, vendor, draft.plan_id)
    if there is None:
        idp_drafts.add(session, tenant, new, by=IMPORT, at=now)
        outcome = "created"
    elif there.source_digest == new.digest:
        outcome = "unchanged"
    elif there.changed_by != IMPORT:
        outcome = "kept"
    else:
        idp_drafts.make_anew(session, there, new, by=IMPORT, at=now)
        outcome = "made_anew"
    return KeptPlan(draft.plan_id, new.pupil_id, gaps, outcome)


def _pupil_row(session: Session, tenant: Tenant, record: Record, now: datetime) -> PupilRow | None:
    pupil: Record = record.get("pupil", {})
    if pupil.get("upn_status") == "valid" and pupil.get("upn"):
        found = upn_hashes(session, now=now).of(pupil["upn"])
        return idp_drafts.pupil_with_upn(session, tenant, found)
    if pupil.get("record_id") and pupil.get("dob"):
        born_on = date.fromisoformat(pupil["dob"])
        return idp_drafts.pupil_with_record(session, tenant, pupil["record_id"], born_on)
    return None


def _draft(
    session: Session, known: PupilRow | None, record: Record, vendor: str, school: str, on: date
) -> IdpDraft:
    pupil = _pupil(session, known)
    if pupil is None:
        return next(drafts([record], vendor=vendor, school=school, on=on))
    return draft_for(record, pupil, vendor=vendor, school=school, on=on)


def _pupil(session: Session, known: PupilRow | None) -> Pupil | None:
    stored = views_pupils.record(session, known) if known is not None else None
    return pupil_of(stored) if stored is not None else None


def _digest(record: Record, mapping_digest: str, known: PupilRow | None) -> str:
    """Return what tells whether the plan, its mapping or what is known of the pupil changed."""
    about = [record, mapping_digest, known.id if known else None, known.version if known else None]
    return sha256(json.dumps(about, sort_keys=True, default=str).encode()).hexdigest()


_NOT_PLANS = Words(
    "{vendor} exports pupils, not plans; give plans under the vendor iep, or map them as plans",
    "mae {vendor} yn allforio disgyblion, nid cynlluniau; rhowch gynlluniau o dan y cyflenwr iep, "
    "neu eu mapio fel cynlluniau",
)
