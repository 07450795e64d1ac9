"""Who acts on which plan, in which version and when: the start and the end of every act.

An act states the version that the person saw; another one means that somebody was there first,
and nothing is done. Editing alone is merged instead (`editing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from mis_bridge.domain.idp import DraftField, fields_from_json, fields_to_json
from mis_bridge.domain.notices import Giver
from mis_bridge.domain.people import PersonKind, person_kind
from mis_bridge.domain.plan_life import (
    Maintainer,
    NotFromHere,
    Plan,
    PlanAct,
    PlanStatus,
    after,
    open_to,
)
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.register import is_looked_after
from mis_bridge.domain.review_periods import running_period
from mis_bridge.domain.tasks import Setting
from mis_bridge.services.calendars import in_force
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.openings import TaskDesk
from mis_bridge.services.pages import pupil_of
from mis_bridge.services.plans import problems as words
from mis_bridge.services.plans.problems import PlanGone, PlanMoved, PlanRefused
from mis_bridge.services.ports import Jobs
from mis_bridge.services.routing_facts import recorded
from mis_bridge.services.sessions import ALNCO, HEAD, LA_ADMIN, Visitor
from mis_bridge.storage import plan_log, plans, register, views_pupils
from mis_bridge.storage.audit import AuditEntry, Fact, append
from mis_bridge.storage.plan_log import Done
from mis_bridge.storage.tables.authorities import SchoolRow
from mis_bridge.storage.tables.plans import PlanRow
from mis_bridge.storage.tenants import Tenant

AUTHORITIES = tuple(body.value for body in Maintainer if body.is_authority)


@dataclass(slots=True, repr=False)
class Taken:
    """A plan under the school's lock, with what is needed to judge an act on it."""

    row: PlanRow
    tenant: Tenant
    school: SchoolRow
    body: Maintainer
    pupil: Pupil
    content: dict[str, Any]
    plan: Plan

    @property
    def fields(self) -> dict[str, DraftField]:
        """The fields as they stand, by key."""
        return dict(self.plan.fields)

    @property
    def giver(self) -> Giver:
        """The body as it gives notices."""
        return GIVERS[self.body]

    def with_fields(self, fields: Mapping[str, DraftField]) -> dict[str, Any]:
        """Return the content with other fields."""
        return {**self.content, "fields": fields_to_json(fields)}

    def __repr__(self) -> str:
        return f"Taken(plan={self.row.id!r})"


GIVERS = {
    Maintainer.SCHOOL: Giver.MAINTAINED_SCHOOL,
    Maintainer.FEI: Giver.FEI,
    Maintainer.LOCAL_AUTHORITY: Giver.LOCAL_AUTHORITY,
    Maintainer.LOOKING_AFTER_LA: Giver.LOOKING_AFTER_LA,
    Maintainer.HOME_AUTHORITY: Giver.HOME_AUTHORITY,
}


