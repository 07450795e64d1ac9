"""The page of one act on a plan: its law, what stands against it, whom it reaches, and its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from mis_bridge.documents.invitations import ReviewMeeting
from mis_bridge.domain.ceasing import Ceasing
from mis_bridge.domain.plan_life import Maintainer
from mis_bridge.domain.plan_rules import elements
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Language, Words
from mis_bridge.services import decisions, notice_making
from mis_bridge.services.notice_making import Asked, Occasion
from mis_bridge.services.notice_pages import person_label
from mis_bridge.services.papers.plan_documents import Format, rendered_invitation
from mis_bridge.services.plans import ceasing as plan_ceasing
from mis_bridge.services.plans import problems as refusals
from mis_bridge.services.plans import words as plan_words
from mis_bridge.services.plans.controls import Slug
from mis_bridge.services.plans.desk import PlanDesk, Taken
from mis_bridge.services.plans.notices import deciding_task, decision_made
from mis_bridge.services.plans.obstacles import ObstacleGroup, obstacle_groups, page_title
from mis_bridge.services.plans.pages import may_do
from mis_bridge.services.plans.problems import PlanGone, PlanRefused
from mis_bridge.services.plans.reading import form_of_plan, read
from mis_bridge.services.plans.words import Step
from mis_bridge.storage import plan_log, plans

# The notice that each act makes, asked of routing before anybody presses the button.
_EVENTS: Mapping[str, tuple[str, str]] = {
    "finalise": ("idp_copy_s22_1", "idp_copy_s22_1"),
    "revise": ("revised_copy_s23_11", "revised_copy_s24_10"),
    "keep": ("not_revise_s23_10", "not_revise_s24_9"),
    "propose-ceasing": ("propose_cease_s31_7", "propose_cease_s31_7"),
    "decide-ceasing": ("cease_s31_8", "cease_s31_8"),
}


@dataclass(frozen=True, slots=True, repr=False)
class PersonLine:
    """Somebody who would receive, or would not, and why."""

    person: str
    name: str | None
    label: Words
    receives: bool
    undecided: bool
    in_place_of: Words | None
    because: Words

    def __repr__(self) -> str:
        return f"PersonLine(receives={self.receives!r})"


@dataclass(frozen=True, slots=True, repr=False)
class OutcomeLine:
    """A provision of the edition under review, for which somebody says what became of it."""

    name: str
    base: str
    title: Words
    outcome: str

    def __repr__(self) -> str:
        return f"OutcomeLine(base={self.base!r})"


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """The decision on record, which the plan follows."""

    words: Words
    has_aln: bool
    decided_on: date


@dataclass(frozen=True, slots=True, repr=False)
class ActPage:
    """The page of one act; `blocked` says why its button is not offered now."""

    plan_id: str
    version: int
    step: Step
    pupil_name: str | None
    blocked: Words | None
    obstacles: tuple[ObstacleGroup, ...]
    people: tuple[PersonLine, ...]
    doubts: Trace
    outcomes: tuple[OutcomeLine, ...]
    decision: DecisionMade | None
    task_id: str | None
    asked_by: tuple[tuple[str, Words], ...]
    bodies: tuple[tuple[str, Words], ...]
    challenges: tuple[tuple[str, Words], ...]
    window: Trace
    earliest_on: date | None
    sees_tasks: bool

    def __repr__(self) -> str:
        return f"ActPage(plan_id={self.plan_id!r}, step={self.step.slug!r})"


def act_page(desk: PlanDesk, slug: str) -> ActPage | None:
    """Return the page of an act, None where the plan, the visitor or the act are not there."""
    step = plan_words.STEP.get(slug)
    taken = read(desk.session, desk.visitor, desk.plan_id, desk.today)
    if step is None or taken is None:
        return None
    blocked = None if may_do(taken, step) else refusals.NOT_FROM_HERE
    form = form_of_plan(desk.session, taken.row)
    obstacles = obstacle_groups(form, taken) if slug in {"finalise", "revise"} else ()
    decided, task_id = _decision(desk, taken) if slug == "decide" else (None, None)
    asked = _asked(desk, taken, slug)
    window = Trace()
    earliest = None
    if slug == "cease" and blocked is None:
        blocked, window, earliest = _window(desk, taken)
    if slug == "decide-ceasing" and blocked is None and not _proposed(desk, taken):
        blocked = refusals.PROPOSE_FIRST
    if slug == "family-response" and blocked is None and not _cease_decided(desk, taken):
        blocked = refusals.DECIDE_TO_CEASE_FIRST
    return ActPage(
        plan_id=taken.row.id,
        version=taken.row.version,
        step=step,
        pupil_name=taken.pupil.name.known_as or None,
        blocked=blocked,
        obstacles=obstacles,
        people=_people(taken, asked) if asked is not None else (),
        doubts=asked.routed.trace if asked is not None else Trace(),
        outcomes=_outcomes(desk, taken) if slug in {"revise", "keep"} else (),
        decision=decided,
        task_id=task_id,
        asked_by=_askers(taken) if slug == "begin-review" else (),
        bodies=_bodies(taken) if slug == "take-over" else (),
        challenges=tuple(plan_words.CHALLENGES.items()) if slug == "family-response" else (),
        window=window,
        earliest_on=earliest,
        sees_tasks=desk.visitor.tenant.school is not None,
    )


@dataclass(frozen=True, slots=True, repr=False)
class Meeting:
    """A meeting to which one person is invited, as the form says it."""

    person: str
    on: date
    at: time
    place: Words
    language: Language
    format: Format

    def __repr__(self) -> str:
        return "Meeting(***)"


def invitation(desk: PlanDesk, meeting: Meeting) -> bytes:
    """Return the invitation of one of the people who would receive the plan.

    Raises PlanGone, and PlanRefused for somebody who would not.
    """
    taken = read(desk.session, desk.visitor, desk.plan_id, desk.today)
    if taken is None:
        raise PlanGone
    if not may_do(taken, plan_words.STEP["invite"]):
        raise PlanRefused(refusals.NOT_FROM_HERE)
    asked = _asked(desk, taken, "invite")
    known = asked.routed.recipients if asked is not None else ()
    recipient = next((each for each in known if each.id == meeting.person), None)
    if asked is None or recipient is None:
        raise PlanRefused(_NOBODY, field="person")
    addressee = asked.addressees[recipient.id]
    made = rendered_invitation(
        desk.session,
        taken.tenant,
        taken.row.id,
        form=meeting.format,
        language=meeting.language,
        meeting=ReviewMeeting(
            addressee=addressee["name"]
            or person_label(recipient.id, taken.pupil)[0].in_(meeting.language),
            address=addressee["address"],
            role=recipient.capacities[0].value,
            written_on=desk.today,
            on=meeting.on,
            at=meeting.at,
            place=meeting.place,
        ),
    )
    if made is None:
        raise PlanRefused(refusals.BODY_NEEDED)
    return made


def _asked(desk: PlanDesk, taken: Taken, slug: str) -> Asked | None:
    """Ask routing who would receive what the act makes, today."""
    pair = _EVENTS.get(slug) or (_EVENTS["revise"] if slug == "invite" else None)
    if pair is None:
        return None
    looked_after = taken.plan.looked_after and taken.body.is_authority
    event = pair[looked_after]
    if slug == "decide-ceasing" and taken.body is Maintainer.SCHOOL:
        event = "cease_s31_8_and_9"
    occasion = Occasion(event=event, by=taken.giver, name=f"plan:{taken.row.id}")
    return notice_making.ask(
        desk.session, taken.tenant, taken.row.pupil_id, taken.pupil, occasion, desk.today
    )


def _people(taken: Taken, asked: Asked) -> tuple[PersonLine, ...]:
    receiving = [
        PersonLine(
            who.id,
            asked.addressees[who.id]["name"],
            person_label(who.id, taken.pupil)[0],
            receives=True,
            undecided=who.id in asked.doubtful,
            in_place_of=person_label(who.in_place_of, taken.pupil)[0] if who.in_place_of else None,
            because=who.because,
        )
        for who in asked.routed.recipients
    ]
    left_out = [
        PersonLine(
            who.id,
            person_label(who.id, taken.pupil)[1],
            person_label(who.id, taken.pupil)[0],
            receives=False,
            undecided=who.why.value == "not_verified",
            in_place_of=None,
            because=who.because,
        )
        for who in asked.routed.not_sent
    ]
    return (*receiving, *left_out)


def _outcomes(desk: PlanDesk, taken: Taken) -> tuple[OutcomeLine, ...]:
    row = taken.row
    held = plans.edition_content(desk.session, taken.tenant, row.id, row.edition) or {}
    fields = held.get("fields", {})
    lines = []
    for base in elements(fields):
        part, _, number = base.partition("[")
        told = fields.get(f"{base}.outcome", {}).get("value", "")
        title = page_title(Slug(part, number.rstrip("]")), fields)
        lines.append(OutcomeLine(outcome_field(base), base, title, str(told)))
    return tuple(lines)


def outcome_field(base: str) -> str:
    """Return the name under which a form says what became of a provision's outcome."""
    return f"outcome-{base.replace('[', '-').rstrip(']')}"


