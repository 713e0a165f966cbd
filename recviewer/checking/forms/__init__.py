"""What a check found, in the forms that people, hosts and scripts read. One module for each."""

from __future__ import annotations

import importlib

from recviewer.checking.model import Checked

FORMS = ("text", "json", "sarif", "github", "gitlab", "junit")


def told(checked: Checked, form: str) -> str:
    """Return what a check found in a form, with its last line ended."""
    made = importlib.import_module(f"{__name__}.{form}")
    text: str = made.told(checked)
    return text
