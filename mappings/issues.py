"""What a mapping could not read in a record: place and shape of the value, never the value."""

from __future__ import annotations

from dataclasses import dataclass

from mappings.values import shape_of
from mis_bridge.domain.words import Words

_REASONS = {
    "unreadable": Words(
        "{target}: the value cannot be read and was left out.",
        "{target}: ni ellir darllen y gwerth ac fe'i gadawyd allan.",
    ),
    "unknown_code": Words(
        "{target}: no table translates the code.",
        "{target}: nid oes tabl yn cyfieithu'r cod.",
    ),
    "required": Words(
        "{target}: the record has no value, and cannot be used without one.",
        "{target}: nid oes gwerth gan y cofnod, ac ni ellir ei ddefnyddio hebddo.",
    ),
    "unknown_code_rejected": Words(
        "{target}: no table translates the code, and the mapping rejects such records.",
        "{target}: nid oes tabl yn cyfieithu'r cod, ac mae'r mapio'n gwrthod cofnodion o'r fath.",
    ),
    "blank_rejected": Words(
        "{target}: the value is missing, and the mapping rejects such records.",
        "{target}: mae'r gwerth ar goll, ac mae'r mapio'n gwrthod cofnodion o'r fath.",
    ),
    "unreadable_rejected": Words(
        "{target}: the value cannot be read, and a figure is never guessed. Correct it in the "
        "source and import the file again.",
        "{target}: ni ellir darllen y gwerth, ac ni ddyfelir ffigur byth. Cywirwch ef yn y "
        "ffynhonnell a mewnforiwch y ffeil eto.",
    ),
    "no_day": Words(
        "{target}: the row says neither on which day nor in which week it was. Map a date or a "
        "week to it.",
        "{target}: nid yw'r rhes yn dweud ar ba ddiwrnod nac ym mha wythnos y bu. Mapiwch ddyddiad "
        "neu wythnos iddi.",
    ),
    "no_reference": Words(
        "{target}: the row does not say which provision it tells of. Map its name or its number.",
        "{target}: nid yw'r rhes yn dweud am ba ddarpariaeth y mae'n sôn. Mapiwch ei henw neu ei "
        "rhif.",
    ),
    "no_amount": Words(
        "{target}: the row has neither an amount nor a mark. Give minutes or sessions, or a mark "
        "with a date.",
        "{target}: nid oes swm na marc yn y rhes. Rhowch funudau neu sesiynau, neu farc gyda "
        "dyddiad.",
    ),
    "contradicts": Words(
        "{target}: the row contradicts itself. Correct it in the source and import the file again.",
        "{target}: mae'r rhes yn gwrth-ddweud ei hun. Cywirwch hi yn y ffynhonnell a mewnforiwch y "
        "ffeil eto.",
    ),
    "more_than_possible": Words(
        "{target}: more sessions were attended than were possible. Correct it in the source and "
        "import the file again.",
        "{target}: mynychwyd mwy o sesiynau nag oedd yn bosibl. Cywirwch hyn yn y ffynhonnell a "
        "mewnforiwch y ffeil eto.",
    ),
    "nobody": Words(
        "The record has no name, no date of birth and no UPN: nothing in it says whose it is.",
        "Nid oes enw, dyddiad geni na UPN yn y cofnod: nid oes dim ynddo'n dweud pwy ydyw.",
    ),
    "not_a_record": Words(
        "The source holds something other than a record here.",
        "Mae rhywbeth heblaw cofnod yn y ffynhonnell yma.",
    ),
}


@dataclass(frozen=True, slots=True)
class MappingIssue:
    """One thing that went wrong with one target; `rejects`: the whole record is refused."""

    kind: str
    target: str
    path: str
    value_seen: str
    rejects: bool = False

    @property
    def reason(self) -> Words:
        """The reason for a person."""
        return _REASONS[self.kind].fill(target=self.target)


class RecordRejected(Exception):
    """Ends the mapping of one record; carries the issue that ended it."""

    def __init__(self, issue: MappingIssue) -> None:
        super().__init__(issue.kind)
        self.issue = issue


def unreadable(target: str, value: object, kind: str = "unreadable") -> MappingIssue:
    """Return the issue for a value that was left out."""
    return MappingIssue(kind, target, target, shape_of(value))


def rejection(kind: str, target: str, value: object) -> RecordRejected:
    """Return the error that refuses the whole record."""
    return RecordRejected(MappingIssue(kind, target, target, shape_of(value), rejects=True))
