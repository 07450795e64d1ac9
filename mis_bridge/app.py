"""The composition root of the web process: builds what the views need and hands it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mis_bridge.config import Settings
from mis_bridge.services.intake import inbox
from mis_bridge.services.key_fetch import GuardedKeyFetch
from mis_bridge.services.ports import Jobs
from mis_bridge.storage import intake
from mis_bridge.storage.database import open_database, sessions
from mis_bridge.storage.intake import Endpoint, Receipt
from mis_bridge.storage.sealing import KeyRing
from mis_bridge.web import health, limits, site, webhooks
from mis_bridge.web.doors import Doors, open_doors
from mis_bridge.web.endpoints import Endpoints, Find
from mis_bridge.web.limits import Limits, Rate
from mis_bridge.web.receipts import Accept, receipts_for
from mis_bridge.web.surroundings import Surroundings
from mis_bridge.workers.engine import EngineJobs


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    proven: Rate = limits.PROVEN,
) -> Flask:
    """Build the app of one process. Nothing is started and nothing is asked of the database yet."""
    app = Flask("mis_bridge.web")
    # A redirect would send a personal body to another address: what does not match is not found.
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    keys = settings.keys
    database = open_database(settings.database_url, keys)
    jobs = EngineJobs(database)
    open_doors(
        app,
        Doors(
            database=database,
            keys=keys,
            receipts=receipts_for(database, _accept(keys, jobs)),
            endpoints=Endpoints(_find(database, keys)),
            proven=Limits(proven),
            unproven=Limits(limits.UNPROVEN),
            clock=clock,
        ),
    )
    # Machines' doors first, then people's pages.
    app.register_blueprint(health.blueprint)
    app.register_blueprint(webhooks.blueprint)
    site.install(
        app,
        Surroundings(
            sessions=sessions(database),
            clock=clock,
            jobs=jobs,
            fetch_key_set=GuardedKeyFetch(settings.trusted_origins),
            public_url=settings.public_url or _LOCAL,
        ),
    )
    return app


_LOCAL = "http://127.0.0.1:8000"


def _accept(keys: KeyRing, jobs: Jobs) -> Accept:
    def accept(session: Session, receipts: Sequence[Receipt]) -> tuple[Receipt, ...]:
        return inbox.accept(session, receipts, keys=keys, jobs=jobs)

    return accept


def _find(database: Engine, keys: KeyRing) -> Find:
    def find(sender: str, endpoint_id: str) -> Endpoint | None:
        with Session(database) as session:
            return intake.endpoint(session, sender, endpoint_id, keys)

    return find
