"""Writes the function that makes one row of what was delivered, or attended."""

from __future__ import annotations

from mappings.emitter import Emitter
from mappings.plan_writer import write_owner
from mappings.writer import Writer


def write_delivery(writer: Writer) -> str:
    """Return the source of `apply`; what the row comes to is settled at its end."""
    out = Emitter(writer.bound)
    out.line("on = c.on")
    writer.key(out, "row_id", "rid")
    with out.block("if rid is None:"):
        out.line("rid = c.record_id")
    with out.block("if rid is None:"):
        out.line("raise rejection('required', 'row_id', None)")
    out.line("out = {'row_id': rid}")
    write_owner(writer, out)
    for key in writer.catalogue.scalars:
        if key != "row_id" and "." not in key:
            writer.top(out, key)
    out.line("settle_delivery(out, issues)")
    out.line("return out")
    writer.add_function("apply(t, c, flags, issues, missing)", out)
    return writer.source()
