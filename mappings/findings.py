"""What is wrong with a mapping document: where, what, and how to put it right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a document: `kind` is a stable word, `line` counts from 1 in `file`."""

    kind: str
    file: str
    line: int
    key: str
    words: Words
    remedy: Words
    level: Level = "error"

    @property
    def sentence(self) -> Words:
        """The finding on one line: file, line, fault, remedy."""
        return Words(
            f"{self.file}:{self.line}: {self.words.en} {self.remedy.en}",
            f"{self.file}:{self.line}: {self.words.cy} {self.remedy.cy}",
        )

    def to_json(self) -> dict[str, object]:
        """Return the finding for a program."""
        return {
            "kind": self.kind,
            "level": self.level,
            "file": self.file,
            "line": self.line,
            "key": self.key,
            "what": self.words.en,
            "what_cy": self.words.cy,
            "remedy": self.remedy.en,
            "remedy_cy": self.remedy.cy,
        }


class MappingRefused(Problem):
    """A mapping document that cannot be used; `findings` tell every reason at once."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        first = findings[0].sentence
        more = len(findings) - 1
        super().__init__(
            Words(
                first.en + (f" (and {more} more findings)" if more else ""),
                first.cy + (f" (a {more} canfyddiad arall)" if more else ""),
            )
        )
