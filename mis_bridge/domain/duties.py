"""Who must decide whether a person has ALN, on the facts known, and why nobody else must."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from mis_bridge.domain.duty_rules import DUTY_RULES, DutyRule
from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.trace import Fact, Trace
from mis_bridge.domain.words import Words

YOUTH_ACCOMMODATION = "relevant_youth_accommodation"


class DutySetting(StrEnum):
    """Where the person is educated."""

    MAINTAINED_SCHOOL = "maintained_school"
    MAINTAINED_SPECIAL_SCHOOL = "maintained_special_school"
    PRU = "pru"
    FEI = "fei"
    INDEPENDENT_SCHOOL = "independent_school"
    HOME_EDUCATED = "home_educated"


MAINTAINED = frozenset(
    {DutySetting.MAINTAINED_SCHOOL, DutySetting.MAINTAINED_SPECIAL_SCHOOL, DutySetting.PRU}
)


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """The facts on which the duty turns; None is not known, or not there.

    `detained` is where: `relevant_youth_accommodation`, a hospital, or another place.
    `looked_after` is `welsh_la` or `english_la`; `area` and `la_responsible` are `wales` or
    `england`.
    """

    setting: DutySetting | None = None
    person: PersonKind | None = None
    area: str | None = None
    looked_after: str | None = None
    detained: str | None = None
    raised_with: str | None = None
    existing_idp: str | None = None
    ehc_plan: bool | None = None
    previous_decision: str | None = None
    needs_changed_materially: bool | None = None
    new_material_information: bool | None = None
    consent: str | None = None
    has_capacity: bool | None = None
    representative: str | None = None
    representative_consent: str | None = None
    other_registration: str | None = None
    education_at_each: bool | None = None
    la_responsible: str | None = None
    school_is_deciding: bool | None = None
    fei_referral: bool | None = None
    course: str | None = None

    @property
    def at_fei(self) -> bool:
        """Say whether the institution is one in the further education sector.

        Source: 2018 Act ss.11(2), 99(1).
        """
        return self.setting is DutySetting.FEI or (
            self.setting is None and self.raised_with == "fei"
        )

    @property
    def outside(self) -> bool:
        """Say whether no maintained school and no such institution is concerned.

        Source: 2018 Act ss.13(1), 99(1).
        """
        return self.setting in {DutySetting.INDEPENDENT_SCHOOL, DutySetting.HOME_EDUCATED}

    @property
    def asks_la(self) -> bool:
        """Say whether the question is the local authority's.

        Source: 2018 Act s.13(1).
        """
        return self.outside or self.raised_with == "local_authority"

    @property
    def institution(self) -> str:
        """Name the institution's kind as an answer does: `school` or `fei`.

        Source: 2018 Act s.11(1)-(2).
        """
        return "fei" if self.at_fei else "school"

    @property
    def young_person(self) -> bool:
        """Say whether consent counts; where nothing is said, only at a college.

        Source: 2018 Act ss.11(3)(c), 13(2)(d), 99(1).
        """
        if self.person is None:
            return self.at_fei
        return self.person is PersonKind.YOUNG_PERSON

    @property
    def english_area(self) -> bool:
        """Say whether no local authority in Wales is responsible.

        Source: 2018 Act s.99(4).
        """
        return (self.la_responsible or self.area) == "england"

    @property
    def consents(self) -> bool | None:
        """Say whether the consent that counts was given: a representative's where capacity lacks.

        A case friend, whom only a child can have, is no representative.

        Source: S.I. 2021/401 regs 34, 37(1)(a); 2018 Act s.85.
        """
        stated = self.consent
        if self.has_capacity is False:
            represented = self.representative != "case_friend"
            stated = self.representative_consent if represented else None
        return None if stated is None else stated == "given"


@dataclass(frozen=True, slots=True)
class Duty:
    """Who decides: `rule` settles it; `duty` says of each body whether it must, where settled."""

    rule: DutyRule
    decided_by: str | None
    duty: dict[str, bool]
    consent_given_by: str | None
    trace: Trace


def decide(facts: DutyFacts) -> Duty:
    """Return who must decide, taking the first rule that holds.

    For the institution: higher education, detention, looked after, then s.11(3) from (a) to (e).
    For the local authority: detention, looked after, then s.13(2) from (a) to (e).

    Source: 2018 Act ss.11, 13, 17-18, 30, 40, 44, 86; S.I. 2021/401 regs 34, 37.
    """
    tests = _la_tests(facts) if facts.asks_la else _institution_tests(facts)
    rule = DUTY_RULES[next(rule for rule, holds in tests if holds)]
    trace = rule.told(_notes(facts), _known(facts))
    duty = {facts.institution if who == "institution" else who: it for who, it in rule.duty.items()}
    if facts.outside:
        duty |= dict(DUTY_RULES["NOT-MAINTAINED"].duty)
    decided_by = facts.institution if rule.decided_by == "institution" else rule.decided_by
    giver = None
    if facts.young_person and facts.consents:
        giver = "representative" if facts.has_capacity is False else "young_person"
    return Duty(rule, decided_by, duty, giver, _doubts(facts, trace))


def _institution_tests(facts: DutyFacts) -> Iterator[tuple[str, bool]]:
    yield "S86-HE-ONLY", facts.at_fei and facts.course == "higher_education_only"
    yield from _detention_tests(facts)
    yield "S11-2-CHILD", facts.at_fei and facts.person is PersonKind.CHILD
    looked_after = facts.looked_after == "welsh_la" and not facts.young_person
    yield "S11-5-ENGLAND", looked_after and facts.english_area
    yield "S11-5-PLAN", looked_after and facts.existing_idp is not None
    yield "S11-5", looked_after
    yield "S11-3-A", facts.existing_idp is not None
    yield "S11-3-B", decided_before(facts)
    yield "S11-3-C", facts.young_person and facts.consents is False
    dual = facts.other_registration is not None and not facts.english_area
    yield "S11-3-D", dual and facts.education_at_each is True
    yield "S11-3-D-NOT-TAUGHT", dual and facts.education_at_each is False
    yield "S11-3-D-UNKNOWN", dual
    yield "S11-3-E", facts.ehc_plan is True
    yield "S11-3-C-AWAITED", facts.young_person and facts.consents is None
    yield "S11-2", facts.at_fei
    yield "S11-1", True


def _la_tests(facts: DutyFacts) -> Iterator[tuple[str, bool]]:
    yield from _detention_tests(facts)
    looked_after = facts.looked_after == "welsh_la" and not facts.young_person
    yield "S18-2-ENGLAND", looked_after and facts.english_area
    yield "S13-4-PLAN", looked_after and facts.existing_idp is not None
    yield "S13-4", looked_after
    yield "S13-1-ENGLAND", facts.english_area
    yield "S13-2-A", facts.existing_idp is not None
    yield "S13-2-B", decided_before(facts)
    school = facts.setting in MAINTAINED and facts.other_registration is None
    yield "S13-2-C", school and facts.school_is_deciding is True
    yield "S13-2-D", facts.young_person and facts.consents is False
    student = facts.at_fei and facts.young_person and facts.course != "higher_education_only"
    alone = facts.other_registration is None and facts.fei_referral is not True
    yield "S13-2-E", student and alone
    yield "S13-2-D-AWAITED", facts.young_person and facts.consents is None
    yield "S13-1", True


def _detention_tests(facts: DutyFacts) -> Iterator[tuple[str, bool]]:
    place = facts.detained
    hospital = place is not None and ("hospital" in place or "mental_health" in place)
    yield "S44-YOUTH", place == YOUTH_ACCOMMODATION
    yield "S44-HOSPITAL", hospital
    yield "S44-OTHER", place is not None


def decided_before(facts: DutyFacts) -> bool:
    """Say whether an earlier decision ends the duty: both limbs, and neither in doubt.

    Source: 2018 Act ss.11(3)(b), 13(2)(b).
    """
    unchanged = facts.needs_changed_materially is False
    nothing_new = facts.new_material_information is False
    return facts.previous_decision is not None and unchanged and nothing_new


def limbs_in_doubt(facts: DutyFacts) -> bool:
    """Say whether a person must still form a view on an earlier decision.

    Source: 2018 Act ss.11(3)(b), 13(2)(b) (the body is satisfied).
    """
    limbs = (facts.needs_changed_materially, facts.new_material_information)
    return facts.previous_decision is not None and None in limbs and True not in limbs


def _notes(facts: DutyFacts) -> Trace:
    """Say the near misses first, so that a reader sees what did not hold."""
    notes = (
        ("NOT-MAINTAINED", facts.outside),
        ("NOTE-LOOKED-AFTER-ENGLISH", facts.looked_after == "english_la"),
        ("NOTE-LOOKED-AFTER-ADULT", facts.looked_after == "welsh_la" and facts.young_person),
        ("NOTE-CHILD-CONSENT", facts.consent is not None and not facts.young_person),
        ("NOTE-REPRESENTATIVE", facts.young_person and facts.has_capacity is False),
        ("NOTE-DUAL-ENGLAND", facts.other_registration is not None and facts.english_area),
        ("NOTE-BOTH-LIMBS", facts.previous_decision is not None and not decided_before(facts)),
    )
    trace = Trace()
    for rule, holds in notes:
        if holds:
            trace = DUTY_RULES[rule].told(trace, {})
    return trace


_AREA_NOT_SAID = Words(
    "not said whether the person is in the area of a local authority in Wales or in England: Wales "
    "was assumed",
    "ni ddywedwyd a yw'r person yn ardal awdurdod lleol yng Nghymru ynteu yn Lloegr: tybiwyd Cymru",
)
_PERSON_NOT_SAID = Words(
    "not said whether child or young person",
    "ni ddywedwyd ai plentyn ynteu person ifanc",
)
_PRU = Words(
    "for a pupil referral unit the governing body is read as the local authority, unless "
    "regulations delegate to the management committee; whether any in force do was not verified",
    "ar gyfer uned cyfeirio disgyblion darllenir corff llywodraethu fel yr awdurdod lleol, oni bai "
    "bod rheoliadau'n dirprwyo i'r pwyllgor rheoli; ni wiriwyd a oes rhai mewn grym",
)
_NO_REPRESENTATIVE = Words(
    "the young person lacks capacity and no representative's consent is recorded; without a deputy "
    "or attorney a parent acts as representative",
    "nid oes gan y person ifanc alluedd ac nid oes cofnod o gydsyniad cynrychiolydd; heb ddirprwy "
    "nac atwrnai mae rhiant yn gweithredu fel cynrychiolydd",
)


def _doubts(facts: DutyFacts, trace: Trace) -> Trace:
    turns_on_area = facts.looked_after == "welsh_la" or facts.other_registration is not None
    lacking = facts.young_person and facts.has_capacity is False
    doubts = (
        ("area", _AREA_NOT_SAID, turns_on_area and not (facts.area or facts.la_responsible)),
        ("person", _PERSON_NOT_SAID, facts.person is None),
        ("setting", _PRU, facts.setting is DutySetting.PRU),
        ("representative", _NO_REPRESENTATIVE, lacking and facts.consents is None),
    )
    for point, words, holds in doubts:
        if holds:
            trace = trace.doubt(point, words)
    return trace


def _known(facts: DutyFacts) -> dict[str, Fact]:
    names = (
        "setting", "person", "area", "looked_after", "detained", "raised_with", "existing_idp",
        "ehc_plan", "previous_decision", "needs_changed_materially", "new_material_information",
        "consent", "has_capacity", "representative", "representative_consent",
        "other_registration", "education_at_each", "la_responsible", "school_is_deciding",
        "fei_referral", "course",
    )  # fmt: skip
    stated = {name: getattr(facts, name) for name in names}
    return {name: fact for name, fact in stated.items() if fact is not None}
