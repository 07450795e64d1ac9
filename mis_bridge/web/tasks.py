"""The list of tasks, one task with its reasons, and what is done on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from mis_bridge.domain.words import Words
from mis_bridge.services import deciding, decisions, task_actions
from mis_bridge.services import task_action_words as words
from mis_bridge.services.deciding import Decided
from mis_bridge.services.decision_reasons import Reasons
from mis_bridge.services.pages import place_of, task_list
from mis_bridge.services.task_action_words import ActionRefused, SomebodyWasFirst, TaskGone
from mis_bridge.services.task_actions import Desk
from mis_bridge.services.task_pages import task_page
from mis_bridge.web.entries import Entered, entered
from mis_bridge.web.refusals import NotFoundPage
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("tasks", __name__)

_ANSWER: Final = Words("Say whether consent was given.", "Nodwch a gafwyd cydsyniad.")


@blueprint.get("/tasks")
def listing() -> str:
    """Show the open tasks that the visitor may see."""
    place, who = around(), visitor()
    wanted = request.args.get("page", "1")
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 7 else 1
    with place.sessions.begin() as session:
        tasks = task_list(session, who, place.today(), number)
        where = place_of(session, who.tenant)
    return render_template("tasks.html", tasks=tasks, place=where, today=place.today())


@blueprint.get("/tasks/<task_id>")
def show(task_id: str) -> Response:
    """Show one task with its trace."""
    return _page(task_id, 200)


@blueprint.post("/tasks/<task_id>/trigger")
def confirm_trigger(task_id: str) -> AnyResponse:
    """Confirm the day on which the matter came to attention."""
    form = entered("version", dates=("noticed_on",))
    day = form.wanted_day("noticed_on")

    def act(session: Session) -> None:
        if day is not None:
            task_actions.confirm_trigger(_desk(session, task_id, form), day)

    return _acted(task_id, form, act)


@blueprint.post("/tasks/<task_id>/consent")
def record_consent(task_id: str) -> AnyResponse:
    """Record whether the young person consents."""
    form = entered("version", "consented", dates=("consented_on",))
    day, answer = form.wanted_day("consented_on"), form.text("consented")
    if answer not in {"yes", "no"}:
        form.errors["consented"] = _ANSWER
    opened: list[str] = []

    def act(session: Session) -> None:
        if day is not None:
            desk = _desk(session, task_id, form)
            following = task_actions.record_consent(desk, consented=answer == "yes", on=day)
            opened.extend([following] if following else [])

    response = _acted(task_id, form, act)
    if opened and response.status_code == 303:
        return redirect(url_for("tasks.show", task_id=opened[0]), 303)
    return response


@blueprint.post("/tasks/<task_id>/assign")
def assign(task_id: str) -> AnyResponse:
    """Give the task to somebody of the school, or to nobody."""
    form = entered("version", "person")
    return _acted(
        task_id,
        form,
        lambda session: task_actions.assign(
            _desk(session, task_id, form), form.text("person") or None
        ),
    )


@blueprint.post("/tasks/<task_id>/decide")
def decide(task_id: str) -> AnyResponse:
    """Record a decision with its reasons; one that there are no ALN makes its notice."""
    form = entered(
        "version",
        "decision",
        "reasons",
        "reasons_cy",
        dates=("decided_on", "given_on", "consented_on"),
    )
    decided_on, given_on = form.wanted_day("decided_on"), form.day("given_on")
    consented_on = form.day("consented_on")
    if not form.text("decision"):
        form.errors["decision"] = words.CHOOSE
    reasons = (
        Reasons(unmarked=form.text("reasons"))
        if form.text("decision") == decisions.DONE
        else Reasons(form.text("reasons"), form.text("reasons_cy"))
    )
    if not reasons.are_written:
        form.errors["reasons"] = words.REASONS

    def act(session: Session) -> None:
        if decided_on is not None:
            deciding.decide(
                _desk(session, task_id, form),
                Decided(form.text("decision"), decided_on, reasons, given_on, consented_on),
            )

    return _acted(task_id, form, act)


@blueprint.post("/tasks/<task_id>/reasons")
def add_reasons(task_id: str) -> AnyResponse:
    """Add the reasons in the language that the letter waits for."""
    form = entered("version", "reasons", "reasons_cy")
    written = Reasons(form.text("reasons"), form.text("reasons_cy"))
    return _acted(
        task_id,
        form,
        lambda session: deciding.add_reasons(_desk(session, task_id, form), written),
    )


@blueprint.post("/tasks/<task_id>/given")
def record_given(task_id: str) -> AnyResponse:
    """Record the day on which the notification or the plan was given."""
    form = entered("version", dates=("given_on",))
    day = form.wanted_day("given_on")

    def act(session: Session) -> None:
        if day is not None:
            deciding.record_given(_desk(session, task_id, form), day)

    return _acted(task_id, form, act)


def _desk(session: Session, task_id: str, form: Entered) -> Desk:
    place = around()
    return Desk(session, visitor(), task_id, form.number("version"), place.clock(), place.jobs)


def _acted(task_id: str, form: Entered, act: Callable[[Session], object]) -> AnyResponse:
    """Do it in one transaction and go back to the task; show the form again where it is refused."""
    if form.errors:
        return _page(task_id, 422, form)
    try:
        with around().sessions.begin() as session:
            act(session)
    except TaskGone:
        raise NotFoundPage from None
    except ActionRefused as refused:
        form.errors[refused.field] = refused.words
        return _page(task_id, 422, form)
    except SomebodyWasFirst as late:
        return _page(task_id, 409, late=late.words)
    return redirect(url_for("tasks.show", task_id=task_id), 303)


def _page(
    task_id: str, status: int, form: Entered | None = None, late: Words | None = None
) -> Response:
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        found = task_page(session, who, task_id, place.today(), place.clock())
        where = place_of(session, who.tenant)
    if found is None:
        raise NotFoundPage
    page = render_template(
        "task.html",
        task=found,
        place=where,
        today=place.today(),
        form=form or Entered({}),
        late=late,
        choices=[(each, decisions.decision_words(each)) for each in decisions.choices(found.kind)],
    )
    return make_response(page, status)
