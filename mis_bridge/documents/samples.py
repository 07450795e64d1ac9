"""An invented plan with something in every field, on which a template or a form is tried."""

from __future__ import annotations

from datetime import date

from mis_bridge.documents.letters import Office
from mis_bridge.documents.plan_papers import PlanPaper, Standing
from mis_bridge.domain.idp import DraftField, Milestone, Origin, Value
from mis_bridge.domain.idp_form import ANNEX_B, Form
from mis_bridge.domain.plan_life import Maintainer, PlanStatus
from mis_bridge.domain.words import Words

_HERE = Origin("sample", "")
_SCHOOL = Office(
    Words("Enghraifft School", "Ysgol Enghraifft"),
    "1 Stryd yr Ŵyl\nLlandychmyg",
    "01632 960 001",
    "swyddfa@ysgol-enghraifft.example",
)
_AUTHORITY = Office(Words("Enghraifft Authority", "Awdurdod Enghraifft"), phone="01632 960 000")
_TEXTS: dict[str, Value] = {
    "person.name": "Siân Ŷnyshir-Rhŵ",
    "person.other_names": "Gwenllïan Ẁyn",
    "person.dob": "2015-03-01",
    "person.upn": "P661990118001",
    "person.uln": "1234567890",
    "person.school": {"en": "Enghraifft School", "cy": "Ysgol Enghraifft"},
    "person.la": {"en": "Enghraifft Authority", "cy": "Awdurdod Enghraifft"},
    "person.languages": "both",
    "plan.contact": {
        "en": "ALNCo: 01632 960 001, cadydd@ysgol-enghraifft.example",
        "cy": "CADY: 01632 960 001, cadydd@ysgol-enghraifft.example",
    },
    "plan.prepared_on": "2026-11-20",
    "plan.revised_on": "2026-12-01",
    "plan.review_by": "2027-11-19",
    "profile.admire": "Doniol, caredig, a byth yn rhoi'r gorau iddi. / Funny, kind, never stops.",
    "profile.important": "Bod yn y côr gyda'm ffrindiau; gwybod beth sy'n dod nesaf.",
    "profile.support": "Rhowch amser i mi ateb. Dangoswch i mi, peidiwch â dweud yn unig.",
    "aln.description": {
        "en": "Developmental language disorder, diagnosed in 2024. Siân understands short, direct "
        "sentences well; long instructions and abstract words are lost.",
        "cy": "Anhwylder iaith datblygiadol, diagnosis yn 2024. Mae Siân yn deall brawddegau byr, "
        "uniongyrchol yn dda; collir cyfarwyddiadau hir a geiriau haniaethol.",
    },
    "aln.impact": {
        "en": "She misses parts of every lesson that rests on listening, and stops asking.",
        "cy": "Mae'n colli rhannau o bob gwers sy'n dibynnu ar wrando, ac yn peidio â gofyn.",
    },
    "place.named": "",
    "place.board_and_lodging": "",
    "transition": {
        "en": "Moves to year 7 in September 2027: three visits in the summer term.",
        "cy": "Symud i flwyddyn 7 ym mis Medi 2027: tri ymweliad yn nhymor yr haf.",
    },
    "travel": {"en": "None is called for.", "cy": "Nid oes angen dim."},
    "looked_after.authority": {"en": "Enghraifft Authority", "cy": "Awdurdod Enghraifft"},
    "looked_after.reviewing_officer": "Elin Dychmyg",
    "looked_after.carer": "Huw Dychmyg",
    "looked_after.social_worker": "Mair Dychmyg",
    "looked_after.pep_ref": "PEP-17",
    "contacts[0]": {
        "name": "Lowri Ŷnyshir-Rhŵ",
        "role": "mother",
        "basis": "parental_responsibility",
        "address": "2 Heol y Mŷr, Llandychmyg",
        "language": "cy",
    },
    "contacts[1]": {
        "name": "Tomos Rhŵ",
        "role": "father",
        "basis": "parental_responsibility",
        "language": "en",
    },
    "record[0]": {
        "date": "2026-10-05",
        "source": "IEP",
        "author": "ALNCo",
        "summary": "Two targets met, one partly met.",
        "summary_cy": "Cyrhaeddwyd dau darged, ac un yn rhannol.",
    },
    "record[1]": {
        "date": "2024-06-14",
        "source": "Speech and language therapy report",
        "author": "Therapydd Dychmygol",
        "summary": "Developmental language disorder.",
        "summary_cy": "Anhwylder iaith datblygiadol.",
    },
    "timeline[0]": {
        "date": "2024-06-14",
        "event": "Diagnosis",
        "event_cy": "Diagnosis",
    },
    "timeline[1]": {
        "date": "2026-11-20",
        "event": "The plan was agreed",
        "event_cy": "Cytunwyd ar y cynllun",
    },
    "plan.copy_given[0]": {
        "to": "child",
        "way": "hand",
        "on": "2026-11-24",
        "edition": "1",
    },
    "plan.copy_given[1]": {"to": "parent", "way": "post", "on": "2026-11-24", "edition": "1"},
}
_PROVISIONS: tuple[dict[str, Value], ...] = (
    {
        "outcome": {
            "en": "By July 2027 Siân carries out a spoken instruction of three steps in four of "
            "five lessons.",
            "cy": "Erbyn Gorffennaf 2027 mae Siân yn dilyn cyfarwyddyd llafar tri cham mewn pedair "
            "o bob pum gwers.",
        },
        "measure": {
            "en": "Record of five observed lessons each half term.",
            "cy": "Cofnod o bum gwers a arsylwyd bob hanner tymor.",
        },
        "provision": {
            "en": "Language group: 30 minutes, three times a week in term time, four pupils, led "
            "by a teaching assistant trained in the programme.",
            "cy": "Grŵp iaith: 30 munud, deirgwaith yr wythnos yn ystod y tymor, pedwar disgybl, "
            "dan arweiniad cynorthwyydd addysgu sydd wedi'i hyfforddi yn y rhaglen.",
        },
        "in_welsh": True,
        "provider": "school",
        "from": "2026-11-23",
        "review": "2027-07-09",
        "rationale": {
            "en": "The therapist's report of 14 June 2024; the group of last year helped.",
            "cy": "Adroddiad y therapydd, 14 Mehefin 2024; bu grŵp y llynedd o gymorth.",
        },
    },
    {
        "outcome": {
            "en": "By March 2027 Siân asks for help with a card or a word, unprompted, twice a "
            "day.",
            "cy": "Erbyn Mawrth 2027 mae Siân yn gofyn am help gyda cherdyn neu air, heb ei "
            "hannog, ddwywaith y dydd.",
        },
        "measure": {"en": "Tally kept by the class.", "cy": "Cyfrif a gedwir gan y dosbarth."},
        "provision": {
            "en": "Picture cards and ten minutes of rehearsal each morning with the class teacher.",
            "cy": "Cardiau lluniau a deng munud o ymarfer bob bore gyda'r athro dosbarth.",
        },
        "in_welsh": False,
        "provider": "school",
        "from": "2026-11-23",
        "end": "2027-03-19",
        "rationale": {"en": "Her own wish.", "cy": "Ei dymuniad ei hun."},
    },
)
_HEALTH: dict[str, Value] = {
    **_PROVISIONS[0],
    "provision": {
        "en": "Speech and language therapy: 45 minutes, once a fortnight, one to one.",
        "cy": "Therapi lleferydd ac iaith: 45 munud, unwaith bob pythefnos, un i un.",
    },
    "provider": "nhs",
    "nhs_body": {"en": "Enghraifft Health Board", "cy": "Bwrdd Iechyd Enghraifft"},
}


