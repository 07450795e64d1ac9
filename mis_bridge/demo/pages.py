"""The demo MIS's pages: schools, the roll, a pupil's record, the embedded tool, the log."""

from __future__ import annotations

from flask import Flask, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from mis_bridge.demo.forms import as_form, read_form
from mis_bridge.demo.roll import DemoPupil
from mis_bridge.demo.system import DemoMis
from mis_bridge.demo.world import DemoSchool, Staff
from mis_bridge.domain.words import Language


def page_language() -> Language:
    """Return the language of the page that is being made: that of its address, else English."""
    return "cy" if g.get("language") == "cy" else "en"


def add_pages(app: Flask, mis: DemoMis, front_language: Language) -> None:
    """Add every page to the application; `/` leads to the one in `front_language`."""
    _add_roll_pages(app, mis, front_language)
    _add_pupil_pages(app, mis)
    _add_tool_pages(app, mis)


def _school(mis: DemoMis, estab: str) -> DemoSchool:
    return mis.authority.school(estab) or abort(404)


def _pupil(mis: DemoMis, school: DemoSchool, record_id: str) -> DemoPupil:
    return mis.rolls[school.estab].get(record_id) or abort(404)


def _add_roll_pages(app: Flask, mis: DemoMis, front_language: Language) -> None:
    @app.get("/")
    def front_door() -> BaseResponse:
        return redirect(url_for("schools", language=front_language), 303)

    @app.get("/<any(cy,en):language>/")
    def schools() -> str:
        return render_template("schools.html")

    @app.get("/<any(cy,en):language>/schools/<estab>")
    def roll(estab: str) -> str:
        school = _school(mis, estab)
        return render_template(
            "roll.html", school=school, pupils=mis.rolls[estab].all(), left="left" in request.args
        )

    @app.get("/<any(cy,en):language>/log")
    def log() -> str:
        return render_template("log.html", entries=mis.journal.entries())


def _add_pupil_pages(app: Flask, mis: DemoMis) -> None:
    @app.get("/<any(cy,en):language>/schools/<estab>/pupils/<record_id>")
    def pupil(estab: str, record_id: str) -> str:
        school = _school(mis, estab)
        found = _pupil(mis, school, record_id)
        return render_template(
            "pupil.html",
            school=school,
            pupil=found,
            form=as_form(found, mis.today()),
            problems={},
            outcome=request.args.get("outcome"),
        )

    @app.post("/<any(cy,en):language>/schools/<estab>/pupils/<record_id>")
    def change(estab: str, record_id: str) -> BaseResponse | tuple[str, int]:
        school = _school(mis, estab)
        found = _pupil(mis, school, record_id)
        filled = read_form(request.form, found, mis.today())
        if filled.edit is None or filled.noticed_on is None:
            page = render_template(
                "pupil.html",
                school=school,
                pupil=found,
                form=request.form,
                problems=filled.problems,
                outcome=None,
            )
            return page, 422
        sent = mis.edit(school, record_id, filled.edit, filled.noticed_on)
        outcome = "saved" if sent else "unchanged"
        return redirect(url_for("pupil", estab=estab, record_id=record_id, outcome=outcome), 303)

    @app.post("/<any(cy,en):language>/schools/<estab>/pupils/<record_id>/leave")
    def leave(estab: str, record_id: str) -> BaseResponse:
        school = _school(mis, estab)
        _pupil(mis, school, record_id)
        mis.leave(school, record_id)
        return redirect(url_for("roll", estab=estab, left="yes"), 303)


def _add_tool_pages(app: Flask, mis: DemoMis) -> None:
    def framed(person: Staff, school: DemoSchool | None) -> str:
        """Show the tool in a frame; the second address serves the link to a new window."""
        addresses = [mis.platform.initiate(person, school, page_language()) for _ in range(2)]
        return render_template("tool.html", school=school, person=person, addresses=addresses)

    @app.get("/<any(cy,en):language>/schools/<estab>/tool/<role>")
    def tool(estab: str, role: str) -> str:
        school = _school(mis, estab)
        return framed(school.person(role) or abort(404), school)

    @app.get("/<any(cy,en):language>/authority")
    def authority() -> str:
        return framed(mis.authority.officer, None)
