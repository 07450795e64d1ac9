"""What the composition root hands to every view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mis_bridge.config import Settings
from mis_bridge.services.ports import Jobs
from mis_bridge.storage.sealing import KeyRing
from mis_bridge.web.endpoints import Endpoints
from mis_bridge.web.limits import Limits
from mis_bridge.web.receipts import Receipts

_NAME = "mis_bridge"


@dataclass(frozen=True, slots=True)
class Parts:
    """The collaborators of the web process; a view takes them from here and nowhere else."""

    settings: Settings
    database: Engine
    keys: KeyRing
    jobs: Jobs
    receipts: Receipts
    endpoints: Endpoints
    proven: Limits
    unproven: Limits
    clock: Callable[[], datetime]

    def transaction(self) -> Session:
        """Return a session; `with parts().transaction() as session, session.begin():` commits."""
        return Session(self.database, expire_on_commit=False)


def install(app_extensions: dict[str, object], ready: Parts) -> None:
    """Put the parts where `parts` finds them."""
    app_extensions[_NAME] = ready


def parts() -> Parts:
    """Return the parts of the app that serves this request."""
    found = current_app.extensions[_NAME]
    if not isinstance(found, Parts):
        msg = "the app was not built by create_app"
        raise TypeError(msg)
    return found
