"""Statutory tasks that a register change opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mis_bridge.domain.calendar import SchoolCalendar
from mis_bridge.domain.clock_rules import period
from mis_bridge.domain.concerns import Occasion, Setting, concern_rule, duty_facts
from mis_bridge.domain.deadlines import deadline
from mis_bridge.domain.duties import decide
from mis_bridge.domain.people import PersonKind, compulsory_school_age_ends
from mis_bridge.domain.pupil import Pupil, RegistrationStatus
from mis_bridge.domain.register import (
    PLANS,
    ChangeKind,
    RegisterChange,
    claims_plan,
    is_dual_registered,
    is_looked_after,
)
from mis_bridge.domain.task_rules import TASK_RULES
from mis_bridge.domain.task_words import noticed_step, record_step
from mis_bridge.domain.trace import Fact, Trace

__all__ = [
    "DECIDING", "Closing", "DecisionTask", "Setting", "TaskKind", "closed_by", "first_per_duty",
    "opened_by",
]  # fmt: skip


class TaskKind(StrEnum):
    """What a person has to do."""

    DECIDE_ALN = "decide_aln"
    ASK_FOR_PLAN = "ask_for_plan"
    UNDECIDED_PUPIL = "undecided_pupil"
    REFER_TO_LA = "refer_to_la"
    RECORD_CONSENT = "record_consent"
    CONSIDER_REVIEW = "consider_review"
    REVIEW_PLAN = "review_plan"
    TRANSFER_PLAN = "transfer_plan"
    RECEIVE_PLAN = "receive_plan"
    CHECK_RECIPIENTS = "check_recipients"
    CHECK_RECORD = "check_record"
    SUPPLY_CALENDAR = "supply_calendar"


DECIDING = frozenset({TaskKind.DECIDE_ALN, TaskKind.UNDECIDED_PUPIL})


@dataclass(frozen=True, slots=True)
class DecisionTask:
    """A task to open: one ever per (pupil, duty, trigger), one open at most per (pupil, duty).

    `duty` is the stable key of the duty (`school_decide`); `rule` the id of the clock (`SCH-35`),
    or of the rule that asks for the task; `due_on` is None where the calendar does not reach, or
    where the law sets no date. `trigger_on` is the day on which the matter came to attention; where
    that day is only the day of receipt it is `to_be_confirmed`.
    """

    kind: TaskKind
    duty: str
    trigger: str
    trigger_on: date
    opened_on: date
    due_on: date | None
    rule: str
    source: str
    trace: Trace
    to_be_confirmed: bool = False
    missing_calendar: str | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """A duty that no longer rests on this school: what closes it, and what stands in its place.

    It applies to an open task with `duty`; `instead` is the task to open where one was closed.
    """

    duty: str
    trigger: str
    rule: str
    source: str
    trace: Trace
    instead: DecisionTask | None = None


def opened_by(
    changes: Sequence[RegisterChange],
    *,
    pupil: Pupil,
    setting: Setting,
    noticed_on: date,
    noticed_confirmed: bool,
    calendar: SchoolCalendar | None,
    today: date,
) -> tuple[DecisionTask, ...]:
    """Return the tasks that the changes open, in the order of the changes.

    The clock runs from `noticed_on`, which is left out of the count; a day of notice that lies
    ahead of `today` is taken as today and to be confirmed. Several tasks of one duty are several
    triggers: the first opens, a further one is noted on it.

    Source: 2018 Act ss.11(1)-(5), 17, 30, 31, 34-35, 44; ALN Code 2021 12.12, 12.21, 16.16.
    """
    ahead = noticed_on > today
    occasion = Occasion(
        pupil, setting, min(noticed_on, today), noticed_confirmed and not ahead, calendar, today
    )
    kinds = {change.kind for change in changes}
    opened: list[DecisionTask] = []
    for change in changes:
        if change.kind is ChangeKind.NEED_ADDED and ChangeKind.IDP_CLAIMED in kinds:
            continue
        rule = _rule(change, kinds, occasion)
        if rule is not None:
            opened.append(_task(rule, change, occasion))
    return (*opened, *_calendars_to_supply(opened, occasion))


def closed_by(
    changes: Sequence[RegisterChange],
    *,
    pupil: Pupil,
    setting: Setting,
    noticed_on: date,
    today: date,
) -> tuple[Closing, ...]:
    """Return the duties that the changes take from this school, with what stands in their place.

    Only an open task is closed; where none is open nothing follows.

    Source: 2018 Act ss.11(1), 11(3)(d), 11(5), 17(2), 30(1)-(2).
    """
    occasion = Occasion(
        pupil, setting, min(noticed_on, today), confirmed=True, calendar=None, today=today
    )
    closings: list[Closing] = []
    for change in changes:
        rule = _CLOSES.get(change.kind)
        if rule is None or _says_nothing(change, occasion):
            continue
        told = record_step(pupil, change)
        stated = TASK_RULES[rule]
        trace = told.step(rule, stated.because, stated.source, _facts(change, occasion))
        instead = _task(stated.instead, change, occasion) if stated.instead else None
        closings.extend(
            Closing(duty, change.trigger, rule, stated.source, trace, instead)
            for duty in ("school_decide", "fei_decide", "record_consent")
        )
    return tuple(closings)


def first_per_duty(tasks: Sequence[DecisionTask]) -> tuple[DecisionTask, ...]:
    """Return, for each duty, the task of the earliest trigger: the one that is open.

    The order in which the facts were told makes no difference.

    Source: 2018 Act s.11(1) (the duty arises once, when the matter first comes to attention).
    """
    first: dict[str, DecisionTask] = {}
    for task in sorted(tasks, key=lambda each: (each.trigger_on, each.trigger)):
        first.setdefault(task.duty, task)
    return tuple(first[duty] for duty in sorted(first))


_CLOSES = {
    ChangeKind.LEFT: "LEFT-CLOSES",
    ChangeKind.BECAME_LOOKED_AFTER: "LOOKED-AFTER-CLOSES",
    ChangeKind.BECAME_DUAL_REGISTERED: "DUAL-CLOSES",
}

_CONCERN_CHANGES = frozenset(
    {
        ChangeKind.CONCERN_ADDED,
        ChangeKind.STAGE_CHANGED,
        ChangeKind.STALE_SEN_CODE,
        ChangeKind.NEED_ADDED,
    }
)


def _rule(change: RegisterChange, kinds: set[ChangeKind], occasion: Occasion) -> str | None:
    """Return the id of the task rule that a change meets, None where the law asks for nothing."""
    if change.kind in _CONCERN_CHANGES:
        return concern_rule(change, occasion)
    if _says_nothing(change, occasion):
        return None
    if change.kind in _STATUS_RULES:
        with_plan, with_concern = _STATUS_RULES[change.kind]
        planned = claims_plan(occasion.pupil, occasion.noticed_on)
        return with_plan if planned else with_concern if occasion.concern else None
    if change.kind is ChangeKind.IDP_CLAIMED:
        arrived = ChangeKind.JOINED in kinds and _came_from_elsewhere(occasion.pupil)
        return "PLAN-ARRIVED" if arrived else "PLAN-CLAIMED"
    if change.kind is ChangeKind.PROVISION_REMOVED:
        return "PLAN-GONE" if change.before in PLANS else None
    return _PLAIN_RULES.get(change.kind)


def _says_nothing(change: RegisterChange, occasion: Occasion) -> bool:
    """Nobody over compulsory school age is looked after in the Act's sense (s.15)."""
    care = {ChangeKind.BECAME_LOOKED_AFTER, ChangeKind.CEASED_LOOKED_AFTER}
    return change.kind in care and occasion.person is PersonKind.YOUNG_PERSON


