"""The invented authority is whole, invented, and right in any year."""

from __future__ import annotations

from datetime import date

import pytest

from mis_bridge.demo import texts
from mis_bridge.demo.roll import DemoPupil
from mis_bridge.demo.world import Authority, in_school_year, load_authority, school_year_of

TODAY = date(2026, 11, 22)
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return load_authority(TODAY)


def every_pupil(authority: Authority) -> list[DemoPupil]:
    return [pupil for school in authority.schools for pupil in school.pupils]


def check_letter(upn: str) -> str:
    values = (int(sign) if sign.isdigit() else LETTERS.index(sign) for sign in upn[1:])
    return LETTERS[sum(weight * value for weight, value in enumerate(values, start=2)) % 23]


def test_the_authority_has_a_primary_a_secondary_and_a_special_school(authority: Authority) -> None:
    assert [school.kind for school in authority.schools] == ["primary", "secondary", "special"]
    assert all(school.number == f"661/{school.estab}" for school in authority.schools)
    assert all(12 <= len(school.pupils) <= 15 for school in authority.schools)


def test_each_school_has_an_alnco_a_teacher_and_a_head_who_are_three_people(
    authority: Authority,
) -> None:
    for school in authority.schools:
        assert {person.role for person in school.staff} == {"alnco", "teacher", "head"}
        assert len({person.sub for person in school.staff}) == 3


def test_a_record_id_belongs_to_one_pupil(authority: Authority) -> None:
    ids = [pupil.record_id for pupil in every_pupil(authority)]
    assert len(ids) == len(set(ids))


def test_every_upn_but_the_one_that_shows_an_invalid_letter_is_well_made(
    authority: Authority,
) -> None:
    wrong = [
        pupil.record_id
        for pupil in every_pupil(authority)
        if pupil.upn and check_letter(pupil.upn) != pupil.upn[0]
    ]
    assert wrong == ["A661993111"]


def test_only_a_dual_registered_pupil_has_one_upn_in_two_schools(authority: Authority) -> None:
    seen: dict[str, set[str]] = {}
    for pupil in every_pupil(authority):
        if pupil.upn:
            seen.setdefault(pupil.upn, set()).add(pupil.enrolment)
    twice = [modes for modes in seen.values() if len(modes) > 1]
    assert twice == [{"M", "S"}]


def test_every_stage_that_the_pages_can_show_occurs(authority: Authority) -> None:
    assert {pupil.sen for pupil in every_pupil(authority)} == set(texts.SEN_STAGES)


def test_every_code_of_a_pupil_has_its_label(authority: Authority) -> None:
    for pupil in every_pupil(authority):
        assert pupil.enrolment in texts.ENROLMENTS
        assert {need.code for need in pupil.needs} <= set(texts.NEEDS)
        assert {contact.relationship for contact in pupil.contacts} <= set(texts.RELATIONSHIPS)


def test_nobody_can_be_reached_by_telephone_or_mail(authority: Authority) -> None:
    for pupil in every_pupil(authority):
        for contact in pupil.contacts:
            assert contact.phone is None or contact.phone.startswith("07700 900")
            assert contact.email is None or contact.email.endswith("@example.org")


@pytest.mark.parametrize("today", [date(2026, 9, 1), date(2027, 8, 31), date(2031, 3, 4)])
def test_in_any_year_a_pupil_is_as_old_as_the_year_group_says(today: date) -> None:
    for pupil in every_pupil(load_authority(today)):
        ages = {"N2": 3, "R": 4} | {str(year): year + 4 for year in range(1, 15)}
        began = date(school_year_of(today), 9, 1)
        age = (
            began.year
            - pupil.dob.year
            - ((began.month, began.day) < (pupil.dob.month, pupil.dob.day))
        )
        assert age == ages[pupil.nc_year], pupil.record_id


def test_the_school_year_turns_on_the_first_of_september() -> None:
    assert school_year_of(date(2026, 8, 31)) == 2025
    assert school_year_of(date(2026, 9, 1)) == 2026


def test_years_are_put_in_relative_to_the_school_year() -> None:
    assert in_school_year("{Y-1}/{Y}/{Y+1}/{X}", 2026) == "2025/2026/2027/{X}"


def test_what_people_know_is_kept_apart_from_what_the_mis_keeps(authority: Authority) -> None:
    assert set(authority.known) <= {pupil.record_id for pupil in every_pupil(authority)}
    assert not any(hasattr(pupil, "known") for pupil in every_pupil(authority))


def test_a_pupil_in_a_log_line_is_only_an_id(authority: Authority) -> None:
    pupil = authority.schools[0].pupils[0]
    assert repr(pupil) == "DemoPupil(record_id='A661991101')"
    assert repr(pupil.contacts[0]) == "DemoContact(relationship='Mother')"
