"""The command line speaks Welsh as it speaks English: no verb shows a Welsh user English help."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

PROGRAM = """
import click, json
from mis_bridge.cli.main import cli
def walk(group, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from walk(command, (*path, name))
texts = {}
for path, command in [((), cli), *walk(cli)]:
    texts[" ".join(path) + ":help"] = command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            texts[" ".join(path) + " " + parameter.opts[0]] = parameter.help
print(json.dumps(texts))
"""


def texts(language: str) -> dict[str, str]:
    """Return every help text of the command line in one language."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "MIS_BRIDGE_LANG": language},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    loaded: dict[str, str] = json.loads(done.stdout)
    return loaded


def test_every_help_text_differs_between_the_languages() -> None:
    english, welsh = texts("en"), texts("cy")
    assert english.keys() == welsh.keys()
    assert [key for key in english if english[key] == welsh[key]] == []


@pytest.mark.parametrize("arguments", [["--help"], ["explain", "--help"], ["map", "--nonsense"]])
def test_the_frame_around_the_help_is_welsh_too(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from mis_bridge.cli.main import main; main()", *arguments],
        env={**os.environ, "MIS_BRIDGE_LANG": "cy"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    printed = done.stdout + done.stderr
    assert "Defnydd:" in printed or "Nid oes dewisiad" in printed
    for english in ("Usage:", "Options:", "Show this message", "No such option", "Try '"):
        assert english not in printed
