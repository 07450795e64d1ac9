"""What moves a pupil before the last day: notices, events, appeals; on, before and after each."""

from __future__ import annotations

from datetime import date

import pytest

from mis_bridge.domain.schedule_rules import Body, Cause
from mis_bridge.domain.transition_case import Appeal, SchoolKind, TransitionCase
from tests.unit.domain.transition_facts import (
    ALN,
    ALN_NOTICE,
    AUGUST_2023,
    AUGUST_2024,
    AUGUST_2025,
    AUTHORITY,
    EHC,
    IDP,
    JANUARY_2022,
    NO_IDP,
    ONE_DAY,
    SA,
    SCHOOL,
    SEN,
    SEPTEMBER_2022,
    action,
    appeal,
    asked,
    event,
    identified,
    near,
    notice,
    pipeline,
    rule_of,
    statement,
    uncertain,
    with_,
)

PRU_COMMITTEE = Body.PRU_MANAGEMENT_COMMITTEE
MAY = date(2023, 5, 10)
REQUEST = event("request_for_notice", date(2023, 5, 9))
SCHOOL_CASES = (action("3"), identified("4"))
AUTHORITY_CASES = (
    action("3", looked_after=True),
    action("3", dual_registered=True),
    identified("4", looked_after=True),
    identified("4", dual_registered=True),
)
EOTAS = with_(identified("4"), school_kind=SchoolKind.EOTAS, school_kind_at={})


def moves_on(pupil: TransitionCase, day: date, cause: Cause, rule: str | None = None) -> None:
    eve, at = asked(pupil, day - ONE_DAY), asked(pupil, day)
    assert (eve.system, at.system) == (SEN, ALN)
    assert (eve.moved_on, at.moved_on) == (day, day)
    assert at.cause is cause
    if rule is not None:
        assert rule_of(at) == rule
        assert rule_of(eve) != rule


def stays(pupil: TransitionCase, day: date) -> None:
    assert asked(pupil, day).system is SEN


# ---------------------------------------------------------------- notices


@pytest.mark.parametrize(
    ("pupil", "giver"),
    [
        *[(pupil, SCHOOL) for pupil in SCHOOL_CASES],
        *[(pupil, AUTHORITY) for pupil in AUTHORITY_CASES],
        (EOTAS, AUTHORITY),
        (statement(), AUTHORITY),
        (pipeline(), AUTHORITY),
    ],
)
def test_a_deciding_notice_moves_the_pupil_on_its_day_and_decides(
    pupil: TransitionCase, giver: Body
) -> None:
    yes = with_(pupil, notices=notice(MAY, IDP, giver))
    moves_on(yes, MAY, Cause.IDP_NOTICE)
    assert (asked(yes, MAY).status, asked(yes, MAY).next_step) == ("deemed_aln", "prepare_idp")
    no = with_(pupil, notices=notice(MAY, NO_IDP, giver))
    moves_on(no, MAY, Cause.NO_IDP_NOTICE)
    found = asked(no, MAY)
    assert (found.status, found.next_step) == ("deemed_not_aln", None)
    right = "local_authority_reconsideration" if giver is SCHOOL else "tribunal_appeal"
    assert found.next_right == right
    assert right in {step.rule for step in found.trace.steps}
    assert "idp_time_limit" in {step.rule for step in asked(yes, MAY).trace.steps}
    assert asked(no, AUGUST_2023 + ONE_DAY).duty.overdue is False


@pytest.mark.parametrize(
    ("pupil", "giver"),
    [
        *[(pupil, AUTHORITY) for pupil in SCHOOL_CASES],
        *[(pupil, PRU_COMMITTEE) for pupil in SCHOOL_CASES],
        *[(pupil, SCHOOL) for pupil in AUTHORITY_CASES],
        (statement(), SCHOOL),
        (pipeline(), SCHOOL),
    ],
)
def test_a_deciding_notice_of_another_body_moves_nobody(pupil: TransitionCase, giver: Body) -> None:
    stays(with_(pupil, notices=notice(MAY, IDP, giver)), MAY)


@pytest.mark.parametrize("giver", [*Body])
def test_whoever_acts_for_a_referral_unit_may_give_its_notice(giver: Body) -> None:
    pupil = action("3", school_kind=SchoolKind.PRU, notices=notice(MAY, NO_IDP, giver))
    moves_on(pupil, MAY, Cause.NO_IDP_NOTICE)
    found = asked(pupil, MAY)
    assert "pupil_referral_unit" in uncertain(found)
    assert (found.next_right == "tribunal_appeal") is (giver is AUTHORITY)


