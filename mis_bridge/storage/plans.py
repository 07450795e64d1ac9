"""Plans as they stand, their versions, what was done to them, and the copies that were given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.authorities import LocalAuthorityRow
from mis_bridge.storage.tables.duties import (
    DecisionRow,
    NoticeRecipientRow,
    NoticeRow,
    OutboxRow,
)
from mis_bridge.storage.tables.plans import (
    PlanActRow,
    PlanCopyRow,
    PlanEditRow,
    PlanRow,
    PlanVersionRow,
)
from mis_bridge.storage.tenants import Tenant

ENDED = ("closed", "transferred", "ceased")
_CONTENT = "plans.sealed_content"
_VERSION = "plan_versions.sealed_content"
_CHANGES = "plan_edits.sealed_changes"
_NOTE = "plan_acts.sealed_note"

Content = Mapping[str, Any]


def plan(session: Session, tenant: Tenant, plan_id: str) -> PlanRow | None:
    """Return a plan of the tenant as the database has it now."""
    return session.scalar(
        select(PlanRow)
        .where(tenant.owns(PlanRow), PlanRow.id == plan_id)
        .execution_options(populate_existing=True)
    )


def plans_of_pupil(session: Session, tenant: Tenant, pupil_id: str) -> Sequence[PlanRow]:
    """Return every plan that a pupil has or had, the newest first."""
    return session.scalars(
        select(PlanRow)
        .where(tenant.owns(PlanRow), PlanRow.pupil_id == pupil_id)
        .order_by(PlanRow.created_at.desc(), PlanRow.id)
    ).all()


def live_plan(session: Session, tenant: Tenant, pupil_id: str) -> PlanRow | None:
    """Return the plan of a pupil that has not ended; there is one at most."""
    return session.scalar(
        select(PlanRow).where(
            tenant.owns(PlanRow), PlanRow.pupil_id == pupil_id, PlanRow.status.not_in(ENDED)
        )
    )


def plan_of_draft(session: Session, tenant: Tenant, draft_id: str) -> PlanRow | None:
    """Return the plan that was begun from a draft, the newest where there were several."""
    return session.scalars(
        select(PlanRow)
        .where(tenant.owns(PlanRow), PlanRow.draft_id == draft_id)
        .order_by(PlanRow.created_at.desc())
    ).first()


def listed(
    session: Session, tenant: Tenant, *, maintained_by: Iterable[str] | None = None
) -> Sequence[PlanRow]:
    """Return the tenant's plans, those to be reviewed soonest first; ended ones come last."""
    chosen = select(PlanRow).where(tenant.owns(PlanRow))
    if maintained_by is not None:
        chosen = chosen.where(PlanRow.maintained_by.in_(tuple(maintained_by)))
    return session.scalars(
        chosen.order_by(
            PlanRow.status.in_(ENDED),
            PlanRow.review_by_on.is_(None),
            PlanRow.review_by_on,
            PlanRow.changed_at.desc(),
            PlanRow.id,
        )
    ).all()


def content(session: Session, row: PlanRow) -> dict[str, Any]:
    """Open a plan: `{"fields": {...}, "appendix": [...], "left_out": [...]}`."""
    opened = keys_of(session).unseal_json(row.sealed_content, place(_CONTENT, row.id))
    return opened if isinstance(opened, dict) else {}


def version_at(
    session: Session, tenant: Tenant, plan_id: str, number: int
) -> PlanVersionRow | None:
    """Return what was saved when the plan stood at `number`: not every act saves anew."""
    return session.scalars(
        select(PlanVersionRow)
        .where(
            tenant.owns(PlanVersionRow),
            PlanVersionRow.plan_id == plan_id,
            PlanVersionRow.version <= number,
        )
        .order_by(PlanVersionRow.version.desc())
    ).first()


def versions(session: Session, tenant: Tenant, plan_id: str) -> Sequence[PlanVersionRow]:
    """Return every saved version, the newest first."""
    return session.scalars(
        select(PlanVersionRow)
        .where(tenant.owns(PlanVersionRow), PlanVersionRow.plan_id == plan_id)
        .order_by(PlanVersionRow.version.desc())
    ).all()


def version_content(session: Session, row: PlanVersionRow) -> dict[str, Any]:
    """Open a saved version."""
    opened = keys_of(session).unseal_json(
        row.sealed_content, place(_VERSION, row.plan_id, row.version)
    )
    return opened if isinstance(opened, dict) else {}


