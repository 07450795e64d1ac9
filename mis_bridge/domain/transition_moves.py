"""What moves a pupil to the new law: a notice, an event, or the last day; the first one counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mis_bridge.domain.schedule import schedule
from mis_bridge.domain.schedule_rules import Body, Cause, Cohort, Commencement, Event, Rule
from mis_bridge.domain.transition_appeals import held_back, is_open
from mis_bridge.domain.transition_case import (
    EventKind,
    Happening,
    NoticeGiven,
    NoticeKind,
    SchoolKind,
    TransitionCase,
)

STATEMENT_APPEAL = "STMT_APPEAL"
AFTER_LEAVING = "ALN_NOTICE_AFTER_LEAVING"
LEFT_SCHOOL = "LEFT_SCHOOL"
_RULES = schedule().rules
_EVENTS = tuple(rule for rule in _RULES.values() if isinstance(rule, Event))
_LEAVING = next(event for event in _EVENTS if event.id == LEFT_SCHOOL)
_CAUSES = {
    NoticeKind.IDP_NOTICE: Cause.IDP_NOTICE,
    NoticeKind.NO_IDP_NOTICE: Cause.NO_IDP_NOTICE,
    NoticeKind.ALN_NOTICE: Cause.ALN_NOTICE,
}
_OF_A_SCHOOL = frozenset({Body.GOVERNING_BODY, Body.PRU_MANAGEMENT_COMMITTEE})


class Why(StrEnum):
    """Why a notice or an event moves nobody."""

    BEFORE_THE_ORDER = "before_the_order"
    NOT_THE_GIVER = "not_the_giver"
    NO_SUCH_NOTICE = "no_such_notice"
    APPEAL_OPEN = "appeal_open"
    REQUEST_MADE = "request_made"
    LOOKED_AFTER = "looked_after"
    EXCEPTED_REASON = "excepted_reason"
    ENGLISH_AREA = "english_area"
    NOT_WELSH_RESPONSIBILITY = "not_welsh_responsibility"
    OTHER_GROUP = "other_group"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Move:
    """The day on which the new law applies for the first time, why, and by which rule.

    `on` is None where it depends on something that has not happened. `notice` is what moved the
    pupil, where a notice did.
    """

    on: date | None
    cause: Cause
    rule: Rule
    source: str
    notice: NoticeGiven | None = None
    what: NoticeKind | EventKind | None = None


@dataclass(frozen=True, slots=True)
class NoMove:
    """A notice or an event that moves nobody: a near miss, with the provision."""

    on: date
    what: NoticeKind | EventKind
    why: Why
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class Moves:
    """The move that counts, and everything that might have moved the pupil and did not."""

    move: Move
    near: tuple[NoMove, ...]


def moves(case: TransitionCase, rule: Commencement | Cohort) -> Moves:
    """Return the first day on which the new law applies to a pupil governed by `rule`.

    On one and the same day a notice comes before an event, and an event before the last day.

    Source: the `saving` Orders, art. 7 (notices), the long-stop articles and the articles on
    events; art. 2 of the Orders that only commence.
    """
    if isinstance(rule, Commencement):
        return Moves(Move(rule.in_force, Cause.COMMENCEMENT, rule, rule.source), ())
    found = [*_notices(case, rule), *_events(case, rule)]
    last = _last_day(case, rule)
    candidates = [each for each in found if isinstance(each, Move) and each.on is not None]
    first = min(candidates, key=lambda each: each.on or date.max, default=last)
    if last.on is not None and first.on is not None and last.on < first.on:
        first = last
    return Moves(first, tuple(_near(found, first)))


def _near(found: list[Move | NoMove], first: Move) -> Iterator[NoMove]:
    for each in found:
        if isinstance(each, NoMove):
            yield each
        elif each is not first and each.on is not None and each.what is not None:
            yield NoMove(each.on, each.what, Why.TOO_LATE, each.rule.id, each.source)


def _last_day(case: TransitionCase, rule: Cohort) -> Move:
    held = held_back(case, rule)
    if held is not None:
        source = rule.order.cite(rule.appeal or rule.sweep)
        return Move(held.moves_on, Cause.APPEAL_TRANSFER_DAY, _RULES[STATEMENT_APPEAL], source)
    return Move(rule.swept_on, Cause.SWEPT, rule, rule.order.cite(rule.sweep))


def _notices(case: TransitionCase, rule: Cohort) -> Iterator[Move | NoMove]:
    order = rule.order
    for notice in sorted(case.notices, key=lambda each: (each.on, each.kind)):
        article = order.aln_notice if notice.kind is NoticeKind.ALN_NOTICE else order.notices
        source = order.cite(article or order.notices)
        why = _why_not(case, rule, notice)
        if why is not None:
            yield NoMove(notice.on, notice.kind, why, rule.id, source)
            continue
        by: Rule = rule
        if notice.kind is NoticeKind.ALN_NOTICE and asked_after_leaving(case, rule, notice.on):
            by = _RULES[AFTER_LEAVING]
            source = order.cite(by.of[order.id])
        yield Move(notice.on, _CAUSES[notice.kind], by, source, notice, notice.kind)


def _why_not(case: TransitionCase, rule: Cohort, notice: NoticeGiven) -> Why | None:
    order = rule.order
    if notice.on < order.in_force:
        return Why.BEFORE_THE_ORDER
    if notice.kind is NoticeKind.ALN_NOTICE:
        if order.aln_notice is None:
            return Why.NO_SUCH_NOTICE
        if notice.given_by not in {None, Body.LOCAL_AUTHORITY}:
            return Why.NOT_THE_GIVER
        return Why.APPEAL_OPEN if is_open(case, rule, notice.on) else None
    return None if notice.given_by in _givers(case, rule) else Why.NOT_THE_GIVER


def _givers(case: TransitionCase, rule: Cohort) -> frozenset[Body | None]:
    """Whoever may give a deciding notice; for a referral unit the Orders do not say who acts."""
    if rule.order.body is Body.LOCAL_AUTHORITY:
        return frozenset({None, Body.LOCAL_AUTHORITY})
    if case.kind_at(rule.order.snapshot) is SchoolKind.PRU:
        return frozenset({None, *Body})
    return frozenset({None, Body.GOVERNING_BODY})


def _events(case: TransitionCase, rule: Cohort) -> Iterator[Move | NoMove]:
    order = rule.order
    for happening in sorted(case.happenings, key=lambda each: (each.on, each.kind)):
        ours = [by for by in _EVENTS if by.event == happening.kind]
        here = [by for by in ours if order.id in by.of]
        if not here:
            for by in ours[:1]:
                yield NoMove(happening.on, happening.kind, Why.OTHER_GROUP, by.id, by.source)
            continue
        by = here[0]
        source = order.cite(by.of[order.id])
        why = _why_it_moves_nobody(case, rule, by, happening)
        if why is None:
            yield Move(happening.on, by.cause, by, source, what=happening.kind)
        else:
            yield NoMove(happening.on, happening.kind, why, by.id, source)


def _why_it_moves_nobody(
    case: TransitionCase, rule: Cohort, event: Event, happening: Happening
) -> Why | None:
    blocked = event.blocked_by
    tests = (
        (Why.BEFORE_THE_ORDER, happening.on < rule.order.in_force),
        (Why.EXCEPTED_REASON, happening.reason in event.not_for),
        (Why.ENGLISH_AREA, event.not_in_english_area and bool(case.in_area_of_english_la)),
        (
            Why.NOT_WELSH_RESPONSIBILITY,
            event.welsh_responsibility and not case.wales_is_responsible,
        ),
        (Why.REQUEST_MADE, "request" in blocked and has_asked(case, rule, happening.on)),
        (Why.LOOKED_AFTER, "looked_after" in blocked and _looked_after_on(case, happening.on)),
        (Why.APPEAL_OPEN, "appeal" in blocked and is_open(case, rule, happening.on)),
    )
    return next((why for why, holds in tests if holds), None)


def has_asked(case: TransitionCase, rule: Cohort, day: date) -> bool:
    """Say whether a notice had been asked for by the end of `day`.

    Source: S.I. 2021/1243 arts 12, 18-20, and the like articles of the other Orders.
    """
    return asked_on(case, rule, EventKind.REQUEST_FOR_NOTICE, day) is not None


def asked_on(case: TransitionCase, rule: Cohort, kind: EventKind, by: date) -> date | None:
    """Return the day of the first request of `kind` made by `by`, None where there is none.

    Source: S.I. 2021/1243 arts 12, 14(3), and the like articles of the other Orders.
    """
    days = [
        each.on
        for each in case.happenings
        if each.kind is kind and rule.order.in_force <= each.on <= by
    ]
    return min(days, default=None)


def left_on(case: TransitionCase, rule: Cohort, by: date) -> date | None:
    """Return when a pupil whom leaving did not move had left the school, None where not by `by`.

    Source: S.I. 2021/1243 arts 14(3), 18; S.I. 2022/896 arts 13(3), 16.
    """
    if rule.order.id not in _RULES[AFTER_LEAVING].of:
        return None
    days = [
        each.on
        for each in case.happenings
        if each.kind is EventKind.DEREGISTERED
        and rule.order.in_force <= each.on <= by
        and _why_it_moves_nobody(case, rule, _LEAVING, each) is not None
    ]
    return min(days, default=None)


def asked_after_leaving(case: TransitionCase, rule: Cohort, by: date) -> date | None:
    """Return the day on which an ALN notice was asked for after leaving, None where not by `by`.

    Source: S.I. 2021/1243 art. 14(3); S.I. 2022/896 art. 13(3).
    """
    left = left_on(case, rule, by)
    if left is None:
        return None
    days = [
        each.on
        for each in case.happenings
        if each.kind is EventKind.REQUEST_FOR_ALN_NOTICE and left <= each.on <= by
    ]
    return min(days, default=None)


def _looked_after_on(case: TransitionCase, day: date) -> bool:
    """Whether the child counts as looked after at the end of `day`, by the flag and the events."""
    if case.in_area_of_english_la:
        return False
    changes = {EventKind.BECAME_LOOKED_AFTER: True, EventKind.CEASED_LOOKED_AFTER: False}
    now = bool(case.looked_after)
    for each in sorted(case.happenings, key=lambda one: (one.on, one.kind)):
        if each.on <= day and each.kind in changes:
            now = changes[each.kind]
    return now
