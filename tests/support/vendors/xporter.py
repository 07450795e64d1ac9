"""A development Xporter on Demand: token service, result sets, pages, change sets, scopes."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from tests.support.vendors.pages import ELSEWHERE, Rows, sheet_of
from tests.support.vendors.samples import read_json
from tests.support.vendors.server import TOKEN, DevVendor, Reply, Request, run

ESTAB = "6619901"
RESULT_SETS = ("Students", "SEN", "SENTypes", "Contacts")
GIVEN_TOKEN = "sts-token"


class DevXporter(DevVendor):
    """Answers below `/api/v1/School/<estab>/`, with an `Idaas` token from `/sts/GetToken`."""

    name = "xporter"
    withholds = ("SENTypes", "need_rows")
    has_delta = True
    page_faults = frozenset({"empty_page", "duplicate_ids", "loop", "off_host_next", "silent_end"})

    def __init__(self) -> None:
        super().__init__()
        self.sets: dict[str, Rows] = {name: [] for name in RESULT_SETS}
        for response in read_json("xporter_learners.json")["responses"]:
            for name in RESULT_SETS:
                self.sets[name].extend(response["body"].get(name, []))
        self.changed: dict[str, Rows] = {name: [] for name in RESULT_SETS}
        self.deleted: dict[str, Rows] = {name: [] for name in RESULT_SETS}
        self.tokens_given = 0

    def connection(self) -> dict[str, object]:
        return {
            "base_url": f"{self.origin}/api/v1",
            "school_ref": ESTAB,
            "extra": {
                "relying_party": "bridge.example",
                "token_address": f"{self.origin}/sts/GetToken",
            },
        }

    def ids(self) -> list[str]:
        return [str(row["Id"]) for row in self.sets["Students"]]

    def change(self, record_id: str) -> None:
        row: dict[str, object] = {
            "Id": f"{record_id}-9",
            "StudentId": record_id,
            "SENProvision": "P",
        }
        self.sets["SEN"].append(row)
        self.changed["SEN"].append(row)

    def delete(self, record_id: str) -> None:
        self.sets["Students"] = [r for r in self.sets["Students"] if r["Id"] != record_id]
        self.deleted["Students"].append({"Id": record_id})

    def is_authorised(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Idaas {GIVEN_TOKEN}"

    def reply(self, request: Request) -> Reply:
        if request.path == "/sts/GetToken":
            return self._token(request)
        path = request.path.removeprefix(f"/api/v1/School/{ESTAB}/").strip("/")
        if path == "Scopes":
            granted = {"Student", "SEN", "SENTypes", "Contact"} - self.withheld
            return Reply({"Scopes": [{"Name": name} for name in sorted(granted)]})
        name, _, record_id = path.partition("/")
        if name not in self.sets:
            return Reply({"ExceptionType": "NotFound", "Message": "resource"}, 404)
        if name in self.withheld:
            return Reply({"ExceptionType": "Forbidden", "Message": "scope"}, 403)
        if record_id:
            found = [row for row in self.sets[name] if row["Id"] == record_id]
            return Reply({name: found}) if found else Reply({"Message": "none"}, 404)
        return self._page(request, name)

    def _token(self, request: Request) -> Reply:
        asked = json.loads(request.body)
        right = asked.get("password") == TOKEN and asked.get("estab") == ESTAB
        self.tokens_given += 1
        return Reply({"token": GIVEN_TOKEN, "expires": "2099-01-01"} if right else {"token": None})

    def _page(self, request: Request, name: str) -> Reply:
        mark = request.query.get("changedRows")
        rows = self.sets[name] if mark in {None, "*"} else self.changed[name]
        number = int(request.query.get("page", "1"))
        sheet = sheet_of(self, rows, number, self.page_size)
        following = None
        if sheet.following is not None and not self.is_on("silent_end"):
            query = urlencode({**request.query, "page": sheet.following})
            following = ELSEWHERE if self.is_on("off_host_next") else f"?{query}"
        body: dict[str, object] = {
            name: sheet.rows,
            f"{name}_deleted": [] if mark in {None, "*"} else self.deleted[name],
            "__pagination__": [
                {
                    "PageSize": self.page_size,
                    "PageNumber": number,
                    "PageCount": sheet.pages,
                    "RowCount": sheet.count,
                    "NextPage": following,
                }
            ],
        }
        if mark is not None:
            body["__changedRows__"] = [
                {"RequestedChangedRows": mark, "NextChangedRows": "a" * 32, "NextUrl": None}
            ]
        return Reply(body)


if __name__ == "__main__":
    run(DevXporter())
