"""A draft's gaps are exactly what its source row could not supply, told here from the row alone."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.base import SourceRecord
from mappings.engine import compile_mapping
from mappings.language import shipped
from mis_bridge.domain.idp import draft_from_json
from mis_bridge.domain.words import Words
from mis_bridge.services.conversion.drafting import drafts
from mis_bridge.services.mapping.runs import MappingRun
from tests.contract.test_idp_convert import SAMPLES, converted

AS_OF = "2025-01-14"
# From the reference: no IEP settles who is responsible, when, by whom it is reviewed, how the needs
# bear on learning, who stands beside the person, what lies ahead, or which language is preferred.
ALWAYS = {
    "plan.prepared_by", "plan.maintained_by", "plan.contact", "plan.prepared_on", "plan.review_by",
    "profile.support", "aln.impact", "contacts[]", "person.languages", "timeline[]", "transition",
    "travel",
}  # fmt: skip
OF_EACH_PROVISION = {"outcome", "in_welsh", "provider", "from", "rationale"}
LENGTHS = ("minute", "hour")


def rows_of_csv() -> Iterator[dict[str, Any]]:
    """Read the sample with nothing of ours: one plan with its targets."""
    head, *lines = (SAMPLES / "iep_export.csv").read_text("utf-8").splitlines()
    plans: dict[str, dict[str, Any]] = {}
    for row in csv.DictReader([head, *lines]):
        plan = plans.setdefault(
            row["Plan ID"],
            {"planId": row["Plan ID"], "upn": row["UPN"], "reviewDate": row["Review Date"],
             "pupilName": row["Pupil Name"], "stage": row["Stage"], "targets": []},
        )  # fmt: skip
        if row["Target No"]:
            plan["targets"].append(
                {"areaOfNeed": row["Area of Need"], "provision": row["Provision"],
                 "successCriteria": row["Success Criteria"], "staff": row["Staff"],
                 "frequency": row["Frequency"]}
            )  # fmt: skip
    yield from plans.values()


def rows_of_json() -> Iterator[dict[str, Any]]:
    yield from json.loads((SAMPLES / "iep_export.json").read_text("utf-8"))["plans"]


def iso(written: str) -> str:
    """Return `dd/mm/yyyy` or an ISO date as an ISO date."""
    return "-".join(reversed(written.split("/"))) if "/" in written else written


def expected(plan: dict[str, Any], *, school: bool) -> set[str]:
    """Say what a plan could not supply, from its row and the reference alone."""
    gaps = set(ALWAYS)
    gaps |= {"person.dob"} if not plan.get("dateOfBirth") else set()
    gaps |= {"person.upn"} if not plan.get("upn") else set()
    gaps |= set() if school else {"person.school", "person.la"}
    gaps |= {"profile.admire"} if not plan.get("strengths") else set()
    gaps |= {"profile.important"} if not plan.get("pupilViews") else set()
    targets = plan["targets"]
    gaps |= {"aln.description"} if not any(one.get("areaOfNeed") for one in targets) else set()
    provided = [one for one in targets if one.get("provision")]
    gaps |= {"alp[]"} if not provided else set()
    for at, one in enumerate(provided):
        gaps |= {f"alp[{at}].{name}" for name in OF_EACH_PROVISION}
        gaps |= {f"alp[{at}].measure"} if not one.get("successCriteria") else set()
        review = iso(one.get("reviewDate") or plan.get("reviewDate") or "")
        inside = AS_OF <= review < "2026-01-14"
        gaps |= {f"alp[{at}].review"} if not inside else set()
        frequency = one.get("frequency") or ""
        quantified = frequency and any(length in frequency for length in LENGTHS)
        gaps |= {f"alp[{at}].provision"} if not (quantified and one.get("staff")) else set()
    return gaps


@pytest.mark.parametrize("school", [True, False], ids=["school given", "no school given"])
@pytest.mark.parametrize(
    ("name", "rows"), [("iep_export.json", rows_of_json), ("iep_export.csv", rows_of_csv)]
)
def test_the_gaps_of_each_sample_are_exactly_what_its_row_lacks(
    name: str, rows: Any, *, school: bool
) -> None:
    options = ["--school", "661/9901"] if school else []
    drafts, report, code = converted(str(SAMPLES / name), *options, "--as-of", AS_OF)
    plans = {plan["planId"]: plan for plan in rows()}
    assert (code, report["mapped"], set(plans)) == (0, 7, {draft["plan_id"] for draft in drafts})
    for draft in drafts:
        told = [gap["field"] for gap in draft["gaps"]]
        assert len(told) == len(set(told))
        assert set(told) == expected(plans[draft["plan_id"]], school=school), draft["plan_id"]
        assert all(gap["why"] and gap["why_cy"] and gap["source"] for gap in draft["gaps"])


ODD = {
    "planId": "X1",
    "planType": "Provision sheet",
    "upn": None,
    "adno": "9",
    "pupilName": "Ŷnys, Gŵyn",
    "stage": "Wave 2",
    "language": "Cymraeg a Saesneg",
    "planStart": "11.09.2025",
    "reviewDate": "spring half-term",
    "author": "Cydlynydd ADY",
    "strengths": "Scores < 50 and > 20 in <b>mental</b> maths",
    "parentalViews": "The paediatrician sees her twice a year.",
    "monitoring": "Book looks each fortnight",
    "targets": [
        {
            "targetNo": "Lit-2",
            "areaOfNeed": "Low confidence",
            "target": "<p>Read <b>twenty</b> words</p>",
            "strategies": "\u2022 Overlearning\n\u2022 Coloured overlay",
            "provision": ["Phonics", "Paired reading"],
            "staff": "Nursery nurse",
            "reviewDate": "10.02.2026",
            "comments": "Liked the overlay",
            "cost code": "C-17 shared",
        },
        {"targetNo": 2, "strategies": ["Now and next board"], "provision": "Sensory circuit"},
    ],
}
SAID = [
    "Provision sheet", "Ŷnys", "Gŵyn", "Wave 2", "Cymraeg a Saesneg", "2025-09-11",
    "spring half-term", "Cydlynydd ADY", "Scores < 50 and > 20 in mental maths",
    "The paediatrician sees her twice a year.", "Book looks each fortnight", "Lit-2",
    "Low confidence", "Read twenty words", "Overlearning", "Coloured overlay", "Phonics",
    "Paired reading", "Nursery nurse", "2026-02-10", "Liked the overlay", "C-17 shared",
    "Now and next board", "Sensory circuit",
]  # fmt: skip


def odd(tmp_path: Path, **changed: Any) -> dict[str, Any]:
    source = tmp_path / "ieps.json"
    source.write_text(json.dumps({"plans": [ODD | changed]}), encoding="utf-8")
    [draft], report, code = converted(str(source), "--as-of", AS_OF)
    assert (code, report["mapped"]) == (0, 1)
    return draft


def test_a_strange_plan_is_kept_flagged_and_loses_no_word(tmp_path: Path) -> None:
    draft = odd(tmp_path)
    whole = json.dumps(draft, ensure_ascii=False)
    assert [text for text in SAID if text not in whole] == []
    assert {"missing_upn", "possible_s20_referral", "unreadable_value:review"} <= set(
        draft["flags"]
    )


def test_what_no_field_takes_over_says_where_it_stood_and_why_it_was_left(tmp_path: Path) -> None:
    left = {item["text"]: item for item in odd(tmp_path)["left_out"]}
    assert left["Book looks each fortnight"]["origin"]["path"] == "monitoring"
    assert left["C-17 shared"]["origin"]["path"] == "targets[0].cost code"
    assert left["spring half-term"]["origin"]["path"] == "reviewDate"
    assert "others of the same age" in left["Overlearning"]["why"]
    assert all(item["why"] and item["why_cy"] for item in left.values())


def test_health_raises_a_question_wherever_it_stands_and_fills_no_section(tmp_path: Path) -> None:
    draft = odd(tmp_path)
    noted = [field["value"]["summary"] for key, field in draft["fields"].items() if "record" in key]
    assert [text for text in noted if "paediatrician" in text and "section 20" in text]
    assert not [key for key in draft["fields"] if key.startswith(("health_alp", "place"))]
    calm = odd(tmp_path, parentalViews="We agree.")
    assert "possible_s20_referral" not in calm["flags"]


def test_silence_on_welsh_is_no_answer_and_no_stage_says_that_there_is_aln(tmp_path: Path) -> None:
    for stage in ("A", "P", "Wave 2"):
        draft = odd(tmp_path, stage=stage)
        open_fields = {gap["field"] for gap in draft["gaps"]}
        assert {"alp[0].in_welsh", "person.languages"} <= open_fields
        assert not [key for key in draft["fields"] if key.endswith("in_welsh")]
        assert "has ALN" not in json.dumps(draft)
        assert "mae gan y disgybl ADY" not in json.dumps(draft, ensure_ascii=False).lower()


_TEXT = st.text("abcdefghŵŷâîôMNOPQR .,;:|-•/\n\t'()?123", max_size=40)
_VALUE = st.one_of(
    st.none(), _TEXT, _TEXT, st.integers(0, 99), st.booleans(), st.lists(_TEXT, max_size=3),
    st.dictionaries(st.sampled_from(["a", "b"]), _TEXT, max_size=2),
)  # fmt: skip
_TARGET_KEYS = (
    "targetNo", "areaOfNeed", "target", "successCriteria", "strategies", "provision", "staff",
    "frequency", "startDate", "reviewDate", "outcome", "comments", "monitoring",
)  # fmt: skip
_PLAN_KEYS = (
    "adno", "pupilName", "dateOfBirth", "stage", "planStart", "reviewDate", "author",
    "strengths", "parentalViews", "pupilViews", "planType", "signed by",
)  # fmt: skip
_TARGETS = st.lists(
    st.one_of(_TEXT, st.dictionaries(st.sampled_from(_TARGET_KEYS), _VALUE, max_size=8)), max_size=3
)


class _OnePlan:
    """A source of one plan, to be read any number of times."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self.flags: Counter[str] = Counter()
        self.incomplete_words: Words | None = None
        self._tree = tree

    def __iter__(self) -> Iterator[SourceRecord]:
        yield SourceRecord("iep", "P1", self._tree, "plans[0]", "")


