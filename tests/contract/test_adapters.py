"""The contract of every vendor's client, held against its development vendor.

A new vendor inherits all of it by being in the registry; without a development vendor the first
test fails.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.base import (
    ConnectionSettings,
    Item,
    Reading,
    SourceRecord,
    Tombstone,
    VendorClient,
    VendorRefused,
    VendorUnavailable,
)
from adapters.registry import CLIENTS, client
from tests.support.vendors.registry import DEVELOPMENT_VENDORS
from tests.support.vendors.server import TOKEN, DevVendor, Fault


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Take no real time between attempts; return how long would have been waited."""
    waited: list[float] = []
    monkeypatch.setattr("adapters.http.sleep", waited.append)
    return waited


@pytest.fixture(params=sorted(CLIENTS))
def vendor(request: pytest.FixtureRequest) -> Iterator[DevVendor]:
    with DEVELOPMENT_VENDORS[request.param]() as running:
        yield running


def connected(vendor: DevVendor, **changes: object) -> VendorClient:
    return client(vendor.name, vendor.settings(**changes), vendor.options())


def keys(items: list[Item]) -> list[str | None]:
    return [item.record_id for item in items if isinstance(item, SourceRecord)]


def everything(vendor: DevVendor, **changes: object) -> tuple[list[Item], Reading]:
    reading = connected(vendor, **changes).pupils()
    return list(reading), reading


def with_page_fault(name: str) -> list[str]:
    return [key for key, kind in DEVELOPMENT_VENDORS.items() if name in kind.page_faults]


def with_delta() -> list[str]:
    return [key for key, kind in DEVELOPMENT_VENDORS.items() if kind.has_delta]


def test_every_client_has_a_development_vendor() -> None:
    assert set(CLIENTS) == set(DEVELOPMENT_VENDORS)


def test_a_full_pull_gives_every_pupil_once_and_is_complete(vendor: DevVendor) -> None:
    items, reading = everything(vendor)
    assert keys(items) == vendor.ids()
    assert reading.incomplete is None
    assert not reading.partial
    assert len(vendor.ids()) > vendor.page_size or not vendor.page_faults


def test_one_pupil_is_the_same_record_as_in_the_full_pull(vendor: DevVendor) -> None:
    items, _ = everything(vendor)
    third = [item for item in items if isinstance(item, SourceRecord)][2]
    found = connected(vendor).pupil(vendor.ids()[2])
    assert isinstance(found, SourceRecord)
    assert (found.record_id, found.digest) == (third.record_id, third.digest)


def test_a_key_that_the_vendor_does_not_know_is_nobody(vendor: DevVendor) -> None:
    assert connected(vendor).pupil("999999") is None


def test_a_key_cannot_lead_to_another_address(vendor: DevVendor) -> None:
    assert connected(vendor).pupil("../../x?y=1#z") is None


def test_a_withdrawn_key_stops_at_once_and_asks_for_authorisation(vendor: DevVendor) -> None:
    vendor.fault = Fault("unauthorised")
    with pytest.raises(VendorRefused) as refused:
        everything(vendor)
    assert refused.value.needs_reauthorisation
    # At most one fresh token is tried.
    assert sum(1 for request in vendor.requests if not vendor.is_token_request(request)) <= 2


def test_a_wrong_token_is_refused_and_told_to_nobody(vendor: DevVendor) -> None:
    with pytest.raises(VendorRefused) as refused:
        everything(vendor, token="not-the-token")
    assert refused.value.needs_reauthorisation
    assert "not-the-token" not in f"{refused.value!r} {refused.value.words}"


def test_retry_after_is_waited_for(vendor: DevVendor, waits: list[float]) -> None:
    vendor.fault = Fault("too_many_requests", times=1)
    items, reading = everything(vendor)
    assert keys(items) == vendor.ids()
    assert reading.incomplete is None
    assert waits == [7.0]


def test_a_wait_beyond_the_budget_of_the_run_is_not_begun(
    vendor: DevVendor, waits: list[float]
) -> None:
    vendor.fault = Fault("too_many_requests", headers={"Retry-After": "99999999"})
    with pytest.raises(VendorUnavailable) as unavailable:
        everything(vendor, waiting_budget=60.0)
    assert waits == []
    assert unavailable.value.retry_after == 3600


def test_one_error_of_the_server_is_got_over(vendor: DevVendor) -> None:
    vendor.fault = Fault("server_error", times=1)
    items, reading = everything(vendor)
    assert keys(items) == vendor.ids()
    assert reading.incomplete is None


@pytest.mark.parametrize("fault", ["server_error", "html", "truncated"])
def test_a_vendor_that_stays_broken_is_unavailable_after_its_attempts(
    vendor: DevVendor, fault: str
) -> None:
    vendor.fault = Fault(fault)
    with pytest.raises(VendorUnavailable):
        everything(vendor, attempts=2)
    asked = [request for request in vendor.requests if not vendor.is_token_request(request)]
    assert len(asked) == 2


def test_a_trickle_of_bytes_does_not_outlast_the_deadline(vendor: DevVendor) -> None:
    vendor.fault = Fault("slow")
    with pytest.raises(VendorUnavailable):
        everything(vendor, attempts=1, answer_deadline=0.3)


def test_a_redirect_is_refused(vendor: DevVendor) -> None:
    vendor.fault = Fault("redirect")
    with pytest.raises(VendorRefused):
        everything(vendor)


def test_a_wrong_address_is_refused_and_not_an_empty_school(vendor: DevVendor) -> None:
    vendor.fault = Fault("not_found")
    with pytest.raises(VendorRefused):
        everything(vendor)


