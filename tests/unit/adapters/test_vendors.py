"""What is peculiar to one vendor's files."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from adapters.base import (
    FINGERPRINT,
    FileRefused,
    Item,
    Reading,
    ReadOptions,
    SourceRecord,
    Tombstone,
)
from adapters.registry import CLIENTS, FILES, UnknownVendor, client, read_files
from mappings.engine import MapContext, compile_mapping
from mappings.language import shipped
from tests.support.vendors.samples import SAMPLES
from tests.support.vendors.wonde import DevWonde

# Every vendor's sample, and how many records it holds.
SAMPLE_FILES = {
    "arbor": (["arbor_students.json"], 14),
    "attendance": (["attendance_export.json"], 10),
    "ctf": (["ctf_wales.xml"], 14),
    "gibbon": (["gibbon_individual_needs.json"], 2),
    "iep": (["iep_export.json"], 7),
    "interventions": (["interventions_export.json"], 11),
    "oneroster": (["oneroster"], 14),
    "plasc": (["plasc_wales.xml"], 14),
    "sims": (["sims_contacts.csv", "sims_sen_register.csv"], 14),
    "wonde": (["wonde_students.json"], 15),
    "xporter": (["xporter_learners.json"], 14),
}
WITHOUT_SAMPLE = {"assembly", "bromcom"}


def options(vendor: str) -> ReadOptions:
    return ReadOptions.from_document(shipped(vendor).read)


def read(vendor: str, *paths: Path) -> tuple[list[Item], Reading]:
    reading = read_files(vendor, paths, options(vendor))
    return list(reading), reading


def records(items: list[Item]) -> list[SourceRecord]:
    return [item for item in items if isinstance(item, SourceRecord)]


def test_every_vendor_that_reads_files_is_tried_here() -> None:
    assert set(FILES) == set(SAMPLE_FILES) | WITHOUT_SAMPLE
    assert set(CLIENTS) <= set(FILES)


@pytest.mark.parametrize("vendor", sorted(SAMPLE_FILES))
def test_a_sample_is_read_whole_and_without_loss(vendor: str) -> None:
    names, count = SAMPLE_FILES[vendor]
    items, reading = read(vendor, *(SAMPLES / name for name in names))
    assert len(records(items)) == len(items) == count
    assert reading.incomplete is None
    assert not reading.flags
    assert all(item.record_id for item in records(items))


@pytest.mark.parametrize("vendor", sorted(SAMPLE_FILES))
def test_reading_a_sample_twice_gives_the_same_digests(vendor: str) -> None:
    paths = [SAMPLES / name for name in SAMPLE_FILES[vendor][0]]
    first, second = (records(read(vendor, *paths)[0]) for _ in range(2))
    assert [record.digest for record in first] == [record.digest for record in second]
    assert len({record.digest for record in first}) == len(first)


KINDS = {"ctf": "xml", "plasc": "xml", "sims": "csv", "oneroster": "csv"}
STRANGERS = [
    (vendor, other)
    for vendor in SAMPLE_FILES
    for other in SAMPLE_FILES
    if KINDS.get(vendor, "json") != KINDS.get(other, "json")
]


@pytest.mark.parametrize(("vendor", "other"), STRANGERS)
def test_the_file_of_another_vendor_never_becomes_pupils(vendor: str, other: str) -> None:
    with pytest.raises(FileRefused):
        read(vendor, *(SAMPLES / name for name in SAMPLE_FILES[other][0]))


def test_a_table_without_the_column_of_its_key_is_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        read("iep", SAMPLES / "sims_sen_register.csv")
    assert "Plan ID" in refused.value.words.en
    assert "Plan ID" in refused.value.words.cy


def test_an_unknown_vendor_is_named_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(UnknownVendor) as unknown:
        read_files("acme", [tmp_path], ReadOptions())
    assert "wonde" in unknown.value.words.cy
    with DevWonde() as vendor, pytest.raises(UnknownVendor):
        client("ctf", vendor.settings())


def test_plans_are_the_same_from_json_and_from_rows() -> None:
    from_json, _ = read("iep", SAMPLES / "iep_export.json")
    from_rows, _ = read("iep", SAMPLES / "iep_export.csv")
    assert [r.record_id for r in records(from_json)] == [r.record_id for r in records(from_rows)]
    targets = [len(r.tree["rows"]) for r in records(from_rows)]  # type: ignore[arg-type] # lists of rows
    assert targets == [2, 1, 1, 1, 1, 1, 2]


@pytest.mark.parametrize("vendor", ["interventions", "attendance"])
def test_what_was_delivered_is_the_same_from_json_and_from_rows(vendor: str) -> None:
    mapping = compile_mapping(shipped(vendor))
    mapped: list[list[object]] = []
    for ending in ("json", "csv"):
        items, _ = read(vendor, SAMPLES / f"{vendor}_export.{ending}")
        context = [MapContext(vendor, None, date(2026, 9, 30), record_id="1") for _ in items]
        results = [
            mapping.apply(record.tree, about).canonical
            for record, about in zip(records(items), context, strict=True)
        ]
        # A cell that is empty in CSV is left out in JSON: not supplied is not the same as empty.
        mapped.append([{**told, "not_supplied": None} for told in results if told is not None])
    assert mapped[0] == mapped[1]
    assert len(mapped[0]) == SAMPLE_FILES[vendor][1]


def test_rows_without_a_key_are_known_by_all_they_say(tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    row = "P661990118001,Reading,04/11/2026,20,15\n"
    file.write_text(
        f"UPN,Intervention,Session Date,Planned,Delivered\n{row}{row.replace('15', '10')}{row}",
        "utf-8",
    )
    first, again, same = (record.record_id for record in records(read("interventions", file)[0]))
    assert first == same != again
    assert str(first).startswith(FINGERPRINT)


def test_a_table_that_is_no_export_of_sessions_is_refused_with_the_columns_that_are(
    tmp_path: Path,
) -> None:
    file = tmp_path / "roll.csv"
    file.write_text("UPN,Surname,Year\nP661990118001,Canary,6\n", "utf-8")
    with pytest.raises(FileRefused) as refused:
        read("interventions", file)
    assert "Intervention" in refused.value.words.cy
    assert "Canary" not in refused.value.words.en


def test_gibbon_tables_exported_by_phpmyadmin_are_read(tmp_path: Path) -> None:
    sample = json.loads((SAMPLES / "gibbon_individual_needs.json").read_text(encoding="utf-8"))
    tables = [{"type": "table", "name": name, "data": rows} for name, rows in sample.items()]
    path = tmp_path / "dump.json"
    path.write_text(json.dumps([{"type": "header"}, *tables]), encoding="utf-8")
    assert len(read("gibbon", path)[0]) == 2


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLES / "oneroster", tmp_path / "bundle"))


def rewrite(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_delta_bundle_is_partial_and_tells_who_is_to_be_deleted(bundle: Path) -> None:
    rewrite(bundle / "manifest.csv", "bulk", "delta")
    rewrite(bundle / "users.csv", "stu-003,,,", "stu-003,tobedeleted,2025-01-14T00:00:00Z,")
    items, reading = read("oneroster", bundle)
    assert reading.partial
    assert [item.record_id for item in items if isinstance(item, Tombstone)] == ["stu-003"]
    assert len(records(items)) == 13


def test_a_bulk_bundle_is_not_partial(bundle: Path) -> None:
    assert not read("oneroster", bundle)[1].partial


def test_a_file_that_the_manifest_announces_and_that_is_not_there_is_missed(bundle: Path) -> None:
    (bundle / "demographics.csv").unlink()
    with pytest.raises(FileRefused) as refused:
        read("oneroster", bundle)
    assert "demographics" in refused.value.words.en


def test_a_bundle_without_its_people_is_refused(bundle: Path) -> None:
    (bundle / "manifest.csv").unlink()
    (bundle / "users.csv").unlink()
    with pytest.raises(FileRefused):
        read("oneroster", bundle)


def test_version_1_2_has_the_roles_in_a_table_of_their_own(bundle: Path) -> None:
    rows = (bundle / "users.csv").read_text(encoding="utf-8").splitlines()
    at = rows[0].split(",").index("role")
    roles = [row.split(",")[at] for row in rows[1:]]
    keys = [row.split(",")[0] for row in rows[1:]]
    rewrite(bundle / "users.csv", ",role,", ",userMasterIdentifier,")
    written = [f"{key},{key},primary,{role}" for key, role in zip(keys, roles, strict=True)]
    (bundle / "roles.csv").write_text(
        "\n".join(["sourcedId,userSourcedId,roleType,role", *written]), encoding="utf-8"
    )
    items, _ = read("oneroster", bundle)
    assert len(records(items)) == 14


def test_a_relation_to_somebody_who_is_not_in_the_bundle_is_counted(bundle: Path) -> None:
    rewrite(bundle / "users.csv", '"par-010,par-011"', '"par-010,par-999"')
    assert read("oneroster", bundle)[1].flags["orphan_contact"] >= 1