@pytest.mark.parametrize("pupil", [*SCHOOL_CASES, *AUTHORITY_CASES, EOTAS, statement()])
def test_an_aln_notice_moves_and_decides_nothing(pupil: TransitionCase) -> None:
    pupil = with_(pupil, notices=notice(MAY, ALN_NOTICE, AUTHORITY))
    moves_on(pupil, MAY, Cause.ALN_NOTICE)
    found = asked(pupil, MAY)
    assert (found.status, found.next_step) == ("undetermined", "open_duty_to_decide_task")


def test_the_pipeline_knows_no_aln_notice() -> None:
    stays(pipeline(notices=notice(MAY, ALN_NOTICE, AUTHORITY)), MAY)


def test_an_aln_notice_is_given_by_an_authority_alone() -> None:
    stays(action("3", notices=notice(MAY, ALN_NOTICE, SCHOOL)), MAY)


def test_an_aln_notice_has_no_effect_while_a_statement_appeal_is_open() -> None:
    open_appeal = appeal(made=True, determined=date(2023, 5, 11))
    pupil = statement(notices=notice(MAY, ALN_NOTICE, AUTHORITY), appeal=open_appeal)
    stays(pupil, MAY)
    on_the_day = statement(
        notices=notice(date(2023, 5, 11), ALN_NOTICE, AUTHORITY), appeal=open_appeal
    )
    moves_on(on_the_day, date(2023, 5, 11), Cause.ALN_NOTICE)


@pytest.mark.parametrize(
    ("pupil", "in_force"),
    [
        (action("2"), JANUARY_2022),
        (action("2", looked_after=True), JANUARY_2022),
        (identified("3"), SEPTEMBER_2022),
        (statement("3"), SEPTEMBER_2022),
        (pipeline(), SEPTEMBER_2022),
    ],
)
def test_a_notice_may_come_before_the_window_and_not_before_the_order(
    pupil: TransitionCase, in_force: date
) -> None:
    moves_on(with_(pupil, notices=notice(in_force, NO_IDP)), in_force, Cause.NO_IDP_NOTICE)
    too_early = with_(pupil, notices=notice(in_force - ONE_DAY, NO_IDP))
    stays(too_early, in_force)
    assert rule_of(asked(too_early, in_force)) in near(asked(too_early, in_force))


def test_a_notice_on_the_eve_on_the_last_day_and_after_it() -> None:
    eve = action("3", notices=notice(AUGUST_2023 - ONE_DAY))
    moves_on(eve, AUGUST_2023 - ONE_DAY, Cause.IDP_NOTICE)
    on_the_day = action("3", notices=notice(AUGUST_2023))
    moves_on(on_the_day, AUGUST_2023, Cause.IDP_NOTICE)
    assert "notice_on_last_day" in uncertain(asked(on_the_day, AUGUST_2023))
    late = action("3", notices=notice(AUGUST_2023 + ONE_DAY))
    moves_on(late, AUGUST_2023, Cause.SWEPT)
    found = asked(late, AUGUST_2023 + ONE_DAY)
    assert found.status == "undetermined"
    assert "SASAP_C1" in near(found)


def test_the_first_of_several_notices_counts() -> None:
    pupil = action("3", notices=notice(MAY, NO_IDP) + notice(MAY - ONE_DAY, IDP))
    moves_on(pupil, MAY - ONE_DAY, Cause.IDP_NOTICE)


def test_no_plan_is_promised_where_an_english_plan_is_on_the_record() -> None:
    plain = action("3", notices=notice(MAY))
    assert asked(plain, MAY).next_step == "prepare_idp"
    from_england = with_(plain, current=frozenset({EHC}))
    assert asked(from_england, MAY).next_step is None


# ---------------------------------------------------------------- events

