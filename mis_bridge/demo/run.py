"""The demo as a whole: its folder, the product's own processes, and the demo MIS beside them."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mis_bridge.config import DATABASE, PREFIX, Settings, child_environment
from mis_bridge.demo.founding import Founded, found
from mis_bridge.demo.mis import create_mis
from mis_bridge.demo.sender import Subscription
from mis_bridge.demo.server import LOOPBACK, LoopbackServer
from mis_bridge.demo.system import LONDON, DemoMis
from mis_bridge.demo.world import load_authority
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Language, Words
from mis_bridge.storage.database import open_database
from mis_bridge.workers.embedding import supervisor_of
from mis_bridge.workers.folder import rule
from mis_bridge.workers.supervisor import PortTaken, Supervisor


class RunningDemo:
    """The demo in `folder`: mis_bridge on 127.0.0.1:`port`, the demo MIS on localhost beside it.

    Two names of one machine are two sites to a browser, so the tool is framed as it is in life.
    `without_calendar` names schools (establishment numbers) that have supplied no term dates.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        language: Language,
        clock: Callable[[], datetime],
        without_calendar: frozenset[str] = frozenset(),
    ) -> None:
        self.folder = folder.absolute()
        self.language = language
        self.clock = clock
        self._without_calendar = without_calendar
        self._mis_port = _port_beside(port)
        self.tool = f"http://{LOOPBACK}:{port}"
        self.settings = Settings(
            database_url=f"sqlite:///{self.folder / DATABASE}",
            folder=self.folder,
            public_url=self.tool,
            trusted_origins=frozenset({f"http://localhost:{self._mis_port}"}),
            language=language,
        )
        self._port = port
        self._ending = ExitStack()
        self.mis: DemoMis
        self.database: Engine
        self.founded: Founded
        self.supervisor: Supervisor

    def __enter__(self) -> RunningDemo:
        try:
            self._begin()
        except BaseException:
            self._ending.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.close()

    @property
    def addresses(self) -> tuple[str, str, str]:
        """The demo MIS, the authority's administration, and the log of what happened."""
        front = f"{self.mis.origin}/{self.language}"
        return f"{front}/", f"{front}/authority", f"{front}/log"

    def _begin(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        _refuse_used(self.settings)
        self.supervisor = supervisor_of(self.settings, self._port, environment=self._environment)
        self._ending.callback(self.supervisor.stop)
        self.database = open_database(self.settings.database_url, self.settings.keys)
        self._ending.callback(self.database.dispose)
        self.mis = DemoMis(
            load_authority(self.clock().astimezone(LONDON).date()),
            origin=f"http://localhost:{self._mis_port}",
            tool=self.tool,
            clock=self.clock,
        )
        with Session(self.database) as session, session.begin():
            self.founded = found(session, self.mis, self.clock(), self._without_calendar)
        for school in self.mis.authority.schools:
            tied = self.founded.connections[school.estab]
            if tied.secret is not None:
                address = f"{self.tool}{tied.endpoint_path}"
                self.mis.sender.subscribe(school.number, Subscription(address, tied.secret))
        self.mis.sender.start()
        self._ending.callback(self.mis.sender.stop)
        self._ending.enter_context(
            LoopbackServer(create_mis(self.mis, self.language), self._mis_port)
        )
        self.supervisor.start()
        self.supervisor.wait_ready()

    def _environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """Give the processes this demo's settings alone: what a person set elsewhere is not its."""
        mine = {
            **given,
            "TRUSTED_ORIGINS": ",".join(sorted(self.settings.trusted_origins)),
            "LANG": self.language,
        }
        return {
            name: value
            for name, value in child_environment(mine).items()
            if not name.startswith(PREFIX) or name.removeprefix(PREFIX) in mine
        }


class FolderInUse(Problem):
    """The folder holds a database that is not ours to fill."""

    def __init__(self, folder: Path) -> None:
        super().__init__(_IN_USE.fill(folder=folder))


def _refuse_used(settings: Settings) -> None:
    """Refuse a folder whose database somebody made before: the demo fills a new one only.

    Raises FolderHeld where a running demo or service holds it, FolderInUse otherwise.
    """
    file = settings.database_file
    if file is not None and file.exists():
        rule(settings.folder).release()
        raise FolderInUse(settings.folder)


_IN_USE = Words(
    "{folder} holds a database already, and the demo only fills a new one; "
    "choose an empty folder with --dir, or leave it out",
    "mae cronfa ddata yn {folder} eisoes, ac un newydd yn unig y mae'r arddangosiad yn ei llenwi; "
    "dewiswch ffolder wag gyda --dir, neu hepgorwch ef",
)


def _port_beside(port: int) -> int:
    """Return a port for the demo MIS: the next one where it is free, else any."""
    for wanted in (port + 1, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, wanted))
            except (OSError, OverflowError):
                continue
            return int(probe.getsockname()[1])
    raise PortTaken(LOOPBACK, port + 1)
