"""What a Word template may show of a plan: the form's own keys, as names, with their text.

`alp[].outcome` of the form is `outcome` of each entry of the list `alp`. Every value is plain text
in the template's language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mis_bridge.documents.content import bilingual, readable
from mis_bridge.documents.plan_papers import PlanPaper
from mis_bridge.documents.plan_words import DRAFT, MARK, STATUS, STILL_OPEN, UNDECIDED
from mis_bridge.documents.values import day, joined, part_of, shown
from mis_bridge.domain.idp_form import FORMS, Form
from mis_bridge.domain.labels import need_label
from mis_bridge.domain.words import Language, Words

_DOCUMENT = (
    "title", "notice", "edition", "finalised_on", "maintained_by", "form_version", "not_verified",
)  # fmt: skip
# The parts of the entries of lists, for which the form has one key.
_ENTRIES: Mapping[str, tuple[str, ...]] = {
    "contacts[]": ("name", "role", "basis", "language", "address", "phone", "email"),
    "plan.copy_given[]": ("to", "way", "on", "edition"),
    "record[]": ("date", "source", "author", "summary", "difference_of_opinion"),
    "timeline[]": ("date", "event", "summary"),
    "milestones[]": ("area", "target", "criteria", "review", "progress"),
}
_ELEMENTS = ("alp", "health_alp")


def names_of(form: Form) -> dict[str, Any]:
    """Return the names that a template may use, as a tree: a text, a group, or a list of one."""
    names: dict[str, Any] = {"document": dict.fromkeys(_DOCUMENT, "")}
    for key in field_keys(form):
        whole, _, part = key.partition("[]")
        place, name = _place(names, whole)
        if "[]" not in key:
            place[name] = ""
            continue
        entries = place.setdefault(name, [{"number": ""}])
        entries[0][part.lstrip(".")] = ""
    return names


def field_keys(form: Form) -> tuple[str, ...]:
    """Return what of a form a template can show, each by its path (`alp[].outcome`)."""
    keys: list[str] = []
    for field in form.fields:
        if field.key in _ENTRIES:
            keys += [f"{field.key}.{name}" for name in _ENTRIES[field.key]]
        elif not field.key.endswith("[]"):
            keys.append(field.key)
    return tuple(keys)


def context_of(paper: PlanPaper, language: Language) -> dict[str, Any]:
    """Return the names with the texts of a plan; what is open in a draft says so."""
    gaps = {gap.field: STILL_OPEN.fill(why=gap.why) for gap in paper.gaps}

    def text(key: str) -> str:
        held = paper.fields.get(key)
        told = shown(key, held.value, paper.names) if held is not None else None
        parts = [each for each in (told, gaps.get(key)) if each is not None]
        return readable(joined(parts, "\n").in_(language)) if parts else ""

    context: dict[str, Any] = {"document": _document(paper, language)}
    lists: dict[str, list[str]] = {}
    # A template knows the form that was in force when it came; a plan may be on another version.
    for key in dict.fromkeys([*field_keys(FORMS[paper.form.id]), *field_keys(paper.form)]):
        if "[]" in key:
            whole, _, name = key.partition("[]")
            lists.setdefault(whole, []).append(name.lstrip("."))
        else:
            place, name = _place(context, key)
            place[name] = text(key)
    for whole, names in lists.items():
        place, name = _place(context, whole)
        if whole == "milestones":
            place[name] = _milestones(paper, language)
        elif whole in _ELEMENTS:
            place[name] = [
                {"number": str(number), **{each: text(f"{base}.{each}") for each in names}}
                for number, base in enumerate(_bases(paper, gaps, whole), start=1)
            ]
        else:
            place[name] = _entries(paper, whole, names, language)
    return context


def notice_of(paper: PlanPaper) -> str | None:
    """Return what stands above a draft in any template, in both languages; None for a plan."""
    return bilingual(MARK, "cy") if paper.standing.is_draft else None


def _document(paper: PlanPaper, language: Language) -> dict[str, str]:
    standing = paper.standing
    notice = (
        DRAFT.get(standing.status, UNDECIDED) if standing.is_draft else STATUS.get(standing.status)
    )
    told: dict[str, Words | None] = {
        "title": paper.form.title,
        "notice": notice,
        "finalised_on": day(standing.finalised_on) if standing.finalised_on else None,
        "maintained_by": paper.body.name if paper.body else None,
        "not_verified": joined([field.label for field in paper.form.unverified], "; ")
        if paper.form.unverified
        else None,
    }
    texts = {name: readable(words.in_(language)) if words else "" for name, words in told.items()}
    edition = "" if standing.is_draft else str(standing.edition)
    return {**texts, "edition": edition, "form_version": paper.form.version}


def _bases(paper: PlanPaper, gaps: Mapping[str, Words], part: str) -> list[str]:
    numbers = {
        int(found[1])
        for key in (*paper.fields, *gaps)
        if (found := re.match(rf"{part}\[(\d+)\]\.", key))
    }
    return [f"{part}[{number}]" for number in sorted(numbers)]


def _entries(
    paper: PlanPaper, whole: str, names: list[str], language: Language
) -> list[dict[str, str]]:
    place = re.compile(rf"{re.escape(whole)}\[\d+\]")
    entries = [
        held.value
        for key, held in paper.fields.items()
        if place.fullmatch(key) and isinstance(held.value, dict)
    ]
    return [
        {
            "number": str(number),
            **{
                name: readable(words.in_(language))
                if (words := part_of(entry, name, paper.names))
                else ""
                for name in names
            },
        }
        for number, entry in enumerate(entries, start=1)
    ]


def _milestones(paper: PlanPaper, language: Language) -> list[dict[str, str]]:
    rows = []
    for number, milestone in enumerate(paper.milestones, start=1):
        area = milestone.area or ""
        label = need_label(area)
        row = {"number": str(number), "area": label.in_(language) if label else area}
        for name in ("target", "criteria", "review", "progress"):
            words = shown(name, getattr(milestone, name) or "")
            row[name] = words.in_(language) if words else ""
        rows.append({name: readable(text) for name, text in row.items()})
    return rows


def _place(tree: dict[str, Any], key: str) -> tuple[dict[str, Any], str]:
    """Return the group in which a key stands, made where it is not there yet, and its name."""
    group, _, name = key.rpartition(".")
    return (tree.setdefault(group, {}), name) if group else (tree, name)
