"""What tasks, decisions and people are called on a page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mis_bridge.domain.labels import relationship_label
from mis_bridge.domain.tasks import TaskKind
from mis_bridge.domain.words import Words

TASK_TITLES: Final[Mapping[TaskKind, Words]] = MappingProxyType(
    {
        TaskKind.DECIDE_ALN: Words(
            "Decide whether the pupil has ALN", "Penderfynu a oes gan y disgybl ADY"
        ),
        TaskKind.ASK_FOR_PLAN: Words(
            "Ask for the plan that the record claims",
            "Gofyn am y cynllun y mae'r cofnod yn ei honni",
        ),
        TaskKind.UNDECIDED_PUPIL: Words(
            "Decide: no decision on ALN is on record",
            "Penderfynu: nid oes penderfyniad ynghylch ADY ar gofnod",
        ),
        TaskKind.REFER_TO_LA: Words(
            "Refer the matter to the local authority", "Atgyfeirio'r mater at yr awdurdod lleol"
        ),
        TaskKind.RECORD_CONSENT: Words(
            "Record the young person's consent", "Cofnodi a yw'r person ifanc yn cydsynio"
        ),
        TaskKind.CONSIDER_REVIEW: Words(
            "Consider whether the plan is to be reviewed", "Ystyried a ddylid adolygu'r cynllun"
        ),
        TaskKind.REVIEW_PLAN: Words(
            "Review the plan before its period ends", "Adolygu'r cynllun cyn i'w gyfnod ddod i ben"
        ),
        TaskKind.TRANSFER_PLAN: Words("Transfer the plan", "Trosglwyddo'r cynllun"),
        TaskKind.RECEIVE_PLAN: Words(
            "Take over the plan of a pupil who has joined",
            "Cymryd cynllun disgybl sydd wedi ymuno",
        ),
        TaskKind.CHECK_RECIPIENTS: Words(
            "Check who is to receive the notice", "Gwirio pwy sydd i gael yr hysbysiad"
        ),
        TaskKind.CHECK_RECORD: Words("Check the record", "Gwirio'r cofnod"),
        TaskKind.SUPPLY_CALENDAR: Words("Supply the term dates", "Darparu dyddiadau'r tymor"),
    }
)

_OTHER: Final = Words("Other contact", "Cyswllt arall")

_PEOPLE: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "child": Words("The child", "Y plentyn"),
        "young_person": Words("The young person", "Y person ifanc"),
        "case_friend": Words("Case friend", "Cyfaill achos"),
        "representative": Words("Representative", "Cynrychiolydd"),
        "deputy": Words("Deputy (Court of Protection)", "Dirprwy (y Llys Gwarchod)"),
        "iro": Words("Independent reviewing officer", "Swyddog adolygu annibynnol"),
        "governing_body": Words("Governing body", "Corff llywodraethu"),
        "person_in_charge": Words(
            "Person in charge of the accommodation", "Y person sy'n gyfrifol am y llety"
        ),
        "other_body": Words("The other body", "Y corff arall"),
    }
)


def task_title(kind: str) -> Words:
    """Return what a task is called."""
    return TASK_TITLES[TaskKind(kind)]


def relationship(code: str | None) -> Words:
    """Return what a contact is to the pupil; a code without a name is another contact."""
    return relationship_label(code or "") or _OTHER


def person_in_notice(person: str) -> Words | None:
    """Return what somebody in a notice is called who is not one of the pupil's contacts.

    Of several in one capacity each has a number: `representative:2`.
    """
    return _PEOPLE.get(person.partition(":")[0])
