"""Notable features of an exchange: images, and reasoning that leaked into the answer."""

from __future__ import annotations

import re

from recviewer.exchange.model import Exchange, Image, Part, ToolResult

_TAG = re.compile(
    r"\s*(<(?:reasoning|think|thinking|thought|reflection|scratchpad|seed:think)>|<\|channel\|>analysis|\[THINK\]|◁think▷"
    r"|<\|START_THINKING\|>|(?:assistant)?analysis(?=(?-i:[A-Z])[\s\S]*?assistantfinal))",
    re.IGNORECASE,
)
"""Marks that models write before what they think; the last is what is left of gpt-oss's channels without their marks."""

_CLOSED = re.compile(
    r"</(think|thinking|reasoning)>[ \t]*$|(?<=[.!?\n])</(think|thinking|reasoning)>(?=[A-Z0-9{\[#*])",
    re.IGNORECASE | re.MULTILINE,
)


def leaked(exchange: Exchange) -> str:
    """Return the tag that shows that an answer contains leaked reasoning, "" if there is none.

    A server that consumes the opening tag leaves only the closing one, at the end of a line or between two sentences.
    """
    for output in exchange.outputs:
        found = _TAG.match(output.content)
        if found:
            return found[1]
        closed = _CLOSED.search(output.content) if "</" in output.content else None
        if closed and f"<{(closed[1] or closed[2]).lower()}>" not in output.content[: closed.start()].lower():
            return closed[0].strip()
    return ""


def shows_picture(exchange: Exchange) -> bool:
    """Tell whether a message or an answer contains an image, also inside a tool result."""
    return any(_hold_picture(message.parts) for message in exchange.request.messages) or any(
        _hold_picture(output.parts) for output in exchange.outputs
    )


def _hold_picture(parts: tuple[Part, ...]) -> bool:
    return any(
        isinstance(part, Image) or (isinstance(part, ToolResult) and _hold_picture(part.parts)) for part in parts
    )
