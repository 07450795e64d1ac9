"""What changed in a school's register between two canonical records of one pupil."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ChangeKind(StrEnum):
    """The kinds of change to which the law attaches a consequence, and those only noted."""

    JOINED = "joined"
    LEFT = "left"
    CONCERN_ADDED = "concern_added"
    STAGE_CHANGED = "stage_changed"
    PROVISION_REMOVED = "provision_removed"
    PROVISION_UNKNOWN = "provision_unknown"
    NEED_ADDED = "need_added"
    IDP_CLAIMED = "idp_claimed"
    EHC_CLAIMED = "ehc_claimed"
    STALE_SEN_CODE = "stale_sen_code"
    BECAME_LOOKED_AFTER = "became_looked_after"
    CEASED_LOOKED_AFTER = "ceased_looked_after"
    BECAME_DUAL_REGISTERED = "became_dual_registered"
    CEASED_DUAL_REGISTERED = "ceased_dual_registered"
    OVER_COMPULSORY_SCHOOL_AGE = "over_compulsory_school_age"
    CONTACTS_CHANGED = "contacts_changed"
    IDENTITY_CHANGED = "identity_changed"


@dataclass(frozen=True, slots=True)
class RegisterChange:
    """One change of fact.

    `trigger` names the fact (`provision:school_action:2026-11-20`) and not the event that told of
    it, so that the same fact told twice, late or out of order is one trigger. `since` is the start
    date that the source itself gives, None where it gives none. `before` and `after` are codes.
    """

    kind: ChangeKind
    trigger: str
    since: date | None = None
    before: str | None = None
    after: str | None = None
