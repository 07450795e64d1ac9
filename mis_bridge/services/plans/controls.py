"""How a plan is edited: which fields stand on which page, as which controls, and what was changed.

A page is named by a part of the form (`profile`), by one provision of it (`alp-2`, `health_alp-0`)
or by a provision that is still to be added (`alp-new`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from mis_bridge.domain.idp import DraftField, Value
from mis_bridge.domain.idp_form import Form, FormField
from mis_bridge.domain.labels import language_label, role_label
from mis_bridge.domain.words import Words
from mis_bridge.services.plans.control_words import BODIES_FILL, HINTS, NO_CHOICE, PART_LABELS

Kind = Literal["line", "text", "date", "truth", "choice"]
Typed = Mapping[str, Value | None]
Fields = Mapping[str, DraftField]

NEW: Final = "new"
ELEMENTS: Final = ("alp", "health_alp")
LISTS: Final[Mapping[str, tuple[tuple[str, Kind], ...]]] = {
    "contacts": (
        ("name", "line"), ("role", "choice"), ("basis", "choice"), ("address", "text"),
        ("language", "choice"),
    ),
    "record": (
        ("source", "line"), ("author", "line"), ("date", "date"), ("summary", "text"),
        ("difference_of_opinion", "text"),
    ),
    "timeline": (("date", "date"), ("event", "text")),
}  # fmt: skip
# What the product fills by itself, when the plan is finalised or a copy given.
OWN: Final = frozenset(
    {"plan.prepared_by", "plan.maintained_by", "plan.prepared_on", "plan.revised_on"}
)
_KINDS: Final[Mapping[str, Kind]] = {
    "dob": "date", "review_by": "date", "from": "date", "review": "date", "end": "date",
    "in_welsh": "truth", "languages": "choice", "name": "line", "other_names": "line",
    "upn": "line", "uln": "line", "school": "line", "la": "line", "contact": "line",
    "provider": "line", "nhs_body": "line", "named": "line", "authority": "line",
    "reviewing_officer": "line", "carer": "line", "social_worker": "line", "pep_ref": "line",
}  # fmt: skip
_ROLES: Final = (
    "mother", "father", "step_mother", "step_father", "guardian", "foster_carer", "carer",
    "grandmother", "grandfather", "case_friend", "representative", "social_worker", "iro",
)  # fmt: skip
_BASES: Final = (
    "parental_responsibility", "no_parental_responsibility", "case_friend", "representative",
    "carer",
)  # fmt: skip
_LANGUAGES: Final = ("cy", "en", "both", "bsl")
_SLUG = re.compile(r"(alp|health_alp)-(\d{1,4}|new)")
_ENTRY = re.compile(r"(\w+)\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Control:
    """One control: its name in the form, the field of the plan, and the part of an entry of it."""

    name: str
    key: str
    kind: Kind
    label: Words
    part: str | None = None
    hint: Words | None = None
    source: str | None = None
    unverified: bool = False
    choices: tuple[tuple[str, Words], ...] = ()

    @property
    def anchor(self) -> str:
        """Where an error or an obstacle leads: the first part of a date, the control otherwise."""
        return f"{self.name}-day" if self.kind == "date" else self.name


@dataclass(frozen=True, slots=True)
class Slug:
    """A page of the form: a part, and the provision of it (None: the whole part)."""

    part: str
    element: str | None = None

    @property
    def base(self) -> str:
        """The provision as keys name it, `alp[2]`."""
        return f"{self.part}[{self.element}]"

    def __str__(self) -> str:
        return self.part if self.element is None else f"{self.part}-{self.element}"


def slug_of(text: str, form: Form) -> Slug | None:
    """Return the page that an address names, None for one that the form does not have."""
    found = _SLUG.fullmatch(text)
    if found is not None:
        return Slug(found[1], found[2])
    parts = {field.part for field in form.fields} - {"milestones", *ELEMENTS}
    return Slug(text) if text in parts else None


def place_of_key(key: str) -> tuple[Slug, str]:
    """Return the page on which a field is edited, and where on it."""
    part, _, rest = key.partition("[")
    if rest:
        number, _, name = rest.partition("].")
        if part in ELEMENTS:
            numbered = number.rstrip("]")
            slug = Slug(part, numbered if numbered.isdecimal() else NEW)
            return slug, _anchor(name) if name else "main-content"
        return Slug(part), "main-content"
    part, _, name = key.partition(".")
    return Slug(part), _anchor(name or part)


def controls_of(
    form: Form, slug: Slug, fields: Fields, *, with_new: bool = False
) -> tuple[Control, ...]:
    """Return the controls of a page; `with_new` adds an empty entry to a list."""
    if slug.element is not None:
        return tuple(
            _control(field, f"{slug.base}.{field.name}")
            for field in form.fields
            if field.part == slug.part and field.name
        )
    if slug.part in LISTS:
        numbers: list[str] = [*entries(slug.part, fields), *([NEW] if with_new else [])]
        return tuple(each for number in numbers for each in _entry(form, slug.part, number, fields))
    return tuple(
        _control(field, field.key, fields.get(field.key))
        for field in form.fields
        if field.part == slug.part and field.key not in OWN and "[]" not in field.key
    )


def entries(part: str, fields: Iterable[str]) -> list[str]:
    """Return the numbers of a list's entries, or of the provisions of a part, in order."""
    found = {
        match[2] for key in fields if (match := _ENTRY.match(key)) is not None and match[1] == part
    }
    return sorted(found, key=int)


