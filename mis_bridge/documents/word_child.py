"""The process of its own in which a Word template is opened: confined before it reads anything.

Started as `python -I -m mis_bridge.documents.word_child` with an empty environment. It reads one
job from its standard input, and writes one answer to its standard output, which is a file that may
grow to a limit. It can open no file and no connection, and its time and memory are counted.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from io import BytesIO
from typing import Any

from docx import Document as WordFile
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from mis_bridge.documents.word_tags import FILTERS, TESTS, read_tags

CPU_SECONDS, MOST_MEMORY, MOST_OUTPUT = 5, 600 * 1024 * 1024, 20 * 1024 * 1024
_NO_MORE_FILES = 3


def confine() -> None:
    """Give up, for good, what reading and filling a template does not need."""
    for limit, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_FSIZE, MOST_OUTPUT),
        (resource.RLIMIT_NOFILE, _NO_MORE_FILES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def sandbox() -> SandboxedEnvironment:
    """Return the environment of templates: no globals, a few filters, everything escaped."""
    made = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests = {name: made.tests[name] for name in TESTS}
    return made


def filled(content: bytes, context: dict[str, Any], language: str, notice: str | None) -> bytes:
    """Return a template with its tags filled, in its language, with the notice of a draft above."""
    template = DocxTemplate(BytesIO(content))
    template.render(context, jinja_env=sandbox(), autoescape=True)
    file = template.docx
    _set_language(file, language)
    file.core_properties.language = language
    file.core_properties.title = context["document"]["title"]
    if notice is not None:
        first = file.paragraphs[0] if file.paragraphs else file.add_paragraph()
        first.insert_paragraph_before().add_run(notice).bold = True
    out = BytesIO()
    template.save(out)
    return out.getvalue()


def _set_language(file: Any, language: str) -> None:  # python-docx ships no types
    """Say in which language the text is, wherever the file's styles say so."""
    styles = file.styles.element
    for tag in styles.iter(qn("w:lang")):
        tag.set(qn("w:val"), language)
    properties = file.styles["Normal"].element.get_or_add_rPr()
    if properties.find(qn("w:lang")) is None:
        tag = OxmlElement("w:lang")
        tag.set(qn("w:val"), language)
        properties.append(tag)


def answer(job: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    """Do one job: read a template's tags, or fill it."""
    try:
        if job["do"] == "read":
            return {"read": read_tags(DocxTemplate(BytesIO(content)), job["names"]).to_json()}, b""
        return {"filled": True}, filled(content, job["context"], job["language"], job["notice"])
    except SecurityError:
        return {"fault": "security"}, b""
    except TemplateError:
        return {"fault": "template"}, b""
    except MemoryError:
        return {"fault": "memory"}, b""
    except Exception as fault:  # noqa: BLE001 - whatever a file from outside provokes is its fault
        return {"fault": "unreadable", "kind": type(fault).__name__}, b""


def warm_up() -> None:
    """Do everything once with forms of our own: what the libraries load late needs files to open.

    Each text takes another road through them: a literal, a fault of grammar, a refusal, an unknown.
    """
    names = {"document": {"title": ""}, "alp": [""]}
    context = {"document": {"title": "-"}, "alp": ["\n"]}
    for text in (
        "{{ document['title'] }}{{ 1.5 }}{% for each in alp %}{{ each|upper }}{% endfor %}",
        "{% if document %}",
        "{{ document.__class__ }}",
        "{{ nobody }}",
    ):
        file = WordFile()
        file.add_paragraph(text)
        file.sections[0].header.add_paragraph("{{ document.title }}")
        out = BytesIO()
        file.save(out)
        answer({"do": "read", "names": names}, out.getvalue())
        filling = {"do": "fill", "context": context, "language": "en-GB", "notice": "-"}
        answer(filling, out.getvalue())


def main() -> None:
    """Read the job, be confined, answer."""
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    warm_up()
    confine()
    (length,) = struct.unpack(">I", incoming.read(4))
    job = json.loads(incoming.read(length))
    head, body = answer(job, incoming.read())
    written = json.dumps(head).encode()
    outgoing.write(struct.pack(">I", len(written)) + written + body)
    outgoing.flush()


if __name__ == "__main__":
    main()
