"""Every sample file, through the command, gives the facts that stand behind it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from mappings.canonical import to_json, to_pupil
from mis_bridge.cli.main import cli

SAMPLES = Path(__file__).parents[1] / "vendor_samples"
FILES = {
    "wonde": ["wonde_students.json"],
    "xporter": ["xporter_learners.json"],
    "arbor": ["arbor_students.json"],
    "ctf": ["ctf_wales.xml"],
    "plasc": ["plasc_wales.xml"],
    "sims": ["sims_sen_register.csv", "sims_contacts.csv"],
    "oneroster": ["oneroster"],
}
PUPILS: dict[str, dict[str, Any]] = yaml.safe_load(
    (SAMPLES / "expected_facts.yaml").read_text("utf-8")
)["pupils"]

# What a file cannot carry, and so lists as not supplied for every pupil: no more than this.
CANNOT_CARRY: dict[str, set[str]] = {
    "wonde": {"provision_history", "provision.start", "looked_after.care_authority"},
    "xporter": {"former_upn"},
    "arbor": {
        "contacts.email", "contacts.phone", "contacts.court_order", "nc_year", "first_language",
    },
    "ctf": {"contacts.court_order"},
    "plasc": {"contacts", "provision_history", "provision.start", "first_language"},
    "sims": {"looked_after.care_authority", "first_language", "provision_history", "former_upn"},
    "oneroster": {
        "provision", "provision_history", "needs", "looked_after", "first_language", "former_upn",
        "contacts.relationship", "contacts.parental_responsibility", "contacts.priority",
        "contacts.court_order",
    },
}  # fmt: skip
# A pupil of whom a file sends no block at all; the block is then not supplied, never "none".
NO_BLOCK: dict[tuple[str, str], set[str]] = {
    ("ctf", "D12"): {"provision", "provision_history", "needs"},
    ("plasc", "D09"): {"needs"},
    ("plasc", "D12"): {"needs"},
}
# Leaves that a transfer file or a census return leaves out where there is nothing to tell, and the
# raw code of a provision of which the source has no row.
OPTIONAL = {
    "former_upn", "name.middle_names", "name.preferred_forename", "looked_after.care_authority",
    "contacts.email", "needs.start", "needs.end", "provision.raw_code",
}  # fmt: skip
# Flags that a file gives no reason for.
NO_FLAG: dict[tuple[str, str], set[str]] = {
    ("xporter", "D14"): {"former_upn"},
    ("sims", "D14"): {"former_upn"},
    ("plasc", "D09"): {"ended_provision"},
    ("plasc", "D14"): {"two_contacts_same_priority"},
    ("oneroster", "D08"): {"unknown_provision_code:Q", "unknown_need_code:OTH"},
    ("oneroster", "D09"): {"ended_provision"},
    ("oneroster", "D14"): {"former_upn", "two_contacts_same_priority"},
}
DUPLICATED = {"wonde", "sims"}
# SIMS carries labels where the others carry codes; Arbor's plan has a code of its own.
RAW_CODE_DIFFERS = {("arbor", "D04"), ("arbor", "D05"), *(("sims", key) for key in PUPILS)}
# OneRoster holds only those contacts that have an account.
NO_ACCOUNT = {"Jan Pritchard", "Rhian Bowen"}


@cache
def mapped(vendor: str) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    paths = [str(SAMPLES / name) for name in FILES[vendor]]
    arguments = ["map", *paths, "--vendor", vendor, "--school", "661/9901"]
    told = CliRunner().invoke(cli, [*arguments, "--as-of", "2025-01-14"])
    assert told.exit_code == 0, told.output
    *records, last = [json.loads(line) for line in told.stdout.splitlines()]
    by_pupil = {}
    for record in records:
        upn = record["upn"]
        key = next(
            key
            for key, facts in PUPILS.items()
            if facts["upn"] == upn
            and (upn or facts["name"]["legal_forename"] == record["name"]["legal_forename"])
        )
        by_pupil[key] = record
    assert len(by_pupil) == len(records)
    return by_pupil, last["report"]


def same_text(expected: str, got: str, *, lossy: bool) -> bool:
    """Compare names; where the file itself has lost letters, a `?` stands for any one."""
    if not lossy or "?" not in got:
        return expected == got
    return len(expected) == len(got) and all(
        b in {a, "?"} for a, b in zip(expected, got, strict=True)
    )


def assert_same(
    expected: Any, got: Any, at: str, vendor: str, pupil: str, absent: set[str]
) -> None:
    parts = at.split(".")
    if any(".".join(parts[: n + 1]) in absent for n in range(len(parts))):
        return
    if at.endswith("raw_code") and (vendor, pupil) in RAW_CODE_DIFFERS:
        assert got, at
        return
    if isinstance(expected, dict):
        for key, value in expected.items():
            inner = f"{at}.{key}" if at else key
            assert_same(value, got.get(key, "<absent>"), inner, vendor, pupil, absent)
    elif isinstance(expected, list):
        if at == "contacts" and vendor == "oneroster":
            expected = [row for row in expected if row["name"] not in NO_ACCOUNT]
        assert len(expected) == len(got), at
        for one, other in zip(expected, got, strict=True):
            assert_same(one, other, at, vendor, pupil, absent)
    elif isinstance(expected, str) and isinstance(got, str):
        assert same_text(expected, got, lossy=vendor == "sims"), at
    else:
        assert expected == got, at


@pytest.mark.parametrize("pupil", PUPILS)
@pytest.mark.parametrize("vendor", FILES)
def test_a_sample_gives_the_facts_behind_it(vendor: str, pupil: str) -> None:
    record = mapped(vendor)[0][pupil]
    facts = {key: value for key, value in PUPILS[pupil].items() if key != "flags"}
    assert_same(facts, record, "", vendor, pupil, set(record["not_supplied"]))


@pytest.mark.parametrize("vendor", FILES)
def test_nothing_that_a_file_carries_is_called_not_supplied(vendor: str) -> None:
    expected_keys = {
        "former_upn", "dob", "sex", "nc_year", "first_language", "upn", "name", "provision",
        "provision_history", "needs", "looked_after", "contacts",
    }  # fmt: skip
    for pupil, record in mapped(vendor)[0].items():
        said = {key for key in record["not_supplied"] if key.partition(".")[0] in expected_keys}
        allowed = CANNOT_CARRY[vendor] | OPTIONAL | NO_BLOCK.get((vendor, pupil), set())
        unknown_to_facts = {
            "contacts.address",
            "contacts.preferred_language",
            "name.preferred_surname",
        }
        assert said <= allowed | unknown_to_facts, (pupil, said)


@pytest.mark.parametrize("pupil", PUPILS)
@pytest.mark.parametrize("vendor", FILES)
def test_a_sample_gives_the_flags_behind_it(vendor: str, pupil: str) -> None:
    record = mapped(vendor)[0][pupil]
    expected = set(PUPILS[pupil]["flags"]) - NO_FLAG.get((vendor, pupil), set())
    if vendor not in DUPLICATED:
        expected.discard("duplicate_record")
    lost = {flag for flag in record["flags"] if flag.startswith("possibly_lost_character:")}
    assert set(record["flags"]) - lost == expected
    assert bool(lost) == ("?" in json.dumps([record["name"], record.get("contacts")]))


@pytest.mark.parametrize("vendor", FILES)
def test_the_counts_of_a_report_add_up(vendor: str) -> None:
    records, report = mapped(vendor)
    assert len(records) == report["mapped"] == 14
    ends = ("mapped", "rejected", "duplicates", "deleted")
    assert report["read"] == sum(report[end] for end in ends)
    assert report["incomplete"] is None


@pytest.mark.parametrize("vendor", FILES)
def test_every_record_fits_the_schema_and_comes_back_unchanged(vendor: str) -> None:
    for record in mapped(vendor)[0].values():
        assert to_json(to_pupil(record)) == record


def test_the_older_of_two_records_with_one_upn_is_told_in_the_report_alone() -> None:
    records, report = mapped("wonde")
    assert records["D10"]["source"]["record_id"] == "A661991010"
    assert report["duplicates"] == 1
    assert report["duplicate_records"] == [
        {"record": "A661991077", "of": "A661991010", "differs": []}
    ]


def test_a_vendor_that_carries_no_statutory_fact_invents_none() -> None:
    told = CliRunner().invoke(
        cli, ["map", str(SAMPLES / "gibbon_individual_needs.json"), "--vendor", "gibbon"]
    )
    *records, last = [json.loads(line) for line in told.stdout.splitlines()]
    assert last["report"]["mapped"] == len(records) == 2
    for record in records:
        assert {"provision", "needs", "looked_after", "contacts"} <= set(record["not_supplied"])


@pytest.mark.parametrize("name", ["iep_export.json", "iep_export.csv"])
def test_plans_come_with_all_their_targets_and_strategies(name: str) -> None:
    told = CliRunner().invoke(cli, ["map", str(SAMPLES / name), "--vendor", "iep"])
    assert told.exit_code == 0, told.output
    *plans, last = [json.loads(line) for line in told.stdout.splitlines()]
    assert last["report"]["mapped"] == len(plans) == 7
    counts = {plan["plan_id"]: len(plan["targets"]) for plan in plans}
    assert counts == {
        "IEP-D01": 2, "IEP-D02": 1, "IEP-D06": 1, "IEP-D07": 1,
        "IEP-D10": 0, "IEP-D11": 1, "IEP-D13": 2,
    }  # fmt: skip
    first = plans[0]
    assert first["targets"][0]["strategies"] == [
        "Visual prompt cards",
        "pre-teaching of vocabulary",
    ]
    assert first["stage"] == "school_action"
    assert plans[2]["pupil"]["name"] == "Tomos ap Dafydd"
