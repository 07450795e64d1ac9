"""What a person is told about what they record of who is who."""

from __future__ import annotations

from typing import Final

from mis_bridge.domain.words import Words

NOBODY_HERE: Final = Words(
    "There is nothing of the kind to record here.", "Nid oes dim o'r fath i'w gofnodi yma."
)
FILL_IN: Final = Words("{field}: fill this in.", "{field}: llenwch hwn.")
CHOOSE: Final = Words("{field}: choose one of the answers.", "{field}: dewiswch un o'r atebion.")
ONE_LINE: Final = Words(
    "{field}: write this on one line, in 200 characters at most.",
    "{field}: ysgrifennwch hwn ar un llinell, mewn 200 o nodau ar y mwyaf.",
)
TOO_LONG: Final = Words(
    "{field}: write this in 1,000 characters at most.",
    "{field}: ysgrifennwch hwn mewn 1,000 o nodau ar y mwyaf.",
)
DAY: Final = Words(
    "{field} Enter a date with day, month and year.",
    "{field} Rhowch ddyddiad, yn ddiwrnod, mis a blwyddyn.",
)
IN_THE_FUTURE: Final = Words(
    "{field} This day lies ahead. Enter today or an earlier day.",
    "{field} Mae'r diwrnod hwn yn y dyfodol. Rhowch heddiw neu ddiwrnod cynharach.",
)
TOO_EARLY: Final = Words(
    "{field} This day is before 1950. Check the year.",
    "{field} Mae'r diwrnod hwn cyn 1950. Gwiriwch y flwyddyn.",
)
ADDRESS: Final = Words(
    "Write one e-mail address, or mis: and the account (letters, digits and . _ @ -).",
    "Ysgrifennwch un cyfeiriad e-bost, neu mis: a'r cyfrif (llythrennau, rhifau a . _ @ -).",
)
AUTHORITY: Final = Words(
    "Say which authority looks after the child: the school refers to it.",
    "Nodwch pa awdurdod sy'n gofalu am y plentyn: ato ef y mae'r ysgol yn atgyfeirio.",
)
AREA: Final = Words(
    "Say whether the child is in the area of an authority in Wales or in England: in England the "
    "school decides and notifies.",
    "Nodwch a yw'r plentyn yn ardal awdurdod yng Nghymru neu yn Lloegr: yn Lloegr yr ysgol sy'n "
    "penderfynu ac yn hysbysu.",
)
ENDS_BEFORE_IT_BEGINS: Final = Words(
    "This day is before the first day on record. Enter a later one.",
    "Mae'r diwrnod hwn cyn y diwrnod cyntaf sydd ar gofnod. Rhowch un diweddarach.",
)
NOT_CURRENT: Final = Words(
    "This record was withdrawn, or a newer one has taken its place: only a current one can be "
    "withdrawn.",
    "Tynnwyd y cofnod hwn yn ôl, neu mae un mwy newydd wedi cymryd ei le: dim ond un cyfredol y "
    "gellir ei dynnu'n ôl.",
)
REASON: Final = Words(
    "Write why the record was wrong, in 2,000 characters at most; it is part of the record.",
    "Ysgrifennwch pam yr oedd y cofnod yn anghywir, mewn 2,000 o nodau ar y mwyaf; mae'n rhan o'r "
    "cofnod.",
)
