"""What the statuses, acts and ways of a plan are called on its pages, and the law of each act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from mis_bridge.domain.plan_life import PlanAct, PlanStatus
from mis_bridge.domain.words import Words

STATUSES: Final[Mapping[PlanStatus, tuple[Words, str]]] = MappingProxyType(
    {
        PlanStatus.DRAFT: (Words("Draft", "Drafft"), "grey"),
        PlanStatus.WITH_PERSON: (Words("With the person", "Gyda'r person"), "yellow"),
        PlanStatus.DECIDED: (Words("Decided: has ALN", "Penderfynwyd: ADY"), "turquoise"),
        PlanStatus.FINALISED: (Words("Finalised, to be given", "Cwblhawyd, i'w roi"), "purple"),
        PlanStatus.GIVEN: (Words("In force", "Mewn grym"), "green"),
        PlanStatus.UNDER_REVIEW: (Words("Under review", "Dan adolygiad"), "blue"),
        PlanStatus.CLOSED: (Words("Closed: no ALN", "Caewyd: dim ADY"), "grey"),
        PlanStatus.TRANSFERRED: (Words("Transferred", "Trosglwyddwyd"), "grey"),
        PlanStatus.CEASED: (Words("Ceased", "Daeth i ben"), "grey"),
    }
)
"""status -> what it is called, and the colour that repeats it."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be done to a plan: its page, its name, and its law in one line."""

    slug: str
    act: PlanAct
    title: Words
    law: Words
    source: str
    button: Words


