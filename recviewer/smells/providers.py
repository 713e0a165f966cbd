"""Which provider a test of OGX is about, as its parameters say."""

from __future__ import annotations

import re

PROVIDER = re.compile(r"[\[-](?:txt|vis)=([\w.-]+?)/")
"""In the id of a test: `[txt=openai/gpt-4o]`."""
