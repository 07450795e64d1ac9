"""What the steps of a transition answer say, in both languages."""

from __future__ import annotations

from mis_bridge.domain.words import Words

STIPULATED = Words(
    "The case states this as a fact; it is shown here and decides nothing: {given}",
    "Mae'r achos yn datgan hyn yn ffaith; fe'i dangosir yma ac nid yw'n penderfynu dim: {given}",
)
RECORD = Words(
    "The record of {day} says: {codes}.",
    "Dywed cofnod {day}: {codes}.",
)
RECORD_KNOWN_EMPTY = Words(
    "On {day} nothing had been identified yet: that is shown by the date of birth or by the day "
    "on which needs were first identified.",
    "Ar {day} nid oedd dim wedi'i nodi eto: dengys y dyddiad geni neu'r diwrnod y nodwyd "
    "anghenion gyntaf hynny.",
)
RECORD_INFERRED = Words(
    "Nothing is on file from {day}. The nearest record, {codes}, is taken to hold for that day; "
    "no deadline is called missed on the strength of it.",
    "Nid oes dim ar ffeil o {day}. Cymerir bod y cofnod agosaf, {codes}, yn dal ar y diwrnod "
    "hwnnw; ni ddywedir ar sail hynny fod terfyn amser wedi'i golli.",
)
NOT_NEW = Words(
    "The rule does not fit: {title}. The record of {day} shows {codes}.",
    "Nid yw'r rheol yn gweddu: {title}. Dengys cofnod {day}: {codes}.",
)
NOT_NEW_UNKNOWN = Words(
    "Nothing is on file from {day}: had nothing been identified by then, the new law would have "
    "begun on that day.",
    "Nid oes dim ar ffeil o {day}: pe na bai dim wedi'i nodi erbyn hynny, byddai'r gyfraith "
    "newydd wedi dechrau ar y diwrnod hwnnw.",
)
NOT_NEW_GROUP = Words(
    "Nothing was identified on {day}, but the Order leaves out Year 11 and whoever is over "
    "compulsory school age.",
    "Nid oedd dim wedi'i nodi ar {day}, ond mae'r Gorchymyn yn gadael allan Flwyddyn 11 a phwy "
    "bynnag sydd dros oedran ysgol gorfodol.",
)
GROUP = Words("This rule governs the pupil: {title}.", "Y rheol hon sy'n llywodraethu: {title}.")
YEAR_RECORDED = Words(
    "In {year} the pupil was recorded in year group {group}.",
    "Yn {year} cofnodwyd y disgybl yng ngrŵp blwyddyn {group}.",
)
YEAR_MOVED_ON = Words(
    "For {year} no year group is recorded; the nearest recorded one, moved on, is {group}.",
    "Ni chofnodwyd grŵp blwyddyn ar gyfer {year}; yr agosaf a gofnodwyd, wedi'i symud ymlaen, yw "
    "{group}.",
)
YEAR_BY_BIRTH = Words(
    "No year group is recorded at all; by age alone it would be {group} in {year}. The law asks "
    "for the class, not the age.",
    "Ni chofnodwyd grŵp blwyddyn o gwbl; yn ôl oedran yn unig {group} fyddai yn {year}. Y "
    "dosbarth, nid yr oedran, yw'r hyn y mae'r gyfraith yn ei ofyn.",
)
YEAR_UNKNOWN = Words(
    "Neither a year group nor a date of birth is known; the pupil is taken to be in the last "
    "group, whose time is the longest.",
    "Nid yw na grŵp blwyddyn na dyddiad geni yn hysbys; cymerir bod y disgybl yn y grŵp olaf, yr "
    "un â'r amser hiraf.",
)
YEAR_AGAINST_AGE = Words(
    "The recorded year group is not the one that age gives. The recorded one decides; check it.",
    "Nid y grŵp blwyddyn a rydd oedran yw'r un a gofnodwyd. Yr un a gofnodwyd sy'n penderfynu; "
    "gwiriwch ef.",
)
SUPERSEDED = Words(
    "Until {until} the plan was another: {says}. {ended_by} put the present one in its place.",
    "Hyd {until} cynllun arall oedd: {says}. Rhoddodd {ended_by} yr un presennol yn ei le.",
)
STATEMENT_WINS = Words(
    "Action and a statement are both recorded; the statement decides. Check the record.",
    "Cofnodir gweithredu a datganiad ill dau; y datganiad sy'n penderfynu. Gwiriwch y cofnod.",
)
CONTRADICTS = Words(
    "The record contradicts itself; the strongest code decides. Check the record.",
    "Mae'r cofnod yn ei wrth-ddweud ei hun; y cod cryfaf sy'n penderfynu. Gwiriwch y cofnod.",
)
DETAINED = Words(
    "From that day the sections on detained persons apply; the rest of the Act applies once a "
    "plan is being prepared or kept for the person.",
    "O'r diwrnod hwnnw mae'r adrannau ar bersonau sy'n cael eu cadw'n gaeth yn gymwys; mae "
    "gweddill y Ddeddf yn gymwys unwaith y mae cynllun yn cael ei lunio neu ei gadw ar gyfer y "
    "person.",
)
NO_RULE = Words(
    "No rule of the schedule reaches these facts: more must be known from 1 September 2021, 1 "
    "January 2022 or 1 September 2022.",
    "Nid oes yr un rheol o'r amserlen yn cyrraedd y ffeithiau hyn: rhaid gwybod mwy o 1 Medi "
    "2021, 1 Ionawr 2022 neu 1 Medi 2022.",
)
FIRST_COMMENCEMENT = Words(
    "A code of the old law is recorded after the new law applied. The first commencement stands: "
    "no later code puts a pupil back. The code is out of date and should be corrected.",
    "Cofnodir cod o'r hen gyfraith wedi i'r gyfraith newydd fod yn gymwys. Y cychwyn cyntaf sy'n "
    "sefyll: nid oes cod diweddarach yn rhoi disgybl yn ôl. Mae'r cod wedi dyddio a dylid ei "
    "gywiro.",
)
FIRST_ORDER_COUNTS = Words(
    "The rule fits the day and yet does not apply: {title}. An earlier Order had taken the pupil "
    "in, and its own last day counts.",
    "Mae'r rheol yn gweddu i'r diwrnod ond nid yw'n gymwys: {title}. Yr oedd Gorchymyn cynharach "
    "wedi cymryd y disgybl i mewn, a'i ddiwrnod olaf ei hun sy'n cyfrif.",
)
OPEN_TASK = Words(
    "Being moved decided nothing about needs. A decision is still to be made wherever there may "
    "be additional learning needs, counted from the day the record was noticed: nobody dates it "
    "back without a person's decision.",
    "Ni phenderfynodd y symud ddim am anghenion. Mae penderfyniad i'w wneud o hyd lle y gall fod "
    "anghenion dysgu ychwanegol, yn cyfrif o'r diwrnod y sylwyd ar y cofnod: nid yw neb yn ei "
    "ôl-ddyddio heb benderfyniad person.",
)
MOVED = Words(
    "The new law applied from {on}: {cause}.",
    "Bu'r gyfraith newydd yn gymwys o {on} ymlaen: {cause}.",
)
WILL_MOVE = Words(
    "The old law still applied. If nothing moved the pupil sooner, the new law applied from {on}.",
    "Yr oedd yr hen gyfraith yn gymwys o hyd. Oni symudodd dim y disgybl yn gynt, bu'r gyfraith "
    "newydd yn gymwys o {on} ymlaen.",
)
NO_DAY_YET = Words(
    "The old law still applied, and no day for the move can be named before the appeal is over.",
    "Yr oedd yr hen gyfraith yn gymwys o hyd, ac ni ellir enwi diwrnod ar gyfer y symud cyn i'r "
    "apêl ddod i ben.",
)
NEAR = Words(
    "{what} on {on} did not move the pupil: {why}.",
    "Ni symudodd {what} ar {on} y disgybl: {why}.",
)
NOTICE_OWED = Words(
    "The body owes the family an IDP notice or a No IDP notice, not later than {by}.",
    "Mae ar y corff hysbysiad CDU neu hysbysiad dim CDU i'r teulu, heb fod yn hwyrach na {by}.",
)
NOTICE_ASKED = Words(
    "The family asked for a notice, which the school owes within 15 school days; the school's own "
    "calendar tells the day.",
    "Gofynnodd y teulu am hysbysiad, ac y mae ar yr ysgol ei roi o fewn 15 diwrnod ysgol; calendr "
    "yr ysgol ei hun a ddywed y diwrnod.",
)
NOTICE_NOT_OWED_YET = Words(
    "No notice is owed on this day: the time for it begins on {opens}, unless one is asked for.",
    "Nid oes hysbysiad yn ddyledus ar y diwrnod hwn: mae'r amser ar ei gyfer yn dechrau ar "
    "{opens}, oni ofynnir am un.",
)
NOTICE_HELD = Words(
    "While the appeal is open no notice is owed; once it is over, as soon as reasonably "
    "practicable.",
    "Tra bo'r apêl yn agored nid oes hysbysiad yn ddyledus; wedi iddi ddod i ben, cyn gynted ag y "
    "bo'n rhesymol ymarferol.",
)
NOTICE_NOT_OWED = Words(
    "No notice was owed, because needs were no longer identified on {day}; the last day of the "
    "group moved the pupil none the less.",
    "Nid oedd hysbysiad yn ddyledus, am nad oedd anghenion wedi'u nodi mwyach ar {day}; er hynny "
    "symudwyd y disgybl gan ddiwrnod olaf y grŵp.",
)
PLAN_OWED = Words(
    "A copy of the plan is owed within {amount} {unit} of the notice, later only in exceptional "
    "circumstances or where the Order itself lifts the limit; the periods of the Code do not "
    "apply to it.",
    "Mae copi o'r cynllun yn ddyledus o fewn {amount} {unit} i'r hysbysiad, ac yn hwyrach mewn "
    "amgylchiadau eithriadol yn unig neu lle y mae'r Gorchymyn ei hun yn codi'r terfyn; nid yw "
    "cyfnodau'r Cod yn gymwys iddo.",
)
NO_PLAN_PROMISED = Words(
    "The record shows an English EHC plan: while one is maintained, no plan of this kind is "
    "prepared beside it.",
    "Mae'r cofnod yn dangos cynllun AIG o Loegr: tra cynhelir un, ni lunnir cynllun o'r math hwn "
    "wrth ei ochr.",
)
RECONSIDERATION = Words(
    "The notice counts as the school's decision, so the family may ask the local authority to "
    "reconsider it.",
    "Mae'r hysbysiad yn cyfrif yn benderfyniad yr ysgol, felly caiff y teulu ofyn i'r awdurdod "
    "lleol ei ailystyried.",
)
APPEAL_LIES = Words(
    "The notice counts as the local authority's decision, so an appeal lies to the Education "
    "Tribunal for Wales.",
    "Mae'r hysbysiad yn cyfrif yn benderfyniad yr awdurdod lleol, felly gellir apelio i "
    "Dribiwnlys Addysg Cymru.",
)
PARENT_ALONE = Words(
    "The giver considers that the child lacks the capacity to understand, so the notice goes to "
    "the parent alone.",
    "Mae'r rhoddwr yn ystyried nad oes gan y plentyn alluedd i ddeall, felly i'r rhiant yn unig y "
    "mae'r hysbysiad yn mynd.",
)
YOUNG_PERSON_ALONE = Words(
    "Compulsory school age is over, so the duties to the parent have ended and the notice goes to "
    "the young person alone.",
    "Mae oedran ysgol gorfodol ar ben, felly mae'r dyletswyddau i'r rhiant wedi dod i ben ac i'r "
    "person ifanc yn unig y mae'r hysbysiad yn mynd.",
)
ALN_NOTICE_OWED = Words(
    "The pupil left under the old law and asked, so the local authority owes an ALN notice within "
    "ten working days.",
    "Ymadawodd y disgybl o dan yr hen gyfraith a gofyn, felly mae ar yr awdurdod lleol hysbysiad "
    "ADY o fewn deg diwrnod gwaith.",
)
PLACEMENT = Words(
    "Places at specialist post-16 institutions: the local authority decides for Years 11 to 13 of "
    "2024-25 under the new law, and for everybody from 1 September 2025.",
    "Lleoedd mewn sefydliadau ôl-16 arbenigol: yr awdurdod lleol sy'n penderfynu ar gyfer "
    "Blynyddoedd 11 i 13 yn 2024-25 o dan y gyfraith newydd, ac ar gyfer pawb o 1 Medi 2025.",
)
