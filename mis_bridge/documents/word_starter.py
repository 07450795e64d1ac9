"""A plain Word form to begin from: every name that a template may show, under the form's labels."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document as WordFile

from mis_bridge.documents.word_names import field_keys
from mis_bridge.domain.idp_form import APPENDIX, Form
from mis_bridge.domain.words import Language


def starter(form: Form, language: Language) -> bytes:
    """Return a Word template that shows everything of the form, in its order."""
    file = WordFile()
    file.add_heading("{{ document.title }}", level=1)
    file.add_paragraph("{{ document.notice }}")
    paths = field_keys(form)
    chapter = section = ""
    for field in sorted(form.fields, key=lambda each: (each.section == APPENDIX, each.section)):
        if field.section[:1] != chapter:
            chapter = field.section[:1]
            _heading(file, form, field.section if chapter == "a" else chapter, language, 2)
        letter = field.section.partition(".")[0]
        if letter != section:
            section = letter
            if section != APPENDIX:
                _heading(file, form, section, language, 3)
        if "[]" not in field.key:
            _line(file, field.label.in_(language), field.key)
        elif field.key.endswith("[]"):
            _entries(file, field.label.in_(language), field.key, paths)
    for part in ("alp", "health_alp"):
        _elements(file, form, part, language)
    out = BytesIO()
    file.save(out)
    return out.getvalue()


def _heading(file: Any, form: Form, code: str, language: Language, level: int) -> None:
    words = form.heading(code)
    text = words.in_(language) if words else ""
    file.add_heading(text if code == APPENDIX else f"{code} {text}".strip(), level=level)


def _line(file: Any, label: str, path: str) -> None:
    line = file.add_paragraph()
    line.add_run(f"{label}: ").bold = True
    line.add_run(f"{{{{ {path} }}}}")


def _entries(file: Any, label: str, key: str, paths: tuple[str, ...]) -> None:
    names = [path.rpartition(".")[2] for path in paths if path.startswith(f"{key}.")]
    if not names or key in {"alp[]", "health_alp[]"}:
        return
    file.add_paragraph().add_run(label).bold = True
    whole = key.removesuffix("[]")
    file.add_paragraph(f"{{%p for each in {whole} %}}")
    file.add_paragraph(" | ".join(f"{{{{ each.{name} }}}}" for name in names), style="List Bullet")
    file.add_paragraph("{%p endfor %}")


def _elements(file: Any, form: Form, part: str, language: Language) -> None:
    fields = [field for field in form.fields if field.part == part and field.name]
    if not fields:
        return
    section = form.heading(fields[0].section.partition(".")[0])
    file.add_heading(section.in_(language) if section else part, level=2)
    file.add_paragraph(f"{{%p for each in {part} %}}")
    file.add_heading("{{ each.number }}", level=3)
    for field in fields:
        _line(file, f"{field.section} {field.label.in_(language)}", f"each.{field.name}")
    file.add_paragraph("{%p endfor %}")
