"""A plan leaves one authority as a bundle and goes on in another, on both databases."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from docx import Document as WordFile
from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.documents.bundles import verify
from mis_bridge.domain.pupil import UpnStatus
from mis_bridge.services.bundles import authority_keys
from mis_bridge.services.bundles.authority_keys import KeyRefused, NoSigningKey
from mis_bridge.services.bundles.bundled_plan import read
from mis_bridge.services.bundles.making import NotBundled, Order, Packed, packed, record
from mis_bridge.services.bundles.taking_in import TakenIn, Wanted, take_in
from mis_bridge.services.papers.plan_documents import rendered_plan
from mis_bridge.services.plans import acts as plan_acts
from mis_bridge.services.plans import editing as plan_editing
from mis_bridge.services.plans import reviewing
from mis_bridge.services.plans.desk import PlanDesk
from mis_bridge.storage import audit, plan_bundles, plans
from mis_bridge.storage.tables.operations import AuditEventRow
from mis_bridge.storage.tables.plans import AuthorityKeyRow, PlanBundleRow, PlanRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil
from tests.support.plan_bundles import (
    NEW,
    ORDER,
    TODAY,
    UPN,
    at_new_school,
    at_old_school,
    finalised,
    give_all,
    tell,
    two_schools,
    visitor_of,
)

VALID = UpnStatus.VALID


@dataclass
class Move:
    """A pupil on the way from an old school to a new one."""

    session: Session
    old: Tenant
    new: Tenant
    pupil_id: str
    plan: PlanRow
    jobs: RecordedJobs = field(default_factory=RecordedJobs)

    def made(self, order: Order = ORDER, now: datetime = NOW) -> Packed:
        """Make the bundle and record it."""
        made = packed(self.session, self.old, self.plan.id, order, now=now)
        assert made is not None
        record(self.session, made, by="person:mair", now=now)
        return made

    def take(
        self,
        archive: bytes,
        *,
        trusted: str | None = None,
        now: datetime = NOW,
        **said: Any,
    ) -> TakenIn:
        """Take a bundle in at the new school."""
        keys = frozenset({trusted or authority_keys.shown(self.session, "660", None).key_id})
        wanted = Wanted(keys, **said)
        return take_in(
            self.session, self.new, archive, wanted, by="person:gwen", now=now, jobs=self.jobs
        )

    def arrived(self, **facts: Any) -> str:
        """Tell the new school's register of the pupil; returns the pupil's id there."""
        return tell(self.session, self.new, at_new_school(**facts), jobs=self.jobs)

    def row(self, taken: TakenIn) -> PlanRow:
        """Return the plan at the new school."""
        found = plans.plan(self.session, self.new, taken.plan_id)
        assert found is not None
        return found


@pytest.fixture
def move(session: Session) -> Move:
    """Return a plan that was finalised and given at the old school."""
    old, new = two_schools(session)
    jobs = RecordedJobs()
    pupil_id = tell(session, old, at_old_school(), jobs=jobs)
    plan = finalised(session, old, pupil_id, jobs)
    give_all(session, plan, jobs, on=TODAY)
    return Move(session, old, new, pupil_id, plan, jobs)


def text_of(session: Session, tenant: Tenant, plan_id: str) -> list[str]:
    """Return the lines of a plan's Welsh Word file, without who maintains it now."""
    made = rendered_plan(session, tenant, plan_id, edition=1, form="docx", language="cy")
    assert made is not None
    file = WordFile(BytesIO(made))
    lines = [paragraph.text for paragraph in file.paragraphs]
    lines += [
        " | ".join(cell.text for cell in row.cells) for table in file.tables for row in table.rows
    ]
    return sorted(line for line in lines if not line.startswith("Cynhelir gan"))


def shapes(session: Session, tenant: Tenant, plan_id: str) -> list[tuple[str, object]]:
    """Return the fields of an edition in their order, the parts of each in theirs."""
    held = plans.edition_content(session, tenant, plan_id, 1)
    assert held is not None
    return [
        (key, list(entry["value"].items()) if isinstance(entry["value"], dict) else entry["value"])
        for key, entry in held["fields"].items()
        if key not in {"person.school", "person.la"}
    ]


