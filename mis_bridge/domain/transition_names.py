"""What causes, codes, events and reasons are called in the steps of a transition answer."""

from __future__ import annotations

from mis_bridge.domain.transition_case import EventKind, NoticeKind, ProvisionCode
from mis_bridge.domain.transition_moves import Why
from mis_bridge.domain.words import Words

CAUSES = {
    "idp_notice": Words(
        "an IDP notice was given, which counts as a decision of that day that the pupil has ALN",
        "rhoddwyd hysbysiad CDU, sy'n cyfrif yn benderfyniad y diwrnod hwnnw fod gan y disgybl ADY",
    ),
    "no_idp_notice": Words(
        "a No IDP notice was given, which counts as a decision of that day that there is no ALN",
        "rhoddwyd hysbysiad dim CDU, sy'n cyfrif yn benderfyniad y diwrnod hwnnw nad oes ADY",
    ),
    "aln_notice": Words(
        "an ALN notice was given, which says nothing about needs",
        "rhoddwyd hysbysiad ADY, nad yw'n dweud dim am anghenion",
    ),
    "automatic_end_of_year": Words(
        "it did not apply on the day before, the last day of the old law for the group, and "
        "nobody had decided",
        "nid oedd yn gymwys y diwrnod cynt, diwrnod olaf yr hen gyfraith i'r grŵp, ac nid oedd "
        "neb wedi penderfynu",
    ),
    "appeal_transfer_day": Words(
        "an appeal, or what the Tribunal ordered, had held the last day back until then",
        "yr oedd apêl, neu'r hyn a orchmynnodd y Tribiwnlys, wedi dal y diwrnod olaf yn ôl tan "
        "hynny",
    ),
    "commencement": Words(
        "the Order commenced it for the group on that day, without a notice",
        "cychwynnodd y Gorchymyn hi i'r grŵp ar y diwrnod hwnnw, heb hysbysiad",
    ),
}

WHY = {
    Why.BEFORE_THE_ORDER: Words(
        "the Order was not yet in force for the group",
        "nid oedd y Gorchymyn mewn grym eto i'r grŵp",
    ),
    Why.NOT_THE_GIVER: Words(
        "that body gives no such notice to this group",
        "nid yw'r corff hwnnw'n rhoi hysbysiad o'r fath i'r grŵp hwn",
    ),
    Why.NO_SUCH_NOTICE: Words(
        "the Order of this group has no such notice",
        "nid oes hysbysiad o'r fath yng Ngorchymyn y grŵp",
    ),
    Why.APPEAL_OPEN: Words("an appeal was open", "yr oedd apêl yn agored"),
    Why.REQUEST_MADE: Words(
        "a notice had been asked for, and the body still owes its answer",
        "gofynnwyd am hysbysiad, ac y mae ar y corff ei ateb o hyd",
    ),
    Why.LOOKED_AFTER: Words(
        "the child was still looked after", "yr oedd y plentyn yn derbyn gofal o hyd"
    ),
    Why.EXCEPTED_REASON: Words(
        "the Order leaves out this reason for leaving",
        "mae'r Gorchymyn yn gadael y rheswm hwn dros ymadael allan",
    ),
    Why.ENGLISH_AREA: Words(
        "a child in the area of an English authority does not count as looked after",
        "nid yw plentyn yn ardal awdurdod o Loegr yn cyfrif yn blentyn sy'n derbyn gofal",
    ),
    Why.NOT_WELSH_RESPONSIBILITY: Words(
        "no authority in Wales is responsible for the child",
        "nid oes awdurdod yng Nghymru yn gyfrifol am y plentyn",
    ),
    Why.OTHER_GROUP: Words(
        "it moves pupils of another group only", "nid yw ond yn symud disgyblion grŵp arall"
    ),
    Why.TOO_LATE: Words(
        "the new law applied already", "yr oedd y gyfraith newydd yn gymwys eisoes"
    ),
}

WHAT: dict[str, Words] = {
    NoticeKind.IDP_NOTICE: Words("An IDP notice given", "hysbysiad CDU a roddwyd"),
    NoticeKind.NO_IDP_NOTICE: Words("A No IDP notice given", "hysbysiad dim CDU a roddwyd"),
    NoticeKind.ALN_NOTICE: Words("An ALN notice given", "hysbysiad ADY a roddwyd"),
    EventKind.DEREGISTERED: Words(
        "Deletion from the admission register", "dileu'r enw o'r gofrestr dderbyn"
    ),
    EventKind.STATEMENT_CEASED: Words("The end of the statement", "diwedd y datganiad"),
    EventKind.BECAME_LOOKED_AFTER: Words(
        "Becoming looked after", "dod yn blentyn sy'n derbyn gofal"
    ),
    EventKind.CEASED_LOOKED_AFTER: Words("Ceasing to be looked after", "peidio â derbyn gofal"),
    EventKind.BECAME_DUAL_REGISTERED: Words("A second registration", "ail gofrestriad"),
    EventKind.CEASED_DUAL_REGISTERED: Words(
        "The end of the second registration", "diwedd yr ail gofrestriad"
    ),
    EventKind.CEASED_EOTAS: Words(
        "The end of teaching otherwise than at school", "diwedd addysg heblaw yn yr ysgol"
    ),
    EventKind.MOVED_LA_AREA: Words("Moving to another area", "symud i ardal arall"),
}

CODES: dict[str, Words] = {
    ProvisionCode.SA: Words("School Action", "Gweithredu gan yr Ysgol"),
    ProvisionCode.SAP: Words("School Action Plus", "Gweithredu gan yr Ysgol a Mwy"),
    ProvisionCode.EYA: Words("Early Years Action", "Gweithredu yn y Blynyddoedd Cynnar"),
    ProvisionCode.EYAP: Words(
        "Early Years Action Plus", "Gweithredu yn y Blynyddoedd Cynnar a Mwy"
    ),
    ProvisionCode.STATEMENT: Words("a statement", "datganiad"),
    ProvisionCode.PRE_STATEMENT: Words(
        "a process towards a statement", "proses tuag at ddatganiad"
    ),
    ProvisionCode.EHC: Words(
        "an English EHC plan or a process for one", "cynllun AIG o Loegr neu broses ar gyfer un"
    ),
    ProvisionCode.NONE: Words("no identified needs", "dim anghenion a nodwyd"),
}

PLAN_UNITS = {
    "school_day": Words("school days", "diwrnod ysgol"),
    "week": Words("weeks", "wythnos"),
}

NOTHING_RECORDED = Words("nothing", "dim")
