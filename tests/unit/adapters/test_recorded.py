"""Recorded answers: paging that tells the truth, and paging that does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.base import FileRefused, Item, Reading, ReadOptions, SourceRecord, Tombstone
from adapters.registry import read_files

BASE = "https://api.wonde.com/v1.0/schools/A1/students?per_page=2"


def page(ids: list[str], *, following: str | None = None, more: bool = False) -> dict[str, object]:
    return {
        "data": [{"id": key, "surname": "Puw"} for key in ids],
        "meta": {"pagination": {"next": following, "more": more}},
    }


def recorded(number: int, body: object, status: int = 200) -> dict[str, object]:
    return {"url": f"{BASE}&page={number}", "status": status, "body": body}


def read(
    tmp_path: Path, content: object, vendor: str = "wonde", **read: object
) -> tuple[list[Item], Reading]:
    path = tmp_path / "answers.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    reading = read_files(vendor, [path], ReadOptions.from_document(read))
    return list(reading), reading


def keys(items: list[Item]) -> list[str | None]:
    return [item.record_id for item in items if isinstance(item, SourceRecord)]


def test_pages_that_follow_one_another_are_complete(tmp_path: Path) -> None:
    first = page(["1", "2"], following=f"{BASE}&page=2", more=True)
    items, reading = read(tmp_path, {"pages": [recorded(1, first), recorded(2, page(["3"]))]})
    assert keys(items) == ["1", "2", "3"]
    assert reading.incomplete is None


def test_the_order_of_the_query_does_not_make_another_page(tmp_path: Path) -> None:
    following = "https://api.wonde.com/v1.0/schools/A1/students?page=2&per_page=2"
    first = page(["1", "2"], following=following, more=True)
    _, reading = read(tmp_path, {"pages": [recorded(1, first), recorded(2, page(["3"]))]})
    assert reading.incomplete is None


def test_an_empty_page_in_the_middle_is_not_the_end(tmp_path: Path) -> None:
    pages = [
        recorded(1, page(["1", "2"], following=f"{BASE}&page=2", more=True)),
        recorded(2, page([], following=f"{BASE}&page=3", more=True)),
        recorded(3, page(["3"])),
    ]
    items, reading = read(tmp_path, {"pages": pages})
    assert keys(items) == ["1", "2", "3"]
    assert reading.incomplete is None


@pytest.mark.parametrize(
    "pages",
    [
        [recorded(1, page(["1", "2"], following=f"{BASE}&page=2", more=True))],
        [recorded(1, page(["1", "2"], more=True)), recorded(2, page(["3"]))],
        [
            recorded(1, page(["1", "2"], following="https://evil.example/students?page=2")),
            recorded(2, page(["3"])),
        ],
        [
            recorded(
                1, page(["1", "2"], following="http://api.wonde.com/v1.0/schools/A1/students")
            ),
            recorded(2, page(["3"])),
        ],
        [recorded(1, page(["1", "2"], following=f"{BASE}&page=1", more=True))],
        [
            recorded(1, page(["1", "2"], following=f"{BASE}&page=2", more=True)),
            recorded(2, page(["3"], following=f"{BASE}&page=1", more=True)),
        ],
        [recorded(1, page(["1", "2"])), recorded(1, page(["1", "2"]))],
        [
            recorded(1, page(["1", "2"], following=f"{BASE}&page=2", more=True)),
            recorded(2, {"error": "oops"}, 500),
        ],
        [recorded(1, page(["1", "2"])), recorded(2, {}, 429)],
        [recorded(1, page(["1", "2"])), recorded(2, {"data": "<html>"})],
        [recorded(1, page(["1", "2"])), recorded(2, "<html>Log in</html>")],
        [recorded(1, page(["1", "2"])), recorded(2, {"error": "try later"})],
    ],
    ids=[
        "not carried",
        "no address",
        "other host",
        "other scheme",
        "itself",
        "circle",
        "twice",
        "error status",
        "throttled",
        "other shape",
        "a page of HTML",
        "an error told as an answer",
    ],
)
def test_paging_that_does_not_hold_leaves_the_reading_incomplete(
    tmp_path: Path, pages: list[object]
) -> None:
    items, reading = read(tmp_path, {"pages": pages})
    assert set(keys(items)) >= {"1", "2"}
    assert reading.incomplete
    assert reading.incomplete_words is not None
    assert reading.incomplete_words.cy


def test_a_first_page_that_was_not_recorded_is_missed(tmp_path: Path) -> None:
    second = page(["3"])
    second["meta"] = {"pagination": {"next": None, "previous": f"{BASE}&page=1", "more": False}}
    _, reading = read(tmp_path, {"pages": [recorded(2, second)]})
    assert reading.incomplete


@pytest.mark.parametrize(
    "content",
    [
        page(["1", "2"]),
        {"responses": [{"path": "/v1.0/schools/A1/students", "body": page(["1", "2"])}]},
        [page(["1"]), page(["2"])],
        [{"id": "1"}, {"id": "2"}],
    ],
    ids=["one body", "responses", "list of bodies", "bare list"],
)
def test_every_way_of_recording_is_read(tmp_path: Path, content: object) -> None:
    items, reading = read(tmp_path, content)
    assert keys(items) == ["1", "2"]
    assert reading.incomplete is None


def test_a_single_body_that_says_more_follow_is_incomplete(tmp_path: Path) -> None:
    _, reading = read(tmp_path, page(["1"], following=f"{BASE}&page=2", more=True))
    assert reading.incomplete


def test_pages_without_addresses_follow_in_their_order(tmp_path: Path) -> None:
    first = page(["1"], following=f"{BASE}&page=2", more=True)
    items, reading = read(tmp_path, {"pages": [{"body": first}, {"body": page(["2"])}]})
    assert keys(items) == ["1", "2"]
    assert reading.incomplete is None


def test_the_same_key_on_two_pages_is_handed_out_twice(tmp_path: Path) -> None:
    first = page(["1", "2"], following=f"{BASE}&page=2", more=True)
    items, _ = read(tmp_path, {"pages": [recorded(1, first), recorded(2, page(["2", "3"]))]})
    assert keys(items) == ["1", "2", "2", "3"]


def test_deletions_are_tombstones_and_restored_or_other_rows_are_none(tmp_path: Path) -> None:
    moment = {"date": "2025-07-08 02:00:11.000000", "timezone_type": 3, "timezone": "Europe/London"}
    rows = [
        {"id": "1", "type": "student", "deleted_at": moment, "restored_at": None},
        {"id": "2", "type": "student", "deleted_at": moment, "restored_at": moment},
        {"id": "3", "type": "contact", "deleted_at": moment, "restored_at": None},
    ]
    items, _ = read(tmp_path, {"data": rows, "meta": {"pagination": {"more": False}}})
    (stone,) = items
    assert isinstance(stone, Tombstone)
    assert stone.record_id == "1"
    assert stone.deleted_at is not None
    assert stone.deleted_at.isoformat() == "2025-07-08T01:00:11+00:00"


def test_another_nesting_needs_one_line(tmp_path: Path) -> None:
    items, _ = read(tmp_path, {"result": {"people": [{"id": "1"}]}}, records="result.people")
    assert keys(items) == ["1"]


@pytest.mark.parametrize(
    "content",
    [
        '{"data": [{"id": "1"}',
        '{"data": [], "data": [{"id": "1"}]}',
        '{"data": [{"id": NaN}]}',
        '{"data": [{"id": "\\ud800"}]}',
        '{"data": [{"id": ' + "9" * 5000 + "}]}",
        '{"data": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"data": ' + "[" * 100 + "]" * 100 + "}",
        '{"other": []}',
        '"data"',
        "",
        "Adno,UPN\n1,2",
    ],
)
def test_what_is_not_json_of_this_vendor_is_refused_whole(tmp_path: Path, content: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content)
    assert "answers.json" in refused.value.words.cy


def test_a_byte_that_is_no_utf8_is_named_with_its_offset(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_bytes(b'{"data": [{"id": "1", "surname": "Si\xf4n"}]}')
    with pytest.raises(FileRefused) as refused:
        list(read_files("wonde", [path], ReadOptions(encoding="utf-8")))
    assert refused.value.offset == 36


def xporter(
    set_name: str, rows: list[object], number: int, count: int, total: int
) -> dict[str, object]:
    control = {"PageNumber": number, "PageCount": count, "RowCount": total, "NextPage": None}
    if number < count:
        control["NextPage"] = f"?page={number + 1}"  # type: ignore[assignment] # a control value
    path = f"/api/v1/School/6619901/{set_name}/?page={number}"
    return {"path": path, "body": {set_name: rows, "__pagination__": [control]}}


SEN_JOIN = [{"into": "sen", "from": "SEN", "on": "StudentId", "equals": "Id"}]


def test_half_of_a_joined_result_set_is_not_supplied_at_all(tmp_path: Path) -> None:
    answers = [
        xporter("Students", [{"Id": "1"}], 1, 1, 1),
        xporter("SEN", [{"StudentId": "1"}], 1, 2, 2),
    ]
    items, reading = read(tmp_path, {"responses": answers}, "xporter", join=SEN_JOIN)
    assert reading.incomplete
    (record,) = items
    assert isinstance(record, SourceRecord)
    assert "sen" not in record.tree


def test_fewer_rows_than_announced_are_noticed(tmp_path: Path) -> None:
    _, reading = read(
        tmp_path, {"responses": [xporter("Students", [{"Id": "1"}], 1, 1, 14)]}, "xporter"
    )
    assert reading.incomplete
    assert "14" in reading.incomplete


def test_an_error_in_the_body_wins_over_a_good_status(tmp_path: Path) -> None:
    body = {"response": {"code": 500, "reason": "x"}, "students": []}
    _, reading = read(
        tmp_path, {"responses": [{"path": "/rest-v2/students", "body": body}]}, "arbor"
    )
    assert reading.incomplete


def test_deleted_rows_of_xporter_are_tombstones(tmp_path: Path) -> None:
    body = {"Students": [{"Id": "1"}], "Students_deleted": [{"Id": "2"}, "3"]}
    items, _ = read(tmp_path, body, "xporter")
    assert [item.record_id for item in items if isinstance(item, Tombstone)] == ["2", "3"]
