"""A value that must never be shown: printing, formatting or logging it gives three stars."""

from __future__ import annotations


class Secret:
    """Hold a credential; only `reveal()` gives it up, so each use of it can be found by name."""

    __slots__ = ("_value",)

    def __init__(self, value: str | bytes) -> None:
        self._value = value.encode() if isinstance(value, str) else bytes(value)

    def reveal(self) -> bytes:
        """Return the secret's bytes."""
        return self._value

    def reveal_text(self) -> str:
        """Return the secret as text; raises UnicodeDecodeError where it is not UTF-8."""
        return self._value.decode()

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return format("***", format_spec)

    def __reduce__(self) -> str | tuple[object, ...]:
        msg = "a secret is never pickled"
        raise TypeError(msg)
