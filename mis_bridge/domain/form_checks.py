"""An authority's own version of a form: read from its text, checked whole, compared with another.

What the law fixes stays: every field that it asks for is there, none is asked for less than the
shipped form asks, every text is in both languages, and how certain each part is stands beside it.
Source: 2018 anaw 2 s. 4(6)(c) (headings and their order are the Code's; style may be adapted).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mis_bridge.domain import form_check_words as says
from mis_bridge.domain.idp_form import (
    APPENDIX,
    CERTAINTIES,
    FORMS,
    Form,
    FormField,
    Missing,
    forms_from,
)
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words

MOST_CHARACTERS = 400_000
_ACT = "Additional Learning Needs and Education Tribunal (Wales) Act 2018"
_SECTION = re.compile(r"[1-9][A-Z](\.\d{1,2})?|appendix")
_CHAPTER = re.compile(r"[1-9][A-Z]?|appendix")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,39}")
_TOP = frozenset({"version", "forms", "sections", "fields"})
_OF_FORM = frozenset({"id", "title", "source", "certainty"})
_OF_SECTION = frozenset({"code", "label"})
_OF_FIELD = frozenset({"key", "section", "label", "required", "certainty", "source", "missing"})
_STRICTEST = "always"


@dataclass(frozen=True, slots=True)
class FormFault:
    """One thing wrong with a form: the place in its text, and what to do about it."""

    place: str
    words: Words


class FormRefused(Problem):
    """A form cannot be used; `faults` are all that is wrong with it."""

    def __init__(self, faults: tuple[FormFault, ...]) -> None:
        super().__init__(says.REFUSED.fill(count=len(faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a form differs from another: of what key, in what, from what to what."""

    place: str
    what: str
    before: str | None
    after: str | None


def required_by_law(field: FormField) -> bool:
    """Say whether a form has to have the field: the Act, or the Code as reported, asks for it.

    Source: 2018 anaw 2 s. 10; ALN Code for Wales 2021 ch. 23 (as reported).
    """
    if field.required == "never":
        return False
    return field.certainty in {"law", "secondary"} or (field.source or "").startswith(_ACT)


def read_form(text: str) -> Form:
    """Return the form that a text describes; raises FormRefused with everything wrong with it.

    What an entry does not say (how far it is required, why it may be missing) is as in the shipped
    form.

    Source: none; a rule of the product.
    """
    document = _parsed(text)
    faults = tuple(_faults(document))
    if faults:
        raise FormRefused(faults)
    form_id = document["forms"][0]["id"]
    shipped = {field.key: field for field in FORMS[form_id].fields}
    entries = [_with_defaults(entry, shipped[entry["key"]]) for entry in document["fields"]]
    parts = list(dict.fromkeys(shipped[entry["key"]].part for entry in entries))
    whole = {**document["forms"][0], "parts": parts}
    return forms_from({**document, "forms": [whole], "fields": entries})[form_id]


def differences(before: Form, after: Form) -> tuple[Difference, ...]:
    """Return how `after` differs from `before`, field by field.

    Source: none; a rule of the product.
    """
    found = [
        Difference(place, what, old, new)
        for place, what, old, new in (
            ("form", "title", _both(before.title), _both(after.title)),
            ("form", "source", before.source, after.source),
            ("form", "certainty", before.certainty, after.certainty),
        )
        if old != new
    ]
    headings = dict(before.sections), dict(after.sections)
    for code in sorted({*headings[0], *headings[1]}):
        old, new = (_both(each[code]) if code in each else None for each in headings)
        if old != new:
            found.append(Difference(code, "heading", old, new))
    fields = ({field.key: field for field in form.fields} for form in (before, after))
    olds, news = fields
    for key in dict.fromkeys([*olds, *news]):
        found += _of_field(key, olds.get(key), news.get(key))
    kept = [key for key in olds if key in news], [key for key in news if key in olds]
    if kept[0] != kept[1]:
        found.append(Difference("form", "order", ", ".join(kept[0]), ", ".join(kept[1])))
    return tuple(found)


