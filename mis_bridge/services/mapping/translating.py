"""From a source's record to a telling: by the mapping that is in force for the connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from adapters.base import ReadOptions, SourceRecord
from mappings.canonical import to_pupil
from mappings.engine import MapContext, compile_mapping
from mappings.issues import MappingIssue
from mappings.language import MappingDocument, read_document, shipped
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.words import Words
from mis_bridge.storage import mapping_versions
from mis_bridge.storage.tables.authorities import ConnectionRow
from mis_bridge.storage.tenants import Tenant


class RecordNotMapped(Problem):
    """The mapping refuses a record; `path` names the field, never what stood in it."""

    def __init__(self, issues: Sequence[MappingIssue]) -> None:
        refusing = next((issue for issue in issues if issue.rejects), None)
        self.path = refusing.path if refusing else "record"
        super().__init__(refusing.reason if refusing else _NOT_MAPPED)


@dataclass(frozen=True, slots=True)
class Translated:
    """A record as the product understands it, and the vendor's own time of it where it has one."""

    pupil: Pupil
    changed_at: datetime | None


def mapping_in_force(session: Session, connection: ConnectionRow) -> MappingDocument:
    """Return the mapping published for the connection, else its authority's, else the shipped."""
    texts = mapping_versions.published(
        session, Tenant(connection.la, connection.school), (connection.id, connection.vendor)
    )
    text = texts.get(connection.id) or texts.get(connection.vendor)
    return read_document(text, connection.vendor) if text else shipped(connection.vendor)


class Translator:
    """Translates the records of one connection."""

    def __init__(self, document: MappingDocument, vendor: str, school: str) -> None:
        self._compiled = compile_mapping(document)
        self._vendor, self._school = vendor, school
        self.digest = document.digest
        self.options = ReadOptions.from_document(document.read)

    def translate(self, record: SourceRecord, *, as_of: date, read_at: datetime) -> Translated:
        """Return the record's pupil as of a day; raises RecordNotMapped or CanonicalRefused."""
        mapped = self._compiled.apply(
            record.tree,
            MapContext(
                vendor=self._vendor,
                school=self._school,
                as_of=as_of,
                read_at=read_at.isoformat(),
                record_id=record.record_id,
            ),
        )
        if mapped.canonical is None:
            raise RecordNotMapped(mapped.issues)
        return Translated(to_pupil(mapped.canonical), _moment(mapped.changed_at))


def _moment(stamp: str | None) -> datetime | None:
    """Read the vendor's time stamp; one without a zone says too little to order anything by."""
    if stamp is None:
        return None
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


_NOT_MAPPED = Words(
    "The mapping gives no record for this one; see the connection's mapping.",
    "Nid yw'r mapio'n rhoi cofnod ar gyfer hwn; gweler mapio'r cysylltiad.",
)
