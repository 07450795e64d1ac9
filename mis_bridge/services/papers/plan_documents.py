"""A plan, its plain summary and the invitation to its review, in the format and language asked for.

A kept draft, and a plan in every status of its life; what was finalised is shown as it was then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from sqlalchemy.orm import Session

from mis_bridge.documents.content import Document
from mis_bridge.documents.html import html
from mis_bridge.documents.invitations import Invitation, ReviewMeeting, invitation
from mis_bridge.documents.letters import Office
from mis_bridge.documents.pdf import pdf
from mis_bridge.documents.plan_papers import (
    PlanPaper,
    Standing,
    paper_of_content,
    paper_of_draft,
)
from mis_bridge.documents.plans import plan
from mis_bridge.documents.problems import PdfUnavailable
from mis_bridge.documents.summaries import summary
from mis_bridge.documents.values import Names, untranslated
from mis_bridge.documents.word import word
from mis_bridge.documents.word_forms import fill_template
from mis_bridge.domain.idp import DraftField, Origin, Value, draft_from_json, fields_from_json
from mis_bridge.domain.labels import role_label
from mis_bridge.domain.plan_life import Maintainer, PlanStatus
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Language, Words
from mis_bridge.services.papers.forms import form_of
from mis_bridge.services.papers.word_templates import template_of
from mis_bridge.storage import plan_copies, plan_log, plans, views_pupils
from mis_bridge.storage.tables.authorities import LocalAuthorityRow, SchoolRow
from mis_bridge.storage.tables.plans import PlanActRow, PlanCopyRow, PlanRow
from mis_bridge.storage.tenants import Tenant

Format = Literal["html", "pdf", "docx"]

FORMATS: Mapping[str, Callable[[Document, Language], bytes]] = {
    "html": lambda document, language: html(document, language).encode(),
    "pdf": pdf,
    "docx": word,
}
_FINAL_ACTS = frozenset({"finalise", "revise", "take_over", "import"})


class EditionMissing(Problem):
    """No such edition of the plan was finalised, so no copy of it can be given."""


def rendered(
    session: Session, tenant: Tenant, draft_id: str, *, form: str, language: Language
) -> bytes | None:
    """Return a kept draft in a format of FORMATS, None where the tenant keeps no such draft.

    Raises PdfUnavailable where this machine cannot make a PDF.
    """
    row = views_pupils.draft(session, tenant, draft_id)
    if row is None:
        return None
    draft = draft_from_json(views_pupils.draft_content(session, row))
    names = _names(session, Tenant(row.la, row.school))
    return FORMATS[form](plan(paper_of_draft(draft, names)), language)


def rendered_plan(
    session: Session,
    tenant: Tenant,
    plan_id: str,
    *,
    edition: int | None,
    form: Format,
    language: Language,
) -> bytes | None:
    """Return a plan in a format, as it was finalised as `edition` or, with None, as it stands now.

    None where the tenant has no such plan, or the plan no such edition. A Word file is on the
    authority's own template where it has one. Raises PdfUnavailable, TemplateRefused.

    Source: 2018 anaw 2 s. 10; the form that the plan was begun with.
    """
    paper = plan_paper(session, tenant, plan_id, edition)
    if paper is None:
        return None
    own = template_of(session, tenant, paper.form.id, language) if form == "docx" else None
    if own is not None:
        return fill_template(own, paper, language)
    return FORMATS[form](plan(paper), language)


def rendered_summary(
    session: Session,
    tenant: Tenant,
    plan_id: str,
    *,
    edition: int | None,
    form: Format,
    language: Language,
) -> bytes | None:
    """Return the plan's summary in plain words, for the learner and the family.

    Raises LetterIncomplete where a text of the plan is in one language only, PdfUnavailable.

    Source: ALN Code for Wales 2021 23.8 (as reported: understandable by the learner).
    """
    paper = plan_paper(session, tenant, plan_id, edition)
    if paper is None:
        return None
    return FORMATS[form](summary(paper), language)


def rendered_invitation(
    session: Session,
    tenant: Tenant,
    plan_id: str,
    *,
    form: Format,
    language: Language,
    meeting: ReviewMeeting,
) -> bytes | None:
    """Return the invitation of one person to the review of a plan; practice, no statutory notice.

    Raises LetterIncomplete where its own words are in one language only, PdfUnavailable.

    Source: none; the reference lists no statutory content for it.
    """
    paper = plan_paper(session, tenant, plan_id, None)
    if paper is None or paper.body is None:
        return None
    about = Invitation(meeting, paper.body, paper.text("person.name"), plan_id[:8])
    return FORMATS[form](invitation(about), language)


def enclosures(
    session: Session,
    tenant: Tenant,
    plan_id: str,
    edition: int,
    languages: Sequence[Language],
) -> dict[str, bytes]:
    """Return the copies of a finalised plan that go with a letter, by file name, in this order.

    A machine without the libraries for PDF encloses the same content from HTML. Raises
    EditionMissing where the edition was never finalised, LetterIncomplete where a text that was
    written for both languages lacks one.

    Source: 2018 anaw 2 s. 22; S.I. 2021/401 reg. 15.
    """
    paper = plan_paper(session, tenant, plan_id, edition)
    if paper is None:
        raise EditionMissing(_NO_EDITION.fill(edition=edition))
    untranslated(paper.fields)
    document = plan(paper)
    return dict(
        _enclosed(document, number, language) for number, language in enumerate(languages, start=1)
    )


def _enclosed(document: Document, number: int, language: Language) -> tuple[str, bytes]:
    name = f"plan-{number}-{language}"
    try:
        return f"{name}.pdf", pdf(document, language)
    except PdfUnavailable:
        return f"{name}.html", html(document, language).encode()


def plan_paper(
    session: Session, tenant: Tenant, plan_id: str, edition: int | None
) -> PlanPaper | None:
    """Return what a plan's documents are made of, as of an edition or as it stands now."""
    row = plans.plan(session, tenant, plan_id)
    if row is None:
        return None
    of_school = Tenant(row.la, row.school)
    if edition is None:
        content: dict[str, Any] | None = plans.content(session, row)
    else:
        content = plans.edition_content(session, of_school, plan_id, edition)
    if content is None:
        return None
    acts = plan_log.acts(session, of_school, plan_id)
    copies = plan_copies.copies(session, of_school, plan_id)
    told = _Told(row, acts, copies, edition)
    fields = {**told.fields(), **fields_from_json(content.get("fields", {}))}
    names = _names(session, of_school)
    form = form_of(session, of_school, row.form_id, row.form_version)
    paper = paper_of_content(form, told.standing(), fields, content, names)
    school, authority = _offices(session, of_school)
    maintainer = Maintainer(row.maintained_by) if row.maintained_by else None
    body = authority if maintainer is not None and maintainer.is_authority else school
    return replace(paper, body=body, authority=authority, maintainer=maintainer)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the record of a plan's life says that its text need not: who, when, to whom."""

    row: PlanRow
    acts: Sequence[PlanActRow]
    copies: Sequence[PlanCopyRow]
    edition: int | None

    def standing(self) -> Standing:
        number = self.row.edition if self.edition is None else self.edition
        status = PlanStatus(self.row.status) if self.edition is None else PlanStatus.GIVEN
        return Standing(status, number, self._finalised_on(number), self.row.ended_on)

    def fields(self) -> dict[str, DraftField]:
        number = self.row.edition if self.edition is None else self.edition
        known: dict[str, Value | None] = {"plan.review_by": _iso(self.row.review_by_on)}
        for index, copy in enumerate(copy for copy in self.copies if copy.edition <= number):
            known[f"plan.copy_given[{index}]"] = {
                "to": _capacity(copy),
                "way": copy.channel,
                "on": copy.given_on.isoformat(),
                "edition": str(copy.edition),
            }
        record = f"plan:{self.row.id}"
        return {
            key: DraftField(value, Origin(record, key), "copied")
            for key, value in known.items()
            if value
        }

    def _finalised_on(self, number: int) -> date | None:
        days = [
            act.done_on for act in self.acts if act.edition == number and act.act in _FINAL_ACTS
        ]
        if days:
            return days[0]
        return self.row.finalised_on if number == self.row.edition else None


