"""When a plan may cease to be maintained: not before the family's window, or appeal, is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from mis_bridge.domain.clock_rules import period
from mis_bridge.domain.deadlines import Deadline, deadline
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words

_ONE_DAY = timedelta(days=1)

_LATER = Words(
    "The window opens with the later of the two notices, given on {on}.",
    "Mae'r cyfnod yn agor gyda'r olaf o'r ddau hysbysiad, a roddwyd ar {on}.",
)
_ONE_NOTICE = Words(
    "The notices under section 31(8) and section 31(9) have not both been given: the window has "
    "not opened, and the school may not cease to maintain the plan.",
    "Ni roddwyd y ddau hysbysiad, o dan adran 31(8) ac adran 31(9): nid yw'r cyfnod wedi agor, ac "
    "ni chaiff yr ysgol beidio â chynnal y cynllun.",
)
_ASKED = Words(
    "A reconsideration was asked for on {on}, in time: the plan goes on until the local authority "
    "has decided and any appeal is over.",
    "Gofynnwyd am ailystyriaeth ar {on}, mewn pryd: mae'r cynllun yn parhau nes bod yr awdurdod "
    "lleol wedi penderfynu ac unrhyw apêl ar ben.",
)
_ASKED_LATE = Words(
    "A reconsideration was asked for on {on}, after the window closed on {due}.",
    "Gofynnwyd am ailystyriaeth ar {on}, ar ôl i'r cyfnod gau ar {due}.",
)
_NOT_ASKED = Words(
    "Unless a reconsideration is asked for by {due}, the school may cease from {earliest}.",
    "Oni ofynnir am ailystyriaeth erbyn {due}, caiff yr ysgol beidio o {earliest}.",
)
_UNLESS_APPEAL = Words(
    "Unless an appeal is received by {due}, the body may cease from {earliest}; with an appeal, "
    "not before it is determined.",
    "Oni ddaw apêl i law erbyn {due}, caiff y corff beidio o {earliest}; gydag apêl, nid cyn "
    "penderfynu arni.",
)
_REFERRED = Words(
    "Arrangements under section 68 were used from {on}, within the eight weeks: eight weeks more.",
    "Defnyddiwyd trefniadau o dan adran 68 o {on}, o fewn yr wyth wythnos: wyth wythnos yn rhagor.",
)
_REFERRED_LATE = Words(
    "the referral under section 68 of {on} lies outside the eight weeks, so no time was added; "
    "whether one between the end of the weeks and {due} counts was not read",
    "mae'r atgyfeiriad o dan adran 68 ar {on} y tu allan i'r wyth wythnos, felly nid ychwanegwyd "
    "amser; ni ddarllenwyd a yw un rhwng diwedd yr wythnosau a {due} yn cyfrif",
)


@dataclass(frozen=True, slots=True)
class Ceasing:
    """Whether a plan may cease; `may_cease` and `earliest_on` are None where that is not known."""

    deadline: Deadline | None
    may_cease: bool | None
    earliest_on: date | None
    trace: Trace


def school_plan(
    notice_31_8: date | None, notice_31_9: date | None, request_on: date | None, today: date | None
) -> Ceasing:
    """Answer for a plan that a maintained school maintains.

    Source: S.I. 2021/401 reg. 12; 2018 Act ss.31(8)-(9), 32, 33.
    """
    source = "S.I. 2021/401 reg. 12(1); 2018 Act ss.32-33"
    if notice_31_8 is None or notice_31_9 is None:
        trace = Trace().step("CEASE-NOTICES", _ONE_NOTICE, "2018 Act ss.31(8)-(9), 33", {})
        return Ceasing(None, may_cease=False, earliest_on=None, trace=trace)
    opened = max(notice_31_8, notice_31_9)
    facts = {"s31_8": notice_31_8.isoformat(), "s31_9": notice_31_9.isoformat()}
    trace = Trace().step("CEASE-NOTICES", _LATER.fill(on=opened), source, facts)
    window = deadline(period("CEASE-4W"), opened)
    trace += window.trace
    if window.due_on is None:
        return Ceasing(window, may_cease=None, earliest_on=None, trace=trace)
    earliest = window.due_on + _ONE_DAY
    if request_on is not None and request_on <= window.due_on:
        trace = trace.step("CEASE-ASKED", _ASKED.fill(on=request_on), "2018 Act ss.32-33")
        return Ceasing(window, may_cease=False, earliest_on=None, trace=trace)
    if request_on is not None:
        late = _ASKED_LATE.fill(on=request_on, due=window.due_on)
        trace = trace.step("CEASE-ASKED-LATE", late, source)
    because = _NOT_ASKED.fill(due=window.due_on, earliest=earliest)
    trace = trace.step(
        "CEASE-EARLIEST", because, "2018 Act s.33", {"earliest": earliest.isoformat()}
    )
    return Ceasing(window, None if today is None else today >= earliest, earliest, trace)


def appealable_plan(notice_on: date, s68_on: date | None, today: date | None) -> Ceasing:
    """Answer for a plan that a local authority or an institution maintains.

    Source: 2018 Act s.33; S.I. 2021/406 reg. 10.
    """
    window = appeal_window(notice_on, s68_on)
    if window.due_on is None:
        return Ceasing(window, may_cease=None, earliest_on=None, trace=window.trace)
    earliest = window.due_on + _ONE_DAY
    because = _UNLESS_APPEAL.fill(due=window.due_on, earliest=earliest)
    trace = window.trace.step("CEASE-APPEAL", because, "2018 Act s.33; S.I. 2021/406 reg. 10")
    return Ceasing(window, None if today is None else today >= earliest, earliest, trace)


def appeal_window(notice_on: date, s68_on: date | None) -> Deadline:
    """Return the period for appealing: the day of the notice of decision and right is day 1.

    Source: S.I. 2021/406 reg. 10; 2018 Act ss.68, 70.
    """
    window = deadline(period("APP-8W"), notice_on)
    if s68_on is None or window.last_day_of_period is None:
        return window
    if notice_on <= s68_on <= window.last_day_of_period:
        longer = deadline(period("APP-16W"), notice_on)
        because = _REFERRED.fill(on=s68_on)
        told = Trace().step("APP-S68", because, "S.I. 2021/406 reg. 10; 2018 Act s.68")
        return _with(longer, told + longer.trace)
    doubted = window.trace.doubt("s68_referral", _REFERRED_LATE.fill(on=s68_on, due=window.due_on))
    return _with(window, doubted)


def _with(window: Deadline, trace: Trace) -> Deadline:
    return Deadline(
        window.rule,
        window.starts_on,
        window.first_counted_day,
        window.last_day_of_period,
        window.due_on,
        window.calendar,
        window.missing,
        trace,
    )
