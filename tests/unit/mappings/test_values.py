"""What single values become: dates, truth values, numbers, years, names, UPNs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.dates import read_date, read_stamp
from mappings.names import lost_character, split_name, without_title
from mappings.scalars import read_truth, read_whole, read_year
from mappings.upn import check_letter, judge
from mappings.values import UNREADABLE, clean, clean_lines, shape_of


@pytest.mark.parametrize(
    "written",
    [
        "2014-02-17",
        " 2014-02-17 ",
        "2014-02-17T23:30:00+05:00",
        "2014-02-17 00:00:00.000000",
        "17/02/2014",
        "17.02.2014",
        "17-02-2014",
        "17/02/2014 00:00:00",
        "20140217",
        20140217,
        "17 February 2014",
        "17 Chwefror 2014",
        "17-Feb-2014",
        {"date": "2014-02-17 00:00:00.000000", "timezone_type": 3, "timezone": "Europe/London"},
        {"entityType": "date", "date": "2014-02-17 00:00:00"},
    ],
)
def test_a_date_is_read_as_it_is_written_and_never_shifted(written: object) -> None:
    assert read_date(written) == "2014-02-17"


@pytest.mark.parametrize(
    "written",
    [
        "17/02/14",
        "02/17/2014",
        "2014-02-30",
        "2014",
        "soon",
        True,
        17.5,
        [],
        {"day": 1},
        "0014-02-17",
    ],
)
def test_a_date_that_can_be_read_in_two_ways_or_none_is_unreadable(written: object) -> None:
    assert read_date(written) is UNREADABLE


@pytest.mark.parametrize("written", [None, "", "  ", "0000-00-00", "31/12/9999"])
def test_a_date_that_says_nothing_is_empty(written: object) -> None:
    assert read_date(written) is None


def test_a_stamp_with_a_zone_is_taken_to_utc_and_one_without_is_kept() -> None:
    summer = {"date": "2025-06-13 02:41:17.000000", "timezone": "Europe/London"}
    assert read_stamp(summer) == "2025-06-13T01:41:17.000000+00:00"
    assert read_stamp("2025-06-13T02:41:17+02:00") == "2025-06-13T00:41:17.000000+00:00"
    assert read_stamp("2025-01-13T02:41:17.21") == "2025-01-13T02:41:17.210000"
    assert read_stamp({"date": "2025-06-13 02:41:17", "timezone": "Mars/Olympus"}) == (
        "2025-06-13T02:41:17.000000"
    )


@pytest.mark.parametrize("yes", [True, 1, "1", "T", "true", "Y", "Yes", "Ydy", "Ie", " yes "])
def test_every_yes_of_either_language_is_true(yes: object) -> None:
    assert read_truth(yes) is True


@pytest.mark.parametrize("no", [False, 0, "0", "F", "false", "N", "No", "Nac ydy", "Na"])
def test_every_no_of_either_language_is_false(no: object) -> None:
    assert read_truth(no) is False


def test_null_stays_not_known_and_a_word_is_no_truth() -> None:
    assert read_truth(None) is None
    assert read_truth("") is None
    assert read_truth("perhaps") is UNREADABLE
    assert read_truth(["T"]) is UNREADABLE


def test_a_rank_may_be_text_but_not_half_a_number() -> None:
    assert [read_whole(one) for one in (2, "2", " 02 ", "2.0", None, "")] == [
        2,
        2,
        2,
        2,
        None,
        None,
    ]
    assert [read_whole(one) for one in (-1, "x", "1.5", True, 10**7)] == [UNREADABLE] * 5


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("Year  6", "6"), ("6", "6"), (6, "6"), ("06", "6"), ("Y10", "10"), ("Blwyddyn 4", "4"),
        ("Bl. 4", "4"),
        ("R", "R"), ("Reception", "R"), ("Derbyn", "R"), ("Year R", "R"), ("KG", "R"), ("N1", "N1"),
        ("Nursery 2", "N2"), ("14", "14"),
    ],
)  # fmt: skip
def test_a_year_group_is_read_from_number_or_label(written: object, year: str) -> None:
    assert read_year(written) == year


@pytest.mark.parametrize("written", ["15", "Form 6B", "Y", "-1", [6]])
def test_what_is_no_year_group_is_unreadable(written: object) -> None:
    assert read_year(written) is UNREADABLE


@pytest.mark.parametrize(
    ("written", "forename", "surname"),
    [
        ("Prydderch, Siôn", "Siôn", "Prydderch"),
        ("ap Dafydd, Tomos", "Tomos", "ap Dafydd"),
        ("Mr Dafydd ap Rhobert", "Dafydd", "ap Rhobert"),
        ("Mrs Lowri Prydderch", "Lowri", "Prydderch"),
        ("Dr Anneke van der Berg", "Anneke", "van der Berg"),
        ("Sean O'Connor", "Sean", "O'Connor"),
        ("Begum-Hussain, Amira", "Amira", "Begum-Hussain"),
        ("Jan", "Jan", ""),
    ],
)
def test_a_full_name_is_split_with_its_particles(written: str, forename: str, surname: str) -> None:
    assert split_name(written) == (forename, surname)


def test_a_title_goes_but_a_name_that_is_a_title_stays() -> None:
    assert without_title("Parch Huw Vaughan") == "Huw Vaughan"
    assert without_title("Miss") == "Miss"


def test_a_question_mark_inside_a_name_may_be_a_lost_letter() -> None:
    assert lost_character("Gw?n")
    assert lost_character("?eri")
    assert lost_character("Gw\ufffdn")
    assert not lost_character("Siôn")
    assert not lost_character("Unknown ?")


@pytest.mark.parametrize(
    ("upn", "letter"),
    [
        ("801200005001", "B"), ("660400018001", "Q"), ("681401219037", "L"), ("66040001800A", "B"),
        ("207000016049", "P"), ("661990118001", "P"),
    ],
)  # fmt: skip
def test_check_letters_follow_the_standard(upn: str, letter: str) -> None:
    assert check_letter(upn) == letter


@pytest.mark.parametrize(
    ("written", "upn", "status"),
    [
        (" p661990118001 ", "P661990118001", "valid"),
        ("P 661990 118001", "P661990118001", "valid"),
        ("E66199012401A", "E66199012401A", "temporary"),
        ("Q661990118001", "Q661990118001", "invalid"),
        ("\u0420661990118001", "\u0420661990118001", "invalid"),
        ("P66199011800\uff11", "P66199011800\uff11", "invalid"),
        ("", None, "missing"),
        (None, None, "missing"),
        (12, "12", "invalid"),
        (["P661990118001"], None, "missing"),
    ],
)
def test_a_upn_is_judged_and_an_invalid_one_kept_as_read(
    written: object, upn: str | None, status: str
) -> None:
    assert judge(written)[:2] == (upn, status)


def test_text_is_one_line_in_nfc_without_what_cannot_be_seen() -> None:
    assert clean("  w\u0302  ") == "ŵ"
    assert clean("Siôn\u0000 \u202eGŵyn\u200b") == "Siôn Gŵyn"
    assert clean("\ud800") is UNREADABLE
    assert clean(7) == "7"
    assert clean(True) is UNREADABLE
    assert clean_lines("a\u0302 b\r\n\r\n c ") == "â b\n\nc"


@given(st.text())
def test_clean_text_is_clean_already(written: str) -> None:
    once = clean(written)
    assert clean(once) == once or once is UNREADABLE


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_no_value_makes_a_reader_stumble_or_is_shown_in_a_report(value: object) -> None:
    for reader in (read_date, read_truth, read_whole, read_year, judge, read_stamp):
        reader(value)
    if isinstance(value, str) and len(value) > 30:
        assert value not in shape_of(value)
