"""Settings, read once from the environment: unknown or missing ones refuse to start."""

from __future__ import annotations

import os
import secrets
import tomllib
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.words import Language, Words
from mis_bridge.storage.sealing import KeyRing, KeysRefused, read_keys

PREFIX = "MIS_BRIDGE_"
DATABASE = "mis-bridge.db"
_OF_TESTS = "MIS_BRIDGE_TEST_"
_NAMES = frozenset(
    {
        "CONFIG",
        "DATABASE_URL",
        "DIR",
        "EXECUTOR_ID",
        "KEYS",
        "KEY_FILE",
        "LANG",
        "LOG_LEVEL",
        "PUBLIC_URL",
        "TRUSTED_HOSTS",
        "TRUSTED_ORIGINS",
    }
)
_LEVELS = frozenset({"DEBUG", "INFO", "WARNING", "ERROR"})


class SettingsRefused(Problem):
    """A setting is unknown, missing or cannot be used; the words name it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the product is told from outside.

    `folder` holds the embedded database, its keys and the print packs. `trusted_origins` are
    origins (`https://mis.example:8443`) that may be asked although they are not public, and
    `trusted_hosts` the names under which the web process answers.
    """

    database_url: str
    folder: Path
    key_text: Secret | None = None
    key_file: Path | None = None
    public_url: str | None = None
    trusted_origins: frozenset[str] = frozenset()
    trusted_hosts: tuple[str, ...] = ()
    language: Language = "en"
    executor_id: str | None = None
    log_level: str = "INFO"

    @property
    def keys(self) -> KeyRing:
        """The encryption keys, from the setting, its file, or the embedded database's folder.

        A new embedded database gets a new key, in a file that its owner alone may read. One that
        is there already never does: its values were sealed with a key that must be found again.
        Raises KeysRefused.
        """
        if self.key_text is not None:
            return read_keys(self.key_text.reveal_text())
        file = self.key_file or self.own_key_file
        if file is None:
            raise KeysRefused(_NO_KEYS)
        if self.key_file is None and not file.exists():
            if self.database_file is not None and self.database_file.exists():
                raise KeysRefused(_KEYS_LOST.fill(file=file))
            _write_new_key(file)
        return _ring_of(file)

    @property
    def own_key_file(self) -> Path | None:
        """Where the keys of an embedded database are, None for PostgreSQL."""
        return self.folder / "keys" if self.is_embedded else None

    @property
    def is_embedded(self) -> bool:
        """Say whether the database is a SQLite file in this machine's own folder."""
        return make_url(self.database_url).get_backend_name() == "sqlite"

    @property
    def database_file(self) -> Path | None:
        """The embedded database's file, None for PostgreSQL."""
        name = make_url(self.database_url).database
        return Path(name) if self.is_embedded and name else None


def settings_from_environment(
    environ: Mapping[str, str], config_file: str | None = None
) -> Settings:
    """Read the settings; what the environment names stands above what the file names.

    Raises SettingsRefused for an unknown name or a value that cannot be used.
    """
    given = {**_of_file(config_file or environ.get(f"{PREFIX}CONFIG")), **_of_environment(environ)}
    folder, database_url = _places(given, environ)
    level = given.get("LOG_LEVEL", "INFO").upper()
    if level not in _LEVELS:
        raise SettingsRefused(_BAD_LEVEL)
    keys, key_file = given.get("KEYS"), given.get("KEY_FILE")
    return Settings(
        database_url=database_url,
        folder=folder,
        key_text=Secret(keys) if keys else None,
        key_file=Path(key_file) if key_file else None,
        public_url=given.get("PUBLIC_URL", "").rstrip("/") or None,
        trusted_origins=frozenset(_listed(given.get("TRUSTED_ORIGINS", ""))),
        trusted_hosts=_listed(given.get("TRUSTED_HOSTS", "")),
        language="cy" if given.get("LANG", "").lower().startswith("cy") else "en",
        executor_id=given.get("EXECUTOR_ID") or None,
        log_level=level,
    )


def new_key() -> str:
    """Make a key as MIS_BRIDGE_KEYS and key files hold it, under an id of its own."""
    return f"k{secrets.token_hex(4)}:{b64encode(secrets.token_bytes(32)).decode()}"


