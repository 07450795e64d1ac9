"""What the machines' doors need of the outside, handed in by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Flask, current_app
from sqlalchemy import Engine

from mis_bridge.storage.sealing import KeyRing
from mis_bridge.web.endpoints import Endpoints
from mis_bridge.web.limits import Limits
from mis_bridge.web.receipts import Receipts

_NAME: Final = "mis_bridge.doors"


@dataclass(frozen=True, slots=True)
class Doors:
    """The database and its keys, the way into the inbox, the known endpoints and their limits."""

    database: Engine
    keys: KeyRing
    receipts: Receipts
    endpoints: Endpoints
    proven: Limits
    unproven: Limits
    clock: Callable[[], datetime]


def open_doors(app: Flask, doors: Doors) -> None:
    """Give the app its doors."""
    app.extensions[_NAME] = doors


def doors() -> Doors:
    """Return the doors of the app that answers this request."""
    found = current_app.extensions[_NAME]
    if not isinstance(found, Doors):
        msg = "the app was made without its doors"
        raise TypeError(msg)
    return found
