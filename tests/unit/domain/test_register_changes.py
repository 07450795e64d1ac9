"""What differs between two records of a pupil, and what the difference is called."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mis_bridge.domain.pupil import (
    Contact,
    IdpClaim,
    LookedAfter,
    Name,
    Need,
    Provision,
    ProvisionType,
    Pupil,
    Registration,
    RegistrationStatus,
)
from mis_bridge.domain.register import ChangeKind, RegisterChange, changes, left
from tests.factories.pupils import SCHOOL, a_pupil

ON = date(2026, 11, 22)
T = ProvisionType
PLAIN = a_pupil()


def with_provision(kind: ProvisionType, since: str | None, raw: str | None = None) -> Pupil:
    start = date.fromisoformat(since) if since else None
    return replace(PLAIN, provision=Provision(kind, raw, start))


def kinds(found: tuple[RegisterChange, ...]) -> list[str]:
    return [change.kind.value for change in found]


SA = with_provision(T.SCHOOL_ACTION, "2026-11-20")


@pytest.mark.parametrize(
    ("before", "after", "kind", "trigger"),
    [
        (PLAIN, SA, "concern_added", "provision:school_action:2026-11-20"),
        (
            PLAIN,
            with_provision(T.SCHOOL_ACTION_PLUS, "2026-11-20"),
            "concern_added",
            "provision:school_action_plus:2026-11-20",
        ),
        (
            PLAIN,
            with_provision(T.EARLY_YEARS_ACTION, "2026-11-20"),
            "concern_added",
            "provision:early_years_action:2026-11-20",
        ),
        (
            PLAIN,
            with_provision(T.STATEMENT, "2026-11-20"),
            "concern_added",
            "provision:statement:2026-11-20",
        ),
        (
            PLAIN,
            with_provision(T.ENGLISH_SEN_SUPPORT, "2026-11-20"),
            "concern_added",
            "provision:english_sen_support:2026-11-20",
        ),
        (
            SA,
            with_provision(T.SCHOOL_ACTION_PLUS, "2026-11-21"),
            "stage_changed",
            "provision:school_action_plus:2026-11-21",
        ),
        (SA, PLAIN, "provision_removed", "provision:none:seen-2026-11-22"),
        (
            PLAIN,
            with_provision(T.IDP_SCHOOL, "2026-11-20"),
            "idp_claimed",
            "provision:idp_school:2026-11-20",
        ),
        (
            with_provision(T.IDP_SCHOOL, "2026-01-01"),
            with_provision(T.IDP_LA, "2026-11-20"),
            "idp_claimed",
            "provision:idp_la:2026-11-20",
        ),
        (
            PLAIN,
            with_provision(T.ENGLISH_EHC_PLAN, None),
            "ehc_claimed",
            "provision:english_ehc_plan:seen-2026-11-22",
        ),
    ],
)
def test_a_change_of_provision_is_named_by_its_fact(
    before: Pupil, after: Pupil, kind: str, trigger: str
) -> None:
    (change,) = changes(before, after, on=ON)
    assert (change.kind.value, change.trigger) == (kind, trigger)


@pytest.mark.parametrize(
    ("kind", "since", "expected"),
    [
        (T.SCHOOL_ACTION, "2025-08-31", "stale_sen_code"),  # the last day of the old law
        (T.SCHOOL_ACTION, "2025-09-01", "concern_added"),  # the day after
        (T.SCHOOL_ACTION, None, "stale_sen_code"),
        (T.SCHOOL_ACTION_PLUS, "2019-09-01", "stale_sen_code"),
        (T.EARLY_YEARS_ACTION_PLUS, "2021-01-01", "stale_sen_code"),
        (T.STATEMENT, "2018-02-01", "stale_sen_code"),
        (T.ENGLISH_SEN_SUPPORT, "2019-09-01", "concern_added"),
        (T.IDP_SCHOOL, "2023-01-01", "idp_claimed"),
        (T.ENGLISH_EHC_PLAN, "2023-01-01", "ehc_claimed"),
    ],
)
def test_at_first_sight_an_old_code_is_stale_and_the_join_is_noted(
    kind: ProvisionType, since: str | None, expected: str
) -> None:
    found = changes(None, with_provision(kind, since), on=ON)
    assert kinds(found) == ["joined", expected]
    assert found[0].trigger == f"joined:{SCHOOL}:2022-09-01"
    assert found[1].before is None


def test_at_first_sight_a_pupil_without_provision_has_only_joined() -> None:
    assert kinds(changes(None, PLAIN, on=ON)) == ["joined"]


def test_the_same_record_told_twice_changes_nothing() -> None:
    assert changes(SA, SA, on=ON) == ()
    assert changes(SA, SA, on=date(2027, 1, 5)) == ()


def test_a_fact_without_a_date_of_its_own_is_named_by_the_day_it_was_noticed() -> None:
    (change,) = changes(PLAIN, with_provision(T.SCHOOL_ACTION, None), on=ON)
    assert (change.trigger, change.since) == ("provision:school_action:seen-2026-11-22", None)


def test_a_key_that_was_not_supplied_never_makes_a_change() -> None:
    silent = replace(
        PLAIN,
        provision=None,
        registrations=(),
        contacts=(),
        dob=None,
        not_supplied=frozenset(
            {"provision", "registrations", "contacts", "needs", "looked_after", "idp", "dob"}
        ),
    )
    assert changes(SA, silent, on=ON) == ()
    assert kinds(changes(silent, SA, on=ON))[:1] == ["concern_added"]


def test_a_provision_first_supplied_later_is_judged_as_at_first_sight() -> None:
    silent = replace(PLAIN, provision=None, not_supplied=frozenset({"provision"}))
    found = changes(silent, with_provision(T.SCHOOL_ACTION, "2020-01-01"), on=ON)
    assert kinds(found) == ["stale_sen_code"]


def test_an_unknown_code_is_kept_apart_from_its_text() -> None:
    free_text = with_provision(T.UNKNOWN, "2026-11-20", "see Dr Jones about autism")
    (change,) = changes(PLAIN, free_text, on=ON)
    assert change.kind is ChangeKind.PROVISION_UNKNOWN
    assert "autism" not in change.trigger
    assert changes(PLAIN, free_text, on=ON)[0].trigger == change.trigger
    other = with_provision(T.UNKNOWN, "2026-11-20", "Q")
    assert kinds(changes(free_text, other, on=ON)) == ["provision_unknown"]


def test_a_second_spell_of_the_same_stage_is_a_concern_and_a_corrected_date_is_not() -> None:
    again = replace(
        with_provision(T.SCHOOL_ACTION, "2026-11-20"),
        provision_history=(
            Provision(T.SCHOOL_ACTION, "A", date(2024, 9, 1), date(2025, 7, 20)),
            Provision(T.SCHOOL_ACTION, "A", date(2026, 11, 20)),
        ),
    )
    first = with_provision(T.SCHOOL_ACTION, "2024-09-01")
    assert kinds(changes(first, again, on=ON)) == ["concern_added"]
    assert changes(first, with_provision(T.SCHOOL_ACTION, "2024-09-15"), on=ON) == ()


def test_a_new_need_is_a_concern_and_one_already_there_is_not() -> None:
    dyslexia = Need("dyslexia", "DYSL", 1, date(2026, 11, 20))
    with_need = replace(PLAIN, needs=(dyslexia,))
    (change,) = changes(PLAIN, with_need, on=ON)
    assert (change.kind, change.trigger) == (ChangeKind.NEED_ADDED, "need:dyslexia:2026-11-20")
    assert changes(with_need, with_need, on=ON) == ()
    ended = replace(PLAIN, needs=(replace(dyslexia, end=date(2026, 11, 21)),))
    assert changes(PLAIN, ended, on=ON) == ()


def test_at_first_sight_an_old_need_without_provision_is_marked_as_already_there() -> None:
    old = replace(PLAIN, needs=(Need("dyslexia", "DYSL", 1, date(2019, 9, 1)),))
    found = changes(None, old, on=ON)
    assert kinds(found) == ["joined", "need_added"]
    assert found[1].before == "first_load"
    assert kinds(changes(None, replace(SA, needs=old.needs), on=ON)) == ["joined", "concern_added"]


def test_a_claimed_plan_beside_the_provision_is_a_claim_once() -> None:
    claim = replace(PLAIN, idp=IdpClaim("school", date(2026, 9, 1)))
    (change,) = changes(PLAIN, claim, on=ON)
    assert (change.kind, change.trigger) == (ChangeKind.IDP_CLAIMED, "idp:school:2026-09-01")
    both = replace(with_provision(T.IDP_SCHOOL, "2026-09-01"), idp=claim.idp)
    assert kinds(changes(PLAIN, both, on=ON)) == ["idp_claimed"]
    over = replace(PLAIN, idp=IdpClaim("school", date(2024, 9, 1), date(2026, 11, 21)))
    assert changes(PLAIN, over, on=ON) == ()


def test_care_begins_and_ends() -> None:
    in_care = replace(PLAIN, looked_after=LookedAfter(in_care=True, care_authority="660"))
    out = replace(PLAIN, looked_after=LookedAfter(in_care=False))
    assert kinds(changes(PLAIN, in_care, on=ON)) == ["became_looked_after"]
    assert kinds(changes(in_care, out, on=ON)) == ["ceased_looked_after"]
    assert changes(PLAIN, out, on=ON) == ()


def place(
    school: str, status: RegistrationStatus, start: str, end: str | None = None
) -> Registration:
    return Registration(
        school, status, date.fromisoformat(start), date.fromisoformat(end) if end else None
    )


MAIN = place(SCHOOL, RegistrationStatus.MAIN, "2022-09-01")
ELSEWHERE = place("660/4002", RegistrationStatus.SUBSIDIARY, "2026-11-02")


def test_a_second_registration_begins_and_ends() -> None:
    dual = replace(PLAIN, registrations=(MAIN, ELSEWHERE))
    (change,) = changes(PLAIN, dual, on=ON)
    assert change.kind is ChangeKind.BECAME_DUAL_REGISTERED
    assert change.trigger == "became_dual_registered:2026-11-02"
    assert kinds(changes(dual, PLAIN, on=ON)) == ["ceased_dual_registered"]
    guest = replace(PLAIN, registrations=(replace(MAIN, status=RegistrationStatus.GUEST),))
    assert kinds(changes(PLAIN, guest, on=ON)) == ["became_dual_registered"]


@pytest.mark.parametrize(
    ("end", "gone"), [("2026-11-21", True), ("2026-11-22", False), ("2026-11-23", False)]
)
def test_a_pupil_has_left_on_the_day_after_the_registration_ends(end: str, gone: bool) -> None:
    ended = replace(PLAIN, registrations=(replace(MAIN, end=date.fromisoformat(end)),))
    assert kinds(changes(PLAIN, ended, on=ON)) == (["left"] if gone else [])


def test_a_departure_is_told_once_and_coming_back_is_a_new_join() -> None:
    gone = replace(PLAIN, registrations=(replace(MAIN, status=RegistrationStatus.FORMER),))
    assert kinds(changes(PLAIN, gone, on=ON)) == ["left"]
    assert changes(gone, gone, on=ON) == ()
    back = replace(
        PLAIN,
        registrations=(*gone.registrations, place(SCHOOL, RegistrationStatus.MAIN, "2026-11-20")),
    )
    (change,) = changes(gone, back, on=ON)
    assert (change.kind, change.trigger) == (ChangeKind.JOINED, f"joined:{SCHOOL}:2026-11-20")


def test_a_tombstone_is_a_departure_of_the_same_name() -> None:
    gone = replace(PLAIN, registrations=(replace(MAIN, status=RegistrationStatus.FORMER),))
    (told,) = left(PLAIN, on=ON)
    assert told == changes(PLAIN, gone, on=ON)[0]


def test_a_former_pupil_at_first_sight_is_no_change() -> None:
    gone = replace(SA, registrations=(replace(MAIN, status=RegistrationStatus.FORMER),))
    assert changes(None, gone, on=ON) == ()


@pytest.mark.parametrize(("on", "told"), [("2026-06-26", False), ("2026-06-27", True)])
def test_the_end_of_compulsory_school_age_is_told_on_the_day_after(on: str, told: bool) -> None:
    before = replace(PLAIN, dob=date(2010, 1, 15))
    after = replace(before, flags=("young_person_over_compulsory_school_age",))
    found = changes(before, after, on=date.fromisoformat(on))
    assert kinds(found) == (["over_compulsory_school_age"] if told else [])
    assert changes(after, after, on=ON) == ()


def test_contacts_and_identity_are_noted() -> None:
    moved = replace(PLAIN, contacts=(Contact(name="Nain", relationship="grandmother"),))
    assert kinds(changes(PLAIN, moved, on=ON)) == ["contacts_changed"]
    renamed = replace(PLAIN, name=Name(legal_forename="Alun", legal_surname="Canary"))
    assert kinds(changes(PLAIN, renamed, on=ON)) == ["identity_changed"]
