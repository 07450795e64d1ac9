"""What the fields of a plan's forms say beside their labels, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mis_bridge.domain.words import Words

NO_CHOICE: Final = Words("Not stated", "Heb ei nodi")
BODIES_FILL: Final = Words(
    "Filled in by itself when the plan is finalised, or a copy is given.",
    "Fe'i llenwir ohono'i hun pan gwblheir y cynllun, neu pan roddir copi.",
)
PART_LABELS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "name": Words("Name", "Enw"),
        "role": Words("Who they are to the learner", "Pwy ydynt i'r dysgwr"),
        "basis": Words("Basis", "Sail"),
        "address": Words("Address", "Cyfeiriad"),
        "language": Words("Language for letters", "Iaith ar gyfer llythyrau"),
        "source": Words("What it is (a report, a meeting)", "Beth ydyw (adroddiad, cyfarfod)"),
        "author": Words("Who it is from", "Gan bwy y mae"),
        "date": Words("Date", "Dyddiad"),
        "summary": Words("What it says", "Yr hyn y mae'n ei ddweud"),
        "difference_of_opinion": Words("Difference of opinion", "Gwahaniaeth barn"),
        "event": Words("Event", "Digwyddiad"),
    }
)
HINTS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "plan.contact": Words(
            "Left empty, the school's or authority's own address is put here.",
            "Os gadewir yn wag, rhoddir cyfeiriad yr ysgol neu'r awdurdod ei hun yma.",
        ),
        "contacts[].address": Words(
            "Everybody who is given a copy of the plan reads it. Leave it empty where somebody "
            "must not learn it.",
            "Bydd pawb sy'n cael copi o'r cynllun yn ei ddarllen. Gadewch ef yn wag lle na ddylai "
            "rhywun ddod i'w wybod.",
        ),
        "profile.admire": Words(
            "In the learner's own words, as they said or showed it.",
            "Yng ngeiriau'r dysgwr ei hun, fel y dywedodd neu y dangosodd.",
        ),
        "profile.important": Words(
            "In the learner's own words: people, things, routines, hopes.",
            "Yng ngeiriau'r dysgwr ei hun: pobl, pethau, arferion, gobeithion.",
        ),
        "profile.support": Words(
            "In the learner's own words: what helps, and what does not.",
            "Yng ngeiriau'r dysgwr ei hun: beth sy'n helpu, a beth nad yw'n helpu.",
        ),
        "aln.description": Words(
            "Plain and complete. Name a diagnosis where there is one, and say why these are ALN "
            "where that is not obvious.",
            "Yn eglur ac yn gyflawn. Enwch ddiagnosis lle mae un, a dywedwch pam mae'r rhain yn "
            "ADY lle nad yw hynny'n amlwg.",
        ),
        "aln.impact": Words(
            "What is harder in lessons, in play and in the day, and by how much.",
            "Beth sy'n anoddach mewn gwersi, wrth chwarae ac yn y dydd, a faint.",
        ),
        "alp.outcome": Words(
            "What the learner will be able to do: one outcome, measurable and dated.",
            "Yr hyn y bydd y dysgwr yn gallu ei wneud: un deilliant, mesuradwy a dyddiedig.",
        ),
        "alp.measure": Words(
            "How anybody will see that it is reached, and by when.",
            "Sut y bydd rhywun yn gweld iddo gael ei gyrraedd, ac erbyn pryd.",
        ),
        "alp.provision": Words(
            "What, by whom, how often, for how long, one to one or in a group of what size.",
            "Beth, gan bwy, pa mor aml, am ba hyd, un i un neu mewn grŵp o ba faint.",
        ),
        "alp.in_welsh": Words(
            "This is about the provision, not about the language of letters.",
            "Mae hyn yn ymwneud â'r ddarpariaeth, nid ag iaith llythyrau.",
        ),
        "alp.provider": Words(
            "For example the school, or the local authority's specialist teachers.",
            "Er enghraifft yr ysgol, neu athrawon arbenigol yr awdurdod lleol.",
        ),
        "alp.review": Words(
            "Give a review date or, below, an end date: one of the two.",
            "Rhowch ddyddiad adolygu neu, isod, ddyddiad gorffen: un o'r ddau.",
        ),
        "alp.end": Words(
            "Only where it is clear that it will not be needed after that day.",
            "Dim ond lle mae'n glir na fydd ei hangen ar ôl y diwrnod hwnnw.",
        ),
        "alp.rationale": Words(
            "Why this provision is called for. You may point to the record of information, unless "
            "opinions differ.",
            "Pam mae angen y ddarpariaeth hon. Cewch gyfeirio at y cofnod o wybodaeth, oni bai bod "
            "barn yn wahanol.",
        ),
        "health_alp.nhs_body": Words(
            "The Local Health Board or NHS trust that identified it.",
            "Y Bwrdd Iechyd Lleol neu'r ymddiriedolaeth GIG a'i nododd.",
        ),
        "transition": Words(
            "A change of class, phase or school, or the way into adult life, if one is near.",
            "Newid dosbarth, cyfnod neu ysgol, neu'r ffordd i fywyd oedolyn, os oes un ar ddod.",
        ),
        "travel": Words(
            "Only where the learner needs arrangements because of the ALN.",
            "Dim ond lle mae ar y dysgwr angen trefniadau oherwydd yr ADY.",
        ),
        "record[].difference_of_opinion": Words(
            "Who saw it otherwise, and how. Leave it empty where nobody did.",
            "Pwy oedd o farn wahanol, a sut. Gadewch yn wag os nad oedd neb.",
        ),
    }
)
PARTS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "person": Words("The learner", "Y dysgwr"),
        "contacts": Words("Contacts", "Cysylltiadau"),
        "plan": Words("Responsibility and dates", "Cyfrifoldeb a dyddiadau"),
        "looked_after": Words("Care", "Gofal"),
        "profile": Words("One-page profile", "Proffil un dudalen"),
        "aln": Words("Additional learning needs", "Anghenion dysgu ychwanegol"),
        "alp": Words("Additional learning provision", "Darpariaeth ddysgu ychwanegol"),
        "health_alp": Words(
            "Provision that an NHS body is to secure", "Darpariaeth y mae corff GIG i'w sicrhau"
        ),
        "place": Words("Place, board and lodging", "Lle, bwyd a llety"),
        "record": Words("Record of information used", "Cofnod o'r wybodaeth a ddefnyddiwyd"),
        "timeline": Words("Timeline of key events", "Llinell amser o ddigwyddiadau allweddol"),
        "transition": Words("Transition", "Pontio"),
        "travel": Words("Travel", "Teithio"),
        "milestones": Words("Short-term targets", "Targedau tymor byr"),
    }
)
PROVISION: Final = Words("Provision {number}", "Darpariaeth {number}")
HEALTH_PROVISION: Final = Words("NHS provision {number}", "Darpariaeth GIG {number}")
NEW_PROVISION: Final = Words("A new provision", "Darpariaeth newydd")
NEW_HEALTH_PROVISION: Final = Words("A new NHS provision", "Darpariaeth GIG newydd")
ENTRY: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "contacts": Words("Contact {number}", "Cyswllt {number}"),
        "record": Words("Source {number}", "Ffynhonnell {number}"),
        "timeline": Words("Event {number}", "Digwyddiad {number}"),
    }
)
NEW_ENTRY: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "contacts": Words("A new contact", "Cyswllt newydd"),
        "record": Words("A new source", "Ffynhonnell newydd"),
        "timeline": Words("A new event", "Digwyddiad newydd"),
    }
)