def command_language() -> Language:
    """Return the command line's language: `MIS_BRIDGE_LANG`, else the locale's, else English."""
    for name in ("MIS_BRIDGE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "cy" if value.lower().startswith("cy") else "en"
    return "en"


def speak(language: Language) -> None:
    """Tell the standard library's gettext, and what this process starts, which language to use."""
    os.environ["LANGUAGE"] = language


def command_settings(config_file: str | None = None) -> Settings:
    """Return the settings of this command, from this process's environment."""
    return settings_from_environment(os.environ, config_file)


def in_folder(settings: Settings, folder: Path | None) -> Settings:
    """Return the settings of the embedded database in `folder`; raises SettingsRefused without one.

    What serves everything by one command works on an embedded database only.
    """
    if folder is not None:
        place = folder.absolute()
        return replace(settings, folder=place, database_url=f"sqlite:///{place / DATABASE}")
    if not settings.is_embedded:
        raise SettingsRefused(_NOT_EMBEDDED)
    return replace(settings, folder=settings.folder.absolute())


def secret_named(name: str) -> Secret | None:
    """Return the secret in the environment variable `name`, None where it is empty or not set."""
    value = os.environ.get(name, "").strip()
    return Secret(value) if value else None


def child_environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment for one that it starts, with these settings (`DIR`...)."""
    return {**os.environ, **{f"{PREFIX}{name}": value for name, value in given.items()}}


def _of_environment(environ: Mapping[str, str]) -> dict[str, str]:
    given = {
        name.removeprefix(PREFIX): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and not name.startswith(_OF_TESTS)
    }
    _refuse_unknown(given, PREFIX)
    return given


def _of_file(name: str | None) -> dict[str, str]:
    """Read `database_url = "..."` and the like from a TOML file; lists become comma lists."""
    if not name:
        return {}
    try:
        read = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise SettingsRefused(_BAD_FILE.fill(file=name)) from None
    given: dict[str, str] = {}
    for key, value in read.items():
        listed = isinstance(value, list) and all(isinstance(item, str) for item in value)
        if not (isinstance(value, str) or listed):
            raise SettingsRefused(_BAD_FILE.fill(file=name))
        given[key.upper()] = ",".join(value) if listed else str(value)
    _refuse_unknown(given, "")
    return given


def _refuse_unknown(given: Mapping[str, str], prefix: str) -> None:
    unknown = sorted(name for name in given if name not in _NAMES)
    if unknown:
        shown = prefix + unknown[0] if prefix else unknown[0].lower()
        raise SettingsRefused(_UNKNOWN.fill(name=shown))


def _places(given: Mapping[str, str], environ: Mapping[str, str]) -> tuple[Path, str]:
    url, folder = given.get("DATABASE_URL"), given.get("DIR")
    if url is None:
        place = Path(folder) if folder else _home(environ)
        return place, f"sqlite:///{place.absolute() / DATABASE}"
    try:
        address = make_url(url)
    except ArgumentError:
        raise SettingsRefused(_BAD_URL) from None
    backend = address.get_backend_name()
    if backend not in {"sqlite", "postgresql"} or not address.database:
        raise SettingsRefused(_BAD_URL)
    if folder:
        return Path(folder), url
    return (Path(address.database).parent if backend == "sqlite" else _home(environ)), url


def _home(environ: Mapping[str, str]) -> Path:
    """Return the folder that this person's programs keep their data in."""
    base = environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "mis-bridge"


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part for part in (item.strip() for item in value.split(",")) if part)


def _ring_of(file: Path) -> KeyRing:
    try:
        return read_keys(file.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        raise KeysRefused(_KEY_FILE.fill(file=file)) from None


def _write_new_key(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(new_key() + "\n")


_UNKNOWN = Words(
    "the setting {name} is unknown; take it away or correct its name",
    "mae'r gosodiad {name} yn anhysbys; tynnwch ef neu cywirwch ei enw",
)
_BAD_FILE = Words(
    "the settings file {file} cannot be read as TOML with texts or lists of texts",
    "ni ellir darllen y ffeil gosodiadau {file} fel TOML â thestunau neu restrau o destunau",
)
_BAD_URL = Words(
    "MIS_BRIDGE_DATABASE_URL is neither sqlite:///FILE nor postgresql://HOST/NAME",
    "nid sqlite:///FFEIL na postgresql://GWESTEIWR/ENW yw MIS_BRIDGE_DATABASE_URL",
)
_BAD_LEVEL = Words(
    "MIS_BRIDGE_LOG_LEVEL is none of DEBUG, INFO, WARNING, ERROR",
    "nid yw MIS_BRIDGE_LOG_LEVEL yn un o DEBUG, INFO, WARNING, ERROR",
)
_NO_KEYS = Words(
    "a PostgreSQL database needs its encryption keys: set MIS_BRIDGE_KEYS or MIS_BRIDGE_KEY_FILE "
    "(mis-bridge keys new makes one)",
    "mae ar gronfa ddata PostgreSQL angen ei hallweddi amgryptio: gosodwch MIS_BRIDGE_KEYS neu "
    "MIS_BRIDGE_KEY_FILE (mae mis-bridge keys new yn gwneud un)",
)
_KEYS_LOST = Words(
    "the database is there but its key file {file} is not; put the file back, or name the keys in "
    "MIS_BRIDGE_KEYS",
    "mae'r gronfa ddata yno ond nid ei ffeil allweddi {file}; rhowch y ffeil yn ôl, neu enwch yr "
    "allweddi yn MIS_BRIDGE_KEYS",
)
_NOT_EMBEDDED = Words(
    "serve works on an embedded database; give it a folder with --dir, or run mis-bridge web, "
    "worker and clock for the database in MIS_BRIDGE_DATABASE_URL",
    "mae serve yn gweithio ar gronfa ddata fewnol; rhowch ffolder iddo gyda --dir, neu rhedwch "
    "mis-bridge web, worker a clock i'r gronfa ddata yn MIS_BRIDGE_DATABASE_URL",
)
_KEY_FILE = Words(
    "the key file {file} cannot be read; check that it is there and may be read by this user",
    "ni ellir darllen y ffeil allweddi {file}; gwiriwch ei bod yno ac y caiff y defnyddiwr hwn ei "
    "darllen",
)
