"""An individual education plan as an MIS exports it: evidence for a draft IDP, never a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, repr=False)
class IepTarget:
    """One short-term target; free text is kept as written, None is not given."""

    number: str | None = None
    area_of_need: str | None = None
    area_raw: str | None = None
    target: str | None = None
    success_criteria: str | None = None
    strategies: tuple[str, ...] = ()
    provision: str | None = None
    staff: str | None = None
    frequency: str | None = None
    start: date | None = None
    review: date | None = None
    outcome: str | None = None
    comments: str | None = None
    place: str = ""

    def __repr__(self) -> str:
        return f"IepTarget(number={self.number!r})"


@dataclass(frozen=True, slots=True, repr=False)
class IepPlan:
    """One plan with its targets; a plan without targets is a plan all the same.

    `record` names the plan in its source (file and place), `stage` is a provision type or what the
    source said, `language` the language of the plan where the source gives one. `unread` holds what
    the source says besides and no rule carries, or could not read: the place and the text.
    """

    plan_id: str
    record: str
    upn: str | None = None
    upn_status: str = "missing"
    record_id: str | None = None
    name: str | None = None
    dob: date | None = None
    stage: str | None = None
    language: str | None = None
    start: date | None = None
    review: date | None = None
    author: str | None = None
    strengths: str | None = None
    parental_views: str | None = None
    pupil_views: str | None = None
    targets: tuple[IepTarget, ...] = ()
    flags: tuple[str, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"IepPlan(plan_id={self.plan_id!r})"
