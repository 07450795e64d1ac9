"""The standard forms of the individual development plan, read from versioned data.

Source: Additional Learning Needs and Education Tribunal (Wales) Act 2018 ss. 4(6)(c) and 10.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from mis_bridge.domain.words import Words

ANNEX_A = "aln-code-2021-annex-a"
ANNEX_B = "aln-code-2021-annex-b"
APPENDIX = "appendix"
CERTAINTIES = ("law", "secondary", "unverified", "authority")


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a field may be open, and the provision that asks for it."""

    why: Words
    source: str


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form; `[]` in its key marks a repeated part, `certainty` how sure we are."""

    key: str
    section: str
    label: Words
    required: str
    certainty: str
    missing: Missing | None = None
    source: str | None = None

    @property
    def part(self) -> str:
        """The part of the form that the field belongs to, as `alp` for `alp[].outcome`."""
        return re.split(r"[.\[]", self.key, maxsplit=1)[0]

    @property
    def name(self) -> str:
        """The field within its part, as `outcome` for `alp[].outcome`; a whole part has none."""
        return self.key.partition(".")[2]


@dataclass(frozen=True, slots=True)
class Form:
    """A form with its fields in the order in which the form shows them, and its sections."""

    id: str
    version: str
    title: Words
    source: str
    certainty: str
    fields: tuple[FormField, ...]
    sections: tuple[tuple[str, Words], ...] = ()

    def field(self, key: str) -> FormField:
        """Return the field of a key, its index left aside (`alp[2].outcome` is `alp[].outcome`).

        Raises KeyError for a key that the form does not have.
        """
        plain = re.sub(r"\[\d+\]", "[]", key)
        for field in self.fields:
            if field.key == plain:
                return field
        raise KeyError(key)

    def heading(self, section: str) -> Words | None:
        """Return what a section is headed, None where the form gives it no heading."""
        return dict(self.sections).get(section)

    @property
    def unverified(self) -> tuple[FormField, ...]:
        """The fields that nobody has checked against the Code's own text."""
        return tuple(field for field in self.fields if field.certainty == "unverified")


def forms_from(document: Mapping[str, Any]) -> dict[str, Form]:
    """Read forms from a parsed document: the shipped one, or an authority's own version of it."""
    fields = [
        FormField(
            entry["key"],
            entry["section"],
            Words(**entry["label"]),
            entry["required"],
            entry["certainty"],
            Missing(Words(**entry["missing"]), entry["source"]) if "missing" in entry else None,
            entry.get("source"),
        )
        for entry in document["fields"]
    ]
    headings = [(entry["code"], Words(**entry["label"])) for entry in document.get("sections", ())]
    forms: dict[str, Form] = {}
    for entry in document["forms"]:
        chosen = tuple(field for part in entry["parts"] for field in fields if field.part == part)
        forms[entry["id"]] = Form(
            entry["id"],
            document["version"],
            Words(**entry["title"]),
            entry["source"],
            entry["certainty"],
            chosen,
            tuple(
                (code, label)
                for code, label in headings
                if any(field.section.startswith(code) for field in chosen)
            ),
        )
    return forms


_LAW: dict[str, Any] = tomllib.loads(
    files("mis_bridge.domain").joinpath("law/idp_form.toml").read_text(encoding="utf-8")
)
FORMS = forms_from(_LAW)
NO_PROVISION = Missing(Words(**_LAW["no_provision"]["missing"]), _LAW["no_provision"]["source"])
_OUTSIDE = tuple(
    (entry["kind"], tuple(entry["words"]), tuple(entry.get("unless", ())))
    for entry in _LAW["outside"]
)


def outside_help(*texts: str | None) -> str | None:
    """Say whether a text names somebody outside the school: `health`, `agency` or None.

    The words are evidence that raises a question. Provision stands in the part of the plan that an
    NHS body secures only after that body has identified it.

    Source: Additional Learning Needs and Education Tribunal (Wales) Act 2018 ss. 20, 21.
    """
    text = " ".join(filter(None, texts)).casefold()
    for kind, words, unless in _OUTSIDE:
        told = text
        for phrase in unless:
            told = told.replace(phrase, "")
        if any(word in told for word in words):
            return str(kind)
    return None
