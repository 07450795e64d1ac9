"""Writing a plan: what is saved, merged, kept while typing, refused; nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from mis_bridge.storage import plans
from mis_bridge.storage.database import sessions
from tests.support.databases import BOTH
from tests.support.plan_writer import WHOLE, PlanWriter, finalised, on, provision
from tests.support.school_day import HEAD, TENANT, SchoolDay
from tests.support.site_fixtures import a_day_on

NOBODY = {"name": "", "role": "", "basis": "", "address": "", "language": ""}


@pytest.fixture(params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return a world that the test may change."""
    with a_day_on(request.param) as world:
        yield world


@pytest.fixture
def one() -> Iterator[SchoolDay]:
    """Return a world on SQLite, for what does not turn on the database."""
    with a_day_on("sqlite") as world:
        yield world


def values(day: SchoolDay, plan_id: str) -> dict[str, object]:
    """Return what the plan holds, by field."""
    with sessions(day.database).begin() as session:
        row = plans.plan(session, TENANT, plan_id)
        assert row is not None
        fields = plans.content(session, row)["fields"]
        return {key: field["value"] for key, field in fields.items()}


def two_writers(day: SchoolDay) -> tuple[PlanWriter, PlanWriter]:
    """Return the ALNCo and the head at the same plan."""
    alnco = PlanWriter.begin(day, day.sign_in())
    return alnco, PlanWriter(day.sign_in(HEAD), alnco.plan_id)


def test_two_people_write_and_what_each_changed_stands(day: SchoolDay) -> None:
    alnco, head = two_writers(day)
    seen = head.form("/edit/aln")
    assert alnco.write("aln", {"impact": "Cannot follow the board"}).status_code == 303
    assert head.send("aln", seen | {"description": "Reading is slow"}).status_code == 303
    held = values(day, alnco.plan_id)
    assert held["aln.impact"] == "Cannot follow the board"
    assert held["aln.description"] == "Reading is slow"


def test_a_field_that_two_people_changed_is_shown_and_settled(day: SchoolDay) -> None:
    alnco, head = two_writers(day)
    seen = head.form("/edit/aln")
    assert alnco.write("aln", {"impact": "Theirs"}).status_code == 303
    met = head.send("aln", seen | {"impact": "Mine <b>", "description": "Also mine"})
    assert met.status_code == 409
    for shown in ("Theirs", "Mine &lt;b&gt;", "Person alnco-1", "What is saved now"):
        assert shown in met.text
    held = values(day, alnco.plan_id)
    assert (held["aln.impact"], held["aln.description"]) == ("Theirs", "Also mine")
    kept = head.look()
    assert "You have text here that is not saved yet." in kept
    assert "Mine &lt;b&gt;" in head.look("/edit/aln?kept=1")
    version = re.search(r'name="version" value="(\d+)"', met.text)
    assert version is not None
    fields = {"version": version[1], "count": "1", "key-0": "aln.impact", "text-0": "Both of us"}
    open_still = head.browser.post(head.page, f"{head.page}/settle", fields)
    assert open_still.status_code == 422
    done = head.browser.post(head.page, f"{head.page}/settle", fields | {"choice-0": "other"})
    assert done.status_code == 303
    assert values(day, alnco.plan_id)["aln.impact"] == "Both of us"
    assert "not saved yet" not in head.look()


@pytest.mark.parametrize(("choice", "stands"), [("mine", "Mine"), ("saved", "Theirs")])
def test_either_wording_may_stand(choice: str, stands: str, one: SchoolDay) -> None:
    alnco, head = two_writers(one)
    seen = head.form("/edit/travel")
    assert alnco.write("travel", {"travel": "Theirs"}).status_code == 303
    met = head.send("travel", seen | {"travel": "Mine"})
    version = re.search(r'name="version" value="(\d+)"', met.text)
    assert version is not None
    fields = {
        "version": version[1], "count": "1", "key-0": "travel", "text-0": "Mine",
        "choice-0": choice,
    }  # fmt: skip
    assert head.browser.post(head.page, f"{head.page}/settle", fields).status_code == 303
    assert values(one, alnco.plan_id)["travel"] == stands
    assert "not saved yet" not in head.look()


def test_two_people_who_add_at_the_same_time_add_two(day: SchoolDay) -> None:
    alnco, head = two_writers(day)
    mine, theirs = alnco.form("/edit/alp-new"), head.form("/edit/alp-new")
    assert alnco.send("alp-new", mine | provision(outcome="First")).status_code == 303
    assert head.send("alp-new", theirs | provision(outcome="Second")).status_code == 303
    held = values(day, alnco.plan_id)
    assert {held["alp[1].outcome"], held["alp[2].outcome"]} == {"First", "Second"}
    rows = alnco.form("/edit/timeline"), head.form("/edit/timeline")
    for writer, form, event in ((alnco, rows[0], "Moved"), (head, rows[1], "Met")):
        sent = form | on("timeline-new-date", 3, 9) | {"timeline-new-event": event}
        assert writer.send("timeline", sent).status_code == 303
    held = values(day, alnco.plan_id)
    assert [held["timeline[0]"], held["timeline[1]"]] == [
        {"date": "2026-09-03", "event": "Moved"},
        {"date": "2026-09-03", "event": "Met"},
    ]


