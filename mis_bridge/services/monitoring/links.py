"""A person says which provision of a source is which of the plan's, or that it is none of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.services.monitoring.of_pupil import finalised_plan, provisions_of
from mis_bridge.services.pages import sees_the_school
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import monitoring, plans, views_pupils
from mis_bridge.storage.audit import AuditEntry, append
from mis_bridge.storage.monitoring import Link
from mis_bridge.storage.register import take_turn


class NothingToLink(Problem):
    """There is no such pupil, plan, or provision of a source, for this visitor."""

    def __init__(self) -> None:
        super().__init__(_NOTHING)


class LinkRefused(Problem):
    """The choice cannot be taken as it stands; the words say why and what to do."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose, seeing `edition` of the plan; `alp` is empty for none of the plan's."""

    vendor: str
    reference: str
    alp: str
    edition: int


def choose(
    session: Session, visitor: Visitor, pupil_id: str, choice: Choice, *, now: datetime
) -> None:
    """Keep the choice; a second one stands in the place of the first.

    Raises NothingToLink, and LinkRefused where the plan was revised since the page was opened, or
    nothing was chosen that is there.
    """
    tenant = visitor.tenant
    # Who chooses at the same moment comes after, and finds what was chosen.
    take_turn(session, tenant)
    pupil = views_pupils.pupil(session, tenant, pupil_id) if sees_the_school(visitor) else None
    plan = finalised_plan(plans.plans_of_pupil(session, tenant, pupil_id)) if pupil else None
    if plan is None or not _told(session, visitor, pupil_id, choice):
        raise NothingToLink
    if plan.edition != choice.edition:
        raise LinkRefused(_REVISED)
    if choice.alp:
        provision = next(
            (each for each in provisions_of(session, tenant, plan) if each.alp == choice.alp), None
        )
        if provision is None:
            raise LinkRefused(_CHOOSE)
        chosen = Link(choice.vendor, choice.reference, provision.alp, provision.digest)
        monitoring.link(session, plan, chosen, by=visitor.actor, at=now)
    else:
        monitoring.unlink(session, plan, choice.vendor, choice.reference)
    entry = AuditEntry(
        visitor.actor,
        "provision_linked" if choice.alp else "provision_unlinked",
        f"pupil:{pupil_id}",
        {"plan": plan.id, "vendor": choice.vendor, "provision": choice.alp},
    )
    append(session, tenant, [entry], now)


def _told(session: Session, visitor: Visitor, pupil_id: str, choice: Choice) -> bool:
    return any(
        (row.vendor, row.reference, row.measure) == (choice.vendor, choice.reference, "provision")
        for row in monitoring.of_pupil(session, visitor.tenant, pupil_id)
    )


_NOTHING = Words("There is nothing to choose here.", "Nid oes dim i'w ddewis yma.")
_REVISED = Words(
    "The plan was revised after you opened the page. Look at its provisions as they are now, and "
    "choose again.",
    "Diwygiwyd y cynllun ar ôl i chi agor y dudalen. Edrychwch ar ei ddarpariaethau fel y maent yn "
    "awr, a dewiswch eto.",
)
_CHOOSE = Words(
    "Choose one of the plan's provisions, or none of them.",
    "Dewiswch un o ddarpariaethau'r cynllun, neu ddim un ohonynt.",
)