STEPS: Final = (
    Step(
        "involve",
        PlanAct.INVOLVE_PERSON,
        Words("Record how the person took part", "Cofnodi sut y cymerodd y person ran"),
        Words(
            "The views, wishes and feelings of the learner, and of a child's parents, shape the "
            "plan.",
            "Barn, dymuniadau a theimladau'r dysgwr, a rhieni plentyn, sy'n llunio'r cynllun.",
        ),
        "2018 anaw 2 s. 6",
        Words("Record it", "Cofnodi"),
    ),
    Step(
        "consent",
        PlanAct.RECORD_CONSENT,
        Words("Record the young person's consent", "Cofnodi cydsyniad y person ifanc"),
        Words(
            "No plan is prepared or maintained for a young person who does not consent.",
            "Ni lunnir na chynhelir cynllun i berson ifanc nad yw'n cydsynio.",
        ),
        "2018 anaw 2 ss. 12(2)(b), 14(3); S.I. 2021/401 reg. 37",
        Words("Record the answer", "Cofnodi'r ateb"),
    ),
    Step(
        "decide",
        PlanAct.DECIDE_ALN,
        Words("Decide whether there are ALN", "Penderfynu a oes ADY"),
        Words(
            "The body decides; an earlier plan or a stage on the register decides nothing.",
            "Y corff sy'n penderfynu; nid yw cynllun cynharach na cham ar y gofrestr yn penderfynu "
            "dim.",
        ),
        "2018 anaw 2 ss. 11(1), 13(1), 18(1)",
        Words("Record the decision", "Cofnodi'r penderfyniad"),
    ),
    Step(
        "set-aside",
        PlanAct.SET_ASIDE,
        Words("Set this draft aside", "Rhoi'r drafft hwn o'r neilltu"),
        Words(
            "For a pupil who has left, or whose plan comes from elsewhere. Nothing is decided by "
            "it and nobody is told; a task that asks for a decision stays open.",
            "Ar gyfer disgybl sydd wedi gadael, neu y daw ei gynllun o fan arall. Ni phenderfynir "
            "dim drwy hyn ac ni hysbysir neb; erys tasg sy'n gofyn am benderfyniad ar agor.",
        ),
        "2018 anaw 2 ss. 11(3)(a), 31(1), 35",
        Words("Set it aside", "Ei roi o'r neilltu"),
    ),
    Step(
        "finalise",
        PlanAct.FINALISE,
        Words("Finalise the plan", "Cwblhau'r cynllun"),
        Words(
            "Once finalised, a copy is given to everybody who is entitled to one.",
            "Ar ôl ei gwblhau, rhoddir copi i bawb sydd â hawl i un.",
        ),
        "2018 anaw 2 ss. 10, 12, 22(1)",
        Words("Finalise it and make the copies", "Ei gwblhau a llunio'r copïau"),
    ),
    Step(
        "begin-review",
        PlanAct.BEGIN_REVIEW,
        Words("Begin a review", "Dechrau adolygiad"),
        Words(
            "Within every twelve months, and sooner when the child, a parent, the young person or "
            "an NHS body asks, unless that is unnecessary.",
            "O fewn pob deuddeg mis, ac yn gynt pan fydd y plentyn, rhiant, y person ifanc neu "
            "gorff GIG yn gofyn, oni bai bod hynny'n ddiangen.",
        ),
        "2018 anaw 2 s. 23(1)-(9)",
        Words("Begin the review", "Dechrau'r adolygiad"),
    ),
    Step(
        "invite",
        PlanAct.EDIT,
        Words("Make an invitation to the review meeting", "Llunio gwahoddiad i'r cyfarfod adolygu"),
        Words(
            "The learner, and a child's parents, take part as fully as possible.",
            "Mae'r dysgwr, a rhieni plentyn, yn cymryd rhan mor llawn â phosibl.",
        ),
        "2018 anaw 2 s. 6",
        Words("Download the invitation", "Lawrlwytho'r gwahoddiad"),
    ),
    Step(
        "revise",
        PlanAct.REVISE,
        Words("End the review: revise the plan", "Gorffen yr adolygiad: diwygio'r cynllun"),
        Words(
            "A copy of the revised plan is given to everybody who is entitled to one.",
            "Rhoddir copi o'r cynllun diwygiedig i bawb sydd â hawl i un.",
        ),
        "2018 anaw 2 ss. 23(11), 24(10)",
        Words("Revise it and make the copies", "Ei ddiwygio a llunio'r copïau"),
    ),
    Step(
        "keep",
        PlanAct.KEEP_UNREVISED,
        Words("End the review: keep the plan as it is", "Gorffen yr adolygiad: cadw'r cynllun"),
        Words(
            "The family is told that it is not revised, and why.",
            "Hysbysir y teulu nad yw'n cael ei ddiwygio, a pham.",
        ),
        "2018 anaw 2 ss. 23(10), 24(9)",
        Words("Keep it and make the notices", "Ei gadw a llunio'r hysbysiadau"),
    ),
    Step(
        "take-over",
        PlanAct.TAKE_OVER,
        Words("Another body takes the plan over", "Corff arall yn cymryd y cynllun"),
        Words(
            "An authority may take over a school's plan, or direct a school to maintain one.",
            "Caiff awdurdod gymryd cynllun ysgol drosodd, neu gyfarwyddo ysgol i gynnal un.",
        ),
        "2018 anaw 2 ss. 14(2), 28, 35",
        Words("Record who maintains it", "Cofnodi pwy sy'n ei gynnal"),
    ),
    Step(
        "transfer",
        PlanAct.TRANSFER,
        Words("The plan goes to another body", "Y cynllun yn mynd at gorff arall"),
        Words(
            "When the learner moves, the plan goes on with the new school or authority.",
            "Pan fydd y dysgwr yn symud, mae'r cynllun yn parhau gyda'r ysgol neu'r awdurdod "
            "newydd.",
        ),
        "2018 anaw 2 ss. 31(1)-(4), 35; S.I. 2021/401 reg. 15",
        Words("Record the transfer", "Cofnodi'r trosglwyddo"),
    ),
    Step(
        "propose-ceasing",
        PlanAct.PROPOSE_CEASING,
        Words("Propose to cease to maintain the plan", "Cynnig peidio â chynnal y cynllun"),
        Words(
            "First the family is told of the proposal and may say what they think.",
            "Yn gyntaf hysbysir y teulu o'r cynnig, a chânt ddweud eu barn.",
        ),
        "2018 anaw 2 s. 31(7)",
        Words("Make the notices of the proposal", "Llunio hysbysiadau'r cynnig"),
    ),
    Step(
        "decide-ceasing",
        PlanAct.DECIDE_TO_CEASE,
        Words("Decide to cease to maintain the plan", "Penderfynu peidio â chynnal y cynllun"),
        Words(
            "The family is told, with the reasons, and then has time to ask again or to appeal.",
            "Hysbysir y teulu, gyda'r rhesymau, ac yna mae amser i ofyn eto neu i apelio.",
        ),
        "2018 anaw 2 ss. 31(8)-(9), 32",
        Words("Record it and make the notices", "Ei gofnodi a llunio'r hysbysiadau"),
    ),
    Step(
        "family-response",
        PlanAct.DECIDE_TO_CEASE,
        Words("The family asked again, or appealed", "Gofynnodd y teulu eto, neu apeliodd"),
        Words(
            "Until that is settled the plan goes on.", "Nes bod hynny wedi'i setlo, mae'r cynllun "
            "yn parhau.",
        ),
        "2018 anaw 2 ss. 32, 33, 70",
        Words("Record it", "Cofnodi"),
    ),
    Step(
        "cease",
        PlanAct.CEASE,
        Words("Cease to maintain the plan", "Peidio â chynnal y cynllun"),
        Words(
            "Not before the time in which the family may ask again, or appeal, is over.",
            "Nid cyn i'r amser y caiff y teulu ofyn eto, neu apelio, ddod i ben.",
        ),
        "2018 anaw 2 s. 33; S.I. 2021/401 reg. 12",
        Words("Cease to maintain it", "Peidio â'i gynnal"),
    ),
)  # fmt: skip
STEP: Final[Mapping[str, Step]] = MappingProxyType({step.slug: step for step in STEPS})