def form_text(form: Form) -> str:
    """Return a form as the text that `read_form` reads.

    Source: none; a rule of the product.
    """
    lines = [
        f"version = {_quoted(form.version)}",
        "",
        "[[forms]]",
        f"id = {_quoted(form.id)}",
        f"title = {_pair(form.title)}",
        f"source = {_quoted(form.source)}",
        f"certainty = {_quoted(form.certainty)}",
    ]
    for code, label in form.sections:
        lines += ["", "[[sections]]", f"code = {_quoted(code)}", f"label = {_pair(label)}"]
    for field in form.fields:
        lines += [
            "",
            "[[fields]]",
            f"key = {_quoted(field.key)}",
            f"section = {_quoted(field.section)}",
            f"label = {_pair(field.label)}",
            f"required = {_quoted(field.required)}",
            f"certainty = {_quoted(field.certainty)}",
        ]
        if field.source:
            lines.append(f"source = {_quoted(field.source)}")
        if field.missing:
            lines.append(f"missing = {_pair(field.missing.why)}")
    return "\n".join(lines) + "\n"


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > MOST_CHARACTERS:
        raise FormRefused((FormFault("file", says.TOO_LONG),))
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise FormRefused((FormFault("file", says.NOT_TOML.fill(why=str(fault)[:200])),)) from None


def _faults(document: Mapping[str, Any]) -> Iterator[FormFault]:
    yield from _unknown("file", document, _TOP)
    version = document.get("version")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        yield FormFault("version", says.BAD_VERSION)
    elif version in {form.version for form in FORMS.values()}:
        yield FormFault("version", says.SHIPPED_VERSION)
    forms = _entries(document, "forms")
    if len(forms) != 1 or forms[0].get("id") not in tuple(FORMS):
        yield FormFault("forms", says.ONE_FORM.fill(known=", ".join(FORMS)))
        return
    yield from _unknown("forms[0]", forms[0], _OF_FORM)
    yield from _two_languages("forms[0].title", forms[0].get("title"))
    yield from _certainty("forms[0]", forms[0])
    if not isinstance(forms[0].get("source"), str) or not forms[0]["source"].strip():
        yield FormFault("forms[0].source", says.NO_SOURCE)
    yield from _section_faults(document)
    yield from _field_faults(document, FORMS[forms[0]["id"]])


def _section_faults(document: Mapping[str, Any]) -> Iterator[FormFault]:
    seen: set[str] = set()
    for place, entry in _placed(document, "sections"):
        yield from _unknown(place, entry, _OF_SECTION)
        code = entry.get("code")
        if not isinstance(code, str) or not _CHAPTER.fullmatch(code) or code in seen:
            yield FormFault(f"{place}.code", says.BAD_CODE)
        seen.add(str(code))
        yield from _two_languages(f"{place}.label", entry.get("label"))
    for place, entry in _placed(document, "fields"):
        section = str(entry.get("section"))
        chapter = section if section == APPENDIX else section[:1]
        if _SECTION.fullmatch(section) and not {section.partition(".")[0], chapter} <= seen:
            yield FormFault(f"{place}.section", says.NO_HEADING.fill(section=section))


def _field_faults(document: Mapping[str, Any], shipped: Form) -> Iterator[FormFault]:
    known = {field.key: field for field in shipped.fields}
    seen: set[str] = set()
    for place, entry in _placed(document, "fields"):
        key = entry.get("key")
        if not isinstance(key, str) or key not in known:
            yield FormFault(f"{place}.key", says.UNKNOWN_FIELD.fill(key=str(key)[:80]))
            continue
        if key in seen:
            yield FormFault(place, says.TWICE.fill(key=key))
        seen.add(key)
        yield from _faults_of_field(f"{place} ({key})", entry, known[key])
    for key, field in known.items():
        if key not in seen and required_by_law(field):
            yield FormFault(
                "fields", says.LACKS.fill(key=key, source=field.source or shipped.source)
            )


