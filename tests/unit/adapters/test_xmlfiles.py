"""XML exports: whole or not at all, and nothing in them can reach out or blow up."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.base import FileRefused, Item, ReadOptions, RecordSkipped, SourceRecord
from adapters.ctf import read_files
from adapters.xmlfiles import read_xml

PUPIL = "<Pupil><UPN>P661990118001</UPN><Surname>Rhŷs</Surname><Note/></Pupil>"


def ctf(inner: str = PUPIL, prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f"{prolog}\n<CTfile><Header/><CTFpupilData>{inner}</CTFpupilData></CTfile>"


def file(tmp_path: Path, content: bytes | str) -> Path:
    path = tmp_path / "transfer.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(tmp_path: Path, content: bytes | str, **changes: object) -> list[Item]:
    return list(read_files([file(tmp_path, content)], ReadOptions.from_document(changes)))


def tree(items: list[Item]) -> dict[str, object]:
    (item,) = items
    assert isinstance(item, SourceRecord)
    return dict(item.tree)


def refusal(tmp_path: Path, content: bytes | str, **changes: object) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content, **changes)
    assert "transfer.xml" in refused.value.words.en
    assert "transfer.xml" in refused.value.words.cy
    return refused.value


def test_a_leaf_is_its_text_and_an_empty_one_is_empty_text(tmp_path: Path) -> None:
    assert tree(read(tmp_path, ctf())) == {"UPN": "P661990118001", "Surname": "Rhŷs", "Note": ""}


def test_repeated_elements_are_a_list_and_nil_is_null(tmp_path: Path) -> None:
    inner = (
        '<Pupil xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><UPN xsi:nil="true"/>'
        "<N>1</N><N>2</N><N>3</N></Pupil>"
    )
    assert tree(read(tmp_path, ctf(inner))) == {"UPN": None, "N": ["1", "2", "3"]}


def test_attributes_stand_beside_the_text(tmp_path: Path) -> None:
    inner = '<Pupil><UPN kind="temp">A</UPN></Pupil>'
    assert tree(read(tmp_path, ctf(inner))) == {"UPN": {"@kind": "temp", "#text": "A"}}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-14"])
def test_the_declared_encoding_is_honoured(tmp_path: Path, encoding: str) -> None:
    text = ctf(prolog=f'<?xml version="1.0" encoding="{encoding}"?>')
    assert tree(read(tmp_path, text.encode(encoding)))["Surname"] == "Rhŷs"


def test_a_character_reference_carries_what_the_encoding_cannot(tmp_path: Path) -> None:
    prolog = '<?xml version="1.0" encoding="iso-8859-1"?>'
    text = ctf("<Pupil><Surname>Rh&#375;s \x92</Surname></Pupil>", prolog)
    assert tree(read(tmp_path, text.encode("latin-1")))["Surname"] == "Rhŷs \u2019"


def test_a_set_encoding_stands_over_a_wrong_declaration(tmp_path: Path) -> None:
    raw = ctf("<Pupil><Surname>Siôn</Surname></Pupil>").encode("cp1252")
    assert "encoding" in refusal(tmp_path, raw).words.en
    assert tree(read(tmp_path, raw, encoding="cp1252"))["Surname"] == "Siôn"


def test_name_spaces_are_ignored_or_demanded(tmp_path: Path) -> None:
    text = '<CTfile xmlns="urn:x"><CTFpupilData><Pupil><UPN>A</UPN></Pupil></CTFpupilData></CTfile>'
    assert tree(read(tmp_path, text)) == {"UPN": "A"}
    assert tree(read(tmp_path, text, namespaces="urn:x")) == {"UPN": "A"}
    refusal(tmp_path, text, namespaces="urn:y")


def test_another_nesting_needs_one_line(tmp_path: Path) -> None:
    text = "<Export><Learners><Learner><UPN>A</UPN></Learner></Learners></Export>"
    assert "[read] records" in refusal(tmp_path, text).words.en
    assert tree(read(tmp_path, text, records="Learners/Learner")) == {"UPN": "A"}


def test_names_can_be_folded(tmp_path: Path) -> None:
    text = "<CTFILE><ctfpupildata><PUPIL><upn>A</upn></PUPIL></ctfpupildata></CTFILE>"
    assert tree(read(tmp_path, text, case="fold")) == {"upn": "A"}


def test_a_file_with_nobody_in_it_is_read_and_is_partial(tmp_path: Path) -> None:
    reading = read_files([file(tmp_path, ctf(""))], ReadOptions())
    assert list(reading) == []
    assert reading.partial


ENTITY = '<!DOCTYPE CTfile [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
LAUGHS = (
    '<!DOCTYPE CTfile [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize(
    "prolog",
    [
        "<!DOCTYPE CTfile>",
        '<!DOCTYPE CTfile SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE CTfile PUBLIC "a" "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE CTfile [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
        ENTITY,
        LAUGHS,
    ],
)
@pytest.mark.parametrize("inner", [PUPIL, "", "<Pupil><UPN>&x;</UPN></Pupil>"])
def test_any_doctype_is_refused_by_its_name(tmp_path: Path, prolog: str, inner: str) -> None:
    if "&x;" in inner and prolog != ENTITY:
        inner = PUPIL
    assert "DOCTYPE" in refusal(tmp_path, ctf(inner, prolog)).words.en


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_cut_file_is_refused_before_any_pupil_of_it_is_used(tmp_path: Path, keep: float) -> None:
    text = ctf(PUPIL * 200)
    path = file(tmp_path, text[: int(len(text) * keep)])
    with pytest.raises(FileRefused):
        next(iter(read_files([path], ReadOptions())))


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    deep = "<a>" * 100_000 + "</a>" * 100_000
    assert "nested" in refusal(tmp_path, ctf(f"<Pupil>{deep}</Pupil>")).words.en


def test_a_text_of_many_megabytes_is_refused(tmp_path: Path) -> None:
    refusal(tmp_path, ctf(f"<Pupil><UPN>{'x' * 11_000_000}</UPN></Pupil>"))


def test_a_text_of_more_than_one_megabyte_skips_its_pupil(tmp_path: Path) -> None:
    long = f"<Pupil><UPN>A</UPN><Note>{'x' * 1_100_000}</Note></Pupil>"
    skipped, kept = read(tmp_path, ctf(long + PUPIL))
    assert isinstance(skipped, RecordSkipped)
    assert isinstance(kept, SourceRecord)
    assert skipped.record_id == "A"


def test_megabytes_without_one_record_are_not_read_to_their_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.xmlfiles.GAP_LIMIT", 1 << 20)
    refused = refusal(tmp_path, ctf("<x>1</x>" * 200_000))
    assert "1 MB" in refused.words.en


@pytest.mark.parametrize("content", [b"", b"{}", b"Adno,UPN\n1,2\n", b"<html><body/></html>"])
def test_what_is_no_transfer_file_is_refused(tmp_path: Path, content: bytes) -> None:
    refusal(tmp_path, content)


def test_another_vendors_xml_is_refused_naming_what_was_found(tmp_path: Path) -> None:
    refused = refusal(tmp_path, "<Message><School><PupilOnRoll/></School></Message>")
    assert "Message" in refused.words.en


def test_a_pupil_without_a_key_gets_one_that_stays_and_tells_nothing(tmp_path: Path) -> None:
    inner = "<Pupil><Surname>Puw</Surname><Forename>Gwen</Forename><DOB>2014-02-17</DOB></Pupil>"
    first, second = (read(tmp_path, ctf(inner + extra)) for extra in ("", PUPIL))
    assert isinstance(first[0], SourceRecord)
    assert isinstance(second[0], SourceRecord)
    assert first[0].record_id == second[0].record_id
    assert first[0].record_id is not None
    assert first[0].record_id.startswith("fp-")
    assert "Puw" not in first[0].record_id


def test_a_folder_gives_all_its_xml_files(tmp_path: Path) -> None:
    file(tmp_path, ctf())
    (tmp_path / "second.XML").write_text(ctf(), encoding="utf-8")
    options = ReadOptions.from_document({"records": "Pupil"})
    assert len(list(read_xml("ctf", [tmp_path], options))) == 2
