"""A draft individual development plan from the register alone, where no earlier plan is held.

What a register says is history and a hint: a stage is no finding, and a census category is never
evidence that the pupil has ALN.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from mis_bridge.domain.draft_sheet import (
    Sheet,
    form_for,
    note_consent,
    open_fields,
    put_person,
    put_school,
    register_record,
)
from mis_bridge.domain.idp import Gap, IdpDraft
from mis_bridge.domain.idp_gaps import no_provision
from mis_bridge.domain.labels import need_label, provision_label
from mis_bridge.domain.pupil import Provision, ProvisionType, Pupil
from mis_bridge.domain.words import Words

NO_IEP = "no_iep"
_REGISTER = Words("School register", "Cofrestr yr ysgol")
_STAGE = Words(
    "The register records the stage {stage}; history only",
    "Mae'r gofrestr yn cofnodi'r cam {stage}; hanes yn unig",
)
_STAGE_UNTIL = Words(
    "The register records the stage {stage} until {end}; history only",
    "Mae'r gofrestr yn cofnodi'r cam {stage} hyd {end}; hanes yn unig",
)
_NEED = Words(
    "The register gives the census category {need}; a category is no evidence, and describes "
    "nothing",
    "Mae'r gofrestr yn rhoi categori'r cyfrifiad {need}; nid yw categori'n dystiolaeth ac nid yw'n "
    "disgrifio dim",
)
_SUPPORT = Words(
    "The register gives the levels of support: {levels}; history only",
    "Mae'r gofrestr yn rhoi'r lefelau cymorth: {levels}; hanes yn unig",
)
_REASONS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "person.name": Words("The register names nobody", "Nid yw'r gofrestr yn enwi neb"),
        "person.dob": Words(
            "The register gives no date of birth", "Nid yw'r gofrestr yn rhoi dyddiad geni"
        ),
        "person.upn": Words(
            "The register holds no unique pupil number",
            "Nid yw'r gofrestr yn dal rhif disgybl unigryw",
        ),
        "aln.impact": Words(
            "The register does not say how any needs affect learning",
            "Nid yw'r gofrestr yn dweud sut mae unrhyw anghenion yn effeithio ar ddysgu",
        ),
    }
)
_NO_EARLIER_PLAN = Words(
    "No earlier plan is held, and the register describes no provision",
    "Ni chedwir cynllun blaenorol, ac nid yw'r gofrestr yn disgrifio darpariaeth",
)


def draft_from_register(
    pupil: Pupil, plan_id: str, *, school: str | None = None, on: date
) -> IdpDraft:
    """Return a draft of what the register holds of a pupil; everything else is a gap.

    `plan_id` names the draft, `on` is the day of conversion. Identity, contacts and language are
    copied; stages and census categories go into the record of information alone. Nothing is phrased
    as if the decision that the pupil has ALN had been made.

    Source: Additional Learning Needs and Education Tribunal (Wales) Act 2018 ss. 10, 11, 12;
    S.I. 2021/1243 art. 21 (regard to the provision made just before).
    """
    form = form_for(pupil, on)
    sheet = Sheet(register_record(pupil), flags=[NO_IEP])
    put_person(sheet, pupil, on)
    put_school(sheet, school)
    sheet.note_upn(pupil.upn_status)
    note_consent(sheet, pupil.dob, on)
    _stages(sheet, pupil)
    _hints(sheet, pupil)
    nothing = no_provision()
    sheet.gaps.append(Gap(nothing.field, _NO_EARLIER_PLAN, nothing.source))
    sheet.gaps.extend(open_fields(sheet, form, _REASONS))
    return IdpDraft(
        plan_id,
        form,
        pupil.upn,
        pupil.source.record_id,
        pupil.name.known_as or None,
        sheet.fields,
        (),
        (),
        tuple(sheet.gaps),
        tuple(dict.fromkeys(sheet.flags)),
    )


def _stages(sheet: Sheet, pupil: Pupil) -> None:
    """Keep every stage that the register tells of, the one in force first."""
    known: list[tuple[str, Provision]] = []
    if pupil.provision:
        known.append(("provision", pupil.provision))
    for at, spell in enumerate(pupil.provision_history):
        if all((spell.type, spell.start) != (one.type, one.start) for _, one in known):
            known.append((f"provision_history[{at}]", spell))
    for path, spell in known:
        if spell.type is ProvisionType.NONE:
            continue
        words = _STAGE_UNTIL if spell.end else _STAGE
        sheet.note(
            path,
            words.fill(stage=_stage(spell), end=spell.end),
            source=_REGISTER,
            on=spell.start,
            confidence="copied",
        )


def _stage(spell: Provision) -> Words:
    raw = spell.raw_code
    if spell.type is ProvisionType.UNKNOWN and raw:
        return Words(raw, raw)
    return provision_label(spell.type) or Words(spell.type, spell.type)


def _hints(sheet: Sheet, pupil: Pupil) -> None:
    for at, need in enumerate(pupil.needs):
        raw = need.raw_code if need.type == "unknown" else None
        label = Words(raw, raw) if raw else need_label(need.type)
        if label:
            sheet.note(
                f"needs[{at}]",
                _NEED.fill(need=label),
                source=_REGISTER,
                on=need.start,
                confidence="hint",
            )
    levels = pupil.support_levels
    told = [levels.curriculum, levels.grouping, levels.resources, levels.advice] if levels else []
    if any(told):
        shown = "; ".join(level for level in told if level)
        sheet.note(
            "support_levels", _SUPPORT.fill(levels=shown), source=_REGISTER, confidence="hint"
        )
