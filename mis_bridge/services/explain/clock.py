"""`explain` asked for a clock: the facts in, the period with its days out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mis_bridge.domain.clock_choice import CLOCKS, Body, Consent, Occurrence, Trigger
from mis_bridge.domain.clocks import Circumstances, Clock, run
from mis_bridge.domain.deadlines import Deadline
from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.review_periods import ReviewPeriod
from mis_bridge.services.explain.calendars import named_calendar
from mis_bridge.services.explain.cases import (
    Answer,
    Facts,
    day,
    day_of,
    known_keys,
    listed,
    member_of,
    object_of,
    one_of,
    text,
)

_KEYS = frozenset(
    {
        "clock", "body", "person", "trigger", "trigger_date", "calendar", "concern_date", "consent",
        "consent_date", "s31_8_notice_date", "s31_9_notice_date", "s32_request_date",
        "s68_referral_date", "copies", "revised_copy_given", "not_revised_notice_given",
        "claimed_exception", "today",
    }
)  # fmt: skip


def answer(given: Facts, calendars: Mapping[str, object]) -> Answer:
    """Answer which period runs and to what day.

    Source: the provision of each period, named in the trace.
    """
    known_keys(given, _KEYS)
    occurrence = Occurrence(
        body=member_of(given, "body", Body),
        person=member_of(given, "person", PersonKind),
        trigger=member_of(given, "trigger", Trigger),
        trigger_on=day(given, "trigger_date"),
        clock=one_of(given, "clock", CLOCKS),
        concern_on=day(given, "concern_date"),
        consent=member_of(given, "consent", Consent),
        consent_on=day(given, "consent_date"),
    )
    today = day(given, "today")
    since = Circumstances(
        notice_31_8_on=day(given, "s31_8_notice_date"),
        notice_31_9_on=day(given, "s31_9_notice_date"),
        request_32_on=day(given, "s32_request_date"),
        referral_68_on=day(given, "s68_referral_date"),
        copies_on=_copies(given),
        revised_on=_days(given, "revised_copy_given"),
        not_revised_on=_days(given, "not_revised_notice_given"),
        claimed_exception=text(given, "claimed_exception"),
        today=today,
    )
    clock = run(occurrence, since, named_calendar(given, calendars))
    return Answer(_result(clock, today), clock.trace)


def _copies(given: Facts) -> tuple[date, ...]:
    found: list[date] = []
    for place, copy in enumerate(listed(given, "copies")):
        here = f"copies.{place}"
        facts = object_of(copy, here)
        known_keys(facts, {"to", "date"}, here)
        text(facts, "to", here)
        given_on = day(facts, "date", here)
        if given_on is not None:
            found.append(given_on)
    return tuple(found)


def _days(given: Facts, key: str) -> tuple[date, ...]:
    """Read one date, or several of them."""
    value = given.get(key)
    if isinstance(value, list):
        return tuple(day_of(each, f"{key}.{place}") for place, each in enumerate(value))
    one = day(given, key)
    return () if one is None else (one,)


def _result(clock: Clock, today: date | None) -> dict[str, object]:
    result: dict[str, object] = {"clock": clock.rule.clock if clock.rule else None}
    if clock.rule is None:
        result["reason"] = clock.reason
    else:
        if clock.rule.count is not None:
            result["count"] = clock.rule.count
        if clock.rule.count is not None:
            result["unit"] = clock.rule.unit.value
        result |= _days_of(clock, today)
    if clock.ceasing is not None:
        if clock.ceasing.may_cease is not None:
            result["may_cease"] = clock.ceasing.may_cease
        result["earliest_cease_date"] = _iso(clock.ceasing.earliest_on)
    if clock.exception_accepted is not None:
        result["exception_accepted"] = clock.exception_accepted
    if clock.ministers_until is not None:
        result["la_may_refer_until"] = clock.ministers_until.isoformat()
    if clock.report_by is not None:
        result["report_to_tribunal_by"] = clock.report_by.isoformat()
    return result


def _days_of(clock: Clock, today: date | None) -> dict[str, object]:
    if clock.review is not None:
        return _review(clock.review, today)
    if clock.deadline is not None:
        return _period(clock.deadline, today)
    return {"starts_on": None, "due_date": None}


def _period(counted: Deadline, today: date | None) -> dict[str, object]:
    days: dict[str, object] = {
        "count": counted.rule.count,
        "unit": counted.rule.unit.value,
        "starts_on": _iso(counted.starts_on),
        "first_counted_day": _iso(counted.first_counted_day),
        "last_day_of_period": _iso(counted.last_day_of_period),
        "due_date": _iso(counted.due_on),
    }
    if counted.rule.count is None:
        for key in ("count", "unit", "first_counted_day"):
            del days[key]
    if today is not None:
        if counted.due_on is not None:
            days["overdue_since"] = _iso(counted.overdue_since(today))
        used, left = counted.days_used(today), counted.days_left(today)
        days |= {"days_used": used} if used is not None else {}
        days |= {"days_left": left} if left is not None else {}
    return days


def _review(review: ReviewPeriod, today: date | None) -> dict[str, object]:
    days: dict[str, object] = {
        "starts_on": _iso(review.starts_on),
        "first_counted_day": _iso(review.starts_on),
        "last_day_of_period": _iso(review.last_on),
        "due_date": _iso(review.last_on),
        "period_start": _iso(review.starts_on),
        "period_last_day": _iso(review.last_on),
    }
    if today is not None or review.overdue_since is not None:
        days["overdue_since"] = _iso(review.overdue_since)
    if today is not None:
        days["days_used"] = max(0, (today - review.starts_on).days + 1)
        days["days_left"] = max(0, (review.last_on - today).days)
    return days


def _iso(on: date | None) -> str | None:
    return None if on is None else on.isoformat()
