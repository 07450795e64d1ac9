"""Why something cannot be done to a plan, in words for the person who tried."""

from __future__ import annotations

from collections.abc import Iterable

from mis_bridge.domain.plan_rules import Obstacle
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words


class PlanRefused(Problem):
    """Something stands against it: `field` names the field of the form, `obstacles` the rules."""

    def __init__(
        self, words: Words, *, field: str | None = None, obstacles: Iterable[Obstacle] = ()
    ) -> None:
        super().__init__(words)
        self.field, self.obstacles = field, tuple(obstacles)


class PlanGone(Problem):
    """There is no such plan for this person."""

    def __init__(self) -> None:
        super().__init__(Words("There is no such plan.", "Nid oes cynllun o'r fath."))


class PlanMoved(Problem):
    """The plan is no longer as the person saw it."""

    def __init__(self) -> None:
        super().__init__(
            Words(
                "Somebody else has changed this plan since you opened it. Nothing was done: look "
                "at the plan as it now stands, and try again if that is still needed.",
                "Mae rhywun arall wedi newid y cynllun hwn ers i chi ei agor. Ni wnaed dim: "
                "edrychwch ar y cynllun fel y mae nawr, a rhowch gynnig arall os oes angen o hyd.",
            )
        )


OBSTACLES = Words(
    "The plan cannot be finalised yet: see what is still open.",
    "Ni ellir cwblhau'r cynllun eto: gweler yr hyn sydd ar agor o hyd.",
)
NOT_FROM_HERE = Words(
    "This does not follow from where the plan stands now.",
    "Nid yw hyn yn dilyn o'r fan lle mae'r cynllun yn awr.",
)
NOT_YOURS = Words(
    "Another body maintains this plan; ask that body.",
    "Corff arall sy'n cynnal y cynllun hwn; gofynnwch i'r corff hwnnw.",
)
HAS_PLAN = Words(
    "The pupil has a plan already; open that one.",
    "Mae gan y disgybl gynllun eisoes; agorwch hwnnw.",
)
NO_PUPIL = Words("There is no such pupil.", "Nid oes disgybl o'r fath.")
NO_FIELD = Words("The form has no such field.", "Nid oes maes o'r fath yn y ffurflen.")
TOO_LONG = Words(
    "Use at most {most} characters in one field.",
    "Defnyddiwch {most} nod ar y mwyaf mewn un maes.",
)
NOT_A_DATE = Words("Enter a real date.", "Rhowch ddyddiad go iawn.")
IN_THE_FUTURE = Words(
    "This day lies ahead. Enter today or an earlier day.",
    "Mae'r diwrnod hwn yn y dyfodol. Rhowch heddiw neu ddiwrnod cynharach.",
)
WORDS_NEEDED = Words(
    "Write it in Welsh and in English: the letter goes out in both.",
    "Ysgrifennwch ef yn Gymraeg ac yn Saesneg: aiff y llythyr allan yn y ddwy iaith.",
)
HOW_NEEDED = Words(
    "Write how the child or young person, and a child's parents, took part.",
    "Ysgrifennwch sut y cymerodd y plentyn neu'r person ifanc, a rhieni plentyn, ran.",
)
DECIDE_ON_TASK = Words(
    "A task asks for this decision. Record it there; the plan then follows it.",
    "Mae tasg yn gofyn am y penderfyniad hwn. Cofnodwch ef yno; bydd y cynllun yn ei ddilyn.",
)
OTHER_DECISION = Words(
    "The decision on record is another one.", "Penderfyniad arall sydd ar gofnod."
)
REASONS = Words("Write the reasons.", "Ysgrifennwch y rhesymau.")
OUTCOMES = Words(
    "Say of every outcome in the plan whether it was met, partly met or not met.",
    "Nodwch am bob deilliant yn y cynllun a gafodd ei gyflawni, ei gyflawni'n rhannol neu beidio.",
)
NO_DOB = Words(
    "No date of birth is on record: whether this is a child or a young person is not known.",
    "Nid oes dyddiad geni ar gofnod: ni wyddys ai plentyn ynteu person ifanc yw hwn.",
)
BODY_NEEDED = Words(
    "Name the body that maintains the plan from now on.",
    "Enwch y corff sy'n cynnal y cynllun o hyn ymlaen.",
)
NOT_CHILD = Words(
    "Only a young person consents to a plan.", "Dim ond person ifanc sy'n cydsynio i gynllun."
)
PROPOSE_FIRST = Words(
    "First give notice of the proposal (section 31(7)); then decide.",
    "Rhowch hysbysiad o'r cynnig yn gyntaf (adran 31(7)); penderfynwch wedyn.",
)
PROPOSAL_NOT_GIVEN = Words(
    "The notice of the proposal has not been given to everybody who is to have it; decide after "
    "that.",
    "Ni roddwyd hysbysiad o'r cynnig i bawb sydd i'w gael; penderfynwch ar ôl hynny.",
)
BEFORE_PROPOSAL = Words(
    "The notice of the proposal was given on {day}; it was not decided before that day.",
    "Rhoddwyd hysbysiad o'r cynnig ar {day}; ni phenderfynwyd cyn y diwrnod hwnnw.",
)
DECIDE_TO_CEASE_FIRST = Words(
    "First decide to cease, and give the notices of section 31(8) and (9).",
    "Penderfynwch roi'r gorau yn gyntaf, a rhoi hysbysiadau adran 31(8) a (9).",
)
NOT_ALL_GIVEN = Words(
    "The notice has not been given to everybody who is to have it: the time in which the family "
    "may ask again has not begun.",
    "Ni roddwyd yr hysbysiad i bawb sydd i'w gael: nid yw'r amser y caiff y teulu ofyn eto ynddo "
    "wedi dechrau.",
)
NOT_YET = Words("The plan may not cease yet. {why}", "Ni chaiff y cynllun ddod i ben eto. {why}")
