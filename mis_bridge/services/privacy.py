"""What is held of one pupil, for the person it is about; and destroying it in its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.services.intake.register_rows import held_of
from mis_bridge.storage import audit, privacy
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.searching import upn_hashes
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant

KEPT_YEARS_AFTER_25 = 10
ERASURE_REFUSED = ("on_hold", "open_tasks", "not_due")


class PrivacyProblem(Problem):
    """A subject access or an erasure cannot be done as asked."""


@dataclass(frozen=True, slots=True)
class Due:
    """A pupil whose date of destruction has come, or why it is not to be destroyed yet."""

    pupil_id: str
    tenant: Tenant
    destroy_after_on: date
    refused: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it for printing: the id, the school and the day."""
        return {
            "pupil": self.pupil_id,
            "school": self.tenant.school,
            "destroy_after_on": self.destroy_after_on.isoformat(),
            "refused": self.refused,
        }


def bundle(session: Session, tenant: Tenant, upn: str, *, by: str, now: datetime) -> dict[str, Any]:
    """Return everything held of the pupil with this UPN, as one value; the access is audited.

    What other people are in it for their own sake (addresses and numbers of contacts, who a notice
    went to) is redacted, and listed as redacted. Raises PrivacyProblem where nobody has the UPN.
    """
    found = upn_hashes(session, now=now).of(upn)
    rows = privacy.pupils_of(session, tenant, found)
    if not rows:
        raise PrivacyProblem(_NOBODY)
    entry = audit.AuditEntry(
        by, "subject_access", f"pupil:{rows[0].id}", {"records": [row.id for row in rows]}
    )
    audit.append(session, tenant, [entry], now)
    return {
        "made_at": now.isoformat(timespec="seconds"),
        "records": [_record(session, tenant, row) for row in rows],
    }


def plan(session: Session, tenant: Tenant, *, on: date) -> Iterator[Due]:
    """Yield those whose date of destruction has come, each with what stands against it.

    The date is the one recorded; without one it is reckoned from the day of leaving and the date of
    birth, by the longest period that schools commonly use (not verified: the controller decides).
    """
    for row in privacy.left(session, tenant):
        due = row.destroy_after_on or usual_date(row.born_on, row.left_on)
        if due is None or due >= on:
            continue
        own = Tenant(row.la, row.school)
        refused = None
        if row.on_hold:
            refused = "on_hold"
        elif privacy.open_tasks(session, own, row.id):
            refused = "open_tasks"
        yield Due(row.id, own, due, refused)


def usual_date(born_on: date | None, left_on: date | None) -> date | None:
    """Return the day after which a leaver's record goes: ten years from the 25th birthday."""
    if left_on is None or born_on is None:
        return None
    year = born_on.year + 25 + KEPT_YEARS_AFTER_25
    day = min(born_on.day, 28) if born_on.month == 2 else born_on.day
    return max(born_on.replace(year=year, day=day), left_on)


def erase(session: Session, due: Due, *, ground: str, by: str, now: datetime) -> dict[str, int]:
    """Destroy what is held of a pupil, and keep that it was done; how many rows of each kind.

    The audit keeps its rows: they hold ids and codes, and nothing of a person. Raises
    PrivacyProblem where something stands against it.
    """
    if due.refused is not None:
        raise PrivacyProblem(_REFUSED.fill(why=due.refused))
    counts = privacy.erase(session, due.tenant, due.pupil_id)
    privacy.note_erasure(
        session, due.tenant, due.pupil_id, ground=ground, by=by, counts=counts, at=now
    )
    entry = audit.AuditEntry(by, "pupil_erased", f"pupil:{due.pupil_id}", {"ground": ground})
    audit.append(session, due.tenant, [entry], now)
    return counts


def _record(session: Session, tenant: Tenant, row: PupilRow) -> dict[str, Any]:
    own = Tenant(tenant.la, row.school)
    held = held_of(row, keys_of(session))
    canonical, redacted = privacy.open_record(session, row)
    return {
        "pupil": row.id,
        "school": row.school,
        "state": held.state,
        "record": canonical,
        "redacted": redacted,
        **privacy.everything_about(session, own, row.id),
    }


_NOBODY = Words(
    "nobody with this UPN is held here, or it is not one that can be matched",
    "nid oes neb â'r UPN hwn yma, neu nid yw'n un y gellir ei baru",
)
_REFUSED = Words(
    "not destroyed: {why}; settle that first, or leave it to the controller",
    "heb ei ddinistrio: {why}; setlwch hynny yn gyntaf, neu gadewch i'r rheolwr benderfynu",
)
