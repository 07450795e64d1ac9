"""A notice: who receives it and why, its letters, and what a person must settle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from mis_bridge.domain.words import Words
from mis_bridge.services import giving, notices
from mis_bridge.services.giving import GivingRefused
from mis_bridge.services.letter_pages import letters_of
from mis_bridge.services.message_pages import BY_HAND, channel_words, message_page, next_step
from mis_bridge.services.notice_access import reader_of
from mis_bridge.services.notice_pages import notice_page
from mis_bridge.services.notices import NoticeRefused
from mis_bridge.services.pages import place_of
from mis_bridge.services.recipients import (
    ConfirmRefused,
    newly_entitled,
    settle_person,
    tell_newly_entitled,
)
from mis_bridge.services.sessions import Visitor
from mis_bridge.web.entries import Entered, entered
from mis_bridge.web.refusals import NotFoundPage
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("notices", __name__)


_ANSWER: Final = Words(
    "Say whether this person receives the notice.", "Nodwch a yw'r person hwn yn cael yr hysbysiad."
)
_WAY: Final = Words("Choose in which way.", "Dewiswch ym mha ffordd.")
_REASON: Final = Words(
    "Write why it is sent again, in 2,000 characters at most; it is part of the record.",
    "Ysgrifennwch pam y mae'n cael ei anfon eto, mewn 2,000 o nodau ar y mwyaf; mae'n rhan o'r "
    "cofnod.",
)
_MAX_REASON: Final = 2000


@blueprint.get("/notices/<notice_id>")
def show(notice_id: str) -> Response:
    """Show who receives a notice, who does not, and why."""
    return _page(notice_id, 200)


@blueprint.get("/notices/<notice_id>/letters")
def preview(notice_id: str) -> str:
    """Show the letters as they go out, in both languages side by side."""
    place = around()
    with place.sessions.begin() as session:
        who = _reader(session, notice_id)
        found = notice_page(session, who, notice_id)
        letters = letters_of(session, who, notice_id, place.clock())
        where = place_of(session, visitor().tenant)
    return render_template("letters.html", notice=found, letters=letters, place=where)


@blueprint.post("/notices/<notice_id>/people")
def confirm(notice_id: str) -> AnyResponse:
    """Settle whether somebody whom the record leaves open receives the notice."""
    place = around()
    form = entered("person", "answer", "reason")
    if form.text("answer") not in {"yes", "no"}:
        form.errors["answer"] = _ANSWER
        return _page(notice_id, 422, form)
    try:
        with place.sessions.begin() as session:
            settle_person(
                session,
                _reader(session, notice_id),
                notice_id,
                person=form.text("person"),
                receives=form.text("answer") == "yes",
                reason=form.text("reason"),
                now=place.clock(),
                jobs=place.jobs,
            )
    except ConfirmRefused as refused:
        form.errors[refused.field] = refused.words
        return _page(notice_id, 422, form)
    return redirect(url_for("notices.show", notice_id=notice_id), 303)


@blueprint.post("/notices/<notice_id>/further")
def tell_further(notice_id: str) -> AnyResponse:
    """Give the notice also to whoever is to be told today and has no copy."""
    place = around()
    entered()
    with place.sessions.begin() as session:
        who = _reader(session, notice_id)
        tell_newly_entitled(session, who, notice_id, now=place.clock(), jobs=place.jobs)
    return redirect(url_for("notices.show", notice_id=notice_id), 303)


@blueprint.get("/notices/<notice_id>/messages/<message_id>")
def message(notice_id: str, message_id: str) -> Response:
    """Show one copy: how it stands, and what can be recorded about it."""
    return _message_page(notice_id, message_id, 200)


@blueprint.post("/notices/<notice_id>/messages/<message_id>/given")
def give(notice_id: str, message_id: str) -> AnyResponse:
    """Record how and when one copy was given."""
    form = entered("way", dates=("given_on",))
    on = form.wanted_day("given_on")
    if form.text("way") not in BY_HAND:
        form.errors["way"] = _WAY

    def act(session: Session, who: Visitor) -> None:
        place = around()
        if on is not None:
            giving.give(
                session,
                who.tenant,
                message_id,
                on=on,
                way=form.text("way"),
                by=who.actor,
                now=place.clock(),
                jobs=place.jobs,
            )

    return _acted(notice_id, message_id, form, act)


@blueprint.post("/notices/<notice_id>/messages/<message_id>/again")
def send_again(notice_id: str, message_id: str) -> AnyResponse:
    """Send the notice to the same person once more, for the reason that is stated."""
    form = entered("reason", "channel")
    reason = form.text("reason").strip()
    if not reason or len(reason) > _MAX_REASON:
        form.errors["reason"] = _REASON
    if not form.text("channel"):
        form.errors["channel"] = _WAY

    def act(session: Session, who: Visitor) -> None:
        place = around()
        notices.send_again(
            session,
            who.tenant,
            message_id,
            reason=reason,
            by=who.actor,
            now=place.clock(),
            jobs=place.jobs,
            channel=form.text("channel"),
        )

    return _acted(notice_id, message_id, form, act)


def _acted(
    notice_id: str, message_id: str, form: Entered, act: Callable[[Session, Visitor], None]
) -> AnyResponse:
    """Do it to one copy in one transaction; show the copy again where it is refused."""
    if form.errors:
        return _message_page(notice_id, message_id, 422, form)
    place = around()
    try:
        with place.sessions.begin() as session:
            who = _reader(session, notice_id)
            if message_page(session, who, notice_id, message_id, place.clock()) is None:
                raise NotFoundPage
            act(session, who)
    except GivingRefused as refused:
        form.errors[refused.field] = refused.words
        return _message_page(notice_id, message_id, 422, form)
    except NoticeRefused as refused:
        form.errors["channel"] = refused.words
        return _message_page(notice_id, message_id, 422, form)
    return redirect(url_for("notices.show", notice_id=notice_id), 303)


def _message_page(
    notice_id: str, message_id: str, status: int, form: Entered | None = None
) -> Response:
    place = around()
    with place.sessions.begin() as session:
        who = _reader(session, notice_id)
        found = message_page(session, who, notice_id, message_id, place.clock())
        where = place_of(session, visitor().tenant)
    if found is None:
        raise NotFoundPage
    page = render_template(
        "message.html",
        page=found,
        place=where,
        today=place.today(),
        form=form or Entered({}),
        channel_words=channel_words,
    )
    return make_response(page, status)


def _page(notice_id: str, status: int, form: Entered | None = None) -> Response:
    place = around()
    with place.sessions.begin() as session:
        who = _reader(session, notice_id)
        found = notice_page(session, who, notice_id)
        where = place_of(session, visitor().tenant)
        further = newly_entitled(session, who, notice_id, place.today())
    page = render_template(
        "notice.html",
        notice=found,
        place=where,
        form=form or Entered({}),
        further=further,
        next_step=next_step,
        channel_words=channel_words,
    )
    return make_response(page, status)


def _reader(session: Session, notice_id: str) -> Visitor:
    who = reader_of(session, visitor(), notice_id)
    if who is None:
        raise NotFoundPage
    return who
