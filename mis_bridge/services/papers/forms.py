"""The forms of plans: the shipped ones, and an authority's own versions with their life.

A plan keeps the version that it was begun with, whatever is published after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.form_checks import Difference, differences, read_form
from mis_bridge.domain.idp_form import FORMS, Form
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.storage import audit, forms
from mis_bridge.storage.tables.plans import FormVersionRow
from mis_bridge.storage.tenants import Tenant


class FormProblem(Problem):
    """A form cannot be found, or not be put in force as asked."""


class SecondPersonMissing(FormProblem):
    """The authority wants a second person to publish a form."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A version that was kept as a proposal, and how it differs from the one in force."""

    row: FormVersionRow
    differences: tuple[Difference, ...]


def form_in_force(session: Session, tenant: Tenant, form_id: str) -> Form:
    """Return the form with which a plan is begun now: the authority's own, or the shipped one.

    Raises FormProblem for an id that no form has.
    """
    if form_id not in FORMS:
        raise FormProblem(_NO_FORM.fill(known=", ".join(FORMS)))
    own = forms.published(session, tenant, form_id)
    return read_form(own.document) if own is not None else FORMS[form_id]


def form_of(session: Session, tenant: Tenant, form_id: str, version: str) -> Form:
    """Return the version of a form that a plan was begun with.

    Raises FormProblem for a version that is neither shipped nor the authority's.
    """
    shipped = FORMS.get(form_id)
    if shipped is not None and shipped.version == version:
        return shipped
    own = forms.version(session, tenant, form_id, version)
    if own is None:
        raise FormProblem(_NO_VERSION.fill(version=version))
    return read_form(own.document)


def propose(session: Session, tenant: Tenant, text: str, *, by: str, now: datetime) -> Proposed:
    """Keep an authority's own version as a proposal; nothing is in force by it.

    Raises FormRefused with every fault, or FormProblem for a version that is there already with
    another text; the same text again is the same proposal.
    """
    form = read_form(text)
    compared = differences(form_in_force(session, tenant, form.id), form)
    known = forms.version(session, tenant, form.id, form.version)
    if known is not None:
        if known.document != text:
            raise FormProblem(_TAKEN.fill(version=form.version))
        return Proposed(known, compared)
    row = forms.add(session, tenant, form.id, form.version, text, by=by, at=now)
    _note(session, tenant, row, "form_proposed", by, now)
    return Proposed(row, compared)


def publish(
    session: Session, tenant: Tenant, form_id: str, version: str, *, by: str, now: datetime
) -> FormVersionRow:
    """Put a version in force for plans begun from now on.

    Raises SecondPersonMissing where its proposer publishes and the authority wants two people.
    """
    row = forms.version(session, tenant, form_id, version)
    if row is None:
        raise FormProblem(_NO_VERSION.fill(version=version))
    same_person = row.proposed_by.strip().casefold() == by.strip().casefold()
    if not by.strip() or (same_person and forms.needs_two_people(session, tenant)):
        raise SecondPersonMissing(_TWO_PEOPLE)
    if row.state != "published":
        forms.publish(session, row, by=by, at=now)
        _note(session, tenant, row, "form_published", by, now)
    return row


def retire(session: Session, tenant: Tenant, form_id: str, *, by: str, now: datetime) -> None:
    """Take the authority's version out of force: the shipped form is in force again."""
    row = forms.published(session, tenant, form_id)
    if row is None:
        raise FormProblem(_NONE_PUBLISHED)
    forms.retire(session, tenant, form_id)
    _note(session, tenant, row, "form_retired", by, now)


def listed(session: Session, tenant: Tenant) -> Sequence[FormVersionRow]:
    """Return every version that the authority has, whatever became of it."""
    return forms.versions(session, tenant)


def _note(
    session: Session, tenant: Tenant, row: FormVersionRow, action: str, by: str, now: datetime
) -> None:
    facts: dict[str, audit.Fact] = {"form": row.form_id, "version": row.version}
    audit.append(session, tenant, [audit.AuditEntry(by, action, f"form:{row.id}", facts)], now)


_NO_FORM = Words(
    "there is no such form; the forms are: {known}",
    "nid oes ffurflen o'r fath; y ffurflenni: {known}",
)
_NO_VERSION = Words(
    "there is no version {version} of this form here; mis-bridge form list shows them",
    "nid oes fersiwn {version} o'r ffurflen hon yma; mae mis-bridge form list yn eu dangos",
)
_TAKEN = Words(
    "the version {version} is there already with another text; give yours another version",
    "mae'r fersiwn {version} yno eisoes gyda thestun arall; rhowch fersiwn arall i'ch un chi",
)
_TWO_PEOPLE = Words(
    "a form shapes statutory documents, so somebody other than the proposer publishes it: give "
    "--by with their name",
    "mae ffurflen yn llunio dogfennau statudol, felly rhywun heblaw'r cynigydd sy'n ei chyhoeddi: "
    "rhowch --by gyda'i enw",
)
_NONE_PUBLISHED = Words(
    "the authority has no version of its own in force; the shipped form is",
    "nid oes gan yr awdurdod fersiwn ei hun mewn grym; y ffurflen a ddaeth gyda'r rhaglen sydd",
)
