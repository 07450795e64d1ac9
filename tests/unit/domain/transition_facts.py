"""The schedule's tables as the reference states them, written down apart from the product's own.

Each row gives a year group in the school year that begins in `year`, the birthdays that belong to
it, the rule, the days between which a notice was owed, and the day of the sweep.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from mis_bridge.domain.schedule_rules import Body, System
from mis_bridge.domain.transition import Transition, transition
from mis_bridge.domain.transition_case import (
    Appeal,
    EventKind,
    Happening,
    NoticeGiven,
    NoticeKind,
    ProvisionCode,
    SchoolKind,
    TransitionCase,
)
from mis_bridge.domain.year_groups import GROUPS, YearGroups

ONE_DAY = timedelta(days=1)
SEPTEMBER_2021, JANUARY_2022, SEPTEMBER_2022 = (
    date(2021, 9, 1),
    date(2022, 1, 1),
    date(2022, 9, 1),
)
AUGUST_2023, AUGUST_2024, AUGUST_2025 = (
    date(2023, 8, 31),
    date(2024, 8, 31),
    date(2025, 8, 31),
)
SA, SAP, STATEMENT = ProvisionCode.SA, ProvisionCode.SAP, ProvisionCode.STATEMENT
PIPELINE, EHC, NONE = ProvisionCode.PRE_STATEMENT, ProvisionCode.EHC, ProvisionCode.NONE
SCHOOL, AUTHORITY = Body.GOVERNING_BODY, Body.LOCAL_AUTHORITY
SEN, ALN = System.SEN, System.ALN
IDP, NO_IDP, ALN_NOTICE = NoticeKind.IDP_NOTICE, NoticeKind.NO_IDP_NOTICE, NoticeKind.ALN_NOTICE
MAINSTREAM = SchoolKind.MAINTAINED_MAINSTREAM


@dataclass(frozen=True)
class Row:
    """One row of a table: the year group, its birthdays, and what the Orders say of it."""

    group: str
    born_from: date
    rule: str
    opens: date
    swept_on: date

    @property
    def born_to(self) -> date:
        return self.born_from.replace(year=self.born_from.year + 1) - ONE_DAY


def _row(group: str, born: int, rule: str, opens: date, swept_on: date) -> Row:
    return Row(group, date(born, 9, 1), rule, opens, swept_on)


_FIRST = (JANUARY_2022, AUGUST_2023)
_SECOND = (SEPTEMBER_2022, AUGUST_2023)
_THIRD = (date(2023, 9, 1), AUGUST_2025)
_SOONER = (date(2023, 9, 1), AUGUST_2024)

# Action at a maintained school on 1 January 2022, by the year group of 2021-22.
ACTION_2022 = (
    _row("N1", 2018, "C1", *_FIRST),
    _row("N2", 2017, "C1", *_FIRST),
    _row("R", 2016, "C3", *_THIRD),
    _row("1", 2015, "C1", *_FIRST),
    _row("2", 2014, "C3", *_THIRD),
    _row("3", 2013, "C1", *_FIRST),
    _row("4", 2012, "C3_PRIORITY", *_SOONER),
    _row("5", 2011, "C1", *_FIRST),
    _row("6", 2010, "C3", *_THIRD),
    _row("7", 2009, "C1", *_FIRST),
    _row("8", 2008, "C3_PRIORITY", *_SOONER),
    _row("9", 2007, "C2", *_SECOND),
    _row("10", 2006, "C1", *_FIRST),
)

# Statements on 1 September 2022, by the year group of 2022-23.
STATEMENTS = (
    _row("N1", 2019, "STMT_Y2", *_SECOND),
    _row("N2", 2018, "STMT_Y2", *_SECOND),
    _row("R", 2017, "STMT_Y2", *_SECOND),
    _row("1", 2016, "STMT_Y3", *_THIRD),
    _row("2", 2015, "STMT_Y3", *_THIRD),
    _row("3", 2014, "STMT_Y3", *_THIRD),
    _row("4", 2013, "STMT_Y3", *_THIRD),
    _row("5", 2012, "STMT_Y3_PRIORITY", *_SOONER),
    _row("6", 2011, "STMT_Y2", *_SECOND),
    _row("7", 2010, "STMT_Y3", *_THIRD),
    _row("8", 2009, "STMT_Y3", *_THIRD),
    _row("9", 2008, "STMT_Y3_PRIORITY", *_SOONER),
    _row("10", 2007, "STMT_Y2", *_SECOND),
    _row("11", 2006, "STMT_Y2", *_SECOND),
)

# Needs identified by 1 January 2022 outside the No. 5 and No. 6 Orders, by the group of 2022-23.
IDENTIFIED_2022 = (
    _row("N1", 2019, "C1", *_SECOND),
    _row("N2", 2018, "C1", *_SECOND),
    _row("R", 2017, "C1", *_SECOND),
    _row("1", 2016, "C3", *_THIRD),
    _row("2", 2015, "C1", *_SECOND),
    _row("3", 2014, "C3", *_THIRD),
    _row("4", 2013, "C1", *_SECOND),
    _row("5", 2012, "C2", *_SOONER),
    _row("6", 2011, "C1", *_SECOND),
    _row("7", 2010, "C3", *_THIRD),
    _row("8", 2009, "C1", *_SECOND),
    _row("9", 2008, "C2", *_SOONER),
    _row("10", 2007, "C1", *_SECOND),
    _row("11", 2006, "C1", *_SECOND),
)

EMPTY = TransitionCase()


def groups(
    year: int | None = None, group: str | None = None, dob: date | None = None
) -> YearGroups:
    """Return a recorded group of the school year beginning in `year`, or a birthday alone."""
    recorded = {} if year is None or group is None else {year: GROUPS[group]}
    return YearGroups(dob=dob, recorded=recorded)


def action(group: str = "3", **more: object) -> TransitionCase:
    """Return a pupil at a mainstream school with School Action on 1 January 2022."""
    pupil = replace(
        EMPTY,
        groups=groups(2021, group),
        school_kind=MAINSTREAM,
        provisions={JANUARY_2022: frozenset({SA})},
        looked_after=False,
        dual_registered=False,
    )
    return with_(pupil, **more)


def statement(group: str = "6", **more: object) -> TransitionCase:
    """Return a pupil with a statement on 1 September 2022."""
    pupil = replace(
        EMPTY,
        groups=groups(2022, group),
        school_kind=SchoolKind.MAINTAINED_SPECIAL,
        provisions={SEPTEMBER_2022: frozenset({STATEMENT})},
    )
    return with_(pupil, **more)


def pipeline(**more: object) -> TransitionCase:
    """Return a pupil on the way to a statement on 1 September 2022."""
    pupil = statement("3", provisions={SEPTEMBER_2022: frozenset({PIPELINE})})
    return with_(pupil, **more)


def identified(group: str = "4", **more: object) -> TransitionCase:
    """Return a pupil of a maintained school in September 2022, of an independent one before."""
    pupil = replace(
        EMPTY,
        groups=groups(2022, group),
        school_kind=MAINSTREAM,
        school_kind_at={JANUARY_2022: SchoolKind.INDEPENDENT},
        provisions={JANUARY_2022: frozenset({SA}), SEPTEMBER_2022: frozenset({SA})},
    )
    return with_(pupil, **more)


def recorded(**codes: ProvisionCode) -> TransitionCase:
    """Return a pupil of Year 4 in 2021-22 at a mainstream school with what each day recorded."""
    days = {"sep21": SEPTEMBER_2021, "jan22": JANUARY_2022, "sep22": SEPTEMBER_2022}
    return replace(
        EMPTY,
        groups=groups(2021, "4"),
        school_kind=MAINSTREAM,
        provisions={days[name]: frozenset({code}) for name, code in codes.items()},
    )


def with_(pupil: TransitionCase, **more: object) -> TransitionCase:
    return replace(pupil, **more)  # type: ignore[arg-type]  # the names are those of the facts


def asked(pupil: TransitionCase, on: date | None) -> Transition:
    return transition(replace(pupil, on=on))


def notice(on: date, kind: NoticeKind = IDP, by: Body | None = None) -> tuple[NoticeGiven, ...]:
    return (NoticeGiven(on, kind, by),)


def event(kind: str, on: date, reason: str | None = None) -> Happening:
    return Happening(on, EventKind(kind), reason)


def appeal(
    *,
    made: bool | None = None,
    ends: date | None = None,
    determined: date | None = None,
    ordered: tuple[date | None, ...] = (),
) -> Appeal:
    return Appeal(made=made, period_ends=ends, determined_on=determined, ordered=ordered)


def rule_of(found: Transition) -> str | None:
    return found.rule.id if found.rule else None


def near(found: Transition) -> set[str]:
    """Return the near misses: rules that a reader would ask about, and that did not apply."""
    return {step.rule for step in found.trace.steps if step.facts.get("applies") is False}


def uncertain(found: Transition) -> set[str]:
    return {doubt.point for doubt in found.trace.uncertain}
