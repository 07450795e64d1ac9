"""`import` and `sync`: a whole source into the register, by the road of every change."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from adapters.base import AdapterProblem, VendorUnavailable
from mappings.language import shipped, vendors
from mis_bridge.cli.opening import JSON, SCHOOL, Desk, desk, now, print_lines, school_tenant
from mis_bridge.cli.words import (
    DONE,
    REFUSED_FOR_SAFETY,
    SOME_REJECTED,
    UNUSABLE,
    CommandFailed,
    both,
    tell,
)
from mis_bridge.domain.words import Words
from mis_bridge.services.conversion import imports as plan_imports
from mis_bridge.services.intake import source_runs
from mis_bridge.services.intake.bulk_sync import BulkSync, RunUnderWay, RunWaits
from mis_bridge.services.monitoring import imports as monitoring_imports
from mis_bridge.storage import connections, sync_runs
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tenants import Tenant

Report = dict[str, Any]


@click.command(
    "import",
    help=both(
        "Apply files to a school's register, by the same road as a webhook; exit 1 if a record was "
        "rejected, 3 if a person must look first. IEPs are kept as draft IDPs; interventions and "
        "attendance are kept for monitoring.\n\n"
        "Example: mis-bridge import students.json --vendor wonde --school 661/4001",
        "Rhoi ffeiliau ar waith yng nghofrestr ysgol, ar hyd yr un ffordd â gwebfachyn; allanfa 1 "
        "os gwrthodwyd cofnod, 3 os rhaid i berson edrych yn gyntaf. Cedwir CAUau fel CDUau "
        "drafft; cedwir ymyriadau a phresenoldeb ar gyfer monitro.\n\n"
        "Enghraifft: mis-bridge import disgyblion.json --vendor wonde --school 661/4001",
    ),
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--vendor",
    required=True,
    type=click.Choice(vendors()),
    help=both("Whose format it is.", "Fformat pwy ydyw."),
)
@SCHOOL(required=True)
@click.option(
    "--dry-run",
    is_flag=True,
    help=both(
        "Say what would happen, and change nothing.", "Dweud beth a ddigwyddai, heb newid dim."
    ),
)
@click.option(
    "--whole-roll",
    is_flag=True,
    help=both(
        "The file lists the whole roll: whoever is missing has left.",
        "Mae'r ffeil yn rhestru'r gofrestr gyfan: mae pwy bynnag sydd ar goll wedi gadael.",
    ),
)
@click.option(
    "--part-of-roll",
    is_flag=True,
    help=both(
        "The file lists a part of the roll: who is missing means nothing.",
        "Mae'r ffeil yn rhestru rhan o'r gofrestr: nid yw bod ar goll yn golygu dim.",
    ),
)
@JSON()
@click.pass_context
def import_(
    ctx: click.Context,
    paths: tuple[Path, ...],
    vendor: str,
    school: str,
    *,
    dry_run: bool,
    whole_roll: bool,
    part_of_roll: bool,
    as_json: bool,
) -> None:
    """Import files; print `{"report": ...}`."""
    del as_json  # the report is JSON either way
    if whole_roll and part_of_roll:
        raise CommandFailed(_WHOLE_OR_PART)
    tenant = school_tenant(school)
    meaning = {"whole_roll": whole_roll, "part_of_roll": part_of_roll}
    with desk(ctx) as at, _road(at) as sync:
        kind = shipped(vendor).kind
        if kind == "plan":
            report = _ran(lambda: _plans(at, tenant, vendor, paths, keep=not dry_run))
        elif kind == "delivery":
            report = _ran(lambda: _delivery(at, tenant, vendor, paths, keep=not dry_run))
        elif dry_run:
            with sessions(at.engine)() as session:
                work = lambda: source_runs.try_files(  # noqa: E731 - one of two ways, named alike
                    sync, session, tenant, vendor, paths, **meaning
                )
                report = _ran(work)
                session.rollback()
            report["dry_run"] = True
        else:
            report = _ran(lambda: source_runs.import_files(sync, tenant, vendor, paths, **meaning))
    _end(report)


@click.command(
    help=both(
        "Pull from a vendor's interface and apply the changes; or approve or refuse a run that "
        "waits for a person.\n\nExample: mis-bridge sync CONNECTION --full",
        "Tynnu o ryngwyneb cyflenwr a rhoi'r newidiadau ar waith; neu gymeradwyo neu wrthod "
        "rhediad sy'n aros am berson.\n\nEnghraifft: mis-bridge sync CYSYLLTIAD --full",
    )
)
@click.argument("connection_id", metavar="CONNECTION")
@click.option(
    "--full",
    is_flag=True,
    help=both("Everybody, not only what changed.", "Pawb, nid dim ond yr hyn a newidiodd."),
)
@click.option(
    "--approve", metavar="RUN", help=both("Go on with this run.", "Parhau â'r rhediad hwn.")
)
@click.option("--refuse", metavar="RUN", help=both("Drop this run.", "Gollwng y rhediad hwn."))
@click.option("--by", default="", help=both("Who looked at it.", "Pwy a edrychodd arno."))
@JSON()
@click.pass_context
def sync(
    ctx: click.Context,
    connection_id: str,
    approve: str | None,
    refuse: str | None,
    by: str,
    *,
    full: bool,
    as_json: bool,
) -> None:
    """Sync a connection; print `{"report": ...}`."""
    del as_json
    with desk(ctx) as at, _road(at) as road:
        if approve or refuse:
            if not by.strip() or (approve and refuse):
                raise CommandFailed(_WHO)
            run_id = str(approve or refuse)
            tenant = _tenant_of(at, connection_id, run_id)
            settle = road.approve if approve else road.refuse
            report = _ran(lambda: settle(tenant, run_id, by=by))
        else:
            origins = at.settings.trusted_origins
            report = _ran(lambda: source_runs.pull(road, connection_id, origins, full=full))
    _end(report)


def _plans(at: Desk, tenant: Tenant, vendor: str, paths: Sequence[Path], *, keep: bool) -> Report:
    """Keep the draft IDP of every plan of the files, or only say what would be kept."""
    with sessions(at.engine)() as session:
        kept, mapped = plan_imports.import_plans(session, tenant, vendor, paths, now=now())
        if keep:
            session.commit()
        else:
            session.rollback()
    return {
        **mapped.to_json(0.0),
        "state": "done",
        "drafts": Counter(plan.outcome for plan in kept),
        "without_pupil": [plan.plan_id for plan in kept if plan.pupil_id is None],
        "dry_run": not keep,
    }


def _delivery(
    at: Desk, tenant: Tenant, vendor: str, paths: Sequence[Path], *, keep: bool
) -> Report:
    """Keep what was delivered or attended, or only say what would be kept."""
    with sessions(at.engine)() as session:
        kept, mapped = monitoring_imports.import_delivery(session, tenant, vendor, paths, now=now())
        if keep:
            session.commit()
        else:
            session.rollback()
    return {
        **mapped.to_json(0.0),
        "state": "done",
        "rows": kept.rows,
        "weeks": kept.weeks,
        "without_pupil": kept.without_pupil,
        "dry_run": not keep,
    }


def _ran(work: Callable[[], Report]) -> Report:
    """Do the work; what goes wrong ends the command with the code that the contract gives it."""
    began = time.monotonic()
    try:
        report = work()
    except (RunWaits, RunUnderWay) as waits:
        raise CommandFailed(waits.words, REFUSED_FOR_SAFETY) from waits
    except VendorUnavailable as unavailable:
        raise CommandFailed(unavailable.words, SOME_REJECTED) from unavailable
    except AdapterProblem as refused:
        raise CommandFailed(refused.words, UNUSABLE) from refused
    return {**report, "seconds": round(time.monotonic() - began, 3)}


def _end(report: Report) -> None:
    print_lines([{"report": report}])
    if report["state"] == "in_review":
        tell(_IN_REVIEW.fill(run=report["run_id"], connection=report["connection_id"]))
        sys.exit(REFUSED_FOR_SAFETY)
    sys.exit(SOME_REJECTED if report["rejected"] or report["incomplete"] else DONE)


def _tenant_of(at: Desk, connection_id: str, run_id: str) -> Tenant:
    with at.begin() as session:
        tenant = connections.tenant_of(connections.by_id(session, connection_id))
        run = sync_runs.run_known(session, tenant, run_id)
        if run is None or run.connection_id != connection_id:
            raise CommandFailed(_NO_RUN)
    return tenant


@contextmanager
def _road(at: Desk) -> Iterator[BulkSync]:
    """Give the road, with a progress bar where somebody watches."""
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(both("Records", "Cofnodion"), total=None)
        yield BulkSync(at.begin, at.jobs, now, lambda count: bar.advance(task, count))


_WHOLE_OR_PART = Words(
    "a file is the whole roll or a part of it, not both",
    "mae ffeil naill ai'n gofrestr gyfan neu'n rhan ohoni, nid y ddau",
)
_WHO = Words(
    "name who looked at the run with --by, and either --approve or --refuse it",
    "enwch pwy a edrychodd ar y rhediad â --by, a naill ai --approve neu --refuse",
)
_NO_RUN = Words(
    "this connection has no run of that id", "nid oes rhediad â'r id hwnnw gan y cysylltiad hwn"
)
_IN_REVIEW = Words(
    "nothing was changed: this would take a great part of the register away. Look at the report, "
    "then: mis-bridge sync {connection} --approve {run} --by NAME (or --refuse {run})",
    "ni newidiwyd dim: byddai hyn yn tynnu rhan fawr o'r gofrestr. Edrychwch ar yr adroddiad, "
    "yna: mis-bridge sync {connection} --approve {run} --by ENW (neu --refuse {run})",
)