def edition_content(
    session: Session, tenant: Tenant, plan_id: str, edition: int
) -> dict[str, Any] | None:
    """Open the version that was finalised as `edition`, None where there is none."""
    row = session.scalars(
        select(PlanVersionRow)
        .where(
            tenant.owns(PlanVersionRow),
            PlanVersionRow.plan_id == plan_id,
            PlanVersionRow.edition == edition,
        )
        .order_by(PlanVersionRow.version.desc())
    ).first()
    return version_content(session, row) if row is not None else None


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan to begin."""

    pupil_id: str
    draft_id: str | None
    form_id: str
    form_version: str
    maintained_by: str | None
    status: str = "draft"


def add(
    session: Session, tenant: Tenant, new: NewPlan, held: Content, *, by: str, at: datetime
) -> PlanRow:
    """Begin a plan, at version 1."""
    plan_id = new_id()
    row = PlanRow(
        id=plan_id,
        la=tenant.la,
        school=tenant.of_school,
        pupil_id=new.pupil_id,
        draft_id=new.draft_id,
        form_id=new.form_id,
        form_version=new.form_version,
        status=new.status,
        maintained_by=new.maintained_by,
        sealed_content=_sealed(session, held, _CONTENT, plan_id),
        version=1,
        edition=0,
        created_at=at,
        changed_at=at,
        changed_by=by,
    )
    session.add(row)
    session.flush()
    _keep_version(session, row, held, act="begin", edition=None)
    return row


def save(
    session: Session,
    row: PlanRow,
    held: Content,
    *,
    act: str,
    by: str,
    at: datetime,
    edition: int | None = None,
) -> None:
    """Put a new version in place and keep it beside the ones before."""
    row.sealed_content = _sealed(session, held, _CONTENT, row.id)
    row.version += 1
    row.changed_at, row.changed_by = at, by
    session.flush()
    _keep_version(session, row, held, act=act, edition=edition)


@dataclass(frozen=True, slots=True, repr=False)
class Done:
    """One thing done to a plan. `facts` holds ids, codes and dates; `note` a person's words."""

    act: str
    before: str
    on: date
    facts: Mapping[str, object]
    note: Mapping[str, object] | None = None

    def __repr__(self) -> str:
        return f"Done(act={self.act!r})"


def note_act(session: Session, row: PlanRow, done: Done, *, by: str, at: datetime) -> str:
    """Keep what was done to a plan, which stands as it is after it; returns the act's id."""
    act_id = new_id()
    session.add(
        PlanActRow(
            id=act_id,
            la=row.la,
            school=row.school,
            plan_id=row.id,
            act=done.act,
            from_status=done.before,
            to_status=row.status,
            edition=row.edition,
            done_on=done.on,
            done_by=by,
            done_at=at,
            sealed_note=_sealed(session, done.note, _NOTE, act_id) if done.note else None,
            facts=dict(done.facts),
        )
    )
    session.flush()
    return act_id


def acts(session: Session, tenant: Tenant, plan_id: str) -> Sequence[PlanActRow]:
    """Return what was done to a plan, in order."""
    return session.scalars(
        select(PlanActRow)
        .where(tenant.owns(PlanActRow), PlanActRow.plan_id == plan_id)
        .order_by(PlanActRow.done_at, PlanActRow.id)
    ).all()


def note_of(session: Session, row: PlanActRow) -> dict[str, Any]:
    """Open what a person wrote about an act; empty where nobody did."""
    if row.sealed_note is None:
        return {}
    opened = keys_of(session).unseal_json(row.sealed_note, place(_NOTE, row.id))
    return opened if isinstance(opened, dict) else {}


def authority_of(session: Session, row: PlanRow) -> LocalAuthorityRow:
    """Return the authority in whose area the plan's school is."""
    return session.scalars(select(LocalAuthorityRow).where(LocalAuthorityRow.code == row.la)).one()


def decision_on_aln(
    session: Session, tenant: Tenant, pupil_id: str, decisions: Iterable[str]
) -> DecisionRow | None:
    """Return the newest of a pupil's decisions that is one of `decisions`."""
    return session.scalars(
        select(DecisionRow)
        .where(
            tenant.owns(DecisionRow),
            DecisionRow.pupil_id == pupil_id,
            DecisionRow.decision.in_(tuple(decisions)),
        )
        .order_by(DecisionRow.decided_on.desc(), DecisionRow.recorded_at.desc())
    ).first()


def days_given(session: Session, tenant: Tenant, pupil_id: str, occasion: str) -> list[date | None]:
    """Return, for each person who is to have a notice, the day they were given it, if they were."""
    found = session.execute(
        select(NoticeRecipientRow.id, func.min(OutboxRow.given_on))
        .join(NoticeRow, (NoticeRow.id == NoticeRecipientRow.notice_id) & tenant.owns(NoticeRow))
        .outerjoin(
            OutboxRow, (OutboxRow.recipient_id == NoticeRecipientRow.id) & tenant.owns(OutboxRow)
        )
        .where(
            tenant.owns(NoticeRecipientRow),
            NoticeRow.pupil_id == pupil_id,
            NoticeRow.occasion == occasion,
            NoticeRecipientRow.receives,
        )
        .group_by(NoticeRecipientRow.id)
    )
    return [given for _, given in found]


def notices_of(session: Session, tenant: Tenant, plan_id: str) -> Sequence[NoticeRow]:
    """Return the notices that were made about a plan, the newest first."""
    return session.scalars(
        select(NoticeRow)
        .where(tenant.owns(NoticeRow), NoticeRow.plan_id == plan_id)
        .order_by(NoticeRow.made_at.desc(), NoticeRow.id)
    ).all()


