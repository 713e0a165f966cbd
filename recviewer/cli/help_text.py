"""How the help of a command is printed: its description, and the example below it, which is not wrapped."""

from __future__ import annotations

from django.core.management.base import DjangoHelpFormatter

EXAMPLE = "Example: "
"""What stands before the example, the last sentence of a description."""


class HelpText(DjangoHelpFormatter):
    """Prints the example of a description on a line of its own, so that it can be copied."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        said, _, example = text.partition(EXAMPLE)
        filled = super()._fill_text(said, width, indent)
        return f"{filled}\n\n{EXAMPLE.strip()}\n  {' '.join(example.split())}" if example else filled
