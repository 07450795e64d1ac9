"""The table of notices as the reference states it, written down apart from the product's own table.

`to` names the places: P person, F each parent of a child, I reviewing officer, G governing body,
C person in charge, O other body. A lower-case i stands for an officer who is told by an LA only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.routing import (
    CaseFriend,
    Giver,
    Learner,
    NoticeCase,
    Parent,
)

SCHOOL, FEI, LA = Giver.MAINTAINED_SCHOOL, Giver.FEI, Giver.LOCAL_AUTHORITY
LOOKING_AFTER, HOME, NHS = Giver.LOOKING_AFTER_LA, Giver.HOME_AUTHORITY, Giver.NHS_BODY
CHILD, YOUNG_PERSON = PersonKind.CHILD, PersonKind.YOUNG_PERSON
TODAY = date(2026, 11, 20)

EXTRAS = frozenset(
    {
        "decision",
        "reasons",
        "contact_details",
        "information_and_advice",
        "disagreement_resolution",
        "advocacy",
    }
)
REASONED = frozenset({"decision", "reasons"})
PLAN = frozenset({"plan_copy"})


@dataclass(frozen=True)
class Row:
    """One row: event, givers, places, what it must contain, and whom alone it concerns."""

    event: str
    givers: tuple[Giver, ...]
    to: str
    content: frozenset[str] = frozenset()
    only: PersonKind | None = None


ROWS = (
    Row("s9_3_information", (LA,), "PFG"),
    Row("s9_4_information", (SCHOOL,), "PF"),
    Row("s9_5_information", (FEI,), "P"),
    Row("no_aln_decision_s11_4", (SCHOOL, FEI), "PF", EXTRAS),
    Row("no_aln_decision_s13_3", (LA,), "PF", EXTRAS | {"right_of_appeal_s70"}),
    Row("plan_not_necessary_reg10", (LA,), "P", EXTRAS | {"right_of_appeal_s70"}, YOUNG_PERSON),
    Row("no_aln_decision_s18_3", (LOOKING_AFTER,), "PFI", REASONED, CHILD),
    Row("nhs_referral_intended_s20_3", (LA,), "PF"),
    Row("nhs_outcome_s21", (NHS,), "GO"),
    Row("idp_copy_s22_1", (SCHOOL, FEI, LA), "PFi", PLAN),
    Row("now_responsible_s22_2", (SCHOOL, FEI, LA), "PFi"),
    Row("not_revise_s23_10", (SCHOOL, FEI, LA), "PF", REASONED),
    Row("revised_copy_s23_11", (SCHOOL, FEI, LA), "PF", PLAN),
    Row("not_revise_s24_9", (LA, LOOKING_AFTER), "PFI", REASONED, CHILD),
    Row("revised_copy_s24_10", (LA, LOOKING_AFTER), "PFI", PLAN, CHILD),
    Row("request_received_s26_3", (LA,), "G"),
    Row("request_received_s27_3", (LA,), "G"),
    Row("request_received_s28_5", (LA,), "G"),
    Row("not_revise_s27_4", (LA,), "PFG", REASONED),
    Row("revised_copy_s27_7", (LA,), "PFG", PLAN),
    Row("takeover_request_s28_4", (LA,), "PF"),
    Row("takeover_decision_s28_7", (LA,), "PFG", REASONED),
    Row("dual_registration_s30_6", (SCHOOL, FEI), "O"),
    Row("propose_cease_s31_7", (SCHOOL, FEI, LA), "PFI"),
    Row("cease_s31_8", (LA, FEI), "PFI", REASONED),
    Row(
        "cease_s31_8_and_9",
        (SCHOOL,),
        "PFI",
        REASONED | {"right_to_request_la_reconsideration_s32"},
    ),
    Row("cease_reconsidered_s32_3", (LA,), "PFG", REASONED),
    Row("transfer_request_s36_2", (LA,), "G", PLAN),
    Row("participation_s40_3", (HOME,), "C"),
    Row("no_aln_s40_4", (HOME,), "PFC", EXTRAS | {"right_of_appeal_s72"}),
    Row("idp_copy_s40_5", (HOME,), "PFC", PLAN),
    Row("keeping_plan_s42_6", (HOME,), "PF"),
    Row("plan_copy_s42_7", (HOME,), "C", PLAN),
    Row("plan_copy_reg15", (SCHOOL, FEI, LA), "O", PLAN),
    Row("now_responsible_reg22_5", (LA,), "PF"),
    Row("health_opinion_s64_3", (NHS,), "FO", only=CHILD),
    Row("refusal_s65_3", (SCHOOL, FEI, NHS), "O", frozenset({"reasons"})),
    Row("capacity_view_s84", (LA,), "G"),
    Row("idp_notice", (SCHOOL,), "PF"),
    Row("no_idp_notice", (SCHOOL,), "PF"),
    Row("idp_copy_c5_13", (SCHOOL, LA), "PF", PLAN),
    Row("aln_notice", (LA,), "PF"),
    Row("decision_started", (SCHOOL,), "PF"),
)
GENERAL_INFORMATION = frozenset({"s9_3_information", "s9_4_information", "s9_5_information"})
CONVERSION = frozenset({"idp_notice", "no_idp_notice", "idp_copy_c5_13", "aln_notice"})

VERIFIED = CaseFriend("case_friend", "ETW/2026/001", date(2026, 10, 1))
MOTHER, FATHER = Parent("mother"), Parent("father")


def everybody(row: Row, by: Giver, kind: PersonKind) -> NoticeCase:
    """Name everybody there is, in England so that a school may be the giver."""
    return NoticeCase(
        event=row.event,
        by=by,
        on=TODAY,
        learner=Learner("learner", kind),
        area="england",
        looked_after=True,
        case_friend=VERIFIED,
        parents=(MOTHER, FATHER),
        iro="iro",
        governing_body="governors",
        person_in_charge="warden",
        other_bodies=("other",),
    )


def expected_recipients(row: Row, by: Giver, case: NoticeCase) -> set[str]:
    """Read the table for a case whose people all have capacity."""
    assert case.learner is not None
    child = case.learner.kind is CHILD
    if row.only is not None and row.only is not case.learner.kind:
        return set()
    receives: set[str] = set()
    if "P" in row.to:
        receives |= _person(row, case, child=child)
    if "F" in row.to and (child or row.event == "s9_4_information"):
        receives |= {parent.id for parent in case.parents}
    officer_is_told = "I" in row.to or ("i" in row.to and by in {LA, LOOKING_AFTER})
    if officer_is_told and child and case.iro:
        receives.add(case.iro)
    if "G" in row.to and case.governing_body:
        receives.add(case.governing_body)
    if "C" in row.to and case.person_in_charge:
        receives.add(case.person_in_charge)
    if "O" in row.to:
        receives |= set(case.other_bodies)
    return receives


def _person(row: Row, case: NoticeCase, *, child: bool) -> set[str]:
    assert case.learner is not None
    learner = {case.learner.id}
    friend = {case.case_friend.id} if case.case_friend and child else set()
    if row.event in {"s9_3_information", "s9_4_information"}:
        return learner | friend
    if row.event == "s9_5_information" or row.event in CONVERSION:
        return learner
    return friend or learner
