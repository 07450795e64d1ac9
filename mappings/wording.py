"""The words that findings fill in: what is wrong with a path or a pattern, what is wanted."""

from __future__ import annotations

from typing import Final

from mis_bridge.domain.words import Words


class Wording:
    """Tables of words, keyed by the stable names that the checks use."""

    PATH: Final = {
        "long": Words("it is too long", "mae'n rhy hir"),
        "deep": Words("it has too many levels", "mae ganddo ormod o lefelau"),
        "shape": Words(
            "it is not names parted by dots (put quotes round a name with a dot or a mark: "
            "'D.o.B')",
            "nid enwau wedi'u gwahanu gan ddotiau mohono (rhowch ddyfynodau o gwmpas enw sydd "
            "â dot neu nod ynddo: 'D.o.B')",
        ),
        "code": Words(
            "it looks like program code, and nothing in a document is ever run",
            "mae'n edrych fel cod rhaglen, ac ni chaiff dim mewn dogfen byth ei redeg",
        ),
        "dates": Words(
            "[current ...] and [ended ...] need the columns of the start and of the end",
            "mae ar [current ...] ac [ended ...] angen colofnau'r dechrau a'r diwedd",
        ),
        "selector": Words(
            "what stands in brackets is none of [], [first], [current A B], [ended A B], "
            "[A=x], [A!=x]",
            "nid yw'r hyn sydd mewn cromfachau yn un o [], [first], [current A B], [ended A "
            "B], [A=x], [A!=x]",
        ),
        "each": Words(
            "`each` names all rows; [] and [first] belong in the columns",
            "mae `each` yn enwi'r holl resi; yn y colofnau y mae lle i [] a [first]",
        ),
    }
    PATTERN: Final = {
        "long": Words("it is longer than 200 characters", "mae'n hwy na 200 nod"),
        "lookaround": Words(
            "RE2 has no look-ahead or look-behind",
            "nid oes gan RE2 edrych ymlaen nac edrych yn ôl",
        ),
        "re2": Words("RE2 cannot read it", "ni all RE2 ei ddarllen"),
        "group": Words("it has no group of that number", "nid oes grŵp â'r rhif hwnnw ynddo"),
    }
    WANTED: Final = {
        "text": Words("text", "testun"),
        "truth": Words("true or false", "true neu false"),
        "whole": Words("a whole number", "rhif cyfan"),
        "texts": Words("a list of texts", "rhestr o destunau"),
        "table": Words("a table", "tabl"),
        "date": Words("a date", "dyddiad"),
        "means": Words("a word, or true or false", "gair, neu true neu false"),
        "codes": Words(
            "the name of a code table, or a table of codes", "enw tabl codau, neu dabl codau"
        ),
        "code": Words(
            'a word, or { means = "..." }, or a list of such tables',
            'gair, neu { means = "..." }, neu restr o dablau o\'r fath',
        ),
        "from": Words("a path, or a list of paths", "llwybr, neu restr o lwybrau"),
        "then": Words("a list of transforms", "rhestr o drawsnewidiadau"),
        "constant": Words(
            "text, a whole number, or true or false", "testun, rhif cyfan, neu true neu false"
        ),
        "when": Words("a condition, or a list of conditions", "amod, neu restr o amodau"),
        "state": Words("one of present, empty, absent", "un o present, empty, absent"),
        "case": Words(
            'one of not_supplied, null, unknown, reject, or { means = "...", because = "..." }',
            'un o not_supplied, null, unknown, reject, neu { means = "...", because = "..." }',
        ),
    }
