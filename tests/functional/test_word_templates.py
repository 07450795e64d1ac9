"""An authority's own Word form: what is refused, what is found in it, and what it can never do."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document as WordFile
from docx.oxml.ns import qn

from mis_bridge.cli.main import cli
from mis_bridge.documents import word_child, word_forms
from mis_bridge.documents.plan_papers import Standing
from mis_bridge.documents.samples import sample_paper
from mis_bridge.documents.word_forms import TemplateRefused, fill_template, read_template
from mis_bridge.documents.word_names import context_of, field_keys, names_of
from mis_bridge.documents.word_packages import package_faults
from mis_bridge.documents.word_starter import starter
from mis_bridge.domain.idp import DraftField, Origin
from mis_bridge.domain.idp_form import ANNEX_A, ANNEX_B, FORMS
from mis_bridge.domain.plan_life import PlanStatus
from mis_bridge.domain.words import Language

FORM = FORMS[ANNEX_A]
PAPER = sample_paper(FORM)


def template(*paragraphs: str) -> bytes:
    """Return a Word file with these paragraphs."""
    file = WordFile()
    for text in paragraphs:
        file.add_paragraph(text)
    out = BytesIO()
    file.save(out)
    return out.getvalue()


def changed(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return a Word file with its parts changed."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in parts.items():
            archive.writestr(name, held)
    return out.getvalue()


def text_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in WordFile(BytesIO(content)).paragraphs)


def faults(*paragraphs: str) -> list[str]:
    found = read_template(template(*paragraphs), FORM).faults
    return [f"{each.place} | {each.words.en}" for each in found]


@pytest.mark.parametrize("form_id", [ANNEX_A, ANNEX_B])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_form_to_begin_from_shows_everything_and_fills(
    form_id: str, language: Language
) -> None:
    form = FORMS[form_id]
    content = starter(form, language)
    read = read_template(content, form)
    assert (read.faults, read.never_shown, read.split) == ((), (), ())
    assert len(read.tags) > len(field_keys(form)) // 2
    made = fill_template(content, sample_paper(form), language)
    text = text_of(made)
    assert "Siân Ŷnyshir-Rhŵ" in text
    assert ("1 Mawrth 2015" if language == "cy" else "1 March 2015") in text
    assert "{{" not in text
    assert "2015-03-01" not in text


@pytest.mark.parametrize(("language", "tag"), [("en", "en-GB"), ("cy", "cy-GB")])
def test_the_filled_form_names_its_language_and_title(language: Language, tag: str) -> None:
    file = WordFile(BytesIO(fill_template(template("{{ person.name }}"), PAPER, language)))
    marked = [each.get(qn("w:val")) for each in file.styles.element.iter(qn("w:lang"))]
    assert marked
    assert set(marked) == {tag}
    assert file.core_properties.language == tag
    assert file.core_properties.title == FORM.title.in_(language)


ATTACKS = [
    "{{ ''.__class__.__mro__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ person.__class__ }}",
    "{{ person['__class__'] }}",
    "{{ self._TemplateReference__context }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "{{ person.name.format(person) }}",
    "{{ '%s'|format(person.name) }}",
    "{{ person.name|attr('__class__') }}",
    "{{ person.name|safe }}",
    "{{ 'x' * 1000000000 }}",
    "{{ range(100) }}",
    "{{ cycler }}",
    "{% set x = 1 %}",
    "{% macro m() %}{% endmacro %}",
    "{% include 'x' %}",
    "{% import 'os' as os %}",
    "{% with x = person %}{{ x.name }}{% endwith %}",
    "{% filter upper %}x{% endfilter %}",
    "{{ {'a': person} }}",
    "{{ person.name[::2] }}",
    "{{ person.name ~ person.upn }}",
]


def test_a_tag_that_does_more_than_show_choose_or_repeat_is_refused() -> None:
    found = faults(*ATTACKS)
    for number, tag in enumerate(ATTACKS, start=1):
        assert any(each.startswith(f"document, {number}:") for each in found), tag


@pytest.mark.parametrize(
    "tag",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ person.__class__.__init__.__globals__ }}",
        "{{ person.keys.__self__ }}",
        "{{ cycler.__init__.__globals__ }}",
    ],
)
def test_the_sandbox_alone_refuses_it_too(tag: str) -> None:
    with pytest.raises(TemplateRefused):
        fill_template(template(tag), PAPER, "en")


def test_an_endless_template_is_stopped_by_its_time() -> None:
    loops = "".join(f"{{% for {name} in alp %}}" for name in "abcdefghijklmnopqrst")
    content = template(f"{loops}{'{% endfor %}' * 20}")
    paper = replace(
        PAPER,
        fields={
            f"alp[{index}].outcome": DraftField("x", Origin("r", ""), "stated", "p")
            for index in range(60)
        },
    )
    began = time.monotonic()
    with pytest.raises(TemplateRefused) as refused:
        fill_template(content, paper, "en")
    assert "stopped" in refused.value.words.en
    assert time.monotonic() - began < word_forms.WALL_SECONDS + 5


def test_a_template_that_eats_memory_is_stopped() -> None:
    with pytest.raises(TemplateRefused) as refused:
        fill_template(template("{{ 'x' * 4000000000 }}"), PAPER, "en")
    assert "stopped" in refused.value.words.en


def test_a_template_whose_output_grows_without_end_is_stopped() -> None:
    big = template("{{ 'ŵ' * 90000000 }}")
    with pytest.raises(TemplateRefused):
        fill_template(big, PAPER, "en")


NAMES = (
    "{{7*7}}",
    "{% for x in alp %}",
    "<script>alert(1)</script>",
    "</w:t></w:r></w:p>",
    "&lt;b&gt; & \"quotes\" 'ŵ'",
    "%n%s%x",
)


def test_what_people_are_called_is_text_and_nothing_else() -> None:
    fields = {
        f"contacts[{index}]": DraftField({"name": name}, Origin("r", ""), "stated", "p")
        for index, name in enumerate(NAMES)
    }
    repeated = ("{%p for each in contacts %}", "Enw: {{ each.name }}", "{%p endfor %}")
    made = fill_template(template(*repeated), replace(PAPER, fields=fields), "cy")
    assert text_of(made).splitlines() == [f"Enw: {name}" for name in NAMES]


def test_a_text_that_turns_the_writing_round_is_shown_with_a_mark() -> None:
    turned = "Siân \u202egnirts\x0b\x07"
    fields = {**PAPER.fields, "person.name": DraftField(turned, Origin("r", ""), "stated", "p")}
    made = fill_template(template("{{ person.name }}"), replace(PAPER, fields=fields), "en")
    assert text_of(made) == "Siân \ufffdgnirts\ufffd\ufffd"


def test_an_unknown_name_is_refused_with_its_place_and_the_remedy() -> None:
    found = faults("Pennawd", "Enw: {{ persn.name }} {{ person.nam }}")
    assert any(each.startswith("document, 2: Enw:") and "persn is not known" in each
               for each in found)  # fmt: skip
    assert any("person.nam is not known" in each and "template names" in each for each in found)


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("{{ alp.outcome }}", "alp.outcome is not known"),
        ("{{ person }}", "has parts"),
        ("{% for x in person.name %}{{ x }}{% endfor %}", "no list"),
        ("{{ person.name", "half a tag"),
        ("name }}", "half a tag"),
        ("{% if travel %}", "cannot be read"),
        ("{{r person.name }}", "unchecked"),
        ("{{p person.name }}", "unchecked"),
        (
            "{% for a in alp %}{% for b in alp %}{% for c in alp %}{% for d in alp %}"
            "{{ d.from }}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
            "too deep",
        ),
    ],
)
def test_each_fault_says_what_to_put_right(tag: str, said: str) -> None:
    assert any(said in each for each in faults(tag))


def test_what_the_form_never_shows_is_told() -> None:
    read = read_template(template("{{ person.name }}", "{{ alp[0].outcome }}"), FORM)
    assert read.faults == ()
    assert "person.name" not in read.never_shown
    assert "alp[].outcome" not in read.never_shown
    assert {"aln.description", "alp[].provision", "contacts[].name"} <= set(read.never_shown)


def test_a_tag_that_word_had_split_is_told_and_works() -> None:
    file = WordFile()
    line = file.add_paragraph("Enw: ")
    for piece in ("{", "{ person", ".na", "me }", "}"):
        line.add_run(piece).bold = piece == ".na"
    out = BytesIO()
    file.save(out)
    read = read_template(out.getvalue(), FORM)
    assert read.split == ("{{ person.name }}",)
    assert read.faults == ()
    assert "Siân Ŷnyshir-Rhŵ" in text_of(fill_template(out.getvalue(), PAPER, "en"))


def test_heads_and_feet_of_pages_are_read_and_filled() -> None:
    file = WordFile()
    file.add_paragraph("Testun")
    file.sections[0].header.add_paragraph("{{ person.name }} {{ nobody }}")
    file.sections[0].footer.add_paragraph("{{ document.edition }}")
    out = BytesIO()
    file.save(out)
    found = read_template(out.getvalue(), FORM).faults
    assert [each.place.partition(".")[0][:6] for each in found] == ["header"]
    good = out.getvalue()
    fixed = changed(
        good,
        lambda parts: parts.update(
            {
                name: held.replace(b" {{ nobody }}", b"")
                for name, held in parts.items()
                if "header" in name
            }
        ),
    )
    made = WordFile(BytesIO(fill_template(fixed, PAPER, "cy")))
    assert "Siân" in "".join(each.text for each in made.sections[0].header.paragraphs)
    assert "2" in "".join(each.text for each in made.sections[0].footer.paragraphs)


def test_a_draft_is_marked_on_every_template() -> None:
    draft = replace(PAPER, standing=Standing(PlanStatus.DRAFT))
    assert text_of(fill_template(template("{{ person.name }}"), draft, "cy")).startswith(
        "DRAFFT · DRAFT"
    )
    assert "DRAFFT" not in text_of(fill_template(template("{{ person.name }}"), PAPER, "cy"))


def _main_type(parts: dict[str, bytes], kind: str) -> None:
    types = "[Content_Types].xml"
    parts[types] = parts[types].replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        kind.encode(),
    )


def _tie(parts: dict[str, bytes], kind: str, target: str, *, mode: str = "") -> None:
    ties = "word/_rels/document.xml.rels"
    tie = (
        '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/{kind}" Target="{target}"{mode}/></Relationships>'
    )
    parts[ties] = parts[ties].replace(b"</Relationships>", tie.encode())


def _body(parts: dict[str, bytes], xml: str) -> None:
    document = "word/document.xml"
    parts[document] = parts[document].replace(b"<w:sectPr", xml.encode() + b"<w:sectPr", 1)


EXTERNAL = ' TargetMode="External"'
UNFIT: dict[str, Callable[[dict[str, bytes]], None]] = {
    "a file with macros": lambda parts: _main_type(
        parts, "application/vnd.ms-word.document.macroEnabled.main+xml"
    ),
    "a Word template file": lambda parts: _main_type(
        parts,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    ),
    "a macro": lambda parts: parts.update({"word/vbaProject.bin": b"x"}),
    "an embedded file": lambda parts: parts.update({"word/embeddings/oleObject1.bin": b"x"}),
    "an embedded workbook": lambda parts: parts.update({"word/embeddings/a.xlsx": b"PK"}),
    "a control": lambda parts: parts.update({"word/activeX/activeX1.xml": b"<a/>"}),
    "an SVG picture": lambda parts: parts.update({"word/media/logo.svg": b"<svg/>"}),
    "a picture that is none": lambda parts: parts.update({"word/media/logo.png": b"<svg/>"}),
    "a tied file": lambda parts: _tie(parts, "oleObject", "x.bin"),
    "an attached template": lambda parts: _tie(
        parts, "attachedTemplate", "https://example.org/a.dotm", mode=EXTERNAL
    ),
    "a picture from elsewhere": lambda parts: _tie(
        parts, "image", "http://169.254.169.254/", mode=EXTERNAL
    ),
    "a link to a file": lambda parts: _tie(parts, "hyperlink", "file:///etc/passwd", mode=EXTERNAL),
    "a foreign chunk": lambda parts: _body(parts, "<w:altChunk/>"),
    "a field that fetches": lambda parts: _body(
        parts, '<w:p><w:fldSimple w:instr=" INCLUDETEXT &quot;C:/x&quot; "/></w:p>'
    ),
    "a field in pieces": lambda parts: _body(
        parts,
        "<w:p><w:r><w:instrText>DDEA</w:instrText></w:r><w:r><w:instrText>UTO c:/cmd</w:instrText>"
        "</w:r></w:p>",
    ),
    "a tag in a field": lambda parts: _body(
        parts, '<w:p><w:fldSimple w:instr=" HYPERLINK &quot;{{ person.name }}&quot; "/></w:p>'
    ),
    "an XML bomb": lambda parts: parts.update(
        {"word/settings.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}
    ),
    "XML in another coding": lambda parts: parts.update(
        {"word/settings.xml": '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16")}
    ),
    "a way out of the archive": lambda parts: parts.update({"../x.xml": b"<a/>"}),
    "too many parts": lambda parts: parts.update({f"word/p{n}.xml": b"<a/>" for n in range(400)}),
    "too much inside": lambda parts: parts.update({"word/big.xml": b"<a>" + b" " * 40_000_000}),
}


@pytest.mark.parametrize("what", UNFIT)
def test_a_word_file_that_could_act_or_fetch_is_refused(what: str) -> None:
    content = changed(template("{{ person.name }}"), UNFIT[what])
    with pytest.raises(TemplateRefused) as refused:
        read_template(content, FORM)
    assert refused.value.findings
    assert all(each.place and each.words.cy for each in refused.value.findings)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", b"x" * 6_000_000])
def test_what_is_no_word_file_is_refused(content: bytes) -> None:
    assert [each.place for each in package_faults(content)] == ["file"]


def test_a_plain_web_link_and_a_raster_picture_are_taken() -> None:
    def change(parts: dict[str, bytes]) -> None:
        _tie(parts, "hyperlink", "https://www.llyw.cymru/", mode=EXTERNAL)
        parts["word/media/logo.png"] = b"\x89PNG\r\n\x1a\n"
        types = "[Content_Types].xml"
        parts[types] = parts[types].replace(
            b"</Types>", b'<Default Extension="png" ContentType="image/png"/></Types>'
        )

    assert package_faults(changed(template("x"), change)) == ()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with an authority in an embedded database."""
    monkeypatch.setenv("MIS_BRIDGE_DIR", str(tmp_path / "data"))
    run("la", "add", "661", "--name", "Authority", "--name-cy", "Awdurdod")
    return tmp_path


