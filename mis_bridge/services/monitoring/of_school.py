"""A school's provision as delivered against planned, and the same for an authority's schools.

The school sees its pupils by name. An authority sees sums, and none that so few pupils stand behind
that it could point to one of them.
Source: S.I. 2021/401 reg. 29(e) (the ALNCo monitors the effectiveness of the provision).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.domain.calendar import SchoolCalendar, Span
from mis_bridge.domain.monitoring import (
    Comparison,
    Course,
    Told,
    percent_of,
    suppressed,
)
from mis_bridge.domain.words import Words
from mis_bridge.services.monitoring.of_pupil import (
    Source,
    compared,
    finalised_plan,
    linked_to,
    outcomes_of,
    provisions_of,
    term_chosen,
    terms_begun,
    told_by_source,
)
from mis_bridge.services.pages import calendar_of, pupil_name
from mis_bridge.services.plans.words import OUTCOMES
from mis_bridge.storage import monitoring, plans, views_pupils
from mis_bridge.storage.tables.plans import PlanActRow, PlanRow, ProvisionLinkRow
from mis_bridge.storage.tenants import Tenant

SCHOOLS_PER_PAGE: Final = 10
_NONE: Final = Words("Nothing can be compared", "Ni ellir cymharu dim")
# From the share given upwards, in per cent; the first that fits.
BANDS: Final[tuple[tuple[int, Words], ...]] = (
    (100, Words("All that was planned, or more", "Popeth a gynlluniwyd, neu fwy")),
    (75, Words("75 % to 99 %", "75 % i 99 %")),
    (50, Words("50 % to 74 %", "50 % i 74 %")),
    (0, Words("Less than 50 %", "Llai na 50 %")),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """What was planned and delivered in one unit, over so many weeks."""

    unit: str
    planned: int
    delivered: int
    weeks: int
    whole_weeks: int

    @property
    def percent(self) -> int | None:
        """Delivered of planned, in whole per cent."""
        return percent_of(self.delivered, self.planned)


@dataclass(frozen=True, slots=True, repr=False)
class PupilFigures:
    """One pupil with a finalised plan: how many provisions, how many a source tells of, figures.

    `shares` has one entry a provision and unit that can be compared, in per cent.
    """

    pupil_id: str
    name: str | None
    provisions: int
    linked: int
    figures: tuple[Figure, ...]
    attendance: Figure | None
    shares: tuple[int, ...]
    not_compared: int

    def __repr__(self) -> str:
        return f"PupilFigures(pupil_id={self.pupil_id!r})"


@dataclass(frozen=True, slots=True, repr=False)
class SchoolMonitoring:
    """What the school's page shows of one term."""

    terms: tuple[Span, ...]
    term: Span | None
    pupils: tuple[PupilFigures, ...]
    bands: tuple[tuple[Words, int], ...]
    outcomes: tuple[tuple[Words, int], ...]
    reviews: int

    def __repr__(self) -> str:
        return f"SchoolMonitoring(pupils={len(self.pupils)})"


@dataclass(frozen=True, slots=True)
class SchoolSums:
    """One school as its authority sees it; None stands for a number too small to be told."""

    school: str
    name: Words
    pupils: int | None
    minutes: int | None
    sessions: int | None
    attendance: int | None
    outcomes: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class AuthorityMonitoring:
    """One page of an authority's schools over one of its terms."""

    terms: tuple[Span, ...]
    term: Span | None
    schools: tuple[SchoolSums, ...]
    page: int
    pages: int


def school_monitoring(
    session: Session, tenant: Tenant, today: date, term: date | None = None
) -> SchoolMonitoring:
    """Return the school's monitoring over the term that begins on `term`, else the newest begun."""
    calendar = calendar_of(session, tenant)
    terms = terms_begun(calendar, today)
    chosen = term_chosen(terms, term)
    if chosen is None:
        return SchoolMonitoring(terms, None, (), (), (), 0)
    pupils = [
        _named(session, tenant, figures)
        for figures in _figures(session, tenant, chosen, calendar, today)
    ]
    reviews = monitoring.reviews(session, tenant, *chosen)
    return SchoolMonitoring(
        terms,
        chosen,
        tuple(sorted(pupils, key=lambda pupil: (pupil.name or "\uffff").casefold())),
        _banded(pupils),
        tuple((OUTCOMES[code], count) for code, count in _outcomes(reviews).items()),
        sum(bool(outcomes_of(act.facts)) for _, act in reviews),
    )


