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
CHILD: Final = Words(
    "A child: receives in their own name unless what is recorded here says otherwise; each parent "
    "receives as well.",
    "Plentyn: yn derbyn yn ei enw ei hun oni bai fod yr hyn a gofnodir yma yn dweud fel arall; mae "
    "pob rhiant yn derbyn hefyd.",
)
YOUNG_PERSON: Final = Words(
    "A young person: receives alone, and the parents do not, unless the young person lacks "
    "capacity.",
    "Person ifanc: yn derbyn ar ei ben ei hun, ac nid y rhieni, oni bai nad oes gan y person ifanc "
    "alluedd.",
)
PARENT: Final = Words(
    "A parent by the record of the MIS or by what a person recorded: receives in their own name.",
    "Rhiant yn ôl cofnod yr MIS neu'r hyn a gofnododd person: yn derbyn yn ei enw ei hun.",
)
PARENT_OPEN: Final = Words(
    "The record does not settle whether this person is told as a parent.",
    "Nid yw'r cofnod yn setlo a gaiff y person hwn ei hysbysu fel rhiant.",
)
PARENT_OF_YOUNG_PERSON: Final = Words(
    "A parent of a young person: receives only as representative of a young person who lacks "
    "capacity and has nobody with authority.",
    "Rhiant i berson ifanc: yn derbyn dim ond fel cynrychiolydd i berson ifanc nad oes ganddo "
    "alluedd nac unrhyw un ag awdurdod.",
)
NO_PARENT: Final = Words(
    "No parent by the record of the MIS: receives nothing.",
    "Heb fod yn rhiant yn ôl cofnod yr MIS: nid yw'n derbyn dim.",
)
STANDS_HERE_BY_RECORD: Final = Words(
    "Known only because a person recorded it here; what is recorded says when they receive.",
    "Yn hysbys dim ond am fod person wedi'i gofnodi yma; mae'r cofnod yn dweud pryd y maent yn "
    "derbyn.",
)
REPRESENTS: Final = Words("Represents", "Yn cynrychioli")
GROUND: Final = Words("On what ground", "Ar ba sail")
OTHER_FACT: Final = Words("A recorded fact", "Ffaith a gofnodwyd")
CONFIRMED_TITLE: Final = Words("Told as a parent", "Yn cael ei hysbysu fel rhiant")
CONFIRMED: Final = Words(
    "A person settled that this contact receives as a parent.",
    "Setlodd person fod y cyswllt hwn yn derbyn fel rhiant.",
)
WITHHELD_TITLE: Final = Words("Not told as a parent", "Ddim yn cael ei hysbysu fel rhiant")
WITHHELD: Final = Words(
    "A person settled that this contact receives nothing as a parent.",
    "Setlodd person nad yw'r cyswllt hwn yn derbyn dim fel rhiant.",
)