def next_number(part: str, fields: Iterable[str]) -> str:
    """Return the number that a new entry or provision gets: none that stands is taken."""
    return str(max((int(number) for number in entries(part, fields)), default=-1) + 1)


def removal(part: str, number: str) -> str:
    """Return the name of the box that takes an entry out of a list."""
    return f"{part}-{number}-remove"


def shown_value(control: Control, fields: Fields, language: str) -> Value | None:
    """Return what a control shows of the plan; of an entry in two languages the page's."""
    held = fields.get(control.key)
    if held is None:
        return None
    if control.part is None:
        return held.value
    entry = held.value if isinstance(held.value, dict) else {}
    welsh = entry.get(f"{control.part}_cy")
    return welsh if welsh and language == "cy" else entry.get(control.part)


def changes_of(
    controls: Sequence[Control], typed: Typed, fields: Fields, removed: Iterable[str] = ()
) -> dict[str, Value | None]:
    """Return what the typed values change of the plan as it was seen, and nothing else.

    `typed` holds values by the name of their control; `removed` the keys of entries taken out.
    """
    gone = set(removed)
    changes: dict[str, Value | None] = {}
    for key in dict.fromkeys(control.key for control in controls):
        held = fields.get(key)
        own = [control for control in controls if control.key == key]
        value = (
            None if key in gone
            else typed.get(own[0].name) if own[0].part is None
            else _entry_value(own, typed, held)
        )  # fmt: skip
        if value in ("", None, {}):
            if held is not None:
                changes[key] = None
        elif held is None or not _same(held.value, value):
            changes[key] = value
    return changes


def plain(text: str) -> str:
    """Return a text as the forms send it: one kind of line end, nothing around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _entry_value(
    controls: Sequence[Control], typed: Typed, held: DraftField | None
) -> dict[str, str]:
    """Return an entry with what was typed; a translation of a text that was changed is dropped."""
    before = dict(held.value) if held is not None and isinstance(held.value, dict) else {}
    entry = dict(before)
    for control in controls:
        name = control.part or ""
        text = str(typed.get(control.name) or "")
        if text in {plain(before.get(name, "")), plain(before.get(f"{name}_cy", ""))} and text:
            continue
        entry.pop(f"{name}_cy", None)
        entry[name] = text
    return {name: text for name, text in entry.items() if text}


def _same(held: Value, value: Value) -> bool:
    if isinstance(held, str) and isinstance(value, str):
        return plain(held) == value
    return held == value


def _control(field: FormField, key: str, held: DraftField | None = None) -> Control:
    name = field.name or field.part
    kind: Kind = _KINDS.get(name, "text")
    current = held.value if held is not None else None
    return Control(
        name=name,
        key=key,
        kind=kind,
        label=field.label,
        hint=HINTS.get(f"{field.part}.{field.name}" if field.name else field.part),
        source=field.source,
        unverified=field.certainty == "unverified",
        choices=_choices(_LANGUAGES, language_label, current) if kind == "choice" else (),
    )


def _entry(form: Form, part: str, number: str, fields: Fields) -> Iterable[Control]:
    key = f"{part}[{number}]"
    whole = form.field(f"{part}[]")
    held = fields.get(key)
    entry = held.value if held is not None and isinstance(held.value, dict) else {}
    for name, kind in LISTS[part]:
        codes, label = {
            "role": (_ROLES, role_label),
            "basis": (_BASES, role_label),
            "language": (_LANGUAGES, language_label),
        }.get(name, ((), role_label))
        yield Control(
            name=f"{part}-{number}-{name}",
            key=key,
            kind=kind,
            label=PART_LABELS[name],
            part=name,
            hint=HINTS.get(f"{part}[].{name}"),
            unverified=whole.certainty == "unverified",
            choices=_choices(codes, label, entry.get(name)) if kind == "choice" else (),
        )


def _choices(codes: Sequence[str], label: object, current: object) -> tuple[tuple[str, Words], ...]:
    """Return the options of a choice; a value that is none of them stays one of its own."""
    told = [("", NO_CHOICE)]
    for code in codes:
        words = label(code) if callable(label) else None
        told.append((code, words or Words(code, code)))
    if isinstance(current, str) and current and current not in codes:
        told.append((current, Words(current, current)))
    return tuple(told)


def _anchor(name: str) -> str:
    return f"{name}-day" if _KINDS.get(name) == "date" else name


def own_fields(form: Form, slug: Slug) -> tuple[tuple[FormField, Words], ...]:
    """Return the fields of a page that nobody types, each with what fills it."""
    return tuple(
        (field, BODIES_FILL)
        for field in form.fields
        if field.part == slug.part and (field.key in OWN or field.key == "plan.copy_given[]")
    )
