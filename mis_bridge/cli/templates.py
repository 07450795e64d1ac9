"""`mis-bridge template`: an authority's own Word forms, checked, tried, put in force, retired."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import cast

import click

from mis_bridge.cli.opening import desk, now, print_lines
from mis_bridge.cli.words import REFUSED_FOR_SAFETY, CommandFailed, both, tell
from mis_bridge.documents.word_forms import TemplateRead, TemplateRefused
from mis_bridge.documents.word_names import field_keys
from mis_bridge.documents.word_packages import MOST_FILE_BYTES, Finding
from mis_bridge.documents.word_starter import starter
from mis_bridge.domain.idp_form import ANNEX_A, FORMS
from mis_bridge.domain.words import Language, Words
from mis_bridge.services.papers import word_templates
from mis_bridge.storage.tenants import Tenant

FORM = partial(
    click.option,
    "--form",
    "form_id",
    type=click.Choice(sorted(FORMS)),
    default=ANNEX_A,
    show_default=True,
    help=both("Which form of a plan.", "Pa ffurflen o gynllun."),
)
LA = partial(
    click.option,
    "--la",
    required=True,
    help=both("Local authority: 661.", "Awdurdod lleol: 661."),
)
BY = partial(click.option, "--by", required=True, help=both("Who does it.", "Pwy sy'n ei wneud."))
_LANGUAGE = partial(
    click.option,
    "--language",
    type=click.Choice(["cy", "en"]),
    required=True,
    help=both("The language of the template.", "Iaith y templed."),
)
_OUT = partial(
    click.option,
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help=both("The file to write.", "Y ffeil i'w hysgrifennu."),
)
_FILE = partial(
    click.argument, "file", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)


@click.group(
    help=both(
        "Use a Word form of your own for plans.\n\n"
        "Example: mis-bridge template try ours.docx --language cy --out sample.docx",
        "Defnyddio ffurflen Word eich hun ar gyfer cynlluniau.\n\n"
        "Enghraifft: mis-bridge template try eiddom.docx --language cy --out sampl.docx",
    )
)
def template() -> None:
    """Hold the verbs of Word templates."""


@template.command(
    "add",
    help=both(
        "Check a Word form and put it in force for plans in one language.\n\n"
        "Example: mis-bridge template add ours.docx --la 661 --language cy --by Nia",
        "Gwirio ffurflen Word a'i rhoi ar waith ar gyfer cynlluniau mewn un iaith.\n\n"
        "Enghraifft: mis-bridge template add eiddom.docx --la 661 --language cy --by Nia",
    ),
)
@_FILE()
@LA()
@FORM()
@_LANGUAGE()
@BY()
@click.pass_context
def add(ctx: click.Context, file: Path, la: str, form_id: str, language: str, by: str) -> None:
    """Print the template's line; a template with faults is refused, and they are shown."""
    with desk(ctx) as at, at.begin() as session:
        try:
            added = word_templates.add(
                session,
                Tenant(la),
                form_id,
                cast("Language", language),
                _content(file),
                by=by,
                now=now(),
            )
        except TemplateRefused as refused:
            raise _refusal(refused) from refused
        print_lines(
            [
                {
                    "id": added.row.id,
                    "form": form_id,
                    "language": language,
                    "digest": added.row.digest,
                    "tags": len(added.read.tags),
                    "split": list(added.read.split),
                    "never_shown": list(added.read.never_shown),
                }
            ]
        )
    _warn(added.read)


@template.command(
    "list",
    help=both(
        "List an authority's Word forms, the ones in force marked `published`.\n\n"
        "Example: mis-bridge template list --la 661",
        "Rhestru ffurflenni Word awdurdod, y rhai ar waith wedi'u nodi `published`.\n\n"
        "Enghraifft: mis-bridge template list --la 661",
    ),
)
@LA()
@click.pass_context
def list_(ctx: click.Context, la: str) -> None:
    """Print one line a template."""
    with desk(ctx) as at, at.begin() as session:
        print_lines(
            {
                "id": row.id,
                "form": row.form_id,
                "language": row.language,
                "state": row.state,
                "digest": row.digest,
                "tags": len(row.tags) if isinstance(row.tags, list) else 0,
                "by": row.added_by,
                "added_at": row.added_at.isoformat(),
            }
            for row in word_templates.listed(session, Tenant(la))
        )


