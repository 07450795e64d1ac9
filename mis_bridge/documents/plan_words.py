"""The fixed wording of a plan's document, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mis_bridge.domain.plan_life import PlanStatus
from mis_bridge.domain.words import Words

MARK = Words("DRAFT", "DRAFFT")
UNDECIDED = Words(
    "Draft. No decision about additional learning needs has been made here.",
    "Drafft. Nid oes penderfyniad ynghylch anghenion dysgu ychwanegol wedi'i wneud yma.",
)
DRAFT: Mapping[PlanStatus, Words] = MappingProxyType(
    {
        PlanStatus.DECIDED: Words(
            "Draft. It has been decided that there are additional learning needs; this plan is not "
            "final yet.",
            "Drafft. Penderfynwyd bod anghenion dysgu ychwanegol; nid yw'r cynllun hwn yn derfynol "
            "eto.",
        ),
        PlanStatus.CLOSED: Words(
            "This draft was closed. It never became a plan.",
            "Caewyd y drafft hwn. Ni ddaeth erioed yn gynllun.",
        ),
    }
)
# Said on a plan that was finalised once; one that is simply in force says nothing.
STATUS: Mapping[PlanStatus, Words] = MappingProxyType(
    {
        PlanStatus.UNDER_REVIEW: Words(
            "This plan is being reviewed. It stays in force until the review is concluded; what is "
            "shown here may contain changes that are not final yet.",
            "Mae'r cynllun hwn yn cael ei adolygu. Mae'n parhau mewn grym hyd nes y cwblheir yr "
            "adolygiad; gall yr hyn a ddangosir yma gynnwys newidiadau nad ydynt yn derfynol eto.",
        ),
        PlanStatus.TRANSFERRED: Words(
            "This plan was transferred. Another body is now responsible for it.",
            "Trosglwyddwyd y cynllun hwn. Corff arall sydd bellach yn gyfrifol amdano.",
        ),
        PlanStatus.CEASED: Words(
            "This plan is no longer maintained.", "Nid yw'r cynllun hwn yn cael ei gynnal mwyach."
        ),
    }
)
CHAPTER = Words("{code}. {title}", "{code}. {title}")
SECTION = Words("{code} {title}", "{code} {title}")
STILL_OPEN = Words("Still to be filled: {why}", "I'w lenwi o hyd: {why}")
UNCONFIRMED = Words(
    "(taken from an earlier record; nobody has confirmed it yet)",
    "(o gofnod cynharach; nid oes neb wedi'i gadarnhau eto)",
)
NONE_STATED = Words("None stated", "Dim wedi'i nodi")
ELEMENT = Words("Provision {number}", "Darpariaeth {number}")
HEALTH_ELEMENT = Words("NHS provision {number}", "Darpariaeth GIG {number}")
MILESTONES = Words("Appendix: short-term targets", "Atodiad: targedau tymor byr")
LEFT_OUT = Words(
    "Not carried over from the earlier plan", "Heb ei drosglwyddo o'r cynllun blaenorol"
)
MILESTONE_HEAD = (
    Words("Area", "Maes"),
    Words("Target", "Targed"),
    Words("Success criteria", "Meini prawf llwyddiant"),
    Words("Review", "Adolygu"),
    Words("Progress", "Cynnydd"),
)
LEFT_HEAD = (Words("Text", "Testun"), Words("Why", "Pam"))
OTHER = Words("Also held in this plan", "Hefyd yn y cynllun hwn")
ABOUT_FORM = Words("About this form", "Ynghylch y ffurflen hon")
FACT_LABELS: Mapping[str, Words] = MappingProxyType(
    {
        "edition": Words("Edition", "Argraffiad"),
        "finalised_on": Words("Made final on", "Cwblhawyd ar"),
        "maintained_by": Words("Maintained by", "Cynhelir gan"),
        "ended_on": Words("Ended on", "Daeth i ben ar"),
        "form": Words("Form", "Ffurflen"),
        "version": Words("Version of the form", "Fersiwn y ffurflen"),
        "source": Words("Source", "Ffynhonnell"),
    }
)
UNVERIFIED_FORM = Words(
    "Not verified: this form was made from the Act and from what others report of the Code; nobody "
    "has compared it with the Code's own text.",
    "Heb ei wirio: lluniwyd y ffurflen hon o'r Ddeddf ac o'r hyn y mae eraill yn ei adrodd am y "
    "Cod; nid oes neb wedi'i chymharu â thestun y Cod ei hun.",
)
UNVERIFIED = Words(
    "Not verified against the Code's own text: {fields}.",
    "Heb ei wirio yn erbyn testun y Cod ei hun: {fields}.",
)
# The parts of an entry of a list, in the order in which a table shows them.
PARTS: Mapping[str, Words] = MappingProxyType(
    {
        "name": Words("Name", "Enw"),
        "role": Words("Role", "Rôl"),
        "basis": Words("Basis", "Sail"),
        "language": Words("Language", "Iaith"),
        "address": Words("Address", "Cyfeiriad"),
        "phone": Words("Telephone", "Ffôn"),
        "email": Words("E-mail", "E-bost"),
        "date": Words("Date", "Dyddiad"),
        "source": Words("Source", "Ffynhonnell"),
        "author": Words("Author", "Awdur"),
        "event": Words("Event", "Digwyddiad"),
        "summary": Words("Summary", "Crynodeb"),
        "difference_of_opinion": Words("Difference of opinion", "Gwahaniaeth barn"),
        "to": Words("To whom", "I bwy"),
        "way": Words("How", "Sut"),
        "on": Words("On", "Ar"),
        "edition": Words("Edition", "Argraffiad"),
    }
)