NEXT: Final[Mapping[PlanStatus, tuple[Words, tuple[str, ...]]]] = MappingProxyType(
    {
        PlanStatus.DRAFT: (
            Words(
                "Write the plan with the learner, then record how they took part.",
                "Ysgrifennwch y cynllun gyda'r dysgwr, yna cofnodwch sut y cymerodd ran.",
            ),
            ("involve",),
        ),
        PlanStatus.WITH_PERSON: (
            Words(
                "Decide whether there are additional learning needs.",
                "Penderfynwch a oes anghenion dysgu ychwanegol.",
            ),
            ("decide",),
        ),
        PlanStatus.DECIDED: (
            Words(
                "Fill in what is still open, then finalise the plan.",
                "Llenwch yr hyn sydd ar agor o hyd, yna cwblhewch y cynllun.",
            ),
            ("finalise",),
        ),
        PlanStatus.FINALISED: (
            Words(
                "Give a copy to everybody who is to have one: the notice of the plan says to whom. "
                "The first copy starts the review period.",
                "Rhowch gopi i bawb sydd i gael un: mae hysbysiad y cynllun yn dweud i bwy. Y copi "
                "cyntaf sy'n dechrau'r cyfnod adolygu.",
            ),
            (),
        ),
        PlanStatus.GIVEN: (
            Words("Review the plan by {day}.", "Adolygwch y cynllun erbyn {day}."),
            ("begin-review",),
        ),
        PlanStatus.UNDER_REVIEW: (
            Words(
                "Change what is to change, then end the review: revised, or as it is.",
                "Newidiwch yr hyn sydd i'w newid, yna gorffennwch yr adolygiad: wedi'i ddiwygio, "
                "neu fel y mae.",
            ),
            ("revise", "keep"),
        ),
        PlanStatus.CLOSED: (
            Words("Nothing: the draft was closed.", "Dim: caewyd y drafft."), (),
        ),
        PlanStatus.TRANSFERRED: (
            Words(
                "Nothing here: the plan goes on with another body.",
                "Dim yma: mae'r cynllun yn parhau gyda chorff arall.",
            ),
            (),
        ),
        PlanStatus.CEASED: (
            Words("Nothing: the plan has ceased.", "Dim: daeth y cynllun i ben."), (),
        ),
    }
)  # fmt: skip
"""status -> what comes next in words, and the steps that do it."""

