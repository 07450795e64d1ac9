"""Every text of the pages is in Welsh: none missing, fuzzy or stale, and compiled as read."""

from __future__ import annotations

import io
import re
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment

WEB = Path(str(files("mis_bridge.web")))
FOLDER = WEB / "translations" / "cy" / "LC_MESSAGES"
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
PLACES = re.compile(r"%\((\w+)\)s")


@cache
def catalogue() -> Catalog:
    """Return the Welsh as it is written."""
    with (FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="cy")


@cache
def asked_for() -> frozenset[str]:
    """Return the texts that the pages ask for."""
    found = extract_from_dir(str(WEB), method_map=METHODS)
    return frozenset(message for _, _, message, _, _ in found if isinstance(message, str))


def test_every_text_of_the_pages_has_its_welsh() -> None:
    written = {message.id for message in catalogue() if message.id and message.string}
    assert len(asked_for()) > 150
    assert asked_for() - written == set()


def test_no_text_is_kept_that_no_page_asks_for() -> None:
    assert {message.id for message in catalogue() if message.id} - asked_for() == set()


def test_no_text_is_fuzzy() -> None:
    assert [message.id for message in catalogue() if message.id and message.fuzzy] == []


def test_every_place_of_a_text_is_in_its_welsh() -> None:
    for message in catalogue():
        assert PLACES.findall(str(message.id)) == PLACES.findall(str(message.string))


def test_the_header_states_the_six_plural_forms_of_welsh() -> None:
    assert catalogue().num_plurals == 6
    header = (FOLDER / "messages.po").read_text(encoding="utf-8")
    formula = re.search(r"plural=(\(.*\));", header)
    assert formula is not None
    forms = [_form(formula[1], n) for n in (0, 1, 2, 3, 4, 5, 6, 7, 10)]
    assert forms == [0, 1, 2, 3, 5, 5, 4, 5, 5]


def _form(formula: str, n: int) -> int:
    for test, form in re.findall(r"n==(\d) \? (\d)", formula):
        if n == int(test):
            return int(form)
    return 5


def test_what_is_compiled_is_what_is_written() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())
    compiled.seek(0)
    with (FOLDER / "messages.mo").open("rb") as file:
        shipped = {m.id: m.string for m in read_mo(file) if m.id}
    assert shipped == {m.id: m.string for m in read_mo(compiled) if m.id}


@pytest.mark.parametrize("template", sorted(WEB.glob("templates/**/*.html")), ids=lambda p: p.name)
def test_templates_hold_no_bare_english(template: Path) -> None:
    written = Environment(autoescape=True).lex(template.read_text(encoding="utf-8"))
    text = "".join(value for _, kind, value in written if kind == "data")
    text = re.sub(r"<script.*?</script>", " ", text, flags=re.DOTALL)
    # What stands in an element that names its language stands beside its other language.
    text = re.sub(r'<span lang="(en|cy)">[^<]*</span>', " ", text)
    bare = re.findall(r">([^<>]*[A-Za-z]{2,}[^<>]*)<", text)
    assert bare == []