def test_what_is_typed_is_kept_for_its_writer_alone_and_offered_again(day: SchoolDay) -> None:
    alnco, head = two_writers(day)
    typed = alnco.form("/edit/profile") | {"admire": "I am fun"}
    address = f"{alnco.page}/typing/profile"
    kept = alnco.browser.post(alnco.page, address, typed)
    assert kept.status_code == 200
    assert kept.get_json() == {"said": "Kept at 09:00"}
    also = alnco.form("/edit/travel") | {"travel": "A taxi"}
    assert alnco.browser.post(alnco.page, f"{alnco.page}/typing/travel", also).status_code == 200
    assert values(day, alnco.plan_id)["profile.admire"] != "I am fun"
    seen = head.look() + head.look("/edit/profile")
    assert "Somebody else is writing:" in seen
    assert "Person alnco-1" in seen
    assert "I am fun" not in seen
    page = alnco.look()
    assert "You have text here that is not saved yet." in page
    assert f"{alnco.page}/edit/profile?kept=1" in page
    assert f"{alnco.page}/edit/travel?kept=1" in page
    again = alnco.form("/edit/profile?kept=1")
    assert again["admire"] == "I am fun"
    assert alnco.send("profile", again).status_code == 303
    assert values(day, alnco.plan_id)["profile.admire"] == "I am fun"
    # What was kept of another page is still there, until it is discarded.
    assert alnco.form("/edit/travel?kept=1")["travel"] == "A taxi"
    drop = {"section": "travel", "version": alnco.version()}
    assert alnco.browser.post(alnco.page, f"{alnco.page}/discard", drop).status_code == 303
    assert "not saved yet" not in alnco.look()
    assert "Somebody else is writing" not in head.look()


def test_without_a_script_a_button_keeps_it(one: SchoolDay) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    answer = writer.write("alp-new", WHOLE | {"outcome": "Half a sen"}, do="keep")
    assert answer.status_code == 303
    back = writer.look("/edit/alp-new?kept=1")
    assert "Kept at 09:00" in back
    assert "Half a sen" in back
    assert "alp[1].outcome" not in values(one, writer.plan_id)
    assert writer.send("alp-new", writer.form("/edit/alp-new?kept=1")).status_code == 303
    assert values(one, writer.plan_id)["alp[1].outcome"] == "Half a sen"
    assert "not saved yet" not in writer.look()


def test_what_was_typed_is_still_there_when_the_plan_may_no_longer_be_changed(
    one: SchoolDay,
) -> None:
    writer = finalised(one, one.sign_in())
    typed = {"version": writer.version(), "add": "", "travel": "A taxi"}
    address = f"{writer.page}/typing/travel"
    assert writer.browser.post(writer.page, address, typed).status_code == 200
    page = writer.look("/edit/travel?kept=1")
    assert "Begin a review to change it" in page
    assert "A taxi" in page


def test_what_cannot_be_read_as_a_day_is_kept_without_it_and_refused_when_saved(
    one: SchoolDay,
) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    typed = writer.form("/edit/alp-0") | {"outcome": "Reads"} | on("from", 31, 2)
    kept = writer.browser.post(writer.page, f"{writer.page}/typing/alp-0", typed)
    assert kept.status_code == 200
    refused = writer.send("alp-0", typed)
    assert refused.status_code == 422
    assert 'href="#from-day"' in refused.text
    assert "Reads" in refused.text
    assert 'value="31"' in refused.text
    assert "alp[0].outcome" not in values(one, writer.plan_id)


def test_a_page_sent_back_untouched_changes_nothing(one: SchoolDay) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    before, version = values(one, writer.plan_id), writer.version()
    for section in ("person", "contacts", "plan", "profile", "aln", "alp-0", "record", "travel"):
        assert writer.write(section, {}).status_code == 303, section
    assert values(one, writer.plan_id) == before
    assert writer.version() == version


@pytest.mark.parametrize(
    "extra", [{"status": "finalised"}, {"alp[0].provision": "x"}, {"due_date": "1"}]
)
def test_a_field_too_many_refuses_the_form(extra: dict[str, str], one: SchoolDay) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    before = values(one, writer.plan_id)
    answer = writer.write("aln", {"impact": "x"} | extra)
    assert answer.status_code in {400, 422}
    assert values(one, writer.plan_id) == before


