"""What a bundle's plan says, as this school keeps it: word for word, with whence it came."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from sqlalchemy.orm import Session

from mis_bridge.documents.bundles import Bundle
from mis_bridge.domain.idp import DraftField, Origin, Value, fields_to_json
from mis_bridge.domain.idp_form import FORMS, Form
from mis_bridge.services.bundles.bundled_plan import BundledPlan
from mis_bridge.services.papers.forms import FormProblem, form_of
from mis_bridge.services.plans.editing import is_field
from mis_bridge.storage.tenants import Tenant

RECEIVED: Final = "received"


def content_of(bundle: Bundle, plan: BundledPlan, form: Form) -> dict[str, Any]:
    """Return the plan's content here: taken from the bundle, confirmed by nobody of this school."""
    record = record_of(bundle)
    fields = {
        key: replace(
            field,
            origin=Origin(record, key),
            confirmed_by=record if field.confirmed_by is not None else None,
        )
        for key, field in _known_fields(plan, form, record).items()
    }
    return {
        "fields": fields_to_json(fields),
        "appendix": [dict(entry) for entry in plan.appendix],
        "left_out": [],
        RECEIVED: {
            "plan_id": plan.plan_id,
            "edition": plan.edition,
            "form_version": plan.form_version,
            "key_id": bundle.key_id,
            "fields": {
                key: {
                    "origin": {"record": field.origin.record, "path": field.origin.path},
                    "confirmed_by": field.confirmed_by,
                }
                for key, field in plan.fields.items()
            },
        },
    }


def record_of(bundle: Bundle) -> str:
    """Name the bundle's signer where a source record, or a person, is named."""
    return f"bundle:{bundle.key_id[:16]}"


def _known_fields(plan: BundledPlan, form: Form, record: str) -> dict[str, DraftField]:
    """Return the fields that the form here has; any other goes into the record of information.

    An authority's own form may ask for more. Nothing of it is lost, and nothing is guessed.
    """
    known = {
        key: replace(field, value=_named(field.value, plan))
        for key, field in plan.fields.items()
        if is_field(form, key)
    }
    numbers = [int(found[1]) for key in known if (found := _RECORD.fullmatch(key))]
    following = max(numbers, default=-1) + 1
    for key in sorted(plan.fields.keys() - known.keys()):
        field, label = plan.fields[key], plan.labels.get(key)
        entry = {
            "source": f"{label.en} / {label.cy}" if label else key,
            "summary": _as_text(field.value),
        }
        known[f"record[{following}]"] = DraftField(entry, Origin(record, key), "copied")
        following += 1
    return known


_RECORD = re.compile(r"record\[(\d+)\]", re.ASCII)


def _named(value: Value, plan: BundledPlan) -> Value:
    """Write out the name that a code of the sender's has; here nobody may know the code."""
    called = plan.names.get(value) if isinstance(value, str) else None
    return {"en": called.en, "cy": called.cy} if called else value


def _as_text(value: Value) -> str:
    match value:
        case bool():
            return "Yes / Ie" if value else "No / Nage"
        case str():
            return value
    return "\n".join(value.values())


def form_here(session: Session, tenant: Tenant, plan: BundledPlan) -> Form:
    """Return the form that the plan was written with, where it is known here; else the shipped one.

    Schools of one authority have its own versions of the form in common.
    """
    try:
        return form_of(session, tenant, plan.form_id, plan.form_version)
    except FormProblem:
        return FORMS[plan.form_id]
