"""`audit`: does the chain hold, and who was swept across with no decision."""

from __future__ import annotations

import sys

import click

from mis_bridge.cli.opening import JSON, LA, SCHOOL, desk, now, print_lines, tenant_given
from mis_bridge.cli.words import DONE, SOME_REJECTED, CommandFailed, both
from mis_bridge.domain.words import Words
from mis_bridge.services import transitions
from mis_bridge.services.days import day_in_wales
from mis_bridge.storage import audit as chain
from mis_bridge.storage.audit import ChainEnd


@click.group(
    help=both(
        "The record of what was done.\n\nExample: mis-bridge audit verify",
        "Y cofnod o'r hyn a wnaed.\n\nEnghraifft: mis-bridge audit verify",
    )
)
def audit() -> None:
    """Hold the verbs of the audit."""


@audit.command(
    help=both(
        "Walk every chain; name the first bad row; print the ends, to be kept elsewhere; exit 1 if "
        "one does not hold.\n\nExample: mis-bridge audit verify --expect 661:120:HASH",
        "Cerdded pob cadwyn; enwi'r rhes wael gyntaf; dangos y pennau, i'w cadw mewn man arall; "
        "allanfa 1 os nad yw un yn dal.\n\n"
        "Enghraifft: mis-bridge audit verify --expect 661:120:HASH",
    )
)
@click.option(
    "--expect",
    multiple=True,
    metavar="LA:NUMBER:HASH",
    help=both("An end that was kept elsewhere.", "Pen a gadwyd mewn man arall."),
)
@JSON()
@click.pass_context
def verify(ctx: click.Context, expect: tuple[str, ...], *, as_json: bool) -> None:
    """Print a line a chain."""
    expected = {end.la: end for end in map(_end, expect)}
    holds = True
    with desk(ctx) as at, at.begin() as session:
        every = {end.la for end in chain.ends(session)} | set(expected)
        for la in sorted(every):
            walked = chain.verify(session, la, expected.get(la))
            holds = holds and walked.first_bad is None
            line = {
                "la": la,
                "rows": walked.rows,
                "holds": walked.first_bad is None,
                "first_bad": walked.first_bad,
                "why": walked.why,
                "end": f"{la}:{walked.end.number}:{walked.end.hash}",
            }
            if as_json:
                print_lines([line])
            else:
                said = both("holds", "yn dal") if walked.first_bad is None else _broken(line)
                click.echo(f"{la}: {walked.rows}  {said}  {line['end']}")
    sys.exit(DONE if holds else SOME_REJECTED)


@audit.command(
    "transitions",
    help=both(
        "Who left School Action or School Action Plus with no decision; the totals add up.\n\n"
        "Example: mis-bridge audit transitions --school 661/4001",
        "Pwy adawodd Weithredu gan yr Ysgol (a Mwy) heb benderfyniad; mae'r cyfansymiau'n gyson."
        "\n\n"
        "Enghraifft: mis-bridge audit transitions --school 661/4001",
    ),
)
@LA()
@SCHOOL()
@JSON()
@click.pass_context
def transitions_(ctx: click.Context, la: str | None, school: str | None, *, as_json: bool) -> None:
    """Print a line a pupil, then the totals."""
    del as_json
    tenant = tenant_given(la, school)
    with desk(ctx) as at, at.begin() as session:
        answer = transitions.audited(session, tenant, on=day_in_wales(now()))
    print_lines([*(each.to_json() for each in answer.accounted), {"report": answer.report()}])
    sys.exit(DONE)


def _end(written: str) -> ChainEnd:
    la, _, rest = written.partition(":")
    number, _, found = rest.partition(":")
    if not (la and number.isdigit() and found):
        raise CommandFailed(_BAD_END.fill(given=written))
    return ChainEnd(la, int(number), found)


def _broken(line: dict[str, object]) -> str:
    return both(
        f"broken at row {line['first_bad']} ({line['why']})",
        f"wedi torri wrth res {line['first_bad']} ({line['why']})",
    )


_BAD_END = Words(
    "{given} is no end of a chain; write LA:NUMBER:HASH as audit verify prints it",
    "nid pen cadwyn yw {given}; ysgrifennwch ALl:RHIF:HASH fel y dengys audit verify",
)
