"""A plan's page: how it stands, what comes next, its parts with their origin, and its history.

Every value is on an allow-list by role: who may see a plan at all is `desk.may_see`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.notices import Giver, event
from mis_bridge.domain.plan_life import PlanStatus, acts_open_to, open_to
from mis_bridge.domain.words import Words
from mis_bridge.services.pages import pupil_name
from mis_bridge.services.plans import words as plan_words
from mis_bridge.services.plans.desk import AUTHORITIES, Taken
from mis_bridge.services.plans.history import (
    ActLine,
    CopyLine,
    NoticeLine,
    ReviewLine,
    VersionLine,
    acts_of,
    copies_of,
    review_of,
    version_lines,
)
from mis_bridge.services.plans.kept import KeptText, kept_text, others_typing
from mis_bridge.services.plans.obstacles import ObstacleGroup, obstacle_groups
from mis_bridge.services.plans.parts import (
    PartView,
    Target,
    left_out_of,
    parts_of,
    targets_of,
)
from mis_bridge.services.plans.reading import form_of_plan, read, saved_versions
from mis_bridge.services.plans.words import Step
from mis_bridge.services.sessions import LA_ADMIN, Visitor
from mis_bridge.storage import plan_copies, plans, views_authority, views_pupils
from mis_bridge.storage.tables.plans import PlanRow
from mis_bridge.storage.tenants import Tenant

PER_PAGE = 50
_EDITABLE = frozenset(
    {PlanStatus.DRAFT, PlanStatus.WITH_PERSON, PlanStatus.DECIDED, PlanStatus.UNDER_REVIEW}
)
_NOT_GIVEN = frozenset({"draft", "with_person", "decided", "finalised"})


@dataclass(frozen=True, slots=True, repr=False)
class PlanLine:
    """A plan in a list."""

    plan_id: str
    pupil_name: str | None
    status: Words
    colour: str
    review_by: date | None
    overdue: bool
    school: Words
    changed_at: datetime
    ended: bool

    def __repr__(self) -> str:
        return f"PlanLine(plan_id={self.plan_id!r})"


@dataclass(frozen=True, slots=True)
class PlanList:
    """One page of the plans that a visitor may see."""

    lines: tuple[PlanLine, ...]
    total: int
    overdue: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True, repr=False)
class PlanPage:
    """A plan as its page shows it."""

    plan_id: str
    version: int
    edition: int
    status: PlanStatus
    status_words: Words
    colour: str
    pupil_id: str
    pupil_name: str | None
    form_title: Words
    form_unverified: bool
    maintained_by: Words | None
    finalised_on: date | None
    ended_on: date | None
    consent: Words | None
    consent_on: date | None
    young_person: bool
    next_words: Words
    next_steps: tuple[Step, ...]
    other_steps: tuple[Step, ...]
    not_ours: bool
    may_edit: bool
    obstacles: tuple[ObstacleGroup, ...]
    parts: tuple[PartView, ...]
    targets: tuple[Target, ...]
    left_out: tuple[Target, ...]
    review: ReviewLine
    acts: tuple[ActLine, ...]
    versions: tuple[VersionLine, ...]
    copies: tuple[CopyLine, ...]
    notices: tuple[NoticeLine, ...]
    kept: KeptText | None
    others_typing: tuple[tuple[str, datetime], ...]

    @property
    def open_count(self) -> int:
        """How many things stand against finalising it."""
        return sum(len(group.lines) for group in self.obstacles)

    def __repr__(self) -> str:
        return f"PlanPage(plan_id={self.plan_id!r})"


def plan_list(session: Session, visitor: Visitor, today: date, page: int) -> PlanList:
    """Return the school's plans; to an authority's people those that an authority maintains."""
    ours = visitor.tenant.school is None and LA_ADMIN in visitor.roles
    rows = plans.listed(session, visitor.tenant, maintained_by=AUTHORITIES if ours else None)
    pages = max(1, -(-len(rows) // PER_PAGE))
    page = min(max(page, 1), pages)
    shown = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
    return PlanList(
        tuple(_line(session, row, today) for row in shown),
        total=len(rows),
        overdue=sum(_overdue(row, today) for row in rows),
        page=page,
        pages=pages,
    )


def plans_of(
    session: Session, visitor: Visitor, pupil_id: str, today: date
) -> tuple[PlanLine, ...]:
    """Return a pupil's plans for somebody who sees the school's; the newest first."""
    rows = plans.plans_of_pupil(session, visitor.tenant, pupil_id)
    return tuple(_line(session, row, today) for row in rows)


def plan_page(session: Session, visitor: Visitor, plan_id: str, today: date) -> PlanPage | None:
    """Return a plan that the visitor may see, None for any other."""
    taken = read(session, visitor, plan_id, today)
    if taken is None:
        return None
    row, plan = taken.row, taken.plan
    form = form_of_plan(session, row)
    versions = saved_versions(session, taken)
    acts = acts_of(session, taken)
    words, colour = plan_words.STATUSES[plan.status]
    ours = open_to(taken.body, plan)
    next_words, slugs = plan_words.NEXT[plan.status]
    review = review_of(session, taken, today)
    steps = _steps(taken) if ours else ()
    young = plan.person.value == "young_person"
    return PlanPage(
        plan_id=row.id,
        version=row.version,
        edition=row.edition,
        status=plan.status,
        status_words=words,
        colour=colour,
        pupil_id=row.pupil_id,
        pupil_name=taken.pupil.name.known_as or None,
        form_title=form.title,
        form_unverified=form.certainty == "unverified",
        maintained_by=plan_words.BODIES.get(row.maintained_by or ""),
        finalised_on=row.finalised_on,
        ended_on=row.ended_on,
        consent=plan_words.CONSENT[row.consent] if row.consent is not None else None,
        consent_on=row.consent_on,
        young_person=young,
        next_words=next_words.fill(day=review.last_on) if review.last_on else next_words,
        next_steps=tuple(step for step in steps if step.slug in slugs),
        other_steps=tuple(step for step in steps if step.slug not in slugs),
        not_ours=not ours,
        may_edit=ours and plan.status in _EDITABLE,
        obstacles=obstacle_groups(form, taken) if plan.status in _EDITABLE else (),
        parts=parts_of(session, form, taken, versions, may_edit=ours and plan.status in _EDITABLE),
        targets=targets_of(taken.content.get("appendix", ())),
        left_out=left_out_of(taken.content.get("left_out", ())),
        review=review,
        acts=acts,
        versions=version_lines(session, form, taken, versions),
        copies=copies_of(session, taken),
        notices=tuple(
            NoticeLine(
                notice.id,
                event(notice.event).title,
                notice.made_on,
                by_authority=not Giver(notice.given_by).is_school_or_fei,
            )
            for notice in plan_copies.notices_of(session, taken.tenant, row.id)
        ),
        kept=kept_text(session, taken, visitor.person_id),
        others_typing=others_typing(session, taken, visitor),
    )


def _steps(taken: Taken) -> tuple[Step, ...]:
    """Return what may be done now, as far as the status goes."""
    open_acts = set(acts_open_to(taken.plan.status))
    young = taken.plan.person.value == "young_person"
    found = []
    for step in plan_words.STEPS:
        if step.act not in open_acts:
            continue
        if step.slug == "consent" and not young:
            continue
        if step.slug == "invite":
            continue
        found.append(step)
    if taken.plan.status in {PlanStatus.GIVEN, PlanStatus.UNDER_REVIEW}:
        found.append(plan_words.STEP["invite"])
    return tuple(found)


def may_do(taken: Taken, step: Step) -> bool:
    """Say whether a step may be taken now, as far as status and body go."""
    return open_to(taken.body, taken.plan) and step in _steps(taken)


def _line(session: Session, row: PlanRow, today: date) -> PlanLine:
    tenant = Tenant(row.la, row.school)
    pupil = views_pupils.pupil(session, tenant, row.pupil_id)
    school = views_authority.school(session, tenant)
    name = school.name if school else row.school
    words, colour = plan_words.STATUSES[PlanStatus(row.status)]
    return PlanLine(
        plan_id=row.id,
        pupil_name=pupil_name(session, pupil) if pupil is not None else None,
        status=words,
        colour=colour,
        review_by=row.review_by_on if row.status not in plans.ENDED else None,
        overdue=_overdue(row, today),
        school=Words(name, (school.name_cy if school else None) or name),
        changed_at=row.changed_at,
        ended=row.status in plans.ENDED,
    )


def _overdue(row: PlanRow, today: date) -> bool:
    return (
        row.status not in plans.ENDED and row.review_by_on is not None and row.review_by_on < today
    )
