"""The canonical ALN record of a pupil, as every source is mapped to it.

Absent and null are two things: a key that the source cannot carry or did not send is listed in
`not_supplied` (dotted), and only a key that is not listed there may be read as known to be empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

SCHEMA = "aln-pupil/1"


class ProvisionType(StrEnum):
    """What the register says is provided; a code without translation is UNKNOWN, never NONE."""

    NONE = "none"
    SCHOOL_ACTION = "school_action"
    SCHOOL_ACTION_PLUS = "school_action_plus"
    EARLY_YEARS_ACTION = "early_years_action"
    EARLY_YEARS_ACTION_PLUS = "early_years_action_plus"
    STATEMENT = "statement"
    IDP_SCHOOL = "idp_school"
    IDP_LA = "idp_la"
    ENGLISH_SEN_SUPPORT = "english_sen_support"
    ENGLISH_EHC_PLAN = "english_ehc_plan"
    UNKNOWN = "unknown"


class UpnStatus(StrEnum):
    """How far a UPN may be trusted; only a valid one may match two records."""

    VALID = "valid"
    TEMPORARY = "temporary"
    INVALID = "invalid"
    MISSING = "missing"


class RegistrationStatus(StrEnum):
    """How a pupil stands on a school's roll."""

    MAIN = "main"
    SUBSIDIARY = "subsidiary"
    GUEST = "guest"
    FORMER = "former"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record was read: vendor, school as `LLL/EEEE`, and the vendor's own key."""

    vendor: str
    school: str | None
    record_id: str
    read_at: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Name:
    """Names in NFC, never re-cased; a preferred name equal to the legal one is None."""

    legal_forename: str | None = None
    middle_names: str | None = None
    legal_surname: str | None = None
    preferred_forename: str | None = None
    preferred_surname: str | None = None

    def __repr__(self) -> str:
        return "Name(***)"

    @property
    def known_as(self) -> str:
        """The name to show to somebody who may see it."""
        forename = self.preferred_forename or self.legal_forename or ""
        surname = self.preferred_surname or self.legal_surname or ""
        return f"{forename} {surname}".strip()


@dataclass(frozen=True, slots=True)
class Registration:
    """A pupil's place on one school's roll; `school` is `LLL/EEEE`."""

    school: str
    status: RegistrationStatus
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Provision:
    """One spell of provision; `raw_code` is what the source said, kept as read."""

    type: ProvisionType
    raw_code: str | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A census need category. It is never evidence that the pupil has ALN."""

    type: str
    raw_code: str | None = None
    rank: int | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class SupportLevels:
    """The four Welsh support levels, or None each."""

    curriculum: str | None = None
    grouping: str | None = None
    resources: str | None = None
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class LookedAfter:
    """Whether a local authority looks after the child; None means not known."""

    in_care: bool | None = None
    care_authority: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """A person in the MIS's contact list; None is not known, an e-mail address is not consent."""

    name: str | None = None
    relationship: str | None = None
    parental_responsibility: bool | None = None
    priority: int | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    court_order: bool | None = None
    preferred_language: str | None = None

    def __repr__(self) -> str:
        return f"Contact(relationship={self.relationship!r})"


@dataclass(frozen=True, slots=True)
class IdpClaim:
    """What the MIS says of a plan: who maintains it (`school` or `la`) and its dates."""

    maintained_by: str | None = None
    start: date | None = None
    end: date | None = None
    review: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Pupil:
    """The canonical record. `not_supplied` lists the dotted keys that this source did not carry."""

    source: Source
    upn: str | None = None
    upn_status: UpnStatus = UpnStatus.MISSING
    former_upn: str | None = None
    uln: str | None = None
    name: Name = Name()
    dob: date | None = None
    sex: str | None = None
    nc_year: str | None = None
    registrations: tuple[Registration, ...] = ()
    provision: Provision | None = None
    provision_history: tuple[Provision, ...] = ()
    needs: tuple[Need, ...] = ()
    support_levels: SupportLevels | None = None
    looked_after: LookedAfter | None = None
    first_language: str | None = None
    correspondence_language: str | None = None
    contacts: tuple[Contact, ...] = ()
    idp: IdpClaim | None = None
    not_supplied: frozenset[str] = frozenset()
    flags: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Pupil(vendor={self.source.vendor!r}, record_id={self.source.record_id!r})"

    def supplies(self, key: str) -> bool:
        """Say whether the source carried `key` (dotted): only then does absence mean anything."""
        parts = key.split(".")
        return not any(".".join(parts[: n + 1]) in self.not_supplied for n in range(len(parts)))