def _faults_of_field(
    place: str, entry: Mapping[str, Any], shipped: FormField
) -> Iterator[FormFault]:
    yield from _unknown(place, entry, _OF_FIELD)
    yield from _two_languages(f"{place}.label", entry.get("label"))
    if "missing" in entry:
        yield from _two_languages(f"{place}.missing", entry["missing"])
        if re.search(r"[{}]", str(entry["missing"])[1:-1].replace("{missing}", "")):
            yield FormFault(f"{place}.missing", says.BRACES)
    yield from _certainty(place, entry)
    if not isinstance(entry.get("section"), str) or not _SECTION.fullmatch(entry["section"]):
        yield FormFault(f"{place}.section", says.BAD_SECTION)
    if entry.get("required", shipped.required) not in (shipped.required, _STRICTEST):
        yield FormFault(f"{place}.required", says.LESS.fill(required=shipped.required))
    if not isinstance(entry.get("source", ""), str):
        yield FormFault(f"{place}.source", says.NO_SOURCE)


def _unknown(place: str, entry: Mapping[str, Any], known: frozenset[str]) -> Iterator[FormFault]:
    for name in sorted(entry.keys() - known):
        yield FormFault(place, says.UNKNOWN.fill(name=name[:80], known=", ".join(sorted(known))))


def _two_languages(place: str, written: object) -> Iterator[FormFault]:
    texts = written if isinstance(written, dict) else {}
    for language in ("en", "cy"):
        text = texts.get(language)
        if not isinstance(text, str) or not text.strip():
            yield FormFault(f"{place}.{language}", says.ONE_LANGUAGE)
    if texts.keys() - {"en", "cy"}:
        yield FormFault(place, says.ONE_LANGUAGE)


def _certainty(place: str, entry: Mapping[str, Any]) -> Iterator[FormFault]:
    if entry.get("certainty") not in CERTAINTIES:
        yield FormFault(f"{place}.certainty", says.NO_CERTAINTY.fill(known=", ".join(CERTAINTIES)))


def _entries(document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = document.get(name)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _placed(document: Mapping[str, Any], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for index, entry in enumerate(_entries(document, name)):
        yield f"{name}[{index}]", entry


def _with_defaults(entry: Mapping[str, Any], shipped: FormField) -> dict[str, Any]:
    whole: dict[str, Any] = {"required": shipped.required, **entry}
    missing: Missing | None = shipped.missing
    if "missing" not in whole and missing is not None:
        whole["missing"] = {"en": missing.why.en, "cy": missing.why.cy}
    if "source" not in whole and (shipped.source or "missing" in whole):
        whole["source"] = shipped.source or ""
    return whole


def _of_field(key: str, old: FormField | None, new: FormField | None) -> Iterator[Difference]:
    if old is None or new is None:
        there = new or old
        label = _both(there.label) if there else None
        yield Difference(key, "field", label if old else None, label if new else None)
        return
    reasons = [_both(each.missing.why) if each.missing else None for each in (old, new)]
    compared: tuple[tuple[str, str | None, str | None], ...] = (
        ("label", _both(old.label), _both(new.label)),
        ("section", old.section, new.section),
        ("required", old.required, new.required),
        ("certainty", old.certainty, new.certainty),
        ("source", old.source, new.source),
        ("missing", reasons[0], reasons[1]),
    )
    for what, before, after in compared:
        if before != after:
            yield Difference(key, what, before, after)


def _both(words: Words) -> str:
    return f"{words.en} / {words.cy}"


def _quoted(text: str) -> str:
    # Every JSON string is a TOML string, but for this one character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _pair(words: Words) -> str:
    return f"{{ en = {_quoted(words.en)}, cy = {_quoted(words.cy)} }}"
