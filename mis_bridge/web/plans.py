"""Plans: the list, one plan with its history, its papers, and what a class teacher sees of it."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from mis_bridge.documents.problems import LetterIncomplete
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Language, Words
from mis_bridge.services.pages import place_of
from mis_bridge.services.papers import plan_documents
from mis_bridge.services.papers.plan_documents import Format
from mis_bridge.services.plans import editing as plan_editing
from mis_bridge.services.plans.history import version_page
from mis_bridge.services.plans.pages import plan_list, plan_page
from mis_bridge.services.plans.problems import NO_PUPIL, PlanGone, PlanRefused
from mis_bridge.services.plans.reading import form_of_plan, read
from mis_bridge.services.plans.support_pages import support_page
from mis_bridge.web.entries import entered
from mis_bridge.web.refusals import NotFoundPage
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("plans", __name__)

FORMATS: Final[dict[str, Format]] = {"html": "html", "pdf": "pdf", "docx": "docx"}
LANGUAGES: Final[dict[str, Language]] = {"cy": "cy", "en": "en"}
_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_PAPERS: Final = {
    "plan": plan_documents.rendered_plan,
    "summary": plan_documents.rendered_summary,
}


@blueprint.get("/plans")
def listing() -> str:
    """Show the school's plans; an authority's people those that an authority maintains."""
    place, who = around(), visitor()
    wanted = request.args.get("page", "1")
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 7 else 1
    with place.sessions.begin() as session:
        plans = plan_list(session, who, place.today(), number)
        where = place_of(session, who.tenant)
    return render_template("plans/list.html", plans=plans, place=where, today=place.today())


@blueprint.post("/plans")
def begin() -> AnyResponse:
    """Begin a plan for a pupil, from a draft of theirs or from the register."""
    place, who = around(), visitor()
    form = entered("pupil_id", "draft_id")
    try:
        with place.sessions.begin() as session:
            plan_id = plan_editing.begin(
                session,
                who,
                form.text("pupil_id"),
                form.text("draft_id") or None,
                now=place.clock(),
            )
    except PlanGone:
        raise NotFoundPage from None
    except PlanRefused as refused:
        if refused.words == NO_PUPIL:
            raise NotFoundPage from None
        raise CannotBegin(refused.words) from None
    return redirect(url_for("plans.show", plan_id=plan_id), 303)


@blueprint.get("/plans/<plan_id>")
def show(plan_id: str) -> Response:
    """Show a plan as it stands, what comes next, and how it came to be so."""
    return plan_view(plan_id, 200)


@blueprint.get("/plans/<plan_id>/support")
def support(plan_id: str) -> str:
    """Show how to support the pupil: the profile and the provision, and nothing else."""
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        found = support_page(session, who, plan_id)
        where = place_of(session, who.tenant)
    if found is None:
        raise NotFoundPage
    return render_template("plans/support.html", plan=found, place=where)


@blueprint.get("/plans/<plan_id>/versions/<int:number>")
def version(plan_id: str, number: int) -> str:
    """Show what one version of a plan changed: before and after."""
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        taken = read(session, who, plan_id, place.today())
        found = (
            version_page(session, form_of_plan(session, taken.row), taken, number)
            if taken is not None
            else None
        )
        where = place_of(session, who.tenant)
    if taken is None or found is None:
        raise NotFoundPage
    return render_template("plans/version.html", version=found, place=where)


@blueprint.get("/plans/<plan_id>/papers/<paper>/<language>/<ending>")
def download(plan_id: str, paper: str, language: str, ending: str) -> Response:
    """Give the plan, or its plain summary, as a file; the edition in force where there is one."""
    place, who = around(), visitor()
    if paper not in _PAPERS or language not in LANGUAGES or ending not in FORMATS:
        raise NotFoundPage
    try:
        with place.sessions.begin() as session:
            taken = read(session, who, plan_id, place.today())
            content = (
                _PAPERS[paper](
                    session,
                    taken.tenant,
                    plan_id,
                    edition=None,
                    form=FORMATS[ending],
                    language=LANGUAGES[language],
                )
                if taken is not None
                else None
            )
    except LetterIncomplete:
        raise CannotMake(_ONE_LANGUAGE) from None
    if content is None:
        raise NotFoundPage
    return as_file(content, f"{paper}-{language}", ending)


def as_file(content: bytes, name: str, ending: str) -> Response:
    """Return a file to keep: never shown in the page's place, and named without anybody's name."""
    response = make_response(content)
    response.headers["Content-Type"] = _TYPES[ending]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def plan_view(plan_id: str, status: int, late: Words | None = None) -> Response:
    """Return a plan's page, with what somebody has to be told first (`late`)."""
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        found = plan_page(session, who, plan_id, place.today())
        where = place_of(session, who.tenant)
    if found is None:
        raise NotFoundPage
    page = render_template("plans/plan.html", plan=found, place=where, late=late)
    return make_response(page, status)


class CannotBegin(Problem):
    """A plan cannot be begun for this pupil now."""


class CannotMake(Problem):
    """A paper of the plan cannot be made now."""


_ONE_LANGUAGE = Words(
    "A text of the plan is there in one language only. Write the other language first.",
    "Mae testun o'r cynllun mewn un iaith yn unig. Ysgrifennwch yr iaith arall yn gyntaf.",
)
