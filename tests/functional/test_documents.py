"""One content value gives HTML, PDF and Word with the same text, in both languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from docx import Document as WordFile
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from pypdf import PdfReader

from mis_bridge.documents.content import Document, Facts, Heading, Paragraph, Table, same
from mis_bridge.documents.html import html
from mis_bridge.documents.invitations import Invitation, ReviewMeeting, invitation
from mis_bridge.documents.letters import Letter, Office, asked_for, block_heading, letter
from mis_bridge.documents.pdf import _refuse, pdf
from mis_bridge.documents.plan_papers import PlanPaper, Standing, paper_of_content, paper_of_draft
from mis_bridge.documents.plans import plan
from mis_bridge.documents.problems import ForbiddenFetch, LetterIncomplete
from mis_bridge.documents.samples import sample_paper
from mis_bridge.documents.summaries import summary
from mis_bridge.documents.values import shown
from mis_bridge.documents.word import word
from mis_bridge.domain.idp import DraftField, Origin, Value
from mis_bridge.domain.idp_conversion import convert
from mis_bridge.domain.idp_form import ANNEX_A, ANNEX_B, FORMS
from mis_bridge.domain.notices import Giver, events
from mis_bridge.domain.plan_life import PlanStatus
from mis_bridge.domain.words import Language, Words
from tests.unit.domain.test_idp_conversion import PLAN, PUPIL, TODAY

LANGUAGES: tuple[Language, ...] = ("en", "cy")
TROUBLE = "Siân <b>{{7*7}}</b> %n \u202eyxorP \x07& Ŵyn" + "ŵ" * 300
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


def long_paper() -> PlanPaper:
    """Return the sample with so much provision that it runs over many pages, one cell too long."""
    paper = sample_paper(FORMS[ANNEX_A])
    fields = dict(paper.fields)
    for index in range(2, 9):
        for name in ("outcome", "measure", "provision", "in_welsh", "provider", "from", "review"):
            fields[f"alp[{index}].{name}"] = fields[f"alp[0].{name}"]
    long = "ŵ ŷ â î ô û ẁ Ẅ Ŷ " * 400
    fields["aln.impact"] = replace(fields["aln.impact"], value=long)
    fields["person.name"] = replace(fields["person.name"], value=TROUBLE)
    return replace(paper, fields=fields)


MEETING = ReviewMeeting(
    addressee="Lowri Ŷnyshir-Rhŵ",
    address="2 Heol y Mŷr\nLlandychmyg",
    role="parent",
    written_on=date(2027, 9, 20),
    on=date(2027, 10, 8),
    at=time(15, 30),
    place={"en": "The library", "cy": "Y llyfrgell"},
    views_by=date(2027, 10, 1),
)
SAMPLE = sample_paper(FORMS[ANNEX_A])
SCHOOL = Office(Words("Enghraifft School", "Ysgol Enghraifft"), "1 Stryd yr Ŵyl", "01632 960001")
DOCUMENTS = {
    "finalised plan": plan(SAMPLE),
    "looked after child's plan": plan(sample_paper(FORMS[ANNEX_B])),
    "long plan": plan(long_paper()),
    "summary": summary(SAMPLE),
    "long summary": summary(long_paper()),
    "invitation": invitation(Invitation(MEETING, SCHOOL, TROUBLE, "ab12cd34")),
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
    expected = Counter(squeezed("".join(document.texts(language))))
    # A PDF's cells are read out in the order of the page, which may differ inside a table; a table
    # that goes on upon the next page shows its head again.
    seen = Counter(shown_by_pdf(document, language))
    heads = [
        Counter(squeezed("".join(cell.in_(language) for cell in block.head)))
        for block in document.blocks
        if isinstance(block, Table)
    ]
    for head in heads:
        while seen != expected and head <= seen - expected:
            seen -= head
    assert seen == expected


def tags(node: Any, above: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield each element of a PDF's structure in reading order: its tag, the one above, itself."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for each in node:
            yield from tags(each, above)
    elif isinstance(node, dict):
        own = str(node.get("/S", ""))
        tag = own or above
        if own:
            yield tag, above, node
        if "/K" in node:
            yield from tags(node["/K"], tag)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["letter", "finalised plan", "long plan", "summary", "invitation"])
def test_the_pdf_is_tagged_as_pdf_ua_asks(name: str, language: Language) -> None:
    document = DOCUMENTS[name]
    reader = PdfReader(BytesIO(pdf(document, language)))
    catalogue: Any = reader.trailer["/Root"]
    assert catalogue["/Lang"] == language
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in catalogue["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == document.title.in_(language)
    assert all(str(page["/Tabs"]) == "/S" for page in reader.pages)
    root = catalogue["/StructTreeRoot"]
    found = list(tags(root["/K"]))
    levels = [int(tag[2:]) for tag, _, _ in found if re.fullmatch(r"/H[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(levels) == 1 + sum(isinstance(block, Heading) for block in document.blocks)
    heads = [node for tag, _, node in found if tag == "/TH"]
    assert heads
    assert {str(node["/A"]["/Scope"]) for node in heads} <= {"/Row", "/Column"}
    ids = [str(node["/ID"]) for node in heads]
    assert len(set(ids)) == len(ids)
    assert [str(each) for each in root["/IDTree"]["/Names"][::2]] == sorted(ids)
    for tag, above, node in found:
        assert tag != "/LI" or above == "/L"
        assert tag != "/TR" or above in {"/Table", "/THead", "/TBody"}
        if tag == "/TD":
            assert above == "/TR"
            assert node["/A"]["/Headers"]
            assert {str(each) for each in node["/A"]["/Headers"]} <= set(ids)


def test_what_stands_on_every_page_is_no_part_of_the_text_and_in_both_languages() -> None:
    draft = DOCUMENTS["plan"]
    for page in PdfReader(BytesIO(pdf(draft, "cy"))).pages:
        content: Any = page.get_contents()
        whole = page.extract_text()
        assert "Cynllun datblygu unigol · Individual development plan" in whole
        assert "DRAFFT" in whole
        assert b"/Artifact" in content.get_data()
    assert "DRAFFT" not in PdfReader(BytesIO(pdf(plan(SAMPLE), "cy"))).pages[0].extract_text()
    file = WordFile(BytesIO(word(draft, "en")))
    head = file.sections[0].header.paragraphs[0].text
    assert head.startswith("Individual development plan · Cynllun datblygu unigol")
    assert head.endswith("DRAFT")
    assert "Page" in file.sections[0].footer.paragraphs[0].text


def test_no_row_of_a_long_plan_is_torn_between_two_pages() -> None:
    reader = PdfReader(BytesIO(pdf(plan(SAMPLE), "cy")))
    assert len(reader.pages) > 3
    catalogue: Any = reader.trailer["/Root"]
    rows = [node for tag, _, node in tags(catalogue["/StructTreeRoot"]["/K"]) if tag == "/TR"]
    for row in rows:
        cells = [tag for tag, _, _ in tags(row["/K"], "/TR") if tag in {"/TH", "/TD"}]
        texts = [
            tag for tag, above, _ in tags(row["/K"], "/TR") if above in {"/TH", "/TD"}
        ]  # fmt: skip
        assert len(texts) >= len(cells), "a cell of this row has its text on another page"


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


@pytest.mark.parametrize(
    ("key", "value", "en", "cy"),
    [
        ("person.languages", "cy", "Welsh", "Cymraeg"),
        ("person.languages", "both", "Welsh and English", "Cymraeg a Saesneg"),
        ("person.dob", "2015-03-01", "1 March 2015", "1 Mawrth 2015"),
        ("alp[0].in_welsh", True, "Yes: in Welsh", "Dylai: yn Gymraeg"),
        ("alp[0].in_welsh", False, "No: not in Welsh", "Na ddylai: nid yn Gymraeg"),
        ("alp[0].provider", "la", "The local authority", "Yr awdurdod lleol"),
        ("alp[0].provider", "Cwmni Dychmyg", "Cwmni Dychmyg", "Cwmni Dychmyg"),
        ("plan.maintained_by", "fei", "The further education institution",
         "Y sefydliad addysg bellach"),
        ("role", "mother", "Mother", "Mam"),
        ("role", "case_friend", "Case friend", "Cyfaill achos"),
        ("basis", "parental_responsibility", "Parental responsibility", "Cyfrifoldeb rhiant"),
        ("way", "leave_at_address", "left at the address", "gadawyd yn y cyfeiriad"),
        ("person.name", "la", "la", "la"),
        ("aln.impact", "2026-13-45", "2026-13-45", "2026-13-45"),
        ("aln.impact", {"en": "much", "cy": "llawer"}, "much", "llawer"),
        ("aln.impact", {"en": "much", "cy": " "}, "much", "much (heb ei ysgrifennu'n Gymraeg)"),
        ("aln.impact", {"en": "", "cy": "llawer"}, "llawer (not yet written in English)", "llawer"),
    ],
)  # fmt: skip
def test_codes_and_dates_are_words_in_each_language(
    key: str, value: Value, en: str, cy: str
) -> None:
    assert shown(key, value) == Words(en, cy)


@pytest.mark.parametrize("value", ["", "  ", {"en": "", "cy": ""}, {}])
def test_a_blank_value_shows_nothing(value: Value) -> None:
    assert shown("aln.impact", value) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_and_no_date_as_it_is_kept_reaches_a_reader(language: Language) -> None:
    for name in ("finalised plan", "looked after child's plan", "summary", "plan"):
        for text in DOCUMENTS[name].texts(language):
            assert not re.search(r"\d{4}-\d{2}-\d{2}", text), text
            assert text not in {"cy", "en", "both", "mother", "school", "True", "False", "la"}
            assert "parental_responsibility" not in text


def standing(status: PlanStatus, edition: int) -> list[str]:
    paper = replace(SAMPLE, standing=Standing(status, edition, date(2026, 12, 1)))
    return list(plan(paper).texts("en"))


def test_each_status_of_a_plan_says_what_it_is() -> None:
    for status in (PlanStatus.DRAFT, PlanStatus.WITH_PERSON):
        assert any(text.startswith("Draft. No decision") for text in standing(status, 0))
    decided = standing(PlanStatus.DECIDED, 0)
    assert any("has been decided that there are" in text for text in decided)
    assert not any("No decision" in text for text in decided)
    assert any("closed" in text for text in standing(PlanStatus.CLOSED, 0))
    for status in (PlanStatus.FINALISED, PlanStatus.GIVEN):
        texts = standing(status, 2)
        assert texts[:7] == [
            "Individual development plan",
            "Edition", "2",
            "Made final on", "1 December 2026",
            "Maintained by", "Enghraifft School",
        ]  # fmt: skip
        assert not any("Draft" in text for text in texts)
    assert any("being reviewed" in text for text in standing(PlanStatus.UNDER_REVIEW, 1))
    assert any("transferred" in text for text in standing(PlanStatus.TRANSFERRED, 1))
    assert any("no longer maintained" in text for text in standing(PlanStatus.CEASED, 1))


def test_a_finalised_plan_has_every_heading_and_label_of_its_form_in_order() -> None:
    for form_id in (ANNEX_A, ANNEX_B):
        form = FORMS[form_id]
        texts = list(plan(replace(sample_paper(form), fields={}, milestones=())).texts("cy"))
        headings = [label.cy for code, label in form.sections if len(code) == 1 and code.isdigit()]
        places = [texts.index(f"{number}. {label}") for number, label in
                  zip("123", headings, strict=True)]  # fmt: skip
        assert places == sorted(places)
        for field in form.fields:
            if field.section != "appendix" and field.part not in {"alp", "health_alp"}:
                assert field.label.cy in texts or form.heading(field.section) == field.label


def test_what_the_form_has_no_place_for_is_shown_all_the_same() -> None:
    lean = replace(
        SAMPLE.form,
        fields=tuple(field for field in SAMPLE.form.fields if field.key != "transition"),
    )
    texts = list(plan(replace(SAMPLE, form=lean)).texts("en"))
    assert "Also held in this plan" in texts
    assert any(text.startswith("Moves to year 7") for text in texts)


def test_what_nobody_has_verified_is_named_on_the_plan() -> None:
    texts = list(plan(SAMPLE).texts("en"))
    told = next(text for text in texts if text.startswith("Not verified against"))
    for field in SAMPLE.form.unverified:
        assert field.label.en in told
    assert not any(
        text.startswith("Not verified: this form") for text in DOCUMENTS["letter"].texts("en")
    )
    looked_after = list(DOCUMENTS["looked after child's plan"].texts("en"))
    assert any(text.startswith("Not verified: this form") for text in looked_after)


def test_a_draft_names_what_is_open_and_what_nobody_confirmed() -> None:
    fields = {
        "person.name": DraftField("Siân", Origin("r", "name"), "copied"),
        "alp[0].provision": DraftField("Group", Origin("r", "p"), "proposed"),
    }
    paper = paper_of_content(
        FORMS[ANNEX_A], Standing(PlanStatus.WITH_PERSON), fields, {}, {"660": same("x")}
    )
    texts = list(plan(paper).texts("en"))
    assert any(text.startswith("Group\n(taken from an earlier record") for text in texts)
    open_fields = {gap.field for gap in paper.gaps}
    assert {"aln.description", "alp[0].in_welsh", "contacts[]", "timeline[]"} <= open_fields
    assert not {"person.name", "alp[0].provision"} & open_fields
    assert any("It has to be considered" in text for text in texts)


def test_the_summary_of_a_plan_with_one_provision_is_one_page_and_explains_its_words() -> None:
    fields = {
        key: field
        for key, field in SAMPLE.fields.items()
        if not key.startswith(("alp[1]", "health_alp"))
    }
    made = summary(replace(SAMPLE, fields=fields))
    for language in LANGUAGES:
        assert len(PdfReader(BytesIO(pdf(made, language))).pages) == 1
    texts = list(made.texts("en"))
    for word_of_the_law in ("ALN (", "ALP (", "IDP (", "ALNCo ("):
        assert any(text.startswith(word_of_the_law) for text in texts)
    assert any("ask the local authority to look at the plan again" in text for text in texts)
    assert any(text.startswith("Language group: 30 minutes") for text in texts)
    of_authority = list(summary(sample_paper(FORMS[ANNEX_B])).texts("en"))
    assert not any("ask the local authority to look" in text for text in of_authority)


def test_a_letter_or_summary_that_lacks_a_language_cannot_be_made() -> None:
    unsaid: dict[str, str] = {"en": "The library", "cy": " "}
    with pytest.raises(LetterIncomplete) as refused:
        invitation(Invitation(replace(MEETING, place=unsaid), SCHOOL, "Siân", "r"))
    assert refused.value.block == "place"
    with pytest.raises(LetterIncomplete):
        invitation(Invitation(replace(MEETING, topics=[{"en": "x", "cy": ""}]), SCHOOL, "S", "r"))
    half = DraftField({"en": "", "cy": "llawer"}, Origin("r", ""), "stated", "p")
    with pytest.raises(LetterIncomplete) as refused:
        summary(replace(SAMPLE, fields={**SAMPLE.fields, "aln.impact": half}))
    assert refused.value.block == "aln.impact"
    one_sided = replace(half, value={"source": "x", "summary": "", "summary_cy": "y"})
    with pytest.raises(LetterIncomplete):
        summary(replace(SAMPLE, fields={**SAMPLE.fields, "record[0]": one_sided}))
    for written in ({"en": "Because.", "cy": ""}, {"en": " ", "cy": "Oherwydd."}, {}):
        with pytest.raises(LetterIncomplete):
            letter(replace(LETTER, content=("reasons",), statements={"reasons": written}))


def test_an_invitation_says_that_it_is_practice_and_no_notice_of_the_law() -> None:
    texts = " ".join(DOCUMENTS["invitation"].texts("en"))
    assert "not a notice that the law asks for" in texts
    for said in ("8 October 2027", "15:30", "The library", "1 October 2027", "Welsh or English",
                 "bring somebody", "before the meeting"):  # fmt: skip
        assert said in texts


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


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(), min_size=1).filter(lambda text: text.strip()))
def test_whatever_somebody_types_is_shown_the_same_in_a_page_and_in_word(text: str) -> None:
    document = Document(
        same("t"),
        (Heading(same(text)), Paragraph(same(text)), Facts(((same("l"), same(text)),))),
        (same(text),),
    )
    expected = squeezed("".join(document.texts("en")))
    assert shown_by_html(document, "en") == expected
    assert shown_by_word(document, "en") == expected
