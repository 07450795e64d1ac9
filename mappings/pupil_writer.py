"""Writes the function that makes a pupil's record, key by key in the order of the contract."""

from __future__ import annotations

from mappings.emitter import Emitter
from mappings.list_writer import write_list
from mappings.rules import Means, Rule
from mappings.writer import Writer


def write_pupil(writer: Writer) -> str:
    """Return the source of `apply` and of the list functions that it calls."""
    lists = {name: write_list(writer, rule) for name, rule in writer.rules.lists.items()}
    out = Emitter(writer.bound)
    out.line("on = c.on")
    _identity(writer, out)
    writer.group(out, "name")
    _preferred_names(writer, out)
    for key in ("dob", "sex", "nc_year"):
        writer.top(out, key)
    out.line("age_flag(out.get('dob'), on, flags)")
    with out.block("if out.get('dob') is None and nobody(out):"):
        out.line("raise rejection('nobody', 'name', None)")
    _list(out, lists, "registrations")
    _provision(writer, out, lists)
    with out.block("if needs is not ABSENT:"):
        out.line("out['needs'] = settle_needs(needs, on, flags)")
    writer.group(out, "support_levels")
    writer.group(out, "looked_after")
    writer.top(out, "first_language")
    writer.top(out, "correspondence_language")
    _list(out, lists, "contacts")
    with out.block("if contacts is not ABSENT:"):
        out.line("out['contacts'] = settle_contacts(contacts, flags)")
    writer.group(out, "idp")
    # A plan of which the source tells nothing is no plan: the table is left out, and is supplied.
    with out.block("if 'idp' in out and not any(out['idp'].values()):"):
        out.line("del out['idp']")
    if writer.grouped:
        with out.block("if repeated_rows(t):"):
            out.line("flags.append('duplicate_record')")
    out.line("return out")
    writer.add_function("apply(t, c, flags, issues, missing)", out)
    return writer.source()


def _identity(writer: Writer, out: Emitter) -> None:
    writer.key(out, "source.record_id", "rid")
    with out.block("if rid is None:"):
        out.line("rid = c.record_id")
    with out.block("if rid is None:"):
        out.line("raise rejection('required', 'source.record_id', None)")
    out.line(
        "out = {'schema': SCHEMA, 'source': {'vendor': c.vendor, 'school': c.school, "
        "'record_id': rid, 'read_at': c.read_at}}"
    )
    stamp = writer.rules.scalars.get("source.changed_at")
    if stamp:
        out.value(stamp, "t", "v")
        with out.block("if v is not ABSENT:"):
            out.line("out['changed_at'] = read_stamp(v)")
    upn = writer.rules.scalars.get("upn")
    if upn:
        out.value(upn, "t", "v")
        out.line("out['upn'], out['upn_status'], v = judge(v)")
        with out.block("if v is not None:"):
            out.line("flags.append(v)")
        writer.required(out, upn, "out['upn']")
    else:
        out.line("missing.append('upn')")
        out.line("out['upn_status'] = 'missing'")
    writer.top(out, "former_upn")
    with out.block("if out.get('former_upn') is not None:"):
        out.line("out['former_upn'] = judge(out['former_upn'])[0]")
        out.line("flags.append('former_upn')")
    writer.top(out, "uln")


def _preferred_names(writer: Writer, out: Emitter) -> None:
    parts = [
        part for part in ("forename", "surname") if f"name.preferred_{part}" in writer.rules.scalars
    ]
    if not parts:
        return
    with out.block("if 'name' in out:"):
        out.line("g = out['name']")
        for part in parts:
            told = f"g.get('preferred_{part}')"
            with out.block(f"if {told} is not None and {told} == g.get('legal_{part}'):"):
                out.line(f"g['preferred_{part}'] = None")


def _list(out: Emitter, lists: dict[str, str], name: str) -> None:
    if name not in lists:
        out.line(f"missing.append({name!r})")
        out.line(f"{name} = ABSENT")
        return
    out.line(f"{name} = {lists[name]}(t, c, on, flags, issues, missing)")
    with out.block(f"if {name} is ABSENT:"):
        out.line(f"missing.append({name!r})")
    if name == "registrations":
        with out.block("else:"):
            out.line("out['registrations'] = registrations")


def _provision(writer: Writer, out: Emitter, lists: dict[str, str]) -> None:
    history = writer.rules.lists.get("provision_history")
    rule = writer.rules.scalars.get("provision.type")
    if history is None:
        out.line("missing.append('provision_history')")
        out.line("provision_history = ABSENT")
        out.line("all_sent = False")
    else:
        call = f"{lists['provision_history']}(t, c, on, flags, issues, missing)"
        out.line(f"provision_history, all_sent = {call}")
    out.line("status = ABSENT")
    out.line("inferred = False")
    if rule is not None:
        _status(writer, out, rule)
    _list(out, lists, "needs")
    if history is not None:
        # Where one of its blocks was not sent, the history is not whole, and is not shown.
        with out.block(f"if all_sent and {history.complete}:"):
            out.line("shown = provision_history")
        with out.block("else:"):
            out.line("missing.append('provision_history')")
            out.line("shown = ABSENT")
    if history is None and rule is None:
        out.line("missing.append('provision')")
        return
    no_row = out.bind(history.no_row) if history is not None else "None"
    told = "status, inferred, provision_history, all_sent"
    out.line(f"v = settle_provision({told}, {no_row}, needs, on, flags)")
    with out.block("if v is ABSENT:"):
        out.line("missing.append('provision')")
    with out.block("else:"):
        out.line("out['provision'] = v")
        with out.block("if v['start'] is ABSENT:"):
            out.line("del v['start']")
            out.line("missing.append('provision.start')")
        with out.block("if v['raw_code'] is None and v['type'] == 'none':"):
            out.line("del v['raw_code']")
            out.line("missing.append('provision.raw_code')")
    if history is not None:
        with out.block("if shown is not ABSENT:"):
            out.line("out['provision_history'] = shown")


def _status(writer: Writer, out: Emitter, rule: Rule) -> None:
    start = writer.rules.scalars.get("provision.start")
    if start is not None:
        writer.leaf(out, start, "start", "start = ABSENT")
        out.line("day = start if start.__class__ is str else on")
    else:
        out.line("start = ABSENT")
        out.line("day = on")
    find = out.value(rule, "t", "v")
    with out.block("if v is not ABSENT:"):
        out.line("raw = raw_code(v)")
        head = "if"
        for state, policy in (("raw is None", rule.when_null), ("raw == ''", rule.when_empty)):
            with out.block(f"{head} {state}:"):
                _blank_status(out, rule, policy)
            head = "elif"
        with out.block("else:"):
            unknown = out.bind(rule.unknown)
            out.line(f"v = typed(raw, 'provision.type', {find}, day, {unknown}, flags, issues)")
            out.line("status = {'type': v, 'raw_code': raw, 'start': start}")


def _blank_status(out: Emitter, rule: Rule, policy: object) -> None:
    if isinstance(policy, Means):
        meaning = out.bind(policy.value)
        out.line(f"status = {{'type': {meaning}, 'raw_code': None, 'start': start}}")
        out.line("inferred = True")
    elif policy == "reject":
        out.line(f"raise rejection('blank_rejected', {rule.key!r}, v)")
    else:
        # A null or empty status counts only where no history says more: see `settling`.
        out.line("status = {'type': 'unknown', 'raw_code': raw, 'start': start}")
