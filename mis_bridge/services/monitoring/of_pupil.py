"""A pupil's provision as delivered against planned, attendance, and outcomes at review.

What a source calls a provision is tied to one of the plan's by a person; an equal name is proposed
and never taken by itself. Only what was finalised is monitored.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from mappings.values import fold
from mis_bridge.domain.calendar import SchoolCalendar, Span
from mis_bridge.domain.monitoring import Comparison, Course, Told, compare
from mis_bridge.domain.plan_rules import elements
from mis_bridge.domain.quantities import Quantity, Unit, stated_quantity
from mis_bridge.domain.words import Words
from mis_bridge.services.pages import assigned_only, calendar_of, oversees, pupil_name
from mis_bridge.services.plans.control_words import HEALTH_PROVISION, PROVISION
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import monitoring, plan_log, plans, views_pupils, views_tasks
from mis_bridge.storage.tables.plans import DeliveredProvisionRow, PlanRow, ProvisionLinkRow
from mis_bridge.storage.tenants import Tenant

UNITS: tuple[Unit, ...] = ("minutes", "sessions")
MOST_TERMS = 9
_CLOSED_DRAFT = "closed"
_HEALTH = "health_alp"


@dataclass(frozen=True, slots=True, repr=False)
class Provision:
    """One provision of a finalised plan, with what its own text says of how much and since when."""

    alp: str
    label: Words
    number: int
    outcome: str
    text: str
    stated: Quantity | None
    began_on: date | None
    ended_on: date | None

    def __repr__(self) -> str:
        return f"Provision(alp={self.alp!r})"

    @property
    def digest(self) -> str:
        """By what a later text is known to be another one."""
        return hashlib.sha256(fold(self.text).encode()).hexdigest()

    @property
    def course(self) -> Course:
        """What is planned from when until when."""
        return Course(self.began_on, self.ended_on, self.stated)


@dataclass(frozen=True, slots=True, repr=False)
class SourceProvision:
    """What a source delivers under one name, and to which provision it belongs.

    `alp` is what a person has said, `proposed` what an equal name or an earlier choice suggests.
    """

    vendor: str
    reference: str
    name: str
    weeks: int
    alp: str | None
    proposed: str | None

    def __repr__(self) -> str:
        return f"SourceProvision(reference={self.reference!r})"


@dataclass(frozen=True, slots=True)
class ProvisionMonitoring:
    """One provision of the plan, the sources that tell of it, and each unit's comparison."""

    provision: Provision
    sources: tuple[SourceProvision, ...]
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """What one review said of each provision's outcome (`met`, `partly_met`, `not_met`)."""

    done_on: date
    edition: int
    outcomes: tuple[tuple[Words, str], ...]


@dataclass(frozen=True, slots=True, repr=False)
class PupilMonitoring:
    """What the page of one pupil shows; `edition` is None where no plan was ever finalised."""

    pupil_id: str
    name: str | None
    plan_id: str | None
    edition: int | None
    terms: tuple[Span, ...]
    term: Span | None
    provisions: tuple[ProvisionMonitoring, ...]
    sources: tuple[SourceProvision, ...]
    attendance: tuple[tuple[str, Comparison], ...]
    reviews: tuple[Review, ...]

    def __repr__(self) -> str:
        return f"PupilMonitoring(pupil_id={self.pupil_id!r})"


def pupil_monitoring(
    session: Session, visitor: Visitor, pupil_id: str, today: date, term: date | None = None
) -> PupilMonitoring | None:
    """Return a pupil's monitoring over the term that begins on `term`, else the newest begun.

    None where there is no such pupil, or none that this visitor may see: a teacher sees those
    with a task of the teacher's own.
    """
    if oversees(visitor):
        return None
    row = views_pupils.pupil(session, visitor.tenant, pupil_id)
    only = assigned_only(visitor)
    if row is None or (
        only is not None and not views_tasks.is_assigned(session, visitor.tenant, pupil_id, only)
    ):
        return None
    calendar = calendar_of(session, visitor.tenant)
    terms = terms_begun(calendar, today)
    chosen = term_chosen(terms, term)
    plan = finalised_plan(plans.plans_of_pupil(session, visitor.tenant, pupil_id))
    planned = provisions_of(session, visitor.tenant, plan) if plan is not None else ()
    links = monitoring.links(session, visitor.tenant, [plan.id]) if plan is not None else ()
    weeks = monitoring.of_pupil(session, visitor.tenant, pupil_id)
    sources = _sources(session, weeks, planned, links)
    told = told_by_source(weeks)
    return PupilMonitoring(
        pupil_id=row.id,
        name=pupil_name(session, row),
        plan_id=plan.id if plan is not None else None,
        edition=plan.edition if plan is not None else None,
        terms=terms,
        term=chosen,
        provisions=tuple(
            _monitored(provision, sources, told, chosen, calendar, today) for provision in planned
        ),
        sources=sources,
        attendance=_attendance(told, chosen, calendar, today),
        reviews=_reviews(session, visitor.tenant, plan) if plan is not None else (),
    )


