"""A development Arbor: resources of REST v2, abbreviated listings, a changelog for each."""

from __future__ import annotations

import base64

from tests.support.vendors.pages import Rows, sheet_of
from tests.support.vendors.samples import read_json
from tests.support.vendors.server import TOKEN, DevVendor, Reply, Request, run

USER = "bridge"
REVISION = 43330
BARE = ("entityType", "href", "displayName")


class DevArbor(DevVendor):
    """Answers below `/rest-v2/`; listings tell no total, a page after the last one is empty."""

    name = "arbor"
    withholds = ("sen-needs", "need_rows")
    has_delta = True
    page_faults = frozenset({"duplicate_ids", "loop", "body_says_error", "bare_listing"})

    def __init__(self) -> None:
        super().__init__()
        sample = read_json("arbor_students.json")
        self.resources: dict[str, Rows] = {
            name: rows for name, rows in sample.items() if isinstance(rows, list)
        }
        self.resources["cymru-upn-assignments"] = self.resources.pop("upn-assignments")
        self.resources["cymru-individual-development-plans"] = self.resources.pop(
            "individual-development-plans"
        )
        self.log: dict[str, Rows] = {name: [] for name in self.resources}

    def connection(self) -> dict[str, object]:
        return {"extra": {"username": USER}}

    def ids(self) -> list[str]:
        return [str(row["id"]) for row in self.resources["students"]]

    def _href(self, record_id: str) -> str:
        return f"/rest-v2/students/{record_id}"

    def change(self, record_id: str) -> None:
        self._note(
            "sen-needs",
            {"href": "/rest-v2/sen-needs/1", "student": {"href": self._href(record_id)}},
        )

    def delete(self, record_id: str) -> None:
        students = self.resources["students"]
        self.resources["students"] = [row for row in students if row["id"] != record_id]
        self._note("students", {"href": self._href(record_id)}, "delete")

    def _note(self, name: str, changed: dict[str, object], kind: str = "update") -> None:
        entry = {"changedObject": changed, "changeType": kind, "toRevision": REVISION + 1}
        self.log[name].append({**entry, "fromRevision": REVISION})

    def is_authorised(self, request: Request) -> bool:
        pair = base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {pair}"

    def reply(self, request: Request) -> Reply:
        name, _, rest = request.path.removeprefix("/rest-v2/").partition("/")
        if name not in self.resources:
            return Reply({"response": {"code": 404, "reason": "Not found"}}, 404)
        if name in self.withheld:
            return Reply({"response": {"code": 403, "reason": "Forbidden"}}, 403)
        if rest == "changelog":
            return self._changelog(request, name)
        if rest:
            return self._one(request.path, name)
        if self.is_on("body_says_error"):
            return Reply({"response": {"code": 500, "reason": "Error"}, name: []})
        number = 1 if self.is_on("loop") else int(request.query.get("page-number", "1"))
        rows = sheet_of(self, self.resources[name], number, self.page_size).rows
        if self.is_on("bare_listing") and name == "students":
            rows = [
                {key: row[key] for key in ("entityType", "href", "displayName")} for row in rows
            ]
        return Reply({"response": {"code": 200}, name: rows})

    def _one(self, href: str, name: str) -> Reply:
        found = [row for row in self.resources[name] if row["href"] == href]
        if not found:
            return Reply({"response": {"code": 404, "reason": "Not found"}}, 404)
        return Reply({"response": {"code": 200}, name.removesuffix("s"): found[0]})

    def _changelog(self, request: Request, name: str) -> Reply:
        since = int(request.query.get("from-revision", "0"))
        base = [{"changedObject": {}, "changeType": "update", "toRevision": REVISION}]
        entries = self.log[name] if since >= REVISION else base
        return Reply({"response": {"code": 200}, "changes": entries})


if __name__ == "__main__":
    run(DevArbor())
