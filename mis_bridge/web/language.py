"""The language of the page: chosen by a link, remembered for the person, or that of the MIS."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from babel.dates import format_date
from flask import g, request

from mis_bridge.domain.words import Language, Words
from mis_bridge.services import sessions
from mis_bridge.services.days import day_in_wales, time_in_wales
from mis_bridge.web.surroundings import around

CHOICE: Final = "lang"
LANGUAGES: Final[tuple[Language, ...]] = ("en", "cy")
NAMES: Final[dict[Language, str]] = {"en": "English", "cy": "Cymraeg"}


def settle_language() -> None:
    """Find the language of this request; a choice made by the link is remembered for the person."""
    chosen = _known(request.args.get(CHOICE))
    who = g.get("visitor")
    if chosen is not None and who is not None and who.language != chosen:
        with around().sessions.begin() as session:
            sessions.choose_language(session, who, chosen)
    g.language = chosen or (who.language if who is not None else None) or _asked_by_browser()


def page_language() -> Language:
    """Return the language of this answer."""
    language: Language = g.get("language", "en")
    return language


def other_language() -> Language:
    """Return the language that the page is not in."""
    return "en" if page_language() == "cy" else "cy"


def same_page_in(language: Language) -> str:
    """Return the address of this very page in `language`."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != CHOICE]
    return f"{request.path}?{urlencode([*kept, (CHOICE, language)])}"


def said(words: Words) -> str:
    """Show a text of the domain in the page's language."""
    return words.in_(page_language())


def day(value: date | None) -> str:
    """Write a date out with its weekday: `Tuesday 1 September 2026`."""
    if value is None:
        return ""
    pattern = "EEEE d MMMM y"
    return format_date(value, pattern, locale="cy" if page_language() == "cy" else "en_GB")


def short_moment(value: datetime | None) -> str:
    """Write out shortly the day in Wales on which something happened: `3 Sep 2026`."""
    if value is None:
        return ""
    locale = "cy" if page_language() == "cy" else "en_GB"
    return format_date(day_in_wales(value), "d MMM y", locale=locale)


def moment(value: datetime | None) -> str:
    """Write out the day in Wales on which something happened."""
    return day(day_in_wales(value)) if value is not None else ""


def instant(value: datetime) -> str:
    """Write out day and time in Wales of something that happened."""
    return f"{moment(value)}, {time_in_wales(value)}"


def _known(value: str | None) -> Language | None:
    return next((language for language in LANGUAGES if language == value), None)


def _asked_by_browser() -> Language:
    return _known(request.accept_languages.best_match(LANGUAGES)) or "en"
