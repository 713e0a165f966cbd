"""Static files."""

from __future__ import annotations

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]


class DigestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Files whose names contain a digest of their content. A page names two dozen, so each URL is computed once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[str | None, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the address of a file."""
        kept = None if force else self._kept.get(name)
        if kept is None:
            kept = str(super().url(name, force))
            self._kept[name] = kept
        return kept
