"""A development SIMS partner interface: token service, OData pages with continuation links."""

from __future__ import annotations

from urllib.parse import parse_qsl

from adapters.base import ReadOptions
from tests.support.vendors.pages import ELSEWHERE, Rows, sheet_of
from tests.support.vendors.server import TOKEN, DevVendor, Reply, Request, run

TENANT = "ssli01"
GIVEN_TOKEN = "sts-token"
KEY = "subscription"


class DevSims(DevVendor):
    """Answers below `/<tenant>/Learner/V3/`."""

    name = "sims"
    withholds = ("LearnerPersonals", "LearnerPersonals")
    page_faults = frozenset({"empty_page", "duplicate_ids", "loop", "off_host_next"})

    def __init__(self) -> None:
        super().__init__()
        self.domains: dict[str, Rows] = {
            "LearnerIdentifiers": [
                {"ExternalID": f"ab48-{n}", "Forename": "Gwen", "Surname": f"Puw{n}"}
                for n in range(1, 15)
            ],
            "LearnerPersonals": [
                {"ExternalID": f"ab48-{n}", "PreferredForename": "Gwenno"} for n in range(1, 15)
            ],
        }

    def connection(self) -> dict[str, object]:
        return {
            "school_ref": TENANT,
            "extra": {
                "client_id": "bridge",
                "subscription_key": KEY,
                "token_address": f"{self.origin}/connect/token",
            },
        }

    def options(self) -> ReadOptions:
        return ReadOptions()

    def ids(self) -> list[str]:
        return [str(row["ExternalID"]) for row in self.domains["LearnerIdentifiers"]]

    def is_authorised(self, request: Request) -> bool:
        subscribed = request.headers.get("ocp-apim-subscription-key") == KEY
        return subscribed and request.headers.get("authorization") == f"Bearer {GIVEN_TOKEN}"

    def reply(self, request: Request) -> Reply:
        if request.path == "/connect/token":
            asked = dict(parse_qsl(request.body.decode()))
            right = asked.get("client_secret") == TOKEN
            return Reply({"access_token": GIVEN_TOKEN} if right else {"error": "invalid_client"})
        name = request.path.removeprefix(f"/{TENANT}/Learner/V3/")
        if name not in self.domains:
            return Reply({"error": "none"}, 404)
        if name in self.withheld:
            return Reply({"error": "not allowed"}, 403)
        number = int(request.query.get("$skiptoken", "1"))
        sheet = sheet_of(self, self.domains[name], number, self.page_size)
        body: dict[str, object] = {"@odata.context": "metadata", "value": sheet.rows}
        if sheet.following is not None:
            link = f"{self.origin}{request.path}?$skiptoken={sheet.following}"
            body["@odata.nextLink"] = ELSEWHERE if self.is_on("off_host_next") else link
        return Reply(body)


if __name__ == "__main__":
    run(DevSims())
