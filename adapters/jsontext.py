"""Reading JSON strictly: what two programs could read differently is refused, not guessed."""

from __future__ import annotations

import json
import re
from typing import Final, NoReturn

from mis_bridge.domain.words import Words

DEPTH_LIMIT: Final = 64
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


class JsonRefused(Exception):
    """A text is not JSON that can be read in one way only. Holds nothing of the text."""

    def __init__(self, words: Words, offset: int | None = None) -> None:
        super().__init__(words.en)
        self.words = words
        self.offset = offset


def strict_json(text: str) -> object:
    """Parse `text`, or raise `JsonRefused`.

    Refused are, beside what is broken: a key given twice, NaN, half a surrogate pair, a number of
    thousands of digits, nesting deeper than `DEPTH_LIMIT`.
    """
    try:
        tree: object = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_object)
        if _SURROGATE.search(text):
            json.dumps(tree, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as broken:
        raise JsonRefused(
            Words(
                "not JSON from line {line}, column {column} on (a cut file?)",
                "nid yw'n JSON o linell {line}, colofn {column} ymlaen (ffeil wedi'i thorri?)",
            ).fill(line=broken.lineno, column=broken.colno),
            len(text[: broken.pos].encode("utf-8", "surrogatepass")),
        ) from None
    except RecursionError:
        raise _too_deep() from None
    except UnicodeEncodeError:
        raise JsonRefused(
            Words("half of a character pair (\\ud800...)", "hanner pâr o nodau (\\ud800...)")
        ) from None
    except ValueError:
        raise JsonRefused(Words("a number too long to read", "rhif rhy hir i'w ddarllen")) from None
    _check_depth(tree)
    return tree


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    kept = dict(pairs)
    if len(kept) != len(pairs):
        raise JsonRefused(
            Words("one object names a key twice", "mae un gwrthrych yn enwi allwedd ddwywaith")
        )
    return kept


def _no_constant(_name: str) -> NoReturn:
    raise JsonRefused(Words("NaN or Infinity", "NaN neu Infinity"))


def _too_deep() -> JsonRefused:
    return JsonRefused(
        Words("nesting deeper than {limit} levels", "nythu dyfnach na {limit} lefel").fill(
            limit=DEPTH_LIMIT
        )
    )


def _check_depth(tree: object) -> None:
    level: list[object] = [tree]
    for _ in range(DEPTH_LIMIT):
        deeper: list[object] = []
        for node in level:
            if isinstance(node, dict):
                deeper.extend(value for value in node.values() if isinstance(value, dict | list))
            elif isinstance(node, list):
                deeper.extend(value for value in node if isinstance(value, dict | list))
        if not deeper:
            return
        level = deeper
    raise _too_deep()
