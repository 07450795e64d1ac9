"""What a document is made of: a plan with its form, and how it stands on the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from mis_bridge.documents.letters import Office
from mis_bridge.documents.values import Names
from mis_bridge.domain.idp import DraftField, Gap, IdpDraft, LeftOut, Milestone, Origin
from mis_bridge.domain.idp_form import Form
from mis_bridge.domain.plan_life import Maintainer, PlanStatus
from mis_bridge.domain.words import Words

_WHAT_AND_HOW_MUCH = Words("what, who, how much, how often", "beth, pwy, faint, pa mor aml")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a plan stands: its status, its edition (0: never finalised) and the days that count."""

    status: PlanStatus
    edition: int = 0
    finalised_on: date | None = None
    ended_on: date | None = None

    @property
    def is_draft(self) -> bool:
        """Say whether the document shows something that nobody has finalised."""
        return self.edition == 0


@dataclass(frozen=True, slots=True, repr=False)
class PlanPaper:
    """A plan to be shown. `names` says what the codes in it are called; `body` maintains it."""

    form: Form
    standing: Standing
    fields: Mapping[str, DraftField]
    milestones: tuple[Milestone, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    gaps: tuple[Gap, ...] = ()
    names: Names = field(default_factory=lambda: MappingProxyType({}))
    body: Office | None = None
    authority: Office | None = None
    maintainer: Maintainer | None = None

    @property
    def by_school(self) -> bool:
        """Say whether a school maintains the plan, so that the authority may reconsider it.

        Source: 2018 anaw 2 ss. 26, 27, 70(2) (what of a college's plan goes to the Tribunal).
        """
        return self.maintainer in {None, Maintainer.SCHOOL}

    def __repr__(self) -> str:
        return f"PlanPaper(form={self.form.id!r}, status={self.standing.status.value!r})"

    def text(self, key: str) -> str:
        """Return the plain text of a field, empty where it holds none."""
        held = self.fields.get(key)
        return held.value if held is not None and isinstance(held.value, str) else ""


def paper_of_draft(draft: IdpDraft, names: Names | None = None) -> PlanPaper:
    """Return the paper of a draft that was made from an earlier plan."""
    return PlanPaper(
        draft.form,
        Standing(PlanStatus.DRAFT),
        draft.fields,
        draft.appendix,
        draft.left_out,
        draft.gaps,
        names or {},
    )


def paper_of_content(
    form: Form,
    standing: Standing,
    fields: Mapping[str, DraftField],
    content: Mapping[str, Any],
    names: Names,
) -> PlanPaper:
    """Return the paper of a kept plan; what a draft of it lacks is said on it."""
    paper = PlanPaper(
        form,
        standing,
        fields,
        tuple(_milestone(entry) for entry in content.get("appendix", ())),
        tuple(
            LeftOut(item["text"], Words(item["why"], item["why_cy"]), Origin(**item["origin"]))
            for item in content.get("left_out", ())
        ),
        (),
        names,
    )
    return replace(paper, gaps=open_fields(paper)) if standing.is_draft else paper


def open_fields(paper: PlanPaper) -> tuple[Gap, ...]:
    """Return what the form always asks for and the plan does not hold, each provision in turn."""
    gaps: list[Gap] = []
    bases = sorted({key.partition(".")[0] for key in paper.fields if key.startswith("alp[")})
    for entry in paper.form.fields:
        if entry.missing is None or entry.required != "always":
            continue
        why = entry.missing.why.fill(missing=_WHAT_AND_HOW_MUCH)
        if entry.part == "alp":
            places = [f"{base}.{entry.name}" for base in bases]
            gaps += [
                Gap(place, why, entry.missing.source)
                for place in places
                if place not in paper.fields
            ]
        elif entry.key.endswith("[]"):
            if not any(key.startswith(f"{entry.part}[") for key in paper.fields):
                gaps.append(Gap(entry.key, why, entry.missing.source))
        elif entry.key not in paper.fields:
            gaps.append(Gap(entry.key, why, entry.missing.source))
    return tuple(gaps)


def _milestone(entry: Mapping[str, Any]) -> Milestone:
    origin = entry.get("origin") or {"record": "", "path": ""}
    return Milestone(
        entry.get("area"),
        entry.get("target"),
        entry.get("criteria"),
        entry.get("review"),
        entry.get("progress"),
        Origin(**origin),
    )
