"""Every text that a template of the demo MIS asks for exists, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

from mis_bridge.demo import texts

TEMPLATES = Path(str(texts.__file__)).parent / "templates"


def test_the_templates_ask_for_the_texts_that_exist() -> None:
    asked = {
        key
        for template in TEMPLATES.glob("*.html")
        for key in re.findall(r"\bt\.([a-z_0-9]+)", template.read_text("utf-8"))
    }
    told_by_code = {"refused", "not_found", "not_understood"}
    assert asked | told_by_code == set(texts.PAGE)


def test_welsh_is_no_copy_of_the_english_but_for_names_and_abbreviations() -> None:
    same = {key for key, words in texts.PAGE.items() if words.en == words.cy}
    assert same == {"upn"}
