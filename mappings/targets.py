"""The keys of the canonical record that a mapping can fill, and what each may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from mis_bridge.domain.pupil import ProvisionType, RegistrationStatus

Kind = Literal[
    "key", "stamp", "upn", "text", "lines", "name", "date", "truth", "whole", "year", "code", "list"
]

PROVISIONS: Final = frozenset(ProvisionType)
ENGLISH: Final = frozenset(
    {ProvisionType.ENGLISH_SEN_SUPPORT.value, ProvisionType.ENGLISH_EHC_PLAN.value}
)
NEEDS: Final = frozenset(
    [
        "moderate_learning_difficulties",
        "general_learning_difficulties",
        "severe_learning_difficulties",
        "profound_multiple_learning_difficulties",
        "dyslexia",
        "dyscalculia",
        "dyspraxia",
        "attention_deficit_hyperactivity_disorder",
        "autistic_spectrum_disorders",
        "physical_medical_difficulties",
        "hearing_impairment",
        "visual_impairment",
        "multi_sensory_impairment",
        "speech_language_communication_difficulties",
        "behavioural_emotional_social_difficulties",
        "unknown",
    ]
)
RELATIONSHIPS: Final = frozenset(
    [
        "mother",
        "father",
        "step_mother",
        "step_father",
        "foster_carer",
        "grandmother",
        "grandfather",
        "sister",
        "brother",
        "aunt",
        "uncle",
        "guardian",
        "social_worker",
        "other",
        "unknown",
    ]
)
SEXES: Final = frozenset("MFXU")
YEARS: Final = frozenset({"N1", "N2", "R", *(str(number) for number in range(1, 15))})
MEASURES: Final = frozenset({"provision", "attendance"})
UNITS: Final = frozenset({"minutes", "sessions"})
MARKS: Final = frozenset({"took_place", "did_not_take_place", "not_required"})
MAINTAINERS: Final = frozenset({"school", "la"})
LANGUAGE_CODES: Final = frozenset(
    a + b for a in "abcdefghijklmnopqrstuvwxyz" for b in "abcdefghijklmnopqrstuvwxyz"
)


@dataclass(frozen=True, slots=True)
class Target:
    """One leaf of the record: its kind, and for a code the words that may come out."""

    name: str
    kind: Kind
    outputs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ListTarget:
    """A list of the record; `columns` are the leaves of one item."""

    name: str
    columns: tuple[Target, ...]


def _columns(**kinds: Kind | frozenset[str]) -> tuple[Target, ...]:
    return tuple(
        Target(name, "code", kind) if isinstance(kind, frozenset) else Target(name, kind)
        for name, kind in kinds.items()
    )


SCALARS: Final[dict[str, Target]] = {
    target.name: target
    for target in (
        Target("source.record_id", "key"),
        Target("source.changed_at", "stamp"),
        Target("upn", "upn"),
        Target("former_upn", "text"),
        Target("uln", "text"),
        Target("name.legal_forename", "name"),
        Target("name.middle_names", "name"),
        Target("name.legal_surname", "name"),
        Target("name.preferred_forename", "name"),
        Target("name.preferred_surname", "name"),
        Target("dob", "date"),
        Target("sex", "code", SEXES),
        Target("nc_year", "year"),
        Target("provision.type", "code", PROVISIONS),
        Target("provision.start", "date"),
        Target("support_levels.curriculum", "text"),
        Target("support_levels.grouping", "text"),
        Target("support_levels.resources", "text"),
        Target("support_levels.advice", "text"),
        Target("looked_after.in_care", "truth"),
        Target("looked_after.care_authority", "text"),
        Target("first_language", "code", LANGUAGE_CODES),
        Target("correspondence_language", "code", LANGUAGE_CODES),
        Target("idp.maintained_by", "code", MAINTAINERS),
        Target("idp.start", "date"),
        Target("idp.end", "date"),
        Target("idp.review", "date"),
    )
}
LISTS: Final[dict[str, ListTarget]] = {
    target.name: target
    for target in (
        ListTarget(
            "registrations",
            _columns(status=frozenset(RegistrationStatus), start="date", end="date"),
        ),
        ListTarget("provision_history", _columns(type=PROVISIONS, start="date", end="date")),
        ListTarget("needs", _columns(type=NEEDS, rank="whole", start="date", end="date")),
        ListTarget(
            "contacts",
            _columns(
                name="name",
                relationship=RELATIONSHIPS,
                parental_responsibility="truth",
                priority="whole",
                email="text",
                phone="text",
                address="lines",
                court_order="truth",
                preferred_language=LANGUAGE_CODES,
            ),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The targets of one kind of record."""

    kind: str
    key: str
    scalars: dict[str, Target]
    lists: dict[str, ListTarget]
    required: tuple[str, ...]


PUPIL: Final = Catalogue("pupil", "source.record_id", SCALARS, LISTS, ("name.legal_surname", "dob"))
PLAN: Final = Catalogue(
    "plan",
    "plan_id",
    {
        target.name: target
        for target in (
            Target("plan_id", "key"),
            Target("pupil.upn", "upn"),
            Target("pupil.record_id", "text"),
            Target("pupil.name", "name"),
            Target("pupil.dob", "date"),
            Target("stage", "code", PROVISIONS),
            Target("language", "code", LANGUAGE_CODES),
            Target("start", "date"),
            Target("review", "date"),
            Target("author", "name"),
            Target("strengths", "lines"),
            Target("parental_views", "lines"),
            Target("pupil_views", "lines"),
        )
    },
    {
        "targets": ListTarget(
            "targets",
            _columns(
                number="text",
                area_of_need=NEEDS,
                target="lines",
                success_criteria="lines",
                strategies="list",
                provision="lines",
                staff="lines",
                frequency="text",
                start="date",
                review="date",
                outcome="lines",
                comments="lines",
            ),
        )
    },
    ("plan_id",),
)
DELIVERY: Final = Catalogue(
    "delivery",
    "row_id",
    {
        target.name: target
        for target in (
            Target("row_id", "key"),
            Target("pupil.upn", "upn"),
            Target("pupil.record_id", "text"),
            Target("pupil.dob", "date"),
            Target("measure", "code", MEASURES),
            Target("reference", "text"),
            Target("name", "text"),
            Target("week", "date"),
            Target("date", "date"),
            Target("session", "text"),
            Target("unit", "code", UNITS),
            Target("planned", "whole"),
            Target("delivered", "whole"),
            Target("mark", "code", MARKS),
        )
    },
    {},
    ("measure",),
)
CATALOGUES: Final = {catalogue.kind: catalogue for catalogue in (PUPIL, PLAN, DELIVERY)}
