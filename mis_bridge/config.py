"""Settings, read once from the environment: unknown or missing ones refuse to start."""

from __future__ import annotations

import os

from mis_bridge.domain.words import Language


def command_language() -> Language:
    """Return the language of the command line: `MIS_BRIDGE_LANG`, else the locale's, else English."""
    for name in ("MIS_BRIDGE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "cy" if value.lower().startswith("cy") else "en"
    return "en"


def speak(language: Language) -> None:
    """Tell the standard library's gettext, and what this process starts, which language to use."""
    os.environ["LANGUAGE"] = language
