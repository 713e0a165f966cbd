"""Keys of recordings in URLs."""

from __future__ import annotations


class KeyConverter:
    """Matches a recording's key: anything, also newlines, which Django's `path` refuses."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