def tokens(text: str) -> set[str]:
    """Return the words of a text that no reading may lose: three letters or more."""
    plain = unicodedata.normalize("NFC", text).casefold()
    return set(re.findall(r"[^\W\d_]{3,}", plain))


def texts(node: Any) -> Iterator[str]:
    """Yield every text of a tree."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for below in node.values():
            yield from texts(below)
    elif isinstance(node, list):
        for below in node:
            yield from texts(below)


@settings(max_examples=150, deadline=None)
@given(
    plan=st.dictionaries(st.sampled_from(_PLAN_KEYS), _VALUE, max_size=10),
    upn=st.sampled_from([None, "", "P661990118001", "notanumber", 77, ["asked the office"]]),
    targets=st.one_of(st.none(), _TEXT, _TARGETS),
)
def test_no_damaged_row_stops_a_conversion_or_loses_a_word(
    plan: dict[str, Any], upn: object, targets: object
) -> None:
    tree = {"planId": "P1", "upn": upn, **plan, "targets": targets}
    run = MappingRun(
        lambda: _OnePlan(tree),
        compile_mapping(shipped("iep")),
        school="661/9901",
        as_of=date(2025, 1, 14),
        remainder=True,
    )
    [draft] = drafts(run.records(), vendor="iep", school="661/9901", on=date(2025, 1, 14))
    printed = draft.to_json()
    kept = tokens(" ".join(texts(printed)))
    lost = {word for text in texts(tree) for word in tokens(text)} - kept
    assert lost == set()
    assert printed["gaps"]
    assert draft_from_json(json.loads(json.dumps(printed))) == draft
