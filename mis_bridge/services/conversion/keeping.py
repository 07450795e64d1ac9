"""Drafts kept beside the pupils whose they are: made once, made anew, and left alone once touched.

A plan is matched by a valid UPN, or by record id and date of birth together; one that matches
nobody is kept without a pupil, for a person to see. A draft that a person has changed, or from
which a plan was begun, is never made anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy.orm import Session

from mis_bridge.domain.idp import IdpDraft
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.register_draft import draft_from_register
from mis_bridge.services.conversion.drafting import draft_for, drafts
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.intake.stored_pupil import pupil_of
from mis_bridge.services.ports import Jobs
from mis_bridge.services.subscribers import outgoing
from mis_bridge.storage import audit, idp_drafts, plans, views_pupils
from mis_bridge.storage.idp_drafts import NewDraft
from mis_bridge.storage.searching import upn_hashes
from mis_bridge.storage.tables.register import IdpDraftRow, PupilRow
from mis_bridge.storage.tenants import Tenant

IMPORT: Final = "import"
"""Who changed a draft that no person has changed."""
REGISTER: Final = "register"
"""The source of a draft that was made from the register alone."""

CREATED, MADE_ANEW, UNCHANGED, KEPT = "created", "made_anew", "unchanged", "kept"

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """What became of one plan: its draft, whose it is, and what a person has to fill in."""

    plan_id: str
    pupil_id: str | None
    gaps: tuple[str, ...]
    outcome: str
    """CREATED, MADE_ANEW, UNCHANGED, or KEPT where a person has changed it or begun a plan."""
    draft_id: str
    vendor: str

    def entry(self, actor: str) -> audit.AuditEntry | None:
        """Return what the chain is to say of it, None where nothing was made."""
        if self.outcome not in {CREATED, MADE_ANEW}:
            return None
        subject = f"plan:{self.vendor}:{self.plan_id}"
        return audit.AuditEntry(actor, "idp_drafted", subject, {"gaps": len(self.gaps)})


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps drafts for one school, in one transaction.

    `held` are the drafts that are known to be kept, by source and plan, where they were read ahead
    for all the plans that are to come.
    """

    session: Session
    tenant: Tenant
    now: datetime
    jobs: Jobs | None = None
    held: Mapping[tuple[str, str], IdpDraftRow] | None = None

    def of_plan(
        self, vendor: str, record: Record, mapping_digest: str, known: PupilRow | None = None
    ) -> KeptPlan:
        """Keep the draft of a mapped plan; `known` is its pupil where that is settled already."""
        known = known if known is not None else self._pupil_row(record)
        pupil = self._pupil(known)
        digest = _digest(
            [record, mapping_digest, known.id if known else None, known.version if known else None]
        )
        return self._keep(
            vendor,
            record["plan_id"],
            known,
            digest,
            lambda on: _converted(record, pupil, vendor, self.tenant.of_school, on),
        )

    def of_register(self, row: PupilRow) -> KeptPlan | None:
        """Keep the draft of a pupil for whom no plan is held; None for one without a record."""
        pupil = self._pupil(row)
        if pupil is None:
            return None
        return self._keep(
            REGISTER,
            row.id,
            row,
            _digest([REGISTER, row.id, row.version]),
            lambda on: draft_from_register(pupil, row.id, school=self.tenant.of_school, on=on),
        )

    def _keep(
        self,
        vendor: str,
        plan_id: str,
        known: PupilRow | None,
        digest: str,
        draw: Callable[[date], IdpDraft],
    ) -> KeptPlan:
        there = self._there(vendor, plan_id)
        if there is not None and there.source_digest == digest:
            gaps = tuple(there.gaps) if isinstance(there.gaps, list) else ()
            return KeptPlan(plan_id, there.pupil_id, gaps, UNCHANGED, there.id, vendor)
        draft = draw(day_in_wales(self.now))
        gaps = tuple(gap.field for gap in draft.gaps)
        new = NewDraft(
            vendor=vendor,
            plan_id=plan_id,
            pupil_id=known.id if known is not None else None,
            form_id=draft.form.id,
            content=draft.to_json(),
            gaps=gaps,
            digest=digest,
        )
        outcome, draft_id = CREATED, new.id
        if there is None:
            idp_drafts.add(self.session, self.tenant, new, by=IMPORT, at=self.now)
        elif self._is_touched(there.id, there.changed_by):
            outcome, draft_id = KEPT, there.id
        else:
            idp_drafts.make_anew(self.session, there, new, by=IMPORT, at=self.now)
            outcome, draft_id = MADE_ANEW, there.id
        if outcome != KEPT:
            self._tell(draft_id, new.pupil_id, digest)
        return KeptPlan(plan_id, new.pupil_id, gaps, outcome, draft_id, vendor)

    def _there(self, vendor: str, plan_id: str) -> IdpDraftRow | None:
        if self.held is not None:
            return self.held.get((vendor, plan_id))
        return idp_drafts.of_plan(self.session, self.tenant, vendor, plan_id)

    def _is_touched(self, draft_id: str, changed_by: str) -> bool:
        begun = plans.plan_of_draft(self.session, self.tenant, draft_id)
        return changed_by != IMPORT or begun is not None

    def _tell(self, draft_id: str, pupil_id: str | None, digest: str) -> None:
        facts = {"draft_id": draft_id, **({"pupil_id": pupil_id} if pupil_id else {})}
        outgoing.tell(
            self.session,
            self.tenant,
            outgoing.PLAN_DRAFTED,
            facts,
            key=f"{draft_id}:{digest}",
            now=self.now,
            jobs=self.jobs,
        )
        if pupil_id is None:
            outgoing.tell(
                self.session,
                self.tenant,
                outgoing.PUPIL_UNMATCHED,
                facts,
                key=draft_id,
                now=self.now,
                jobs=self.jobs,
            )

    def _pupil_row(self, record: Record) -> PupilRow | None:
        pupil: Record = record.get("pupil", {})
        if pupil.get("upn_status") == "valid" and pupil.get("upn"):
            found = upn_hashes(self.session, now=self.now).of(pupil["upn"])
            return idp_drafts.pupil_with_upn(self.session, self.tenant, found)
        if pupil.get("record_id") and pupil.get("dob"):
            born_on = date.fromisoformat(pupil["dob"])
            return idp_drafts.pupil_with_record(
                self.session, self.tenant, pupil["record_id"], born_on
            )
        return None

    def _pupil(self, known: PupilRow | None) -> Pupil | None:
        stored = views_pupils.record(self.session, known) if known is not None else None
        return pupil_of(stored) if stored is not None else None


def _converted(record: Record, pupil: Pupil | None, vendor: str, school: str, on: date) -> IdpDraft:
    if pupil is None:
        return next(drafts([record], vendor=vendor, school=school, on=on))
    return draft_for(record, pupil, vendor=vendor, school=school, on=on)


def _digest(about: list[object]) -> str:
    """Return what tells whether the plan, its mapping or what is known of the pupil changed."""
    return sha256(json.dumps(about, sort_keys=True, default=str).encode()).hexdigest()