def copies(session: Session, tenant: Tenant, plan_id: str) -> Sequence[PlanCopyRow]:
    """Return the copies that were given, in order of the day."""
    return session.scalars(
        select(PlanCopyRow)
        .where(tenant.owns(PlanCopyRow), PlanCopyRow.plan_id == plan_id)
        .order_by(PlanCopyRow.given_on, PlanCopyRow.recorded_at, PlanCopyRow.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of an edition that somebody was given."""

    edition: int
    recipient: str
    slot: str
    channel: str
    given_on: date
    outbox_id: str | None = None


def add_copy(session: Session, row: PlanRow, copy: Copy, *, by: str, at: datetime) -> bool:
    """Record a copy; False where this recipient's copy of this edition is on record already."""
    tenant = Tenant(row.la, row.school)
    known = session.scalar(
        select(PlanCopyRow.id).where(
            tenant.owns(PlanCopyRow),
            PlanCopyRow.plan_id == row.id,
            PlanCopyRow.edition == copy.edition,
            PlanCopyRow.recipient == copy.recipient,
        )
    )
    if known is not None:
        return False
    session.add(
        PlanCopyRow(
            id=new_id(),
            la=row.la,
            school=row.school,
            plan_id=row.id,
            edition=copy.edition,
            recipient=copy.recipient,
            slot=copy.slot,
            channel=copy.channel,
            given_on=copy.given_on,
            outbox_id=copy.outbox_id,
            recorded_by=by,
            recorded_at=at,
        )
    )
    session.flush()
    return True


def forget_copy(session: Session, tenant: Tenant, outbox_id: str) -> None:
    """Take back the copy that a message carried: it did not arrive."""
    session.execute(
        delete(PlanCopyRow)
        .where(tenant.owns(PlanCopyRow), PlanCopyRow.outbox_id == outbox_id)
        .execution_options(synchronize_session="fetch")
    )


@dataclass(frozen=True, slots=True, repr=False)
class Unsaved:
    """What somebody typed and has not saved: values by field, begun from `base_version`."""

    base_version: int
    changes: Mapping[str, Any]
    saved_at: datetime

    def __repr__(self) -> str:
        return f"Unsaved(base_version={self.base_version})"


def unsaved(session: Session, tenant: Tenant, plan_id: str, person_id: str) -> Unsaved | None:
    """Return what a person has typed and not saved yet."""
    row = _edit(session, tenant, plan_id, person_id)
    if row is None:
        return None
    opened = keys_of(session).unseal_json(
        row.sealed_changes, place(_CHANGES, row.plan_id, row.person_id)
    )
    return Unsaved(row.base_version, opened if isinstance(opened, dict) else {}, row.saved_at)


def keep_unsaved(
    session: Session,
    tenant: Tenant,
    plan_id: str,
    person_id: str,
    base_version: int,
    changes: Mapping[str, Any],
    *,
    at: datetime,
) -> None:
    """Keep what a person is typing, in place of what was kept before."""
    sealed = _sealed(session, changes, _CHANGES, plan_id, person_id)
    row = _edit(session, tenant, plan_id, person_id)
    if row is None:
        row = PlanEditRow(
            la=tenant.la, school=tenant.of_school, plan_id=plan_id, person_id=person_id
        )
        session.add(row)
    row.base_version, row.sealed_changes, row.saved_at = base_version, sealed, at
    session.flush()


def forget_unsaved(session: Session, tenant: Tenant, plan_id: str, person_id: str) -> None:
    """Drop what was kept for a person: it is saved, or no longer wanted."""
    session.execute(
        delete(PlanEditRow)
        .where(
            tenant.owns(PlanEditRow),
            PlanEditRow.plan_id == plan_id,
            PlanEditRow.person_id == person_id,
        )
        .execution_options(synchronize_session="fetch")
    )


def editors(session: Session, tenant: Tenant, plan_id: str) -> Sequence[tuple[str, datetime]]:
    """Return who has unsaved changes, and since when they were last kept."""
    return [
        (row.person_id, row.saved_at)
        for row in session.scalars(
            select(PlanEditRow)
            .where(tenant.owns(PlanEditRow), PlanEditRow.plan_id == plan_id)
            .order_by(PlanEditRow.saved_at)
        )
    ]


def _edit(session: Session, tenant: Tenant, plan_id: str, person_id: str) -> PlanEditRow | None:
    return session.scalar(
        select(PlanEditRow).where(
            tenant.owns(PlanEditRow),
            PlanEditRow.plan_id == plan_id,
            PlanEditRow.person_id == person_id,
        )
    )


def _keep_version(
    session: Session, row: PlanRow, held: Content, *, act: str, edition: int | None
) -> None:
    session.add(
        PlanVersionRow(
            la=row.la,
            school=row.school,
            plan_id=row.id,
            version=row.version,
            edition=edition,
            act=act,
            sealed_content=_sealed(session, held, _VERSION, row.id, row.version),
            saved_at=row.changed_at,
            saved_by=row.changed_by,
        )
    )
    session.flush()


def _sealed(session: Session, value: Mapping[str, Any], column: str, *bound: object) -> bytes:
    return keys_of(session).seal_json(dict(value), place(column, *bound))