_PLAIN_RULES = {
    ChangeKind.EHC_CLAIMED: "EHC-CLAIMED",
    ChangeKind.PROVISION_UNKNOWN: "UNKNOWN-CODE",
    ChangeKind.OVER_COMPULSORY_SCHOOL_AGE: "NOW-YOUNG-PERSON",
}

# change -> (rule where a plan is claimed, rule where only a concern stands in the register)
_STATUS_RULES: dict[ChangeKind, tuple[str | None, str | None]] = {
    ChangeKind.LEFT: ("PLAN-LEAVES", None),
    ChangeKind.BECAME_LOOKED_AFTER: ("PLAN-TO-CARE", "REFER-LOOKED-AFTER"),
    ChangeKind.CEASED_LOOKED_AFTER: (None, "CARE-ENDED"),
    ChangeKind.BECAME_DUAL_REGISTERED: ("PLAN-DUAL", "REFER-DUAL"),
    ChangeKind.CEASED_DUAL_REGISTERED: (None, "DUAL-ENDED"),
}


def _came_from_elsewhere(pupil: Pupil) -> bool:
    own = pupil.source.school
    return any(
        place.school != own and (place.status is RegistrationStatus.FORMER or place.end is not None)
        for place in pupil.registrations
    )


def _task(rule: str, change: RegisterChange, occasion: Occasion) -> DecisionTask:
    stated = TASK_RULES[rule]
    on = occasion.noticed_on
    trace = record_step(occasion.pupil, change) + noticed_step(
        on, change.since, confirmed=occasion.confirmed
    )
    if change.kind in _CONCERN_CHANGES:
        trace += decide(duty_facts(occasion)).trace
    trace = trace.step(rule, stated.because, stated.source, _facts(change, occasion))
    if stated.doubt is not None:
        trace = trace.doubt(rule, stated.doubt)
    due_on, missing, rule_id, source = None, None, rule, stated.source
    if stated.clock is not None:
        counted = deadline(period(stated.clock), on, occasion.calendar)
        due_on, missing, trace = counted.due_on, counted.missing, trace + counted.trace
        rule_id, source = stated.clock, period(stated.clock).source
    return DecisionTask(
        kind=TaskKind(stated.kind),
        duty=stated.duty,
        trigger=change.trigger,
        trigger_on=on,
        opened_on=occasion.today,
        due_on=due_on,
        rule=rule_id,
        source=source,
        trace=trace,
        to_be_confirmed=not occasion.confirmed,
        missing_calendar=missing,
    )


