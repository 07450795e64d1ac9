"""Writes the function that makes a plan: its head, its pupil's key, its targets."""

from __future__ import annotations

from mappings.emitter import Emitter
from mappings.list_writer import write_list
from mappings.rules import Rule
from mappings.writer import Writer


def write_plan(writer: Writer) -> str:
    """Return the source of `apply` and of the list functions that it calls."""
    lists = {name: write_list(writer, rule) for name, rule in writer.rules.lists.items()}
    out = Emitter(writer.bound)
    out.line("on = c.on")
    writer.key(out, "plan_id", "rid")
    with out.block("if rid is None:"):
        out.line("rid = c.record_id")
    with out.block("if rid is None:"):
        out.line("raise rejection('required', 'plan_id', None)")
    out.line("out = {'plan_id': rid}")
    write_owner(writer, out)
    for key in writer.catalogue.scalars:
        if key == "stage" and key in writer.rules.scalars:
            _stage(writer, out, writer.rules.scalars[key])
        elif key != "plan_id" and "." not in key:
            writer.top(out, key)
    if "targets" in lists:
        out.line(f"targets = {lists['targets']}(t, c, on, flags, issues, missing)")
        # A plan that sends no target at all is a plan all the same.
        out.line("out['targets'] = [] if targets is ABSENT else distinct(targets)")
        with out.block("if targets is ABSENT:"):
            out.line("missing.append('targets')")
    else:
        out.line("missing.append('targets')")
        out.line("out['targets'] = []")
    out.line("return out")
    writer.add_function("apply(t, c, flags, issues, missing)", out)
    return writer.source()


def _stage(writer: Writer, out: Emitter, rule: Rule) -> None:
    find = out.value(rule, "t", "v")
    with out.block("if v is ABSENT:"):
        out.line("missing.append('stage')")
    with out.block("else:"):
        out.line("out['stage_raw'] = raw_code(v)")
        policy = out.bind(rule.unknown)
        call = f"known_stage(out['stage_raw'], 'stage', {find}, on, {policy}, flags, issues)"
        out.line(f"out['stage'] = {call}")
        writer.required(out, rule, "out['stage']")


def write_owner(writer: Writer, out: Emitter) -> None:
    """Write the table by which the pupil is known to whom the record belongs."""
    out.line("g = {}")
    upn = writer.rules.scalars.get("pupil.upn")
    if upn:
        out.value(upn, "t", "v")
        out.line("g['upn'], g['upn_status'], v = judge(v)")
        with out.block("if v is not None:"):
            out.line("flags.append(v)")
    else:
        out.line("g['upn_status'] = 'missing'")
        out.line("missing.append('pupil.upn')")
    for key in writer.catalogue.scalars:
        if not key.startswith("pupil.") or key == "pupil.upn":
            continue
        rule = writer.rules.scalars.get(key)
        if rule is None:
            out.line(f"missing.append({key!r})")
        else:
            writer.leaf(out, rule, f"g[{key.partition('.')[2]!r}]", f"missing.append({key!r})")
    out.line("out['pupil'] = g")
