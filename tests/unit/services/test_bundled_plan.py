"""`plan.json` is read by a schema that refuses what it does not know, and repeats nothing of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mis_bridge.documents.bundles import BundleRefused
from mis_bridge.services.bundles.bundled_plan import MOST_BYTES, read, written
from tests.support.plan_bundles import plan_json

Data = dict[str, Any]
_IMPACT = {
    "value": "Takes longer.",
    "origin": {"record": "r", "path": "p"},
    "confidence": "stated",
    "confirmed_by": None,
}


def raw(data: Data) -> bytes:
    return json.dumps(data).encode()


def impact(**changes: Any) -> Callable[[Data], None]:
    """Return a change that puts one more field into the plan."""
    return lambda data: data["fields"].update({"aln.impact": {**_IMPACT, **changes}})


def copy(**changes: Any) -> Callable[[Data], None]:
    """Return a change of the copy that was given."""
    return lambda data: data["copies"][0].update(changes)


def whole(**changes: Any) -> Callable[[Data], None]:
    """Return a change of the plan itself."""
    return lambda data: data.update(changes)


def test_what_is_written_is_read_again_and_written_alike() -> None:
    plan = read(raw(plan_json()))
    assert read(written(plan)) == plan
    assert written(read(written(plan))) == written(plan)


def test_two_spellings_of_one_character_become_one() -> None:
    data = plan_json()
    impact(value="w\u0302yneb")(data)
    assert read(raw(data)).fields["aln.impact"].value == "\u0175yneb"


@pytest.mark.parametrize(
    "change",
    [
        whole(extra=1),
        lambda data: data.pop("copies"),
        whole(edition=0),
        whole(edition=True),
        whole(edition="1"),
        whole(edition=1.5),
        whole(form_id="another-form"),
        whole(maintained_by="nobody"),
        whole(schema="aln-plan/2"),
        whole(plan_id="a/b"),
        whole(plan_id="a\n"),
        whole(fields={}),
        whole(fields=[]),
        whole(appendix=[{"field": "x"}]),
        whole(labels={"leisure.clubs": {"en": "Clubs"}}),
        whole(names={"Aled": {"en": "x", "cy": "x"}}),
        whole(consent={"on": None, "by": "Aled"}),
        lambda data: data["fields"].update({"aln.description; drop": _IMPACT}),
        impact(value=7),
        impact(value=""),
        impact(value=None),
        impact(value="x" * 20_001),
        impact(value={"en": {"deep": "x"}}),
        impact(value={}),
        impact(value={"A b": "x"}),
        impact(note="x"),
        impact(confidence="sure"),
        impact(origin={"record": "r"}),
        impact(value="half \ud800"),
        impact(value="nul \x00"),
        copy(given_on="2026-02-30"),
        copy(given_on="2026-10-05T00:00:00"),
        copy(name="Aled"),
        copy(slot="Aled"),
        copy(way="by crow"),
        copy(edition=2),
        whole(first_given_on="2026-10-04"),
        whole(first_given_on=None),
        whole(period_start_on=None),
        whole(review_by_on=None),
        whole(not_revised_on=["2020-01-01"]),
        whole(person={"name": "Aled", "dob": "3/2/2015", "upn": None}),
        whole(person={"name": "Aled", "dob": None, "upn": None, "address": "x"}),
        whole(fields={f"record[{number}]": _IMPACT for number in range(1001)}),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_and_not_quoted(
    change: Callable[[Data], object],
) -> None:
    data = plan_json()
    change(data)
    with pytest.raises(BundleRefused) as refused:
        read(raw(data))
    for quoted in ("Aled", "drop", "xxx", "crow", "2026-02-30", "Takes"):
        assert quoted not in str(refused.value)
    assert refused.value.words.cy != refused.value.words.en


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"a": 1, "a": 2}', b"[" * 9000])
def test_what_is_no_plain_object_is_refused(content: bytes) -> None:
    with pytest.raises(BundleRefused):
        read(content)


def test_a_plan_beyond_all_measure_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(BundleRefused, match="size"):
        read(b" " * (MOST_BYTES + 1))
