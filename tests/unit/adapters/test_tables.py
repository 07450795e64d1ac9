"""Delimited files as schools really send them, and as nobody should."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.base import FileRefused, Item, Reading, ReadOptions, RecordSkipped, SourceRecord
from adapters.bundles import read_tables

HEADER = "Adno,Surname,Forename,SEN Status"
ROWS = ["001,Prydderch,Siôn,School Action", "002,Rhŷs-Môn,Mared,School Action Plus"]


def options(**changes: object) -> ReadOptions:
    return ReadOptions.from_document({"records": "register", "record_id": "Adno", **changes})


def file(tmp_path: Path, content: bytes | str, name: str = "export.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def lines(*rows: str, end: str = "\r\n") -> str:
    return end.join(rows) + end


def read(path: Path, **changes: object) -> list[Item]:
    return list(read_tables("sims", [path], options(**changes)))


def trees(items: list[Item]) -> list[dict[str, object]]:
    return [dict(item.tree) for item in items if isinstance(item, SourceRecord)]


def refusal(path: Path, **changes: object) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read(path, **changes)
    assert path.name in refused.value.words.en
    assert path.name in refused.value.words.cy
    return refused.value


@pytest.mark.parametrize(
    ("encoding", "wanted"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", None),
        ("utf-16-le", None),
        ("utf-16-be", None),
        ("utf-8", "utf-8-sig"),
        ("iso8859-14", "iso-8859-14"),
    ],
)
def test_the_encoding_is_found_or_set_and_welsh_letters_are_kept(
    tmp_path: Path, encoding: str, wanted: str | None
) -> None:
    path = file(tmp_path, lines(HEADER, *ROWS).encode(encoding))
    found = trees(read(path, **({"encoding": wanted} if wanted else {})))
    assert [tree["Surname"] for tree in found] == ["Prydderch", "Rhŷs-Môn"]


def test_bytes_that_are_no_utf8_are_windows_1252_unless_told(tmp_path: Path) -> None:
    path = file(tmp_path, lines(HEADER, "001,O\u2019Connor,Siôn,A").encode("cp1252"))
    assert trees(read(path))[0]["Surname"] == "O\u2019Connor"


def test_windows_quotes_in_a_file_that_says_iso_8859_are_put_right(tmp_path: Path) -> None:
    path = file(tmp_path, lines(HEADER, "001,O\u2019Connor,Si\xf4n,A").encode("cp1252"))
    assert trees(read(path, encoding="iso-8859-1"))[0]["Surname"] == "O\u2019Connor"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [row.replace(",", delimiter) for row in (HEADER, *ROWS)]
    assert [tree["Adno"] for tree in trees(read(file(tmp_path, lines(*rows))))] == ["001", "002"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(tmp_path: Path, end: str) -> None:
    assert len(trees(read(file(tmp_path, lines(HEADER, *ROWS, end=end))))) == 2


def test_a_preamble_and_a_footer_are_no_pupils(tmp_path: Path) -> None:
    before = ("SEN register", "Printed,14/01/2025", "")
    text = lines(*before, HEADER, *ROWS, "", "Total,2", "End of report")
    reading = read_tables("sims", [file(tmp_path, text)], options())
    assert [tree["Adno"] for tree in trees(list(reading))] == ["001", "002"]
    assert reading.flags == {"footer_row": 2}


def test_a_short_last_row_with_a_key_is_a_pupil_and_no_footer(tmp_path: Path) -> None:
    found = trees(read(file(tmp_path, lines(HEADER, *ROWS, "003,Tomos"))))
    assert [tree["Adno"] for tree in found] == ["001", "002", "003"]


def test_columns_go_by_name_and_not_by_position(tmp_path: Path) -> None:
    text = lines("SEN Status,Forename,Adno,Surname", "School Action,Siôn,001,Prydderch")
    assert trees(read(file(tmp_path, text)))[0] == {
        "SEN Status": "School Action",
        "Forename": "Siôn",
        "Adno": "001",
        "Surname": "Prydderch",
    }


@pytest.mark.parametrize("header", [3, ["Adno", "SEN Status"]])
def test_the_header_row_may_be_set_by_number_or_by_names(tmp_path: Path, header: object) -> None:
    text = lines("a,b,c,d", "e,f,g,h", HEADER, *ROWS)
    assert [tree["Adno"] for tree in trees(read(file(tmp_path, text), header=header))] == [
        "001",
        "002",
    ]


def test_a_set_footer_is_left_out(tmp_path: Path) -> None:
    text = lines(HEADER, *ROWS, "x,y,z,w")
    assert len(trees(read(file(tmp_path, text), skip_footer=1))) == 2


def test_a_line_break_inside_quotes_belongs_to_the_cell(tmp_path: Path) -> None:
    text = lines(HEADER, '001,"Pryd\nderch",Siôn,A', ROWS[1])
    items = read(file(tmp_path, text))
    assert trees(items)[0]["Surname"] == "Pryd\nderch"
    assert [item.place for item in items if isinstance(item, SourceRecord)] == [
        "export.csv:2",
        "export.csv:4",
    ]


def test_a_short_row_lacks_its_last_columns_and_does_not_hold_them_empty(tmp_path: Path) -> None:
    found = trees(read(file(tmp_path, lines(HEADER, "001,Prydderch", ROWS[1]))))
    assert found[0] == {"Adno": "001", "Surname": "Prydderch"}


def test_a_delimiter_closing_each_row_is_no_column(tmp_path: Path) -> None:
    text = lines(HEADER, *(row + "," for row in ROWS))
    assert len(trees(read(file(tmp_path, text)))) == 2


@pytest.mark.parametrize("row", ["001,Prydderch, Siôn,Siôn,A", "001,Pryd,derch,Siôn,"])
def test_a_row_longer_than_the_header_is_skipped_and_named(tmp_path: Path, row: str) -> None:
    items = read(file(tmp_path, lines(HEADER, row, *ROWS)))
    assert len(trees(items)) == 2
    (skipped,) = [item for item in items if isinstance(item, RecordSkipped)]
    assert skipped.place == "export.csv:2"
    assert skipped.record_id == "001"
    assert "Prydderch" not in str(skipped)


def test_a_byte_that_the_set_encoding_lacks_skips_its_row_with_its_place(tmp_path: Path) -> None:
    text = lines(HEADER, ROWS[0]).encode() + b"002,Rh\xffs,Mared,A\r\n" + b"003,Tomos,Owain,S\r\n"
    items = read(file(tmp_path, text), encoding="utf-8")
    assert [tree["Adno"] for tree in trees(items)] == ["001", "003"]
    (skipped,) = [item for item in items if isinstance(item, RecordSkipped)]
    assert skipped.path == "Surname"
    assert "offset " + str(text.index(b"\xff")) in skipped.words.en
    assert "safle " + str(text.index(b"\xff")) in skipped.words.cy


def test_a_skipped_row_whose_key_is_lost_may_be_anybodys(tmp_path: Path) -> None:
    for row, partial in (("0\x0001,Puw,Gwen,A", True), ("001,P\0w,Gwen,A", False)):
        reading = read_tables("sims", [file(tmp_path, lines(HEADER, row, ROWS[1]))], options())
        assert len(list(reading)) == 2
        assert reading.partial is partial


def test_a_nul_byte_skips_its_row(tmp_path: Path) -> None:
    items = read(file(tmp_path, lines(HEADER, "001,Pryd\0derch,Siôn,A", ROWS[1])))
    assert [tree["Adno"] for tree in trees(items)] == ["002"]


def test_other_control_characters_become_blanks(tmp_path: Path) -> None:
    found = trees(read(file(tmp_path, lines(HEADER, "001,ap\x0bDafydd,Siôn,A", ROWS[1]))))
    assert found[0]["Surname"] == "ap Dafydd"


def test_one_broken_row_of_a_pupil_skips_the_whole_pupil(tmp_path: Path) -> None:
    text = lines(HEADER, ROWS[0], "001,Prydderch,Siôn,A,too,many", ROWS[1])
    items = read(file(tmp_path, text), group_by="Adno")
    assert [tree["Adno"] for tree in trees(items)] == ["002"]
    assert [item.record_id for item in items if isinstance(item, RecordSkipped)] == ["001"]


def test_rows_of_a_pupil_need_not_stand_together(tmp_path: Path) -> None:
    items = read(file(tmp_path, lines(HEADER, *ROWS, ROWS[0])), group_by="Adno")
    assert [len(tree["rows"]) for tree in trees(items)] == [2, 1]  # type: ignore[arg-type] # lists of rows


def test_rows_without_a_key_are_never_one_pupil(tmp_path: Path) -> None:
    text = lines(HEADER, ",Prydderch,Siôn,A", ",Tomos,Owain,S", ROWS[1])
    items = read(file(tmp_path, text), group_by="Adno")
    assert [len(tree["rows"]) for tree in trees(items)] == [1, 1, 1]  # type: ignore[arg-type] # as above


def test_a_column_named_twice_refuses_the_file(tmp_path: Path) -> None:
    refused = refusal(file(tmp_path, lines("Adno,Surname,Surname,SEN Status", "1,a,b,c")))
    assert "columns 2 and 3" in refused.words.en
    assert refused.row == 1


def test_a_file_without_a_header_is_refused_and_its_pupils_stay_untold(tmp_path: Path) -> None:
    refused = refusal(file(tmp_path, lines(*ROWS, "003,Tomos,Siôn,A")))
    assert "Adno" in refused.words.en
    assert "Prydderch" not in f"{refused!r}{refused.words}"


def test_a_cell_of_more_than_a_megabyte_refuses_the_file(tmp_path: Path) -> None:
    text = lines(HEADER, ROWS[0], f"002,{'x' * 1_100_000},Mared,A")
    assert refusal(file(tmp_path, text)).row == 3


def test_a_quote_that_is_never_closed_refuses_the_file(tmp_path: Path) -> None:
    text = lines(HEADER, ROWS[0], '002,"Rhys,Mared,A', "003,Tomos,Owain,S")
    assert refusal(file(tmp_path, text)).row == 3


def test_a_file_cut_in_the_middle_of_a_row_is_refused(tmp_path: Path) -> None:
    text = lines(HEADER, *ROWS) + "003,Tomos,Ow"
    assert refusal(file(tmp_path, text)).row == 4


@pytest.mark.parametrize("count", [1, 2])
def test_a_last_row_without_a_line_end_is_read(tmp_path: Path, count: int) -> None:
    text = lines(HEADER, *ROWS[:count]).rstrip()
    assert len(trees(read(file(tmp_path, text)))) == count


def test_nothing_comes_out_of_a_file_that_breaks_at_its_end(tmp_path: Path) -> None:
    rows = (f"{number:03},Puw,Gwen,A" for number in range(2000))
    reading = read_tables("sims", [file(tmp_path, lines(HEADER, *rows) + 'x,"')], options())
    with pytest.raises(FileRefused):
        next(iter(reading))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \r\n",
        b"PK\x03\x04rest",
        b"%PDF-1.7",
        b"\x1f\x8b\x08",
        b'{"a": 1}',
        b"<a/>",
        b"just words",
    ],
)
def test_what_is_no_table_is_refused_by_its_name(tmp_path: Path, content: bytes) -> None:
    refusal(file(tmp_path, content))


def test_an_unknown_encoding_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    refused = refusal(file(tmp_path, lines(HEADER, *ROWS)), encoding="rot13")
    assert "iso8859-14" in refused.words.en


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    refusal(tmp_path / "nowhere.csv")


def test_a_reading_is_read_once(tmp_path: Path) -> None:
    reading: Reading = read_tables("sims", [file(tmp_path, lines(HEADER, *ROWS))], options())
    assert len(list(reading)) == 2
    with pytest.raises(RuntimeError):
        iter(reading)


BUNDLE = {
    "tables": [
        {"name": "register", "columns": ["Adno", "SEN Status"]},
        {"name": "contacts", "columns": ["Adno", "Contact Name"]},
    ],
    "join": [
        {
            "into": "contacts",
            "from": "contacts",
            "on": "Adno",
            "equals": "Adno",
            "by": "number",
            "orphans": "orphan_contact",
        }
    ],
}


def test_files_of_a_bundle_are_known_by_their_columns_and_joined(tmp_path: Path) -> None:
    register = file(tmp_path, lines(HEADER, *ROWS), "b.csv")
    contacts = file(
        tmp_path, lines("Contact Name;Adno", "Mrs Puw;1", "Mr Puw;001", "Nobody's;777"), "a.csv"
    )
    reading = read_tables("sims", [contacts, register], options(**BUNDLE))
    found = trees(list(reading))
    assert [len(tree["contacts"]) for tree in found] == [2, 0]  # type: ignore[arg-type] # lists of rows
    assert reading.flags == {"orphan_contact": 1}


def test_a_table_that_was_not_given_is_not_supplied(tmp_path: Path) -> None:
    found = trees(read(file(tmp_path, lines(HEADER, *ROWS)), **BUNDLE))
    assert all("contacts" not in tree for tree in found)


def test_a_bundle_without_its_main_table_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, lines("Contact Name,Adno", "Mrs Puw,1"))
    assert "register" in refusal(path, **BUNDLE).words.en


def test_a_broken_contact_row_skips_its_pupil_and_no_other(tmp_path: Path) -> None:
    register = file(tmp_path, lines(HEADER, *ROWS), "b.csv")
    contacts = file(tmp_path, lines("Adno,Contact Name", "001,Puw, Mair", "002,Mr Puw"), "a.csv")
    items = list(read_tables("sims", [register, contacts], options(**BUNDLE)))
    assert [tree["Adno"] for tree in trees(items)] == ["002"]
    assert [item.record_id for item in items if isinstance(item, RecordSkipped)] == ["001"]
