"""The schema for editors says what the language says."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from mappings.editor_schema import editor_schema, packaged
from mappings.language import vendors
from tests.support.json_schema import faults

SCHEMA = packaged()


def test_the_shipped_schema_is_the_one_that_the_language_makes() -> None:
    assert editor_schema() == SCHEMA


@pytest.mark.parametrize("name", ["wales", *vendors()])
def test_every_shipped_document_fits_the_schema_for_editors(name: str) -> None:
    text = (files("mappings") / "documents" / f"{name}.toml").read_text("utf-8")
    assert faults(tomllib.loads(text), SCHEMA, SCHEMA) == []


@pytest.mark.parametrize(
    "text",
    [
        '[upnn]\nfrom = "x"\n',
        '[upn]\nform = "x"\n',
        "[upn]\nfrom = 7\n",
        '[upn]\nfrom = "x"\nunknown = "none"\n',
        '[upn]\nfrom = "x"\nthen = ["eval"]\n',
        '[needs]\neach = "x"\nkind = { from = "y" }\n',
        '[provision.type.when_null]\nmeans = "none"\n',
    ],
)
def test_what_the_language_refuses_an_editor_underlines(text: str) -> None:
    assert faults(tomllib.loads(text), SCHEMA, SCHEMA)