def terms_begun(calendar: SchoolCalendar | None, today: date) -> tuple[Span, ...]:
    """Return the newest terms that have begun, the newest first."""
    begun = [term for term in (calendar.terms if calendar else ()) if term[0] <= today]
    return tuple(sorted(begun, reverse=True)[:MOST_TERMS])


def term_chosen(terms: Sequence[Span], first: date | None) -> Span | None:
    """Return the term that begins on a day, else the newest, None where there is none."""
    return next((term for term in terms if term[0] == first), terms[0] if terms else None)


def finalised_plan(rows: Iterable[PlanRow]) -> PlanRow | None:
    """Return the newest plan of a pupil that was finalised; what is drafted is not monitored."""
    return next((row for row in rows if row.edition > 0 and row.status != _CLOSED_DRAFT), None)


def provisions_of(session: Session, tenant: Tenant, plan: PlanRow) -> tuple[Provision, ...]:
    """Return the provisions of the edition that is in force."""
    content = plans.edition_content(session, tenant, plan.id, plan.edition) or {}
    fields: Mapping[str, Any] = content.get("fields", {})
    return tuple(
        _provision(fields, alp, label, number, plan)
        for number, (alp, label) in enumerate(_labelled(fields).items(), start=1)
    )


def _labelled(keys: Iterable[str]) -> dict[str, Words]:
    """Return what each provision is called, as the plan's own page counts them."""
    counts: Counter[str] = Counter()
    labelled: dict[str, Words] = {}
    for alp in sorted(elements(keys), key=_in_the_plan):
        part = alp.partition("[")[0]
        counts[part] += 1
        title = HEALTH_PROVISION if part == _HEALTH else PROVISION
        labelled[alp] = title.fill(number=counts[part])
    return labelled


def _in_the_plan(alp: str) -> tuple[bool, int]:
    part, _, number = alp.partition("[")
    return part == _HEALTH, int(number.rstrip("]"))


