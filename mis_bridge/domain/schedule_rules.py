"""What the phased cohort schedule is made of: Orders, rules, limits, and what they replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mis_bridge.domain.words import Words


class System(StrEnum):
    """The law that applies to a pupil at the end of a day; never both."""

    SEN = "SEN"
    ALN = "ALN"


class Body(StrEnum):
    """A body that gives notices, or decides."""

    GOVERNING_BODY = "governing_body"
    PRU_MANAGEMENT_COMMITTEE = "pru_management_committee"
    LOCAL_AUTHORITY = "local_authority"


class Cause(StrEnum):
    """Why the new law applied to a pupil on the day it did."""

    IDP_NOTICE = "idp_notice"
    NO_IDP_NOTICE = "no_idp_notice"
    ALN_NOTICE = "aln_notice"
    SWEPT = "automatic_end_of_year"
    CEASED_REGISTRATION = "ceased_registration"
    STATEMENT_CEASED = "statement_ceased"
    APPEAL_TRANSFER_DAY = "appeal_transfer_day"
    COMMENCEMENT = "commencement"
    BECAME_LOOKED_AFTER = "became_looked_after"
    CEASED_LOOKED_AFTER = "ceased_looked_after"
    BECAME_DUAL_REGISTERED = "became_dual_registered"
    CEASED_DUAL_REGISTERED = "ceased_dual_registered"
    CEASED_EOTAS = "ceased_eotas"
    MOVED_AREA = "moved_area"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a body has; `amount` None where the law counts nothing; `period` names the count."""

    amount: int | None
    unit: str
    from_: str
    period: str | None = None

    def to_json(self) -> dict[str, object]:
        """Return `{amount, unit, from}`, the unit in the singular."""
        return {"amount": self.amount, "unit": self.unit, "from": self.from_}


@dataclass(frozen=True, slots=True)
class Provision:
    """An article with the limit that it sets."""

    article: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Order:
    """A commencement Order: `in_force` for its group from that day, decided by `snapshot`."""

    id: str
    instrument: str
    in_force: date
    snapshot: date

    def cite(self, article: str) -> str:
        """Return instrument and provision: `S.I. 2021/1243 art. 9`."""
        return f"{self.instrument} {article}"


@dataclass(frozen=True, slots=True)
class SavingOrder(Order):
    """An Order that kept the old law for its group for a time, with the articles on notices.

    `aln_notice` None: the Order has no such notice. `over_age` None: it says nothing of pupils who
    pass compulsory school age. `after_appeal` None: it concerns no appeals.
    """

    body: Body
    notices: str
    aln_notice: str | None
    capacity: str
    over_age: str | None
    after_appeal: str | None
    request: Provision
    plan: Provision


@dataclass(frozen=True, slots=True)
class Window:
    """The first and the last day on which a notice is in time; None is not known, or no end."""

    from_: date | None
    to: date | None

    def to_json(self) -> dict[str, str | None]:
        """Return `{from, to}`."""
        return {
            "from": self.from_.isoformat() if self.from_ else None,
            "to": self.to.isoformat() if self.to else None,
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the schedule; an overlay, or the fallback, has no more than this.

    `of` maps the ids of the Orders to whose groups an event or an overlay applies to its articles.
    """

    id: str
    title: Words
    source: str
    of: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Commencement(Rule):
    """The new law began for a group on the day `in_force`, without notices."""

    order: Order
    in_force: date


@dataclass(frozen=True, slots=True)
class Cohort(Rule):
    """A group for which the old law stayed until a notice, an event or the day `swept_on`.

    `years` maps a school year to the year groups that it names; empty: whoever is left. `window`
    holds the first and the last day on which a notice was owed, to whoever still had identified
    needs on `sen_on` (None: no such test). `duty`, `sweep` and `appeal` are articles.
    """

    order: SavingOrder
    years: Mapping[int, frozenset[int]]
    below_school_age: bool
    sen_on: date | None
    window: tuple[date, date]
    duty: str
    swept_on: date
    sweep: str
    appeal: str | None


@dataclass(frozen=True, slots=True)
class Event(Rule):
    """What moves a pupil on the day it happens, unless something named in `blocked_by` holds."""

    event: str
    cause: Cause
    blocked_by: frozenset[str]
    not_for: frozenset[str]
    welsh_responsibility: bool
    not_in_english_area: bool


@dataclass(frozen=True, slots=True)
class Superseded:
    """A version that decides nothing any more: what it said, until when, and what ended it."""

    id: str
    says: Words
    source: str
    until: date
    ended_by: str
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class Schedule:
    """The whole schedule, in one version."""

    version: str
    implementation_ended_on: date
    pupil_referral_unit_body: Body
    orders: Mapping[str, Order]
    rules: Mapping[str, Rule]
    limits: Mapping[str, Limit]
    superseded: tuple[Superseded, ...]
