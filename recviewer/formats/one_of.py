"""Mutually exclusive keys of a format, of which its reader takes only one: see `Shape`."""

from __future__ import annotations

_BLOCK = ("text", "thinking", "data", "input", "content")

ANTHROPIC = (
    ("", ("content", "message", "content_block", "delta")),
    ("content[]", _BLOCK),
    ("content_block", _BLOCK),
    ("delta", ("text", "thinking", "partial_json", "citation", "content", "stop_reason")),
)

_CONTENT = (
    *("text", "toolUse", "toolResult", "reasoningContent", "citationsContent", "citation", "guardContent"),
    *("image", "document", "video", "audio"),
)

CONVERSE = (
    ("output.message.content[]", _CONTENT),
    ("contentBlockStart.start", _CONTENT),
    ("contentBlockDelta.delta", _CONTENT),
    ("", ("output", "messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop")),
)
