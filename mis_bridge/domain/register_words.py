"""The register's codes in the words of a person, in both languages."""

from __future__ import annotations

from mis_bridge.domain.labels import provision_label
from mis_bridge.domain.words import Words

_OTHERS = {
    "idp": Words("IDP", "CDU"),
    "need": Words("a category of need", "categori o angen"),
    "became_looked_after": Words("looked after", "yn derbyn gofal"),
    "ceased_looked_after": Words("no longer looked after", "nid yw'n derbyn gofal bellach"),
    "became_dual_registered": Words("registered elsewhere too", "wedi ei gofrestru mewn man arall"),
    "ceased_dual_registered": Words(
        "no longer registered elsewhere", "nid yw wedi ei gofrestru mewn man arall bellach"
    ),
}
_NOT_RECORDED = Words("not recorded", "heb ei gofnodi")


def code_words(code: str | None) -> Words:
    """Return what a code of a register change says; an absent code reads as not recorded.

    Source: the labels of the published Welsh school census.
    """
    if code is None:
        return _NOT_RECORDED
    return provision_label(code) or _OTHERS.get(code, _NOT_RECORDED)