ACTS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "begin": Words("Begun", "Dechreuwyd"),
        "import": Words("Taken in from a bundle", "Cymerwyd o fwndel"),
        "edit": Words("Changed", "Newidiwyd"),
        "confirm": Words("Confirmed", "Cadarnhawyd"),
        "promote": Words("Made a provision of an earlier target", "Gwnaed darpariaeth o darged"),
        "involve_person": Words("The person took part", "Cymerodd y person ran"),
        "decide_aln": Words("Decided: has ALN", "Penderfynwyd: mae ADY"),
        "decide_no_aln": Words("Decided: no ALN", "Penderfynwyd: dim ADY"),
        "set_aside": Words("Set aside", "Rhoddwyd o'r neilltu"),
        "finalise": Words("Finalised", "Cwblhawyd"),
        "not_given": Words("A copy did not arrive", "Ni chyrhaeddodd copi"),
        "give": Words("First copy given", "Rhoddwyd y copi cyntaf"),
        "begin_review": Words("Review begun", "Dechreuwyd adolygiad"),
        "revise": Words("Revised", "Diwygiwyd"),
        "keep_unrevised": Words("Reviewed and kept as it is", "Adolygwyd a'i gadw fel y mae"),
        "take_over": Words("Another body maintains it", "Corff arall yn ei gynnal"),
        "transfer": Words("Transferred", "Trosglwyddwyd"),
        "propose_ceasing": Words("Ceasing proposed", "Cynigiwyd dod ag ef i ben"),
        "decide_to_cease": Words("Decided to cease", "Penderfynwyd dod ag ef i ben"),
        "asked_again": Words("The family asked again", "Gofynnodd y teulu eto"),
        "appealed": Words("The family appealed", "Apeliodd y teulu"),
        "challenge_settled": Words("What the family asked is settled", "Setlwyd cais y teulu"),
        "challenge_upheld": Words("The family prevailed", "Llwyddodd y teulu"),
        "cease": Words("Ceased", "Daeth i ben"),
    }
)
CONSENT: Final = {
    True: Words("Consented to the plan", "Cydsyniodd i'r cynllun"),
    False: Words("Did not consent to the plan", "Ni chydsyniodd i'r cynllun"),
}
ASKED_BY: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "body": Words("Nobody: the body itself", "Neb: y corff ei hun"),
        "child": Words("The child", "Y plentyn"),
        "young_person": Words("The young person", "Y person ifanc"),
        "parent": Words("A parent", "Rhiant"),
        "nhs_body": Words("An NHS body", "Corff GIG"),
    }
)
OUTCOMES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "met": Words("Met", "Wedi'i gyflawni"),
        "partly_met": Words("Partly met", "Wedi'i gyflawni'n rhannol"),
        "not_met": Words("Not met", "Heb ei gyflawni"),
    }
)
BODIES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "school": Words("The school", "Yr ysgol"),
        "fei": Words("The further education institution", "Y sefydliad addysg bellach"),
        "la": Words("The local authority", "Yr awdurdod lleol"),
        "looking_after_la": Words(
            "The authority that looks after the child", "Yr awdurdod sy'n gofalu am y plentyn"
        ),
        "home_authority": Words("The home authority", "Yr awdurdod cartref"),
    }
)
WAYS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "post": Words("by post", "drwy'r post"),
        "hand": Words("by hand", "â llaw"),
        "leave_at_address": Words("left at the address", "gadawyd yn y cyfeiriad"),
        "electronic": Words("electronically", "yn electronig"),
    }
)
CHALLENGES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "asked_again": Words(
            "The family asked the authority to reconsider",
            "Gofynnodd y teulu i'r awdurdod ailystyried",
        ),
        "appealed": Words("The family appealed", "Apeliodd y teulu"),
        "challenge_settled": Words(
            "What the family asked or appealed is settled: the plan may end",
            "Mae cais neu apêl y teulu wedi'i setlo: caiff y cynllun ddod i ben",
        ),
        "challenge_upheld": Words(
            "It was decided or ordered that the plan goes on",
            "Penderfynwyd neu gorchmynnwyd bod y cynllun yn parhau",
        ),
    }
)
