"""The provider that an OGX test is about, from its parameters."""

from __future__ import annotations

import re

PROVIDER = re.compile(r"[\[-](?:txt|vis)=([\w.-]+?)/")
"""In the id of a test: `[txt=openai/gpt-4o]`."""
