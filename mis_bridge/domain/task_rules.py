"""What each kind of register change asks for, read from `law/register_tasks.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from mis_bridge.domain.words import Words


@dataclass(frozen=True, slots=True)
class TaskRule:
    """One rule: the task it opens, the duty it belongs to, and the clock that dates it, if any.

    `instead` names the rule of the task that takes the place of a closed one.
    """

    kind: str
    duty: str
    because: Words
    source: str
    clock: str | None = None
    instead: str | None = None
    doubt: Words | None = None


def _load() -> Mapping[str, TaskRule]:
    text = files("mis_bridge.domain").joinpath("law/register_tasks.toml").read_text("utf-8")
    return {
        key: TaskRule(
            row["kind"],
            row["duty"],
            Words(row["because"]["en"], row["because"]["cy"]),
            row["source"],
            row.get("clock"),
            row.get("instead"),
            Words(row["doubt"]["en"], row["doubt"]["cy"]) if "doubt" in row else None,
        )
        for key, row in tomllib.loads(text).items()
    }


TASK_RULES = _load()
