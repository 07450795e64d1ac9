"""The pages borrow components, and nothing that belongs to another government's own site."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

WEB = Path(str(files("mis_bridge.web")))
STATIC = sorted(path for path in (WEB / "static").rglob("*") if path.is_file())
ROOT = WEB.parents[1]


@pytest.mark.parametrize("path", STATIC, ids=lambda path: path.name)
def test_nothing_served_holds_the_font_the_crest_or_the_crown(path: Path) -> None:
    served = path.read_text(encoding="utf-8").lower()
    for mark in ("gds transport", "gds-transport", "@font-face", "crest", "crown"):
        assert mark not in served


def test_the_style_sheet_points_nowhere_but_to_our_own_files() -> None:
    style = (WEB / "static" / "style.css").read_text(encoding="utf-8")
    assert re.findall(r"url\(", style) == []


@pytest.mark.parametrize("template", sorted(WEB.glob("templates/**/*.html")), ids=lambda p: p.name)
def test_no_template_uses_the_header_footer_or_logo_of_that_site(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert "components/header/" not in text
    assert "components/footer/" not in text
    assert "GOV.UK" not in text


@pytest.mark.parametrize("template", sorted(WEB.glob("templates/**/*.html")), ids=lambda p: p.name)
def test_no_template_escapes_from_escaping(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert "|safe" not in text.replace(" ", "")
    assert not re.search(r"'(html|\w+Html)'\s*:", text)
    assert "autoescape" not in text
    assert " style=" not in text
    assert not re.search(r"\son\w+=", text)


def test_the_lock_of_the_style_tools_names_no_host() -> None:
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in lock
    wanted = json.loads(lock)["packages"][""]["devDependencies"]
    assert re.fullmatch(r"6\.3\.\d+", wanted["govuk-frontend"])
