"""Everybody who was ever at an action stage is in one account, and the totals add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.domain.pupil import IdpClaim, Provision, ProvisionType, Pupil
from mis_bridge.domain.transition_audit import (
    ACTION_STAGES,
    Account,
    AuditedPupil,
    account_of,
    audit,
)
from mis_bridge.domain.transition_case import NoticeGiven, NoticeKind, SchoolKind
from mis_bridge.domain.transition_history import case_from_record, codes_on
from tests.factories.pupils import SCHOOL, a_pupil
from tests.unit.domain.transition_facts import (
    AUGUST_2023,
    JANUARY_2022,
    NONE,
    SA,
    SAP,
    SEPTEMBER_2021,
    SEPTEMBER_2022,
    STATEMENT,
)

TODAY = date(2026, 11, 22)
NO_HISTORY = frozenset({"provision_history"})


def spell(kind: str, start: date | None, end: date | None = None) -> Provision:
    return Provision(ProvisionType(kind), None, start, end)


def at_action(*, now: str = "none", **more: object) -> Pupil:
    """Return a pupil with School Action from 2020, in Year 7 when Year 3 was in 2021-22 plus 5."""
    history = (spell("school_action", date(2020, 9, 1), date(2024, 7, 19)),)
    pupil = a_pupil(
        dob=date(2014, 3, 1), nc_year="8", provision=Provision(ProvisionType(now)),
        provision_history=history,
    )  # fmt: skip
    return replace(pupil, **more)  # type: ignore[arg-type]  # the names are those of the record


def audited(record: Pupil | None, **more: object) -> AuditedPupil:
    plain = AuditedPupil("p1", SCHOOL, SchoolKind.MAINTAINED_MAINSTREAM, record)
    return replace(plain, **more)  # type: ignore[arg-type]  # the names are those of the facts


# ---------------------------------------------------------------- the facts in a record


def test_a_dated_history_shows_what_stood_on_each_day_that_decides() -> None:
    case = case_from_record(at_action(), school_kind=None, notices=(), on=TODAY)
    assert case.provisions == {
        SEPTEMBER_2021: {SA},
        JANUARY_2022: {SA},
        SEPTEMBER_2022: {SA},
    }
    assert case.first_identified_on == date(2020, 9, 1)
    year = case.groups.in_year(2021)
    assert year is not None
    assert year.code == "3"


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        (date(2022, 1, 1), None, {SAP}),
        (date(2021, 12, 31), date(2022, 1, 1), {SAP}),
        (date(2022, 1, 2), None, {NONE}),
        (date(2021, 1, 1), date(2021, 12, 31), {NONE}),
    ],
)
def test_a_spell_holds_from_its_first_to_its_last_day(
    start: date, end: date | None, shown: set[object]
) -> None:
    history = (spell("school_action_plus", start, end),)
    assert codes_on(at_action(provision_history=history), JANUARY_2022) == shown


def test_a_history_that_is_not_carried_is_not_read_as_nothing() -> None:
    now = spell("school_action", date(2024, 9, 2))
    pupil = at_action(provision=now, provision_history=(), not_supplied=NO_HISTORY)
    case = case_from_record(pupil, school_kind=None, notices=(), on=TODAY)
    assert case.provisions == {}
    assert case.first_identified_on is None
    carried = replace(pupil, not_supplied=frozenset())
    case = case_from_record(carried, school_kind=None, notices=(), on=TODAY)
    assert case.provisions[JANUARY_2022] == {NONE}
    assert case.first_identified_on == date(2024, 9, 2)


@pytest.mark.parametrize("kind", ["unknown", "idp_school", "english_sen_support"])
def test_a_code_that_the_orders_do_not_know_claims_nothing_of_the_day(kind: str) -> None:
    history = (spell(kind, date(2021, 1, 1)),)
    assert codes_on(at_action(provision_history=history), JANUARY_2022) == set()


def test_an_undated_spell_claims_nothing_of_any_day() -> None:
    pupil = at_action(provision_history=(spell("statement", None),))
    assert codes_on(pupil, JANUARY_2022) == set()
    over = at_action(
        provision_history=(spell("statement", None, date(2020, 7, 1)),),
        provision=spell("none", None),
    )
    assert codes_on(over, JANUARY_2022) == {NONE}


def test_a_statement_of_the_day_is_seen_as_one() -> None:
    pupil = at_action(provision=spell("statement", date(2019, 1, 1)))
    assert codes_on(pupil, SEPTEMBER_2022) == {SA, STATEMENT}


def test_the_year_group_belongs_to_the_day_on_which_the_record_was_read() -> None:
    pupil = at_action()
    read = replace(pupil, source=replace(pupil.source, read_at="2026-08-30T10:00:00Z"))
    case = case_from_record(read, school_kind=None, notices=(), on=TODAY)
    year = case.groups.in_year(2025)
    assert year is not None
    assert year.code == "8"


# ---------------------------------------------------------------- the accounts


@pytest.mark.parametrize(
    ("pupil", "account"),
    [
        (audited(at_action()), Account.UNDECIDED),
        (audited(at_action(now="school_action")), Account.UNDECIDED),
        (audited(at_action(), decision="no_aln"), Account.DECISION),
        (audited(at_action(now="idp_school"), decision="has_aln"), Account.DECISION),
        (audited(at_action(now="idp_school")), Account.TRANSFER),
        (audited(at_action(now="idp_la"), has_left=True), Account.TRANSFER),
        (audited(at_action(now="statement")), Account.TRANSFER),
        (audited(at_action(now="english_ehc_plan")), Account.TRANSFER),
        (audited(at_action(idp=IdpClaim("school"))), Account.TRANSFER),
        (audited(at_action(idp=IdpClaim("school", end=TODAY))), Account.TRANSFER),
        (audited(at_action(idp=IdpClaim("school", end=date(2026, 1, 1)))), Account.UNDECIDED),
        (audited(at_action(), has_left=True), Account.DEPARTURE),
        (audited(None, has_left=True), Account.DEPARTURE),
        (audited(None), Account.UNDECIDED),
    ],
)
def test_each_pupil_is_in_one_account(pupil: AuditedPupil, account: Account) -> None:
    assert account_of(pupil, on=TODAY) is account


@pytest.mark.parametrize(
    ("kind", "account"),
    [
        (NoticeKind.IDP_NOTICE, Account.DECISION),
        (NoticeKind.NO_IDP_NOTICE, Account.DECISION),
        (NoticeKind.ALN_NOTICE, Account.UNDECIDED),
    ],
)
def test_a_deciding_notice_is_a_decision_and_an_aln_notice_is_none(
    kind: NoticeKind, account: Account
) -> None:
    pupil = audited(at_action(), notices=(NoticeGiven(date(2022, 5, 3), kind),))
    assert account_of(pupil, on=TODAY) is account


def test_who_was_swept_undecided_is_named_with_rule_day_and_source() -> None:
    found = audit([audited(at_action(now="school_action"))], on=TODAY)
    (line,) = (each.to_json() for each in found.accounted)
    assert line["swept_undecided"] is True
    assert line["rule"] == "SASAP_C1"
    assert line["moved_on"] == AUGUST_2023.isoformat()
    assert line["cause"] == "automatic_end_of_year"
    assert str(line["source"]).startswith("S.I. 2021/1243")
    assert line["still_coded"] is True
    assert line["stale_code"] is True
    assert "Aled" not in str(line)


def test_a_notice_in_time_leaves_nobody_swept() -> None:
    given_on = NoticeGiven(date(2022, 5, 3), NoticeKind.NO_IDP_NOTICE)
    found = audit([audited(at_action(), notices=(given_on,))], on=TODAY)
    assert found.report()["swept_undecided"] == 0
    assert found.report()["decision"] == 1


def test_whoever_never_stood_at_an_action_stage_is_held_and_not_accounted_for() -> None:
    never = a_pupil(provision=Provision(ProvisionType.STATEMENT))
    found = audit([audited(never), audited(at_action(), key="p2")], on=TODAY)
    assert (found.held, len(found.accounted)) == (2, 1)


@pytest.mark.parametrize("stage", sorted(ACTION_STAGES))
def test_a_stage_that_only_the_register_remembers_counts(stage: ProvisionType) -> None:
    forgotten = audited(a_pupil(), shown=frozenset({stage}))
    assert forgotten.ever_at_action
    assert audit([forgotten], on=TODAY).totals[Account.UNDECIDED] == 1


PUPILS = st.builds(
    AuditedPupil,
    key=st.text("abc", min_size=1, max_size=3),
    school=st.sampled_from(["660/4001", "660/4002", "661/4001"]),
    school_kind=st.sampled_from([None, SchoolKind.MAINTAINED_MAINSTREAM, SchoolKind.PRU]),
    record=st.sampled_from(
        [
            None,
            a_pupil(),
            at_action(),
            at_action(now="school_action"),
            at_action(now="idp_la"),
            at_action(not_supplied=NO_HISTORY),
        ]
    ),
    shown=st.frozensets(st.sampled_from([*ProvisionType]), max_size=2),
    decision=st.sampled_from([None, None, "has_aln", "no_aln"]),
    has_left=st.booleans(),
)


@given(st.lists(PUPILS, max_size=12))
def test_the_totals_reconcile_to_the_register_and_to_the_schools(
    pupils: list[AuditedPupil],
) -> None:
    found = audit(pupils, on=TODAY)
    ever = [pupil for pupil in pupils if pupil.ever_at_action]
    assert found.held == len(pupils)
    assert sum(found.totals.values()) == len(ever) == len(found.accounted)
    for account in Account:
        assert found.totals[account] == sum(counts[account] for counts in found.by_school.values())
    report = found.report()
    assert report["ever_at_action"] == sum(found.totals.values())
    by_rule = report["by_rule"]
    assert isinstance(by_rule, dict)
    assert sum(by_rule.values()) == found.totals[Account.UNDECIDED]


@given(st.lists(PUPILS, max_size=8))
def test_the_order_of_the_register_changes_no_line(pupils: list[AuditedPupil]) -> None:
    one, other = (audit(each, on=TODAY) for each in (pupils, list(reversed(pupils))))
    assert one.report() == other.report()
