"""The output formats of a check for people, hosts and scripts. One module for each."""

from __future__ import annotations

import importlib

from recviewer.checking.model import Checked

FORMS = ("text", "json", "sarif", "github", "gitlab", "junit")


def render(checked: Checked, form: str) -> str:
    """Return the result of a check in a format, including the final line break."""
    made = importlib.import_module(f"{__name__}.{form}")
    text: str = made.render(checked)
    return text
