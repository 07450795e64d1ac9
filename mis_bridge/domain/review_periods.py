"""The chain of review periods of an IDP: twelve months, begun anew by each review's outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mis_bridge.domain.clock_rules import period
from mis_bridge.domain.deadlines import add_months
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words

_ONE_DAY = timedelta(days=1)
_SOURCE = "2018 Act s.23(1)-(5)"

_FIRST = Words(
    "The plan's copy was first given to anyone on {start}: the review period of 12 months starts "
    "with that day, and its last day is {last}.",
    "Rhoddwyd copi o'r cynllun i rywun am y tro cyntaf ar {start}: mae'r cyfnod adolygu o 12 mis "
    "yn dechrau â'r diwrnod hwnnw, a'i ddiwrnod olaf yw {last}.",
)
_REVISED = Words(
    "A revised copy was given on {start}, inside the period: the next period starts with that day, "
    "and its last day is {last}.",
    "Rhoddwyd copi diwygiedig ar {start}, o fewn y cyfnod: mae'r cyfnod nesaf yn dechrau â'r "
    "diwrnod hwnnw, a'i ddiwrnod olaf yw {last}.",
)
_NOT_REVISED = Words(
    "Notice that the plan is not revised was given on {start}, inside the period: the next period "
    "starts with that day, and its last day is {last}.",
    "Rhoddwyd hysbysiad na ddiwygir y cynllun ar {start}, o fewn y cyfnod: mae'r cyfnod nesaf yn "
    "dechrau â'r diwrnod hwnnw, a'i ddiwrnod olaf yw {last}.",
)
_MISSED = Words(
    "Neither a revised copy nor a notice was given by {ended}: the review is late, and the next "
    "period started on the day after, {start}; its last day is {last}.",
    "Ni roddwyd copi diwygiedig na hysbysiad erbyn {ended}: mae'r adolygiad yn hwyr, a dechreuodd "
    "y cyfnod nesaf drannoeth, {start}; ei ddiwrnod olaf yw {last}.",
)
_EARLIER = Words(
    "an outcome dated {on} lies before the plan's first copy and was left aside",
    "gadawyd o'r neilltu ganlyniad dyddiedig {on}, cyn copi cyntaf y cynllun",
)


@dataclass(frozen=True, slots=True)
class ReviewPeriod:
    """The period that runs: `starts_on` counts, and the review is in time up to `last_on`.

    `overdue_since` is the day after the earliest period that ended without its review, where no
    review has been completed since.
    """

    starts_on: date
    last_on: date
    overdue_since: date | None
    trace: Trace


def running_period(
    first_copies: Iterable[date],
    *,
    revised: Sequence[date] = (),
    not_revised: Sequence[date] = (),
    today: date | None = None,
) -> ReviewPeriod:
    """Follow the chain from the first copy, given to anyone, to the period that runs on `today`.

    Each revised copy, or notice that the plan is not revised, begins a period on its own day; a
    period that ends with neither is followed by the next on the day after. Without `today` the
    chain is followed up to the last outcome.

    Source: 2018 Act ss.23(1)-(6), 24; S.I. 2021/401 reg. 16 (the period carries over).
    """
    start = min(first_copies)
    last = _last(start)
    trace = _told(Trace(), "REV-12M", _FIRST, start, last)
    overdue: date | None = None
    outcomes = sorted(
        {(on, _REVISED) for on in revised} | {(on, _NOT_REVISED) for on in not_revised}, key=_order
    )
    for on, wording in outcomes:
        if on < start:
            trace = trace.doubt("review", _EARLIER.fill(on=on))
            continue
        while on > last:
            start, last, trace, missed = _missed(last, trace)
            overdue = overdue or missed
        start, last, overdue = on, _last(on), None
        trace = _told(trace, "S23-NEXT", wording, start, last)
    while today is not None and today > last:
        start, last, trace, missed = _missed(last, trace)
        overdue = overdue or missed
    return ReviewPeriod(start, last, overdue, trace)


def _order(outcome: tuple[date, Words]) -> tuple[date, bool]:
    on, wording = outcome
    return on, wording is _REVISED


def _missed(ended: date, trace: Trace) -> tuple[date, date, Trace, date]:
    start = ended + _ONE_DAY
    last = _last(start)
    because = _MISSED.fill(ended=ended, start=start, last=last)
    facts = {"ended": ended.isoformat(), "period_start": start.isoformat()}
    return start, last, trace.step("S23-LATE", because, _SOURCE, facts), start


def _last(start: date) -> date:
    return add_months(start, period("REV-12M").count or 12) - _ONE_DAY


def _told(trace: Trace, rule: str, wording: Words, start: date, last: date) -> Trace:
    facts = {"period_start": start.isoformat(), "period_last_day": last.isoformat()}
    return trace.step(rule, wording.fill(start=start, last=last), _SOURCE, facts)
