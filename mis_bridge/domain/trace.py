"""Why an answer is what it is: the rules that fired, their facts, the provision they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mis_bridge.domain.words import Words

Fact = str | int | float | bool | None

_NO_FACTS: Mapping[str, Fact] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that fired, or a near miss that a reader would ask about.

    `rule` is a stable id, `source` names instrument and provision (`S.I. 2021/1243 art. 9`), and
    `facts` holds what the rule looked at, as JSON scalars (dates as `YYYY-MM-DD`).
    """

    rule: str
    because: Words
    source: str
    facts: Mapping[str, Fact] = field(default_factory=lambda: _NO_FACTS)


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """A point on which the reference marks the law, or a fact, as not verified."""

    point: str
    because: Words


@dataclass(frozen=True, slots=True)
class Trace:
    """The reasons of one answer, in the order in which they were taken."""

    steps: tuple[Step, ...] = ()
    uncertain: tuple[Uncertainty, ...] = ()

    def __add__(self, other: Trace) -> Trace:
        return Trace(self.steps + other.steps, self.uncertain + other.uncertain)

    def step(
        self, rule: str, because: Words, source: str, facts: Mapping[str, Fact] | None = None
    ) -> Trace:
        """Return this trace with one more step."""
        return Trace((*self.steps, Step(rule, because, source, facts or _NO_FACTS)), self.uncertain)

    def doubt(self, point: str, because: Words) -> Trace:
        """Return this trace with one more uncertainty."""
        return Trace(self.steps, (*self.uncertain, Uncertainty(point, because)))

    def to_json(self) -> dict[str, object]:
        """Return the keys `trace` and `uncertain` as `explain` prints them, Welsh and English."""
        return {
            "trace": [
                {
                    "rule": step.rule,
                    "because": step.because.en,
                    "because_cy": step.because.cy,
                    "source": step.source,
                    "facts": dict(step.facts),
                }
                for step in self.steps
            ],
            "uncertain": [f"{doubt.point}: {doubt.because.en}" for doubt in self.uncertain],
            "uncertain_cy": [f"{doubt.point}: {doubt.because.cy}" for doubt in self.uncertain],
        }


def trace_from_json(stored: Mapping[str, object]) -> Trace:
    """Read back what `Trace.to_json` wrote."""
    steps = _mappings(stored.get("trace"))
    english, welsh = _texts(stored.get("uncertain")), _texts(stored.get("uncertain_cy"))
    return Trace(
        tuple(
            Step(
                str(step["rule"]),
                Words(str(step["because"]), str(step["because_cy"])),
                str(step["source"]),
                MappingProxyType(dict(_facts(step.get("facts")))),
            )
            for step in steps
        ),
        tuple(
            Uncertainty(en.partition(": ")[0], Words(en.partition(": ")[2], cy.partition(": ")[2]))
            for en, cy in zip(english, welsh, strict=True)
        ),
    )


def _mappings(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _facts(value: object) -> Iterable[tuple[str, Fact]]:
    if not isinstance(value, Mapping):
        return
    for name, fact in value.items():
        if fact is None or isinstance(fact, str | int | float | bool):
            yield str(name), fact
