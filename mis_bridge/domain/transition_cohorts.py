"""Which group of which Order a pupil belongs to: the first rule that fits the facts of its day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from mis_bridge.domain.people import PersonKind, compulsory_school_age_begins
from mis_bridge.domain.schedule import schedule
from mis_bridge.domain.schedule_rules import Cohort, Commencement, Rule, System
from mis_bridge.domain.transition_case import (
    MAINTAINED,
    NOT_AT_SCHOOL,
    ProvisionCode,
    SchoolKind,
    TransitionCase,
)
from mis_bridge.domain.transition_snapshots import (
    FIRST_DAY,
    SECOND_DAY,
    SNAPSHOTS,
    THIRD_DAY,
    Snapshot,
    has_snapshots,
    snapshot,
)
from mis_bridge.domain.year_groups import YEAR_11, YearGroup, group_by_age, school_year_of

FLOW_THROUGH = "YP_FLOW_THROUGH"
AFTERWARDS = "POST_2025"
_AWAY = frozenset(
    {SchoolKind.INDEPENDENT, SchoolKind.EHE, SchoolKind.FEI, SchoolKind.NONE, SchoolKind.EOTAS}
)
_RULES = schedule().rules
_ENDED_ON = schedule().implementation_ended_on


def _family(order: str) -> tuple[Cohort, ...]:
    """Return the groups of an Order: those that a year group names first, whoever is left last."""
    return tuple(
        rule for rule in _RULES.values() if isinstance(rule, Cohort) and rule.order.id == order
    )


_AUTHORITY_2022_JAN = _family("no6")
_SCHOOL_2022_JAN = _family("no5")
_STATEMENTS = _family("no8")
_PIPELINE = _family("no9")
_SCHOOL_2022_SEP = _family("no13")
_AUTHORITY_2022_SEP = _family("no14")


@dataclass(frozen=True, slots=True)
class Placed:
    """The rule that governs a pupil, None where no rule reaches the facts.

    `decided_by` is the record that decided; `groups` are the year groups that were looked at, by
    the school year's first calendar year. `inferred` says that the record or a year group is not
    on file: then no deadline is called missed. `skipped` names earlier rules and what kept them
    from applying.
    """

    rule: Rule | None
    decided_by: Snapshot | None = None
    groups: Mapping[int, YearGroup | None] = field(default_factory=dict)
    inferred: bool = False
    group_decides: bool = False

    @property
    def group(self) -> YearGroup | None:
        """The year group in the school year of the day that decided."""
        return self.groups[min(self.groups)] if self.groups else None


def place(case: TransitionCase, moved_early: Callable[[Cohort], bool]) -> Placed:
    """Return the group of `case`.

    `moved_early` says whether a rule of the January 2022 Orders had moved the pupil before
    September 2022: whoever is under the new law already is in no later group.

    Source: S.I. 2021/373, 2021/1243-1245, 2022/891-898; the Order that first commenced the Act for
    a pupil decides.
    """
    for placed in _in_order(case, moved_early):
        if placed is not None:
            return placed
    return Placed(None)


def _in_order(
    case: TransitionCase, moved_early: Callable[[Cohort], bool]
) -> Iterator[Placed | None]:
    yield _flow_through(case)
    yield _detained(case)
    yield _new(case, "NEW_2021", FIRST_DAY, known=True)
    yield _new(case, "NEW_2022_JAN", SECOND_DAY, known=True)
    january = _january_2022(case)
    if january is not None and isinstance(january.rule, Cohort) and moved_early(january.rule):
        yield january
    yield _over_school_age(case)
    yield _afterwards(case)
    third = snapshot(case, THIRD_DAY)
    if third.code is ProvisionCode.STATEMENT:
        yield _of_family(case, _STATEMENTS, third)
    if third.code is ProvisionCode.PRE_STATEMENT:
        yield _of_family(case, _PIPELINE, third)
    if third.code is ProvisionCode.EHC:
        yield _simple(case, "EHC_2022", third)
    yield january
    if third.is_action:
        yield _september_2022(case, third)
    yield _new(case, "NEW_2022_SEP", THIRD_DAY, known=True)
    yield _new(case, "NEW_2021", FIRST_DAY, known=False)
    yield _new(case, "NEW_2022_JAN", SECOND_DAY, known=False)
    yield _new(case, "NEW_2022_SEP", THIRD_DAY, known=False)
    if case.on is not None and case.on > _ENDED_ON:
        yield _simple(case, AFTERWARDS, None)


def _flow_through(case: TransitionCase) -> Placed | None:
    """Place whoever was moved as a child and is a young person on the day asked about."""
    if case.already_in is System.ALN and case.person_on(case.on) is PersonKind.YOUNG_PERSON:
        return Placed(_RULES[FLOW_THROUGH])
    return None


def _detained(case: TransitionCase) -> Placed | None:
    if not case.detained:
        return None
    if case.over_school_age_on(FIRST_DAY):
        return _simple(case, "DETAINED_YP_2022", None)
    return _simple(case, "DETAINED_2021", None)


def _new(case: TransitionCase, rule: str, day: date, *, known: bool) -> Placed | None:
    """Place whoever had nothing identified on `day`; a mere inference comes last."""
    seen = snapshot(case, day)
    if seen.code is not ProvisionCode.NONE or seen.on_file is not known:
        return None
    if case.over_school_age_on(day):
        return None
    year = school_year_of(day)
    if day is not THIRD_DAY and _is_in_year_11(case, year):
        return None
    return Placed(
        _RULES[rule],
        seen,
        {year: case.groups.in_year(year)},
        inferred=not known,
        group_decides=day is not THIRD_DAY,
    )


def _is_in_year_11(case: TransitionCase, year: int) -> bool:
    """Whether the pupil is in Year 11 or above; away from school, whether it is by age."""
    if case.dob is not None and case.kind_at(date(year, 9, 1)) in NOT_AT_SCHOOL:
        return group_by_age(case.dob, year) >= YEAR_11
    group = case.groups.in_year(year)
    return group is not None and group.number >= YEAR_11


def _january_2022(case: TransitionCase) -> Placed | None:
    """Place whoever had action at a maintained school on 1 January 2022, up to Year 10."""
    seen = snapshot(case, SECOND_DAY)
    if not seen.is_action or not _at_maintained_school(case, SECOND_DAY):
        return None
    if _is_in_year_11(case, 2021) or case.over_school_age_on(SECOND_DAY):
        return None
    family = _AUTHORITY_2022_JAN if case.is_authority_case else _SCHOOL_2022_JAN
    return _of_family(case, family, seen)


def _at_maintained_school(case: TransitionCase, day: date) -> bool:
    """Whether the kind of school is a maintained one; where none is known, action implies it."""
    kind = case.kind_at(day)
    return kind is None or kind in MAINTAINED


def _over_school_age(case: TransitionCase) -> Placed | None:
    if case.over_school_age_on(THIRD_DAY):
        return _simple(case, "YP_OVER_CSA_2022", None)
    return None


def _afterwards(case: TransitionCase) -> Placed | None:
    """Place a pupil of whom no day that decides is on file, once the move is complete.

    A statement with an appeal is the exception: the appeal may still hold it back.
    """
    if has_snapshots(case) or case.on is None or case.on <= _ENDED_ON:
        return None
    if case.appeal is not None and ProvisionCode.STATEMENT in case.current:
        return None
    return _simple(case, AFTERWARDS, None)


def _september_2022(case: TransitionCase, seen: Snapshot) -> Placed | None:
    """Place identified needs of 1 September 2022 that none of the January Orders took."""
    kind = case.kind_at(THIRD_DAY)
    if case.is_authority_case or (kind is SchoolKind.EOTAS and not _below_school_age(case)):
        return _of_family(case, _AUTHORITY_2022_SEP, seen)
    if _at_maintained_school(case, THIRD_DAY):
        return _of_family(case, _SCHOOL_2022_SEP, seen)
    if kind in _AWAY and case.wales_is_responsible:
        return _simple(case, "IND_EHE_2022", seen)
    return None


def _below_school_age(case: TransitionCase) -> bool:
    return case.dob is not None and compulsory_school_age_begins(case.dob) > THIRD_DAY


def _simple(case: TransitionCase, rule: str, seen: Snapshot | None) -> Placed:
    governing = _RULES[rule]
    if isinstance(governing, Commencement):
        year = school_year_of(governing.order.snapshot)
    else:
        year = school_year_of(case.on) if case.on is not None else school_year_of(FIRST_DAY)
    return Placed(
        governing,
        seen,
        {year: case.groups.in_year(year)},
        inferred=seen is not None and not seen.on_file,
    )


def _of_family(case: TransitionCase, family: tuple[Cohort, ...], seen: Snapshot) -> Placed:
    """Return the rule whose named year group fits, else the one for everyone left.

    Source: S.I. 2021/1243 arts 9-11 (named year groups first; the last group is whoever is left).
    """
    first = school_year_of(seen.day)
    groups = {first: case.groups.in_year(first)}
    decides = len(family) > 1
    unplaced = decides and groups[first] is None
    for cohort in family[:-1]:
        groups |= {year: case.groups.in_year(year) for year in cohort.years}
        if _fits(case, cohort, groups):
            return Placed(cohort, seen, groups, unplaced or not seen.on_file, decides)
    return Placed(family[-1], seen, groups, unplaced or not seen.on_file, decides)


def _fits(case: TransitionCase, cohort: Cohort, groups: Mapping[int, YearGroup | None]) -> bool:
    named = ((groups[year], numbers) for year, numbers in cohort.years.items())
    in_group = any(group is not None and group.number in numbers for group, numbers in named)
    return in_group or (cohort.below_school_age and _below_school_age(case))


def rules_before(day: date) -> Iterator[tuple[Rule, date]]:
    """Return the rules of the first days on which nothing identified began the new law.

    Source: S.I. 2021/373, 2021/1245 and 2022/895 arts 3-4.
    """
    for rule, at in zip(("NEW_2021", "NEW_2022_JAN", "NEW_2022_SEP"), SNAPSHOTS, strict=True):
        if at <= day:
            yield _RULES[rule], at
