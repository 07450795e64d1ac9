"""What a person is told of an authority's own form: the fault, and what to do about it."""

from __future__ import annotations

from mis_bridge.domain.words import Words

REFUSED = Words(
    "the form cannot be used: things to put right: {count}",
    "ni ellir defnyddio'r ffurflen: pethau i'w cywiro: {count}",
)
TOO_LONG = Words("the text is too long for a form", "mae'r testun yn rhy hir i ffurflen")
NOT_TOML = Words(
    "this is not TOML: {why}; start from what mis-bridge form show prints",
    "nid TOML yw hwn: {why}; dechreuwch o'r hyn y mae mis-bridge form show yn ei argraffu",
)
BAD_VERSION = Words(
    "give version a name of letters, digits, dots and hyphens, such as 661-2026-1",
    "rhowch enw o lythrennau, rhifau, dotiau a chysylltnodau i version, megis 661-2026-1",
)
SHIPPED_VERSION = Words(
    "this is the name of the shipped version; give yours another, such as 661-2026-1",
    "enw'r fersiwn a ddaw gyda'r rhaglen yw hwn; rhowch un arall i'ch un chi, megis 661-2026-1",
)
ONE_FORM = Words(
    "describe exactly one form, with one of these ids: {known}",
    "disgrifiwch un ffurflen yn union, gydag un o'r dynodwyr hyn: {known}",
)
NO_SOURCE = Words(
    "say in source what the form rests on", "nodwch yn source ar beth y mae'r ffurflen yn seiliedig"
)
UNKNOWN = Words(
    "{name} is not known here; known: {known}", "nid yw {name} yn hysbys yma; hysbys: {known}"
)
UNKNOWN_FIELD = Words(
    "{key} is no field of this form; mis-bridge form show prints them all",
    "nid yw {key} yn faes o'r ffurflen hon; mae mis-bridge form show yn eu hargraffu i gyd",
)
TWICE = Words("{key} stands here twice; keep one", "mae {key} yma ddwywaith; cadwch un")
ONE_LANGUAGE = Words(
    "write the text in both languages: en and cy, and nothing else",
    "ysgrifennwch y testun yn y ddwy iaith: en a cy, a dim arall",
)
NO_CERTAINTY = Words(
    "say in certainty how sure this is: {known}", "nodwch yn certainty pa mor sicr yw hyn: {known}"
)
BAD_CODE = Words(
    "a section's code is a chapter's digit with or without one letter (1, 1A), each once",
    "cod adran yw rhif y bennod gydag un llythyren neu hebddi (1, 1A), pob un unwaith",
)
BAD_SECTION = Words(
    "write section as 1A, 2B.1 or appendix", "ysgrifennwch section fel 1A, 2B.1 neu appendix"
)
NO_HEADING = Words(
    "section {section} has no heading; add it, and its chapter, under [[sections]]",
    "nid oes pennawd i adran {section}; ychwanegwch ef, a'i bennod, o dan [[sections]]",
)
BRACES = Words(
    "write no braces here, but for {missing}", "peidiwch â rhoi bachau yma, heblaw {missing}"
)
LESS = Words(
    "the field is asked for as: {required}; a form may ask for it always, and no less",
    "gofynnir am y maes fel: {required}; caiff ffurflen ofyn amdano bob tro, ond dim llai",
)
LACKS = Words(
    "the field {key} is missing; {source} asks for it",
    "mae'r maes {key} ar goll; gofynnir amdano: {source}",
)
