"""The notices about a plan, and the decision and task that they answer."""

from __future__ import annotations

from collections.abc import Mapping

from mis_bridge.domain.notices import Giver
from mis_bridge.domain.tasks import DECIDING, TaskKind
from mis_bridge.domain.words import Words
from mis_bridge.services import decisions, notice_making
from mis_bridge.services.notice_making import Occasion
from mis_bridge.services.plans import problems as words
from mis_bridge.services.plans.desk import PlanDesk, Taken
from mis_bridge.services.plans.problems import PlanRefused
from mis_bridge.storage import plans, views_tasks
from mis_bridge.storage.tables.duties import DecisionRow, DecisionTaskRow


def make_notice(
    desk: PlanDesk,
    taken: Taken,
    event: str,
    name: str,
    *,
    with_plan: bool = False,
    statements: Mapping[str, Words] | None = None,
    giver: Giver | None = None,
) -> str | None:
    """Make a notice about the plan; returns its id, None where a person must settle who is told."""
    row = taken.row
    task = _task_of_notice(desk, taken)
    made = notice_making.make(
        desk.session,
        taken.tenant,
        row.pupil_id,
        taken.pupil,
        Occasion(
            event=event,
            by=giver or taken.giver,
            name=f"plan:{row.id}:{name}",
            task_id=task.id if task is not None else None,
            statements=statements or {},
            plan_id=row.id,
            plan_edition=row.edition if with_plan else None,
        ),
        now=desk.now,
        jobs=desk.jobs,
    )
    if made.to_check is not None:
        desk.tasks(taken).apply(row.pupil_id, (made.to_check,), ())
    return made.notice_id


def in_both(english: str, welsh: str, field: str) -> Words:
    """Return a person's words for a letter; raises PlanRefused where one language is missing."""
    if not english.strip() or not welsh.strip():
        raise PlanRefused(words.WORDS_NEEDED, field=field)
    return Words(english.strip(), welsh.strip())


def decision_made(desk: PlanDesk, taken: Taken) -> DecisionRow | None:
    """Return the decision on ALN that the plan follows, None where there is none.

    While a task asks, only what was decided on it counts: an earlier decision is history.
    """
    task = deciding_task(desk, taken)
    if task is not None:
        made = views_tasks.decision_of(desk.session, taken.tenant, task.id)
        known = {decisions.HAS_ALN, decisions.NO_ALN}
        return made if made is not None and made.decision in known else None
    return plans.decision_on_aln(
        desk.session, taken.tenant, taken.row.pupil_id, (decisions.HAS_ALN, decisions.NO_ALN)
    )


def deciding_task(desk: PlanDesk, taken: Taken) -> DecisionTaskRow | None:
    """Return the open task that asks for the decision, None where none does."""
    for task in views_tasks.tasks_of_pupil(desk.session, taken.tenant, taken.row.pupil_id):
        if task.state == "open" and TaskKind(task.kind) in DECIDING:
            return task
    return None


def _task_of_notice(desk: PlanDesk, taken: Taken) -> DecisionTaskRow | None:
    """Return the task that is done when the first edition's copy has been given."""
    return deciding_task(desk, taken) if taken.row.edition == 1 else None