def _provision(
    fields: Mapping[str, Any], alp: str, label: Words, number: int, plan: PlanRow
) -> Provision:
    def text(leaf: str) -> str:
        value = fields.get(f"{alp}.{leaf}", {}).get("value")
        return value if isinstance(value, str) else ""

    provision = text("provision")
    ends = [day for day in (_day(text("end")), plan.ended_on) if day is not None]
    return Provision(
        alp,
        label,
        number,
        text("outcome"),
        provision,
        stated_quantity(provision),
        _day(text("from")) or plan.finalised_on,
        min(ends, default=None),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


Source = tuple[str, str, str]
"""Vendor, measure and reference."""


def told_by_source(
    weeks: Iterable[DeliveredProvisionRow | monitoring.WeekRow],
) -> dict[Source, list[Told]]:
    """Return what each source told of each provision, and of attendance."""
    told: dict[Source, list[Told]] = defaultdict(list)
    for row in weeks:
        told[row.vendor, row.measure, row.reference].append(
            Told(
                row.week_on,
                "minutes" if row.unit == "minutes" else "sessions",
                row.planned,
                row.delivered,
                row.told_until_on,
            )
        )
    return told


def linked_to(provisions: Sequence[Provision], link: ProvisionLinkRow) -> str | None:
    """Return the provision that a person chose, wherever it stands now; None if its text changed.

    A choice made for another text is a proposal and no more.
    """
    same = [each.alp for each in provisions if each.digest == link.provision_digest]
    if link.alp in same:
        return link.alp
    return same[0] if len(same) == 1 else None


def _sources(
    session: Session,
    weeks: Sequence[DeliveredProvisionRow],
    provisions: Sequence[Provision],
    links: Sequence[ProvisionLinkRow],
) -> tuple[SourceProvision, ...]:
    known = {(link.vendor, link.reference): link for link in links}
    newest: dict[tuple[str, str], DeliveredProvisionRow] = {}
    count: dict[tuple[str, str], int] = defaultdict(int)
    for row in weeks:
        if row.measure == "provision":
            # They come in the order of their weeks: the name is that of the newest.
            newest[row.vendor, row.reference] = row
            count[row.vendor, row.reference] += 1
    found: list[SourceProvision] = []
    for (vendor, reference), row in newest.items():
        name = str(monitoring.detail(session, row).get("name") or "")
        link = known.get((vendor, reference))
        alp = linked_to(provisions, link) if link is not None else None
        proposed = None if alp else _proposed(provisions, name, link)
        found.append(
            SourceProvision(vendor, reference, name, count[vendor, reference], alp, proposed)
        )
    return tuple(sorted(found, key=lambda source: (source.vendor, fold(source.name))))


def _proposed(
    provisions: Sequence[Provision], name: str, link: ProvisionLinkRow | None
) -> str | None:
    """Propose the provision chosen before its text changed, else the one with that very name."""
    if link is not None and any(each.alp == link.alp for each in provisions):
        return link.alp
    wanted = f" {fold(name)} "
    if not wanted.strip():
        return None
    named = [each.alp for each in provisions if wanted in f" {_words(each.text)} "]
    return named[0] if len(named) == 1 else None


def _words(text: str) -> str:
    return " ".join("".join(c if c.isalnum() or c in "-'&/" else " " for c in fold(text)).split())


def _monitored(
    provision: Provision,
    sources: Sequence[SourceProvision],
    told: Mapping[Source, Sequence[Told]],
    term: Span | None,
    calendar: SchoolCalendar | None,
    today: date,
) -> ProvisionMonitoring:
    own = tuple(source for source in sources if source.alp == provision.alp)
    rows = [row for s in own for row in told.get((s.vendor, "provision", s.reference), ())]
    return ProvisionMonitoring(
        provision, own, compared(rows, provision.course, term, calendar, today)
    )


def compared(
    rows: Sequence[Told],
    course: Course,
    term: Span | None,
    calendar: SchoolCalendar | None,
    today: date,
) -> tuple[Comparison, ...]:
    """Compare in each unit in which the sources count; minutes and sessions stay apart.

    Weeks that have not begun are none of the term's yet.
    """
    if term is None:
        return ()
    period = (term[0], min(term[1], today))
    return tuple(
        compare(rows, course, unit=unit, period=period, calendar=calendar, today=today)
        for unit in UNITS
        if any(row.unit == unit for row in rows)
    )


def _attendance(
    told: Mapping[Source, Sequence[Told]],
    term: Span | None,
    calendar: SchoolCalendar | None,
    today: date,
) -> tuple[tuple[str, Comparison], ...]:
    return tuple(
        (vendor, comparison)
        for (vendor, measure, _), rows in sorted(told.items())
        if measure == "attendance"
        for comparison in compared(rows, Course(), term, calendar, today)
    )


def _reviews(session: Session, tenant: Tenant, plan: PlanRow) -> tuple[Review, ...]:
    acts = plan_log.acts(session, tenant, plan.id)
    found = [
        Review(act.done_on, act.edition, outcomes_of(act.facts))
        for act in acts
        if act.act in monitoring.REVIEWS and outcomes_of(act.facts)
    ]
    return tuple(sorted(found, key=lambda review: review.done_on, reverse=True))


def outcomes_of(facts: object) -> tuple[tuple[Words, str], ...]:
    """Return what a review said of each outcome, in the order of the provisions."""
    said = facts.get("outcomes") if isinstance(facts, Mapping) else None
    if not isinstance(said, Mapping):
        return ()
    labelled = _labelled([f"{alp}.outcome" for alp in said])
    return tuple((label, str(said[alp])) for alp, label in labelled.items())
