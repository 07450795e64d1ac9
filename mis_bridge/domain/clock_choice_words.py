"""Why a period runs, from that day or not at all, in both languages."""

from __future__ import annotations

from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.words import Words

FROM_TRIGGER = Words(
    "The trigger is of {on}; nothing else moves it.",
    "Dyddiad y sbardun yw {on}; nid oes dim arall yn ei symud.",
)
CONSENT_STARTS = Words(
    "A young person's period starts with consent, given on {on}; the day of the concern is kept, "
    "and does not start it.",
    "Gyda chydsyniad y mae cyfnod person ifanc yn dechrau, a gydsyniodd ar {on}; cedwir dyddiad y "
    "pryder, ond nid yw'n ei ddechrau.",
)
REFUSED = Words(
    "The young person does not consent: there is no duty to decide. Record the refusal and its "
    "date.",
    "Nid yw'r person ifanc yn cydsynio: nid oes dyletswydd i benderfynu. Cofnodwch y gwrthodiad "
    "a'i ddyddiad.",
)
AWAITED = Words(
    "The young person has not consented yet: no period runs until then. Keep the day of the "
    "concern.",
    "Nid yw'r person ifanc wedi cydsynio eto: nid oes cyfnod yn rhedeg tan hynny. Cadwch ddyddiad "
    "y pryder.",
)
AWAITED_DATE = Words(
    "The young person has consented, and the period runs from the day of consent, which is not "
    "known.",
    "Mae'r person ifanc wedi cydsynio, ac mae'r cyfnod yn rhedeg o ddiwrnod y cydsyniad, nad yw'n "
    "hysbys.",
)
NO_DATE = Words(
    "the day that starts the period is not known, so no date is worked out",
    "nid yw'r diwrnod sy'n dechrau'r cyfnod yn hysbys, felly ni chyfrifir dyddiad",
)
CHILD_NEEDS_NO_CONSENT = Words(
    "a child's consent starts no period: the day on which the matter came to attention does",
    "nid yw cydsyniad plentyn yn dechrau cyfnod: y diwrnod y tynnwyd sylw at y mater sy'n gwneud",
)
CHILD_AT_FEI = Words(
    "An institution in the further education sector decides for young persons only: for a child "
    "the decision is the local authority's.",
    "Dim ond ynghylch pobl ifanc y mae sefydliad yn y sector addysg bellach yn penderfynu: "
    "ynghylch plentyn, yr awdurdod lleol sy'n penderfynu.",
)
SCHOOL_NOT_APPEALABLE = Words(
    "A maintained school's decision cannot be appealed to the Tribunal: the local authority is "
    "asked to reconsider it.",
    "Ni ellir apelio i'r Tribiwnlys yn erbyn penderfyniad ysgol a gynhelir: gofynnir i'r awdurdod "
    "lleol ei ailystyried.",
)
NO_CLOCK = Words(
    "No statutory period runs for this body on this trigger.",
    "Nid oes cyfnod statudol yn rhedeg i'r corff hwn ar y sbardun hwn.",
)
BODY_DIFFERS = Words(
    "the period that follows from this trigger does not bind the body named ({body})",
    "nid yw'r cyfnod sy'n dilyn y sbardun hwn yn rhwymo'r corff a enwyd ({body})",
)
PERSON_ASSUMED = {
    PersonKind.CHILD: Words(
        "not said whether child or young person: a child was assumed, so that no period starts "
        "late",
        "ni ddywedwyd ai plentyn ynteu person ifanc: tybiwyd plentyn, fel na ddechreuo'r un cyfnod "
        "yn hwyr",
    ),
    PersonKind.YOUNG_PERSON: Words(
        "not said whether child or young person: a young person was assumed",
        "ni ddywedwyd ai plentyn ynteu person ifanc: tybiwyd person ifanc",
    ),
}
