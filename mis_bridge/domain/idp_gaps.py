"""What no IEP can supply: each open field of a draft plan with the reason and the provision.

Source: Additional Learning Needs and Education Tribunal (Wales) Act 2018 ss. 10-12, 22, 23; the
reasons stand beside their fields in `law/idp_form.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mis_bridge.domain.idp import Gap
from mis_bridge.domain.idp_form import NO_PROVISION, FormField, Missing
from mis_bridge.domain.iep import IepTarget
from mis_bridge.domain.specificity import remarks
from mis_bridge.domain.words import Words

_WEEKDAY = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri)days?\b|\bdydd(?:iau)? (?:llun|mawrth|mercher|iau|gwener)\b",
    re.IGNORECASE,
)
_STAFF = Words("who provides it", "pwy sy'n ei darparu")
_OFTEN = Words("how often", "pa mor aml")
_LONG = Words("for how long each time", "am ba hyd bob tro")


def gap(field: FormField, *, place: str | None = None, **facts: object) -> Gap:
    """Return the gap of a field; `place` is its key with the index (`alp[0].outcome`)."""
    return _gap(place or field.key, field.missing, facts)


def no_provision() -> Gap:
    """Return the gap of a plan that describes no provision at all."""
    return _gap("alp[]", NO_PROVISION, {})


def _gap(place: str, missing: Missing | None, facts: dict[str, object]) -> Gap:
    if missing is None:
        msg = f"the form gives no reason why {place} may be missing"
        raise ValueError(msg)
    why = missing.why.fill(**facts) if facts else missing.why
    return Gap(place, why, missing.source)


def provision_gaps(
    fields: tuple[FormField, ...], base: str, target: IepTarget, *, filled: frozenset[str]
) -> Iterator[Gap]:
    """Yield what one element of provision (`base` is `alp[0]`) still lacks.

    Nobody has said yet who provides it, whether in Welsh, from when or why, whatever an IEP hints.
    """
    hinted = {"provider"}
    for field in fields:
        name = field.key.partition(".")[2]
        place = f"{base}.{name}"
        if name == "provision":
            unsaid = _unsaid(target)
            if unsaid:
                yield gap(field, place=place, missing=unsaid)
        elif field.missing and (place not in filled or name in hinted):
            yield gap(field, place=place)


def _unsaid(target: IepTarget) -> Words | None:
    """Return which of who, how often and for how long the provision leaves unsaid.

    Source: ALN Code for Wales 2021 23.37 (as reported).
    """
    told = "; ".join(filter(None, (target.provision, target.staff, target.frequency)))
    lacking = _lacking(told)
    cell = _lacking(target.frequency or "")
    # A cell that names days, or gives no length of time and is not vague, says how often.
    says_when = bool(target.frequency) and (
        _WEEKDAY.search(target.frequency or "") is not None
        or ("vague" not in cell and "how_long" in cell)
    )
    unsaid = [
        words
        for words, missing in (
            (_STAFF, not target.staff and "who" in lacking),
            (_OFTEN, "how_often" in lacking and not says_when),
            (_LONG, "how_long" in lacking),
        )
        if missing
    ]
    if not unsaid:
        return None
    return Words("; ".join(words.en for words in unsaid), "; ".join(words.cy for words in unsaid))


def _lacking(text: str) -> set[str]:
    return {remark.aspect for remark in remarks(text, "provision")}
