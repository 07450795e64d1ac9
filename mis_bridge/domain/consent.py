"""What follows when a young person consents to a decision on ALN, or does not."""

from __future__ import annotations

from datetime import date

from mis_bridge.domain.calendar import SchoolCalendar
from mis_bridge.domain.clock_rules import period
from mis_bridge.domain.deadlines import deadline
from mis_bridge.domain.tasks import DecisionTask, Setting, TaskKind
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words

CONSENTED, REFUSED = "CONSENTED", "CONSENT-REFUSED"
SOURCE = "2018 Act s.11(1), (3)(c); ALN Code 2021 12.12, 16.16"

_CONSENTED = Words(
    "The young person consented on {on}; the period for the decision runs from that day, which is "
    "not counted.",
    "Cydsyniodd y person ifanc ar {on}; mae'r cyfnod ar gyfer penderfynu yn rhedeg o'r diwrnod "
    "hwnnw, na chyfrifir.",
)
_REFUSED = Words(
    "The young person did not consent on {on}: the duty to decide does not arise.",
    "Ni chydsyniodd y person ifanc ar {on}: nid yw'r ddyletswydd i benderfynu yn codi.",
)


def decision_after_consent(
    trigger: str,
    consented_on: date,
    *,
    setting: Setting,
    calendar: SchoolCalendar | None,
    concern: Trace,
    today: date,
) -> DecisionTask:
    """Return the task to decide that a consent opens; `concern` is the trace of the concern.

    An institution in the further education sector counts term-time days; every other counts school
    days. Without a calendar that reaches there is no date.

    Source: 2018 Act s.11(1)-(3)(c), (4); ALN Code 2021 12.12, 12.21, 16.16.
    """
    clock, duty = (
        ("FEI-35", "fei_decide") if setting is Setting.FEI else ("SCH-35", "school_decide")
    )
    rule = period(clock)
    counted = deadline(rule, consented_on, calendar)
    said = concern.step(
        CONSENTED,
        _CONSENTED.fill(on=consented_on),
        SOURCE,
        {"consented_on": consented_on.isoformat()},
    )
    return DecisionTask(
        kind=TaskKind.DECIDE_ALN,
        duty=duty,
        trigger=f"consent:{trigger}",
        trigger_on=consented_on,
        opened_on=today,
        due_on=counted.due_on,
        rule=clock,
        source=rule.source,
        trace=said + counted.trace,
        missing_calendar=counted.missing,
    )


def refusal(on: date) -> Trace:
    """Return why a task to record consent ends without a decision.

    Source: 2018 Act s.11(3)(c).
    """
    return Trace().step(REFUSED, _REFUSED.fill(on=on), SOURCE, {"refused_on": on.isoformat()})
