"""Appeals about statements: when one is open, and the day on which a held-back pupil moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from mis_bridge.domain.schedule_rules import Cohort
from mis_bridge.domain.transition_case import Appeal, TransitionCase

_ONE_DAY = timedelta(days=1)
_WITH_TIME_TO_APPEAL = "no8"


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An appeal kept a pupil from being swept: `moves_on` is the transfer day, None while open."""

    moves_on: date | None


def is_open(case: TransitionCase, cohort: Cohort, day: date) -> bool:
    """Say whether an appeal that counts under the Order of `cohort` is open at the end of `day`.

    Source: S.I. 2022/891 arts 11, 16-20 (time to appeal still running, or an appeal not finally
    determined); S.I. 2022/892 arts 9(5), 13-14 (only an appeal that was made).
    """
    appeal = case.appeal
    if appeal is None or cohort.appeal is None:
        return False
    if appeal.was_made:
        begun = appeal.made_on is None or appeal.made_on <= day
        return begun and (appeal.over_on is None or day < appeal.over_on)
    in_time = appeal.period_ends is not None and day <= appeal.period_ends
    return in_time and cohort.order.id == _WITH_TIME_TO_APPEAL


def ended_on(case: TransitionCase, cohort: Cohort) -> date | None:
    """Return the day on which an appeal, or the time for one, came to its end; None while open.

    Source: S.I. 2022/891 arts 11, 16; S.I. 2022/892 arts 9(5), 13.
    """
    appeal = case.appeal
    if appeal is None or cohort.appeal is None:
        return None
    if appeal.was_made:
        return appeal.over_on
    return appeal.period_ends if cohort.order.id == _WITH_TIME_TO_APPEAL else None


def held_back(case: TransitionCase, cohort: Cohort) -> HeldBack | None:
    """Return how an appeal moves the last day of `cohort`, None where it does not.

    It does where the appeal is open, or an action that the Tribunal ordered is still to be done,
    on the eve of the day on which the pupil would have been swept.

    Source: S.I. 2022/891 arts 16, 17, 17B, 17C, 19, 20; S.I. 2022/892 arts 13, 14.
    """
    appeal = case.appeal
    if appeal is None or cohort.appeal is None:
        return None
    eve = cohort.swept_on - _ONE_DAY
    outstanding = any(done_on is None or done_on > eve for done_on in appeal.ordered)
    if not outstanding and not is_open(case, cohort, eve):
        return None
    return HeldBack(_transfer_day(appeal))


def _transfer_day(appeal: Appeal) -> date | None:
    """Return the day after the end of the period, the determination, or the last ordered action."""
    ends = [appeal.over_on if appeal.was_made else appeal.period_ends, *appeal.ordered]
    known = [on for on in ends if on is not None]
    return max(known) + _ONE_DAY if len(known) == len(ends) else None
