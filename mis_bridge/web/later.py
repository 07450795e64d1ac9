"""An answer that is ready and must not be sent yet: the commit it speaks of is still under way."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Response, request

_PLACE = "mis_bridge.later"


class Later:
    """Held by the server of a request: told once whether what the answer says came true.

    `otherwise` is the answer to send when it did not. A server that knows of this puts one into the
    request's environ, so that no thread has to wait for the commit; other servers wait.
    """

    def __init__(self, when_settled: Callable[[], None]) -> None:
        self._when_settled = when_settled
        self.otherwise: Response | None = None
        self.came_true = False

    @property
    def is_awaited(self) -> bool:
        """Whether the view has said that its answer has to wait."""
        return self.otherwise is not None

    def settle(self, *, came_true: bool) -> None:
        """Let the answer go."""
        self.came_true = came_true
        self._when_settled()


def put_into(environ: dict[str, object], later: Later) -> None:
    """Offer the request's view to send its answer later."""
    environ[_PLACE] = later


def offered() -> Later | None:
    """Return what the server of this request offers, None where it sends at once."""
    found = request.environ.get(_PLACE)
    return found if isinstance(found, Later) else None


class Waited(Later):
    """For servers that send at once: the request's own thread waits."""

    def __init__(self) -> None:
        self._done = threading.Event()
        super().__init__(self._done.set)

    def wait(self, seconds: float) -> bool:
        """Return whether it came true within `seconds`."""
        return self._done.wait(seconds) and self.came_true
