"""The rules on who decides and who keeps the plan, read from `law/duties.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from types import MappingProxyType

from mis_bridge.domain.trace import Fact, Trace
from mis_bridge.domain.words import Words

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class DutyRule:
    """One rule: its provision, and what it settles. A part that is None is not settled by it.

    `duty` says of each body whether it must decide; `institution` stands for the school or college.
    """

    id: str
    reason: str
    source: str
    because: Words
    decided_by: str | None = None
    must_refer_to: str | None = None
    treat_as: str | None = None
    prepares: str | None = None
    maintains: str | None = None
    deemed: str | None = None
    human: bool = False
    duty: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    doubt: Words | None = None

    def told(self, trace: Trace, facts: Mapping[str, Fact]) -> Trace:
        """Add the rule to a trace.

        Source: each rule carries its own.
        """
        trace = trace.step(self.id, self.because, self.source, facts)
        return trace if self.doubt is None else trace.doubt(self.id, self.doubt)


def _load() -> Mapping[str, DutyRule]:
    text = files("mis_bridge.domain").joinpath("law/duties.toml").read_text(encoding="utf-8")
    rules: dict[str, DutyRule] = {}
    for key, row in tomllib.loads(text).items():
        because, doubt = row.pop("because"), row.pop("doubt", None)
        rules[key] = DutyRule(
            id=key,
            because=Words(because["en"], because["cy"]),
            doubt=Words(doubt["en"], doubt["cy"]) if doubt else None,
            **row,
        )
    return MappingProxyType(rules)


DUTY_RULES = _load()
