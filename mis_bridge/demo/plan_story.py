"""Plans in every status that matters, as people of the invented schools would have written them.

Each is carried through its life by the services that the pages use, on days that lie behind.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any, Final

from sqlalchemy.orm import Session

from mis_bridge.demo.founding import BY, tenant_of
from mis_bridge.demo.run import RunningDemo
from mis_bridge.demo.world import DemoSchool, Staff
from mis_bridge.domain.plan_life import Maintainer
from mis_bridge.domain.words import Words
from mis_bridge.services import giving
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.plans import acts as plan_acts
from mis_bridge.services.plans import ceasing as plan_ceasing
from mis_bridge.services.plans import editing as plan_editing
from mis_bridge.services.plans import finalising, reviewing
from mis_bridge.services.plans.desk import PlanDesk
from mis_bridge.services.sessions import ALNCO, Visitor
from mis_bridge.storage import (
    lti_people,
    lti_platforms,
    plan_copies,
    plans,
    register,
    views_notices,
    views_pupils,
)
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tenants import Tenant
from mis_bridge.workers.engine import EngineJobs

_WORLD: Final[dict[str, Any]] = tomllib.loads(
    files("mis_bridge.demo").joinpath("world/plans.toml").read_text("utf-8")
)
_FIELDS: Final = {key: Words(**said) for key, said in _WORLD["fields"].items()}
_SAID: Final = {key: Words(**said) for key, said in _WORLD["words"].items()}
_FINALISED: Final = frozenset({"finalised", "given", "under_review", "authority", "ceased"})
_GIVEN: Final = _FINALISED - {"finalised"}


@dataclass(slots=True)
class _Writer:
    """Somebody who writes one plan; `now` moves on as its life does."""

    demo: RunningDemo
    session: Session
    visitor: Visitor
    plan_id: str
    now: datetime

    @property
    def today(self) -> date:
        return day_in_wales(self.now)

    def desk(self) -> PlanDesk:
        """Return the desk for the next act, a minute after the one before."""
        self.now += timedelta(minutes=1)
        row = plans.plan(self.session, self.visitor.tenant, self.plan_id)
        version = row.version if row is not None else 0
        jobs = EngineJobs(self.demo.database)
        return PlanDesk(self.session, self.visitor, self.plan_id, version, self.now, jobs)

    def later(self, days: int) -> None:
        self.now += timedelta(days=days)

    def give(self) -> None:
        """Hand every message that is still to be given to its person."""
        tenant = self.visitor.tenant
        for notice in plan_copies.notices_of(self.session, tenant, self.plan_id):
            for message in views_notices.messages(self.session, tenant, notice.id):
                giving.give(
                    self.session,
                    tenant,
                    message.id,
                    on=self.today,
                    way="hand",
                    by=self.visitor.actor,
                    now=self.now,
                    jobs=EngineJobs(self.demo.database),
                )


def tell_plans(demo: RunningDemo) -> tuple[str, ...]:
    """Write the plans, each in a transaction of its own; returns their ids.

    The rolls have been read and the older plans converted: some plans are begun from their drafts.
    """
    return tuple(_tell(demo, entry) for entry in _WORLD["plans"])


def _tell(demo: RunningDemo, entry: Mapping[str, Any]) -> str:
    school = demo.mis.authority.school(entry["estab"])
    if school is None:
        msg = f"no school {entry['estab']} in the invented authority"
        raise LookupError(msg)
    now = demo.clock() - timedelta(days=entry["days_ago"], minutes=30)
    with sessions(demo.database).begin() as session:
        visitor = _alnco(demo, session, school, now)
        pupil_id = _pupil(session, visitor.tenant, entry["pupil"])
        drafts = views_pupils.drafts(session, visitor.tenant, pupil_id)
        draft_id = drafts[0].id if entry.get("from_draft") and drafts else None
        plan_id = plan_editing.begin(session, visitor, pupil_id, draft_id, now=now)
        writer = _Writer(demo, session, visitor, plan_id, now)
        _carry(writer, entry["until"], begun_from_draft=draft_id is not None)
    return plan_id


def _carry(writer: _Writer, until: str, *, begun_from_draft: bool) -> None:
    """Carry a plan as far as `until` says."""
    if until == "draft":
        return
    if not begun_from_draft:
        _write(writer)
    writer.later(0 if begun_from_draft else 1)
    plan_acts.involve_person(writer.desk(), writer.today, _said(writer, "how"))
    if until == "with_person":
        return
    plan_acts.decide(writer.desk(), has_aln=True, on=writer.today, reasons=_said(writer, "reasons"))
    if until in _FINALISED:
        finalising.finalise(writer.desk(), writer.today)
    if until in _GIVEN:
        writer.give()
    if until == "authority":
        plan_acts.take_over(writer.desk(), Maintainer.LOCAL_AUTHORITY, writer.today)
    if until == "under_review":
        writer.now = writer.demo.clock() - timedelta(minutes=30)
        reviewing.begin_review(writer.desk(), writer.today, asked_by="parent")
    if until == "ceased":
        _end(writer)


def _write(writer: _Writer) -> None:
    """Write the plan; the second provision is left as vague as plans often are."""
    said = {key: words.in_(writer.demo.language) for key, words in _FIELDS.items()}
    start, review = writer.today, writer.today + timedelta(days=300)
    for base in ("alp[0]", "alp[1]"):
        said |= {f"{base}.from": start.isoformat(), f"{base}.review": review.isoformat()}
    said["plan.review_by"] = review.isoformat()
    changes: dict[str, str | bool | dict[str, str] | None] = {**said}
    changes |= {"alp[0].in_welsh": True, "alp[1].in_welsh": False}
    plan_editing.save(writer.desk(), changes)
    row = plans.plan(writer.session, writer.visitor.tenant, writer.plan_id)
    held = plans.content(writer.session, row)["fields"] if row is not None else {}
    plan_editing.confirm(writer.desk(), list(held))


def _end(writer: _Writer) -> None:
    """End a plan as the law asks: proposed, decided, told, and only then ceased."""
    writer.later(200)
    plan_ceasing.propose(writer.desk(), writer.today)
    writer.give()
    writer.later(14)
    plan_ceasing.decide(writer.desk(), writer.today, _SAID["ceasing"])
    writer.give()
    writer.later(40)
    plan_ceasing.cease(writer.desk(), writer.today)


def _said(writer: _Writer, name: str) -> str:
    return _SAID[name].in_(writer.demo.language)


def _alnco(demo: RunningDemo, session: Session, school: DemoSchool, now: datetime) -> Visitor:
    """Return the school's ALNCo as they come to the pages."""
    person: Staff = next(each for each in school.staff if each.role == ALNCO)
    known = demo.mis.platform
    platform = lti_platforms.platform(session, known.issuer, known.client_id)
    who = (
        lti_people.person_of(session, platform.id, person.sub, now) if platform is not None else BY
    )
    return Visitor(who, tenant_of(school), frozenset({ALNCO}), None, (), None, "", "")


def _pupil(session: Session, tenant: Tenant, record_id: str) -> str:
    held = register.known(session, tenant, "wonde", {record_id}, ())
    return held.sources[record_id].pupil_id