EVENTS = [
    *[(pupil, "deregistered", "LEFT_SCHOOL") for pupil in SCHOOL_CASES],
    *[(pupil, "became_dual_registered", "BECAME_DUAL_REGISTERED") for pupil in SCHOOL_CASES],
    *[(pupil, "became_looked_after", "BECAME_LOOKED_AFTER") for pupil in SCHOOL_CASES],
    (AUTHORITY_CASES[1], "ceased_dual_registered", "CEASED_DUAL_REGISTERED"),
    (AUTHORITY_CASES[3], "ceased_dual_registered", "CEASED_DUAL_REGISTERED"),
    (AUTHORITY_CASES[0], "ceased_looked_after", "CEASED_LOOKED_AFTER"),
    (AUTHORITY_CASES[2], "ceased_looked_after", "CEASED_LOOKED_AFTER"),
    (EOTAS, "ceased_eotas", "CEASED_EOTAS"),
    (statement(), "statement_ceased", "STMT_CEASED"),
    (statement(), "moved_la_area", "STMT_MOVED_AREA"),
    (pipeline(), "moved_la_area", "PRE_STMT_MOVED_AREA"),
]
CAUSES = {
    "LEFT_SCHOOL": Cause.CEASED_REGISTRATION,
    "STMT_MOVED_AREA": Cause.MOVED_AREA,
    "PRE_STMT_MOVED_AREA": Cause.MOVED_AREA,
    "STMT_CEASED": Cause.STATEMENT_CEASED,
}


@pytest.mark.parametrize(("pupil", "what", "rule"), EVENTS)
def test_an_event_moves_the_pupil_on_the_day_it_happens(
    pupil: TransitionCase, what: str, rule: str
) -> None:
    moved = with_(pupil, happenings=(event(what, MAY),))
    cause = CAUSES.get(rule) or Cause(what)
    moves_on(moved, MAY, cause, rule)
    found = asked(moved, MAY)
    assert found.status == "undetermined"
    assert found.next_step == "open_duty_to_decide_task"
    assert found.duty.overdue is False
    assert asked(moved, AUGUST_2025).duty.overdue is False


@pytest.mark.parametrize(("pupil", "what", "rule"), EVENTS)
def test_a_notice_asked_for_before_stops_every_event_but_those_of_statements(
    pupil: TransitionCase, what: str, rule: str
) -> None:
    blocked = with_(pupil, happenings=(event(what, MAY), REQUEST))
    if rule in {"STMT_CEASED", "STMT_MOVED_AREA"}:
        moves_on(blocked, MAY, CAUSES[rule], rule)
    else:
        stays(blocked, MAY)
        assert rule in near(asked(blocked, MAY))
        assert asked(blocked, MAY).duty.now
    asked_too_late = with_(pupil, happenings=(event(what, MAY), event(REQUEST.kind, MAY + ONE_DAY)))
    assert asked(asked_too_late, MAY).system is ALN


def test_a_notice_asked_for_on_the_day_itself_counts_as_asked_for_first() -> None:
    both = action("3", happenings=(event("deregistered", MAY), event("request_for_notice", MAY)))
    stays(both, MAY)
    assert "request_on_the_day" in uncertain(asked(both, MAY))


@pytest.mark.parametrize("pupil", SCHOOL_CASES)
@pytest.mark.parametrize(
    ("reason", "moves"),
    [
        ("home_education", True),
        ("unspecified", True),
        ("moved_school", True),
        (None, True),
        ("end_of_final_year", False),
        ("school_discontinued", False),
        ("pru_permanently_closed", False),
    ],
)
def test_leaving_moves_the_pupil_but_for_three_reasons(
    pupil: TransitionCase, reason: str | None, moves: bool
) -> None:
    left = with_(pupil, happenings=(event("deregistered", MAY, reason),))
    assert (asked(left, MAY).system is ALN) is moves
    assert asked(left, AUGUST_2023).system is ALN


@pytest.mark.parametrize(
    ("pupil", "what"),
    [
        (statement(), "deregistered"),
        (pipeline(), "deregistered"),
        (AUTHORITY_CASES[0], "deregistered"),
        (statement(), "became_looked_after"),
        (AUTHORITY_CASES[1], "became_looked_after"),
        (SCHOOL_CASES[0], "ceased_eotas"),
        (action("3", looked_after=True), "ceased_eotas"),
        (SCHOOL_CASES[0], "statement_ceased"),
        (SCHOOL_CASES[0], "moved_la_area"),
    ],
)
def test_an_event_of_another_group_moves_nobody(pupil: TransitionCase, what: str) -> None:
    stays(with_(pupil, happenings=(event(what, MAY),)), MAY)


