"""`explain` answers routing as the contract says, and refuses what its vocabulary does not have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mis_bridge.domain.notices import events
from mis_bridge.services.explain.cases import BadCase
from mis_bridge.services.explain.routing import answer

EXAMPLES = Path(__file__).parents[1] / "contract_examples"
GIVEN: dict[str, object] = {
    "event": "no_aln_decision_s11_4",
    "by": "maintained_school",
    "on": "2026-11-20",
    "person": {"id": "child", "kind": "child"},
    "parents": [{"id": "mother"}],
}


def holds(expected: object, found: object) -> bool:
    """Say whether everything expected is found; what is found may have more keys."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            key in found and holds(value, found[key]) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(expected) == len(found)
            and all(map(holds, expected, found))
        )
    return expected == found


def examples() -> list[tuple[dict[str, object], dict[str, object]]]:
    cases = json.loads((EXAMPLES / "explain-cases.json").read_text(encoding="utf-8"))["cases"]
    lines = (EXAMPLES / "explain-expected.jsonl").read_text(encoding="utf-8").splitlines()
    expected = {answer["id"]: answer for answer in map(json.loads, lines)}
    return [
        (case["given"], expected[case["id"]]["result"])
        for case in cases
        if case.get("ask") == "routing"
    ]


def result(**more: object) -> dict[str, object]:
    return answer({**GIVEN, **more}, {}).result


def flags(**more: object) -> object:
    return result(**more)["flags"]


def ids(found: dict[str, object], key: str = "recipients") -> list[str]:
    entries = found[key]
    assert isinstance(entries, list)
    return [entry["id"] for entry in entries]


def test_the_contracts_examples_come_out_as_written() -> None:
    read = examples()
    assert read
    for given, expected in read:
        assert holds(expected, answer(given, {}).result)


@pytest.mark.parametrize("event", [row.id for row in events()])
def test_every_event_of_the_table_is_answered_with_reasons(event: str) -> None:
    found = answer({"event": event, "person": {"dob": "2014-03-04"}, "on": "2026-11-20"}, {})
    assert set(found.result) >= {"recipients", "not_sent", "flags", "content"}
    assert json.loads(json.dumps({**found.result, **found.trace.to_json()}))


def test_null_and_absent_are_the_same_and_never_an_error() -> None:
    keys = (
        "by on area person la_view tribunal_declaration case_friend parents representatives iro "
        "governing_body person_in_charge other_body sent_on channel"
    )
    nothing = dict.fromkeys(keys.split())
    event = {"event": "no_aln_decision_s11_4"}
    assert answer({**event, **nothing}, {}).result == answer(event, {}).result
    person = dict.fromkeys(("id", "kind", "dob", "detained", "capacity"))
    assert answer({**event, "person": person}, {}).result["recipients"] == []
    parent = dict.fromkeys(
        ("id", "capacity", "representatives", "email", "electronic_consent", "address")
    )
    assert ids(result(parents=[parent])) == ["child", "parent:1"]
    friend = dict.fromkeys(("id", "order_ref", "order_date", "removed_on"))
    assert flags(case_friend=friend) == ["case_friend_not_verified"]
    representative = dict.fromkeys(
        ("id", "type", "covers_aln_matters", "registered", "registration_applied")
    )
    unclear = result(
        parents=[{"id": "mother", "capacity": False, "representatives": [representative]}]
    )
    assert unclear["flags"] == ["escalate:mother"]


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"event": "no_such_event"}, "event"),
        ({"by": "headteacher"}, "by"),
        ({"on": "20/11/2026"}, "on"),
        ({"on": "2026-11-31"}, "on"),
        ({"area": "scotland"}, "area"),
        ({"colour": "red"}, "colour"),
        ({"person": "child"}, "person"),
        ({"person": {"kind": "adult"}}, "person.kind"),
        ({"person": {"dob": "2014"}}, "person.dob"),
        ({"person": {"capacity": "yes"}}, "person.capacity"),
        ({"person": {"detained": "sometimes"}}, "person.detained"),
        ({"person": {"detained": 1}}, "person.detained"),
        ({"person": {"age": 12}}, "person.age"),
        ({"la_view": True}, "la_view"),
        ({"tribunal_declaration": "unsure"}, "tribunal_declaration"),
        ({"case_friend": {"order": "x"}}, "case_friend.order"),
        ({"case_friend": {"order_date": "October"}}, "case_friend.order_date"),
        ({"parents": {}}, "parents"),
        ({"parents": ["mother"]}, "parents.1"),
        ({"parents": [{}, {"capacity": 0}]}, "parents.2.capacity"),
        ({"parents": [{"language": "fr"}]}, "parents.1.language"),
        (
            {"parents": [{"representatives": [{"type": "friend"}]}]},
            "parents.1.representatives.1.type",
        ),
        ({"representatives": [{"registered": "no"}]}, "representatives.1.registered"),
        ({"iro": 7}, "iro"),
        ({"other_body": ["board", 7]}, "other_body.2"),
        ({"sent_on": 20261120}, "sent_on"),
        ({"channel": "pigeon"}, "channel"),
    ],
)
def test_what_the_vocabulary_does_not_have_names_its_place(
    wrong: dict[str, object], key: str
) -> None:
    with pytest.raises(BadCase) as refused:
        answer({**GIVEN, **wrong}, {})
    assert refused.value.key == key
    assert refused.value.words.en != refused.value.words.cy