def sample_paper(form: Form) -> PlanPaper:
    """Return the invented plan on a form: a second edition, in force."""
    values = dict(_TEXTS)
    for index, provision in enumerate(_PROVISIONS):
        values |= {f"alp[{index}].{name}": value for name, value in provision.items()}
    values |= {f"health_alp[0].{name}": value for name, value in _HEALTH.items()}
    known = {field.part for field in form.fields}
    maintainer = Maintainer.LOOKING_AFTER_LA if form.id == ANNEX_B else Maintainer.SCHOOL
    body = _AUTHORITY if maintainer.is_authority else _SCHOOL
    values["plan.maintained_by"] = maintainer.value
    values["plan.prepared_by"] = {"en": body.name.en, "cy": body.name.cy}
    return PlanPaper(
        form,
        Standing(PlanStatus.GIVEN, 2, date(2026, 12, 1)),
        {
            key: DraftField(value, _HERE, "stated", "sample")
            for key, value in values.items()
            if key.partition("[")[0].partition(".")[0] in known
        },
        (
            Milestone(
                "speech_language_communication_difficulties",
                "Say what comes next in a story of four pictures",
                "Eight stories of ten",
                "2027-02-12",
                "Six of ten",
                _HERE,
            ),
        ),
        body=body,
        authority=_AUTHORITY,
        maintainer=maintainer,
    )
