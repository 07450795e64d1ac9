"""The command line in the language of the person who types: help, errors, progress."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from mis_bridge.config import command_language
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words

DONE, SOME_REJECTED, UNUSABLE, REFUSED_FOR_SAFETY = 0, 1, 2, 3


def both(en: str, cy: str) -> str:
    """Return the wording in the language of this command; both are required."""
    return Words(en, cy).in_(command_language())


def tell(words: Words) -> None:
    """Write one line for a person to standard error; programs read standard output."""
    click.echo(words.in_(command_language()), err=True)


class CommandFailed(Problem):
    """A command ends: one line for the person, and the exit code that the contract gives it."""

    def __init__(self, words: Words, exit_code: int = UNUSABLE) -> None:
        super().__init__(words)
        self.exit_code = exit_code


def stop(words: Words, exit_code: int = UNUSABLE) -> NoReturn:
    """Tell the person and end with `exit_code`."""
    tell(words)
    sys.exit(exit_code)
