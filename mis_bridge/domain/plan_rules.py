"""What stands against finalising a plan, or against changing a part of it, each with its provision.

Source: 2018 anaw 2 ss. 10, 12, 14, 19, 21, 23; ALN Code for Wales 2021 ch. 23 (as reported).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.plan_life import Maintainer, Plan, PlanStatus
from mis_bridge.domain.words import Words

_ACT = "2018 anaw 2"
_ELEMENT = re.compile(r"(alp|health_alp)\[(\d+)\]\.(\w+)")
_WHOLE = ("outcome", "measure", "provision", "in_welsh", "provider", "from", "rationale")


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that has to be put right first; `field` is the place in the plan, if it has one."""

    rule: str
    because: Words
    source: str
    field: str | None = None


def against_finalising(plan: Plan) -> tuple[Obstacle, ...]:
    """Return everything that stands against finalising `plan`; nothing means that it may be.

    Source: 2018 anaw 2 ss. 10, 12(2), 12(6), 14(3), 19, 23; idp form of the plan.
    """
    return tuple(obstacle for check in _CHECKS for obstacle in check(plan))


def against_maintaining(plan: Plan) -> tuple[Obstacle, ...]:
    """Return what stands against the body that `plan` names maintaining it.

    Source: 2018 anaw 2 ss. 11(5), 14(9), 19, 40, 44.
    """
    return (*_body(plan), *_place(plan))


def against_changing(
    plan: Plan, key: str, *, body: Maintainer, nhs_agreed: bool = False
) -> Obstacle | None:
    """Return what stands against a change of the field `key` by `body`, None where nothing does.

    What an NHS body is to secure stands in a plan because that body identified it. Once the plan
    has been finalised it changes only on a review, and each time with that body's agreement or at
    its request (`nhs_agreed`). A place or board and lodging stands only in an authority's plan.

    Source: 2018 anaw 2 ss. 14(6), 19(4), 21(3)-(8).
    """
    if key.startswith("health_alp["):
        if plan.edition and plan.status is not PlanStatus.UNDER_REVIEW:
            return Obstacle("nhs_provision_locked", _NHS_LOCKED, f"{_ACT} s. 21(7)-(8)", key)
        if not nhs_agreed:
            return Obstacle("nhs_agreement_missing", _NHS_AGREEMENT, f"{_ACT} s. 21(3)-(8)", key)
    if key.startswith("place.") and not body.is_authority:
        return Obstacle("place_needs_authority", *_PLACE, key)
    return None


_NHS_LOCKED = Words(
    "What an NHS body is to secure is changed only on a review, with its agreement.",
    "Dim ond ar adolygiad, gyda chytundeb corff y GIG, y newidir yr hyn y mae i'w sicrhau.",
)
_NHS_AGREEMENT = Words(
    "Say that the NHS body has identified this, or agrees to the change or has asked for it.",
    "Nodwch fod corff y GIG wedi nodi hyn, neu'n cytuno i'r newid neu wedi gofyn amdano.",
)
_PLACE = (
    Words(
        "Only a local authority's plan names a place, or board and lodging.",
        "Dim ond cynllun awdurdod lleol sy'n enwi lle, neu fwyd a llety.",
    ),
    f"{_ACT} ss. 14(6), 19(4)",
)


def _decision(plan: Plan) -> Iterator[Obstacle]:
    if plan.has_aln is not True:
        yield Obstacle(
            "decision_missing",
            Words(
                "Nobody has recorded the decision that there are additional learning needs.",
                "Nid oes neb wedi cofnodi'r penderfyniad bod anghenion dysgu ychwanegol.",
            ),
            f"{_ACT} ss. 11, 12(1), 13, 14",
        )


def _body(plan: Plan) -> Iterator[Obstacle]:
    if plan.maintained_by is None:
        yield Obstacle(
            "maintainer_missing",
            Words("No body is named that maintains it.", "Ni enwir corff sy'n ei gynnal."),
            f"{_ACT} ss. 12, 14, 19",
            "plan.maintained_by",
        )
    elif plan.looked_after and plan.maintained_by in {Maintainer.SCHOOL, Maintainer.FEI}:
        yield Obstacle(
            "looked_after_by_authority",
            Words(
                "A looked after child's plan is prepared by the authority that looks after the "
                "child; a school cannot finalise it.",
                "Yr awdurdod sy'n gofalu am y plentyn sy'n llunio cynllun plentyn sy'n derbyn "
                "gofal; ni all ysgol ei gwblhau.",
            ),
            f"{_ACT} ss. 11(5), 17, 19",
            "plan.maintained_by",
        )
    elif plan.detained and plan.maintained_by in {Maintainer.SCHOOL, Maintainer.FEI}:
        yield Obstacle(
            "detained_by_authority",
            Words(
                "While somebody is detained, no school or institution prepares or maintains the "
                "plan.",
                "Tra bo rhywun yn cael ei gadw'n gaeth, nid oes ysgol na sefydliad yn llunio nac "
                "yn cynnal y cynllun.",
            ),
            f"{_ACT} ss. 40, 44; S.I. 2021/401 regs 20-23",
            "plan.maintained_by",
        )