def test_a_plan_goes_on_in_another_authority_with_its_edition_and_its_period(move: Move) -> None:
    pupil = move.arrived()
    made = move.made()
    later = NOW + timedelta(days=40)
    taken = move.take(made.archive, now=later)
    row = move.row(taken)
    assert (taken.fresh, taken.pupil_id, row.pupil_id) == (True, pupil, pupil)
    assert (row.status, row.edition, row.maintained_by) == ("given", 1, "school")
    assert (row.has_aln, row.finalised_on) == (True, TODAY)
    assert (row.first_given_on, row.period_start_on) == (TODAY, TODAY)
    assert row.review_by_on == date(2027, 11, 19) == move.plan.review_by_on
    assert shapes(move.session, move.new, row.id) == shapes(move.session, move.old, move.plan.id)
    assert text_of(move.session, move.new, row.id) == text_of(move.session, move.old, move.plan.id)


def test_both_sides_keep_the_basis_the_consent_and_the_key(move: Move) -> None:
    move.arrived()
    made = move.made()
    move.take(made.archive)
    out = plan_bundles.of_plan(move.session, move.old, move.plan.id)
    into = move.session.scalars(select(PlanBundleRow).where(move.new.owns(PlanBundleRow))).all()
    for rows, other, who in ((out, NEW, "person:mair"), (into, "660/4001", "person:gwen")):
        assert [
            (row.other_body, row.lawful_basis, row.consent, row.key_id, row.digest, row.recorded_by)
            for row in rows
        ] == [(other, ORDER.lawful_basis, ORDER.consent, made.key_id, made.digest, who)]
    for la in ("660", "661"):
        assert audit.verify(move.session, la).first_bad is None


def test_nothing_personal_stands_in_the_audit_or_in_the_file_name(move: Move) -> None:
    move.arrived()
    made = move.made()
    move.take(made.archive)
    facts = move.session.scalars(
        select(AuditEventRow).where(AuditEventRow.la.in_(("660", "661")))
    ).all()
    written = " ".join(f"{row.action} {row.subject} {json.dumps(row.facts)}" for row in facts)
    for personal in ("Canary", "Aled", UPN, "reading", "2015-03-02"):
        assert personal not in written + made.file_name + repr(made)


def test_the_same_order_is_the_same_bundle_and_one_row(move: Move) -> None:
    first, again = move.made(), move.made(now=NOW + timedelta(hours=3))
    assert again.archive == first.archive
    assert len(plan_bundles.of_plan(move.session, move.old, move.plan.id)) == 1
    other = move.made(Order("661/4002", ORDER.lawful_basis, ORDER.consent))
    assert other.digest != first.digest
    assert len(plan_bundles.of_plan(move.session, move.old, move.plan.id)) == 2


def test_a_plan_that_is_not_finalised_is_not_bundled(move: Move) -> None:
    known = at_old_school(upn=None, upn_status=UpnStatus.MISSING)
    second = tell(
        move.session, move.old, replace(known, source=replace(known.source, record_id="A9")),
        jobs=move.jobs,
    )  # fmt: skip
    who = visitor_of(move.old)
    draft = plan_editing.begin(move.session, who, second, None, now=NOW)
    with pytest.raises(NotBundled, match="not been finalised"):
        packed(move.session, move.old, draft, ORDER, now=NOW)


def test_what_this_product_would_not_take_in_it_does_not_send(move: Move) -> None:
    held = plans.content(move.session, move.plan)
    held["fields"]["aln.impact"]["value"] = "x" * 20_001
    plans.save(
        move.session, move.plan, held, act="revise", by="test", at=NOW, edition=move.plan.edition
    )
    with pytest.raises(NotBundled, match="see fields"):
        packed(move.session, move.old, move.plan.id, ORDER, now=NOW)


def test_another_tenants_plan_does_not_exist(move: Move) -> None:
    assert packed(move.session, move.new, move.plan.id, ORDER, now=NOW) is None


