"""What a concern in the register asks for: the duty that follows from it, on the facts held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mis_bridge.domain.calendar import SchoolCalendar
from mis_bridge.domain.duties import DutyFacts, DutySetting, decide
from mis_bridge.domain.people import PersonKind, person_kind
from mis_bridge.domain.pupil import ProvisionType, Pupil
from mis_bridge.domain.register import (
    ALREADY_THERE,
    CONCERNS,
    PLANS,
    ChangeKind,
    RegisterChange,
    claims_plan,
    is_dual_registered,
    is_looked_after,
)


class Setting(StrEnum):
    """The kind of institution whose register it is."""

    MAINTAINED_SCHOOL = "maintained_school"
    MAINTAINED_SPECIAL_SCHOOL = "maintained_special_school"
    PRU = "pru"
    FEI = "fei"
    INDEPENDENT_SCHOOL = "independent_school"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Everything a change is read against: the pupil, the institution, and the day of notice."""

    pupil: Pupil
    setting: Setting
    noticed_on: date
    confirmed: bool
    calendar: SchoolCalendar | None
    today: date

    @property
    def person(self) -> PersonKind | None:
        """What the pupil is on the day of notice, None where no date of birth is held.

        Source: 2018 Act s.99(1).
        """
        dob = self.pupil.dob
        return None if dob is None else person_kind(dob, self.noticed_on)

    @property
    def concern(self) -> bool:
        """Say whether the register itself states a concern.

        Source: 2018 Act s.11(1).
        """
        now = self.pupil.provision
        return now is not None and now.type in CONCERNS


# What the law says of a duty -> the rule of law/register_tasks.toml that carries it out.
_ASKS_FOR = {
    "S11-2-CHILD": "LA-DECIDES-CHILD-AT-FEI",
    "S11-5": "REFER-LOOKED-AFTER",
    "S11-5-PLAN": "REFER-LOOKED-AFTER",
    "S11-3-A": "REVIEW-POSSIBLE",
    "S13-2-A": "REVIEW-POSSIBLE",
    "S11-3-D-UNKNOWN": "REFER-DUAL",
    "S11-3-E": "EHC-CLAIMED",
    "S11-3-C-AWAITED": "CONSENT",
}


def concern_rule(change: RegisterChange, occasion: Occasion) -> str:
    """Return the task rule that a concern meets, as the duty to decide falls on these facts.

    Source: 2018 Act ss.11, 13, 17, 30.
    """
    if change.before == ALREADY_THERE:
        return "NEED-WITHOUT-PROVISION"
    if change.before in PLANS:
        return "PLAN-GONE"
    settled = decide(duty_facts(occasion)).rule.id
    asked = _ASKS_FOR.get(settled)
    if asked is None and occasion.setting is Setting.INDEPENDENT_SCHOOL:
        return "LA-DECIDES-INDEPENDENT"
    if asked == "CONSENT" and occasion.setting is Setting.FEI:
        return "CONSENT-FEI"
    return asked or ("STALE-CODE" if change.kind is ChangeKind.STALE_SEN_CODE else "CONCERN")


def duty_facts(occasion: Occasion) -> DutyFacts:
    """Return what the register can say of the facts on which the duty to decide turns.

    Consent, capacity and whether a pupil is taught at each place are nowhere in a register.

    Source: 2018 Act ss.11, 13, 30.
    """
    pupil, on = occasion.pupil, occasion.noticed_on
    now = pupil.provision.type if pupil.provision is not None else None
    by_la = now is ProvisionType.IDP_LA or (
        pupil.idp is not None and pupil.idp.maintained_by == "la"
    )
    return DutyFacts(
        setting=DutySetting(occasion.setting.value),
        person=occasion.person,
        looked_after="welsh_la" if is_looked_after(pupil) else None,
        existing_idp=("la" if by_la else "school") if claims_plan(pupil, on) else None,
        ehc_plan=True if now is ProvisionType.ENGLISH_EHC_PLAN else None,
        other_registration="maintained_school" if is_dual_registered(pupil, on) else None,
    )
