"""A development Assembly: numbered pages, contacts apart, leavers, conditional requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from tests.support.vendors.pages import Rows, sheet_of
from tests.support.vendors.server import DevVendor, Reply, Request, run


class DevAssembly(DevVendor):
    """Answers `/students`, `/students/left`, `/students/<id>` and `/contacts`."""

    name = "assembly"
    has_delta = True
    page_faults = frozenset({"empty_page", "duplicate_ids", "loop", "silent_end"})

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.students: Rows = [_student(number) for number in range(1, 15)]
        self.contacts: Rows = [
            {"object": "contact", "id": 900 + n, "first_name": "Mair", "last_name": f"Puw{n}"}
            for n in range(1, 15)
        ]
        self.left: Rows = []
        self.modified = {str(row["id"]): self.now - timedelta(days=30) for row in self.students}

    def ids(self) -> list[str]:
        return [str(row["id"]) for row in self.students]

    def change(self, record_id: str) -> None:
        self.modified[record_id] = self.now + timedelta(seconds=2)

    def delete(self, record_id: str) -> None:
        gone = [row for row in self.students if str(row["id"]) == record_id]
        self.students = [row for row in self.students if str(row["id"]) != record_id]
        self.left.extend(gone)

    def reply(self, request: Request) -> Reply:
        if "version=1" not in request.headers.get("accept", ""):
            return Reply({"error": "unsupported_version"}, 406)
        match request.path.strip("/").split("/"):
            case ["students"]:
                return self._page(request, self._modified(request))
            case ["students", "left"]:
                return self._page(request, self.left)
            case ["students", record_id]:
                found = [row for row in self.students if str(row["id"]) == record_id]
                return Reply(found[0]) if found else Reply({"error": "not_found"}, 404)
            case ["contacts"]:
                return self._page(request, self.contacts)
            case _:
                return Reply({"error": "not_found"}, 404)

    def _modified(self, request: Request) -> Rows:
        since = request.headers.get("if-modified-since")
        if since is None:
            return self.students
        after = parsedate_to_datetime(since)
        return [row for row in self.students if self.modified[str(row["id"])] >= after]

    def _page(self, request: Request, rows: Rows) -> Reply:
        number = int(request.query.get("page", "1"))
        sheet = sheet_of(self, rows, number, self.page_size)
        silent = self.is_on("silent_end")
        return Reply(
            {
                "object": "list",
                "total_count": sheet.count,
                "current_page": number,
                "next_page": None if silent else sheet.following,
                "data": sheet.rows,
            },
            headers={"X-Served": format_datetime(self.now, usegmt=True)},
        )


def _student(number: int) -> dict[str, object]:
    return {
        "object": "student",
        "id": number,
        "upn": None,
        "legal_first_name": "Gwen",
        "legal_last_name": f"Puw{number}",
        "dob": "2014-02-17",
        "demographics": {
            "sen_category": "A" if number % 2 else None,
            "sen_needs": [],
            "in_care": False,
        },
        "contacts": [{"id": 900 + number, "relationship_type": "Mother", "priority": 1}],
    }


if __name__ == "__main__":
    run(DevAssembly())
