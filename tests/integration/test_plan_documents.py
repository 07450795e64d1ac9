"""The documents of a plan through its life: each edition as it was, drafts marked, copies told."""

from __future__ import annotations

import sys
from datetime import date, time
from io import BytesIO

import pytest
from docx import Document as WordFile
from pypdf import PdfReader
from sqlalchemy.orm import Session

from mis_bridge.documents.invitations import ReviewMeeting
from mis_bridge.documents.plans import plan
from mis_bridge.documents.problems import LetterIncomplete
from mis_bridge.domain.form_checks import form_text
from mis_bridge.domain.idp_form import ANNEX_A, FORMS
from mis_bridge.domain.words import Language
from mis_bridge.services.papers import forms, word_templates
from mis_bridge.services.papers.plan_documents import (
    EditionMissing,
    Format,
    enclosures,
    plan_paper,
    rendered_invitation,
    rendered_plan,
    rendered_summary,
)
from mis_bridge.services.plans import editing as plan_editing
from mis_bridge.services.plans import finalising, reviewing
from mis_bridge.storage import plan_copies, plans
from mis_bridge.storage.tables.authorities import SchoolRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_school
from tests.factories.pupils import a_pupil
from tests.functional.test_word_templates import template
from tests.integration.test_plan_life import TODAY, Story, begun

BOTH: tuple[Language, ...] = ("cy", "en")


@pytest.fixture
def story(session: Session) -> Story:
    """Return a child with both parents, and a plan just begun."""
    return begun(session, a_pupil())


def texts(story: Story, edition: int | None = None, language: Language = "en") -> list[str]:
    paper = plan_paper(story.session, story.tenant, story.plan_id, edition)
    assert paper is not None
    return list(plan(paper).texts(language))


def finalised(story: Story) -> None:
    story.decided()
    notice = finalising.finalise(story.desk(), TODAY)
    story.give_all(notice, TODAY)


def revised(story: Story) -> None:
    reviewing.begin_review(story.desk(), TODAY, asked_by="body")
    plan_editing.save(story.desk(), {"aln.impact": "Far less than a year ago."})
    reviewing.revise(story.desk(), TODAY, {"alp[0]": "met"})


def page(story: Story, form: Format, language: Language, edition: int | None = None) -> bytes:
    made = rendered_plan(
        story.session, story.tenant, story.plan_id, edition=edition, form=form, language=language
    )
    assert made is not None
    return made


def test_a_plan_just_begun_is_a_draft_that_names_what_it_lacks(story: Story) -> None:
    shown = texts(story)
    assert any(text.startswith("Draft. No decision") for text in shown)
    assert "Aled Canary" in shown
    assert any("School 660/4001" in text for text in shown)
    assert any(text.startswith("Still to be filled") for text in shown)


def test_a_finalised_plan_tells_its_edition_its_body_and_the_copies_that_were_given(
    story: Story,
) -> None:
    finalised(story)
    shown = texts(story, language="cy")
    at = shown.index("Argraffiad")
    assert shown[at : at + 6] == [
        "Argraffiad", "1", "Cwblhawyd ar", "20 Tachwedd 2026", "Cynhelir gan", "Ysgol 660/4001",
    ]  # fmt: skip
    copies = shown.index("Copïau a roddwyd, i bwy a phryd")
    assert {"Rhiant", "â llaw", "20 Tachwedd 2026"} <= set(shown[copies:])
    assert not any("Drafft" in text or "I'w lenwi" in text for text in shown)


def test_a_copy_names_the_capacity_of_whoever_had_it_and_never_a_code(story: Story) -> None:
    finalised(story)
    for recipient, slot in (
        ("iro", "extra"), ("contact:9", "person"), ("la:660", "extra"), ("case_friend", "person"),
    ):  # fmt: skip
        copy = plan_copies.Copy(1, recipient, slot, "electronic", TODAY)
        assert plan_copies.add_copy(story.session, story.row, copy, by="person:mair", at=NOW)
    shown = texts(story)
    assert {
        "Independent reviewing officer", "On behalf of the person", "Another body", "Case friend",
        "Parent", "electronically",
    } <= set(shown)  # fmt: skip
    assert not {"iro", "contact:9", "la:660", "extra", "person"} & set(shown)


def test_an_earlier_edition_is_shown_as_it_was(story: Story) -> None:
    finalised(story)
    revised(story)
    first, second, now = texts(story, 1), texts(story, 2), texts(story)
    assert "Written tasks take twice as long." in first
    assert "Far less than a year ago." not in first
    assert "Far less than a year ago." in second
    assert "Far less than a year ago." in now
    assert second[second.index("Edition") + 1] == "2"
    # A copy of the second edition cannot have been given when the first was made.
    assert plan_paper(story.session, story.tenant, story.plan_id, 3) is None


def test_a_plan_under_review_says_so_and_its_edition_in_force_does_not(story: Story) -> None:
    finalised(story)
    reviewing.begin_review(story.desk(), TODAY, asked_by="body")
    assert any("being reviewed" in text for text in texts(story))
    assert not any("being reviewed" in text for text in texts(story, 1))


def test_every_format_comes_in_both_languages(story: Story) -> None:
    finalised(story)
    for language, title in (("en", "Individual development plan"), ("cy", "Cynllun datblygu")):
        assert f"<h1>{title}" in page(story, "html", language).decode()  # type: ignore[arg-type]
        made = PdfReader(BytesIO(page(story, "pdf", language)))  # type: ignore[arg-type]
        assert title in made.pages[0].extract_text()
        file = WordFile(BytesIO(page(story, "docx", language)))  # type: ignore[arg-type]
        assert file.paragraphs[0].text.startswith(title)


