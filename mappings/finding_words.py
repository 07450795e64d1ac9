"""What each kind of finding says, and how to put it right, in both languages."""

from __future__ import annotations

from typing import Final

from mis_bridge.domain.words import Words

FINDING: Final[dict[str, tuple[Words, Words]]] = {
    "unknown_name": (
        Words("Nothing is called `{name}` here.", "Nid oes dim o'r enw `{name}` yma."),
        Words("Did you mean `{near}`?", "Ai `{near}` oeddech chi'n ei feddwl?"),
    ),
    "unknown_key": (
        Words("The record has no key `{name}`.", "Nid oes allwedd `{name}` gan y cofnod."),
        Words("Did you mean `{near}`?", "Ai `{near}` oeddech chi'n ei feddwl?"),
    ),
    "unknown_table": (
        Words("There is no code table `{name}`.", "Nid oes tabl codau `{name}`."),
        Words(
            "Write it under [codes.{name}], or use `{near}`.",
            "Ysgrifennwch ef o dan [codes.{name}], neu defnyddiwch `{near}`.",
        ),
    ),
    "unknown_transform": (
        Words("There is no transform `{name}`.", "Nid oes trawsnewidiad `{name}`."),
        Words("Did you mean `{near}`?", "Ai `{near}` oeddech chi'n ei feddwl?"),
    ),
    "wrong_type": (
        Words("`{name}` is not of the right kind.", "Nid yw `{name}` o'r math cywir."),
        Words("Write {wanted}.", "Ysgrifennwch {wanted}."),
    ),
    "missing_name": (
        Words("`{name}` is missing here.", "Mae `{name}` ar goll yma."),
        Words("Add it.", "Ychwanegwch ef."),
    ),
    "because": (
        Words(
            "A missing value is given a meaning without a reason.",
            "Rhoddir ystyr i werth coll heb reswm.",
        ),
        Words(
            "Say in `because` where the vendor documents it (ten letters at least).",
            "Dywedwch yn `because` ble mae'r gwerthwr yn ei ddogfennu (o leiaf ddeg llythyren).",
        ),
    ),
    "path": (
        Words(
            "The path `{path}` cannot be read: {fault}.",
            "Ni ellir darllen y llwybr `{path}`: {fault}.",
        ),
        Words(
            "Correct it, e.g. `contacts.data?.name`.",
            "Cywirwch ef, e.e. `contacts.data?.name`.",
        ),
    ),
    "pattern": (
        Words("The pattern cannot be used: {fault}.", "Ni ellir defnyddio'r patrwm: {fault}."),
        Words("Write a simpler pattern.", "Ysgrifennwch batrwm symlach."),
    ),
    "condition": (
        Words(
            "A condition needs exactly one test.",
            "Un prawf yn union sydd ei angen ar amod.",
        ),
        Words("Keep one of `is`, `in`, `matches`.", "Cadwch un o `is`, `in`, `matches`."),
    ),
    "no_source": (
        Words(
            "The rule for `{target}` says nowhere to read.",
            "Nid yw'r rheol ar gyfer `{target}` yn dweud ble i ddarllen.",
        ),
        Words(
            "Add `from`, `join` or `constant`.",
            "Ychwanegwch `from`, `join` neu `constant`.",
        ),
    ),
    "two_sources": (
        Words(
            "The rule has both `{one}` and `{other}`.",
            "Mae gan y rheol `{one}` a hefyd `{other}`.",
        ),
        Words("Keep one of them.", "Cadwch un ohonynt."),
    ),
    "two_rules": (
        Words("`{target}` is written twice.", "Ysgrifennwyd `{target}` ddwywaith."),
        Words("Keep one of the two rules.", "Cadwch un o'r ddwy reol."),
    ),
    "unreachable": (
        Words(
            "Alternative {place} can never be used.",
            "Ni ellir byth ddefnyddio dewis {place}.",
        ),
        Words("Remove it, or put it earlier.", "Dilëwch ef, neu rhowch ef yn gynharach."),
    ),
    "unreachable_code": (
        Words(
            "The code `{code}` is written twice in different letters or blanks.",
            "Ysgrifennwyd y cod `{code}` ddwywaith mewn llythrennau neu fylchau gwahanol.",
        ),
        Words(
            "Keep one: case and blanks make no difference.",
            "Cadwch un: nid yw maint llythrennau na bylchau'n cyfrif.",
        ),
    ),
    "codes_not_wanted": (
        Words(
            "`{target}` holds no code, so it has no table of codes.",
            "Nid yw `{target}` yn dal cod, felly nid oes tabl codau iddo.",
        ),
        Words("Remove `codes`.", "Dilëwch `codes`."),
    ),
    "no_codes": (
        Words(
            "`{target}` holds a code, but no table translates it.",
            "Mae `{target}` yn dal cod, ond nid oes tabl yn ei gyfieithu.",
        ),
        Words("Add `codes`.", "Ychwanegwch `codes`."),
    ),
    "outside_codes": (
        Words(
            "`{code}` means `{means}`, which the record does not know.",
            "Ystyr `{code}` yw `{means}`, nad yw'r cofnod yn ei adnabod.",
        ),
        Words(
            "Use one of the record's own words, such as `{near}`.",
            "Defnyddiwch un o eiriau'r cofnod ei hun, megis `{near}`.",
        ),
    ),
    "unknown_policy": (
        Words("`unknown` cannot be `{policy}`.", "Ni all `unknown` fod yn `{policy}`."),
        Words(
            "Write flag, reject, or default: with a code.",
            "Ysgrifennwch flag, reject, neu default: gyda chod.",
        ),
    ),
    "default_none": (
        Words(
            "A provision must not become `none`, or be fixed, because a code is unknown "
            "or missing.",
            "Rhaid i ddarpariaeth beidio â throi'n `none`, na chael ei gosod, am fod cod "
            "yn anhysbys neu ar goll.",
        ),
        Words('Write unknown = "flag".', 'Ysgrifennwch unknown = "flag".'),
    ),
    "absent_means": (
        Words(
            "A block that was not sent says nothing about provision.",
            "Nid yw bloc nas anfonwyd yn dweud dim am ddarpariaeth.",
        ),
        Words("Remove `when_absent`.", "Dilëwch `when_absent`."),
    ),
    "means_not_wanted": (
        Words(
            "`{target}` cannot take its meaning from a missing value.",
            "Ni all `{target}` gymryd ei ystyr o werth coll.",
        ),
        Words("Remove the table.", "Dilëwch y tabl."),
    ),
    "constant_type": (
        Words(
            "The constant does not fit `{target}`.",
            "Nid yw'r cysonyn yn addas i `{target}`.",
        ),
        Words(
            "Write text, a number or a truth value, as the key needs.",
            "Ysgrifennwch destun, rhif neu wir/gau, fel y mae ar yr allwedd ei angen.",
        ),
    ),
    "no_each": (
        Words(
            "`{target}` is a list, but the rule does not say where its rows stand.",
            "Rhestr yw `{target}`, ond nid yw'r rheol yn dweud ble mae ei rhesi.",
        ),
        Words("Add `each`.", "Ychwanegwch `each`."),
    ),
    "no_columns": (
        Words(
            "No column of `{target}` has a rule.",
            "Nid oes rheol gan unrhyw golofn o `{target}`.",
        ),
        Words(
            "Add a rule for each column you want.",
            "Ychwanegwch reol ar gyfer pob colofn a ddymunwch.",
        ),
    ),
    "numbers": (
        Words(
            "The numbers are not 1 to at most 50 columns.",
            "Nid yw'r rhifau'n 1 i 50 colofn ar y mwyaf.",
        ),
        Words("Write {{ from = 1, to = 6 }}.", "Ysgrifennwch {{ from = 1, to = 6 }}."),
    ),
    "missing_target": (
        Words(
            "No rule fills `{target}`, which every pupil record needs.",
            "Nid oes rheol yn llenwi `{target}`, y mae ei angen ar bob cofnod disgybl.",
        ),
        Words(
            "Add [{target}], or list it in `cannot_carry`.",
            "Ychwanegwch [{target}], neu rhestrwch ef yn `cannot_carry`.",
        ),
    ),
    "hidden_default": (
        Words(
            "`{target}` gets `{value}` where the source says nothing.",
            "Mae `{target}` yn cael `{value}` lle nad yw'r ffynhonnell yn dweud dim.",
        ),
        Words(
            "Make sure that this is meant; it shows in the preview.",
            "Gwnewch yn siŵr mai dyna'r bwriad; mae'n ymddangos yn y rhagolwg.",
        ),
    ),
    "never_matched": (
        Words(
            "`{path}` never matched in {count} sample records.",
            "Ni chafwyd `{path}` mewn {count} cofnod sampl.",
        ),
        Words(
            "Check its spelling against the source.",
            "Gwiriwch y sillafu yn erbyn y ffynhonnell.",
        ),
    ),
    "unused_table": (
        Words(
            "No rule uses the code table `{name}`.",
            "Nid oes rheol yn defnyddio'r tabl codau `{name}`.",
        ),
        Words(
            "Name it in `codes` of a rule, or remove it.",
            "Enwch ef yn `codes` rhyw reol, neu dilëwch ef.",
        ),
    ),
    "never_valid": (
        Words(
            "The code `{code}` ends before it begins.",
            "Mae'r cod `{code}` yn gorffen cyn dechrau.",
        ),
        Words("Correct `from` and `until`.", "Cywirwch `from` ac `until`."),
    ),
    "carried_and_not": (
        Words(
            "`{target}` has a rule, and is listed in `cannot_carry`.",
            "Mae rheol gan `{target}`, ac mae wedi'i restru yn `cannot_carry`.",
        ),
        Words("Remove one of the two.", "Dilëwch un o'r ddau."),
    ),
    "too_big": (
        Words("The document is larger than {limit}.", "Mae'r ddogfen yn fwy na {limit}."),
        Words(
            "A mapping needs a few hundred lines; split off what is not mapping.",
            "Ychydig gannoedd o linellau sydd eu hangen; tynnwch allan yr hyn nad yw'n fapio.",
        ),
    ),
    "too_deep": (
        Words(
            "The document nests deeper than {limit} levels.",
            "Mae'r ddogfen yn nythu'n ddyfnach na {limit} lefel.",
        ),
        Words("Write it flatter.", "Ysgrifennwch hi'n fwy gwastad."),
    ),
    "too_many": (
        Words(
            "The document has more than {limit} rules or codes.",
            "Mae gan y ddogfen fwy na {limit} o reolau neu godau.",
        ),
        Words("Remove what is not used.", "Dilëwch yr hyn na ddefnyddir."),
    ),
    "not_toml": (
        Words("This is not a TOML document: {fault}.", "Nid dogfen TOML yw hon: {fault}."),
        Words(
            "Correct line {line}; YAML and JSON are not read.",
            "Cywirwch linell {line}; ni ddarllenir YAML na JSON.",
        ),
    ),
    "unknown_vendor": (
        Words(
            "No shipped mapping is called `{name}`.",
            "Nid oes mapiad parod o'r enw `{name}`.",
        ),
        Words("Use one of {near}.", "Defnyddiwch un o {near}."),
    ),
    "no_vendor": (
        Words(
            "The document names no vendor and extends none.",
            "Nid yw'r ddogfen yn enwi gwerthwr nac yn ymestyn un.",
        ),
        Words(
            'Add vendor = "..." or extends = "...".',
            'Ychwanegwch vendor = "..." neu extends = "...".',
        ),
    ),
    "format_version": (
        Words(
            "The document is written in format {found}.",
            "Ysgrifennwyd y ddogfen yn fformat {found}.",
        ),
        Words("This program reads format 1.", "Mae'r rhaglen hon yn darllen fformat 1."),
    ),
    "kind": (
        Words(
            "There are no records of kind `{name}`.",
            "Nid oes cofnodion o'r math `{name}`.",
        ),
        Words("Write pupil, plan or delivery.", "Ysgrifennwch pupil, plan neu delivery."),
    ),
}
