"""Every text of the demo MIS's pages, in both languages, from the packaged `world/texts.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from mis_bridge.domain.words import Words

_TREE = tomllib.loads(files("mis_bridge.demo").joinpath("world/texts.toml").read_text("utf-8"))


def _table(name: str) -> Mapping[str, Words]:
    return MappingProxyType({key: Words(**wording) for key, wording in _TREE[name].items()})


SEN_STAGES = _table("sen_stages")
NEEDS = _table("needs")
ENROLMENTS = _table("enrolments")
ROLES = _table("roles")
KINDS = _table("kinds")
PAGE = _table("page")
PROBLEMS = _table("problems")
RELATIONSHIPS = _table("relationships")
