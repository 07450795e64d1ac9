"""The invented authority on a database of its own, gone after the test.

On SQLite it is built once and copied: most tests of the pages need it afresh.
"""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import update

from mis_bridge.lti.platforms import KeySetFetcher
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.lti import LtiRegistrationRow
from tests.factories.databases import opened
from tests.support.databases import ready_database
from tests.support.school_day import SchoolDay, a_school_day, fill

_AT_THE_END = ExitStack()
atexit.register(_AT_THE_END.close)


@contextmanager
def a_day_on(
    backend: str, *, fetch: KeySetFetcher | None = None, fixed_keys: bool = True
) -> Iterator[SchoolDay]:
    """Give a world on a database of its own; without `fixed_keys` the platform's are fetched."""
    with TemporaryDirectory(prefix="mis-bridge-site-") as folder, ExitStack() as stack:
        if backend == "sqlite":
            file, built = _template()
            url = f"sqlite:///{shutil.copy(file, Path(folder) / 'day.db')}"
        else:
            url, built = stack.enter_context(ready_database(backend, Path(folder))), None
        day = a_school_day(stack.enter_context(opened(url)), fetch=fetch)
        if built is None:
            fill(day)
        else:
            day = _with_ids_of(built, day)
        if not fixed_keys:
            with sessions(day.database).begin() as session:
                session.execute(update(LtiRegistrationRow).values(jwks=None))
        yield day


@cache
def _template() -> tuple[Path, SchoolDay]:
    folder = Path(_AT_THE_END.enter_context(TemporaryDirectory(prefix="mis-bridge-site-")))
    with ready_database("sqlite", folder) as url, opened(url) as database:
        built = a_school_day(database)
        fill(built)
    # Closed, the file is whole: the write-ahead log has been written back.
    return Path(url.removeprefix("sqlite:///")), built


def _with_ids_of(built: SchoolDay, day: SchoolDay) -> SchoolDay:
    day.tasks, day.pupils, day.notices = dict(built.tasks), dict(built.pupils), dict(built.notices)
    day.drafts, day.people = dict(built.drafts), dict(built.people)
    day.conversions = dict(built.conversions)
    day.subscriptions = dict(built.subscriptions)
    day.jobs.asked.update(built.jobs.asked)
    return day
