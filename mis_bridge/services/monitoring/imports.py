"""Exports of delivered provision and of attendance, kept week by week beside the pupils.

A row is matched by a valid UPN, or by record id and date of birth together; one that matches nobody
is named and not kept. A file speaks for every day from its first to its last: in a week that it
names, what it says of those days stands in the place of what was known of them.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from adapters.base import ReadOptions
from mappings.engine import compile_mapping
from mappings.values import fold
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.services.connecting import files_connection
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.mapping.file_sources import reopenable
from mis_bridge.services.mapping.runs import MappingRun, Report
from mis_bridge.services.mapping.translating import mapping_in_force
from mis_bridge.storage import audit, idp_drafts, monitoring
from mis_bridge.storage.monitoring import Key, WeekTold
from mis_bridge.storage.register import take_turn
from mis_bridge.storage.searching import upn_hashes
from mis_bridge.storage.tables.plans import DeliveredProvisionRow
from mis_bridge.storage.tenants import Tenant

IMPORT = "import"
_NO_DAYS = ("", "")

Record = Mapping[str, Any]
_Amounts = tuple[int | None, int | None]


class NotDelivery(Problem):
    """The vendor's mapping does not give what was delivered."""


@dataclass(slots=True)
class Kept:
    """What became of the rows that were mapped, and of the weeks that they told of.

    The counts of `rows` add up to the rows mapped and those refused here; `without_pupil` holds
    the places of rows that match nobody.
    """

    rows: Counter[str] = field(default_factory=Counter)
    weeks: Counter[str] = field(default_factory=Counter)
    without_pupil: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Telling:
    """What one file says of one week: whole, or day by day."""

    unit: str
    name: str
    rows: list[tuple[str, Record]] = field(default_factory=list)


def import_delivery(
    session: Session, tenant: Tenant, vendor: str, paths: Sequence[Path], *, now: datetime
) -> tuple[Kept, Report]:
    """Keep what the files say was planned and delivered, or attended.

    Raises FileRefused for files that cannot be used, and NotDelivery for a source of anything else.
    """
    # Two imports at once would both find a week new: one comes after the other.
    take_turn(session, tenant)
    connection = files_connection(session, tenant, vendor, now=now)
    mapping = mapping_in_force(session, connection)
    if mapping.kind != "delivery":
        raise NotDelivery(_NOT_DELIVERY.fill(vendor=vendor))
    run = MappingRun(
        reopenable(vendor, paths, ReadOptions.from_document(mapping.read)),
        compile_mapping(mapping),
        school=tenant.of_school,
        as_of=day_in_wales(now),
    )
    kept = Kept()
    owners = _Owners(session, tenant, now)
    tellings: dict[Key, _Telling] = {}
    for place, record in run.placed():
        pupil_id = owners.of(record["pupil"])
        if pupil_id is None:
            kept.rows["without_pupil"] += 1
            kept.without_pupil.append(place)
            continue
        key = _key(pupil_id, record)
        telling = tellings.setdefault(key, _Telling(record["unit"], record["name"]))
        telling.rows.append((place, record))
    _refuse_contradictions(tellings, kept, run.report)
    _keep(session, tenant, vendor, tellings, kept, now)
    if kept.weeks["new"] or kept.weeks["replaced"]:
        facts = {f"weeks_{name}": count for name, count in sorted(kept.weeks.items())}
        entry = audit.AuditEntry(IMPORT, "delivery_imported", f"source:{vendor}", facts)
        audit.append(session, tenant, [entry], now)
    return kept, run.report


class _Owners:
    """The pupils of the school by what a row says of them, each looked for once."""

    def __init__(self, session: Session, tenant: Tenant, now: datetime) -> None:
        self._session, self._tenant, self._now = session, tenant, now
        self._known: dict[tuple[str | None, str | None, str | None], str | None] = {}

    def of(self, pupil: Record) -> str | None:
        valid = pupil.get("upn") if pupil.get("upn_status") == "valid" else None
        said = (valid, pupil.get("record_id"), pupil.get("dob"))
        if said not in self._known:
            self._known[said] = self._find(*said)
        return self._known[said]

    def _find(self, upn: str | None, record_id: str | None, born: str | None) -> str | None:
        if upn:
            found = upn_hashes(self._session, now=self._now).of(upn)
            row = idp_drafts.pupil_with_upn(self._session, self._tenant, found)
        elif record_id and born:
            born_on = date.fromisoformat(born)
            row = idp_drafts.pupil_with_record(self._session, self._tenant, record_id, born_on)
        else:
            return None
        return row.id if row is not None else None


def reference_of(name: str) -> str:
    """Return by what a provision is known here: its name at the source can tell of a need."""
    return hashlib.sha256(fold(name).encode()).hexdigest()[:32] if name else ""