@pytest.mark.parametrize(
    ("order", "at_fault"),
    [
        (replace(ORDER, made_for=" "), "made_for"),
        (replace(ORDER, lawful_basis=""), "lawful_basis"),
        (replace(ORDER, consent=""), "consent"),
        (replace(ORDER, consent="x" * 501), "consent"),
        (replace(ORDER, lawful_basis="two\nlines"), "lawful_basis"),
    ],
)
def test_an_order_without_its_statements_is_refused(
    move: Move, order: Order, at_fault: str
) -> None:
    with pytest.raises(NotBundled) as refused:
        packed(move.session, move.old, move.plan.id, order, now=NOW)
    assert refused.value.field == at_fault


def test_schools_of_one_authority_trust_its_own_key_even_a_retired_one(move: Move) -> None:
    sister = add_school(move.session, "660/4002")
    tell(
        move.session,
        sister,
        a_pupil("S1", school="660/4002", upn=UPN, upn_status=VALID),
        jobs=move.jobs,
    )
    made = move.made(Order("660/4002", "reg. 15", "none"))
    authority_keys.retire(move.session, "660", made.key_id, by="operator", now=NOW)
    taken = take_in(
        move.session, sister, made.archive, Wanted(), by="person:x", now=NOW, jobs=move.jobs
    )  # fmt: skip
    assert taken.fresh


def test_a_revision_here_is_the_next_edition_and_goes_on_to_the_next_body(move: Move) -> None:
    move.arrived()
    row = move.row(move.take(move.made().archive))
    who = visitor_of(move.new)

    def desk() -> PlanDesk:
        found = plans.plan(move.session, move.new, row.id)
        assert found is not None
        return PlanDesk(move.session, who, row.id, found.version, NOW, move.jobs)

    reviewing.begin_review(desk(), TODAY, asked_by="parent")
    plan_editing.save(desk(), {"aln.impact": "Written tasks take as long as for others."})
    reviewing.revise(desk(), TODAY, {"alp[0]": "met"})
    give_all(move.session, row, move.jobs, on=TODAY)
    authority_keys.make(move.session, "661", by="operator", now=NOW)
    order = Order("660/4001", "reg. 15", "none")
    onward = packed(move.session, move.new, row.id, order, now=NOW)
    assert onward is not None
    data = read(verify(onward.archive).files["plan.json"])
    assert (data.edition, {copy.edition for copy in data.copies}) == (2, {1, 2})
    desk_of_old = PlanDesk(
        move.session, visitor_of(move.old), move.plan.id, move.plan.version, NOW, move.jobs
    )  # fmt: skip
    plan_acts.transfer(desk_of_old, NEW, TODAY)
    back = take_in(
        move.session, move.old, onward.archive, Wanted(frozenset({onward.key_id})),
        by="person:mair", now=NOW, jobs=move.jobs,
    )  # fmt: skip
    assert (back.fresh, back.edition) == (True, 2)


def test_one_key_signs_at_a_time_and_its_private_half_is_sealed(session: Session) -> None:
    add_school(session)
    with pytest.raises(NoSigningKey):
        authority_keys.signing_key(session, "660")
    with pytest.raises(KeyRefused):
        authority_keys.make(session, "999", by="operator", now=NOW)
    first = authority_keys.make(session, "660", by="operator", now=NOW)
    with pytest.raises(KeyRefused, match="one at a time"):
        authority_keys.make(session, "660", by="operator", now=NOW)
    private = authority_keys.signing_key(session, "660").private_bytes_raw()
    row = session.scalars(select(AuthorityKeyRow).where(Tenant("660").owns(AuthorityKeyRow))).one()
    assert private not in row.sealed_private_key
    assert private.hex() not in repr(first) + first.pem
    authority_keys.retire(session, "660", first.key_id[:8], by="operator", now=NOW)
    second = authority_keys.make(session, "660", by="operator", now=NOW + timedelta(days=1))
    assert [(key.key_id, key.state) for key in authority_keys.listed(session, "660")] == [
        (second.key_id, "active"),
        (first.key_id, "retired"),
    ]
    assert authority_keys.own_key_ids(session, "660") == {first.key_id, second.key_id}
    add_school(session, "661/4001")
    with pytest.raises(KeyRefused):
        authority_keys.retire(session, "661", first.key_id, by="operator", now=NOW)
    assert authority_keys.listed(session, "661") == []
