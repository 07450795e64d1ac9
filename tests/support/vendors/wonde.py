"""A development Wonde: students, one student, deletions, includes, cursor paging."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from tests.support.vendors.pages import ELSEWHERE, Rows, sheet_of
from tests.support.vendors.samples import read_json
from tests.support.vendors.server import DevVendor, Reply, Request, run

SCHOOL = "A6619901001"
FORMAT = "%Y-%m-%d %H:%M:%S"


class DevWonde(DevVendor):
    """Answers below `/v1.0/schools/<school>/`; the sample's second record of D10 is left out."""

    name = "wonde"
    withholds = ("sen_needs", "sen_needs")
    has_delta = True
    page_faults = frozenset({"empty_page", "duplicate_ids", "loop", "off_host_next", "silent_end"})

    def __init__(self) -> None:
        super().__init__()
        pages = read_json("wonde_students.json")["pages"]
        rows: Rows = [row for page in pages for row in page["body"]["data"]]
        self.rows: Rows = [dict(row) for row in rows[:14]]
        self.deletions: Rows = []
        self.refused: set[str] = set()
        self.now = datetime.now(UTC)
        for row in self.rows:
            row["updated_at"] = _moment(self.now - timedelta(days=30))

    def connection(self) -> dict[str, object]:
        return {"base_url": f"{self.origin}/v1.0", "school_ref": SCHOOL}

    def ids(self) -> list[str]:
        return [str(row["id"]) for row in self.rows]

    def change(self, record_id: str) -> None:
        for row in self.rows:
            if row["id"] == record_id:
                row["surname"] = "Newid"
                row["updated_at"] = _moment(self.now)

    def delete(self, record_id: str) -> None:
        self.rows = [row for row in self.rows if row["id"] != record_id]
        self.deletions.append(
            {
                "id": record_id,
                "type": "student",
                "deleted_at": _moment(self.now),
                "restored_at": None,
            }
        )
        self.deletions.append(
            {"id": "C1", "type": "contact", "deleted_at": _moment(self.now), "restored_at": None}
        )

    def reply(self, request: Request) -> Reply:
        root = f"/v1.0/schools/{SCHOOL}"
        if not request.path.startswith(root):
            return Reply({"error": "no such school"}, 404)
        path = request.path.removeprefix(root).strip("/")
        includes = set(filter(None, request.query.get("include", "").split(",")))
        if includes & self.refused:
            return Reply({"error": "invalid include"}, 422)
        if path == "students":
            return self._page(request, [self._with(row, includes) for row in self._since(request)])
        if path == "deletions":
            return self._page(request, self.deletions)
        kind, _, record_id = path.partition("/")
        found = [row for row in self.rows if row["id"] == record_id] if kind == "students" else []
        if not found:
            return Reply({"error": "not found"}, 404)
        return Reply({"data": self._with(found[0], includes)})

    def _with(self, row: dict[str, object], includes: set[str]) -> dict[str, object]:
        optional = {"education_details", "extended_details", "sen_needs", "contacts"}
        hidden = (optional - includes) | self.withheld
        return {name: value for name, value in row.items() if name not in hidden}

    def _since(self, request: Request) -> Rows:
        since = request.query.get("updated_after")
        if since is None:
            return self.rows
        after = datetime.strptime(since, FORMAT).replace(tzinfo=UTC)
        return [row for row in self.rows if _read(row["updated_at"]) >= after]

    def _page(self, request: Request, rows: Rows) -> Reply:
        number = int(request.query.get("page", "1"))
        sheet = sheet_of(self, rows, number, self.page_size)
        following = None
        if sheet.following is not None:
            query = urlencode({**request.query, "page": sheet.following})
            following = f"{self.origin}{request.path}?{query}"
            if self.is_on("off_host_next"):
                following = ELSEWHERE
            if self.is_on("silent_end"):
                following = None
        pagination = {
            "next": following,
            "previous": None,
            "more": sheet.following is not None,
            "per_page": self.page_size,
        }
        return Reply({"data": sheet.rows, "meta": {"pagination": pagination}})


def _moment(when: datetime) -> dict[str, object]:
    written = when.strftime("%Y-%m-%d %H:%M:%S.%f")
    return {"date": written, "timezone_type": 3, "timezone": "UTC"}


def _read(moment: object) -> datetime:
    text = moment["date"] if isinstance(moment, dict) else str(moment)
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


if __name__ == "__main__":
    run(DevWonde())
