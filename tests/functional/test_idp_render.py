"""A plan that an import kept, as a page, a PDF and a Word file, in both languages."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document as WordFile
from pypdf import PdfReader
from sqlalchemy import select

from mis_bridge.cli.main import cli
from mis_bridge.config import command_settings
from mis_bridge.domain.idp_form import ANNEX_A
from mis_bridge.storage import plans
from mis_bridge.storage.database import open_database, sessions
from mis_bridge.storage.plans import NewPlan
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW

SAMPLES = Path(__file__).parents[1] / "vendor_samples"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Keep the plans of a sample in an embedded database; return the id of the first."""
    monkeypatch.setenv("MIS_BRIDGE_DIR", str(tmp_path / "data"))
    for words in (
        ["la", "add", "661", "--name", "Awdurdod"],
        ["school", "add", "661/9901", "--name", "Ysgol"],
        ["import", str(SAMPLES / "iep_export.json"), "--vendor", "iep", "--school", "661/9901"],
    ):
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, done.output
    listed = CliRunner().invoke(cli, ["idp", "list", "--school", "661/9901"])
    plans = [json.loads(line) for line in listed.stdout.splitlines()]
    assert len(plans) == 7
    assert all(plan["gaps"] for plan in plans)
    return str(plans[0]["id"])


def test_each_format_shows_the_plan_in_the_language_asked_for(kept: str, tmp_path: Path) -> None:
    page = CliRunner().invoke(cli, ["idp", "render", kept, "--format", "html", "--lang", "cy"])
    assert page.exit_code == 0
    assert '<html lang="cy">' in page.stdout
    assert "Cynllun datblygu unigol" in page.stdout
    for form, ending in (("pdf", "pdf"), ("docx", "docx")):
        file = tmp_path / f"plan.{ending}"
        done = CliRunner().invoke(
            cli, ["idp", "render", kept, "--format", form, "--lang", "en", "--out", str(file)]
        )
        assert done.exit_code == 0, done.output
        content = BytesIO(file.read_bytes())
        text = (
            PdfReader(content).pages[0].extract_text()
            if form == "pdf"
            else "\n".join(paragraph.text for paragraph in WordFile(content).paragraphs)
        )
        assert "Individual development plan" in text
        assert "No decision about additional learning needs has been made" in " ".join(text.split())


def test_an_unknown_plan_and_another_schools_plan_are_the_same_refusal(kept: str) -> None:
    CliRunner().invoke(cli, ["school", "add", "661/9902", "--name", "Ysgol Arall"])
    refusals = []
    for words in (["render", "nobody"], ["render", kept, "--school", "661/9902"]):
        done = CliRunner().invoke(cli, ["idp", *words])
        assert done.exit_code != 0
        assert done.stdout == ""
        refusals.append(str(done.exception))
    assert refusals[0] == refusals[1]


def test_a_plan_that_was_begun_is_listed_and_rendered_as_a_plan_and_as_a_summary(
    kept: str,
) -> None:
    words = ["--vendor", "wonde", "--school", "661/9901", "--part-of-roll"]
    CliRunner().invoke(cli, ["import", str(SAMPLES / "wonde_students.json"), *words])
    settings = command_settings(None)
    engine = open_database(settings.database_url, settings.keys)
    with sessions(engine).begin() as session:
        tenant = Tenant("661", "661/9901")
        pupil = session.scalars(select(PupilRow).where(tenant.owns(PupilRow))).first()
        assert pupil is not None
        fields = {
            "person.name": {
                "value": "Siân Ŷnys", "origin": {"record": "r", "path": "name"},
                "confidence": "copied", "confirmed_by": None,
            }
        }  # fmt: skip
        row = plans.add(
            session, tenant, NewPlan(pupil.id, None, ANNEX_A, "2021-1", None),
            {"fields": fields, "appendix": [], "left_out": []}, by="test", at=NOW,
        )  # fmt: skip
        plan_id = row.id
    engine.dispose()
    listed = CliRunner().invoke(cli, ["idp", "list", "--school", "661/9901", "--plans"])
    assert [json.loads(line)["id"] for line in listed.stdout.splitlines()] == [plan_id]
    page = CliRunner().invoke(cli, ["idp", "render", plan_id, "--lang", "cy"])
    assert "Siân Ŷnys" in page.stdout
    assert "Drafft." in page.stdout
    plain = CliRunner().invoke(cli, ["idp", "render", plan_id, "--lang", "en", "--summary"])
    assert "My plan in plain words" in plain.stdout
    for words in ([plan_id, "--edition", "1"], [kept, "--summary"]):
        refused = CliRunner().invoke(cli, ["idp", "render", *words])
        assert refused.exit_code != 0
        assert refused.stdout == ""
