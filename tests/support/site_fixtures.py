"""The invented authority on a database of its own, gone after the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from mis_bridge.lti.platforms import KeySetFetcher
from tests.factories.databases import opened
from tests.support.databases import ready_database
from tests.support.school_day import SchoolDay, a_school_day


@contextmanager
def a_day_on(
    backend: str, *, fetch: KeySetFetcher | None = None, fixed_keys: bool = True
) -> Iterator[SchoolDay]:
    """Give a world on a database of its own."""
    with (
        TemporaryDirectory(prefix="mis-bridge-site-") as folder,
        ready_database(backend, Path(folder)) as url,
        opened(url) as database,
    ):
        yield a_school_day(database, fetch=fetch, fixed_keys=fixed_keys)