def run(*words: str, exits: int = 0) -> str:
    done = CliRunner().invoke(cli, list(words))
    code = getattr(done.exception, "exit_code", done.exit_code) if done.exception else 0
    assert code == exits, done.output
    return done.stdout


def test_an_operator_tries_adds_lists_and_retires_a_form(place: Path) -> None:
    begun, sample = place / "begun.docx", place / "sample.docx"
    run("template", "starter", "--language", "cy", "--out", str(begun))
    tried = json.loads(run("template", "try", str(begun), "--language", "cy", "--out", str(sample)))
    assert tried["never_shown"] == []
    assert "Siân" in text_of(sample.read_bytes())
    assert "alp[].outcome" in run("template", "names").splitlines()
    words = ("--la", "661", "--language", "cy", "--by", "Nia")
    first = json.loads(run("template", "add", str(begun), *words))
    assert json.loads(run("template", "add", str(begun), *words))["id"] == first["id"]
    other = place / "other.docx"
    other.write_bytes(template("{{ person.name }}"))
    second = json.loads(run("template", "add", str(other), *words))
    assert "aln.description" in second["never_shown"]
    listed = [json.loads(line) for line in run("template", "list", "--la", "661").splitlines()]
    assert {row["id"]: row["state"] for row in listed} == {
        first["id"]: "retired",
        second["id"]: "published",
    }
    run("template", "retire", *words)
    assert "published" not in run("template", "list", "--la", "661")


