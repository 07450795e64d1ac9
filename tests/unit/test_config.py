"""Settings: what is unknown or cannot be used refuses to start, with one line that names it."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from mis_bridge.config import SettingsRefused, settings_from_environment
from mis_bridge.storage.sealing import KeysRefused

KEYS = "k1:" + b64encode(b"k" * 32).decode()


def test_without_any_setting_there_is_an_embedded_database_in_the_home_folder() -> None:
    settings = settings_from_environment({"XDG_DATA_HOME": "/somewhere"})
    assert settings.database_url == "sqlite:////somewhere/mis-bridge/mis-bridge.db"
    assert settings.is_embedded


def test_an_unknown_setting_is_named_and_refused() -> None:
    with pytest.raises(SettingsRefused, match="MIS_BRIDGE_DATABSE_URL"):
        settings_from_environment({"MIS_BRIDGE_DATABSE_URL": "sqlite:///x.db"})


def test_settings_of_the_tests_are_none_of_ours() -> None:
    assert settings_from_environment({"MIS_BRIDGE_TEST_POSTGRES": "x", "HOME": "/h"})


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "nonsense", "postgresql://host"])
def test_a_database_address_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(SettingsRefused, match="MIS_BRIDGE_DATABASE_URL"):
        settings_from_environment({"MIS_BRIDGE_DATABASE_URL": url})


def test_the_environment_stands_above_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('log_level = "DEBUG"\ntrusted_hosts = ["a", "b"]\npublic_url = "https://x/"\n')
    settings = settings_from_environment({"MIS_BRIDGE_LOG_LEVEL": "ERROR"}, str(file))
    assert (settings.log_level, settings.trusted_hosts) == ("ERROR", ("a", "b"))
    assert settings.public_url == "https://x"


@pytest.mark.parametrize("text", ["nonsense = [", "databse_url = 'x'", "log_level = 3"])
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text)
    with pytest.raises(SettingsRefused):
        settings_from_environment({}, str(file))


def test_a_server_database_without_keys_is_refused() -> None:
    settings = settings_from_environment({"MIS_BRIDGE_DATABASE_URL": "postgresql://host/name"})
    with pytest.raises(KeysRefused, match="MIS_BRIDGE_KEYS"):
        _ = settings.keys


def test_a_new_embedded_database_gets_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    settings = settings_from_environment({"MIS_BRIDGE_DIR": str(tmp_path / "data")})
    first = settings.keys.key_ids
    file = tmp_path / "data" / "keys"
    assert file.stat().st_mode & 0o077 == 0
    assert settings.keys.key_ids == first


def test_a_database_whose_key_file_is_gone_never_gets_a_new_key(tmp_path: Path) -> None:
    (tmp_path / "mis-bridge.db").write_bytes(b"something")
    settings = settings_from_environment({"MIS_BRIDGE_DIR": str(tmp_path)})
    with pytest.raises(KeysRefused):
        _ = settings.keys
    assert not (tmp_path / "keys").exists()


def test_keys_never_show_in_what_settings_print() -> None:
    settings = settings_from_environment({"MIS_BRIDGE_KEYS": KEYS, "HOME": "/h"})
    assert KEYS.partition(":")[2] not in repr(settings)
    assert settings.keys.key_ids == ("k1",)
