"""What `doctor` looks at: one finding a line, each with its place and remedy."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from mappings.language import shipped, vendors
from mis_bridge.documents.letters import block_heading
from mis_bridge.domain.notices import events
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.storage import migrating, resealing
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import KeyRing
from mis_bridge.storage.tables.authorities import LocalAuthorityRow

OWN = ("mis_bridge", "adapters", "mappings", "webhooks")
_CLOCK_TOLERANCE_SECONDS = 60
_LEAST_FREE_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    words: Words


def packages() -> Iterator[Check]:
    """Look whether another distribution supplies, or overwrote, a package of ours."""
    owners = packages_distributions()
    foreign = sorted(
        owner for name in OWN for owner in owners.get(name, ()) if owner != "mis-bridge"
    )
    yield Check(
        "packages",
        not foreign,
        _PACKAGES if not foreign else _FOREIGN.fill(owners=", ".join(foreign)),
    )
    places = {
        Path(spec.origin).parents[1]
        for spec in map(find_spec, OWN)
        if spec is not None and spec.origin is not None
    }
    yield Check("one_tree", len(places) == 1, _ONE_TREE if len(places) == 1 else _TWO_TREES)


def texts() -> Iterator[Check]:
    """Look whether every mapping document loads, and every notice block has its wording."""
    broken: list[str] = []
    for vendor in vendors():
        try:
            shipped(vendor)
        except Problem:
            broken.append(vendor)
    yield Check(
        "mappings", not broken, _MAPPINGS if not broken else _BROKEN.fill(names=", ".join(broken))
    )
    missing = sorted({block for event in events() for block in _blocks_without_words(event.blocks)})
    yield Check(
        "letters",
        not missing,
        _LETTERS if not missing else _NO_WORDS.fill(blocks=", ".join(missing)),
    )


def database(engine: Engine, now: datetime) -> Iterator[Check]:
    """Look at the schema, the keys that stored values need, and the database's clock."""
    try:
        revision = migrating.check(engine)
        found = migrating.differences(engine)
    except (Problem, SQLAlchemyError) as fault:
        yield Check("database", False, fault.words if isinstance(fault, Problem) else _NO_DATABASE)  # noqa: FBT003 - a finding is good or not
        return
    yield Check(
        "database",
        not found,
        _DATABASE.fill(revision=revision) if not found else _DIFFERS.fill(count=len(found)),
    )
    with Session(engine) as session:
        yield _keys(session)
        yield _clock(session, now)
        yield _settings(session, engine)


def folder(place: Path, key_file: Path | None) -> Iterator[Check]:
    """Look at the data folder: room, and rights on the key file."""
    if place.is_dir():
        free = shutil.disk_usage(place).free
        yield Check(
            "room",
            free > _LEAST_FREE_BYTES,
            (_ROOM if free > _LEAST_FREE_BYTES else _NO_ROOM).fill(
                free=free // (1024 * 1024), folder=place
            ),
        )
    if key_file is not None and key_file.exists():
        private = key_file.stat().st_mode & 0o077 == 0
        yield Check(
            "key_file", private, _KEY_FILE if private else _OPEN_KEY_FILE.fill(file=key_file)
        )


def keys_usable(ring: Callable[[], KeyRing]) -> Check:
    """Look whether the keys can be read."""
    try:
        ids = ring().key_ids
    except Problem as problem:
        return Check("keys", False, problem.words)  # noqa: FBT003 - a finding is good or not
    return Check("keys", True, _KEYS.fill(ids=", ".join(ids)))  # noqa: FBT003 - as above


def _keys(session: Session) -> Check:
    known = set(keys_of(session).key_ids)
    used: set[str] = set()
    for column in resealing.sealed_columns():
        used |= set(resealing.keys_in_use(session, column))
    missing = sorted(used - known)
    return Check(
        "keys_in_use",
        not missing,
        _KEYS_ALL if not missing else _KEYS_MISSING.fill(ids=", ".join(missing)),
    )


def _clock(session: Session, now: datetime) -> Check:
    """Compare this machine's clock with the database's; an embedded one has none of its own."""
    if session.get_bind().dialect.name != "postgresql":
        return Check("clock", True, _CLOCK_OWN)  # noqa: FBT003 - a finding is good or not
    told = session.connection().exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    apart = abs((told.astimezone(UTC) - now).total_seconds())
    good = apart < _CLOCK_TOLERANCE_SECONDS
    return Check("clock", good, (_CLOCK if good else _CLOCK_APART).fill(seconds=round(apart)))


def _settings(session: Session, engine: Engine) -> Check:
    """Look at what durability rests on, and that the database can be written."""
    connection = session.connection()
    if engine.dialect.name == "sqlite":
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        flush = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        good = (mode, flush) == ("wal", 2)
    else:
        good = connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
    session.execute(select(LocalAuthorityRow.code).limit(1))
    return Check("durability", good, _DURABLE if good else _NOT_DURABLE)


