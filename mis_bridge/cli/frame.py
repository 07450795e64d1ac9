"""The frame that the command-line library puts round our texts, in the language of the command."""

from __future__ import annotations

import gettext
from pathlib import Path

from mis_bridge.config import command_language, speak

DOMAIN = "click"


def translate_frame() -> None:
    """Make the library's own words (usage, options, errors) Welsh for a Welsh command.

    The library asks the standard gettext, which looks at the locale: so both are told.
    """
    gettext.bindtextdomain(DOMAIN, Path(__file__).with_name("translations"))
    gettext.textdomain(DOMAIN)
    speak(command_language())
