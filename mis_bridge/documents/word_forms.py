"""An authority's own Word form: read when it comes in, filled for a plan, both in a cage.

The cage is a process of its own with an empty environment, without files or connections, and with
limits on time, memory and output.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mis_bridge.documents.plan_papers import PlanPaper
from mis_bridge.documents.problems import DocumentProblem
from mis_bridge.documents.word_names import context_of, field_keys, names_of, notice_of
from mis_bridge.documents.word_packages import Finding, package_faults
from mis_bridge.domain.idp_form import Form
from mis_bridge.domain.words import Language, Words

WALL_SECONDS = 20
_TAGS: Mapping[Language, str] = {"en": "en-GB", "cy": "cy-GB"}


class TemplateRefused(DocumentProblem):
    """A Word template cannot be used; `findings` say what is wrong, where, and what to do."""

    def __init__(self, words: Words, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(words)
        self.findings = findings


@dataclass(frozen=True, slots=True)
class TemplateRead:
    """What a template says: its tags, those that Word had split, what of the form it never shows.

    `faults` have to be put right before the template can be used.
    """

    tags: tuple[str, ...]
    split: tuple[str, ...]
    never_shown: tuple[str, ...]
    faults: tuple[Finding, ...]


def read_template(content: bytes, form: Form) -> TemplateRead:
    """Read a Word template without filling it; raises TemplateRefused for a file unfit to open."""
    faults = package_faults(content)
    if faults:
        raise TemplateRefused(_UNFIT, faults)
    head, _body = _caged({"do": "read", "names": names_of(form)}, content)
    read = head["read"]
    shown = set(read["shown"])
    return TemplateRead(
        tuple(read["tags"]),
        tuple(read["split"]),
        tuple(key for key in field_keys(form) if key not in shown),
        tuple(
            Finding(fault["place"], _FAULTS[fault["code"]].fill(detail=fault["detail"]))
            for fault in read["faults"]
        ),
    )


def fill_template(content: bytes, paper: PlanPaper, language: Language) -> bytes:
    """Return a plan in an authority's own Word form; raises TemplateRefused."""
    job = {
        "do": "fill",
        "context": context_of(paper, language),
        "language": _TAGS[language],
        "notice": notice_of(paper),
    }
    _head, body = _caged(job, content)
    return body


def _caged(job: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    written = json.dumps(job).encode()
    with tempfile.TemporaryFile() as out:
        try:
            subprocess.run(
                [sys.executable, "-I", "-m", "mis_bridge.documents.word_child"],
                input=struct.pack(">I", len(written)) + written + content,
                stdout=out,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                timeout=WALL_SECONDS,
                check=True,
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError, BrokenPipeError):
            raise TemplateRefused(_STOPPED) from None
        out.seek(0)
        answer = out.read()
    (length,) = struct.unpack(">I", answer[:4])
    head: dict[str, Any] = json.loads(answer[4 : 4 + length])
    if "fault" in head:
        raise TemplateRefused(_ANSWERS.get(head["fault"], _UNREADABLE))
    return head, answer[4 + length :]


_UNFIT = Words(
    "the Word file is refused; see what was found in it",
    "gwrthodir y ffeil Word; gweler beth a ganfuwyd ynddi",
)
_STOPPED = Words(
    "the template was stopped: it takes too long, or asks for too much; make its loops simpler",
    "stopiwyd y templed: mae'n cymryd gormod o amser, neu'n gofyn am ormod; symleiddiwch ei "
    "ddolenni",
)
_UNREADABLE = Words(
    "the template cannot be read; save it again in Word as .docx",
    "ni ellir darllen y templed; cadwch ef eto yn Word fel .docx",
)
_ANSWERS: Mapping[str, Words] = {
    "security": Words(
        "the template asks for something that no template may have; only the names of the form may "
        "stand in its tags",
        "mae'r templed yn gofyn am rywbeth na chaiff unrhyw dempled ei gael; dim ond enwau'r "
        "ffurflen a gaiff sefyll yn ei dagiau",
    ),
    "memory": _STOPPED,
    "template": Words(
        "a tag of the template cannot be filled; check it with mis-bridge template try",
        "ni ellir llenwi tag o'r templed; gwiriwch ef â mis-bridge template try",
    ),
}
_FAULTS: Mapping[str, Words] = {
    "unknown": Words(
        "{detail} is not known; mis-bridge template names lists what a template may show",
        "nid yw {detail} yn hysbys; mae mis-bridge template names yn rhestru'r hyn y caiff templed "
        "ei ddangos",
    ),
    "not_allowed": Words(
        "this tag does more than show, choose or repeat ({detail}); only {{{{ name }}}}, if and "
        "for are taken",
        "mae'r tag hwn yn gwneud mwy na dangos, dewis neu ailadrodd ({detail}); dim ond "
        "{{{{ enw }}}}, if a for a gymerir",
    ),
    "filter": Words(
        "{detail} is not taken; take it out of the tag",
        "ni chymerir {detail}; tynnwch ef allan o'r tag",
    ),
    "no_list": Words(
        "{detail} is no list, so nothing can be repeated over it",
        "nid rhestr yw {detail}, felly ni ellir ailadrodd dim drosti",
    ),
    "whole": Words(
        "{detail} has parts; show one of them, with a dot and its name",
        "mae rhannau i {detail}; dangoswch un ohonynt, gyda dot a'i enw",
    ),
    "too_deep": Words(
        "loops stand too deep in one another; three is the most",
        "mae dolenni'n rhy ddwfn yn ei gilydd; tair yw'r mwyaf",
    ),
    "half": Words(
        "half a tag: its beginning and its end have to stand in one paragraph",
        "hanner tag: rhaid i'w ddechrau a'i ddiwedd sefyll mewn un paragraff",
    ),
    "raw": Words(
        "{detail} would put unchecked parts into the file; write the tag without the letter",
        "byddai {detail} yn rhoi rhannau heb eu gwirio yn y ffeil; ysgrifennwch y tag heb y "
        "llythyren",
    ),
    "syntax": Words("the tag cannot be read: {detail}", "ni ellir darllen y tag: {detail}"),
    "in_properties": Words(
        "a tag stands in the file's properties; take it out",
        "mae tag ym mhriodweddau'r ffeil; tynnwch ef allan",
    ),
}
