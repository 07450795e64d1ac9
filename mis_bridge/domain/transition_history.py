"""The facts about a move, as far as a canonical record with its history shows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mis_bridge.domain.pupil import Provision, ProvisionType, Pupil
from mis_bridge.domain.register import is_dual_registered
from mis_bridge.domain.transition_case import (
    NoticeGiven,
    ProvisionCode,
    SchoolKind,
    TransitionCase,
)
from mis_bridge.domain.transition_snapshots import SECOND_DAY, SNAPSHOTS
from mis_bridge.domain.year_groups import GROUPS, YearGroups, school_year_of

_CODES = {
    ProvisionType.NONE: ProvisionCode.NONE,
    ProvisionType.SCHOOL_ACTION: ProvisionCode.SA,
    ProvisionType.SCHOOL_ACTION_PLUS: ProvisionCode.SAP,
    ProvisionType.EARLY_YEARS_ACTION: ProvisionCode.EYA,
    ProvisionType.EARLY_YEARS_ACTION_PLUS: ProvisionCode.EYAP,
    ProvisionType.STATEMENT: ProvisionCode.STATEMENT,
    ProvisionType.ENGLISH_EHC_PLAN: ProvisionCode.EHC,
}
_NOTHING_SHOWN: frozenset[ProvisionCode] = frozenset()


def case_from_record(
    pupil: Pupil, *, school_kind: SchoolKind | None, notices: tuple[NoticeGiven, ...], on: date
) -> TransitionCase:
    """Return the facts of `pupil` as they bear on the move, `on` being the day asked about.

    Only dated spells speak of the days that decide. That nothing was recorded on such a day is
    taken from a history that the source supplies, never from one that it cannot carry; when needs
    were first identified likewise. A record says nothing of processes, appeals or requests.

    Source: art. 4 of S.I. 2021/373 and 2021/1245; art. 2 of S.I. 2021/1243 (the facts asked for).
    """
    number = GROUPS.get(pupil.nc_year or "")
    shown = {day: codes_on(pupil, day) for day in SNAPSHOTS}
    return TransitionCase(
        on=on,
        dob=pupil.dob,
        groups=YearGroups(
            dob=pupil.dob,
            recorded={} if number is None else {school_year_of(_read_on(pupil, on)): number},
        ),
        school_kind=school_kind,
        provisions={day: codes for day, codes in shown.items() if codes},
        current=_current(pupil),
        first_identified_on=_first_identified_on(pupil),
        looked_after=pupil.looked_after.in_care if pupil.looked_after else None,
        dual_registered=is_dual_registered(pupil, SECOND_DAY),
        notices=notices,
    )


def spells(pupil: Pupil) -> Iterator[Provision]:
    """Yield every spell of provision that the record tells of, the present one last.

    Source: none; a record is a fact and not a rule.
    """
    yield from pupil.provision_history
    if pupil.provision is not None:
        yield pupil.provision


def codes_on(pupil: Pupil, day: date) -> frozenset[ProvisionCode]:
    """Return what dated spells show of `day`; empty where they say nothing of it.

    A spell of a code without translation, or of a plan, says that something was there and not what:
    then nothing is claimed of the day.

    Source: S.I. 2021/373 art. 4; S.I. 2021/1243 art. 2; S.I. 2022/891 art. 2.
    """
    covering = [
        spell
        for spell in spells(pupil)
        if spell.start is not None
        and spell.start <= day
        and (spell.end is None or spell.end >= day)
    ]
    if covering:
        known = [_CODES[spell.type] for spell in covering if spell.type in _CODES]
        return frozenset(known) if len(known) == len(covering) else _NOTHING_SHOWN
    return frozenset({ProvisionCode.NONE}) if _tells_of(pupil, day) else _NOTHING_SHOWN


def _tells_of(pupil: Pupil, day: date) -> bool:
    """Whether the history is one that would show a spell on `day`, had there been one."""
    if not pupil.supplies("provision_history"):
        return False
    every = list(spells(pupil))
    undated = any(
        spell.start is None
        and spell.type is not ProvisionType.NONE
        and (spell.end is None or spell.end >= day)
        for spell in every
    )
    return bool(every) and not undated


def _first_identified_on(pupil: Pupil) -> date | None:
    """When the first spell began, by a history that is supplied and wholly dated."""
    if not pupil.supplies("provision_history"):
        return None
    starts = [s.start for s in spells(pupil) if s.type is not ProvisionType.NONE]
    known = [start for start in starts if start is not None]
    return min(known) if known and len(known) == len(starts) else None


def _current(pupil: Pupil) -> frozenset[ProvisionCode]:
    if not pupil.supplies("provision"):
        return _NOTHING_SHOWN
    kind = ProvisionType.NONE if pupil.provision is None else pupil.provision.type
    return frozenset({_CODES[kind]}) if kind in _CODES else _NOTHING_SHOWN


def _read_on(pupil: Pupil, on: date) -> date:
    """Return the day on which the record was read, which is the day its year group belongs to."""
    try:
        return date.fromisoformat((pupil.source.read_at or "")[:10])
    except ValueError:
        return on
