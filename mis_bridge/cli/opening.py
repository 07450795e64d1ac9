"""The database of a command: opened with its keys, migrated where it is new, closed at the end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mis_bridge.cli.words import CommandFailed, both
from mis_bridge.config import Settings, command_settings
from mis_bridge.domain.words import Words
from mis_bridge.storage import authorities, migrating
from mis_bridge.storage.database import open_database, sessions
from mis_bridge.storage.tenants import Tenant
from mis_bridge.workers.embedding import upgrade
from mis_bridge.workers.engine import EngineJobs

_SCHOOL = re.compile(r"(\d{3})/?(\d{4})")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with; `begin` opens a transaction that commits at its end."""

    settings: Settings
    engine: Engine
    begin: Callable[[], AbstractContextManager[Session]]
    jobs: EngineJobs


@contextmanager
def desk(ctx: click.Context) -> Iterator[Desk]:
    """Open the command's database; an embedded one that is not there yet is made."""
    settings = command_settings(ctx.find_root().obj["config"])
    keys = settings.keys
    file = settings.database_file
    if file is not None and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        upgrade(settings)
    engine = open_database(settings.database_url, keys)
    try:
        migrating.check(engine)
        yield Desk(settings, engine, sessions(engine).begin, EngineJobs(engine))
    finally:
        engine.dispose()


def now() -> datetime:
    """Return the time at which the command runs."""
    return datetime.now(UTC)


def school_tenant(written: str) -> Tenant:
    """Read `LLL/EEEE` (the stroke may be left out)."""
    found = _SCHOOL.fullmatch(written.strip())
    if found is None:
        raise CommandFailed(_NO_SCHOOL.fill(given=written))
    return Tenant(found[1], f"{found[1]}/{found[2]}")


def tenant_given(la: str | None, school: str | None) -> Tenant:
    """Read `--la` or `--school`: exactly one of them."""
    if (la is None) == (school is None):
        raise CommandFailed(_ONE_OF_TWO)
    return school_tenant(school) if school is not None else Tenant(str(la))


def tenants_given(session: Session, la: str | None, school: str | None) -> list[Tenant]:
    """Read `--la` or `--school`; neither: every authority, which only the operator may ask for."""
    if la is not None or school is not None:
        return [tenant_given(la, school)]
    known = [Tenant(row.code) for row in authorities.all_of_them(session)]
    if not known:
        raise CommandFailed(_NOBODY_YET)
    return known


def print_lines(objects: Iterable[object]) -> None:
    """Print one JSON object a line."""
    for each in objects:
        click.echo(json.dumps(each, ensure_ascii=False, default=str))


LA = partial(click.option, "--la", help=both("Local authority: 661.", "Awdurdod lleol: 661."))
SCHOOL = partial(
    click.option, "--school", help=both("LA and school: 661/9901.", "ALl ac ysgol: 661/9901.")
)
JSON = partial(
    click.option, "--json", "as_json", is_flag=True, help=both("For programs.", "I raglenni.")
)

_NO_SCHOOL = Words(
    "{given} is no school; write LA and school as 661/9901",
    "nid ysgol yw {given}; ysgrifennwch ALl ac ysgol fel 661/9901",
)
_NOBODY_YET = Words(
    "this database has no local authority yet; add one with mis-bridge la add",
    "nid oes awdurdod lleol yn y gronfa ddata hon eto; ychwanegwch un â mis-bridge la add",
)
_ONE_OF_TWO = Words(
    "say either --la CODE or --school LA/ESTAB", "rhowch naill ai --la COD neu --school ALl/YSGOL"
)