def _blocks_without_words(blocks: tuple[str, ...]) -> Iterator[str]:
    for block in blocks:
        try:
            block_heading(block)
        except KeyError:
            yield block


def address(public_url: str | None) -> Check:
    """Look at the address under which platforms and senders reach the product."""
    good = public_url is None or re.match(r"https://|http://(localhost|127\.0\.0\.1)\b", public_url)
    return Check("public_url", bool(good), _ADDRESS if good else _BAD_ADDRESS)


_PACKAGES = Words("the packages are ours", "ein pecynnau ni yw'r pecynnau")
_FOREIGN = Words(
    "another distribution supplies packages of ours: {owners}; remove it and install mis-bridge "
    "again",
    "mae dosbarthiad arall yn cyflenwi ein pecynnau: {owners}; tynnwch ef a gosodwch eto",
)
_ONE_TREE = Words("all code is of one installation", "un gosodiad yw'r holl god")
_TWO_TREES = Words(
    "code of two installations is mixed; install once, one way",
    "mae cod dau osodiad wedi'i gymysgu; gosodwch unwaith, un ffordd",
)
_MAPPINGS = Words("every mapping document loads", "mae pob dogfen fapio'n llwytho")
_BROKEN = Words(
    "mapping documents do not load: {names}; install mis-bridge again",
    "nid yw'r dogfennau mapio hyn yn llwytho: {names}; gosodwch mis-bridge eto",
)
_LETTERS = Words(
    "every part of every notice has its words", "mae geiriau gan bob rhan o bob hysbysiad"
)
_NO_WORDS = Words(
    "parts of notices have no words: {blocks}", "nid oes geiriau gan y rhannau hyn: {blocks}"
)
_NO_DATABASE = Words(
    "the database does not answer; check MIS_BRIDGE_DATABASE_URL",
    "nid yw'r gronfa ddata'n ateb; gwiriwch MIS_BRIDGE_DATABASE_URL",
)
_DATABASE = Words(
    "the database is at revision {revision}", "mae'r gronfa ddata ar ddiwygiad {revision}"
)
_DIFFERS = Words(
    "the database differs from the schema in {count} places; run mis-bridge db upgrade or restore",
    "mae'r gronfa ddata'n wahanol i'r sgema mewn {count} lle; rhedwch mis-bridge db upgrade neu "
    "adferwch",
)
_KEYS = Words("the keys can be read: {ids}", "gellir darllen yr allweddi: {ids}")
_KEYS_ALL = Words(
    "every key that sealed something is known", "mae pob allwedd a seliodd rywbeth yn hysbys"
)
_KEYS_MISSING = Words(
    "values are sealed with keys that are not known: {ids}; add them to MIS_BRIDGE_KEYS",
    "seliwyd gwerthoedd ag allweddi anhysbys: {ids}; ychwanegwch nhw at MIS_BRIDGE_KEYS",
)
_CLOCK_OWN = Words(
    "the database uses this machine's clock", "cloc y peiriant hwn sydd gan y gronfa"
)
_CLOCK = Words(
    "the database's clock is {seconds} seconds away", "mae cloc y gronfa {seconds} eiliad i ffwrdd"
)
_CLOCK_APART = Words(
    "the database's clock is {seconds} seconds away from this machine's; set them by one source",
    "mae cloc y gronfa {seconds} eiliad oddi wrth gloc y peiriant hwn; gosodwch o un ffynhonnell",
)
_DURABLE = Words("what is committed stays", "mae'r hyn a gadarnhawyd yn aros")
_NOT_DURABLE = Words(
    "a loss of power could lose what was committed: the database's settings were changed",
    "gallai colli pŵer golli'r hyn a gadarnhawyd: newidiwyd gosodiadau'r gronfa ddata",
)
_ROOM = Words("{free} MiB are free in {folder}", "mae {free} MiB yn rhydd yn {folder}")
_NO_ROOM = Words(
    "only {free} MiB are free in {folder}; make room",
    "dim ond {free} MiB sy'n rhydd yn {folder}; gwnewch le",
)
_KEY_FILE = Words(
    "the key file is its owner's alone", "eiddo'i pherchennog yn unig yw'r ffeil allweddi"
)
_OPEN_KEY_FILE = Words(
    "others may read the key file {file}; run chmod 600 on it",
    "gall eraill ddarllen y ffeil allweddi {file}; rhedwch chmod 600 arni",
)
_ADDRESS = Words("the public address can be used", "gellir defnyddio'r cyfeiriad cyhoeddus")
_BAD_ADDRESS = Words(
    "MIS_BRIDGE_PUBLIC_URL is not https; platforms will not launch it",
    "nid https yw MIS_BRIDGE_PUBLIC_URL; ni fydd platfformau'n ei lansio",
)
