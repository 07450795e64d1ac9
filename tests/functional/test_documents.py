"""One content value gives HTML, PDF and Word with the same text, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from docx import Document as WordFile
from lxml import html as lxml_html
from pypdf import PdfReader

from mis_bridge.documents.content import Document, Facts, Heading, Paragraph, Table, same
from mis_bridge.documents.html import html
from mis_bridge.documents.letters import Letter, Office, asked_for, block_heading, letter
from mis_bridge.documents.pdf import _refuse, pdf
from mis_bridge.documents.plan_papers import paper_of_draft
from mis_bridge.documents.plans import plan
from mis_bridge.documents.problems import ForbiddenFetch, LetterIncomplete
from mis_bridge.documents.word import word
from mis_bridge.domain.idp_conversion import convert
from mis_bridge.domain.notices import Giver, events
from mis_bridge.domain.words import Language, Words
from tests.unit.domain.test_idp_conversion import PLAN, PUPIL, TODAY

LANGUAGES: tuple[Language, ...] = ("en", "cy")
TOP, BOTTOM = 56, 1060  # of a page's text, in its own units
LETTER = Letter(
    title=Words("A decision is being made", "Mae penderfyniad yn cael ei wneud"),
    content=("decision_in_progress", "contact_details"),
    giver=Office(Words("Enghraifft School", "Ysgol Enghraifft"), "1 Stryd yr Ŵyl", "01632 960001"),
    authority=Office(Words("Enghraifft Authority", "Awdurdod Enghraifft")),
    addressee="Siân Ŷnys-Rhŵ",
    address="2 Heol y Mŷr\nLlan",
    role="parent",
    in_place_of_another=False,
    learner_name="Gŵyn <script>alert(1)</script> {{7*7}}",
    on=date(2026, 11, 20),
    reference="N-17",
    trigger_on=date(2026, 11, 20),
    due_on=date(2027, 1, 26),
)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text.replace("\u00ad", ""))


def shown_by_html(document: Document, language: Language) -> str:
    page = lxml_html.document_fromstring(html(document, language))
    return squeezed("".join(str(text) for body in page.iter("body") for text in body.itertext()))


def shown_by_word(document: Document, language: Language) -> str:
    file = WordFile(BytesIO(word(document, language)))
    texts = [node.text or "" for node in file.element.body.iter() if node.tag.endswith("}t")]
    return squeezed("".join(texts))


def shown_by_pdf(document: Document, language: Language) -> str:
    """Return the text of the pages without what stands in their margins."""
    texts: list[str] = []

    def keep(text: str, page: list[float], place: list[float], *_font: object) -> None:
        if page[1] == 0 and TOP < place[5] < BOTTOM:
            texts.append(text)

    for page in PdfReader(BytesIO(pdf(document, language))).pages:
        page.extract_text(visitor_text=keep)
    return squeezed("".join(texts)).replace("\u2022", "")  # the mark before a list's item


DOCUMENTS = {
    "letter": letter(LETTER),
    "plan": plan(paper_of_draft(convert(PLAN, PUPIL, school="661/9901", on=TODAY))),
    "bare plan": plan(paper_of_draft(convert(replace(PLAN, targets=()), on=TODAY))),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_html_and_word_show_exactly_the_content(name: str, language: Language) -> None:
    document = DOCUMENTS[name]
    expected = squeezed("".join(document.texts(language)))
    assert shown_by_html(document, language) == expected
    assert shown_by_word(document, language) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_pdf_shows_every_letter_of_the_content(name: str, language: Language) -> None:
    document = DOCUMENTS[name]
    expected = squeezed("".join(document.texts(language)))
    # A PDF's cells are read out in the order of the page, which may differ inside a table.
    assert sorted(shown_by_pdf(document, language)) == sorted(expected)


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("cy", "cy")])
def test_the_pdf_is_tagged_and_names_its_language_and_title(language: Language, tag: str) -> None:
    reader = PdfReader(BytesIO(pdf(DOCUMENTS["letter"], language)))
    catalogue: Any = reader.trailer["/Root"]
    assert catalogue["/Lang"] == tag
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert b"pdfuaid" in catalogue["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == LETTER.title.in_(language)


@pytest.mark.parametrize(("language", "tag"), [("en", "en-GB"), ("cy", "cy-GB")])
def test_the_word_file_has_headings_and_its_language(language: Language, tag: str) -> None:
    file = WordFile(BytesIO(word(DOCUMENTS["plan"], language)))
    styles = [paragraph.style.name for paragraph in file.paragraphs if paragraph.style]
    assert styles.count("Heading 1") == 1
    assert "Heading 2" in styles
    assert file.core_properties.language == tag


def test_what_a_person_typed_stays_text() -> None:
    page = html(DOCUMENTS["letter"], "en")
    assert "<script>alert" not in page
    assert "{{7*7}}" in page


def test_a_document_fetches_nothing() -> None:
    with pytest.raises(ForbiddenFetch):
        _refuse("https://example.org/pixel.png")


def test_a_letter_whose_own_words_are_missing_cannot_be_made() -> None:
    unfinished = replace(LETTER, content=("decision", "reasons"))
    with pytest.raises(LetterIncomplete) as refused:
        letter(unfinished)
    assert refused.value.block == "decision"
    written = {
        "decision": Words("There are none.", "Nid oes rhai."),
        "reasons": Words("Because.", "Oherwydd."),
    }
    texts = list(letter(replace(unfinished, statements=written)).texts("cy"))
    assert "Nid oes rhai." in texts


def test_a_representative_is_told_in_whose_place_the_letter_comes() -> None:
    texts = list(letter(replace(LETTER, role="case_friend", in_place_of_another=True)).texts("en"))
    assert any("in the place of" in text for text in texts)


def test_every_content_block_of_every_notice_has_its_wording_in_both_languages() -> None:
    for event in events():
        for giver in Giver:
            for block in (*event.content(giver), *sum(event.blocks_for.values(), ())):
                heading = block_heading(block)
                assert heading.en != heading.cy, block


def test_a_maintained_schools_decision_prints_no_appeal() -> None:
    event = next(event for event in events() if event.id == "no_aln_decision_s11_4")
    content = event.content(Giver.MAINTAINED_SCHOOL)
    assert asked_for(content) == ("decision", "reasons")
    statements = {block: Words("x", "y") for block in asked_for(content)}
    made = letter(replace(LETTER, title=event.title, content=content, statements=statements))
    text = " ".join(made.texts("en"))
    assert "section 26" in text
    assert "Tribunal for Wales" not in text


def test_a_letters_subject_carries_nothing_personal() -> None:
    assert LETTER.learner_name not in letter(LETTER).title.en


def test_a_table_row_is_as_long_as_its_heading() -> None:
    with pytest.raises(ValueError, match="as long as"):
        Table(same("c"), (same("a"), same("b")), ((same("1"),),))


def test_the_repr_of_content_shows_no_text() -> None:
    secret = "Siân Ŷnys-Rhŵ"
    document = Document(same("t"), (Heading(same("h")), Paragraph(same(secret))), (same(secret),))
    for value in (document, *document.blocks[1:], Facts(((same(secret), same(secret)),)), LETTER):
        assert secret not in repr(value)
