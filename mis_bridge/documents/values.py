"""What a plan holds, in words of each language: codes and dates are never shown as they are kept.

What a person typed is shown as typed; no machine rewrites or translates it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from mis_bridge.documents.content import same
from mis_bridge.documents.problems import LetterIncomplete
from mis_bridge.domain.idp import DraftField, Value
from mis_bridge.domain.labels import body_label, language_label, role_label
from mis_bridge.domain.words import Words, long_date

Names = Mapping[str, Words]

YES, NO = Words("Yes", "Ie"), Words("No", "Nage")
_IN_WELSH = Words("Yes: in Welsh", "Dylai: yn Gymraeg")
_NOT_IN_WELSH = Words("No: not in Welsh", "Na ddylai: nid yn Gymraeg")
_IEP = Words("Individual education plan (IEP)", "Cynllun addysg unigol (CAU)")
_ONE_LANGUAGE = Words("{text} (not yet written in English)", "{text} (heb ei ysgrifennu'n Gymraeg)")
_WAYS = {
    "post": Words("by post", "drwy'r post"),
    "hand": Words("by hand", "â llaw"),
    "leave_at_address": Words("left at the address", "gadawyd yn y cyfeiriad"),
    "electronic": Words("electronically", "yn electronig"),
}
_CODED: Mapping[str, Callable[[str], Words | None]] = {
    "provider": body_label,
    "prepared_by": body_label,
    "maintained_by": body_label,
    "languages": language_label,
    "language": language_label,
    "role": role_label,
    "basis": role_label,
    "to": role_label,
    "way": _WAYS.get,
}
_NO_NAMES: Names = {}


def shown(key: str, value: Value, names: Names = _NO_NAMES) -> Words | None:
    """Return the words for a value of the field `key`, None where it holds nothing.

    `names` says what codes of schools and authorities are called. A value that has its text in one
    language only is shown in that language, marked.
    """
    match value:
        case bool():
            return _truth(key, value=value)
        case {"en": str(english), "cy": str(welsh)}:
            return _pair(english, welsh)
        case dict():
            parts = [shown(name, part, names) for name, part in value.items() if part]
            told = [part for part in parts if part is not None]
            return joined(told, "; ") if told else None
        case str():
            return _text(key, value.strip(), names)


def part_of(entry: Mapping[str, str], name: str, names: Names = _NO_NAMES) -> Words | None:
    """Return one part of an entry of a list; `summary` has its Welsh in `summary_cy`."""
    welsh = entry.get(f"{name}_cy", "").strip()
    english = entry.get(name, "").strip()
    if welsh:
        return _pair(english, welsh)
    return _text(name, english, names)


def joined(texts: list[Words], between: str) -> Words:
    """Return several texts as one."""
    return Words(between.join(text.en for text in texts), between.join(text.cy for text in texts))


def day(on: date) -> Words:
    """Return a date written out."""
    return Words(long_date(on, "en"), long_date(on, "cy"))


def stated(block: str, statements: Mapping[str, Words | Mapping[str, str]]) -> Words:
    """Return a person's own words for a part of a letter; the one place that insists on both.

    Raises LetterIncomplete where nobody has written them, or only in one language.

    Source: Welsh Language (Wales) Measure 2011 (standards on correspondence); terms as shipped.
    """
    match statements.get(block):
        case Words() as words:
            return words
        case {"en": str(english), "cy": str(welsh)} if english.strip() and welsh.strip():
            return Words(english, welsh)
    raise LetterIncomplete(block)


def untranslated(fields: Mapping[str, DraftField]) -> None:
    """Raise LetterIncomplete for a text that was begun in both languages and lacks one."""
    for key, field in fields.items():
        value = field.value
        if isinstance(value, dict) and value.keys() & {"en", "cy"}:
            stated(key, {key: value})
        elif isinstance(value, dict):
            for name in (name for name in value if name.endswith("_cy")):
                whole = {"en": value.get(name.removesuffix("_cy"), ""), "cy": value[name]}
                stated(key, {key: whole})


def _truth(key: str, *, value: bool) -> Words:
    if key.endswith("in_welsh"):
        return _IN_WELSH if value else _NOT_IN_WELSH
    return YES if value else NO


def _pair(english: str, welsh: str) -> Words | None:
    english, welsh = english.strip(), welsh.strip()
    if english and welsh:
        return Words(english, welsh)
    text = english or welsh
    if not text:
        return None
    marked = _ONE_LANGUAGE.fill(text=text)
    return Words(text, marked.cy) if english else Words(marked.en, text)


def _text(key: str, text: str, names: Names) -> Words | None:
    if not text:
        return None
    if text in names:
        return names[text]
    if text == "IEP":
        return _IEP
    called = _CODED.get(key.rpartition(".")[2], _no_code)(text)
    if called is not None:
        return called
    try:
        return day(date.fromisoformat(text)) if len(text) == 10 else same(text)
    except ValueError:
        return same(text)


def _no_code(_text: str) -> None:
    return None
