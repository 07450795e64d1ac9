"""Who stood at School Action or School Action Plus, and what accounts for each of them today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from mis_bridge.domain.pupil import Provision, ProvisionType, Pupil
from mis_bridge.domain.tasks import Setting
from mis_bridge.domain.transition import transition
from mis_bridge.domain.transition_case import ProvisionCode, SchoolKind, TransitionCase
from mis_bridge.domain.transition_snapshots import SNAPSHOTS
from mis_bridge.domain.year_groups import YearGroups, school_year_of
from mis_bridge.services.register_rows import held_of
from mis_bridge.storage import authorities, transition_log
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant

ACCOUNTS: Final = ("decision", "transfer", "departure", "undecided")

_CODES: Final = {
    ProvisionType.SCHOOL_ACTION: ProvisionCode.SA,
    ProvisionType.SCHOOL_ACTION_PLUS: ProvisionCode.SAP,
    ProvisionType.EARLY_YEARS_ACTION: ProvisionCode.EYA,
    ProvisionType.EARLY_YEARS_ACTION_PLUS: ProvisionCode.EYAP,
    ProvisionType.STATEMENT: ProvisionCode.STATEMENT,
    ProvisionType.ENGLISH_EHC_PLAN: ProvisionCode.EHC,
}
_ACTION: Final = frozenset(
    {
        ProvisionType.SCHOOL_ACTION,
        ProvisionType.SCHOOL_ACTION_PLUS,
        ProvisionType.EARLY_YEARS_ACTION,
        ProvisionType.EARLY_YEARS_ACTION_PLUS,
    }
)
_TRANSFERRED: Final = frozenset(
    {ProvisionType.IDP_SCHOOL, ProvisionType.IDP_LA, ProvisionType.STATEMENT}
)
_SCHOOL_KINDS: Final = {
    Setting.MAINTAINED_SCHOOL: SchoolKind.MAINTAINED_MAINSTREAM,
    Setting.MAINTAINED_SPECIAL_SCHOOL: SchoolKind.MAINTAINED_SPECIAL,
    Setting.PRU: SchoolKind.PRU,
    Setting.FEI: SchoolKind.FEI,
    Setting.INDEPENDENT_SCHOOL: SchoolKind.INDEPENDENT,
}
_BELOW_YEAR_1: Final = {"N1": -2, "N2": -1, "R": 0}


@dataclass(frozen=True, slots=True)
class TransitionAudit:
    """One line a pupil, without a name, and the totals that reconcile to the register."""

    pupils: list[dict[str, Any]]
    report: dict[str, Any]


def audit(session: Session, tenant: Tenant, *, on: date) -> TransitionAudit:
    """Account for everybody whom the register ever showed at an action stage.

    Each is accounted for by a decision, a transfer (a plan or statement is on record), a departure,
    or is undecided, and then with the day and rule by which the old law ended for the pupil.
    """
    pupils: list[dict[str, Any]] = []
    schools: dict[str, Counter[str]] = {}
    held = 0
    kinds = {row.ref: Setting(row.setting) for row in authorities.schools_of(session, tenant.la)}
    decided = transition_log.decided_pupils(session, tenant)
    shown = transition_log.shown_at(session, tenant, [kind.value for kind in _ACTION])
    for row in transition_log.pupils(session, tenant):
        held += 1
        pupil = held_of(row, keys_of(session)).pupil
        ever = row.id in shown or (pupil is not None and _ever_at_action(pupil))
        if not ever:
            continue
        account = _account(row, pupil, is_decided=row.id in decided)
        line = {
            "pupil": row.id,
            "record": {"vendor": row.vendor, "record_id": row.record_id},
            "school": row.school,
            "account": account,
            "still_coded": row.provision_type in {kind.value for kind in _ACTION},
            "decision": decided.get(row.id),
            **(_law(pupil, kinds[row.school], on) if pupil is not None else {}),
        }
        pupils.append(line)
        schools.setdefault(row.school, Counter())[account] += 1
    return TransitionAudit(pupils, _report(pupils, schools, held, on))


def _account(row: PupilRow, pupil: Pupil | None, *, is_decided: bool) -> str:
    if is_decided:
        return "decision"
    if pupil is not None and (
        pupil.idp is not None
        or (pupil.provision is not None and pupil.provision.type in _TRANSFERRED)
    ):
        return "transfer"
    return "departure" if row.state != "current" else "undecided"


def _law(pupil: Pupil, setting: Setting, on: date) -> dict[str, Any]:
    """Return which law applies today, since when and by which rule, with the law's own reasons."""
    answer = transition(_case(pupil, setting, on))
    return {
        "system": answer.system.value if answer.system is not None else None,
        "moved_on": answer.moved_on.isoformat() if answer.moved_on is not None else None,
        "rule": answer.rule.id if answer.rule is not None else None,
        "source": answer.rule.source if answer.rule is not None else None,
        "stale_code": answer.stale_code,
        "check_the_record": answer.check_the_record,
    }


def _case(pupil: Pupil, setting: Setting, on: date) -> TransitionCase:
    starts = [spell.start for spell in _spells(pupil) if spell.start is not None]
    number = _year(pupil.nc_year)
    return TransitionCase(
        on=on,
        dob=pupil.dob,
        groups=YearGroups(
            dob=pupil.dob, recorded={school_year_of(on): number} if number is not None else {}
        ),
        school_kind=_SCHOOL_KINDS[setting],
        provisions={
            day: codes for day in SNAPSHOTS if (codes := _codes_on(pupil, day)) is not None
        },
        current=_codes_on(pupil, on) or frozenset(),
        first_identified_on=min(starts) if starts else None,
        looked_after=pupil.looked_after.in_care if pupil.looked_after else None,
    )


def _codes_on(pupil: Pupil, day: date) -> frozenset[ProvisionCode] | None:
    """Return what the history shows on a day; None where no dated spell says anything of it."""
    covering = [
        spell
        for spell in _spells(pupil)
        if spell.start is not None
        and spell.start <= day
        and (spell.end is None or spell.end >= day)
    ]
    codes = {_CODES[spell.type] for spell in covering if spell.type in _CODES}
    if codes:
        return frozenset(codes)
    earlier = any(spell.start is not None and spell.start <= day for spell in _spells(pupil))
    return frozenset({ProvisionCode.NONE}) if earlier else None


def _spells(pupil: Pupil) -> Iterator[Provision]:
    yield from pupil.provision_history
    if pupil.provision is not None:
        yield pupil.provision


def _ever_at_action(pupil: Pupil) -> bool:
    return any(spell.type in _ACTION for spell in _spells(pupil))


def _year(nc_year: str | None) -> int | None:
    if nc_year is None:
        return None
    return _BELOW_YEAR_1[nc_year] if nc_year in _BELOW_YEAR_1 else int(nc_year)


def _report(
    pupils: list[dict[str, Any]], schools: dict[str, Counter[str]], held: int, on: date
) -> dict[str, Any]:
    totals: Counter[str] = Counter(line["account"] for line in pupils)
    return {
        "on": on.isoformat(),
        "pupils_held": held,
        "ever_at_action": len(pupils),
        **{name: totals[name] for name in ACCOUNTS},
        "still_coded": sum(bool(line["still_coded"]) for line in pupils),
        "by_school": {
            school: {name: counts[name] for name in ACCOUNTS}
            for school, counts in sorted(schools.items())
        },
    }
