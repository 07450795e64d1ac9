"""The register's codes in the words of a person, in both languages."""

from __future__ import annotations

from mis_bridge.domain.words import Words

_CODES = {
    "none": Words("no identified need", "dim angen wedi ei nodi"),
    "school_action": Words("School Action", "Gweithredu gan yr Ysgol"),
    "school_action_plus": Words("School Action Plus", "Gweithredu gan yr Ysgol a Mwy"),
    "early_years_action": Words("Early Years Action", "Gweithredu Blynyddoedd Cynnar"),
    "early_years_action_plus": Words(
        "Early Years Action Plus", "Gweithredu Blynyddoedd Cynnar a Mwy"
    ),
    "statement": Words("statement of SEN", "datganiad AAA"),
    "idp_school": Words("IDP maintained by the school", "CDU a gynhelir gan yr ysgol"),
    "idp_la": Words(
        "IDP maintained by the local authority", "CDU a gynhelir gan yr awdurdod lleol"
    ),
    "idp": Words("IDP", "CDU"),
    "english_sen_support": Words("English SEN support", "cymorth AAA Lloegr"),
    "english_ehc_plan": Words("English EHC plan", "cynllun AIG Lloegr"),
    "need": Words("a category of need", "categori o angen"),
    "unknown": Words("a code that nothing translates", "cod nad oes dim yn ei gyfieithu"),
}


def code_words(code: str | None) -> Words:
    """Return a code's label; an absent code reads as not recorded.

    Source: the labels of the published Welsh school census.
    """
    return _CODES.get(code or "", Words("not recorded", "heb ei gofnodi"))
