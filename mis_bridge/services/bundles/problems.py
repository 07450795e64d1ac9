"""Why a bundle that is whole and signed is not taken in, in words for the person who tried."""

from __future__ import annotations

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words


class BundleNotTaken(Problem):
    """A bundle is not taken in; `field` names the field of the form that would settle it."""

    def __init__(self, words: Words, *, field: str = "bundle") -> None:
        super().__init__(words)
        self.field = field


class PupilToChoose(BundleNotTaken):
    """No UPN says whose plan it is; `pupils` are those with its name and date of birth."""

    def __init__(self, pupils: tuple[str, ...]) -> None:
        super().__init__(_CHOOSE if pupils else _NOBODY, field="pupil")
        self.pupils = pupils


class MaintainerToSay(BundleNotTaken):
    """The law that was read does not say who maintains the plan now: a person must."""

    def __init__(self, source: str) -> None:
        super().__init__(_WHO_MAINTAINS.fill(source=source), field="maintainer")


MANIFEST = Words(
    "The bundle's manifest does not say what it must: see {key}. Ask the sender for a new bundle.",
    "Nid yw maniffest y bwndel yn dweud yr hyn y mae'n rhaid: gweler {key}. Gofynnwch i'r anfonwr "
    "am fwndel newydd.",
)
FOR_ANOTHER = Words(
    "The bundle was made for {body}, and that is not this school. Nothing was taken in: pass it on "
    "to nobody, and tell the sender.",
    "Gwnaed y bwndel i {body}, ac nid yr ysgol hon yw honno. Ni dderbyniwyd dim: peidiwch â'i roi "
    "i neb arall, a dywedwch wrth yr anfonwr.",
)
AHEAD = Words(
    "The plan was finalised, or a copy of it given, on a day that lies ahead. Nothing was taken "
    "in: ask the sender for a new bundle.",
    "Cwblhawyd y cynllun, neu rhoddwyd copi ohono, ar ddiwrnod sydd eto i ddod. Ni dderbyniwyd "
    "dim: gofynnwch i'r anfonwr am fwndel newydd.",
)
OTHER_PERSON = Words(
    "The unique pupil number and what else the bundle says of the person do not belong to one "
    "pupil here. Nothing was taken in: compare the two records, and have the wrong one corrected.",
    "Nid yw'r rhif disgybl unigryw a'r hyn arall y mae'r bwndel yn ei ddweud am y person yn "
    "perthyn i'r un disgybl yma. Ni dderbyniwyd dim: cymharwch y ddau gofnod, a threfnwch gywiro'r "
    "un anghywir.",
)
NOT_ALIKE = Words(
    "That pupil does not have the plan's name and date of birth, or has another unique pupil "
    "number. Nothing was taken in: choose the right pupil, or have the record corrected.",
    "Nid oes gan y disgybl hwnnw enw a dyddiad geni'r cynllun, neu mae ganddo rif disgybl unigryw "
    "arall. Ni dderbyniwyd dim: dewiswch y disgybl cywir, neu trefnwch gywiro'r cofnod.",
)
OLDER = Words(
    "A newer edition of this plan is here already. Nothing was taken in.",
    "Mae argraffiad mwy newydd o'r cynllun hwn yma eisoes. Ni dderbyniwyd dim.",
)
CEASED = Words(
    "This edition was here before, and the plan has ceased. Nothing was taken in.",
    "Bu'r argraffiad hwn yma o'r blaen, ac mae'r cynllun wedi dod i ben. Ni dderbyniwyd dim.",
)
HAS_PLAN = Words(
    "The pupil has a plan here that has not ended, and nobody has two. Nothing was taken in: open "
    "that plan and bring what is new into it by a review; or, if it has gone to another body, "
    "record that first.",
    "Mae gan y disgybl gynllun yma nad yw wedi dod i ben, ac nid oes gan neb ddau. Ni dderbyniwyd "
    "dim: agorwch y cynllun hwnnw a dewch â'r hyn sy'n newydd iddo drwy adolygiad; neu, os yw wedi "
    "mynd at gorff arall, cofnodwch hynny'n gyntaf.",
)
OTHER_MAINTAINER = Words(
    "The law names another body as the one that maintains the plan now ({source}). Leave this "
    "open.",
    "Mae'r gyfraith yn enwi corff arall fel yr un sy'n cynnal y cynllun yn awr ({source}). Gadewch "
    "hyn yn agored.",
)
HERE_NOW = Words(
    "The plan came from the other body and was taken in.",
    "Daeth y cynllun oddi wrth y corff arall ac fe'i derbyniwyd.",
)
PLAN_STANDS = Words(
    "An individual development plan is maintained for the pupil, so there is no duty to decide.",
    "Cynhelir cynllun datblygu unigol i'r disgybl, felly nid oes dyletswydd i benderfynu.",
)
_CHOOSE = Words(
    "No unique pupil number says whose plan this is. Choose the pupil: name and date of birth "
    "agree. Nothing was taken in yet.",
    "Nid oes rhif disgybl unigryw yn dweud cynllun pwy yw hwn. Dewiswch y disgybl: mae'r enw a'r "
    "dyddiad geni'n cytuno. Ni dderbyniwyd dim eto.",
)
_NOBODY = Words(
    "No pupil of this school has the plan's unique pupil number, or its name and date of birth. "
    "Nothing was taken in: let the pupil join the register from the MIS first, then try again.",
    "Nid oes gan unrhyw ddisgybl yn yr ysgol hon rif disgybl unigryw'r cynllun, na'i enw a'i "
    "ddyddiad geni. Ni dderbyniwyd dim: gadewch i'r disgybl ymuno â'r gofrestr o'r MIS yn gyntaf, "
    "yna rhowch gynnig arall arni.",
)
_WHO_MAINTAINS = Words(
    "The law that was read does not settle which body maintains this plan now ({source}). Find "
    "out, and say which: nothing was taken in yet.",
    "Nid yw'r gyfraith a ddarllenwyd yn penderfynu pa gorff sy'n cynnal y cynllun hwn yn awr "
    "({source}). Canfyddwch, a nodwch pa un: ni dderbyniwyd dim eto.",
)
