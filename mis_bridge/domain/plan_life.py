"""The life of an individual development plan: what may be done to it next, and what follows.

Source: 2018 anaw 2 ss. 10-14, 19, 21-24, 31, 35; ALN Code for Wales 2021 ch. 23 (as reported).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from mis_bridge.domain.idp import DraftField
from mis_bridge.domain.people import PersonKind


class PlanStatus(StrEnum):
    """Where a plan stands. A draft that ends in "no ALN" is closed; it was never a plan."""

    DRAFT = "draft"
    WITH_PERSON = "with_person"
    DECIDED = "decided"
    FINALISED = "finalised"
    GIVEN = "given"
    UNDER_REVIEW = "under_review"
    CLOSED = "closed"
    TRANSFERRED = "transferred"
    CEASED = "ceased"


class PlanAct(StrEnum):
    """What can be done to a plan."""

    EDIT = "edit"
    INVOLVE_PERSON = "involve_person"
    RECORD_CONSENT = "record_consent"
    DECIDE_ALN = "decide_aln"
    DECIDE_NO_ALN = "decide_no_aln"
    SET_ASIDE = "set_aside"
    FINALISE = "finalise"
    GIVE = "give"
    BEGIN_REVIEW = "begin_review"
    REVISE = "revise"
    KEEP_UNREVISED = "keep_unrevised"
    TAKE_OVER = "take_over"
    TRANSFER = "transfer"
    PROPOSE_CEASING = "propose_ceasing"
    DECIDE_TO_CEASE = "decide_to_cease"
    CEASE = "cease"


class Maintainer(StrEnum):
    """The kind of body that prepares and maintains a plan."""

    SCHOOL = "school"
    FEI = "fei"
    LOCAL_AUTHORITY = "la"
    LOOKING_AFTER_LA = "looking_after_la"
    HOME_AUTHORITY = "home_authority"

    @property
    def is_authority(self) -> bool:
        """Say whether the body is a local authority in one of its roles."""
        return self not in {Maintainer.SCHOOL, Maintainer.FEI}


# A pupil may leave, or refuse, before the copy has been given.
_MAINTAINED = frozenset({PlanStatus.FINALISED, PlanStatus.GIVEN, PlanStatus.UNDER_REVIEW})
# act -> the statuses in which it may be done, and the status that follows (None: it stays).
_ROAD: Mapping[PlanAct, tuple[frozenset[PlanStatus], PlanStatus | None]] = MappingProxyType(
    {
        PlanAct.EDIT: (
            frozenset(
                {
                    PlanStatus.DRAFT,
                    PlanStatus.WITH_PERSON,
                    PlanStatus.DECIDED,
                    PlanStatus.UNDER_REVIEW,
                }
            ),
            None,
        ),
        PlanAct.INVOLVE_PERSON: (frozenset({PlanStatus.DRAFT}), PlanStatus.WITH_PERSON),
        PlanAct.RECORD_CONSENT: (
            frozenset(
                {
                    PlanStatus.DRAFT,
                    PlanStatus.WITH_PERSON,
                    PlanStatus.DECIDED,
                    PlanStatus.FINALISED,
                    PlanStatus.GIVEN,
                    PlanStatus.UNDER_REVIEW,
                }
            ),
            None,
        ),
        PlanAct.DECIDE_ALN: (frozenset({PlanStatus.WITH_PERSON}), PlanStatus.DECIDED),
        PlanAct.DECIDE_NO_ALN: (frozenset({PlanStatus.WITH_PERSON}), PlanStatus.CLOSED),
        PlanAct.SET_ASIDE: (
            frozenset({PlanStatus.DRAFT, PlanStatus.WITH_PERSON, PlanStatus.DECIDED}),
            PlanStatus.CLOSED,
        ),
        PlanAct.FINALISE: (frozenset({PlanStatus.DECIDED}), PlanStatus.FINALISED),
        PlanAct.GIVE: (frozenset({PlanStatus.FINALISED, PlanStatus.GIVEN}), PlanStatus.GIVEN),
        PlanAct.BEGIN_REVIEW: (frozenset({PlanStatus.GIVEN}), PlanStatus.UNDER_REVIEW),
        PlanAct.REVISE: (frozenset({PlanStatus.UNDER_REVIEW}), PlanStatus.FINALISED),
        PlanAct.KEEP_UNREVISED: (frozenset({PlanStatus.UNDER_REVIEW}), PlanStatus.GIVEN),
        PlanAct.TAKE_OVER: (_MAINTAINED, None),
        PlanAct.TRANSFER: (_MAINTAINED, PlanStatus.TRANSFERRED),
        PlanAct.PROPOSE_CEASING: (frozenset({PlanStatus.GIVEN, PlanStatus.UNDER_REVIEW}), None),
        PlanAct.DECIDE_TO_CEASE: (frozenset({PlanStatus.GIVEN, PlanStatus.UNDER_REVIEW}), None),
        PlanAct.CEASE: (_MAINTAINED, PlanStatus.CEASED),
    }
)


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """A plan as it stands; what is None nobody has recorded.

    `consent` is the young person's (or the representative's) consent to the plan. `has_aln` is the
    decision. `last_review_day` is the last day of the review period, known once a copy has been
    given, or would be given. `looked_after` means by a local authority in Wales. `edition` counts
    the times it was finalised.
    """

    plan_id: str
    status: PlanStatus
    maintained_by: Maintainer | None
    person: PersonKind
    fields: Mapping[str, DraftField]
    has_aln: bool | None = None
    consent: bool | None = None
    looked_after: bool = False
    detained: bool = False
    last_review_day: date | None = None
    version: int = 1
    edition: int = 0

    def __repr__(self) -> str:
        return f"Plan(plan_id={self.plan_id!r}, status={self.status.value!r})"

    def value(self, key: str) -> object:
        """Return what a field holds, None where it is open."""
        field = self.fields.get(key)
        return field.value if field else None


def acts_open_to(status: PlanStatus) -> tuple[PlanAct, ...]:
    """Return what may be done to a plan in `status`, before any rule is asked.

    Source: 2018 anaw 2 ss. 12, 22, 23, 31.
    """
    return tuple(act for act, (statuses, _) in _ROAD.items() if status in statuses)


def open_to(body: Maintainer, plan: Plan) -> bool:
    """Say whether `body` may act on a plan: one that it maintains, or that nobody does yet.

    Source: 2018 anaw 2 ss. 12, 14, 19 (the body that prepares and maintains the plan).
    """
    return plan.maintained_by is None or plan.maintained_by is body


class NotFromHere(ValueError):
    """The act does not follow from the status of the plan."""


def after(status: PlanStatus, act: PlanAct) -> PlanStatus:
    """Return the status that follows; raises NotFromHere.

    Source: 2018 anaw 2 ss. 12, 22, 23, 31.
    """
    statuses, following = _ROAD[act]
    if status not in statuses:
        msg = f"{act.value} does not follow {status.value}"
        raise NotFromHere(msg)
    return following or status
