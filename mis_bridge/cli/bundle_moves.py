"""`mis-bridge bundle make` and `import`: a plan that leaves for another body, or comes from one."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mis_bridge.cli.bundle import KEY, KEY_ID, archive_in, trusted_keys, verify_
from mis_bridge.cli.bundle_keys import OPERATOR, key
from mis_bridge.cli.opening import JSON, desk, now, print_lines, school_tenant
from mis_bridge.cli.words import REFUSED_FOR_SAFETY, CommandFailed, both, tell
from mis_bridge.documents.bundles import SignerUnknown
from mis_bridge.domain.plan_life import Maintainer
from mis_bridge.domain.words import Words
from mis_bridge.services.bundles import making as plan_bundles
from mis_bridge.services.bundles.making import Order
from mis_bridge.services.bundles.problems import PupilToChoose
from mis_bridge.services.bundles.taking_in import TakenIn, Wanted, take_in
from mis_bridge.storage.database import sessions


@click.group(
    help=both(
        "Make, check and take in portable plan bundles.\n\n"
        "Example: mis-bridge bundle verify plan.zip",
        "Gwneud, gwirio a derbyn bwndeli cynllun cludadwy.\n\n"
        "Enghraifft: mis-bridge bundle verify cynllun.zip",
    )
)
def bundle() -> None:
    """Group the verbs on bundles."""


@bundle.command(
    help=both(
        "Make a signed bundle of a finalised plan for another body. Basis and consent are "
        "recorded and stand in the bundle; write no names there.\n\n"
        "Example: mis-bridge bundle make PLAN --school 661/9901 --for 662/4001 "
        "--basis 'S.I. 2021/401 reg. 15' --consent 'not needed' --out plan.zip",
        "Gwneud bwndel wedi'i lofnodi o gynllun a gwblhawyd, i gorff arall. Cofnodir y sail a'r "
        "cydsyniad, ac maent yn y bwndel; peidiwch ag ysgrifennu enwau yno.\n\n"
        "Enghraifft: mis-bridge bundle make CYNLLUN --school 661/9901 --for 662/4001 "
        "--basis 'O.S. 2021/401 rheoliad 15' --consent 'dim angen' --out cynllun.zip",
    )
)
@click.argument("plan_id")
@click.option(
    "--school", required=True, help=both("LA and school: 661/9901.", "ALl ac ysgol: 661/9901.")
)
@click.option(
    "--for",
    "made_for",
    required=True,
    help=both(
        "The body it is for: a school 662/4001, an authority 662, or a name.",
        "Y corff y mae ar ei gyfer: ysgol 662/4001, awdurdod 662, neu enw.",
    ),
)
@click.option(
    "--basis",
    required=True,
    help=both("On what lawful basis it is given.", "Ar ba sail gyfreithlon y'i rhoddir."),
)
@click.option(
    "--consent",
    required=True,
    help=both("What there is of consent.", "Pa gydsyniad sydd."),
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help=both(
        "The file to write; it must not be there yet.", "Y ffeil i'w hysgrifennu, un newydd."
    ),
)
@JSON()
@click.pass_context
def make(
    ctx: click.Context,
    plan_id: str,
    school: str,
    made_for: str,
    basis: str,
    consent: str,
    out: Path,
    *,
    as_json: bool,
) -> None:
    """Make one bundle."""
    tenant, at_once = school_tenant(school), now()
    if out.exists():
        raise CommandFailed(_THERE.fill(file=out))
    with desk(ctx) as at:
        with at.begin() as session:
            order = Order(made_for.strip(), basis.strip(), consent.strip())
            made = plan_bundles.packed(session, tenant, plan_id, order, now=at_once)
        if made is None:
            raise CommandFailed(_NO_PLAN)
        # Recorded first: no bundle leaves that the record does not know of.
        with at.begin() as session:
            fresh = plan_bundles.record(session, made, by=OPERATOR, now=at_once)
        _write(out, made.archive)
    if as_json:
        print_lines(
            [
                {
                    "plan_id": made.plan_id,
                    "edition": made.edition,
                    "made_for": made.order.made_for,
                    "key_id": made.key_id,
                    "digest": made.digest,
                    "recorded": fresh,
                    "file": str(out),
                }
            ]
        )
    tell(_MADE.fill(file=out, key_id=made.key_id))


@bundle.command(
    "import",
    help=both(
        "Take a bundle in as a plan of a school: checked first, whole or not at all.\n\n"
        "Example: mis-bridge bundle import plan.zip --school 662/4001 --key authority-661.pem",
        "Derbyn bwndel yn gynllun i ysgol: ei wirio yn gyntaf, yn gyfan neu ddim o gwbl.\n\n"
        "Enghraifft: mis-bridge bundle import cynllun.zip --school 662/4001 "
        "--key awdurdod-661.pem",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--school", required=True, help=both("LA and school: 661/9901.", "ALl ac ysgol: 661/9901.")
)
@KEY()
@KEY_ID()
@click.option(
    "--pupil",
    "pupil_id",
    help=both(
        "Whose plan it is, by the pupil's id here, where no UPN says so.",
        "Cynllun pwy ydyw, yn ôl rhif y disgybl yma, os nad oes rhif disgybl unigryw.",
    ),
)
@click.option(
    "--maintained-by",
    type=click.Choice([body.value for body in Maintainer]),
    help=both(
        "Who maintains the plan now, where the law leaves it open.",
        "Pwy sy'n cynnal y cynllun yn awr, os yw'r gyfraith yn ei adael yn agored.",
    ),
)
@click.option(
    "--dry-run",
    is_flag=True,
    help=both("Check everything and change nothing.", "Gwirio popeth a newid dim."),
)
@JSON()
@click.pass_context
def import_(  # noqa: PLR0913 - one parameter an option
    ctx: click.Context,
    file: Path,
    school: str,
    keys: tuple[Path, ...],
    ids: tuple[str, ...],
    pupil_id: str | None,
    maintained_by: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take one bundle in; exit 3 where no key that is trusted has signed it."""
    wanted = Wanted(
        trusted_keys(keys, ids), pupil_id, Maintainer(maintained_by) if maintained_by else None
    )
    tenant = school_tenant(school)
    archive = archive_in(file)
    with desk(ctx) as at, sessions(at.engine)() as session:
        try:
            done = take_in(session, tenant, archive, wanted, by=OPERATOR, now=now(), jobs=at.jobs)
        except SignerUnknown as unknown:
            raise CommandFailed(unknown.words, REFUSED_FOR_SAFETY) from None
        except PupilToChoose as choose:
            raise CommandFailed(_with_pupils(choose)) from None
        if dry_run:
            session.rollback()
        else:
            session.commit()
    if as_json:
        print_lines([_as_json(done, dry_run=dry_run)])
    _tell(done, dry_run=dry_run)


