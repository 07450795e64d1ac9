"""The guide for adding a vendor, tried: its code and its document read an invented vendor."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, ClassVar

import pytest

from adapters.base import ReadOptions, SourceRecord
from mappings.language import MappingDocument, read_document
from tests.support.vendors.pages import Rows, sheet_of
from tests.support.vendors.server import DevVendor, Reply, Request

GUIDE = Path(__file__).parents[2] / "docs" / "adding-a-vendor.md"
IMPORTS = """
from __future__ import annotations
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from adapters import paging
from adapters.base import ConnectionSettings, Item, Reading, ReadOptions
from adapters.http import Http
from adapters.paging import Answer, Page
from adapters.recorded import read_recorded
from adapters.records import joined_items
from adapters.rest import Pager, collect
from adapters.trees import look
"""


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.S | re.M)


@pytest.fixture(scope="module")
def acme() -> dict[str, Any]:
    """Return the module that a reader of the guide would have written."""
    module: dict[str, Any] = {}
    exec(compile("\n".join([IMPORTS, *blocks("python")]), "acme.py", "exec"), module)  # noqa: S102 - our own guide is what is tried
    return module


@pytest.fixture(scope="module")
def document() -> MappingDocument:
    (text,) = blocks("toml")
    return read_document(text, "acme.toml")


class DevAcme(DevVendor):
    name = "acme"
    page_faults: ClassVar[frozenset[str]] = frozenset({"empty_page"})

    def __init__(self) -> None:
        super().__init__()
        self.lists: dict[str, Rows] = {
            "learners": [{"key": f"a{n}", "upn": None} for n in range(9)],
            "sen": [{"learner": "a3", "status": "A"}],
        }

    def ids(self) -> list[str]:
        return [str(row["key"]) for row in self.lists["learners"]]

    def reply(self, request: Request) -> Reply:
        name = request.path.strip("/")
        if name not in self.lists:
            return Reply({}, 404)
        number = int(request.query.get("page", "1"))
        sheet = sheet_of(self, self.lists[name], number, 4)
        following = sheet.following and f"{request.path}?page={sheet.following}"
        return Reply({name: sheet.rows, "links": {"next": following}})


def test_the_guides_client_reads_the_guides_vendor(
    acme: dict[str, Any], document: MappingDocument
) -> None:
    options = ReadOptions.from_document(document.read)
    with DevAcme() as vendor:
        reading = acme["client"](vendor.settings(), options).pupils()
        records = [item for item in reading if isinstance(item, SourceRecord)]
        assert [record.record_id for record in records] == vendor.ids()
        assert reading.incomplete is None
        assert records[3].tree["sen_rows"] == [{"learner": "a3", "status": "A"}]
        assert records[0].tree["sen_rows"] == []


def test_the_guides_reader_reads_recorded_answers(
    acme: dict[str, Any], document: MappingDocument, tmp_path: Path
) -> None:
    path = tmp_path / "acme.json"
    path.write_text(json.dumps({"learners": [{"key": "a1"}]}), encoding="utf-8")
    reading = acme["read_files"]([path], ReadOptions.from_document(document.read))
    (record,) = reading
    assert record.record_id == "a1"
    assert "sen_rows" not in record.tree


def test_the_guide_names_every_option_that_there_is() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    fields = {name for name in ReadOptions.__dataclass_fields__ if name != "joins"} | {"join"}
    assert all(f"`{name}`" in text for name in fields)
