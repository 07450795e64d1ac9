"""From a pupil's record to the register's rows, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime

from mappings.canonical import to_json
from mis_bridge.domain.pupil import Pupil, UpnStatus
from mis_bridge.domain.register import RegisterChange
from mis_bridge.services.intake.stored_pupil import pupil_of
from mis_bridge.services.intake.tellings import Telling
from mis_bridge.storage.register import Batch
from mis_bridge.storage.sealing import KeyRing, place
from mis_bridge.storage.searching import UpnHashes
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant

_RECORD = "pupils.sealed_record"
_IDENTITY = frozenset({"source", "flags", "not_supplied"})


@dataclass(frozen=True, slots=True)
class Held:
    """What the register holds of one pupil, as far as the next telling needs it."""

    id: str
    state: str
    vendor: str
    record_id: str
    version: int
    told_at: datetime | None
    pupil: Pupil | None
    upn_hash: str | None = None
    left_on: date | None = None
    hold: bool = False


def held_of(row: PupilRow, ring: KeyRing) -> Held:
    """Open a stored pupil; one that was erased has no record any more."""
    pupil = None
    if row.sealed_record is not None:
        record = ring.unseal_json(row.sealed_record, place(_RECORD, row.id))
        pupil = pupil_of(record) if isinstance(record, dict) else None
    return Held(
        id=row.id,
        state=row.state,
        vendor=row.vendor,
        record_id=row.record_id,
        version=row.version,
        told_at=row.vendor_at,
        pupil=pupil,
        upn_hash=row.upn_hash,
        left_on=row.left_on,
        hold=row.on_hold,
    )


def carried_over(before: Pupil | None, after: Pupil) -> Pupil:
    """Return the record to keep: what this telling did not supply stays as it was told before.

    What stays is still not supplied by this source, so it makes no change; what an earlier telling
    supplied is known, so only what neither supplied remains marked.
    """
    if before is None or not after.not_supplied:
        return after
    known = {each.name for each in fields(Pupil)} - _IDENTITY
    kept = {
        key: getattr(before, key)
        for key in after.not_supplied
        if key in known and before.supplies(key)
    }
    nested = frozenset(
        key for key in after.not_supplied if "." in key or key not in known or key not in kept
    )
    return replace(after, **kept, not_supplied=nested)


@dataclass(slots=True)
class RegisterRows:
    """Collects the rows of a batch of tellings."""

    tenant: Tenant
    ring: KeyRing
    hashes: UpnHashes
    now: datetime
    batch: Batch = field(default_factory=Batch)

    def source(self, telling: Telling, pupil_id: str, *, duplicate_of: str | None = None) -> None:
        """Note which record tells of which pupil, and with what digest it was applied."""
        self.batch.sources[telling.record_id] = {
            "la": self.tenant.la,
            "school": self.tenant.of_school,
            "vendor": telling.vendor,
            "record_id": telling.record_id,
            "pupil_id": pupil_id,
            "raw_digest": telling.raw_digest,
            "mapping_digest": telling.mapping_digest,
            "duplicate_of": duplicate_of,
            "deleted_at": None if telling.pupil is not None else telling.told_at,
        }

    def pupil(self, held: Held, *, destroy_after_on: date | None = None) -> None:
        """Write a pupil as it now stands."""
        pupil = held.pupil
        if pupil is None:
            msg = "a pupil without a record is not written"
            raise ValueError(msg)
        provision = pupil.provision
        needs = sorted(pupil.needs, key=lambda need: (need.rank is None, need.rank or 0))
        self.batch.pupils[held.id] = {
            "id": held.id,
            "la": self.tenant.la,
            "school": self.tenant.of_school,
            "state": held.state,
            "vendor": held.vendor,
            "record_id": held.record_id,
            "sealed_record": self.ring.seal_json(to_json(pupil), place(_RECORD, held.id)),
            "upn_hash": self.upn_hash(pupil),
            "upn_status": pupil.upn_status.value,
            "born_on": pupil.dob,
            "nc_year": pupil.nc_year,
            "provision_type": provision.type.value if provision else None,
            "provision_started_on": provision.start if provision else None,
            "primary_need": needs[0].type if needs else None,
            "in_care": pupil.looked_after.in_care if pupil.looked_after else None,
            "version": held.version,
            "vendor_at": held.told_at,
            "changed_at": self.now,
            "left_on": held.left_on,
            "destroy_after_on": destroy_after_on,
            "on_hold": held.hold,
        }

    def registrations(self, held: Held) -> None:
        """Write the places that a pupil holds, in the stead of those held before."""
        places = held.pupil.registrations if held.pupil else ()
        self.batch.registrations[held.id] = [
            {
                "la": self.tenant.la,
                "school": self.tenant.of_school,
                "pupil_id": held.id,
                "roll": registration.school,
                "status": registration.status.value,
                "start_on": registration.start,
                "end_on": registration.end,
            }
            for registration in places
        ]

    def entry(self, held: Held, telling: Telling, *, superseded: bool) -> None:
        """Add what the register says from now on, or would have said had it been told in time."""
        pupil = telling.pupil if superseded else held.pupil
        provision = pupil.provision if pupil else None
        needs = sorted(
            pupil.needs if pupil else (), key=lambda need: (need.rank is None, need.rank or 0)
        )
        self.batch.entries.append(
            {
                "la": self.tenant.la,
                "school": self.tenant.of_school,
                "pupil_id": held.id,
                "version": held.version,
                "provision_type": provision.type.value if provision else None,
                "raw_code": provision.raw_code if provision else None,
                "started_on": provision.start if provision else None,
                "primary_need": needs[0].type if needs else None,
                "noticed_on": telling.noticed_on,
                "noticed_confirmed": telling.noticed_confirmed,
                "cause": telling.cause,
                "connection_id": telling.connection_id,
                "mapping_digest": telling.mapping_digest,
                "superseded": superseded,
                "vendor_at": telling.told_at,
                "recorded_at": self.now,
            }
        )

    def changes(self, held: Held, changed: Sequence[RegisterChange]) -> None:
        """Add the changes that the telling brought."""
        self.batch.changes.extend(
            {
                "la": self.tenant.la,
                "school": self.tenant.of_school,
                "pupil_id": held.id,
                "version": held.version,
                "kind": change.kind.value,
                "trigger": change.trigger,
                "since": change.since,
                "before": change.before,
                "after": change.after,
                "recorded_at": self.now,
            }
            for change in changed
        )

    def upn_hash(self, pupil: Pupil) -> str | None:
        """Return the hash by which this pupil may be found; only a valid UPN matches records."""
        if pupil.upn is None or pupil.upn_status is not UpnStatus.VALID:
            return None
        return self.hashes.of(pupil.upn)