@template.command(
    "retire",
    help=both(
        "Take a Word form out of use; plans look as before it came.\n\n"
        "Example: mis-bridge template retire --la 661 --language cy --by Nia",
        "Tynnu ffurflen Word o ddefnydd; mae cynlluniau'n edrych fel cyn iddi ddod.\n\n"
        "Enghraifft: mis-bridge template retire --la 661 --language cy --by Nia",
    ),
)
@LA()
@FORM()
@_LANGUAGE()
@BY()
@click.pass_context
def retire(ctx: click.Context, la: str, form_id: str, language: str, by: str) -> None:
    """Retire the template in force."""
    with desk(ctx) as at, at.begin() as session:
        word_templates.retire(
            session, Tenant(la), form_id, cast("Language", language), by=by, now=now()
        )


@template.command(
    "try",
    help=both(
        "Fill a Word form with an invented plan, and say what was found; stores nothing.\n\n"
        "Example: mis-bridge template try ours.docx --language en --out sample.docx",
        "Llenwi ffurflen Word â chynllun dychmygol, a dweud beth a ganfuwyd; nid yw'n storio dim."
        "\n\nEnghraifft: mis-bridge template try eiddom.docx --language cy --out sampl.docx",
    ),
)
@_FILE()
@FORM()
@_LANGUAGE()
@_OUT()
def try_(file: Path, form_id: str, language: str, out: Path) -> None:
    """Write the filled form; tell the tags, and what of the form is never shown."""
    content, form = _content(file), FORMS[form_id]
    chosen = cast("Language", language)
    try:
        read = word_templates.checked(content, form, chosen)
        out.write_bytes(word_templates.tried(content, form, chosen))
    except TemplateRefused as refused:
        raise _refusal(refused) from refused
    print_lines(
        [
            {
                "tags": list(read.tags),
                "split": list(read.split),
                "never_shown": list(read.never_shown),
            }
        ]
    )
    _warn(read)


@template.command(
    "names",
    help=both(
        "List what a Word form may show, one name a line.\n\n"
        "Example: mis-bridge template names --form aln-code-2021-annex-b",
        "Rhestru'r hyn y caiff ffurflen Word ei ddangos, un enw y llinell.\n\n"
        "Enghraifft: mis-bridge template names --form aln-code-2021-annex-b",
    ),
)
@FORM()
def names(form_id: str) -> None:
    """Print the names; `[]` marks a list, over which a template repeats."""
    for key in field_keys(FORMS[form_id]):
        click.echo(key)


@template.command(
    "starter",
    help=both(
        "Write a Word form to begin from, with every name in its place.\n\n"
        "Example: mis-bridge template starter --language cy --out start.docx",
        "Ysgrifennu ffurflen Word i ddechrau ohoni, gyda phob enw yn ei le.\n\n"
        "Enghraifft: mis-bridge template starter --language cy --out dechrau.docx",
    ),
)
@FORM()
@_LANGUAGE()
@_OUT()
def starter_(form_id: str, language: str, out: Path) -> None:
    """Write the file."""
    out.write_bytes(starter(FORMS[form_id], cast("Language", language)))


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        # One byte more than is allowed, so that too much is noticed and never read whole.
        return opened.read(MOST_FILE_BYTES + 1)


def _refusal(refused: TemplateRefused) -> CommandFailed:
    for finding in refused.findings:
        tell(_at(finding))
    return CommandFailed(refused.words, REFUSED_FOR_SAFETY)


def _at(finding: Finding) -> Words:
    return Words(f"{finding.place}: {finding.words.en}", f"{finding.place}: {finding.words.cy}")


def _warn(read: TemplateRead) -> None:
    for tag in read.split:
        tell(_SPLIT.fill(tag=tag))
    for key in read.never_shown:
        tell(_NEVER.fill(key=key))


_SPLIT = Words(
    "Word had split the tag {tag}; it was joined, and works.",
    "Roedd Word wedi hollti'r tag {tag}; fe'i cyfunwyd, ac mae'n gweithio.",
)
_NEVER = Words(
    "The form never shows {key}.",
    "Nid yw'r ffurflen byth yn dangos {key}.",
)
