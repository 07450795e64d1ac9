"""A Welsh page holds no English: rendered in a made-up language, every text must be marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from lxml import html

from mis_bridge.domain.people_sheets import SHEETS
from mis_bridge.domain.words import Words
from tests.support.school_day import ADMIN, ALNCO, LA, SCHOOL, SchoolDay, message_of
from tests.support.site_fixtures import a_day_on

MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[^\W\d_]{2,}")
# Names and codes of the invented world: data, which is shown as it is.
OURS = frozenset(
    re.findall(
        r"\w+",
        "Angharad Aled Canary Rhian Owain Row Street Other Trefddychmygol rhian example test "
        "Person alnco head teacher admin English Cymraeg wonde webhook event iep https mis bridge "
        "client portal standard "
        # The older plan, and the places in it.
        "Kind and curious Read words of right Reading group Teaching assistant Daily Paired "
        "reading LIT strengths targets provision criteria command school dob contacts name stage",
    )
)
CODE = re.compile(r"\b(?:[A-Z]+-[A-Z0-9-]+|\w+_\w+|mb-[0-9a-f]+)\b")
PAGES = ("tasks", "task", "consent", "pupil", "people", "draft", "notice", "copy", "letters")
# What ends something is offered only where there is something to end.
ENDINGS = frozenset({"case-friend-removed", "representative-ended", "consent-withdrawn"})
ADMIN_PAGES = (
    "/la/",
    "/la/people",
    "/la/connections",
    "/la/mappings",
    "/la/subscriptions",
    "/tasks",
)


def marked(text: str) -> str:
    """Return a text of the made-up language."""
    return f"⟦{text.replace('⟦', '').replace('⟧', '')}⟧"


def in_no_language(value: object) -> str:
    """Show a domain text or a date in the made-up language."""
    if isinstance(value, Words):
        return marked(value.cy)
    return marked(value.isoformat()) if isinstance(value, date | datetime) else ""


def gettext(text: str) -> str:
    """Translate, keeping the places to fill outside the mark: what fills them is data."""
    return re.sub(r"(%\(\w+\)s)", r"⟧\1⟦", marked(text))


def render_in_no_language(world: SchoolDay) -> None:
    """Make every page of a world come in the made-up language."""
    pages = world.app.jinja_env
    pages.install_gettext_callables(  # type: ignore[attr-defined] # added by the extension
        gettext, lambda one, many, n: gettext(one if n == 1 else many), newstyle=True
    )
    pages.filters |= dict.fromkeys(
        ("said", "day", "moment", "short_moment", "instant"), in_no_language
    )
    pages.globals["service_name"] = lambda: marked("service")


@pytest.fixture(scope="module")
def day() -> Iterator[SchoolDay]:
    """Return a world whose pages are rendered in the made-up language."""
    with a_day_on("sqlite") as world:
        render_in_no_language(world)
        yield world


def unmarked(page: str) -> set[str]:
    """Return the words of a page that are in no element of a named language, and are no data."""
    tree = html.document_fromstring(page)
    named = tree.xpath("//body//*[@lang] | //script | //style | //code")
    assert isinstance(named, list)
    for element in named:
        assert isinstance(element, html.HtmlElement)
        element.drop_tree()
    found = tree.xpath("//body//text() | //title//text() | //@aria-label | //@title")
    assert isinstance(found, list)
    left = CODE.sub(" ", " ".join(MARKED.sub(" ", str(text)) for text in found))
    return {word for word in WORD.findall(left) if word not in OURS}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_school_is_wholly_translated(page: str, day: SchoolDay) -> None:
    address = {
        "tasks": "/tasks",
        "task": f"/tasks/{day.tasks[SCHOOL]}",
        "consent": f"/tasks/{day.tasks['consent']}",
        "pupil": f"/pupils/{day.pupils[SCHOOL]}",
        "draft": f"/drafts/{day.drafts[SCHOOL]}",
        "notice": f"/notices/{day.notices[SCHOOL]}",
        "people": f"/pupils/{day.pupils[SCHOOL]}/people",
        "copy": f"/notices/{day.notices[SCHOOL]}/messages/{message_of(day, SCHOOL)}",
        "letters": f"/notices/{day.notices[SCHOOL]}/letters",
    }[page]
    answer = day.sign_in(ALNCO).get(f"{address}?lang=cy")
    assert answer.status_code == 200
    assert unmarked(answer.text) == set()


@pytest.mark.parametrize("sheet_id", sorted({*SHEETS} - ENDINGS))
def test_a_sheet_about_somebody_is_wholly_translated(sheet_id: str, day: SchoolDay) -> None:
    address = f"/pupils/{day.pupils[SCHOOL]}/people/{sheet_id}"
    answer = day.sign_in(ALNCO).get(f"{address}?lang=cy")
    assert answer.status_code == 200
    assert unmarked(answer.text) == set()


@pytest.mark.parametrize("address", ADMIN_PAGES)
def test_a_page_of_the_authority_is_wholly_translated(address: str, day: SchoolDay) -> None:
    answer = day.sign_in(ADMIN, "dep-la").get(f"{address}?lang=cy")
    assert answer.status_code == 200
    assert unmarked(answer.text) == set()


def test_the_log_of_a_subscription_is_wholly_translated(day: SchoolDay) -> None:
    answer = day.sign_in(ADMIN, "dep-la").get(f"/la/subscriptions/{day.subscriptions[LA]}?lang=cy")
    assert answer.status_code == 200
    assert unmarked(answer.text) == set()


def test_a_text_that_nobody_translated_would_be_found(day: SchoolDay) -> None:
    page = day.sign_in(ALNCO).get("/tasks?lang=cy").text
    assert unmarked(page.replace("</h1>", "</h1><p>Forgotten text</p>")) == {"Forgotten", "text"}
