"""The house rules that a machine can hold: names, lock files, paths, texts in both languages."""

from __future__ import annotations

import ast
import re
import subprocess
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from mis_bridge.cli.main import Verbs
from mis_bridge.cli.main import cli as command_line
from mis_bridge.cli.verbs import VERBS

ROOT = Path(__file__).parents[2]
OWN = ("mis_bridge", "adapters", "mappings", "webhooks")


def tracked(*patterns: str) -> list[Path]:
    """Return the files that git tracks and that still stand."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = [name for name in listed.stdout.split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_no_other_distribution_supplies_our_package_names() -> None:
    owners = packages_distributions()
    assert {name: set(owners.get(name, ())) for name in OWN} == {
        name: {"mis-bridge"} for name in OWN
    }


def test_our_packages_load_from_one_tree() -> None:
    origins = [find_spec(name) for name in OWN]
    assert len({Path(str(spec.origin)).parents[1] for spec in origins if spec}) == 1


@pytest.mark.parametrize("package", OWN)
def test_every_front_door_is_a_docstring_only(package: str) -> None:
    for door in (ROOT / package).rglob("__init__.py"):
        body = ast.parse(door.read_text(encoding="utf-8")).body
        assert len(body) == 1, door
        assert isinstance(body[0], ast.Expr), door


def test_locked_requirements_name_no_package_host() -> None:
    for lock in tracked("requirements/*", "package-lock.json", ".npmrc"):
        assert not re.search(r"https?://|--index-url|--extra-index", lock.read_text()), lock


def test_every_locked_requirement_has_a_hash() -> None:
    for lock in ROOT.glob("requirements/*.txt"):
        text = lock.read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-zA-Z0-9._\[\]-]+==\S+ \\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^[a-zA-Z0-9]", text, re.MULTILINE)), lock


def test_no_machine_path_and_no_workplace_word_is_committed() -> None:
    # Written in two halves, so that this file does not hold them itself.
    words = ["/wo" + "rk/", "/ro" + "ot/", ".lib" + "rary/", "../sha" + "red"]
    for file in tracked():
        if file.suffix in {".png", ".mo", ".ico", ".pdf", ".docx", ".woff2"}:
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        assert not [word for word in words if word in text], file


def test_only_the_configuration_reads_the_environment() -> None:
    for file in tracked("mis_bridge/*.py", "adapters/*.py", "mappings/*.py", "webhooks/*.py"):
        if file.relative_to(ROOT).as_posix() == "mis_bridge/config.py":
            continue
        assert "os.environ" not in file.read_text(encoding="utf-8"), file


def test_the_domain_reads_no_clock() -> None:
    for file in tracked("mis_bridge/domain/*.py"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"\b(date\.today|datetime\.now|time\.time)\(", text), file


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, click.Command]]:
    context = click.Context(group)
    found: list[tuple[str, click.Command]] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, (*path, name)
        found.append((" ".join((*path, name)), command))
        if isinstance(command, click.Group):
            found += _commands(command, (*path, name))
    return found


def test_every_verb_of_the_table_exists_and_carries_an_example() -> None:
    assert isinstance(command_line, Verbs)
    commands = dict(_commands(command_line))
    assert set(VERBS) <= set(commands)
    for name, command in commands.items():
        assert command.help, name
        assert re.search(r"Example|Enghraifft", command.help), name


def test_every_option_says_what_it_is_for() -> None:
    for name, command in _commands(command_line):
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.opts[0]}"
