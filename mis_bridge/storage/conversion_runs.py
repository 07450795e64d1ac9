"""Runs that convert a cohort: what each is to do, frozen at its start, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, Select, func, select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.duties import DecisionRow
from mis_bridge.storage.tables.plans import ConversionItemRow, ConversionRunRow, PlanRow
from mis_bridge.storage.tables.register import IdpDraftRow, PupilRow, PupilSourceRow
from mis_bridge.storage.tenants import Tenant, system_wide
from mis_bridge.storage.writing import insert_all

WAITING, RUNNING, DONE = "waiting", "running", "done"
_OPEN: Final = (WAITING, RUNNING)
_RECORD = "conversion_items.sealed_record"
_SWEPT = system_wide("the sweep finds runs that nobody is at work on")


@dataclass(frozen=True, slots=True, repr=False)
class NewItem:
    """One pupil or one plan to work on; `outcome` is set for what is settled from the start."""

    pupil_id: str | None = None
    vendor: str | None = None
    source_plan: str | None = None
    record: Mapping[str, Any] | None = None
    outcome: str | None = None
    id: str = field(default_factory=new_id)

    def __repr__(self) -> str:
        return f"NewItem(id={self.id!r})"


def add(
    session: Session,
    tenant: Tenant,
    items: Sequence[NewItem],
    *,
    wanted: Mapping[str, Any],
    by: str,
    at: datetime,
) -> ConversionRunRow:
    """Keep a run with its items in their order; what they hold of a person is sealed."""
    row = ConversionRunRow(
        id=new_id(),
        la=tenant.la,
        school=tenant.of_school,
        state=WAITING,
        wanted=dict(wanted),
        items=len(items),
        counts=dict(Counter(item.outcome for item in items if item.outcome)),
        asked_by=by,
        asked_at=at,
    )
    session.add(row)
    session.flush()
    insert_all(
        session,
        ConversionItemRow,
        [
            {
                "id": item.id,
                "la": row.la,
                "school": row.school,
                "run_id": row.id,
                "position": position,
                "pupil_id": item.pupil_id,
                "vendor": item.vendor,
                "source_plan": item.source_plan,
                "sealed_record": sealed(session, item),
                "outcome": item.outcome,
                "settled_at": at if item.outcome else None,
            }
            for position, item in enumerate(items)
        ],
    )
    return row


def run(session: Session, tenant: Tenant, run_id: str) -> ConversionRunRow | None:
    """Return a run of the tenant as the database has it now."""
    return session.scalar(
        select(ConversionRunRow)
        .where(tenant.owns(ConversionRunRow), ConversionRunRow.id == run_id)
        .execution_options(populate_existing=True)
    )


def listed(session: Session, tenant: Tenant, *, at_most: int = 100) -> Sequence[ConversionRunRow]:
    """Return the tenant's runs, the newest first."""
    return session.scalars(
        select(ConversionRunRow)
        .where(tenant.owns(ConversionRunRow))
        .order_by(ConversionRunRow.asked_at.desc(), ConversionRunRow.id)
        .limit(at_most)
    ).all()


def under_way(session: Session, tenant: Tenant) -> ConversionRunRow | None:
    """Return the tenant's run that is not at its end, None where there is none."""
    return session.scalars(
        select(ConversionRunRow).where(
            tenant.owns(ConversionRunRow), ConversionRunRow.state.in_(_OPEN)
        )
    ).first()


def unfinished(session: Session) -> Sequence[ConversionRunRow]:
    """Return every run that is not at its end."""
    return session.scalars(
        select(ConversionRunRow)
        .where(ConversionRunRow.state.in_(_OPEN))
        .order_by(ConversionRunRow.asked_at)
        .execution_options(**_SWEPT)
    ).all()


