"""`idp convert-cohort` and `idp conversions`: drafts for a whole cohort, and what became of it."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from adapters.base import AdapterProblem
from mappings.language import vendors
from mis_bridge.cli.opening import (
    JSON,
    LA,
    SCHOOL,
    Desk,
    desk,
    now,
    print_lines,
    tenant_given,
    tenants_given,
)
from mis_bridge.cli.words import (
    DONE,
    REFUSED_FOR_SAFETY,
    SOME_REJECTED,
    CommandFailed,
    both,
    tell,
)
from mis_bridge.domain.words import Words
from mis_bridge.services.conversion import runs as conversions
from mis_bridge.services.conversion.runs import ON_REGISTER, ConversionUnderWay, Exports, Wanted
from mis_bridge.storage import authorities, conversion_runs
from mis_bridge.storage.tenants import Tenant

BY = "command"
_YEARS = ("N1", "N2", "R", *(str(number) for number in range(1, 15)))


@click.command(
    "convert-cohort",
    help=both(
        "Make draft plans for everybody on School Action, School Action Plus or their early years "
        "counterparts: from the IEP exports given with --iep, else from the register alone. The "
        "work is done by a worker, and with --wait by this command too; killed at any point, it "
        "goes on where it stood. Exit 1 if a record was rejected, 3 if a conversion of the school "
        "is under way.\n\n"
        "Example: mis-bridge idp convert-cohort --school 661/9901 --iep plans.json --wait",
        "Llunio cynlluniau drafft i bawb ar Weithredu gan yr Ysgol, Gweithredu gan yr Ysgol a Mwy "
        "neu'r camau cyfatebol yn y blynyddoedd cynnar: o'r allforion CAU a roddir gyda --iep, fel "
        "arall o'r gofrestr yn unig. Gweithiwr sy'n gwneud y gwaith, a chyda --wait y gorchymyn "
        "hwn hefyd; os caiff ei ladd, mae'n parhau lle'r oedd. Allanfa 1 os gwrthodwyd cofnod, 3 "
        "os oes trosi eisoes ar waith yn yr ysgol.\n\n"
        "Enghraifft: mis-bridge idp convert-cohort --school 661/9901 --iep cynlluniau.json --wait",
    ),
)
@LA()
@SCHOOL()
@click.option(
    "--provision",
    help=both(
        "Only these stages, with commas between: school_action,school_action_plus.",
        "Y camau hyn yn unig, gyda chomas rhyngddynt: school_action,school_action_plus.",
    ),
)
@click.option(
    "--year",
    help=both(
        "Only these year groups, with commas between: R,1,5.",
        "Y grwpiau blwyddyn hyn yn unig, gyda chomas rhyngddynt: R,1,5.",
    ),
)
@click.option(
    "--iep",
    "paths",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help=both(
        "An IEP export of the school; may be given again.",
        "Allforyn CAU o'r ysgol; gellir ei roi eto.",
    ),
)
@click.option(
    "--vendor",
    type=click.Choice(vendors()),
    default="iep",
    show_default=True,
    help=both("Whose format the export is.", "Fformat pwy yw'r allforyn."),
)
@click.option(
    "--wait",
    is_flag=True,
    help=both(
        "Work along, and stay until it is done.", "Cydweithio, ac aros nes ei fod wedi'i wneud."
    ),
)
@JSON(expose_value=False)
@click.pass_context
def convert_cohort(
    ctx: click.Context,
    la: str | None,
    school: str | None,
    provision: str | None,
    year: str | None,
    paths: tuple[Path, ...],
    vendor: str,
    *,
    wait: bool,
) -> None:
    """Start a run for each school; print each run, or with --wait its report."""
    tenant = tenant_given(la, school)
    if paths and tenant.school is None:
        raise CommandFailed(_EXPORT_OF_ONE_SCHOOL)
    wanted = Wanted(_stages(provision), _years(year))
    exports = Exports(vendor, paths) if paths else None
    codes = {DONE}
    with desk(ctx) as at:
        started: list[tuple[Tenant, str]] = []
        for each in _schools(at, tenant, wanted):
            try:
                started.append((each, _started(at, each, wanted, exports)))
            except ConversionUnderWay as under_way:
                tell(under_way.words)
                codes.add(REFUSED_FOR_SAFETY)
        for each, run_id in started:
            began = time.monotonic()
            if wait:
                _work_along(at, each, run_id)
            report = _report(at, each, run_id)
            if wait:
                report["seconds"] = round(time.monotonic() - began, 3)
            print_lines([{"report": report}])
            codes.add(_code_of(report))
    sys.exit(max(codes))


@click.command(
    "conversions",
    help=both(
        "List the conversions of cohorts, one a line; or show one with its report, with --wait "
        "when it is done: this command then works along, and takes up what was left.\n\n"
        "Example: mis-bridge idp conversions --school 661/9901",
        "Rhestru'r trosiadau o garfannau, un y llinell; neu ddangos un gyda'i adroddiad, gyda "
        "--wait pan fydd wedi'i wneud: mae'r gorchymyn hwn wedyn yn cydweithio, ac yn parhau â'r "
        "hyn a adawyd.\n\n"
        "Enghraifft: mis-bridge idp conversions --school 661/9901",
    ),
)
@click.argument("run_id", metavar="[RUN]", required=False)
@LA()
@SCHOOL()
@click.option(
    "--wait",
    is_flag=True,
    help=both("Work along until it is done.", "Cydweithio nes ei fod wedi'i wneud."),
)
@JSON(expose_value=False)
@click.pass_context
def conversions_(
    ctx: click.Context, run_id: str | None, la: str | None, school: str | None, *, wait: bool
) -> None:
    """Print runs with their counts; nothing personal."""
    with desk(ctx) as at:
        with at.begin() as session:
            tenants = tenants_given(session, la, school)
            if run_id is None:
                for tenant in tenants:
                    print_lines(_line(row) for row in conversion_runs.listed(session, tenant))
                return
            found = [conversion_runs.run(session, tenant, run_id) for tenant in tenants]
            owners = [Tenant(row.la, row.school) for row in found if row is not None]
        if not owners:
            raise CommandFailed(_NO_RUN)
        if wait:
            _work_along(at, owners[0], run_id)
        report = _report(at, owners[0], run_id)
    print_lines([{"report": report}])
    sys.exit(_code_of(report) if wait else DONE)


def _line(row: Any) -> dict[str, Any]:
    counts = conversions.counts_of(row)
    return {
        "run_id": row.id,
        "school": row.school,
        "state": row.state,
        "items": row.items,
        "settled": sum(counts.values()),
        "counts": counts,
        "asked_at": row.asked_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
    }


def _schools(at: Desk, tenant: Tenant, wanted: Wanted) -> list[Tenant]:
    """Return the school, or those of the authority where somebody is in the cohort."""
    if tenant.school is not None:
        return [tenant]
    with at.begin() as session:
        if tenant.la not in {row.code for row in authorities.all_of_them(session)}:
            raise CommandFailed(_NO_AUTHORITY.fill(la=tenant.la))
        every = [Tenant(row.la, row.ref) for row in authorities.schools_of(session, tenant.la)]
        return [
            each
            for each in every
            if conversion_runs.cohort(session, each, wanted.provision, wanted.nc_years)
        ]


def _started(at: Desk, tenant: Tenant, wanted: Wanted, exports: Exports | None) -> str:
    try:
        with at.begin() as session:
            return conversions.start(
                session, tenant, wanted, exports, by=BY, now=now(), jobs=at.jobs
            )
    except AdapterProblem as refused:
        raise CommandFailed(refused.words) from refused


def _work_along(at: Desk, tenant: Tenant, run_id: str) -> None:
    """Work on the run beside the workers until nothing of it is left."""
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(f"{both('Plans', 'Cynlluniau')} {tenant.school}", total=None)
        some = 1
        while some:
            with at.begin() as session:
                some = conversions.work_on(session, tenant, run_id, now=now(), jobs=at.jobs)
                row = conversion_runs.run(session, tenant, run_id)
                if row is not None:
                    settled = sum(conversions.counts_of(row).values())
                    bar.update(task, total=row.items, completed=settled)


def _report(at: Desk, tenant: Tenant, run_id: str) -> dict[str, Any]:
    with at.begin() as session:
        row = conversion_runs.run(session, tenant, run_id)
        if row is None:
            raise CommandFailed(_NO_RUN)
        return conversions.report(session, tenant, row)


def _code_of(report: dict[str, Any]) -> int:
    return SOME_REJECTED if report["counts"]["rejected"] or report["incomplete"] else DONE


def _stages(written: str | None) -> tuple[str, ...]:
    stages = _parts(written)
    for stage in stages:
        if stage not in ON_REGISTER:
            raise CommandFailed(_NO_STAGE.fill(given=stage, known=", ".join(ON_REGISTER)))
    return stages or ON_REGISTER


def _years(written: str | None) -> tuple[str, ...]:
    years = tuple(year.upper() for year in _parts(written))
    for year in years:
        if year not in _YEARS:
            raise CommandFailed(_NO_YEAR.fill(given=year, known=", ".join(_YEARS)))
    return years


def _parts(written: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (written or "").split(",") if part.strip())


_EXPORT_OF_ONE_SCHOOL = Words(
    "an IEP export is that of one school: give --school LA/ESTAB with --iep",
    "allforyn un ysgol yw allforyn CAU: rhowch --school ALl/YSGOL gyda --iep",
)
_NO_STAGE = Words(
    "--provision: {given} is no stage below a statement; give one of {known}",
    "--provision: nid yw {given} yn gam islaw datganiad; rhowch un o {known}",
)
_NO_YEAR = Words(
    "--year: {given} is no year group; give one of {known}",
    "--year: nid yw {given} yn grŵp blwyddyn; rhowch un o {known}",
)
_NO_AUTHORITY = Words(
    "the local authority {la} is not in this database; add it with mis-bridge la add",
    "nid yw'r awdurdod lleol {la} yn y gronfa ddata hon; ychwanegwch ef â mis-bridge la add",
)
_NO_RUN = Words(
    "there is no conversion of that id here; mis-bridge idp conversions lists them",
    "nid oes trosi â'r dynodydd hwnnw yma; mae mis-bridge idp conversions yn eu rhestru",
)