def test_a_refused_form_changes_nothing_and_says_why(place: Path) -> None:
    bad = place / "bad.docx"
    bad.write_bytes(template("{{ ''.__class__.__mro__ }}"))
    words = ("--la", "661", "--language", "en", "--by", "Nia")
    done = CliRunner().invoke(cli, ["template", "add", str(bad), *words])
    assert getattr(done.exception, "exit_code", 0) == 3
    assert "document, 1" in done.stderr
    assert run("template", "list", "--la", "661") == ""


CAGE = """
import socket
from mis_bridge.documents.word_child import confine
confine()
for act in (lambda: open("/etc/hostname"), socket.socket, lambda: "x" * 3_000_000_000):
    try:
        act()
    except (OSError, MemoryError) as refused:
        print(type(refused).__name__)
"""


def test_the_cage_opens_no_file_and_no_connection_and_has_little_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", CAGE],
        capture_output=True, text=True, check=True, timeout=30, env={},
    )  # fmt: skip
    assert done.stdout.split() == ["OSError", "OSError", "MemoryError"]


def test_rows_of_a_table_repeat_and_parts_are_chosen() -> None:
    file = WordFile()
    grid = file.add_table(rows=4, cols=2)
    for row, texts in enumerate(
        (
            ("Beth", "Pwy"),
            ("{%tr for each in alp %}", ""),
            ("{{ each.number }}. {{ each.provision|upper }}", "{{ each.provider }}"),
            ("{%tr endfor %}", ""),
        )
    ):
        for cell, text in zip(grid.rows[row].cells, texts, strict=True):
            cell.text = text
    file.add_paragraph("{% if place.named %}LLE{% else %}dim lle{% endif %}")
    file.add_paragraph("{% for each in timeline %}{% if loop.last %}{{ each.event }}{% endif %}"
                       "{% endfor %} {{ person.uln|default('-') }}")  # fmt: skip
    out = BytesIO()
    file.save(out)
    assert read_template(out.getvalue(), FORM).faults == ()
    made = WordFile(BytesIO(fill_template(out.getvalue(), PAPER, "cy")))
    rows = [[cell.text for cell in row.cells] for row in made.tables[0].rows]
    assert len(rows) == 3
    assert rows[1][0].startswith("1. GRŴP IAITH")
    assert rows[2] == [rows[2][0], "Yr ysgol"]
    assert [line.text for line in made.paragraphs if line.text] == [
        "dim lle",
        "Cytunwyd ar y cynllun 1234567890",
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (template("{{ ''.__class__.__mro__ }}"), "security"),
        (template("{{ nobody }}"), "template"),
        (template("{% if person %}"), "template"),
        (b"no Word file", "unreadable"),
    ],
)
def test_each_way_to_fail_has_its_answer(content: bytes, fault: str) -> None:
    job = {"do": "fill", "context": context_of(PAPER, "cy"), "language": "cy-GB", "notice": None}
    head, body = word_child.answer(job, content)
    assert (head["fault"], body) == (fault, b"")


def test_the_cage_answers_as_the_same_work_outside_it() -> None:
    for content in (starter(FORM, "cy"), template(*ATTACKS), template("{{ person.name", "{%")):
        head, _body = word_child.answer({"do": "read", "names": names_of(FORM)}, content)
        inside = read_template(content, FORM)
        assert list(inside.tags) == head["read"]["tags"]
        assert [each.place for each in inside.faults] == [
            each["place"] for each in head["read"]["faults"]
        ]
    job = {
        "do": "fill", "context": context_of(PAPER, "cy"), "language": "cy-GB", "notice": "DRAFFT",
    }  # fmt: skip
    head, body = word_child.answer(job, template("{{ person.name }}"))
    assert head == {"filled": True}
    assert text_of(body).splitlines() == ["DRAFFT", "Siân Ŷnyshir-Rhŵ"]
    word_child.warm_up()
