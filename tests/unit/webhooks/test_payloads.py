"""Reading of a proven body: no second meaning, and identifiers only."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.base import KNOWN_KINDS, SCHOOL_ACCESS_CHANGED, VendorEvent, WebhookMalformed
from webhooks.payloads import register_change, strict_json

SEEN = {
    "type": "pupil.sen.changed",
    "timestamp": "2026-11-20T09:00:00Z",
    "data": {
        "school": "661/4001",
        "record_id": "A661991005",
        "upn": "K661990117005",
        "noticed_on": "2026-11-19",
        "changed": ["provision"],
    },
}


def body(**changed: object) -> bytes:
    return json.dumps({**SEEN, **changed}).encode()


def facts(**changed: object) -> bytes:
    inner = SEEN["data"]
    assert isinstance(inner, dict)
    return body(data={k: v for k, v in {**inner, **changed}.items() if v is not ...})


def test_an_event_gives_identifiers_and_the_day_it_was_noticed() -> None:
    event = register_change(body(), "msg_1")
    assert event.school == "661/4001"
    assert event.record_id == "A661991005"
    assert event.noticed_on == date(2026, 11, 19)
    assert event.occurred_at == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert event.changed == ("provision",)
    assert event.recognised


@pytest.mark.parametrize("kind", sorted(KNOWN_KINDS))
def test_every_published_type_is_recognised(kind: str) -> None:
    assert register_change(body(type=kind), "msg_1").recognised


@pytest.mark.parametrize("kind", ["pupil.sen.changed.v2", "aln.register_change/2", "PUPIL.JOINED"])
def test_an_unknown_type_is_kept_and_asks_for_nothing_else(kind: str) -> None:
    event = register_change(json.dumps({"type": kind}).encode(), "msg_1")
    assert (event.kind, event.recognised) == (kind, False)


def test_further_keys_are_no_fault() -> None:
    assert register_change(facts(colour="red"), "msg_1").record_id == "A661991005"


def test_without_a_noticed_day_the_event_says_none() -> None:
    assert register_change(facts(noticed_on=...), "msg_1").noticed_on is None


def test_a_full_record_may_stand_in_for_the_record_id() -> None:
    event = register_change(facts(record_id=..., record={"id": "A1"}), "msg_1")
    assert (event.record_id, event.record) == (None, {"id": "A1"})


def test_a_change_of_access_names_a_school_and_no_pupil() -> None:
    event = register_change(body(type=SCHOOL_ACCESS_CHANGED, data={"school": "661/4001"}), "msg_1")
    assert event.record_id is None


@pytest.mark.parametrize(
    "bad",
    [
        body(type=None),
        body(type=7),
        body(type=""),
        body(timestamp=None),
        body(timestamp="2026-11-20"),
        body(timestamp="2026-11-20T09:00:00"),
        body(timestamp="2026-13-20T09:00:00Z"),
        body(timestamp=1795165200),
        body(data=None),
        body(data=[]),
        facts(school=...),
        facts(school="661"),
        facts(school="661/400\N{FULLWIDTH DIGIT ONE}"),
        facts(record_id=...),
        facts(record_id=5),
        facts(record_id=""),
        facts(record_id="a\u0000b"),
        facts(record_id="x" * 201),
        facts(upn=5),
        facts(noticed_on="2026-02-30"),
        facts(noticed_on="20261119"),
        facts(noticed_on=20261119),
        facts(changed="provision"),
        facts(changed=[1]),
        facts(record=[]),
        facts(record="x"),
        b"[]",
        b"null",
        b"",
    ],
)
def test_a_known_type_in_another_shape_is_malformed(bad: bytes) -> None:
    with pytest.raises(WebhookMalformed):
        register_change(bad, "msg_1")


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": 1, "a": 1}',
        b'{"x": {"a": 1, "b": 2, "a": 3}}',
        b'{"a": ' + b"9" * 19 + b"}",
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"a": ["\\ud800x"]}',
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        '{"a": 1}'.encode("utf-16-le"),
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b"[" * 100_000,
        b"[" * 33 + b"]" * 33,
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b"{'a': 1}",
        b"{} {}",
        b'{"a": 1,}',
    ],
)
def test_json_with_a_second_meaning_is_malformed(raw: bytes) -> None:
    with pytest.raises(WebhookMalformed):
        strict_json(raw)


def test_nesting_up_to_the_limit_and_brackets_inside_texts_are_read() -> None:
    assert strict_json(b"[" * 32 + b"]" * 32)
    deep_text = '{"a": "' + "[{" * 100 + '\\"[["}'
    assert strict_json(deep_text.encode()) == {"a": "[{" * 100 + '"[['}
    assert strict_json(b'{"a": "\\ud83d\\ude00"}') == {"a": "\N{GRINNING FACE}"}


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_JSON)
def test_proper_json_reads_as_the_standard_library_reads_it(value: object) -> None:
    for raw in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert strict_json(raw.encode()) == json.loads(raw)


@given(st.binary(max_size=60))
def test_no_bytes_do_more_than_be_refused(raw: bytes) -> None:
    try:
        register_change(raw, "msg_1")
    except WebhookMalformed:
        return
    strict_json(raw)


def test_an_event_shows_no_pupil_in_its_repr() -> None:
    event = register_change(body(), "msg_1")
    assert isinstance(event, VendorEvent)
    assert "K661990117005" not in repr(event)
    assert "A661991005" not in repr(event)
