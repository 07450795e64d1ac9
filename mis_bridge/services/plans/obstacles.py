"""What stands against finalising a plan, gathered by the page on which each is put right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mis_bridge.domain.idp_form import Form
from mis_bridge.domain.plan_rules import Obstacle, against_finalising
from mis_bridge.domain.words import Words
from mis_bridge.services.plans.control_words import (
    HEALTH_PROVISION,
    PARTS,
    PROVISION,
)
from mis_bridge.services.plans.controls import ELEMENTS, Slug, entries, place_of_key
from mis_bridge.services.plans.desk import Taken
from mis_bridge.services.plans.reading import label_of

# Rules that an act of its own puts right, not a field.
_BY_ACT = {"decision_missing": "decide", "consent_missing": "consent"}


@dataclass(frozen=True, slots=True)
class ObstacleLine:
    """One thing to put right: the field's label, why, its provision, and where on the page."""

    rule: str
    label: Words | None
    because: Words
    source: str
    anchor: str


@dataclass(frozen=True, slots=True)
class ObstacleGroup:
    """What is put right on one page: of the form (`slug`), or of an act (`act`)."""

    title: Words | None
    slug: str | None
    act: str | None
    lines: tuple[ObstacleLine, ...]


def obstacles_of(taken: Taken) -> tuple[Obstacle, ...]:
    """Return what stands against finalising, with the body that would maintain the plan.

    Source: 2018 anaw 2 ss. 10, 12, 14, 19, 21, 23.
    """
    body = taken.plan.maintained_by or taken.body
    return against_finalising(replace(taken.plan, maintained_by=body))


def obstacle_groups(form: Form, taken: Taken) -> tuple[ObstacleGroup, ...]:
    """Return the obstacles page by page, in the order of the form."""
    return grouped(form, taken, obstacles_of(taken))


def grouped(form: Form, taken: Taken, found: Iterable[Obstacle]) -> tuple[ObstacleGroup, ...]:
    """Gather obstacles by the page on which each is put right."""
    by_page: dict[Slug | str, list[ObstacleLine]] = {}
    for obstacle in found:
        if obstacle.field is None or obstacle.field == "plan.maintained_by":
            page: Slug | str = _BY_ACT.get(obstacle.rule, "")
            anchor, label = "", None
        else:
            page, anchor = place_of_key(obstacle.field)
            label = _label(form, obstacle.field, taken)
        line = ObstacleLine(obstacle.rule, label, obstacle.because, obstacle.source, anchor)
        by_page.setdefault(page, []).append(line)
    order = {part: at for at, part in enumerate(dict.fromkeys(f.part for f in form.fields))}
    groups = sorted(by_page.items(), key=lambda item: _rank(item[0], order))
    return tuple(
        ObstacleGroup(_title(page, taken), str(page), None, tuple(lines))
        if isinstance(page, Slug)
        else ObstacleGroup(None, None, page or None, tuple(lines))
        for page, lines in groups
    )


def page_title(slug: Slug, fields: Iterable[str]) -> Words:
    """Return what a page of the form is called, a provision by its number."""
    if slug.part not in ELEMENTS or slug.element is None:
        return PARTS.get(slug.part) or Words(slug.part, slug.part)
    known = entries(slug.part, fields)
    position = known.index(slug.element) + 1 if slug.element in known else len(known) + 1
    title = PROVISION if slug.part == "alp" else HEALTH_PROVISION
    return title.fill(number=position)


def _rank(page: Slug | str, order: dict[str, int]) -> tuple[int, int]:
    if isinstance(page, str):
        return (-1, 0)
    number = int(page.element) if page.element and page.element.isdecimal() else 0
    return (order.get(page.part, len(order)), number)


def _title(page: Slug, taken: Taken) -> Words:
    return page_title(page, taken.plan.fields)


def _label(form: Form, key: str, taken: Taken) -> Words:
    if key == "alp[]":
        return PARTS["alp"]
    part, bracket, rest = key.partition("[")
    if bracket and part in ELEMENTS and rest.partition("].")[2]:
        # The group is headed by the number of the provision.
        return form.field(key).label
    return label_of(form, key, taken.plan.fields)