def test_an_entry_is_changed_taken_out_and_added_on_one_page(one: SchoolDay) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    more = writer.form("/edit/contacts?add=1")
    added = {f"contacts-new-{part}": value for part, value in NOBODY.items()}
    sent = more | added | {
        "contacts-0-name": "Rhian C", "contacts-1-remove": "yes",
        "contacts-new-name": "Sian Efa", "contacts-new-role": "case_friend",
    }  # fmt: skip
    assert writer.send("contacts", sent).status_code == 303
    held = values(one, writer.plan_id)
    assert "contacts[1]" not in held
    first, new = held["contacts[0]"], held["contacts[2]"]
    assert isinstance(first, dict)
    assert first["name"] == "Rhian C"
    assert first["role"] == "mother"
    assert new == {"name": "Sian Efa", "role": "case_friend"}


def test_a_changed_summary_loses_the_translation_of_the_old_one(one: SchoolDay) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    assert writer.write("record", {"record-0-summary": "Written anew"}).status_code == 303
    entry = values(one, writer.plan_id)["record[0]"]
    assert isinstance(entry, dict)
    assert entry["summary"] == "Written anew"
    assert "summary_cy" not in entry


def test_a_provision_is_taken_out_whole_and_the_version_before_still_holds_it(
    one: SchoolDay,
) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    assert writer.write("alp-0", provision()).status_code == 303
    assert writer.write("alp-0", {}, do="remove").status_code == 303
    assert not [key for key in values(one, writer.plan_id) if key.startswith("alp[")]
    number = re.search(r'/versions/(\d+)"', writer.look())
    assert number is not None
    page = writer.look(f"/versions/{number[1]}")
    assert "three times a week" in page
    assert "taken out" in page


def test_nhs_provision_asks_what_the_nhs_body_says_and_is_locked_once_finalised(
    one: SchoolDay,
) -> None:
    writer = finalised(one, one.sign_in())
    assert "Begin a review to change it" in writer.look("/edit/health_alp-new")
    fresh = PlanWriter.begin(one, one.sign_in("alnco-2", "dep-2"), "660/4002")
    health = provision() | {"nhs_body": "Bwrdd Iechyd"}
    refused = fresh.write("health_alp-new", health)
    assert refused.status_code == 422
    assert 'href="#nhs_agreed"' in refused.text or "NHS body has identified" in refused.text
    assert fresh.write("health_alp-new", health | {"nhs_agreed": "yes"}).status_code == 303
    assert "Bwrdd Iechyd" in fresh.look()


def test_a_school_is_told_why_it_names_no_place(one: SchoolDay) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    page = writer.look("/edit/place")
    assert "Only a local authority&#39;s plan names a place" in page
    assert 'name="named"' not in page
    sent = {"version": "1", "add": "", "named": "X", "board_and_lodging": ""}
    assert writer.send("place", sent).status_code == 422


def test_what_could_be_more_specific_is_marked_with_a_reason_and_blocks_nothing(
    one: SchoolDay,
) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    vague = provision(provision="Access to support as required", outcome="Better reading")
    answer = writer.write("alp-0", vague | {"measure": "We will see"}, do="check")
    assert answer.status_code == 303
    assert answer.location == f"{writer.page}/edit/alp-0"
    page = writer.look("/edit/alp-0")
    assert "<mark>Access to</mark>" in page
    assert "<mark>as required</mark>" in page
    assert "It does not say who provides it" in page
    assert "It does not say by when" in page
    assert "Could be more specific:" in writer.look()
    welsh = writer.look("/edit/alp-0?lang=cy")
    assert "Nid yw&#39;n dweud pwy sy&#39;n ei darparu" in welsh
    assert writer.write("alp-0", provision()).status_code == 303
    assert "<mark>" not in writer.look("/edit/alp-0?lang=en")


def test_values_of_an_earlier_record_are_confirmed_one_by_one_or_as_a_page(one: SchoolDay) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    assert "not confirmed" in writer.look()
    answer = writer.write("aln", {"impact": "x", "confirm": "yes"})
    assert answer.status_code == 303
    assert "Confirm: Description" not in re.sub(r"\s+", " ", writer.look())
    seen = writer.version()
    other = PlanWriter(one.sign_in(HEAD), writer.plan_id)
    assert other.write("alp-0", {"provision": "Changed meanwhile"}).status_code == 303
    sent = {"version": seen, "keys": "alp[0].provision alp[0].measure", "back": "alp"}
    assert writer.browser.post(writer.page, f"{writer.page}/confirm", sent).status_code == 303
    writer.confirm_all()
    assert "not confirmed" not in writer.look()


def test_the_form_goes_only_to_its_own_session(one: SchoolDay) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    address = f"{writer.page}/typing/aln"
    bare = writer.browser.client.post(address, data={"version": "1", "impact": "x"})
    assert bare.status_code == 403
    stranger = one.sign_in("alnco-2", "dep-2")
    fields = {"version": "1", "add": "", "description": "x", "impact": "x"}
    assert stranger.post("/plans", address, fields).status_code == 404
    assert values(one, writer.plan_id).get("aln.impact") is None