def hold(session: Session, tenant: Tenant, run_id: str) -> bool:
    """Lock a run for this transaction and mark it as running; False where it is at its end."""
    result = session.execute(
        update(ConversionRunRow)
        .where(
            tenant.owns(ConversionRunRow),
            ConversionRunRow.id == run_id,
            ConversionRunRow.state.in_(_OPEN),
        )
        .values(state=RUNNING)
        .execution_options(synchronize_session=False)
    )
    return isinstance(result, CursorResult) and result.rowcount == 1


def waiting(
    session: Session, tenant: Tenant, run_id: str, *, at_most: int
) -> Sequence[ConversionItemRow]:
    """Return the next items that nobody has settled, in their order."""
    return session.scalars(
        _items(tenant, run_id)
        .where(ConversionItemRow.outcome.is_(None))
        .order_by(ConversionItemRow.position)
        .limit(at_most)
    ).all()


def rejected(session: Session, tenant: Tenant, run_id: str) -> Sequence[ConversionItemRow]:
    """Return the items that were rejected, in their order."""
    return session.scalars(
        _items(tenant, run_id)
        .where(ConversionItemRow.outcome.startswith("rejected"))
        .order_by(ConversionItemRow.position)
    ).all()


def without_pupil(session: Session, tenant: Tenant, run_id: str) -> Sequence[ConversionItemRow]:
    """Return the items whose draft belongs to nobody whom the register knows."""
    return session.scalars(
        _items(tenant, run_id)
        .where(ConversionItemRow.draft_id.is_not(None), ConversionItemRow.pupil_id.is_(None))
        .order_by(ConversionItemRow.position)
    ).all()


def record_of(session: Session, item: ConversionItemRow) -> dict[str, Any]:
    """Open what was frozen for an item."""
    if item.sealed_record is None:
        return {}
    opened = keys_of(session).unseal_json(item.sealed_record, place(_RECORD, item.id))
    return opened if isinstance(opened, dict) else {}


def sealed(session: Session, item: NewItem) -> bytes | None:
    """Seal what is frozen for an item."""
    if item.record is None:
        return None
    return keys_of(session).seal_json(dict(item.record), place(_RECORD, item.id))


def settle(
    item: ConversionItemRow,
    outcome: str,
    *,
    at: datetime,
    draft_id: str | None = None,
    pupil_id: str | None = None,
) -> None:
    """Note what became of an item. What was frozen of a plan has done its work, and goes."""
    item.outcome, item.settled_at, item.draft_id = outcome, at, draft_id
    item.pupil_id = pupil_id or item.pupil_id
    item.sealed_record = None


def count(row: ConversionRunRow, outcomes: Mapping[str, int]) -> None:
    """Add to what a run has settled, by outcome."""
    known = row.counts if isinstance(row.counts, dict) else {}
    row.counts = {**known, **{each: known.get(each, 0) + n for each, n in outcomes.items()}}


