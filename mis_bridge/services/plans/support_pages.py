"""What a class teacher sees of a plan: the profile and the provision, and nothing else of it.

The answer is built from an allow-list of fields of the finalised edition; what is not on it is
absent, not blanked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.domain.idp import DraftField, fields_from_json
from mis_bridge.domain.words import Words
from mis_bridge.services.pages import assigned_only, oversees, pupil_name
from mis_bridge.services.plans.control_words import PROVISION
from mis_bridge.services.plans.controls import entries
from mis_bridge.services.plans.reading import form_of_plan, written
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import plans, views_pupils, views_tasks
from mis_bridge.storage.tables.plans import PlanRow

_PROFILE: Final = ("profile.admire", "profile.important", "profile.support")
_PROVISION: Final = (
    "outcome", "measure", "provision", "in_welsh", "provider", "from", "review", "end",
)  # fmt: skip
Rows = tuple[tuple[Words, Words], ...]


@dataclass(frozen=True, slots=True, repr=False)
class SupportPage:
    """How to support a pupil: the profile, and each provision."""

    pupil_id: str
    pupil_name: str | None
    profile: Rows
    provisions: tuple[tuple[Words, Rows], ...]

    def __repr__(self) -> str:
        return f"SupportPage(pupil_id={self.pupil_id!r})"


def support_page(session: Session, visitor: Visitor, plan_id: str) -> SupportPage | None:
    """Return the profile and the provision of the edition in force, None where there is none.

    A teacher sees those of pupils about whom a task is assigned to them.
    """
    row = plans.plan(session, visitor.tenant, plan_id)
    if row is None or oversees(visitor) or not _is_in_force(row):
        return None
    only = assigned_only(visitor)
    if only is not None and not views_tasks.is_assigned(
        session, visitor.tenant, row.pupil_id, only
    ):
        return None
    pupil = views_pupils.pupil(session, visitor.tenant, row.pupil_id)
    held = plans.edition_content(session, visitor.tenant, row.id, row.edition)
    if pupil is None or held is None:
        return None
    form = form_of_plan(session, row)
    fields = fields_from_json(held.get("fields", {}))
    provisions = []
    for position, number in enumerate(entries("alp", fields), start=1):
        keys = [f"alp[{number}].{name}" for name in _PROVISION]
        rows = tuple((form.field(key).label, _shown(fields, key)) for key in keys if key in fields)
        provisions.append((PROVISION.fill(number=position), rows))
    return SupportPage(
        pupil_id=row.pupil_id,
        pupil_name=pupil_name(session, pupil),
        profile=tuple(
            (form.field(key).label, _shown(fields, key)) for key in _PROFILE if key in fields
        ),
        provisions=tuple(provisions),
    )


def support_of(session: Session, visitor: Visitor, pupil_id: str) -> str | None:
    """Return the plan of a pupil whose support page a teacher may open, None where none is."""
    row = plans.live_plan(session, visitor.tenant, pupil_id)
    return row.id if row is not None and _is_in_force(row) else None


def _is_in_force(row: PlanRow) -> bool:
    return row.edition > 0 and row.status not in plans.ENDED


def _shown(fields: dict[str, DraftField], key: str) -> Words:
    return written(key, fields[key].value, {})