def _key(pupil_id: str, record: Record) -> Key:
    week_on = date.fromisoformat(record["week_on"])
    return Key(pupil_id, record["measure"], reference_of(record["reference"]), week_on)


def _refuse_contradictions(tellings: dict[Key, _Telling], kept: Kept, report: Report) -> None:
    """Take out the weeks of which one file says two things: neither is known to be right."""
    for key, telling in list(tellings.items()):
        whole = [record for _, record in telling.rows if record["date"] is None]
        units = {record["unit"] for _, record in telling.rows}
        if len(units) == 1 and (not whole or len(telling.rows) == 1):
            kept.rows["kept"] += len(telling.rows)
            continue
        del tellings[key]
        report.mapped -= len(telling.rows)
        report.rejected += len(telling.rows)
        report.rejections.extend(
            {
                "record": place,
                "path": "unit" if len(units) > 1 else "week",
                "value_seen": None,
                "reason": _CONTRADICTS.en,
                "reason_cy": _CONTRADICTS.cy,
            }
            for place, _ in telling.rows
        )


def _keep(
    session: Session,
    tenant: Tenant,
    vendor: str,
    tellings: Mapping[Key, _Telling],
    kept: Kept,
    now: datetime,
) -> None:
    held = monitoring.held(session, tenant, vendor, {key.pupil_id for key in tellings})
    days = [record["date"] for t in tellings.values() for _, record in t.rows if record["date"]]
    span = (min(days), max(days)) if days else _NO_DAYS
    for key, telling in tellings.items():
        row = held.get(key)
        known = monitoring.detail(session, row) if row is not None else {}
        told = _week(key, telling, known if row and row.unit == telling.unit else {}, span)
        if row is not None and row.told_until_on > told.until_on:
            told = dataclasses.replace(told, until_on=row.told_until_on)
        if row is None:
            monitoring.add(session, tenant, vendor, key, told, at=now)
            kept.weeks["new"] += 1
        elif _same(row, known, told):
            # It may have been heard of until a later day, with nothing more to tell.
            row.told_until_on = told.until_on
            kept.weeks["unchanged"] += 1
        else:
            monitoring.replace(session, row, told, at=now)
            kept.weeks["replaced"] += 1
    session.flush()


def _week(key: Key, telling: _Telling, known: Mapping[str, Any], span: tuple[str, str]) -> WeekTold:
    """Return what a week comes to: the whole week's figures, or those of its days together."""
    dated: dict[str, list[_Amounts]] = defaultdict(list)
    for _, record in telling.rows:
        if record["date"] is None:
            amounts = (record["planned"], record["delivered"])
            sunday = key.week_on + timedelta(days=6)
            return WeekTold(telling.unit, *amounts, sunday, {"name": telling.name, "days": {}})
        dated[record["date"]].append((record["planned"], record["delivered"]))
    days: dict[str, list[int | None]] = {
        day: amounts
        for day, amounts in (known.get("days") or {}).items()
        if not span[0] <= day <= span[1]
    }
    days |= {day: list(_sum(amounts)) for day, amounts in dated.items()}
    planned, delivered = _sum([(amounts[0], amounts[1]) for amounts in days.values()])
    detail = {"name": telling.name, "days": dict(sorted(days.items()))}
    return WeekTold(telling.unit, planned, delivered, date.fromisoformat(span[1]), detail)


def _sum(amounts: Sequence[_Amounts]) -> _Amounts:
    """Add amounts up; what one of them leaves out, the sum does not know either."""
    planned = [one for one, _ in amounts if one is not None]
    delivered = [one for _, one in amounts if one is not None]
    return (
        sum(planned) if len(planned) == len(amounts) else None,
        sum(delivered) if len(delivered) == len(amounts) else None,
    )


def _same(row: DeliveredProvisionRow, known: Mapping[str, Any], told: WeekTold) -> bool:
    figures = (row.unit, row.planned, row.delivered)
    return figures == (told.unit, told.planned, told.delivered) and dict(known) == told.detail


_NOT_DELIVERY = Words(
    "{vendor} does not export what was delivered; give such files under the vendor interventions "
    "or attendance",
    "nid yw {vendor} yn allforio'r hyn a ddarparwyd; rhowch ffeiliau o'r fath o dan y cyflenwr "
    "interventions neu attendance",
)
_CONTRADICTS = Words(
    "week: rows of this file tell of one week in more than one way: several totals, a total beside "
    "single days, or two units. Keep one of them and import the file again.",
    "week: mae rhesi'r ffeil hon yn sôn am un wythnos mewn mwy nag un ffordd: sawl cyfanswm, "
    "cyfanswm ochr yn ochr â dyddiau unigol, neu ddwy uned. Cadwch un ohonynt a mewnforiwch y "
    "ffeil eto.",
)
