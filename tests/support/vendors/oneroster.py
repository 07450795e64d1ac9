"""A development OneRoster provider: the REST binding of version 1.1, with links and counts."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from tests.support.vendors.pages import ELSEWHERE, Rows, sheet_of
from tests.support.vendors.samples import read_csv
from tests.support.vendors.server import DevVendor, Reply, Request, run

ROOT = "/ims/oneroster/v1p1"
BEFORE, AFTER = "2025-01-01T00:00:00.000Z", "2025-02-01T00:00:00.000Z"
FILTER = re.compile(r"dateLastModified>'([^']+)'")


class DevOneRoster(DevVendor):
    """Answers `users` and `demographics`; pupils and parents are both users."""

    name = "oneroster"
    withholds = ("demographics", "demographics")
    has_delta = True
    page_size = 12
    page_faults = frozenset({"empty_page", "duplicate_ids", "loop", "off_host_next", "silent_end"})

    def __init__(self) -> None:
        super().__init__()
        self.lists: dict[str, Rows] = {
            "users": [_person(row) for row in read_csv("oneroster/users.csv")],
            "demographics": [
                {"sourcedId": row["sourcedId"], "birthDate": row["birthDate"], "sex": row["sex"]}
                for row in read_csv("oneroster/demographics.csv")
            ],
        }

    def connection(self) -> dict[str, object]:
        return {"base_url": f"{self.origin}{ROOT}"}

    def ids(self) -> list[str]:
        return [
            str(row["sourcedId"])
            for row in self.lists["users"]
            if row["role"] == "student" and row["status"] == "active"
        ]

    def _row(self, record_id: str) -> dict[str, object]:
        return next(row for row in self.lists["users"] if row["sourcedId"] == record_id)

    def change(self, record_id: str) -> None:
        self._row(record_id).update(dateLastModified=AFTER, middleName="Newid")

    def delete(self, record_id: str) -> None:
        self._row(record_id).update(dateLastModified=AFTER, status="tobedeleted")

    def reply(self, request: Request) -> Reply:
        name, _, record_id = request.path.removeprefix(f"{ROOT}/").partition("/")
        if name not in self.lists:
            return Reply({"imsx_codeMajor": "failure"}, 404)
        if name in self.withheld:
            return Reply({"imsx_codeMajor": "failure"}, 403)
        if record_id:
            found = [row for row in self.lists[name] if row["sourcedId"] == record_id]
            return Reply({"user": found[0]}) if found else Reply({"imsx": "none"}, 404)
        rows = self.lists[name]
        if since := FILTER.search(request.query.get("filter", "")):
            rows = [row for row in rows if str(row["dateLastModified"]) > since[1]]
        return self._page(request, name, rows)

    def _page(self, request: Request, name: str, rows: Rows) -> Reply:
        number = int(request.query.get("offset", "0")) // self.page_size + 1
        sheet = sheet_of(self, rows, number, self.page_size)
        link = ""
        if sheet.following is not None and not self.is_on("silent_end"):
            offset = (sheet.following - 1) * self.page_size
            query = urlencode({**request.query, "offset": offset})
            here = f"{self.origin}{request.path}?{query}"
            address = ELSEWHERE if self.is_on("off_host_next") else here
            link = f'<{address}>; rel="next"'
        headers = {"X-Total-Count": str(sheet.count), "Link": link}
        return Reply({name: sheet.rows}, headers=headers)


def _person(row: dict[str, str]) -> dict[str, object]:
    agents = [
        {"sourcedId": key, "type": "user"} for key in row["agentSourcedIds"].split(",") if key
    ]
    person: dict[str, object] = {
        name: row[name]
        for name in ("sourcedId", "role", "username", "givenName", "familyName", "middleName")
    }
    found = re.fullmatch(r"\{(\w+):(\w+)\}", row["userIds"])
    ids = [{"type": found[1], "identifier": found[2]}] if found else []
    return person | {
        "status": "active",
        "dateLastModified": BEFORE,
        "userIds": ids,
        "agents": agents,
        "grades": [row["grades"]] if row["grades"] else [],
    }


if __name__ == "__main__":
    run(DevOneRoster())