def pupils(session: Session, tenant: Tenant, ids: Collection[str]) -> dict[str, PupilRow]:
    """Return the pupils of these ids as the database has them now."""
    rows = session.scalars(
        select(PupilRow)
        .where(tenant.owns(PupilRow), PupilRow.id.in_(ids))
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def cohort(
    session: Session,
    tenant: Tenant,
    provision: Collection[str],
    nc_years: Collection[str] | None = None,
) -> Sequence[PupilRow]:
    """Return the pupils on the roll whom the register puts at one of these stages, by id."""
    return session.scalars(
        _cohort(tenant, provision, nc_years).order_by(PupilRow.nc_year, PupilRow.id)
    ).all()


def count_cohort(session: Session, tenant: Tenant, provision: Collection[str]) -> int:
    """Return how many pupils are at one of these stages."""
    return _count(session, _cohort(tenant, provision, None))


def count_untouched(session: Session, tenant: Tenant, provision: Collection[str]) -> int:
    """Return how many of a cohort have no decision, no plan and no draft."""
    return _count(session, _untouched(tenant, provision))


def untouched(
    session: Session, tenant: Tenant, provision: Collection[str], *, limit: int, offset: int
) -> Sequence[PupilRow]:
    """Return those of a cohort for whom nobody has begun, longest at their stage first."""
    return session.scalars(
        _untouched(tenant, provision)
        .order_by(
            PupilRow.provision_started_on.is_(None), PupilRow.provision_started_on, PupilRow.id
        )
        .limit(limit)
        .offset(offset)
    ).all()


def years(session: Session, tenant: Tenant, provision: Collection[str]) -> set[str]:
    """Return the year groups in which there is anybody of a cohort."""
    found = session.scalars(
        select(PupilRow.nc_year)
        .where(
            tenant.owns(PupilRow),
            PupilRow.state == "current",
            PupilRow.provision_type.in_(provision),
        )
        .distinct()
    )
    return {year for year in found if year}


def decided(session: Session, tenant: Tenant, decision: str) -> set[str]:
    """Return the pupils whose last recorded decision is this one."""
    rows = session.execute(
        select(DecisionRow.pupil_id, DecisionRow.decision)
        .where(tenant.owns(DecisionRow))
        .order_by(DecisionRow.decided_on, DecisionRow.recorded_at)
    )
    last = {row.pupil_id: row.decision for row in rows}
    return {pupil_id for pupil_id, each in last.items() if each == decision}


def by_upn(session: Session, tenant: Tenant) -> dict[str, list[str]]:
    """Return the pupils of each hash of a valid UPN."""
    rows = session.execute(
        select(PupilRow.upn_hash, PupilRow.id).where(
            tenant.owns(PupilRow), PupilRow.upn_status == "valid", PupilRow.upn_hash.is_not(None)
        )
    )
    found: dict[str, list[str]] = {}
    for upn_hash, pupil_id in rows:
        found.setdefault(str(upn_hash), []).append(pupil_id)
    return found


def by_record(session: Session, tenant: Tenant) -> dict[tuple[str, str], set[str]]:
    """Return the pupils of each record id and date of birth together."""
    rows = session.execute(
        select(PupilSourceRow.record_id, PupilRow.born_on, PupilRow.id)
        .join(PupilRow, PupilRow.id == PupilSourceRow.pupil_id)
        .where(tenant.owns(PupilSourceRow), tenant.owns(PupilRow), PupilRow.born_on.is_not(None))
    )
    found: dict[tuple[str, str], set[str]] = {}
    for record_id, born_on, pupil_id in rows:
        if born_on is not None:
            found.setdefault((record_id, born_on.isoformat()), set()).add(pupil_id)
    return found


def _items(tenant: Tenant, run_id: str) -> Select[ConversionItemRow]:
    return select(ConversionItemRow).where(
        tenant.owns(ConversionItemRow), ConversionItemRow.run_id == run_id
    )


def _cohort(
    tenant: Tenant, provision: Collection[str], nc_years: Collection[str] | None
) -> Select[PupilRow]:
    chosen = select(PupilRow).where(
        tenant.owns(PupilRow),
        PupilRow.state == "current",
        PupilRow.provision_type.in_(provision),
    )
    return chosen.where(PupilRow.nc_year.in_(nc_years)) if nc_years else chosen


def _untouched(tenant: Tenant, provision: Collection[str]) -> Select[PupilRow]:
    """Return the query for those of a cohort with no decision, no plan and no draft.

    A plan that has ended and a draft made from an IEP both count: somebody has begun.
    """
    return _cohort(tenant, provision, None).where(
        ~select(DecisionRow.id)
        .where(tenant.owns(DecisionRow), DecisionRow.pupil_id == PupilRow.id)
        .exists(),
        ~select(PlanRow.id).where(tenant.owns(PlanRow), PlanRow.pupil_id == PupilRow.id).exists(),
        ~select(IdpDraftRow.id)
        .where(tenant.owns(IdpDraftRow), IdpDraftRow.pupil_id == PupilRow.id)
        .exists(),
    )


def _count(session: Session, chosen: Select[PupilRow]) -> int:
    counted = chosen.with_only_columns(func.count(PupilRow.id)).order_by(None)
    return int(session.scalar(counted) or 0)