def authority_monitoring(
    session: Session, tenant: Tenant, today: date, term: date | None = None, page: int = 1
) -> AuthorityMonitoring:
    """Return sums for a page of the authority's schools, without those of few pupils.

    The term is one of the authority's; the days counted are each school's own.
    """
    terms = terms_begun(calendar_of(session, Tenant(tenant.la)), today)
    chosen = term_chosen(terms, term)
    schools = monitoring.schools(session, tenant)
    pages = max(1, -(-len(schools) // SCHOOLS_PER_PAGE))
    page = min(max(page, 1), pages)
    shown = schools[(page - 1) * SCHOOLS_PER_PAGE : page * SCHOOLS_PER_PAGE]
    sums = tuple(
        _sums(
            session,
            Tenant(school.la, school.ref),
            Words(school.name, school.name_cy or school.name),
            chosen,
            today,
        )
        for school in shown
        if chosen is not None
    )
    return AuthorityMonitoring(terms, chosen, sums, page, pages)


def _sums(session: Session, tenant: Tenant, name: Words, term: Span, today: date) -> SchoolSums:
    pupils = list(_figures(session, tenant, term, calendar_of(session, tenant), today))
    reviews = monitoring.reviews(session, tenant, *term)
    reviewed = {pupil_id for pupil_id, act in reviews if outcomes_of(act.facts)}
    counts = tuple(_outcomes(reviews).values())
    # One small count beside a total gives itself away: all are told, or none.
    told = all(suppressed(count) is not None for count in (len(reviewed), *counts))
    return SchoolSums(
        tenant.of_school,
        name,
        suppressed(len(pupils)),
        _share([f for pupil in pupils for f in pupil.figures if f.unit == "minutes"]),
        _share([f for pupil in pupils for f in pupil.figures if f.unit == "sessions"]),
        _share([pupil.attendance for pupil in pupils if pupil.attendance is not None]),
        counts if told else (None,) * len(counts),
    )


def _share(figures: Sequence[Figure]) -> int | None:
    """Return delivered of planned of many pupils, each of whom has one figure at most."""
    if suppressed(len(figures)) is None:
        return None
    return percent_of(sum(f.delivered for f in figures), sum(f.planned for f in figures))


def _figures(
    session: Session, tenant: Tenant, term: Span, calendar: SchoolCalendar | None, today: date
) -> Iterable[PupilFigures]:
    """Yield the figures of every pupil whose plan was finalised, without a name."""
    monday = term[0] - timedelta(days=term[0].weekday())
    by_pupil: dict[str, list[monitoring.WeekRow]] = defaultdict(list)
    for week in monitoring.weeks(session, tenant, monday, term[1]):
        by_pupil[week.pupil_id].append(week)
    told = {pupil_id: told_by_source(weeks) for pupil_id, weeks in by_pupil.items()}
    of_pupil: dict[str, list[PlanRow]] = defaultdict(list)
    for plan in plans.listed(session, tenant):
        of_pupil[plan.pupil_id].append(plan)
    standing = {
        pupil_id: finalised_plan(sorted(rows, key=lambda row: row.created_at, reverse=True))
        for pupil_id, rows in of_pupil.items()
    }
    links: dict[str, list[ProvisionLinkRow]] = defaultdict(list)
    for link in monitoring.links_of_school(session, tenant):
        links[link.plan_id].append(link)
    for pupil_id, standing_plan in sorted(standing.items()):
        ended = standing_plan.ended_on if standing_plan is not None else None
        if standing_plan is not None and (ended is None or ended >= term[0]):
            yield _pupil(
                session, standing_plan, links[standing_plan.id], told.get(pupil_id, {}),
                term, calendar, today,
            )  # fmt: skip


def _pupil(
    session: Session,
    plan: PlanRow,
    links: Sequence[ProvisionLinkRow],
    told: Mapping[Source, Sequence[Told]],
    term: Span,
    calendar: SchoolCalendar | None,
    today: date,
) -> PupilFigures:
    provisions = provisions_of(session, Tenant(plan.la, plan.school), plan)
    rows: dict[str, list[Told]] = defaultdict(list)
    linked: set[str] = set()
    for link in links:
        alp = linked_to(provisions, link)
        if alp is not None:
            linked.add(alp)
            rows[alp].extend(told.get((link.vendor, "provision", link.reference), ()))
    found: list[Comparison] = []
    not_compared = 0
    for provision in provisions:
        comparisons = compared(rows[provision.alp], provision.course, term, calendar, today)
        with_weeks = [one for one in comparisons if one.percent is not None]
        found.extend(with_weeks)
        not_compared += not with_weeks
    attended = [
        comparison
        for (_, measure, _), weeks in sorted(told.items())
        if measure == "attendance"
        for comparison in compared(weeks, Course(), term, calendar, today)
        if comparison.percent is not None
    ]
    return PupilFigures(
        plan.pupil_id,
        None,
        len(provisions),
        len(linked),
        tuple(
            _figure(unit, [one for one in found if one.unit == unit])
            for unit in ("minutes", "sessions")
            if any(one.unit == unit for one in found)
        ),
        # Two sources of one pupil's attendance are not two attendances.
        _figure("sessions", attended[:1]) if attended else None,
        tuple(one.percent for one in found if one.percent is not None),
        not_compared,
    )


def _figure(unit: str, comparisons: Sequence[Comparison]) -> Figure:
    return Figure(
        unit,
        sum(one.planned for one in comparisons),
        sum(one.delivered for one in comparisons),
        sum(len(one.counted) for one in comparisons),
        sum(one.whole_weeks for one in comparisons),
    )


def _named(session: Session, tenant: Tenant, figures: PupilFigures) -> PupilFigures:
    row = views_pupils.pupil(session, tenant, figures.pupil_id)
    return PupilFigures(
        figures.pupil_id,
        pupil_name(session, row) if row is not None else None,
        figures.provisions,
        figures.linked,
        figures.figures,
        figures.attendance,
        figures.shares,
        figures.not_compared,
    )


def _banded(pupils: Sequence[PupilFigures]) -> tuple[tuple[Words, int], ...]:
    """Count provisions by the share that was delivered, and those that cannot be compared."""
    counts: Counter[int] = Counter()
    for pupil in pupils:
        for share in pupil.shares:
            counts[next(least for least, _ in BANDS if share >= least)] += 1
    missing = sum(pupil.not_compared for pupil in pupils)
    return (*((words, counts[least]) for least, words in BANDS), (_NONE, missing))


def _outcomes(reviews: Iterable[tuple[str, PlanActRow]]) -> dict[str, int]:
    counts = dict.fromkeys(OUTCOMES, 0)
    for _, act in reviews:
        for _, said in outcomes_of(act.facts):
            if said in counts:
                counts[said] += 1
    return counts