def _consent(plan: Plan) -> Iterator[Obstacle]:
    if plan.person is PersonKind.YOUNG_PERSON and plan.consent is not True:
        yield Obstacle(
            "consent_missing",
            Words(
                "A young person's consent to the plan, or the representative's, is not recorded.",
                "Nid oes cofnod o gydsyniad y person ifanc, neu'r cynrychiolydd, i'r cynllun.",
            ),
            f"{_ACT} ss. 12(2)(b), 14(3); S.I. 2021/401 reg. 37",
        )


def _description(plan: Plan) -> Iterator[Obstacle]:
    if not plan.value("aln.description"):
        yield Obstacle(
            "description_missing",
            Words(
                "There is no description of the additional learning needs.",
                "Nid oes disgrifiad o'r anghenion dysgu ychwanegol.",
            ),
            f"{_ACT} s. 10(a)",
            "aln.description",
        )


def _provision(plan: Plan) -> Iterator[Obstacle]:
    told = _elements(plan)
    if not told:
        yield Obstacle(
            "provision_missing",
            Words(
                "There is no additional learning provision in the plan.",
                "Nid oes darpariaeth ddysgu ychwanegol yn y cynllun.",
            ),
            f"{_ACT} s. 10(b)",
            "alp[]",
        )
    for base, names in told.items():
        for name in _WHOLE:
            if name not in names:
                yield _incomplete(f"{base}.{name}")
        if not names & {"review", "end"}:
            yield _incomplete(f"{base}.review")
        if base.startswith("health_alp") and "nhs_body" not in names:
            yield _incomplete(f"{base}.nhs_body")


def _incomplete(place: str) -> Obstacle:
    if place.endswith(".in_welsh"):
        return Obstacle(
            "welsh_not_considered",
            Words(
                "Nobody has decided whether this provision should be in Welsh.",
                "Nid oes neb wedi penderfynu a ddylai'r ddarpariaeth hon fod yn Gymraeg.",
            ),
            f"{_ACT} ss. 12(6), 14(5), 19(3)",
            place,
        )
    return Obstacle(
        "provision_incomplete",
        Words(
            "Every provision is told in full; this part is open.",
            "Disgrifir pob darpariaeth yn llawn; mae'r rhan hon yn agored.",
        ),
        "ALN Code for Wales 2021 23.29",
        place,
    )


def _review(plan: Plan) -> Iterator[Obstacle]:
    written = plan.value("plan.review_by")
    day = _day(written)
    if day is None:
        yield Obstacle(
            "review_date_missing",
            Words("No review date is set.", "Nid oes dyddiad adolygu wedi'i osod."),
            f"{_ACT} s. 23",
            "plan.review_by",
        )
    elif plan.last_review_day and day > plan.last_review_day:
        yield Obstacle(
            "review_date_too_late",
            Words(
                "The review date lies after {last}, the last day of the review period.",
                "Mae'r dyddiad adolygu ar ôl {last}, diwrnod olaf y cyfnod adolygu.",
            ).fill(last=plan.last_review_day),
            f"{_ACT} s. 23(1)-(5)",
            "plan.review_by",
        )


def _place(plan: Plan) -> Iterator[Obstacle]:
    if plan.maintained_by and not plan.maintained_by.is_authority:
        for key in ("place.named", "place.board_and_lodging"):
            if plan.value(key):
                yield Obstacle("place_needs_authority", *_PLACE, key)


def _unconfirmed(plan: Plan) -> Iterator[Obstacle]:
    for key, field in plan.fields.items():
        if field.confirmed_by is None and field.confidence != "copied":
            yield Obstacle(
                "unconfirmed",
                Words(
                    "This was taken from an earlier record and nobody has confirmed it.",
                    "Cymerwyd hyn o gofnod cynharach ac nid oes neb wedi'i gadarnhau.",
                ),
                "ALN Code for Wales 2021 ch. 23",
                key,
            )


_CHECKS: tuple[Callable[[Plan], Iterator[Obstacle]], ...] = (
    _decision,
    _body,
    _consent,
    _description,
    _provision,
    _review,
    _place,
    _unconfirmed,
)


def elements(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the provisions (`alp[0]`, `health_alp[0]`) that the keys of a plan's fields speak of.

    Source: ALN Code for Wales 2021 23.29 (each provision is told in full).
    """
    found = {
        (match[1], int(match[2])) for key in keys if (match := _ELEMENT.fullmatch(key)) is not None
    }
    return tuple(f"{part}[{number}]" for part, number in sorted(found))


def _elements(plan: Plan) -> Mapping[str, frozenset[str]]:
    """Return the filled parts of each provision, by its base (`alp[0]`)."""
    found: dict[str, set[str]] = {}
    for key, field in plan.fields.items():
        match = _ELEMENT.fullmatch(key)
        if match and field.value not in {None, ""}:
            found.setdefault(f"{match[1]}[{match[2]}]", set()).add(match[3])
    return {base: frozenset(found[base]) for base in elements(plan.fields) if base in found}


def _day(written: object) -> date | None:
    try:
        return date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
