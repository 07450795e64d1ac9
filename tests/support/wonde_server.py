"""A source on loopback that answers as Wonde's interface does, and can be told to fail."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

SCHOOL = "A6619901001"


def wonde_pupil(record_id: str, code: str = "N", **changed: Any) -> dict[str, Any]:
    """Return an invented pupil in the vendor's shape, with a mother on record."""
    number = int("".join(sign for sign in record_id if sign.isdigit()) or "1")
    return {
        "id": record_id,
        "forename": "Aled",
        "surname": f"Canary{number}",
        "legal_forename": "Aled",
        "legal_surname": f"Canary{number}",
        "date_of_birth": "2015-03-02",
        "gender": "M",
        "education_details": {"data": {"current_nc_year": "6", "admission_date": "2022-09-01"}},
        "extended_details": {"data": {"sen_status": code, "in_lea_care": False}},
        "sen_needs": {"data": []},
        "contacts": {
            "data": [
                {
                    "forename": "Rhian",
                    "surname": "Canary",
                    "relationship": {
                        "relationship": "Mother",
                        "priority": 1,
                        "parental_responsibility": True,
                        "court_order": False,
                    },
                    "contact_details": {"data": {"emails": {"email": "rhian@example.test"}}},
                }
            ]
        },
        **changed,
    }


@dataclass
class WondeServer:
    """What the source holds, how it answers, and how often it was asked for whom."""

    pupils: dict[str, dict[str, Any]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    status: int | None = None
    token: str = "token-of-the-school"
    asked: Counter[str] = field(default_factory=Counter)
    origin: str = ""

    def hold(self, *pupils: dict[str, Any]) -> None:
        """Hold these pupils, in place of what was held under their keys."""
        self.pupils.update({pupil["id"]: pupil for pupil in pupils})

    def answer(self, path: str, authorization: str) -> tuple[int, object]:
        """Answer one question."""
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if self.status is not None:
            return self.status, {"error": "told to fail"}
        if authorization != f"Bearer {self.token}" or parts[2] != SCHOOL:
            return 401, {"error": "unauthorised"}
        match parts[3:]:
            case ["students", record_id]:
                self.asked[record_id] += 1
                found = self.pupils.get(record_id)
                return (200, {"data": found}) if found else (404, {"error": "not found"})
            case ["students"]:
                return 200, _page(list(self.pupils.values()))
            case ["deletions"]:
                return 200, _page([{"id": key, "type": "student"} for key in sorted(self.deleted)])
            case _:
                return 404, {"error": "not found"}


@contextmanager
def wonde_server() -> Iterator[WondeServer]:
    """Run the source on a free port of loopback."""
    state = WondeServer()

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, told = state.answer(
                urlsplit(self.path).path, self.headers.get("Authorization", "")
            )
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    state.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _page(rows: list[dict[str, Any]]) -> dict[str, object]:
    return {"data": rows, "meta": {"pagination": {"next": None, "more": False}}}