def test_another_tenants_plan_and_one_that_nobody_has_are_the_same_nothing(story: Story) -> None:
    other = add_school(story.session, "661/4002")
    for tenant, plan_id in ((other, story.plan_id), (story.tenant, "nobody")):
        found = rendered_plan(
            story.session, tenant, plan_id, edition=None, form="html", language="en"
        )
        assert found is None
        with pytest.raises(EditionMissing):
            enclosures(story.session, tenant, plan_id, 1, BOTH)


def test_the_copies_that_go_with_a_letter_are_in_the_recipients_order(story: Story) -> None:
    finalised(story)
    made = enclosures(story.session, story.tenant, story.plan_id, 1, BOTH)
    assert list(made) == ["plan-1-cy.pdf", "plan-2-en.pdf"]
    assert "Cynllun datblygu" in PdfReader(BytesIO(made["plan-1-cy.pdf"])).pages[0].extract_text()
    with pytest.raises(EditionMissing) as missing:
        enclosures(story.session, story.tenant, story.plan_id, 2, BOTH)
    assert "2" in missing.value.words.cy


def test_a_machine_without_the_libraries_for_pdf_encloses_the_same_as_a_page(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    finalised(story)
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    made = enclosures(story.session, story.tenant, story.plan_id, 1, ("en",))
    assert list(made) == ["plan-1-en.html"]
    assert b"Individual development plan" in made["plan-1-en.html"]


def test_no_copy_goes_out_while_a_text_lacks_one_of_its_languages(story: Story) -> None:
    finalised(story)
    row = story.row
    held = plans.content(story.session, row)
    held["fields"]["transition"] = {
        **held["fields"]["aln.impact"], "value": {"en": "Soon.", "cy": ""},
    }  # fmt: skip
    plans.save(story.session, row, held, act="revise", by="person:mair", at=NOW, edition=2)
    row.edition = 2
    with pytest.raises(LetterIncomplete) as refused:
        enclosures(story.session, story.tenant, story.plan_id, 2, BOTH)
    assert refused.value.block == "transition"
    with pytest.raises(LetterIncomplete):
        rendered_summary(
            story.session, story.tenant, story.plan_id, edition=2, form="html", language="en"
        )


def test_the_summary_is_in_the_plans_own_words(story: Story) -> None:
    finalised(story)
    made = rendered_summary(
        story.session, story.tenant, story.plan_id, edition=1, form="html", language="cy"
    )
    assert made is not None
    shown = made.decode()
    assert "Fy nghynllun mewn geiriau syml" in shown
    assert "Reading support, 3 times a week" in shown
    assert "30 Mehefin 2027" in shown


def test_an_invitation_names_the_meeting_and_the_body_that_invites(story: Story) -> None:
    finalised(story)
    school = story.session.get_one(SchoolRow, story.tenant.of_school)
    school.profile = {"phone": "01632 960 001"}
    meeting = ReviewMeeting(
        addressee="Rhian Canary", address="1 Canary Row", role="parent", written_on=TODAY,
        on=date(2027, 6, 1), at=time(14, 0), place={"en": "Hall", "cy": "Neuadd"},
    )  # fmt: skip
    made = rendered_invitation(
        story.session, story.tenant, story.plan_id, form="html", language="cy", meeting=meeting
    )
    assert made is not None
    for said in ("1 Mehefin 2027", "14:00", "Neuadd", "01632 960 001", "Ysgol 660/4001",
                 "Aled Canary"):  # fmt: skip
        assert said in made.decode()


def test_a_plan_keeps_the_form_that_it_was_begun_with(story: Story) -> None:
    own = form_text(FORMS[ANNEX_A]).replace('"2021-1"', '"660-1"', 1)
    own = own.replace("Description of the additional learning needs", "What is hard for me")
    forms.propose(story.session, story.tenant, own, by="Nia", now=NOW)
    forms.publish(story.session, story.tenant, ANNEX_A, "660-1", by="Huw", now=NOW)
    finalised(story)
    assert "Description of the additional learning needs" in texts(story)
    row = story.row
    row.form_version = "660-1"
    assert "What is hard for me" in texts(story)
    forms.retire(story.session, story.tenant, ANNEX_A, by="Huw", now=NOW)
    assert "What is hard for me" in texts(story)


def test_an_authoritys_word_form_is_used_for_its_language_alone(story: Story) -> None:
    finalised(story)
    authority = Tenant("660")
    word_templates.add(
        story.session, authority, ANNEX_A, "cy",
        template("EIN FFURFLEN {{ person.name }} {{ document.edition }}"), by="Nia", now=NOW,
    )  # fmt: skip
    assert word_templates.template_of(story.session, Tenant("661"), ANNEX_A, "cy") is None
    own = WordFile(BytesIO(page(story, "docx", "cy")))
    assert [line.text for line in own.paragraphs] == ["EIN FFURFLEN Aled Canary 1"]
    ours = WordFile(BytesIO(page(story, "docx", "en")))
    assert ours.paragraphs[0].text == "Individual development plan"
    word_templates.retire(story.session, authority, ANNEX_A, "cy", by="Nia", now=NOW)
    assert WordFile(BytesIO(page(story, "docx", "cy"))).paragraphs[0].text.startswith("Cynllun")
