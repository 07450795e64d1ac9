"""Every verb of the command: where its code is, and the line that `--help` shows for it."""

from __future__ import annotations

from typing import NamedTuple

from mis_bridge.domain.words import Words


class Verb(NamedTuple):
    """`target` is `module:attribute` below mis_bridge.cli; `help` the line in the list of verbs."""

    target: str
    help: Words


def _verb(target: str, en: str, cy: str) -> Verb:
    return Verb(f"mis_bridge.cli.{target}", Words(en, cy))


VERBS: dict[str, Verb] = {
    "audit": _verb(
        "audit:audit",
        "Who was swept across with no decision; does the audit chain hold.",
        "Pwy a symudwyd heb benderfyniad; a yw'r gadwyn archwilio'n gyfan.",
    ),
    "backup": _verb(
        "backup:backup",
        "Copy the embedded database to one file.",
        "Copïo'r gronfa ddata fewnol i un ffeil.",
    ),
    "bench": _verb(
        "bench:bench",
        "Measure against a peer or a floor in the same run.",
        "Mesur yn erbyn cymar neu lawr yn yr un rhediad.",
    ),
    "bundle": _verb(
        "bundle_moves:bundle",
        "Make, check (offline) and take in portable plan bundles.",
        "Gwneud, gwirio (all-lein) a derbyn bwndeli cynllun cludadwy.",
    ),
    "calendar": _verb(
        "calendar:calendar",
        "Import and show term dates.",
        "Mewnforio a dangos dyddiadau tymor.",
    ),
    "clock": _verb(
        "processes:clock",
        "Run the scheduler process.",
        "Rhedeg y broses amserlennu.",
    ),
    "connection": _verb(
        "connections:connection",
        "Add, list and test connections to an MIS.",
        "Ychwanegu, rhestru a phrofi cysylltiadau â MIS.",
    ),
    "db": _verb(
        "database:db",
        "Bring the database up to date, or check it.",
        "Diweddaru'r gronfa ddata, neu ei gwirio.",
    ),
    "delivery": _verb(
        "delivery:delivery",
        "Set up and try the ways of sending notices.",
        "Gosod a phrofi'r ffyrdd o anfon hysbysiadau.",
    ),
    "demo": _verb(
        "demo:demo",
        "Try everything on an invented authority.",
        "Rhoi cynnig ar bopeth ar awdurdod dychmygol.",
    ),
    "doctor": _verb(
        "doctor:doctor",
        "Check configuration, database, keys, templates and clocks.",
        "Gwirio gosodiadau, cronfa ddata, allweddi, templedi a chlociau.",
    ),
    "events": _verb(
        "events:events",
        "See what came in and what it did; replay it.",
        "Gweld beth ddaeth i mewn a beth wnaeth; ei ailchwarae.",
    ),
    "explain": _verb(
        "explain:explain",
        "Answer statutory questions with their reasons.",
        "Ateb cwestiynau statudol gyda'u rhesymau.",
    ),
    "form": _verb(
        "forms:form",
        "Show the form of a plan; put your own version in force.",
        "Dangos ffurflen cynllun; rhoi'ch fersiwn eich hun ar waith.",
    ),
    "grant": _verb(
        "platforms:grant",
        "Give a person a role in a school or an authority.",
        "Rhoi rôl i berson mewn ysgol neu awdurdod.",
    ),
    "idp": _verb(
        "idp:idp",
        "Convert IEPs into draft IDPs; render a plan.",
        "Troi CAUau yn CDUau drafft; llunio dogfen cynllun.",
    ),
    "import": _verb(
        "imports:import_",
        "Apply a file to the register.",
        "Rhoi ffeil ar waith yn y gofrestr.",
    ),
    "keys": _verb(
        "keys:keys",
        "Rotate and list the encryption keys.",
        "Cylchdroi a rhestru'r allweddi amgryptio.",
    ),
    "la": _verb(
        "authorities:la",
        "Add a local authority.",
        "Ychwanegu awdurdod lleol.",
    ),
    "map": _verb(
        "mapping:map_",
        "Map records without storing anything.",
        "Mapio cofnodion heb storio dim.",
    ),
    "mapping": _verb(
        "mapping_life:mapping",
        "Check, compare, publish and roll back mappings.",
        "Gwirio, cymharu, cyhoeddi a dadwneud mapiadau.",
    ),
    "platform": _verb(
        "platforms:platform",
        "Register LTI platforms.",
        "Cofrestru platfformau LTI.",
    ),
    "restore": _verb(
        "backup:restore",
        "Bring back a backup.",
        "Adfer copi wrth gefn.",
    ),
    "retention": _verb(
        "retention:retention",
        "Plan and apply destruction dates.",
        "Cynllunio a gweithredu dyddiadau dinistrio.",
    ),
    "sar": _verb(
        "retention:sar",
        "Write a subject access bundle.",
        "Ysgrifennu bwndel cais gwrthrych am wybodaeth.",
    ),
    "school": _verb(
        "authorities:school",
        "Add a school.",
        "Ychwanegu ysgol.",
    ),
    "serve": _verb(
        "processes:serve",
        "Run everything for one school or a trial.",
        "Rhedeg popeth i un ysgol neu dreial.",
    ),
    "simulate": _verb(
        "simulate:simulate",
        "What work-load would these facts bring?",
        "Pa lwyth gwaith a ddeuai o'r ffeithiau hyn?",
    ),
    "subscription": _verb(
        "subscriptions:subscription",
        "Add and look after those who are told of events.",
        "Ychwanegu'r rhai a hysbysir o ddigwyddiadau, a gofalu amdanynt.",
    ),
    "sync": _verb(
        "imports:sync",
        "Pull from a vendor's interface and apply the changes.",
        "Tynnu o ryngwyneb cyflenwr a rhoi'r newidiadau ar waith.",
    ),
    "tasks": _verb(
        "tasks:tasks",
        "List decision tasks; show one with its reasons.",
        "Rhestru tasgau penderfynu; dangos un gyda'i rhesymau.",
    ),
    "template": _verb(
        "templates:template",
        "Use a Word form of your own for plans.",
        "Defnyddio'ch ffurflen Word eich hun ar gyfer cynlluniau.",
    ),
    "web": _verb(
        "processes:web",
        "Run the web process.",
        "Rhedeg y broses we.",
    ),
    "worker": _verb(
        "processes:worker",
        "Run the worker process.",
        "Rhedeg y broses weithio.",
    ),
}