@pytest.mark.parametrize("what", ["ceased_dual_registered", "ceased_eotas"])
def test_while_looked_after_the_end_of_the_rest_moves_nobody(what: str) -> None:
    base = AUTHORITY_CASES[3] if what == "ceased_dual_registered" else EOTAS
    stays(with_(base, looked_after=True, happenings=(event(what, MAY),)), MAY)
    became = event("became_looked_after", date(2023, 2, 1))
    stays(with_(base, happenings=(event(what, MAY), became)), MAY)
    ceased = event("ceased_looked_after", date(2023, 3, 1))
    moved = asked(with_(base, happenings=(event(what, MAY), became, ceased)), MAY)
    assert moved.moved_on == date(2023, 3, 1)


def test_becoming_looked_after_in_an_english_area_moves_nobody() -> None:
    happened = (event("became_looked_after", MAY),)
    stays(action("3", in_area_of_english_la=True, happenings=happened), MAY)


def test_a_second_registration_moves_nobody_without_a_welsh_authority() -> None:
    happened = (event("became_dual_registered", MAY),)
    stays(action("3", la_in_wales_responsible=False, happenings=happened), MAY)


def test_moving_area_moves_nobody_while_an_appeal_is_open() -> None:
    over = date(2023, 5, 11)
    happened = (event("moved_la_area", MAY),)
    stays(statement(happenings=happened, appeal=appeal(made=True, determined=over)), MAY)
    later = (event("moved_la_area", over),)
    pupil = statement(happenings=later, appeal=appeal(made=True, determined=over))
    assert asked(pupil, over).system is ALN


def test_the_end_of_a_statement_moves_even_while_an_appeal_is_open() -> None:
    pupil = statement(happenings=(event("statement_ceased", MAY),), appeal=appeal(made=True))
    moves_on(pupil, MAY, Cause.STATEMENT_CEASED, "STMT_CEASED")


@pytest.mark.parametrize(
    ("pupil", "in_force"), [(action("3"), JANUARY_2022), (identified("4"), SEPTEMBER_2022)]
)
def test_an_event_before_the_order_moves_nobody(pupil: TransitionCase, in_force: date) -> None:
    stays(with_(pupil, happenings=(event("deregistered", in_force - ONE_DAY),)), in_force)
    assert (
        asked(with_(pupil, happenings=(event("deregistered", in_force),)), in_force).system is ALN
    )


def test_who_moved_before_september_2022_is_in_no_later_group() -> None:
    codes = {JANUARY_2022: frozenset({SA}), SEPTEMBER_2022: statement().provisions[SEPTEMBER_2022]}
    moved = action("3", provisions=codes, notices=notice(date(2022, 5, 3), IDP, SCHOOL))
    found = asked(moved, date(2022, 10, 1))
    assert (rule_of(found), found.system, found.status) == ("SASAP_C1", ALN, "deemed_aln")
    assert found.check_the_record
    assert rule_of(asked(with_(moved, notices=()), date(2022, 10, 1))) == "STMT_Y3"


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("deregistered", AUTHORITY),
        ("became_looked_after", AUTHORITY),
        ("became_dual_registered", AUTHORITY),
    ],
)
def test_after_an_event_that_takes_the_pupil_from_the_school_the_authority_answers(
    rule: str, body: Body
) -> None:
    assert asked(action("3", happenings=(event(rule, MAY),)), MAY).body is body


def test_after_an_event_that_gives_the_pupil_back_the_school_answers() -> None:
    no_longer = AUTHORITY_CASES[0]
    found = asked(with_(no_longer, happenings=(event("ceased_looked_after", MAY),)), MAY)
    assert found.body is SCHOOL


# ---------------------------------------------------------------- appeals

ROWS = [
    (statement("6"), AUGUST_2023),
    (statement("5"), AUGUST_2024),
    (statement("3"), AUGUST_2025),
]


@pytest.mark.parametrize(("pupil", "last"), ROWS)
@pytest.mark.parametrize("days", [-1, 0, 1, 40])
def test_time_to_appeal_that_is_open_on_30_august_holds_the_move_back(
    pupil: TransitionCase, last: date, days: int
) -> None:
    eve = last - ONE_DAY
    ends = eve + days * ONE_DAY
    held = with_(pupil, appeal=appeal(made=False, ends=ends))
    if days < 0:
        moves_on(held, last, Cause.SWEPT)
    else:
        moves_on(held, ends + ONE_DAY, Cause.APPEAL_TRANSFER_DAY)
        assert rule_of(asked(held, ends + ONE_DAY)) == "STMT_APPEAL"


