"""Content of a stream after its terminating event, which clients may never read, and events that it repeats.

The fragments of a stream are concatenated, so content after the end would look the same as content before it. Clients
stop at `[DONE]`, at an error and at the event that completes a response (source: the SDKs of OpenAI, Anthropic, Cohere,
Mistral and AWS), so later content is lost. Only the last finish reason of a choice counts as its end: Gemini sends one
with each chunk. An item that is started or completed twice is two items for clients that act on such events, and in
protocols of named events so is any other event that adds no text: where a stream was cut never repeats it.
"""

from __future__ import annotations

from recviewer.exchange.model import Chunk, Delta, Json
from recviewer.formats.failure import error_in
from recviewer.formats.sse import DONE

_ENDS = frozenset(
    {
        *("message_stop", "message-end", "stream-end", "messageStop"),
        *("response.completed", "response.incomplete", "response.failed", "interaction.completed"),
        *("conversation.response.done", "conversation.response.error"),
    }
)
"""Types of the events that complete a response."""

_BEGINS = frozenset(
    {
        *("message_start", "message-start", "stream-start", "messageStart", "conversation.response.started"),
        "session.created",
    }
)
"""Types of the events that start a response."""

OF_EVENTS = frozenset(
    {
        *("anthropic", "assistants", "bedrock_agents", "cohere", "converse", "interactions", "mistral_conversations"),
        *("speech", "transcription"),
    }
)
"""Formats whose streams consist of named events. (Those of the Responses API have numbers, and Realtime's have ids.)"""

_EXCEPTION = "Exception"
"""Suffix of the events by which AWS tells a failure."""

_PLACES = ("response_id", "item_id", "output_index", "content_index", "summary_index", "annotation_index")
"""Keys that identify the item of a response that an event belongs to."""


class BehindTheEnd:
    """Collects the content after an end and the repeated events, from chunks in order of arrival.

    are_events: whether the stream consists of named events, see `OF_EVENTS`.
    """

    __slots__ = ("_again", "_are_events", "_behind", "_ends", "_finished", "_last", "_once")

    def __init__(self, *, are_events: bool = False) -> None:
        self._are_events = are_events
        self._last: Json = None
        self._ends: list[str] = []
        self._again: dict[str, int] = {}
        self._behind: dict[str, list[str]] = {}
        self._finished: dict[int, list[str]] = {}
        self._once: set[tuple[Json, ...]] = set()

    def add(self, chunk: Chunk) -> None:
        """Add a chunk of the stream."""
        for delta in chunk.deltas:
            content = _content(delta)
            if content:
                for end in self._ends:
                    self._behind[end].append(content)
                if delta.choice in self._finished and not delta.finish:
                    self._finished[delta.choice].append(content)
            elif delta.finish and delta.choice in self._finished and _has_choices(chunk):
                self._again[f"finish of choice {delta.choice}"] = 1  # however often: some repeat it in each chunk
            if delta.finish:
                self._finished[delta.choice] = []
        kind = _kind_of(chunk)
        if self._are_events:
            self._add_event(chunk, kind)
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

    def _add_event(self, chunk: Chunk, kind: str) -> None:
        """Count an event that equals the one before it and adds no text."""
        element = chunk.element
        if type(element) is dict and element == self._last and kind != "ping" and not any(map(_content, chunk.deltas)):
            name = f"event {kind or next(iter(element), '')}"
            self._again[name] = self._again.get(name, 0) + 1
        self._last = element

    def build(self) -> dict[str, Json]:
        """Return the content after each end and the number of repetitions of each event; {} for a well-formed stream."""
        made: dict[str, Json] = {end: "".join(texts) for end, texts in self._behind.items() if texts}
        made |= {f"finish of choice {choice}": "".join(texts) for choice, texts in self._finished.items() if texts}
        return made | {f"{end} again": many for end, many in self._again.items()}


def _has_choices(chunk: Chunk) -> bool:
    """Tell whether a chunk has choices or Gemini's candidates: a client may join their finish reasons as it joins texts."""
    return type(chunk.element) is dict and ("choices" in chunk.element or "candidates" in chunk.element)


def _kind_of(chunk: Chunk) -> str:
    """Return the type of an event; "" if it has none."""
    element = chunk.element
    if type(element) is not dict:
        return DONE if element == DONE else ""
    if element.get("data") == DONE:
        return DONE
    kind = element.get("type", element.get("event_type", chunk.event))
    if type(kind) is str and kind:
        return kind
    return next((key for key in element if key in ("messageStart", "messageStop") or key.endswith(_EXCEPTION)), "")


def _end_in(chunk: Chunk, kind: str) -> str:
    """Return the name of the end that a chunk is (`[DONE]`, an event type or `error`); "" if the stream goes on."""
    if kind == DONE or kind in _ENDS:
        return kind
    if type(chunk.element) is dict and chunk.element.get("done") is True:  # of Ollama
        return "done"
    if kind.endswith(_EXCEPTION) or error_in(chunk.element, chunk.event) is not None or _is_failed(chunk.element):
        return "error"
    return ""


def _is_failed(element: Json) -> bool:
    """Tell whether an element reports a failure of a choice, or of Groq, or that Gemini blocked the prompt."""
    if type(element) is not dict:
        return False
    choices = element.get("choices")
    held = [element.get("x_groq"), *(choices if type(choices) is list else ())]
    if any(type(one) is dict and one.get("error") for one in held):
        return True
    blocked = element.get("promptFeedback", element.get("prompt_feedback"))
    return type(blocked) is dict and bool(blocked.get("blockReason", blocked.get("block_reason")))


def _once(element: Json, kind: str) -> tuple[Json, ...]:
    """Return a key for an event that must not repeat (start of a response; start or end of an item); () for others."""
    if kind in _BEGINS:
        return (kind,)
    is_item = kind.startswith(("response.", "conversation.")) and kind.endswith(
        (".created", ".added", ".done", ".completed")
    )
    if type(element) is not dict or not is_item or kind in _ENDS:
        return ()
    objects = [element.get(key) for key in ("item", "response")]
    ids = [str(one.get("id")) for one in objects if type(one) is dict]
    return (kind, *ids, *(str(element.get(key)) for key in _PLACES))


def _content(delta: Delta) -> str:
    """Return all content of a delta as one text."""
    calls = "".join([call.name + call.arguments for call in delta.calls])
    return delta.text + delta.reasoning + delta.refusal + calls + "".join([repr(part) for part in delta.parts])
