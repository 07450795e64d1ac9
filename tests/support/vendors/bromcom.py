"""A development Bromcom: the read-only query service, which answers with data sets in XML."""

from __future__ import annotations

from lxml import etree

from tests.support.vendors.pages import Rows
from tests.support.vendors.server import TOKEN, DevVendor, Reply, Request, run

USER = "bridge"


class DevBromcom(DevVendor):
    """Answers the two read calls; an entity that the school did not tick is not listed."""

    name = "bromcom"
    withholds = ("SENStudentNeeds", "need_rows")

    def __init__(self) -> None:
        super().__init__()
        numbers = range(1, 15)
        self.entities: dict[str, Rows] = {
            "Students": [_student(number) for number in numbers],
            "SENStudents": [
                {"StudentID": n, "SENStatus": "A", "StartDate": "2023-09-11"} for n in numbers
            ],
            "SENStudentNeeds": [],
            "CollectionAssociates": [
                {"StudentID": n, "AssociatePersonID": 100 + n, "Relationship": "Mother"}
                for n in numbers
            ],
            "People": [{"PersonID": 100 + n, "FirstName": "Mair"} for n in numbers],
        }

    def connection(self) -> dict[str, object]:
        return {"extra": {"username": USER}}

    def ids(self) -> list[str]:
        return [str(row["StudentID"]) for row in self.entities["Students"]]

    def is_authorised(self, request: Request) -> bool:
        asked = {
            etree.QName(part).localname: part.text for part in etree.fromstring(request.body)[0][0]
        }
        return (asked["Username"], asked["Password"]) == (USER, TOKEN)

    def reply(self, request: Request) -> Reply:
        call = etree.fromstring(request.body)[0][0]
        asked = {etree.QName(part).localname: part.text or "" for part in call}
        if etree.QName(call).localname == "findEntitiesBySchoolID":
            names = [name for name in self.entities if name not in self.withheld]
            return _data_set("Entity", [{"EntityName": name} for name in names])
        name = asked["EntityName"]
        return _data_set(name, [] if name in self.withheld else self.entities.get(name, []))


def _student(number: int) -> dict[str, object]:
    return {
        "StudentID": number,
        "LegalFirstName": "Gwen",
        "LegalLastName": f"Puw{number}",
        "DateOfBirth": "2014-02-17T00:00:00",
        "UPN": None,
    }


def _data_set(name: str, rows: Rows) -> Reply:
    space = "http://schemas.xmlsoap.org/soap/envelope/"
    root = etree.Element(f"{{{space}}}Envelope", nsmap={"soap": space})
    body = etree.SubElement(root, f"{{{space}}}Body")
    data = etree.SubElement(body, "NewDataSet")
    for row in rows:
        element = etree.SubElement(data, name)
        for column, value in row.items():
            if value is not None:
                etree.SubElement(element, column).text = str(value)
    return Reply(etree.tostring(root), kind="text/xml; charset=utf-8")


if __name__ == "__main__":
    run(DevBromcom())
