"""What the pages need of the outside, handed in by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from flask import Flask, current_app
from sqlalchemy.orm import Session, sessionmaker

from mis_bridge.lti.platforms import KeySetFetcher
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.ports import Jobs

_NAME: Final = "mis_bridge_pages"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The database, the clock, the queue, the way out to platforms, and our own public address."""

    sessions: sessionmaker[Session]
    clock: Callable[[], datetime]
    jobs: Jobs
    fetch_key_set: KeySetFetcher
    public_url: str

    def today(self) -> date:
        """Return today's date in Wales."""
        return day_in_wales(self.clock())


def put_around(app: Flask, surroundings: Surroundings) -> None:
    """Give the app its surroundings."""
    app.extensions[_NAME] = surroundings


def around() -> Surroundings:
    """Return the surroundings of the app that answers this request."""
    surroundings = current_app.extensions[_NAME]
    if not isinstance(surroundings, Surroundings):
        msg = "the app was made without its surroundings"
        raise TypeError(msg)
    return surroundings
