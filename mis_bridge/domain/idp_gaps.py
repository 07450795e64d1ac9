"""What no IEP can supply: each open field of a draft plan with the reason and the provision.

Source: Additional Learning Needs and Education Tribunal (Wales) Act 2018 ss. 10-12, 22, 23; the
reasons stand beside their fields in `law/idp_form.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator

from mis_bridge.domain.idp import Gap
from mis_bridge.domain.idp_form import NO_PROVISION, FormField, Missing
from mis_bridge.domain.iep import IepTarget
from mis_bridge.domain.words import Words

_STAFF = Words("who provides it", "pwy sy'n ei darparu")
_FREQUENCY = Words("how often and for how long", "pa mor aml ac am ba hyd")


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
    unsaid = [
        words
        for words, said in ((_STAFF, target.staff), (_FREQUENCY, target.frequency))
        if not said
    ]
    if not unsaid:
        return None
    return Words("; ".join(words.en for words in unsaid), "; ".join(words.cy for words in unsaid))
