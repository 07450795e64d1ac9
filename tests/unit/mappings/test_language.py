"""Documents: what is refused before it is used, where, and how overlays meet what lies below."""

from __future__ import annotations

import time

import pytest

from mappings.engine import compile_mapping
from mappings.findings import Finding, MappingRefused
from mappings.language import overlay, read_document, shipped
from mappings.lint import lint_text
from tests.unit.mappings.builders import BASE, context, record_of


def findings(text: str) -> tuple[Finding, ...]:
    with pytest.raises(MappingRefused) as refused:
        read_document(text, "ours.toml")
    return refused.value.findings


def kinds(text: str) -> set[str]:
    return {finding.kind for finding in lint_text(text, "ours.toml")}


@pytest.mark.parametrize(
    ("rules", "kind", "line"),
    [
        ('[upnn]\nfrom = "upn"\n', "unknown_name", 10),
        ('[upn]\nform = "upn"\n', "unknown_name", 11),
        ('[upn]\nfrom = 7\n', "wrong_type", 11),
        ('[upn]\n', "no_source", 10),
        ('[upn]\nfrom = "a..b"\n', "path", 11),
        ('[upn]\nfrom = "__class__.__init__"\n', "path", 11),
        ('[upn]\nfrom = "a.{x.__init__}"\n', "path", 11),
        ('[upn]\nfrom = "upn"\nthen = ["eval"]\n', "unknown_transform", 12),
        ('[upn]\nfrom = "upn"\nthen = [{ pattern = "(?=a)b" }]\n', "pattern", 12),
        ('[upn]\nfrom = "upn"\nthen = [{ pattern = "(a" }]\n', "pattern", 12),
        ('[upn]\nfrom = "upn"\nthen = [{ pattern = "a", take = 3 }]\n', "pattern", 12),
        ('[upn]\nfrom = "upn"\njoin = ["a", "b"]\n', "two_sources", 12),
        ('[upn]\nfrom = ["upn", "upn"]\n', "unreachable", 11),
        ('[uln]\nfrom = ["a", { constant = "x" }, "b"]\n', "unreachable", 11),
        ('[uln]\nfrom = "a"\ncodes = "provision"\n', "codes_not_wanted", 12),
        ('[provision.type]\nfrom = "s"\ncodes = { A = "school_acton" }\n', "outside_codes", 12),
        (
            '[codes.provision]\nA = "registered"\n[provision.type]\n'
            'from = "s"\n',
            "outside_codes", 11,
        ),
        ('[provision.type]\nfrom = "s"\ncodes = "proviso"\n', "unknown_table", 12),
        ('[provision.type]\nfrom = "s"\nunknown = "default:none"\n', "default_none", 12),
        ('[provision.type]\nfrom = "s"\nunknown = "none"\n', "unknown_policy", 12),
        ('[provision.type]\nconstant = "none"\n', "default_none", 11),
        ('[provision.type]\nfrom = ["s", { constant = "none" }]\n', "default_none", 10),
        (
            '[provision.type]\nfrom = "s"\n'
            'when_absent = { means = "none", because = "we say it so" }\n',
            "absent_means", 12,
        ),
        (
            '[provision.type]\nfrom = "s"\nwhen_null = { means = "none", because = "so" }\n',
            "because", 12,
        ),
        (
            '[uln]\nfrom = "s"\n'
            'when_null = { means = "x", because = "we say it so" }\n',
            "means_not_wanted", 12,
        ),
        ('[needs]\ntype = { from = "code" }\n', "no_each", 10),
        ('[needs]\neach = "needs"\n', "no_columns", 10),
        ('[needs]\neach = "needs[]"\ntype = { from = "code" }\n', "path", 11),
        (
            '[needs]\neach = "."\nnumbered = { from = 1, to = 900 }\n'
            'type = { from = "N{n}" }\n',
            "numbers", 12,
        ),
        ('[uln]\nfrom = "x"\nwhen = { path = "y" }\n', "condition", 12),
        ('[uln]\nfrom = "x[current a]"\n', "path", 11),
        ('[dob]\nfrom = "other"\n', "two_rules", 10),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_file_line_and_remedy(rules: str, kind: str, line: int) -> None:
    found = next(one for one in findings(BASE + rules) if one.kind == kind)
    assert (found.file, found.line) == ("ours.toml", line)
    assert found.remedy.en
    assert found.remedy.cy
    assert found.sentence.en.startswith(f"ours.toml:{line}: ")


@pytest.mark.parametrize(
    ("rules", "kind"),
    [
        ('[sex]\nfrom = "s"\nunknown = "default:U"\n', "hidden_default"),
        ('[uln]\nfrom = ["s", { constant = "none yet" }]\n', "hidden_default"),
        ('[codes.provision]\nMI = "idp_la"\nmi = "idp_school"\n', "unreachable_code"),
        (
            '[codes.provision]\n'
            'MI = { means = "idp_la", from = 2025-09-01, until = 2025-08-31 }\n',
            "never_valid",
        ),
        ('[codes.ours]\nA = "school_action"\n', "unused_table"),
    ],
)  # fmt: skip
def test_what_does_not_stop_a_document_is_told_all_the_same(rules: str, kind: str) -> None:
    assert kinds(BASE + rules) == {kind}


def test_missing_required_targets_are_told() -> None:
    assert kinds('vendor = "acme"\n[read]\nrecord_id = "id"\n') == {"missing_target"}
    assert "missing_target" in kinds('vendor = "acme"\ncannot_carry = ["name", "dob"]\n')


def test_a_key_with_a_rule_that_is_called_impossible_is_told() -> None:
    text = BASE.replace('vendor = "acme"\n', 'vendor = "acme"\ncannot_carry = ["uln"]\n')
    assert kinds(text + '[uln]\nfrom = "u"\n') == {"carried_and_not"}


def test_a_path_that_never_matched_the_sample_is_told_with_its_line() -> None:
    trees = [{"id": "1", "surname": "Puw", "born": "2014-02-17", "ULN": "7"}]
    found = lint_text(BASE + '[uln]\nfrom = "uln"\n', "ours.toml", trees, "2025-01-14")
    assert [(one.kind, one.line) for one in found] == [("never_matched", 11)]
    assert "`uln`" in found[0].words.en
    assert not lint_text(BASE + '[uln]\nfrom = "ULN"\n', "ours.toml", trees, "2025-01-14")


def test_a_column_that_never_matched_the_sample_is_told() -> None:
    rules = '[needs]\neach = "needs"\ntype = { from = "code" }\nrank = { from = "order" }\n'
    trees = [{"id": "1", "surname": "Puw", "born": None, "needs": [{"code": "HI"}]}]
    found = lint_text(BASE + rules, "ours.toml", trees, "2025-01-14")
    assert [one.key for one in found] == ["needs.rank.from"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("vendor: acme\nread:\n  records: data\n", "not_toml"),
        ('{"vendor": "acme"}', "not_toml"),
        ("x = " + "[" * 5000, "too_deep"),
        ("[" + ".".join("a" * 1 for _ in range(3000)) + "]\n", "too_deep"),
        ('vendor = "acme"\n#' + "x" * 300_000, "too_big"),
        ("[codes.need]\n" + "\n".join(f'C{n} = "dyslexia"' for n in range(10_001)), "too_many"),
        ("[a.b.c.d.e.f.g.h.i]\nx = 1\n", "too_deep"),
        ('extends = "nobody"\n', "unknown_vendor"),
        ('format = 2\nvendor = "acme"\n', "format_version"),
        ('kind = "teacher"\nvendor = "acme"\n', "kind"),
        ('[upn]\nfrom = "x"\n', "no_vendor"),
    ],
)
def test_a_document_that_is_no_document_is_refused_at_once(text: str, kind: str) -> None:
    began = time.monotonic()
    assert findings(text)[0].kind == kind
    assert time.monotonic() - began < 2


def test_a_pattern_that_would_never_end_elsewhere_ends_here() -> None:
    rules = '[uln]\nfrom = "u"\nthen = [{ pattern = "^(a+)+$" }]\n'
    compiled = compile_mapping(read_document(BASE + rules, "ours.toml"))
    began = time.monotonic()
    compiled.apply({"id": "1", "surname": "P", "born": None, "u": "a" * 5000 + "!"}, context())
    assert time.monotonic() - began < 1


def test_a_pattern_longer_than_the_limit_is_refused() -> None:
    rules = '[uln]\nfrom = "u"\nthen = [{ pattern = "' + "a" * 201 + '" }]\n'
    assert findings(BASE + rules)[0].kind == "pattern"


def test_text_that_looks_like_code_is_only_text() -> None:
    rules = "[uln]\nfrom = \"'); import os; os.abort(); ('\"\n".replace("'", "")
    assert "uln" in record_of(rules, {})["not_supplied"]
    quoted = '[uln]\nfrom = "\'a\\"] + exit() #\'"\n'
    assert record_of(quoted, {'a"] + exit() #': "7"})["uln"] == "7"


def test_an_overlay_says_only_what_differs() -> None:
    document = read_document(
        'extends = "wonde"\n[read]\nrecords = "people"\n[upn]\nfrom = "ids.upn"\n'
        '[codes.provision]\nmi = "idp_la"\nis = "unknown"\n',
        "ours.toml",
    )
    base = shipped("wonde")
    assert document.vendor == "wonde"
    assert document.read["records"] == "people"
    assert document.read["record_id"] == base.read["record_id"]
    assert document.digest != base.digest
    table = document.rules.scalars["provision.type"].sources[0].codes
    assert table is not None
    assert [table.find(code) for code in ("MI", "IS", "A")] == [
        "idp_la",
        "unknown",
        "school_action",
    ]


def test_an_overlay_can_change_one_join_without_repeating_the_others() -> None:
    document = read_document(
        'extends = "xporter"\n[[read.join]]\ninto = "sen_rows"\nfrom = "SEN"\non = "PupilId"\n',
        "ours.toml",
    )
    joins = document.read["join"]
    assert isinstance(joins, list)
    assert len(joins) == 3
    assert joins[0]["on"] == "PupilId"
    assert joins[0]["equals"] == "Id"


def test_a_new_place_to_read_from_replaces_a_join() -> None:
    document = read_document('extends = "wonde"\n[contacts.name]\nfrom = "full"\n', "ours.toml")
    name = next(r for r in document.rules.lists["contacts"].columns if r.key == "contacts.name")
    assert [path.text for path in name.sources[0].paths] == ["full"]
    assert name.sources[0].joined_with is None


def test_an_authority_and_a_school_overlay_meet_in_turn() -> None:
    authority = read_document('extends = "wonde"\n[codes.provision]\nX = "idp_la"\n', "la.toml")
    school = read_document(
        'extends = "wonde"\n[codes.provision]\nX = "idp_school"\n', "school.toml"
    )
    both = overlay(shipped("wonde"), authority, school)
    table = both.rules.scalars["provision.type"].sources[0].codes
    assert table is not None
    assert table.find("X") == "idp_school"
    assert [layer.name for layer in both.layers] == [
        "wales.toml",
        "wonde.toml",
        "la.toml",
        "school.toml",
    ]


def test_a_fault_in_an_overlay_names_the_overlay_and_its_line() -> None:
    found = findings('extends = "wonde"\n\n[upn]\nfrom = "a..b"\n')
    assert (found[0].file, found[0].line) == ("ours.toml", 4)


def test_the_same_document_has_the_same_digest_and_a_comment_changes_nothing() -> None:
    assert (
        read_document(BASE, "a.toml").digest == read_document(BASE + "# hello\n", "b.toml").digest
    )
    assert (
        read_document(BASE, "a.toml").digest
        != read_document(BASE + '[uln]\nfrom="u"\n', "a").digest
    )