def test_a_notice_that_nobody_named_goes_to_nobody_and_says_why() -> None:
    for case in ({}, {"event": None}, GIVEN | {"event": None}):
        found = answer(case, {})
        assert found.result["recipients"] == [] == found.result["content"]
        assert [doubt.point for doubt in found.trace.uncertain] == ["event"]
    assert ids(found.result, "not_sent") == ["child", "mother"]


def test_the_reviewing_officer_marks_a_looked_after_child() -> None:
    school = result(iro="iro", area="wales")
    assert school["flags"] == ["school_is_not_the_notifier"]
    assert ids(school) == []
    assert ids(result(iro="iro", area="england")) == ["child", "mother"]
    authority = result(iro="iro", by="looking_after_la", event="no_aln_decision_s18_3")
    assert ids(authority) == ["child", "mother", "iro"]


def test_the_kind_of_person_follows_from_the_date_of_birth() -> None:
    grown = {"id": "learner", "dob": "2010-06-30"}
    assert ids(result(person=grown, on="2026-06-26")) == ["learner", "mother"]
    assert ids(result(person=grown, on="2026-06-27")) == ["learner"]


def test_a_detained_person_in_youth_accommodation_is_the_home_authoritys() -> None:
    held = {"id": "p", "kind": "child", "detained": "relevant_youth_accommodation"}
    case: dict[str, object] = {"event": "idp_copy_s22_1", "by": "local_authority"}
    assert flags(**case, person=held) == ["not_the_notifier:local_authority"]
    assert ids(result(event="idp_copy_s40_5", by="home_authority", person=held)) == ["p", "mother"]
    assert ids(result(**case, person={**held, "detained": True})) == ["p", "mother"]


def test_the_other_body_may_be_one_or_several() -> None:
    case: dict[str, object] = {"event": "nhs_outcome_s21", "by": "nhs_body"}
    assert ids(result(**case, other_body="la")) == ["la"]
    assert ids(result(**case, other_body=["la", "college"])) == ["la", "college"]


def test_the_day_given_and_the_reconsidering_body_are_printed_when_they_apply() -> None:
    mother = {
        "id": "mother",
        "email": "m@example.org",
        "electronic_consent": True,
        "language": "cy",
    }
    found = result(parents=[mother], sent_on="2026-11-23")
    assert found["given_on"] == {"mother": "2026-11-23"}
    assert found["reconsideration_body"] == "local_authority"
    assert found["content"] == [
        "decision",
        "reasons",
        "contact_details",
        "information_and_advice",
        "disagreement_resolution",
        "advocacy",
        "right_to_reconsideration_s26",
    ]
    college = result(by="fei", person={"id": "yp", "kind": "young_person"})
    assert "given_on" not in college
    assert "reconsideration_body" not in college
