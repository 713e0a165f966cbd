"""What a stream goes on to say behind its end, where whoever listens may have gone, and which events it sends again.

The texts of a stream are joined wherever it was cut, so that words which came behind the end read like those before it.
Clients stop at `[DONE]`, at a failure and at the event that ends an answer (source: the SDKs of OpenAI, Anthropic, Cohere
and AWS), and what stands behind it reaches nobody. Of a finish reason, the last of a choice is its end: Gemini has sent one
with each chunk. An item that is begun or ended again is another one for clients that act on such events.
"""

from __future__ import annotations

from recviewer.exchange.model import Chunk, Delta, Json
from recviewer.formats.failure import error_in
from recviewer.formats.sse import DONE

_ENDS = frozenset(
    {
        *("message_stop", "message-end", "stream-end", "messageStop"),
        *("response.completed", "response.incomplete", "response.failed", "interaction.completed"),
    }
)
"""Types of the events that end an answer."""

_BEGINS = frozenset({"message_start", "message-start", "stream-start", "messageStart"})
"""Types of the events that begin an answer."""

_PLACES = ("response_id", "item_id", "output_index", "content_index", "summary_index", "annotation_index")
"""Keys that tell which item of an answer an event is about."""


class BehindTheEnd:
    """Gathers what was said behind an end, chunk by chunk in order of arrival."""

    __slots__ = ("_again", "_behind", "_ends", "_finished", "_once")

    def __init__(self) -> None:
        self._ends: list[str] = []
        self._again: dict[str, int] = {}
        self._behind: dict[str, list[str]] = {}
        self._finished: dict[int, list[str]] = {}
        self._once: set[tuple[Json, ...]] = set()

    def add(self, chunk: Chunk) -> None:
        """Add a chunk of the stream."""
        for delta in chunk.deltas:
            said = _said(delta)
            if said:
                for end in self._ends:
                    self._behind[end].append(said)
                if delta.choice in self._finished and not delta.finish:
                    self._finished[delta.choice].append(said)
            if delta.finish:
                self._finished[delta.choice] = []
        kind = _kind_of(chunk)
        once = _once(chunk.element, kind)
        if once:
            if once in self._once:
                self._again[kind] = self._again.get(kind, 0) + 1
            self._once.add(once)
        end = _end_in(chunk, kind)
        if end in self._behind:
            self._again[end] = self._again.get(end, 0) + 1
        elif end:
            self._ends.append(end)
            self._behind[end] = []

    def build(self) -> dict[str, Json]:
        """Return, by the end, what was said behind it and how often it came again; {} of a stream that keeps to its end."""
        made: dict[str, Json] = {end: "".join(said) for end, said in self._behind.items() if said}
        made |= {f"finish of choice {choice}": "".join(said) for choice, said in self._finished.items() if said}
        return made | {f"{end} again": many for end, many in self._again.items()}


def _kind_of(chunk: Chunk) -> str:
    """Return the type of an event, "" where it has none."""
    element = chunk.element
    if type(element) is not dict:
        return DONE if element == DONE else ""
    if element.get("data") == DONE:
        return DONE
    kind = element.get("type", element.get("event_type", chunk.event))
    if type(kind) is str and kind:
        return kind
    return next((key for key in ("messageStart", "messageStop") if key in element), "")


def _end_in(chunk: Chunk, kind: str) -> str:
    """Return what a chunk ends the answer with, "" where it does not."""
    if kind == DONE or kind in _ENDS:
        return kind
    return "error" if error_in(chunk.element, chunk.event) is not None else ""


def _once(element: Json, kind: str) -> tuple[Json, ...]:
    """Return what an event that comes once is told by, () of any other: a beginning, or an item that begins or ends."""
    if kind in _BEGINS:
        return (kind,)
    is_item = kind.startswith(("response.", "conversation.")) and kind.endswith(
        (".created", ".added", ".done", ".completed")
    )
    if type(element) is not dict or not is_item or kind in _ENDS:
        return ()
    held = [element.get(key) for key in ("item", "response")]
    of = [str(one.get("id")) for one in held if type(one) is dict]
    return (kind, *of, *(str(element.get(key)) for key in _PLACES))


def _said(delta: Delta) -> str:
    """Return what a delta says, as one text."""
    calls = "".join([call.name + call.arguments for call in delta.calls])
    return delta.text + delta.reasoning + delta.refusal + calls + "".join([repr(part) for part in delta.parts])