@dataclass(frozen=True, slots=True)
class PlanDesk:
    """Somebody at a plan; `version` is the one that they saw."""

    session: Session
    visitor: Visitor
    plan_id: str
    version: int
    now: datetime
    jobs: Jobs

    @property
    def today(self) -> date:
        """Today's date in Wales."""
        return day_in_wales(self.now)

    def take(self, act: PlanAct, *, any_version: bool = False) -> Taken:
        """Lock the school's register and return the plan, if `act` may be done to it now.

        Raises PlanGone, PlanMoved, and PlanRefused where the act does not follow from the plan's
        status, or another body maintains it.
        """
        found = seen(self.session, self.visitor, self.plan_id)
        if found is None:
            raise PlanGone
        tenant = Tenant(found.la, found.school)
        school = register.take_turn(self.session, tenant)
        row = plans.plan(self.session, tenant, self.plan_id)
        if row is None:
            raise PlanGone
        if not any_version and row.version != self.version:
            raise PlanMoved
        taken = opened(self.session, row, body_of(self.visitor, row, school), school, self.today)
        if taken is None:
            raise PlanGone
        try:
            after(taken.plan.status, act)
        except NotFromHere:
            raise PlanRefused(words.NOT_FROM_HERE) from None
        if not open_to(taken.body, taken.plan):
            raise PlanRefused(words.NOT_YOURS)
        return taken

    def check_day(self, on: date, field: str) -> None:
        """Refuse a day that lies ahead."""
        if on > self.today:
            raise PlanRefused(words.IN_THE_FUTURE, field=field)

    def finish(
        self,
        taken: Taken,
        act: PlanAct,
        on: date,
        facts: Mapping[str, Fact | Mapping[str, str]] | None = None,
        note: Mapping[str, object] | None = None,
    ) -> str:
        """Put the plan where the act leads, and keep that it was done; returns the act's id.

        The version goes up with every act, so that a page that was open before knows it.
        """
        row, before = taken.row, taken.row.status
        row.status = after(PlanStatus(before), act).value
        row.version += 1
        row.changed_at, row.changed_by = self.now, self.visitor.actor
        self.session.flush()
        known = dict(facts or {})
        done = Done(act.value, before, on, known, note)
        act_id = plan_log.note_act(self.session, row, done, by=self.visitor.actor, at=self.now)
        told: dict[str, Fact] = {
            name: [f"{key}:{said}" for key, said in fact.items()]
            if isinstance(fact, Mapping)
            else fact
            for name, fact in known.items()
        }
        self.audit(taken, f"plan_{act.value}", {"on": on.isoformat(), **told})
        return act_id

    def audit(self, taken: Taken, action: str, facts: Mapping[str, Fact]) -> None:
        """Write into the audit chain."""
        entry = AuditEntry(self.visitor.actor, action, f"plan:{taken.row.id}", facts)
        append(self.session, taken.tenant, [entry], self.now)

    def tasks(self, taken: Taken) -> TaskDesk:
        """Return where tasks of the plan's school are opened and closed."""
        calendar = in_force(self.session, taken.tenant)
        return TaskDesk(self.session, taken.tenant, calendar, self.now, self.jobs)


def seen(session: Session, visitor: Visitor, plan_id: str) -> PlanRow | None:
    """Return a plan that the visitor may see, None for any other.

    ALNCo and head teacher see their school's plans; an authority's people see those that an
    authority maintains, and no other school record.
    """
    row = plans.plan(session, visitor.tenant, plan_id)
    return row if row is not None and may_see(visitor, row) else None


def may_see(visitor: Visitor, row: PlanRow) -> bool:
    """Say whether a visitor may see a plan at all."""
    if visitor.tenant.school is not None:
        return bool(visitor.roles & {ALNCO, HEAD}) and row.school == visitor.tenant.school
    return LA_ADMIN in visitor.roles and row.maintained_by in AUTHORITIES


def body_of(visitor: Visitor, row: PlanRow, school: SchoolRow) -> Maintainer:
    """Return the body for which a visitor acts."""
    if visitor.tenant.school is None:
        return Maintainer(row.maintained_by or Maintainer.LOCAL_AUTHORITY.value)
    return body_of_school(school)


def body_of_school(school: SchoolRow) -> Maintainer:
    """Return what a school is as a body that maintains plans."""
    return Maintainer.FEI if school.setting == Setting.FEI.value else Maintainer.SCHOOL


def opened(
    session: Session, row: PlanRow, body: Maintainer, school: SchoolRow, today: date
) -> Taken | None:
    """Return a plan with its content and its pupil, None where the pupil's record is gone."""
    tenant = Tenant(row.la, row.school)
    pupil_row = views_pupils.pupil(session, tenant, row.pupil_id)
    pupil = pupil_of(session, pupil_row) if pupil_row is not None else None
    if pupil is None:
        return None
    content = plans.content(session, row)
    facts = recorded(session, tenant, row.pupil_id, pupil, today).facts
    person = person_kind(pupil.dob, today) if pupil.dob else PersonKind.CHILD
    cared_for = is_looked_after(pupil) if facts.looked_after is None else facts.looked_after
    plan = Plan(
        plan_id=row.id,
        status=PlanStatus(row.status),
        maintained_by=Maintainer(row.maintained_by) if row.maintained_by else None,
        person=person,
        fields=fields_from_json(content.get("fields", {})),
        has_aln=row.has_aln,
        consent=row.consent,
        # Nobody over school age is looked after in the Act's sense, nor a child of England's.
        looked_after=cared_for and person is PersonKind.CHILD and facts.area != "england",
        detained=bool(facts.detained),
        # Finalising is always followed by a copy, with which the next period begins.
        last_review_day=running_period((today,)).last_on,
        version=row.version,
        edition=row.edition,
    )
    return Taken(row, tenant, school, body, pupil, content, plan)