bundle.add_command(verify_)
bundle.add_command(key)


def _write(out: Path, archive: bytes) -> None:
    """Write the file for its owner alone, and never over another."""
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandFailed(_THERE.fill(file=out)) from None
    except OSError:
        raise CommandFailed(_NOT_WRITTEN.fill(file=out)) from None
    with os.fdopen(handle, "wb") as opened:
        opened.write(archive)
        opened.flush()
        os.fsync(opened.fileno())


def _as_json(done: TakenIn, *, dry_run: bool) -> dict[str, object]:
    return {
        "plan_id": None if dry_run and done.fresh else done.plan_id,
        "pupil_id": done.pupil_id,
        "edition": done.edition,
        "key_id": done.key_id,
        "taken_in": done.fresh and not dry_run,
        "already_there": not done.fresh,
        "maintained_by": done.maintained_by,
        "dry_run": dry_run,
    }


def _tell(done: TakenIn, *, dry_run: bool) -> None:
    said = _ALREADY if not done.fresh else _WOULD if dry_run else _TAKEN
    tell(said.fill(plan=done.plan_id, edition=done.edition, key_id=done.key_id))
    if done.uncertain is not None:
        tell(done.uncertain)


def _with_pupils(choose: PupilToChoose) -> Words:
    """Say which pupils it may be, by their ids."""
    if not choose.pupils:
        return choose.words
    listed = ", ".join(choose.pupils)
    return Words(f"{choose.words.en} --pupil: {listed}", f"{choose.words.cy} --pupil: {listed}")


_THERE = Words(
    "{file} is there already; name another file", "mae {file} yno eisoes; enwch ffeil arall"
)
_NOT_WRITTEN = Words(
    "{file} cannot be written; name a file in a folder that you may write to",
    "ni ellir ysgrifennu {file}; enwch ffeil mewn ffolder y cewch ysgrifennu iddi",
)
_NO_PLAN = Words("this school has no such plan", "nid oes gan yr ysgol hon gynllun o'r fath")
_MADE = Words(
    "The bundle is in {file}, signed by the key {key_id}.",
    "Mae'r bwndel yn {file}, wedi'i lofnodi gan yr allwedd {key_id}.",
)
_TAKEN = Words(
    "Edition {edition} was taken in as the plan {plan}; it is signed by the key {key_id}.",
    "Derbyniwyd argraffiad {edition} fel y cynllun {plan}; llofnodwyd ef gan yr allwedd {key_id}.",
)
_WOULD = Words(
    "Edition {edition} can be taken in; it is signed by the key {key_id}. Nothing was changed.",
    "Gellir derbyn argraffiad {edition}; llofnodwyd ef gan yr allwedd {key_id}. Ni newidiwyd dim.",
)
_ALREADY = Words(
    "Edition {edition} is here already, as the plan {plan}. Nothing was changed.",
    "Mae argraffiad {edition} yma eisoes, fel y cynllun {plan}. Ni newidiwyd dim.",
)
