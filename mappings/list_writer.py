"""Writes the function that reads one list of the record: its rows, and a leaf for each column."""

from __future__ import annotations

from mappings.emitter import Emitter
from mappings.rules import ListRule, Rule
from mappings.writer import Writer

# Lists whose first column is a code with the raw code beside it.
_TYPED = frozenset({"provision_history", "needs"})


def write_list(writer: Writer, rule: ListRule) -> str:
    """Add the function to the writer and return its name."""
    name = f"list_{len(writer.functions)}"
    parts = [(part, number) for part in (rule, *rule.also) for number in _numbers(part)]
    columns = [column.name for column in writer.catalogue.lists[rule.name].columns]
    mapped = [
        column
        for column in columns
        if any(one.key == f"{rule.name}.{column}" for part, _ in parts for one in part.columns)
    ]
    out = Emitter(writer.bound)
    history = rule.name == "provision_history"
    out.line("items = []")
    out.line("sent = False")
    out.line("all_sent = True")
    out.line("strange = False")
    for column in mapped:
        out.line(f"s_{column} = False")
    for part, number in parts:
        _write_part(writer, out, part, number, mapped)
    # A place on a roll that cannot be named is not a place: better not supplied than empty.
    # And a block with nothing in it that can be read does not say that there is nothing.
    nothing = "not items" if rule.name == "registrations" else "not sent or (strange and not items)"
    with out.block(f"if {nothing}:"):
        out.line("return ABSENT, False" if history else "return ABSENT")
    absent = [column for column in columns if column not in mapped]
    with out.block(f"if all_sent and {rule.complete}:" if history else "if sent:"):
        for column in absent:
            out.line(f"missing.append({f'{rule.name}.{column}'!r})")
    with out.block("if items:"):
        for column in mapped:
            if _must_show(rule, column):
                with out.block(f"if not s_{column}:"):
                    out.line(f"drop(items, {column!r})")
                    told = f"missing.append({f'{rule.name}.{column}'!r})"
                    with out.block(f"if all_sent and {rule.complete}:" if history else "if sent:"):
                        out.line(told)
    out.line("return items, all_sent" if history else "return items")
    writer.add_function(f"{name}(t, c, on, flags, issues, missing)", out)
    return name


def _numbers(rule: ListRule) -> tuple[int | None, ...]:
    return tuple(range(rule.numbers[0], rule.numbers[1] + 1)) if rule.numbers else (None,)


def _must_show(rule: ListRule, column: str) -> bool:
    typed = rule.name in _TYPED and column == "type"
    return not typed and not (rule.name == "registrations" and column == "status")


def _write_part(
    writer: Writer, out: Emitter, rule: ListRule, number: int | None, mapped: list[str]
) -> None:
    rows = out.fresh("r")
    each = rule.each.numbered(number) if number is not None else rule.each
    out.rows(each, "t", rows)
    with out.block(f"if {rows} is not ABSENT:"):
        out.line("sent = True")
        with out.block(f"for x in {rows}:"):
            with out.block("if x.__class__ is not dict:"):
                with out.block("if x is not None and x != '':"):
                    out.line(f"flags.append({f'unreadable_value:{rule.name}'!r})")
                    out.line(f"issues.append(unreadable({rule.name!r}, x))")
                    out.line("strange = True")
                out.line("continue")
            for condition in rule.where:
                with out.block(f"if not {out.condition(condition, 'x')}:"):
                    out.line("continue")
            _write_row(writer, out, rule, number, mapped)
    with out.block("else:"):
        out.line("all_sent = False")


def _write_row(
    writer: Writer, out: Emitter, rule: ListRule, number: int | None, mapped: list[str]
) -> None:
    by_name = {column.key.rpartition(".")[2]: column for column in rule.columns}
    if number is not None:
        by_name = {name: column.numbered(number) for name, column in by_name.items()}
    typed = by_name.get("type") if rule.name in _TYPED else None
    for name in mapped:
        column = by_name.get(name)
        if column is None:
            out.line(f"c_{name} = {'unknown' if name == 'relationship' else None!r}")
            if name == "area_of_need":
                out.line("c_area_of_need_raw = None")
        elif column is not typed:
            _write_cell(writer, out, rule, name, column)
    plain = [name for name in mapped if not (rule.name in _TYPED and name == "type")]
    empty = " and ".join(f"c_{name} in NOTHING_SAID" for name in plain) or "True"
    if typed is not None:
        find = out.value(typed, "x", "v")
        out.line("raw = raw_code(v)")
        with out.block(f"if not raw and {empty}:"):
            out.line("continue")
        day = "(c_start if c_start.__class__ is str else on)" if "start" in plain else "on"
        policy = out.bind(typed.unknown)
        out.line(f"c_type = typed(raw, {typed.key!r}, {find}, {day}, {policy}, flags, issues)")
    else:
        with out.block(f"if {empty}:"):
            out.line("continue")
    if rule.name == "registrations":
        with out.block("if c_status is None or c.school is None:"):
            out.line("continue")
    shown = [name for name in mapped if name != "type" or typed is None]
    if "area_of_need" in mapped:
        shown.append("area_of_need_raw")
    cells = ", ".join(f"{name!r}: c_{name}" for name in shown)
    head = "'type': c_type, 'raw_code': raw, " if typed is not None else ""
    if rule.name == "registrations":
        head = "'school': c.school, "
    out.line(f"items.append({{{head}{cells}}})")


def _write_cell(writer: Writer, out: Emitter, rule: ListRule, name: str, column: Rule) -> None:
    find = out.value(column, "x", "v")
    with out.block("if v is ABSENT:"):
        out.line(f"c_{name} = {'unknown' if name == 'relationship' else None!r}")
        if name == "area_of_need":
            out.line("c_area_of_need_raw = None")
        if column.when_absent == "null":
            out.line(f"s_{name} = True")
        elif column.when_absent == "reject" or column.required:
            out.line(f"raise rejection('blank_rejected', {column.key!r}, v)")
    with out.block("else:"):
        out.line(f"s_{name} = True")
        if name == "area_of_need":
            policy = out.bind(column.unknown)
            out.line("raw = raw_code(v)")
            out.line("c_area_of_need_raw = raw")
            call = f"known_area(raw, {column.key!r}, {find}, on, {policy}, flags, issues)"
            out.line(f"c_{name} = {call}")
        elif rule.name == "provision_history" and name in {"start", "end"}:
            out.line(f"c_{name} = date_or_doubt(v, {column.key!r}, flags, issues)")
        else:
            out.line(f"c_{name} = {writer.converted(out, column, find)}")
        if column.required:
            with out.block(f"if c_{name} is None:"):
                out.line(f"raise rejection('required', {column.key!r}, v)")
