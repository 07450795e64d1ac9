"""The facts of one pupil from which the move from the old law to the new one is worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mis_bridge.domain.people import PersonKind, compulsory_school_age_ends, person_kind
from mis_bridge.domain.schedule_rules import Body, System
from mis_bridge.domain.year_groups import YearGroups, school_year_of


class ProvisionCode(StrEnum):
    """What a record says of a pupil; PRE_STATEMENT is a matter of S.I. 2022/892 art. 1(8)."""

    SA = "SA"
    SAP = "SAP"
    EYA = "EYA"
    EYAP = "EYAP"
    STATEMENT = "STATEMENT"
    PRE_STATEMENT = "PRE_STATEMENT"
    EHC = "EHC"
    NONE = "NONE"


ACTION = frozenset({ProvisionCode.SA, ProvisionCode.SAP, ProvisionCode.EYA, ProvisionCode.EYAP})
OLD_LAW_CODES = ACTION | {ProvisionCode.STATEMENT, ProvisionCode.PRE_STATEMENT}


class SchoolKind(StrEnum):
    """Where a pupil is taught."""

    MAINTAINED_MAINSTREAM = "maintained_mainstream"
    MAINTAINED_SPECIAL = "maintained_special"
    MAINTAINED_NURSERY = "maintained_nursery"
    PRU = "pru"
    INDEPENDENT = "independent"
    EHE = "ehe"
    EOTAS = "eotas"
    FEI = "fei"
    NONE = "none"


MAINTAINED = frozenset(
    {
        SchoolKind.MAINTAINED_MAINSTREAM,
        SchoolKind.MAINTAINED_SPECIAL,
        SchoolKind.MAINTAINED_NURSERY,
        SchoolKind.PRU,
    }
)
NOT_AT_SCHOOL = frozenset({SchoolKind.EHE, SchoolKind.EOTAS, SchoolKind.NONE})


class NoticeKind(StrEnum):
    """The notices of the saving Orders; the first two decide about ALN, the third does not."""

    IDP_NOTICE = "IDP_NOTICE"
    NO_IDP_NOTICE = "NO_IDP_NOTICE"
    ALN_NOTICE = "ALN_NOTICE"


class EventKind(StrEnum):
    """What happened to a pupil since the day that decides the group."""

    DEREGISTERED = "deregistered"
    STATEMENT_CEASED = "statement_ceased"
    REQUEST_FOR_NOTICE = "request_for_notice"
    REQUEST_FOR_ALN_NOTICE = "request_for_aln_notice"
    BECAME_LOOKED_AFTER = "became_looked_after"
    CEASED_LOOKED_AFTER = "ceased_looked_after"
    BECAME_DUAL_REGISTERED = "became_dual_registered"
    CEASED_DUAL_REGISTERED = "ceased_dual_registered"
    CEASED_EOTAS = "ceased_eotas"
    MOVED_LA_AREA = "moved_la_area"


@dataclass(frozen=True, slots=True, order=True)
class NoticeGiven:
    """A notice with its day; `given_by` None where the record does not say."""

    on: date
    kind: NoticeKind
    given_by: Body | None = None


@dataclass(frozen=True, slots=True, order=True)
class Happening:
    """An event with its day; `reason` as recorded, None where there is none."""

    on: date
    kind: EventKind
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal about a statement, or the time for one.

    `made` None is not known. A withdrawal counts as determination. `ordered` holds the day on
    which each action that the Tribunal ordered was done, None for one still to be done.
    """

    made: bool | None = None
    made_on: date | None = None
    period_ends: date | None = None
    determined_on: date | None = None
    ordered: tuple[date | None, ...] = ()

    @property
    def was_made(self) -> bool:
        """Whether an appeal was made: said so, or shown by its date, its end or an order."""
        shown = self.made_on is not None or self.determined_on is not None or self.ordered
        return bool(self.made or shown)

    @property
    def over_on(self) -> date | None:
        """The day on which the appeal was over: an action already ordered and done shows it."""
        done = min((on for on in self.ordered if on is not None), default=None)
        return self.determined_on or done


@dataclass(frozen=True, slots=True, repr=False)
class TransitionCase:
    """Everything the schedule looks at; None means not known, an empty collection nothing on file.

    `on` is the day asked about. `provisions` holds what was recorded on a snapshot day, `current`
    what is recorded on `on`. The flags are those of the day that decides; later changes are events.
    `stipulated` is shown and never interpreted.
    """

    on: date | None = None
    dob: date | None = None
    groups: YearGroups = field(default_factory=YearGroups)
    school_kind: SchoolKind | None = None
    school_kind_at: Mapping[date, SchoolKind] = field(default_factory=dict)
    provisions: Mapping[date, frozenset[ProvisionCode]] = field(default_factory=dict)
    current: frozenset[ProvisionCode] = frozenset()
    first_identified_on: date | None = None
    looked_after: bool | None = None
    dual_registered: bool | None = None
    detained: bool | None = None
    in_area_of_english_la: bool | None = None
    la_in_wales_responsible: bool | None = None
    lacks_capacity: bool | None = None
    already_in: System | None = None
    specialist_post_16: bool = False
    notices: tuple[NoticeGiven, ...] = ()
    happenings: tuple[Happening, ...] = ()
    appeal: Appeal | None = None
    stipulated: str | None = None

    def __repr__(self) -> str:
        return f"TransitionCase(on={self.on!r})"

    def kind_at(self, day: date) -> SchoolKind | None:
        """Return where the pupil was taught on `day`."""
        return self.school_kind_at.get(day, self.school_kind)

    @property
    def wales_is_responsible(self) -> bool:
        """Whether an authority in Wales is responsible; unknown is read from the area.

        Source: 2018 anaw 2 s.99(4) (an authority is responsible for those in its area).
        """
        if self.la_in_wales_responsible is not None:
            return self.la_in_wales_responsible
        return not self.in_area_of_english_la

    @property
    def is_authority_case(self) -> bool:
        """Whether the child counts as looked after, or as dual registered.

        Source: S.I. 2021/1244 arts 1-2; S.I. 2022/897 arts 1-2 (a child looked after in the area
        of an English authority does not count; a second registration only where an authority in
        Wales is responsible).
        """
        looked_after = bool(self.looked_after) and not self.in_area_of_english_la
        return looked_after or (bool(self.dual_registered) and self.wales_is_responsible)

    def person_on(self, day: date | None) -> PersonKind | None:
        """Return child or young person on `day`, None where no date of birth is known.

        Source: 2018 anaw 2 s.99(1).
        """
        return None if self.dob is None or day is None else person_kind(self.dob, day)

    def over_school_age_on(self, day: date) -> bool | None:
        """Say whether compulsory school age had ended before `day`, None where it is not known.

        Where no date of birth is known, the year group stands in for it.

        Source: Education Act 1996 s.8(3); S.I. 2022/893 art. 1.
        """
        if self.dob is not None:
            return day > compulsory_school_age_ends(self.dob)
        group = self.groups.in_year(school_year_of(day))
        return None if group is None else group.number > 11
