"""Files damaged at random: a pupil comes out as written, or is named, or the file is refused."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.base import FileRefused, Item, ReadOptions, RecordSkipped, SourceRecord
from adapters.bundles import read_tables
from adapters.ctf import read_files

NAMES = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cn", "Cc")), max_size=8)
COLUMNS = ("Adno", "Surname", "Forename", "SEN Status")
READ = {"records": "register", "record_id": "Adno", "encoding": "utf-8"}
OPTIONS = ReadOptions.from_document(READ)


def items_of(content: bytes, ending: str) -> list[Item] | None:
    """Return what a reader makes of a file, None if it refuses the file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"export.{ending}"
        path.write_bytes(content)
        reading = (
            read_tables("sims", [path], OPTIONS)
            if ending == "csv"
            else read_files([path], ReadOptions())
        )
        try:
            return list(reading)
        except FileRefused:
            return None


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def csv_of(names: list[str]) -> bytes:
    rows = [(f"{n:04d}", name, "Gwen", "School Action") for n, name in enumerate(names)]
    return "".join(",".join(map(quoted, row)) + "\r\n" for row in [COLUMNS, *rows]).encode()


@given(st.lists(NAMES, min_size=1, max_size=12))
def test_an_undamaged_table_comes_out_as_it_was_written(names: list[str]) -> None:
    items = items_of(csv_of(names), "csv")
    assert items is not None
    surnames = [item.tree["Surname"] for item in items if isinstance(item, SourceRecord)]
    assert surnames == names


@settings(max_examples=200)
@given(
    st.lists(NAMES, min_size=3, max_size=12),
    st.integers(0, 11),
    st.sampled_from([b"\xff", b"\x00", b"\xc3", b"\xed\xa0\x80"]),
)
def test_a_byte_that_cannot_be_read_costs_its_own_row_and_no_other(
    names: list[str], at: int, wrong: bytes
) -> None:
    hurt = at % len(names)
    lines = csv_of(names).split(b"\r\n")
    lines[hurt + 1] = lines[hurt + 1].replace(b'"Gwen"', b'"Gw' + wrong + b'en"')
    items = items_of(b"\r\n".join(lines), "csv")
    assert items is not None
    assert [item.record_id for item in items if isinstance(item, RecordSkipped)] == [f"{hurt:04d}"]
    kept = {item.record_id for item in items if isinstance(item, SourceRecord)}
    assert kept == {f"{n:04d}" for n in range(len(names))} - {f"{hurt:04d}"}


@settings(max_examples=200)
@example(["", "0"], 170)
@given(st.lists(NAMES, min_size=1, max_size=12), st.integers(0, 2000))
def test_a_cut_table_never_makes_up_a_fact(names: list[str], cut: int) -> None:
    whole = csv_of(names)
    items = items_of(whole[: cut % len(whole)], "csv")
    if items is None:
        return
    written = {f"{n:04d}": name for n, name in enumerate(names)}
    for item in items:
        if isinstance(item, SourceRecord) and item.record_id in written:
            assert item.tree.get("Surname", written[item.record_id]) == written[item.record_id]
            assert item.tree.get("SEN Status", "School Action") == "School Action"


@settings(max_examples=200)
@given(st.integers(1, 20), st.integers(0, 5000))
def test_a_cut_transfer_file_is_refused_wherever_it_was_cut(pupils: int, cut: int) -> None:
    inner = "".join(f"<Pupil><UPN>A{n}</UPN></Pupil>" for n in range(pupils))
    whole = f"<CTfile><CTFpupilData>{inner}</CTFpupilData></CTfile>".encode()
    assert items_of(whole[: cut % len(whole)], "xml") is None
    items = items_of(whole, "xml")
    assert items is not None
    assert len(items) == pupils
