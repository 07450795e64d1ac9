"""`mis-bridge form`: the forms of plans as data, and an authority's own version of them."""

from __future__ import annotations

from pathlib import Path

import click

from mis_bridge.cli.mapping_choices import text_of
from mis_bridge.cli.opening import desk, now, print_lines
from mis_bridge.cli.templates import BY, FORM, LA
from mis_bridge.cli.words import REFUSED_FOR_SAFETY, CommandFailed, both, tell
from mis_bridge.domain.form_checks import FormRefused, form_text
from mis_bridge.domain.idp_form import FORMS
from mis_bridge.domain.words import Words
from mis_bridge.services.papers import forms
from mis_bridge.storage.tables.plans import FormVersionRow
from mis_bridge.storage.tenants import Tenant

_VERSION = click.argument("version")


@click.group(
    help=both(
        "Show the form of a plan, or put an authority's own version of it in force.\n\n"
        "Example: mis-bridge form show > ours.toml",
        "Dangos ffurflen cynllun, neu roi fersiwn awdurdod ohoni ar waith.\n\n"
        "Enghraifft: mis-bridge form show > eiddom.toml",
    )
)
def form() -> None:
    """Hold the verbs of forms."""


@form.command(
    "show",
    help=both(
        "Print a form as data: the shipped one, or the one in force for an authority.\n\n"
        "Example: mis-bridge form show --la 661 --form aln-code-2021-annex-b > ours.toml",
        "Argraffu ffurflen fel data: yr un a ddaw gyda'r rhaglen, neu'r un ar waith i awdurdod.\n\n"
        "Enghraifft: mis-bridge form show --la 661 --form aln-code-2021-annex-b > eiddom.toml",
    ),
)
@FORM()
@LA(required=False)
@click.option("--version", help=both("An earlier version.", "Fersiwn gynharach."))
@click.pass_context
def show(ctx: click.Context, form_id: str, la: str | None, version: str | None) -> None:
    """Print the form; say on standard error how much of it is not verified."""
    if version and la is None:
        raise CommandFailed(_WHOSE)
    found = FORMS[form_id]
    if la is not None:
        with desk(ctx) as at, at.begin() as session:
            found = (
                forms.form_of(session, Tenant(la), form_id, version)
                if version
                else forms.form_in_force(session, Tenant(la), form_id)
            )
    click.echo(form_text(found), nl=False)
    if found.unverified:
        tell(_UNVERIFIED.fill(count=len(found.unverified)))


@form.command(
    "propose",
    help=both(
        "Check an authority's own version, keep it as a proposal, and show what it changes.\n\n"
        "Example: mis-bridge form propose ours.toml --la 661 --by Nia",
        "Gwirio fersiwn awdurdod, ei chadw fel cynnig, a dangos beth mae'n ei newid.\n\n"
        "Enghraifft: mis-bridge form propose eiddom.toml --la 661 --by Nia",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@LA()
@BY()
@click.pass_context
def propose(ctx: click.Context, file: Path, la: str, by: str) -> None:
    """Print each change, then the version; a form with faults is refused, and they are shown."""
    with desk(ctx) as at, at.begin() as session:
        try:
            proposed = forms.propose(session, Tenant(la), text_of(file), by=by, now=now())
        except FormRefused as refused:
            for fault in refused.faults:
                tell(
                    Words(
                        f"{file.name}: {fault.place}: {fault.words.en}",
                        f"{file.name}: {fault.place}: {fault.words.cy}",
                    )
                )
            raise
        print_lines(
            {"place": each.place, "what": each.what, "before": each.before, "after": each.after}
            for each in proposed.differences
        )
        print_lines([_shown(proposed.row)])


@form.command(
    "publish",
    help=both(
        "Put a proposed version in force for plans begun from now on; somebody else than its "
        "proposer does it.\n\n"
        "Example: mis-bridge form publish 661-2026-1 --la 661 --by Huw",
        "Rhoi fersiwn a gynigiwyd ar waith ar gyfer cynlluniau a ddechreuir o hyn ymlaen; rhywun "
        "heblaw'r cynigydd sy'n gwneud hynny.\n\n"
        "Enghraifft: mis-bridge form publish 661-2026-1 --la 661 --by Huw",
    ),
)
@_VERSION
@LA()
@FORM()
@BY()
@click.pass_context
def publish(ctx: click.Context, version: str, la: str, form_id: str, by: str) -> None:
    """Print the version in force; exit 3 without a second person."""
    with desk(ctx) as at, at.begin() as session:
        try:
            row = forms.publish(session, Tenant(la), form_id, version, by=by, now=now())
        except forms.SecondPersonMissing as missing:
            raise CommandFailed(missing.words, REFUSED_FOR_SAFETY) from missing
        print_lines([_shown(row)])


@form.command(
    "list",
    help=both(
        "Every version that an authority has proposed, the one in force marked `published`.\n\n"
        "Example: mis-bridge form list --la 661",
        "Pob fersiwn a gynigiodd awdurdod, yr un ar waith wedi'i nodi `published`.\n\n"
        "Enghraifft: mis-bridge form list --la 661",
    ),
)
@LA()
@click.pass_context
def list_(ctx: click.Context, la: str) -> None:
    """Print one line a version."""
    with desk(ctx) as at, at.begin() as session:
        print_lines(_shown(row) for row in forms.listed(session, Tenant(la)))


@form.command(
    "retire",
    help=both(
        "Take an authority's version out of force; the shipped form is in force again.\n\n"
        "Example: mis-bridge form retire --la 661 --by Huw",
        "Tynnu fersiwn awdurdod; mae'r ffurflen a ddaw gyda'r rhaglen ar waith eto.\n\n"
        "Enghraifft: mis-bridge form retire --la 661 --by Huw",
    ),
)
@LA()
@FORM()
@BY()
@click.pass_context
def retire(ctx: click.Context, la: str, form_id: str, by: str) -> None:
    """Retire the version in force; plans begun with it keep it."""
    with desk(ctx) as at, at.begin() as session:
        forms.retire(session, Tenant(la), form_id, by=by, now=now())


def _shown(row: FormVersionRow) -> dict[str, object]:
    return {
        "form": row.form_id,
        "version": row.version,
        "state": row.state,
        "proposed_by": row.proposed_by,
        "published_by": row.published_by,
        "published_at": row.published_at.isoformat() if row.published_at else None,
    }


_WHOSE = Words("say with --la whose version it is", "nodwch â --la fersiwn pwy ydyw")
_UNVERIFIED = Words(
    "Fields that nobody has compared with the Code's own text: {count}.",
    "Meysydd nad oes neb wedi'u cymharu â thestun y Cod ei hun: {count}.",
)
