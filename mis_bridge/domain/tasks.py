"""Statutory tasks that a register change opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mis_bridge.domain.trace import Trace


class TaskKind(StrEnum):
    """What a person has to do."""

    DECIDE_ALN = "decide_aln"
    ASK_FOR_PLAN = "ask_for_plan"
    UNDECIDED_PUPIL = "undecided_pupil"
    REFER_TO_LA = "refer_to_la"
    RECORD_CONSENT = "record_consent"
    CONSIDER_REVIEW = "consider_review"
    TRANSFER_PLAN = "transfer_plan"
    RECEIVE_PLAN = "receive_plan"
    CHECK_RECIPIENTS = "check_recipients"
    CHECK_RECORD = "check_record"
    SUPPLY_CALENDAR = "supply_calendar"


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
