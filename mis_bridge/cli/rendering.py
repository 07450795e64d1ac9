"""`mis-bridge idp render`: a kept draft or a plan as a document, or the plan's plain summary."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

import click
from sqlalchemy.orm import Session

from mis_bridge.cli.opening import LA, SCHOOL, desk, tenants_given
from mis_bridge.cli.words import CommandFailed, both
from mis_bridge.config import command_language
from mis_bridge.domain.words import Language, Words
from mis_bridge.services.papers.plan_documents import (
    FORMATS,
    Format,
    rendered,
    rendered_plan,
    rendered_summary,
)
from mis_bridge.storage.tenants import Tenant


@click.command(
    "render",
    help=both(
        "Write a kept draft or a plan to standard output, or to a file.\n\n"
        "Example: mis-bridge idp render ID --format pdf --lang cy --out plan.pdf",
        "Ysgrifennu drafft a gedwir neu gynllun i'r allbwn safonol, neu i ffeil.\n\n"
        "Enghraifft: mis-bridge idp render ID --format pdf --lang cy --out cynllun.pdf",
    ),
)
@click.argument("plan")
@click.option(
    "--format",
    "form",
    type=click.Choice(sorted(FORMATS)),
    default="html",
    show_default=True,
    help=both("As a page, a PDF or a Word file.", "Fel tudalen, PDF neu ffeil Word."),
)
@click.option(
    "--lang",
    type=click.Choice(["en", "cy"]),
    help=both("English or Welsh.", "Saesneg neu Gymraeg."),
)
@click.option(
    "--edition",
    type=click.IntRange(min=1),
    help=both("A plan as it was finalised then.", "Cynllun fel y'i cwblhawyd bryd hynny."),
)
@click.option(
    "--summary",
    is_flag=True,
    help=both("The plan in plain words.", "Y cynllun mewn geiriau syml."),
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=both("The file to write.", "Y ffeil i'w hysgrifennu."),
)
@LA()
@SCHOOL()
@click.pass_context
def render(  # noqa: PLR0913 - one parameter an option
    ctx: click.Context,
    plan: str,
    form: str,
    lang: str | None,
    edition: int | None,
    out: Path | None,
    la: str | None,
    school: str | None,
    *,
    summary: bool,
) -> None:
    """Render one plan; an id that nobody keeps, or an edition that is not, ends with 2."""
    language: Language = "cy" if (lang or command_language()) == "cy" else "en"
    made = cast("Format", form)
    with desk(ctx) as at, at.begin() as session:
        found = None
        for tenant in tenants_given(session, la, school):
            found = found or _made(
                session, tenant, plan, edition, form=made, language=language, summary=summary
            )
    if found is None:
        raise CommandFailed(_NOTHING)
    if out is not None:
        out.write_bytes(found)
    else:
        sys.stdout.buffer.write(found)


def _made(
    session: Session,
    tenant: Tenant,
    plan: str,
    edition: int | None,
    *,
    form: Format,
    language: Language,
    summary: bool,
) -> bytes | None:
    if summary:
        return rendered_summary(
            session, tenant, plan, edition=edition, form=form, language=language
        )
    found = rendered_plan(session, tenant, plan, edition=edition, form=form, language=language)
    if found is None and edition is None:
        return rendered(session, tenant, plan, form=form, language=language)
    return found


_NOTHING = Words(
    "no plan is kept under this id, or no such edition of it; mis-bridge idp list shows the ids of "
    "drafts, with --plans those of plans",
    "ni chedwir cynllun o dan y dynodydd hwn, neu nid oes argraffiad o'r fath ohono; mae "
    "mis-bridge idp list yn dangos dynodwyr drafftiau, a chyda --plans rai cynlluniau",
)
