"""What the pages of bundles show: what may be sent to whom, what was sent, and who may be whose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.words import Words
from mis_bridge.services.bundles import authority_keys
from mis_bridge.services.bundles.authority_keys import NoSigningKey
from mis_bridge.services.bundles.making import against_bundling
from mis_bridge.services.pages import pupil_name
from mis_bridge.services.plans import desk as plan_desk
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import plan_bundles, views_pupils
from mis_bridge.storage.plan_bundles import OUT
from mis_bridge.storage.tenants import Tenant


@dataclass(frozen=True, slots=True)
class SentLine:
    """A bundle that was made: for whom, when, of which edition, on what basis and consent."""

    made_for: str
    at: datetime
    edition: int
    lawful_basis: str
    consent: str
    key_id: str


@dataclass(frozen=True, slots=True, repr=False)
class BundlePage:
    """A plan that may leave as a bundle; `against` says why it may not."""

    plan_id: str
    pupil_name: str | None
    edition: int
    against: Words | None
    key_id: str | None
    sent: tuple[SentLine, ...]

    def __repr__(self) -> str:
        return f"BundlePage(plan_id={self.plan_id!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Choice:
    """A pupil whom a bundle may be about."""

    pupil_id: str
    name: str | None

    def __repr__(self) -> str:
        return f"Choice(pupil_id={self.pupil_id!r})"


def bundle_page(session: Session, visitor: Visitor, plan_id: str) -> BundlePage | None:
    """Return what the page of a plan's bundles shows, None where the visitor sees no such plan."""
    row = plan_desk.seen(session, visitor, plan_id)
    if row is None:
        return None
    of_school = Tenant(row.la, row.school)
    against, key = against_bundling(row), None
    try:
        key = authority_keys.shown(session, row.la, None).key_id
    except NoSigningKey as missing:
        against = against or missing.words
    pupil = views_pupils.pupil(session, of_school, row.pupil_id)
    return BundlePage(
        plan_id=row.id,
        pupil_name=pupil_name(session, pupil) if pupil is not None else None,
        edition=row.edition,
        against=against,
        key_id=key,
        sent=tuple(
            SentLine(
                bundle.other_body,
                bundle.recorded_at,
                bundle.edition,
                bundle.lawful_basis,
                bundle.consent,
                bundle.key_id,
            )
            for bundle in plan_bundles.of_plan(session, of_school, row.id)
            if bundle.direction == OUT
        ),
    )


def choices(session: Session, visitor: Visitor, pupils: Iterable[str]) -> tuple[Choice, ...]:
    """Return pupils of the visitor's school by name; an id of anybody else is left out."""
    found = (views_pupils.pupil(session, visitor.tenant, each) for each in pupils)
    return tuple(Choice(row.id, pupil_name(session, row)) for row in found if row is not None)