def _decision(desk: PlanDesk, taken: Taken) -> tuple[DecisionMade | None, str | None]:
    made = decision_made(desk, taken)
    if made is not None:
        has_aln = made.decision == decisions.HAS_ALN
        return DecisionMade(decisions.decision_words(made.decision), has_aln, made.decided_on), None
    task = deciding_task(desk, taken)
    return None, task.id if task is not None else None


def _window(desk: PlanDesk, taken: Taken) -> tuple[Words | None, Trace, date | None]:
    """Return why the plan may not cease today, and the arithmetic of the family's time."""
    try:
        window: Ceasing = plan_ceasing.standing(desk, taken)
    except PlanRefused as refused:
        return refused.words, Trace(), None
    if window.may_cease is True:
        return None, window.trace, window.earliest_on
    last = window.trace.steps[-1].because if window.trace.steps else refusals.NOT_ALL_GIVEN
    return refusals.NOT_YET.fill(why=last), window.trace, window.earliest_on


def _proposed(desk: PlanDesk, taken: Taken) -> bool:
    done = plan_log.acts(desk.session, taken.tenant, taken.row.id)
    return any(act.act == "propose_ceasing" for act in done)


def _cease_decided(desk: PlanDesk, taken: Taken) -> bool:
    done = plan_log.acts(desk.session, taken.tenant, taken.row.id)
    return any(act.act == "decide_to_cease" for act in done)


def _askers(taken: Taken) -> tuple[tuple[str, Words], ...]:
    young = taken.plan.person.value == "young_person"
    without = {"child", "parent"} if young else {"young_person"}
    return tuple(each for each in plan_words.ASKED_BY.items() if each[0] not in without)


def _bodies(taken: Taken) -> tuple[tuple[str, Words], ...]:
    fei = taken.body is Maintainer.FEI
    without = {taken.row.maintained_by, "school" if fei else "fei"}
    return tuple(each for each in plan_words.BODIES.items() if each[0] not in without)


_NOBODY = Words(
    "Choose one of the people who receive the plan.", "Dewiswch un o'r bobl sy'n cael y cynllun."
)
