"""What a pupil's record said on the days that decide, and how far that is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mis_bridge.domain.schedule_rules import System
from mis_bridge.domain.transition_case import (
    ACTION,
    OLD_LAW_CODES,
    ProvisionCode,
    TransitionCase,
)

FIRST_DAY = date(2021, 9, 1)
SECOND_DAY = date(2022, 1, 1)
THIRD_DAY = date(2022, 9, 1)
SNAPSHOTS = (FIRST_DAY, SECOND_DAY, THIRD_DAY)

_Codes = frozenset[ProvisionCode]
_NOTHING: _Codes = frozenset({ProvisionCode.NONE})
_SOME_ACTION: _Codes = frozenset({ProvisionCode.SA})
_STRONGEST_FIRST = (ProvisionCode.STATEMENT, ProvisionCode.PRE_STATEMENT, ProvisionCode.EHC)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was recorded on `day`; `on_file` is false where it is inferred from another record.

    `codes` is empty where nothing is known at all.
    """

    day: date
    codes: _Codes
    on_file: bool
    taken_from: date | None = None

    @property
    def code(self) -> ProvisionCode | None:
        """The one code that decides: a statement before a process, before an action.

        Source: S.I. 2021/1243 art. 2(2) (out: a statement, an EHC plan, any process for one).
        """
        for code in _STRONGEST_FIRST:
            if code in self.codes:
                return code
        action = sorted(self.codes & ACTION)
        if action:
            return action[0]
        return ProvisionCode.NONE if self.codes else None

    @property
    def is_action(self) -> bool:
        """Whether needs were identified without a statement, a plan or a process for one."""
        return self.code in ACTION

    @property
    def is_known_empty(self) -> bool:
        """Whether it is known, and not inferred, that nothing was identified."""
        return self.on_file and self.code is ProvisionCode.NONE

    @property
    def contradicts_itself(self) -> bool:
        """Whether codes stand side by side of which only one can be right."""
        alone = {ProvisionCode.STATEMENT, ProvisionCode.NONE}
        return len(self.codes) > 1 and bool(self.codes & alone)


def snapshot(case: TransitionCase, day: date) -> Snapshot:
    """Return what is known of `day`: the record of that day, else what the nearest one implies.

    Source: art. 4 of S.I. 2021/373, 2021/1245 and 2022/895; art. 2 of the saving Orders (each
    looks at one day).
    """
    if day in case.provisions:
        return Snapshot(day, case.provisions[day], on_file=True, taken_from=day)
    if day == case.on and case.current:
        return Snapshot(day, case.current, on_file=True, taken_from=day)
    if _not_yet_identified(case, day):
        return Snapshot(day, _NOTHING, on_file=True)
    return _inferred(case, day)


def _inferred(case: TransitionCase, day: date) -> Snapshot:
    records = _since_identified(case, case.provisions, day)
    if records:
        nearest = min(records, key=lambda other: (abs((other - day).days), other))
        return Snapshot(day, case.provisions[nearest], on_file=False, taken_from=nearest)
    if case.current:
        return Snapshot(day, case.current, on_file=False, taken_from=case.on)
    identified = case.first_identified_on is not None or case.already_in is System.SEN
    return Snapshot(day, _SOME_ACTION if identified else frozenset(), on_file=False)


def has_snapshots(case: TransitionCase) -> bool:
    """Say whether anything is on file from one of the days that decide.

    Source: S.I. 2021/373, 2021/1243 and 2022/891 (the days the Orders name).
    """
    return bool(case.provisions) or any(_not_yet_identified(case, day) for day in SNAPSHOTS)


def needs_on(case: TransitionCase, day: date) -> Snapshot:
    """Return the record nearest to `day`, today's included: were needs still identified then.

    Source: S.I. 2021/1243 arts 9-11 (a notice is owed to whoever has identified needs that day).
    """
    if day in SNAPSHOTS:
        return snapshot(case, day)
    records = dict(case.provisions)
    if case.on is not None and case.current:
        records[case.on] = case.current
    if not records:
        return snapshot(case, THIRD_DAY)
    nearest = min(records, key=lambda other: (abs((other - day).days), other))
    return Snapshot(day, records[nearest], on_file=nearest == day, taken_from=nearest)


def recorded_since(case: TransitionCase, day: date) -> _Codes:
    """Return the codes of the old law that the record of today, or one dated after `day`, shows.

    A snapshot of `day` itself shows what the new law found when it began: no contradiction.

    Source: S.I. 2021/1243 arts 15-17 (from that day the old law applies no more).
    """
    found = [codes for at, codes in case.provisions.items() if at > day and _by_on(case, at)]
    if case.on is not None and case.on >= day:
        found.append(case.current)
    return frozenset().union(*found) & OLD_LAW_CODES


def last_recorded(case: TransitionCase) -> tuple[date, _Codes] | None:
    """Return the newest record at or before the day asked about, None where there is none.

    Source: none; a record is a fact and not a rule.
    """
    if case.current and case.on is not None:
        return case.on, case.current
    before = [at for at in case.provisions if _by_on(case, at)]
    return (max(before), case.provisions[max(before)]) if before else None


def _by_on(case: TransitionCase, at: date) -> bool:
    return case.on is None or at <= case.on


def _not_yet_identified(case: TransitionCase, day: date) -> bool:
    unborn = case.dob is not None and case.dob > day
    later = case.first_identified_on is not None and case.first_identified_on > day
    return unborn or later


def _since_identified(case: TransitionCase, days: Iterable[date], day: date) -> list[date]:
    """Leave out records from before the needs were identified: they say nothing of `day`."""
    since = case.first_identified_on
    if since is None or since > day:
        return list(days)
    return [at for at in days if at >= since]