def _facts(change: RegisterChange, occasion: Occasion) -> dict[str, Fact]:
    pupil, on = occasion.pupil, occasion.noticed_on
    dob = pupil.dob
    return {
        "change": change.kind.value,
        "before": change.before,
        "after": change.after,
        "setting": occasion.setting.value,
        "plan_claimed": claims_plan(pupil, on),
        "looked_after": is_looked_after(pupil),
        "dual_registered": is_dual_registered(pupil, on),
        "compulsory_school_age_ends": compulsory_school_age_ends(dob).isoformat() if dob else None,
    }


def _calendars_to_supply(
    opened: Sequence[DecisionTask], occasion: Occasion
) -> tuple[DecisionTask, ...]:
    stated = TASK_RULES["NO-CALENDAR"]
    years = sorted({task.missing_calendar for task in opened if task.missing_calendar})
    return tuple(
        DecisionTask(
            kind=TaskKind.SUPPLY_CALENDAR,
            duty=stated.duty,
            trigger=f"calendar:{year}",
            trigger_on=occasion.today,
            opened_on=occasion.today,
            due_on=None,
            rule="NO-CALENDAR",
            source=stated.source,
            trace=Trace().step(
                "NO-CALENDAR", stated.because.fill(year=year), stated.source, {"missing": year}
            ),
            missing_calendar=year,
        )
        for year in years
    )
