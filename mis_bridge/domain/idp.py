"""A draft individual development plan: every field with where it came from, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mis_bridge.domain.idp_form import FORMS, Form
from mis_bridge.domain.words import Words

Confidence = Literal["copied", "proposed", "hint", "stated"]
Value = str | bool | dict[str, str]


@dataclass(frozen=True, slots=True)
class Origin:
    """The source record and the place in it from which a value was taken."""

    record: str
    path: str


@dataclass(frozen=True, slots=True, repr=False)
class DraftField:
    """A value with its origin; nobody has confirmed it while `confirmed_by` is None.

    A `stated` value was entered by a person, whom the origin names.
    """

    value: Value
    origin: Origin
    confidence: Confidence
    confirmed_by: str | None = None

    def __repr__(self) -> str:
        return f"DraftField(confidence={self.confidence!r})"


@dataclass(frozen=True, slots=True)
class Gap:
    """A field that somebody still has to fill, why, and the provision that asks for it."""

    field: str
    why: Words
    source: str


@dataclass(frozen=True, slots=True, repr=False)
class LeftOut:
    """A text of the old plan that the draft does not carry over by itself, and why."""

    text: str
    why: Words
    origin: Origin

    def __repr__(self) -> str:
        return f"LeftOut(origin={self.origin!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Milestone:
    """A short-term target kept in the appendix; a person may promote it to an outcome."""

    area: str | None
    target: str | None
    criteria: str | None
    review: str | None
    progress: str | None
    origin: Origin

    def __repr__(self) -> str:
        return f"Milestone(origin={self.origin!r})"


class DraftWithoutGaps(ValueError):
    """A draft made from an IEP always lacks what no IEP can supply; one without gaps is a fault."""


@dataclass(frozen=True, slots=True, repr=False)
class IdpDraft:
    """A plan in the status `draft`. Nothing in it says that the pupil has ALN.

    Source: Additional Learning Needs and Education Tribunal (Wales) Act 2018 ss. 10-12.
    """

    plan_id: str
    form: Form
    upn: str | None
    record_id: str | None
    name: str | None
    fields: dict[str, DraftField]
    appendix: tuple[Milestone, ...]
    left_out: tuple[LeftOut, ...]
    gaps: tuple[Gap, ...]
    flags: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.gaps:
            raise DraftWithoutGaps(self.plan_id)

    def __repr__(self) -> str:
        return f"IdpDraft(plan_id={self.plan_id!r})"

    def to_json(self) -> dict[str, object]:
        """Return the draft as `mis-bridge idp convert` prints it."""
        return {
            "plan_id": self.plan_id,
            "pupil": {"upn": self.upn, "record_id": self.record_id, "name": self.name},
            "status": "draft",
            "form_id": self.form.id,
            "form_version": self.form.version,
            "fields": fields_to_json(self.fields),
            "appendix": [
                {
                    "field": f"milestones[{index}]",
                    "area": milestone.area,
                    "target": milestone.target,
                    "criteria": milestone.criteria,
                    "review": milestone.review,
                    "progress": milestone.progress,
                    "origin": {
                        "record": milestone.origin.record,
                        "path": milestone.origin.path,
                    },
                }
                for index, milestone in enumerate(self.appendix)
            ],
            "left_out": [
                {
                    "text": item.text,
                    "why": item.why.en,
                    "why_cy": item.why.cy,
                    "origin": {"record": item.origin.record, "path": item.origin.path},
                }
                for item in self.left_out
            ],
            "gaps": [
                {
                    "field": gap.field,
                    "why": gap.why.en,
                    "why_cy": gap.why.cy,
                    "source": gap.source,
                }
                for gap in self.gaps
            ],
            "flags": list(self.flags),
        }


def fields_to_json(fields: Mapping[str, DraftField]) -> dict[str, dict[str, object]]:
    """Return the fields of a plan as they are kept and printed.

    Source: none; a rule of the product.
    """
    return {
        key: {
            "value": field.value,
            "origin": {"record": field.origin.record, "path": field.origin.path},
            "confidence": field.confidence,
            "confirmed_by": field.confirmed_by,
        }
        for key, field in fields.items()
    }


def fields_from_json(stored: Mapping[str, Any]) -> dict[str, DraftField]:
    """Read back what `fields_to_json` wrote.

    Source: none; a rule of the product.
    """
    return {
        key: DraftField(
            field["value"], Origin(**field["origin"]), field["confidence"], field["confirmed_by"]
        )
        for key, field in stored.items()
    }


def draft_from_json(stored: Mapping[str, Any]) -> IdpDraft:
    """Read back what `IdpDraft.to_json` wrote; raises KeyError for a form that is not known.

    Source: none; a rule of the product.
    """
    pupil = stored["pupil"]
    return IdpDraft(
        stored["plan_id"],
        FORMS[stored["form_id"]],
        pupil["upn"],
        pupil["record_id"],
        pupil["name"],
        fields_from_json(stored["fields"]),
        tuple(
            Milestone(
                entry["area"],
                entry["target"],
                entry["criteria"],
                entry["review"],
                entry["progress"],
                Origin(**entry["origin"]),
            )
            for entry in stored["appendix"]
        ),
        tuple(
            LeftOut(item["text"], Words(item["why"], item["why_cy"]), Origin(**item["origin"]))
            for item in stored["left_out"]
        ),
        tuple(
            Gap(gap["field"], Words(gap["why"], gap["why_cy"]), gap["source"])
            for gap in stored["gaps"]
        ),
        tuple(stored["flags"]),
    )