def _capacity(copy: PlanCopyRow) -> str:
    """Return in what capacity somebody had a copy: by their own name, or by the place they fill."""
    if role_label(copy.recipient) is not None:
        return copy.recipient
    return {"parent": "parent", "person": "on_behalf"}.get(copy.slot, "other_body")


def _iso(on: date | None) -> str | None:
    return on.isoformat() if on else None


def _names(session: Session, tenant: Tenant) -> Names:
    """Return what the codes of the school and its authority are called in a plan."""
    school, authority = _offices(session, tenant)
    return {tenant.of_school: school.name, tenant.la: authority.name}


def _offices(session: Session, tenant: Tenant) -> tuple[Office, Office]:
    school = session.get_one(SchoolRow, tenant.of_school)
    authority = session.get_one(LocalAuthorityRow, tenant.la)
    return _office(school), _office(authority)


def _office(row: SchoolRow | LocalAuthorityRow) -> Office:
    reach = row.profile if isinstance(row.profile, dict) else {}
    return Office(
        Words(row.name, row.name_cy or row.name),
        address=reach.get("address"),
        phone=reach.get("phone"),
        email=reach.get("email"),
    )


_NO_EDITION = Words(
    "the plan was never finalised as edition {edition}, so no copy of it can be given; finalise it "
    "first",
    "ni chwblhawyd y cynllun erioed fel argraffiad {edition}, felly ni ellir rhoi copi ohono; "
    "cwblhewch ef yn gyntaf",
)
