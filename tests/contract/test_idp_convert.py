"""`mis-bridge idp convert` on the sample exports: what is carried, what is open, what adds up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mis_bridge.cli.idp import idp
from mis_bridge.domain.idp_form import FORMS

SAMPLES = Path(__file__).parents[1] / "vendor_samples"
NEVER_FROM_AN_IEP = {
    "plan.prepared_by", "plan.maintained_by", "plan.contact", "plan.prepared_on", "plan.review_by",
    "aln.impact", "profile.support", "contacts[]", "timeline[]", "transition", "travel",
}  # fmt: skip


def converted(*arguments: str) -> tuple[list[dict[str, Any]], dict[str, Any], int]:
    """Run the command and return its drafts, its report and its exit code."""
    done = CliRunner().invoke(idp, ["convert", *arguments])
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return lines[:-1], lines[-1]["report"], done.exit_code


@pytest.mark.parametrize("name", ["iep_export.json", "iep_export.csv"])
def test_every_plan_of_a_sample_becomes_a_draft_with_gaps(name: str) -> None:
    drafts, report, code = converted(
        str(SAMPLES / name), "--school", "661/9901", "--as-of", "2025-01-14"
    )
    assert code == 0
    assert report["read"] == report["mapped"] == len(drafts) == 7
    for draft in drafts:
        assert draft["status"] == "draft"
        open_fields = {gap["field"] for gap in draft["gaps"]}
        assert open_fields >= NEVER_FROM_AN_IEP
        # A field is filled, or open, or not asked for; a hint may stay open, nothing else is both.
        for key in open_fields & draft["fields"].keys():
            assert draft["fields"][key]["confidence"] == "hint" or key.endswith("provision")
        for key in draft["fields"]:
            FORMS[draft["form_id"]].field(key)
        assert "has ALN" not in json.dumps(draft)


def test_the_two_formats_give_the_same_provision() -> None:
    by_format = []
    for name in ("iep_export.json", "iep_export.csv"):
        drafts, _, _ = converted(str(SAMPLES / name), "--as-of", "2025-01-14")
        by_format.append(
            {
                draft["plan_id"]: {
                    key: field["value"]
                    for key, field in draft["fields"].items()
                    if key.startswith("alp[") and key.endswith((".provision", ".measure"))
                }
                for draft in drafts
            }
        )
    assert by_format[0] == by_format[1]


def test_a_plan_without_targets_and_one_without_a_upn_are_kept_and_flagged() -> None:
    drafts, _, _ = converted(str(SAMPLES / "iep_export.json"), "--as-of", "2025-01-14")
    flags = {draft["plan_id"]: draft["flags"] for draft in drafts}
    assert "no_targets" in flags["IEP-D10"]
    assert "missing_upn" in flags["IEP-D06"]
    assert "temporary_upn" in flags["IEP-D07"]


def test_html_bullets_in_one_cell_and_dotted_dates_are_read(tmp_path: Path) -> None:
    plan = {
        "planId": "X1",
        "upn": None,
        "adno": "9",
        "pupilName": "Ŷnys, Gŵyn",
        "stage": "SA+",
        "planStart": "11.09.2025",
        "reviewDate": "10.02.2027",
        "targets": [
            {
                "targetNo": 1,
                "target": "<p>Read <b>twenty</b> words</p>",
                "strategies": "\u2022 Overlearning\n\u2022 Coloured overlay",
                "provision": "<ul><li>Phonics</li></ul>",
            }
        ],
    }
    source = tmp_path / "ieps.json"
    source.write_text(json.dumps({"plans": [plan]}), encoding="utf-8")
    [draft], report, code = converted(str(source), "--as-of", "2026-11-20")
    assert (code, report["mapped"]) == (0, 1)
    assert draft["pupil"]["name"] == "Gŵyn Ŷnys"
    assert draft["fields"]["alp[0].provision"]["value"].strip("- \u2022") == "Phonics"
    assert draft["fields"]["alp[0].review"]["value"] == "2027-02-10"
    assert draft["appendix"][0]["target"] == "Read twenty words"
    left = [item["text"] for item in draft["left_out"]]
    assert {"Overlearning", "Coloured overlay"} <= set(left)


def test_a_vendor_of_pupils_is_told_apart_from_one_of_plans() -> None:
    done = CliRunner().invoke(
        idp, ["convert", str(SAMPLES / "wonde_students.json"), "--vendor", "wonde"]
    )
    assert done.exit_code == 2
    assert done.stdout == ""
