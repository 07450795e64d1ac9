"""Following dotted paths through the plain trees that sources give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

ABSENT = object()


def steps(path: str) -> tuple[str, ...]:
    """Return the steps of a dotted path (XML paths may use slashes)."""
    return tuple(step for step in path.replace("/", ".").split(".") if step)


def look(tree: object, path: str) -> object:
    """Return what stands at `path`, or `ABSENT`; a missing or null level ends the search."""
    found = tree
    for step in steps(path):
        if not isinstance(found, Mapping) or step not in found:
            return ABSENT
        found = found[step]
    return found


def look_all(tree: object, path: str) -> Iterator[object]:
    """Yield every value at `path`, going into each element of the lists on the way."""
    yield from _walk(tree, steps(path))


def _walk(tree: object, path: tuple[str, ...]) -> Iterator[object]:
    if isinstance(tree, list):
        for item in tree:
            yield from _walk(item, path)
    elif not path:
        yield tree
    elif isinstance(tree, Mapping) and path[0] in tree:
        yield from _walk(tree[path[0]], path[1:])


def as_key(value: object) -> str:
    """Return a value as the text that keys are compared by; nothing and containers give no key."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def folded(tree: object) -> object:
    """Return the tree with every key case-folded; of two keys that become one the first stands."""
    match tree:
        case Mapping():
            kept: dict[str, object] = {}
            for key, value in tree.items():
                kept.setdefault(str(key).casefold(), folded(value))
            return kept
        case list():
            return [folded(item) for item in tree]
        case _:
            return tree
