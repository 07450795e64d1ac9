"""Who left School Action and School Action Plus, and what accounts for each: the totals add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mis_bridge.domain.pupil import ProvisionType, Pupil
from mis_bridge.domain.register import claims_plan
from mis_bridge.domain.schedule_rules import Cause, System
from mis_bridge.domain.transition import Transition, transition
from mis_bridge.domain.transition_case import NoticeGiven, NoticeKind, SchoolKind
from mis_bridge.domain.transition_history import case_from_record, spells

ACTION_STAGES = frozenset(
    {
        ProvisionType.SCHOOL_ACTION,
        ProvisionType.SCHOOL_ACTION_PLUS,
        ProvisionType.EARLY_YEARS_ACTION,
        ProvisionType.EARLY_YEARS_ACTION_PLUS,
    }
)
_OTHER_PLANS = frozenset({ProvisionType.STATEMENT, ProvisionType.ENGLISH_EHC_PLAN})
_DECIDING = frozenset({NoticeKind.IDP_NOTICE, NoticeKind.NO_IDP_NOTICE})
_WITHOUT_DECISION = frozenset({Cause.SWEPT, Cause.APPEAL_TRANSFER_DAY})


class Account(StrEnum):
    """What accounts for a pupil who once stood at an action stage.

    A decision is one on file here, or a deciding notice; a transfer a plan or a statement that the
    record claims without a decision on file; a departure the end of the registration. Whoever is
    left is undecided: moved by the law or not, nobody decided.
    """

    DECISION = "decision"
    TRANSFER = "transfer"
    DEPARTURE = "departure"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class AuditedPupil:
    """What is held of one pupil; `key` is never a name and never a UPN.

    `record` is the newest canonical record, with its history, None where it is no longer held.
    `shown` holds every stage at which the register ever showed the pupil, `decision` a decision
    recorded here, `notices` the notices on file; `has_left` says that the registration is over.
    """

    key: str
    school: str
    school_kind: SchoolKind | None
    record: Pupil | None
    shown: frozenset[ProvisionType] = frozenset()
    decision: str | None = None
    notices: tuple[NoticeGiven, ...] = ()
    has_left: bool = False

    @property
    def ever_at_action(self) -> bool:
        """Whether the register, or the record's own history, shows an action stage."""
        told = {spell.type for spell in spells(self.record)} if self.record else set()
        return bool((self.shown | told) & ACTION_STAGES)

    @property
    def still_coded(self) -> bool:
        """Whether the newest record still shows an action stage."""
        now = self.record.provision if self.record else None
        return now is not None and now.type in ACTION_STAGES


@dataclass(frozen=True, slots=True)
class Accounted:
    """One pupil accounted for; `law` is the answer of the schedule, None without a record."""

    pupil: AuditedPupil
    account: Account
    law: Transition | None

    @property
    def swept_undecided(self) -> bool:
        """Whether the last day of a group moved the pupil and nobody has decided to this day."""
        law = self.law
        moved = law is not None and law.system is System.ALN and law.cause in _WITHOUT_DECISION
        return moved and self.account is Account.UNDECIDED

    def to_json(self) -> dict[str, object]:
        """Return a line of the report: no name, no UPN, no need."""
        law = self.law
        line: dict[str, object] = {
            "pupil": self.pupil.key,
            "school": self.pupil.school,
            "account": str(self.account),
            "swept_undecided": self.swept_undecided,
            "still_coded": self.pupil.still_coded,
            "decision": self.pupil.decision,
        }
        if law is not None:
            line |= {
                "system": None if law.system is None else str(law.system),
                "rule": law.rule.id if law.rule else None,
                "source": law.rule.source if law.rule else None,
                "moved_on": law.moved_on.isoformat() if law.moved_on else None,
                "cause": None if law.cause is None else str(law.cause),
                "stale_code": law.stale_code,
                "check_the_record": law.check_the_record,
                "uncertain": sorted({doubt.point for doubt in law.trace.uncertain}),
            }
        return line


@dataclass(frozen=True, slots=True)
class TransitionAudit:
    """Everybody who was ever at an action stage, and the totals, which add up to that number."""

    on: date
    held: int
    accounted: tuple[Accounted, ...]

    @property
    def totals(self) -> Mapping[Account, int]:
        """How many each account holds; the sum is the number of pupils accounted for."""
        return _count(self.accounted)

    @property
    def by_school(self) -> Mapping[str, Mapping[Account, int]]:
        """The same for each school."""
        schools: dict[str, list[Accounted]] = {}
        for each in self.accounted:
            schools.setdefault(each.pupil.school, []).append(each)
        return {school: _count(schools[school]) for school in sorted(schools)}

    def report(self) -> dict[str, object]:
        """Return the totals as `audit transitions` prints them."""
        return {
            "on": self.on.isoformat(),
            "pupils_held": self.held,
            "ever_at_action": len(self.accounted),
            **{str(account): count for account, count in self.totals.items()},
            "swept_undecided": sum(each.swept_undecided for each in self.accounted),
            "still_coded": sum(each.pupil.still_coded for each in self.accounted),
            "by_rule": _by_rule(self.accounted),
            "by_school": {
                school: {str(account): count for account, count in counts.items()}
                for school, counts in self.by_school.items()
            },
        }


def audit(pupils: Iterable[AuditedPupil], *, on: date) -> TransitionAudit:
    """Account for everybody among `pupils` who was ever at an action stage, as at `on`.

    Each is in one account alone, so that the totals reconcile to the register.

    Source: S.I. 2021/1243 arts 5-8, 15-17 and the like articles of the other Orders (a sweep
    decides nothing; a notice is a decision).
    """
    held = 0
    accounted: list[Accounted] = []
    for pupil in pupils:
        held += 1
        if pupil.ever_at_action:
            accounted.append(Accounted(pupil, account_of(pupil, on=on), _law(pupil, on)))
    accounted.sort(key=lambda each: (each.pupil.school, each.pupil.key))
    return TransitionAudit(on, held, tuple(accounted))


def account_of(pupil: AuditedPupil, *, on: date) -> Account:
    """Return what accounts for `pupil`: a decision before a plan, a plan before a departure.

    Source: S.I. 2021/1243 arts 5-8; 2018 anaw 2 ss.11, 13.
    """
    if pupil.decision is not None or any(n.kind in _DECIDING for n in pupil.notices):
        return Account.DECISION
    record = pupil.record
    now = record.provision.type if record is not None and record.provision is not None else None
    if record is not None and (claims_plan(record, on) or now in _OTHER_PLANS):
        return Account.TRANSFER
    return Account.DEPARTURE if pupil.has_left else Account.UNDECIDED


def _law(pupil: AuditedPupil, on: date) -> Transition | None:
    if pupil.record is None:
        return None
    return transition(
        case_from_record(pupil.record, school_kind=pupil.school_kind, notices=pupil.notices, on=on)
    )


def _count(accounted: Iterable[Accounted]) -> Mapping[Account, int]:
    counted = Counter(each.account for each in accounted)
    return {account: counted[account] for account in Account}


def _by_rule(accounted: Iterable[Accounted]) -> dict[str, int]:
    """How many of the undecided each rule of the schedule governs."""
    undecided = [each.law for each in accounted if each.account is Account.UNDECIDED]
    rules = Counter(law.rule.id if law and law.rule else "none" for law in undecided)
    return dict(sorted(rules.items()))
