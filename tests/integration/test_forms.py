"""An authority's own version of a form: proposed by one, published by another, retired."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from mis_bridge.domain.form_checks import FormRefused, form_text
from mis_bridge.domain.idp_form import ANNEX_A, ANNEX_B, FORMS
from mis_bridge.services.papers import forms
from mis_bridge.services.papers.forms import FormProblem, SecondPersonMissing
from mis_bridge.storage.tables.authorities import LocalAuthorityRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_authority

LA = Tenant("660")


def own(version: str = "660-1", form_id: str = ANNEX_A) -> str:
    text = form_text(FORMS[form_id]).replace('"2021-1"', f'"{version}"', 1)
    return text.replace('en = "Travel arrangements"', 'en = "Getting there"')


@pytest.fixture
def authority(session: Session) -> Session:
    """Return a session on a database with two authorities."""
    add_authority(session, "660")
    add_authority(session, "661")
    return session


def label(session: Session, tenant: Tenant = LA) -> str:
    return forms.form_in_force(session, tenant, ANNEX_A).field("travel").label.en


def test_a_proposal_is_compared_and_changes_nothing_by_itself(authority: Session) -> None:
    proposed = forms.propose(authority, LA, own(), by="Nia", now=NOW)
    assert [(each.place, each.what) for each in proposed.differences] == [("travel", "label")]
    assert label(authority) == "Travel arrangements"
    assert forms.propose(authority, LA, own(), by="Nia", now=NOW).row.id == proposed.row.id
    with pytest.raises(FormProblem):
        forms.propose(authority, LA, own().replace("there", "home"), by="Nia", now=NOW)


@pytest.mark.parametrize("by", ["Nia", " nia ", ""])
def test_a_second_person_publishes_where_the_authority_wants_two(
    authority: Session, by: str
) -> None:
    forms.propose(authority, LA, own(), by="Nia", now=NOW)
    with pytest.raises(SecondPersonMissing):
        forms.publish(authority, LA, ANNEX_A, "660-1", by=by, now=NOW)
    assert label(authority) == "Travel arrangements"
    forms.publish(authority, LA, ANNEX_A, "660-1", by="Huw", now=NOW)
    assert label(authority) == "Getting there"
    assert label(authority, Tenant("661")) == "Travel arrangements"


def test_one_person_publishes_where_the_authority_wants_one(authority: Session) -> None:
    authority.get_one(LocalAuthorityRow, "660").two_person_publish = False
    forms.propose(authority, LA, own(), by="Nia", now=NOW)
    forms.publish(authority, LA, ANNEX_A, "660-1", by="Nia", now=NOW)
    assert label(authority) == "Getting there"


def test_a_later_version_retires_the_one_before_and_both_stay_readable(
    authority: Session,
) -> None:
    for version in ("660-1", "660-2"):
        text = own(version).replace("Getting there", f"Getting there {version}")
        forms.propose(authority, LA, text, by="Nia", now=NOW)
        forms.publish(authority, LA, ANNEX_A, version, by="Huw", now=NOW)
    assert label(authority) == "Getting there 660-2"
    states = {row.version: row.state for row in forms.listed(authority, LA)}
    assert states == {"660-1": "retired", "660-2": "published"}
    for version in states:
        form = forms.form_of(authority, LA, ANNEX_A, version)
        assert form.field("travel").label.en == f"Getting there {version}"
    assert forms.form_of(authority, LA, ANNEX_A, "2021-1") == FORMS[ANNEX_A]
    forms.retire(authority, LA, ANNEX_A, by="Huw", now=NOW)
    assert label(authority) == "Travel arrangements"
    with pytest.raises(FormProblem):
        forms.retire(authority, LA, ANNEX_A, by="Huw", now=NOW)


def test_what_is_not_there_is_a_clear_refusal(authority: Session) -> None:
    forms.propose(authority, LA, own(form_id=ANNEX_B), by="Nia", now=NOW)
    with pytest.raises(FormProblem):
        forms.form_in_force(authority, LA, "another")
    for tenant, form_id in ((Tenant("661"), ANNEX_B), (LA, ANNEX_A)):
        with pytest.raises(FormProblem):
            forms.form_of(authority, tenant, form_id, "660-1")
        with pytest.raises(FormProblem):
            forms.publish(authority, tenant, form_id, "660-1", by="Huw", now=NOW)
    with pytest.raises(FormRefused):
        forms.propose(authority, LA, "version = ", by="Nia", now=NOW)
    assert len(forms.listed(authority, LA)) == 1
