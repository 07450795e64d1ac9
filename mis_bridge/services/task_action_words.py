"""What a person is told about an action on a task, and why one is refused."""

from __future__ import annotations

from collections.abc import Mapping

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Language, Words


class ActionRefused(Problem):
    """Something was entered that cannot be taken; `field` names the field of the form."""

    def __init__(self, field: str, words: Words) -> None:
        super().__init__(words)
        self.field = field


class SomebodyWasFirst(Problem):
    """The task is no longer as the person saw it."""

    def __init__(self) -> None:
        super().__init__(
            Words(
                "Somebody else has changed this task since you opened it. Nothing of yours was "
                "saved: look at the task as it now stands, and enter it again if that is still "
                "needed.",
                "Mae rhywun arall wedi newid y dasg hon ers i chi ei hagor. Ni chadwyd dim o'r hyn "
                "a roesoch: edrychwch ar y dasg fel y mae nawr, a rhowch ef eto os oes ei angen o "
                "hyd.",
            )
        )


class TaskGone(Problem):
    """There is no such task for this person."""

    def __init__(self) -> None:
        super().__init__(Words("There is no such task.", "Nid oes tasg o'r fath."))


CONFIRMED = Words(
    "A person confirmed that the matter came to the school's attention on {day}; it had been "
    "received on {receipt}.",
    "Cadarnhaodd person i'r mater ddod i sylw'r ysgol ar {day}; fe'i derbyniwyd ar {receipt}.",
)
GIVEN = Words(
    "The notification, or a copy of the plan, was given on {day}.",
    "Rhoddwyd yr hysbysiad, neu gopi o'r cynllun, ar {day}.",
)
LATER_THAN_RECEIPT = Words(
    "The matter was received on {receipt}, so it came to attention on that day at the latest. "
    "Enter that day or an earlier one.",
    "Derbyniwyd y mater ar {receipt}, felly tynnwyd sylw ato ar y diwrnod hwnnw fan bellaf. Rhowch "
    "y diwrnod hwnnw neu un cynharach.",
)
IN_THE_FUTURE = Words(
    "This day lies ahead. Enter today or an earlier day.",
    "Mae'r diwrnod hwn yn y dyfodol. Rhowch heddiw neu ddiwrnod cynharach.",
)
NOT_STAFF = Words(
    "Choose somebody who has a role in this school.",
    "Dewiswch rywun sydd â rôl yn yr ysgol hon.",
)
CHOOSE = Words("Choose what was decided.", "Dewiswch beth a benderfynwyd.")
REASONS = Words(
    "Give the reasons; they are part of the record.",
    "Rhowch y rhesymau; maent yn rhan o'r cofnod.",
)
TOO_LONG = Words(
    "The reasons are longer than 20,000 characters. Shorten them.",
    "Mae'r rhesymau'n hwy na 20,000 o nodau. Byrhewch nhw.",
)
DECIDE_FIRST = Words("Record the decision first.", "Cofnodwch y penderfyniad yn gyntaf.")
GIVEN_BEFORE_DECIDED = Words(
    "The notification cannot have been given before the decision.",
    "Ni all yr hysbysiad fod wedi'i roi cyn y penderfyniad.",
)
GIVE_THE_COPIES = Words(
    "The plan's copies are ready to be given: record each one on the page of its notice. The task "
    "closes with the last of them.",
    "Mae copïau'r cynllun yn barod i'w rhoi: cofnodwch bob un ar dudalen ei hysbysiad. Daw'r dasg "
    "i ben gyda'r olaf ohonynt.",
)
REASONS_IN: Mapping[Language, Words] = {
    "en": Words(
        "Write the reasons in English too: the letter goes out in both languages.",
        "Ysgrifennwch y rhesymau yn Saesneg hefyd: yn y ddwy iaith y mae'r llythyr yn mynd allan.",
    ),
    "cy": Words(
        "Write the reasons in Welsh too: the letter goes out in both languages.",
        "Ysgrifennwch y rhesymau yn Gymraeg hefyd: yn y ddwy iaith y mae'r llythyr yn mynd allan.",
    ),
}
NOT_THE_SCHOOLS = Words(
    "{because} Choose that the duty to decide does not apply, and refer the matter.",
    "{because} Dewiswch nad yw'r ddyletswydd i benderfynu yn gymwys, ac atgyfeiriwch y mater.",
)
CONSENT_WANTED = Words(
    "The pupil is a young person, so a decision needs their consent (or that of whoever represents "
    "a young person who lacks capacity). Enter the day on which it was given.",
    "Person ifanc yw'r disgybl, felly mae angen cydsyniad y person ifanc ar gyfer penderfyniad "
    "(neu gydsyniad pwy bynnag sy'n cynrychioli person ifanc nad oes ganddo alluedd). Rhowch y "
    "diwrnod y rhoddwyd ef.",
)
CONSENT_AFTER = Words(
    "The consent came after the decision. Enter a day of decision that is not earlier than the "
    "consent.",
    "Daeth y cydsyniad ar ôl y penderfyniad. Rhowch ddiwrnod penderfynu nad yw'n gynharach na'r "
    "cydsyniad.",
)