@pytest.mark.parametrize(("pupil", "last"), [*ROWS, (pipeline(), AUGUST_2024)])
@pytest.mark.parametrize("days", [0, 1, 200])
def test_an_appeal_that_is_open_on_30_august_holds_the_move_back(
    pupil: TransitionCase, last: date, days: int
) -> None:
    eve = last - ONE_DAY
    determined = eve + days * ONE_DAY
    held = with_(pupil, appeal=appeal(made=True, determined=determined))
    cause = Cause.APPEAL_TRANSFER_DAY if days else Cause.SWEPT
    moves_on(held, determined + ONE_DAY if days else last, cause)


@pytest.mark.parametrize(("pupil", "last"), [*ROWS, (pipeline(), AUGUST_2024)])
def test_an_appeal_without_an_end_leaves_no_day_for_the_move(
    pupil: TransitionCase, last: date
) -> None:
    held = with_(pupil, appeal=appeal(made=True))
    for day in (last, last + ONE_DAY, date(2026, 11, 22)):
        found = asked(held, day)
        assert (found.system, rule_of(found), found.moved_on) == (SEN, "STMT_APPEAL", None)
        assert found.duty.now is False
        assert found.duty.overdue is False
        assert "appeal" in uncertain(found)


@pytest.mark.parametrize(("pupil", "last"), [*ROWS, (pipeline(), AUGUST_2024)])
def test_what_the_tribunal_ordered_holds_the_move_back_to_the_last_action(
    pupil: TransitionCase, last: date
) -> None:
    over = last - 60 * ONE_DAY
    done = (last + 5 * ONE_DAY, last + 20 * ONE_DAY)
    held = with_(pupil, appeal=appeal(made=True, determined=over, ordered=done))
    moves_on(held, last + 21 * ONE_DAY, Cause.APPEAL_TRANSFER_DAY)
    in_time = (last - 2 * ONE_DAY, last - ONE_DAY)
    moves_on(
        with_(pupil, appeal=appeal(made=True, determined=over, ordered=in_time)), last, Cause.SWEPT
    )
    undone = appeal(made=True, determined=over, ordered=(last - ONE_DAY, None))
    assert asked(with_(pupil, appeal=undone), AUGUST_2025).system is SEN


def test_time_to_appeal_alone_does_not_hold_back_the_pipeline() -> None:
    moves_on(pipeline(appeal=appeal(made=False, ends=date(2024, 10, 1))), AUGUST_2024, Cause.SWEPT)


@pytest.mark.parametrize("pupil", [*SCHOOL_CASES, *AUTHORITY_CASES])
def test_an_appeal_holds_back_no_other_group(pupil: TransitionCase) -> None:
    assert asked(with_(pupil, appeal=appeal(made=True)), AUGUST_2023).system is ALN


def test_while_an_appeal_is_open_nothing_is_owed_and_then_it_is_owed_soon() -> None:
    over = date(2023, 3, 1)
    pupil = statement(appeal=appeal(made=True, determined=over))
    before, after = asked(pupil, over - ONE_DAY), asked(pupil, over)
    assert (rule_of(before), before.duty.now) == ("STMT_APPEAL", False)
    assert (rule_of(after), after.duty.now) == ("STMT_Y2", True)
    for found in (before, after):
        assert found.duty.limit is not None
        assert found.duty.limit.unit == "as_soon_as_reasonably_practicable"
        assert found.duty.limit.from_ == "end_of_appeal"


def test_a_notice_given_while_an_appeal_is_open_is_marked() -> None:
    pupil = statement(appeal=appeal(made=True), notices=notice(MAY))
    moves_on(pupil, MAY, Cause.IDP_NOTICE)
    assert "notice_during_appeal" in uncertain(asked(pupil, MAY))


@pytest.mark.parametrize("done", [date(2023, 5, 1), AUGUST_2023 - ONE_DAY])
def test_an_ordered_action_shows_that_the_appeal_was_over(done: date) -> None:
    moves_on(statement(appeal=appeal(made=True, ordered=(done,))), AUGUST_2023, Cause.SWEPT)


def test_an_empty_appeal_is_no_appeal() -> None:
    moves_on(statement(appeal=Appeal()), AUGUST_2023, Cause.SWEPT)


def test_a_statement_made_after_january_2022_with_an_appeal_in_2025_needs_a_person() -> None:
    codes = {**statement().provisions, JANUARY_2022: frozenset({SA})}
    pupil = statement("3", provisions=codes, appeal=appeal(made=True))
    assert "statement_day" in uncertain(asked(pupil, AUGUST_2025))
