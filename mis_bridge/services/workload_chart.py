"""A work-load as one SVG: bars a week, stacked by school, that a screen reader can read out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from mis_bridge.domain.words import Language, Words
from mis_bridge.services.simulate import Week, Workload

# Each colour keeps 3:1 against white; the pattern tells schools apart without colour.
_COLOURS = ("#1d70b8", "#00703c", "#912b88", "#b58840", "#d4351c", "#28a197")
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 960, 360, 56, 48, 72
_TITLE = Words(
    "Decisions and reviews due, by week",
    "Penderfyniadau ac adolygiadau sy'n ddyledus, fesul wythnos",
)
_SUMMARY = Words(
    "From {first} to {last}: {total} due. The busiest week starts on {peak} with {most}.",
    "O {first} i {last}: {total} yn ddyledus. Mae'r wythnos brysuraf yn dechrau ar {peak} gyda "
    "{most}.",
)
_NOTHING = Words(
    "From {first} to {last}: nothing is due.", "O {first} i {last}: nid oes dim yn ddyledus."
)
_BAR = Words(
    "Week of {week}, {school}: {due} due, {open} open",
    "Wythnos {week}, {school}: {due} yn ddyledus, {open} ar agor",
)
_AXIS = Words("due in the week", "yn ddyledus yn yr wythnos")


def chart(workload: Workload, language: Language) -> str:
    """Draw the weeks; the title and the description say in words what the bars show."""
    mondays = sorted({week.starts_on for week in workload.weeks})
    schools = sorted({week.school for week in workload.weeks})
    totals = dict.fromkeys(mondays, 0)
    for week in workload.weeks:
        totals[week.starts_on] += week.due
    most = max(totals.values(), default=0)
    body = [
        _head(workload, totals, language),
        *_patterns(len(schools)),
        *_scale(most),
        f'<text x="8" y="{_TOP - 16}" font-size="14">{escape(_AXIS.in_(language))}</text>',
        *_bars(workload.weeks, mondays, schools, max(most, 1), language),
        *_days(mondays),
        *_legend(schools),
        "</svg>",
    ]
    return "\n".join(body) + "\n"


def _head(workload: Workload, totals: dict[date, int], language: Language) -> str:
    peak = max(totals, key=lambda monday: (totals[monday], -monday.toordinal()), default=None)
    said = _NOTHING if peak is None or not totals[peak] else _SUMMARY
    summary = said.fill(
        first=workload.first,
        last=workload.last,
        total=sum(totals.values()),
        peak=peak,
        most=totals[peak] if peak else 0,
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="group" '
        f'lang="{language}" aria-labelledby="title summary" font-family="arial, sans-serif">\n'
        f'<title id="title">{escape(_TITLE.in_(language))}</title>\n'
        f'<desc id="summary">{escape(summary.in_(language))}</desc>\n'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>'
    )


def _patterns(count: int) -> list[str]:
    """Hatch the bars of each school in its own direction, upon its own colour."""
    return [
        "<defs>",
        *(
            f'<pattern id="school{n}" width="8" height="8" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate({n * 30})"><rect width="8" height="8" '
            f'fill="{_COLOURS[n % len(_COLOURS)]}"/><path d="M0 0V8" stroke="#ffffff" '
            f'stroke-width="{1 + n // len(_COLOURS)}"/></pattern>'
            for n in range(count)
        ),
        "</defs>",
    ]


def _scale(most: int) -> list[str]:
    step = max(1, -(-most // 4))
    lines: list[str] = []
    for value in range(0, most + step, step):
        y = _y(value, max(most, 1))
        if y < _TOP:
            break
        lines.append(
            f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - 16}" stroke="#b1b4b6"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" font-size="12" text-anchor="end">{value}</text>'
        )
    return lines


def _bars(
    weeks: Sequence[Week],
    mondays: Sequence[date],
    schools: Sequence[str],
    most: int,
    language: Language,
) -> list[str]:
    room = (_WIDTH - _LEFT - 16) / max(len(mondays), 1)
    below = dict.fromkeys(mondays, 0)
    bars: list[str] = []
    for week in weeks:
        if not week.due:
            continue
        base = below[week.starts_on]
        below[week.starts_on] = base + week.due
        x = _LEFT + mondays.index(week.starts_on) * room + room * 0.1
        top, bottom = _y(base + week.due, most), _y(base, most)
        said = _BAR.fill(week=week.starts_on, school=week.school, due=week.due, open=week.open).in_(
            language
        )
        bars.append(
            f'<rect x="{x:.1f}" y="{top:.1f}" width="{room * 0.8:.1f}" '
            f'height="{bottom - top:.1f}" fill="url(#school{schools.index(week.school)})" '
            f'stroke="#0b0c0c" role="img" aria-label={quoteattr(said)}><title>{escape(said)}'
            f"</title></rect>"
        )
    return bars


def _days(mondays: Sequence[date]) -> list[str]:
    """Write every few Mondays under the axis, as many as there is room for."""
    room = (_WIDTH - _LEFT - 16) / max(len(mondays), 1)
    every = max(1, round(56 / room))
    return [
        f'<text x="{_LEFT + n * room + room / 2:.1f}" y="{_HEIGHT - _BOTTOM + 20}" font-size="11" '
        f'text-anchor="middle">{monday.day}/{monday.month}/{monday.year % 100:02d}</text>'
        for n, monday in enumerate(mondays)
        if n % every == 0
    ]


def _legend(schools: Sequence[str]) -> list[str]:
    return [
        f'<rect x="{_LEFT + n % 6 * 150}" y="{_HEIGHT - 34 + n // 6 * 18}" width="12" height="12" '
        f'fill="url(#school{n})" stroke="#0b0c0c"/><text x="{_LEFT + 18 + n % 6 * 150}" '
        f'y="{_HEIGHT - 24 + n // 6 * 18}" font-size="12">{escape(school)}</text>'
        for n, school in enumerate(schools[:12])
    ]


def _y(value: int, most: int) -> float:
    return _HEIGHT - _BOTTOM - value / most * (_HEIGHT - _BOTTOM - _TOP)