def test_an_answer_over_the_limit_is_refused(vendor: DevVendor) -> None:
    with pytest.raises(VendorRefused):
        everything(vendor, answer_limit=8)


def test_an_origin_that_the_operator_does_not_trust_is_refused(vendor: DevVendor) -> None:
    with pytest.raises(VendorRefused):
        everything(vendor, trusted_origins=frozenset())
    assert vendor.requests == []


@pytest.mark.parametrize("name", with_page_fault("loop"))
def test_a_failure_after_the_first_page_leaves_the_reading_incomplete(name: str) -> None:
    with DEVELOPMENT_VENDORS[name]() as vendor:
        vendor.fault = Fault("later_pages")
        items, reading = everything(vendor, attempts=1)
        assert reading.incomplete is not None
        assert reading.cursor is None
        assert len(keys(items)) < len(vendor.ids())


@pytest.mark.parametrize("name", with_page_fault("empty_page"))
def test_an_empty_page_that_says_more_follow_is_not_the_end(name: str) -> None:
    with DEVELOPMENT_VENDORS[name]() as vendor:
        vendor.fault = Fault("empty_page")
        items, reading = everything(vendor)
        assert keys(items) == vendor.ids()
        assert reading.incomplete is None


@pytest.mark.parametrize("name", with_page_fault("duplicate_ids"))
def test_a_pupil_on_two_pages_is_handed_out_twice_for_the_mapping_to_count(name: str) -> None:
    with DEVELOPMENT_VENDORS[name]() as vendor:
        vendor.fault = Fault("duplicate_ids")
        items, reading = everything(vendor)
        assert set(keys(items)) == set(vendor.ids())
        assert len(keys(items)) > len(vendor.ids())
        assert reading.incomplete is None


@pytest.mark.parametrize("name", with_page_fault("loop"))
def test_paging_that_goes_round_in_a_circle_ends_and_is_incomplete(name: str) -> None:
    with DEVELOPMENT_VENDORS[name]() as vendor:
        vendor.fault = Fault("loop")
        _, reading = everything(vendor)
        assert reading.incomplete is not None
        assert reading.cursor is None
        assert len(vendor.requests) < 60


@pytest.mark.parametrize("name", with_page_fault("off_host_next"))
def test_a_next_page_on_another_host_is_not_asked_for(name: str) -> None:
    with DEVELOPMENT_VENDORS[name]() as vendor:
        vendor.fault = Fault("off_host_next")
        items, reading = everything(vendor)
        assert reading.incomplete is not None
        assert len(keys(items)) < len(vendor.ids())


@pytest.mark.parametrize("name", with_page_fault("silent_end"))
def test_paging_that_breaks_off_is_incomplete(name: str) -> None:
    with DEVELOPMENT_VENDORS[name]() as vendor:
        vendor.fault = Fault("silent_end")
        _, reading = everything(vendor)
        assert reading.incomplete is not None
        assert reading.cursor is None


@pytest.mark.parametrize("name", with_delta())
def test_after_a_full_pull_only_what_changed_comes(name: str) -> None:
    with DEVELOPMENT_VENDORS[name]() as vendor:
        _, first = everything(vendor)
        assert first.cursor is not None
        changed = vendor.ids()[3]
        vendor.change(changed)
        second = connected(vendor).pupils(first.cursor)
        items = list(second)
        assert keys(items) == [changed]
        assert second.partial
        assert second.incomplete is None
        assert second.cursor is not None


@pytest.mark.parametrize("name", with_delta())
def test_a_deleted_pupil_comes_as_a_tombstone(name: str) -> None:
    with DEVELOPMENT_VENDORS[name]() as vendor:
        _, first = everything(vendor)
        gone = vendor.ids()[3]
        vendor.delete(gone)
        items = list(connected(vendor).pupils(first.cursor))
        assert [item.record_id for item in items if isinstance(item, Tombstone)] == [gone]
        assert gone not in keys(items)
        found = connected(vendor).pupil(gone)
        assert found is None or (isinstance(found, Tombstone) and found.record_id == gone)


@pytest.mark.parametrize("name", with_delta())
def test_nothing_new_is_an_empty_and_complete_delta(name: str) -> None:
    with DEVELOPMENT_VENDORS[name]() as vendor:
        _, first = everything(vendor)
        second = connected(vendor).pupils(first.cursor)
        assert list(second) == []
        assert second.incomplete is None


def test_a_check_of_a_good_connection_finds_everything_granted(vendor: DevVendor) -> None:
    findings = connected(vendor).check()
    assert findings
    assert all(finding.ok for finding in findings)


@pytest.mark.parametrize(
    "name", [key for key, kind in DEVELOPMENT_VENDORS.items() if kind.withholds]
)
def test_a_collection_that_the_school_withholds_is_absent_and_named(name: str) -> None:
    with DEVELOPMENT_VENDORS[name]() as vendor:
        assert vendor.withholds is not None
        collection, into = vendor.withholds
        vendor.withheld.add(collection)
        items, reading = everything(vendor)
        assert keys(items) == vendor.ids()
        assert reading.incomplete is None
        assert all(into not in item.tree for item in items if isinstance(item, SourceRecord))
        findings = {finding.name: finding.ok for finding in connected(vendor).check()}
        assert findings[collection] is False


def test_neither_settings_nor_records_show_what_they_hold(vendor: DevVendor) -> None:
    items, _ = everything(vendor)
    assert TOKEN not in repr(vendor.settings())
    assert isinstance(vendor.settings(), ConnectionSettings)
    first = items[0]
    assert isinstance(first, SourceRecord)
    assert repr(first) == f"SourceRecord({vendor.name}, {first.record_id})"
