"""Which calls of a test ask a model, what they ask, and the names of the parts of their answers.

The names are those of the clients of OpenAI, Anthropic, Google, Cohere, Mistral, Ollama and Bedrock, of LiteLLM,
LangChain, LangGraph and the agent kits, as documented.
"""

from __future__ import annotations

from recviewer.asserts.expectations import AnswerPiece
from recviewer.asserts.values import AnswerValue, Fields, Known, Many, Value

_RESOURCES = frozenset(
    ["responses", "completions", "messages", "chat", "interactions", "models", "generations", "beta"]
)
_METHODS = frozenset(
    ["create", "parse", "stream", "generate_content", "generate_content_stream", "complete", "chat", "generate", "send"]
)
_ALONE = frozenset(
    [
        "invoke",
        "ainvoke",
        "stream",
        "astream",
        "predict",
        "create_turn",
        "acompletion",
        "completion",
        "converse",
        "converse_stream",
        "generate_content",
        "send_message",
        "run_sync",
        "ask",
        "chat",
        "complete",
        "generate",
        "text_completion",
        "chat_completion",
    ]
)
"""Methods that ask a model, whatever object they belong to."""
_ADDRESSES = (
    "/chat/completions",
    "/completions",
    "/responses",
    "/messages",
    "/interactions",
    "/api/chat",
    "/api/generate",
)
_OTHERS = frozenset(
    [
        "files",
        "vector_stores",
        "prompts",
        "conversations",
        "batches",
        "embeddings",
        "moderations",
        "safety",
        "shields",
        "providers",
        "tools",
        "toolgroups",
        "datasets",
        "images",
        "audio",
        "items",
        "input_items",
        "rerank",
        "scoring",
        "eval",
        "routes",
    ]
)
"""Names of a client's parts that do not ask a model for text."""


def asks(name: str, arguments: list[Value], keywords: dict[str, Value]) -> bool:
    """Tell whether a call asks a model, by its dotted name, or by the URL that it posts to."""
    names = name.split(".")
    if any(part in _OTHERS for part in names[:-1]):
        return False
    if names[-1] in ("post", "request"):
        texts = [value.value for value in (*arguments, *keywords.values()) if isinstance(value, Known)]
        return any(isinstance(text, str) and text.split("?")[0].endswith(_ADDRESSES) for text in texts)
    if len(names) > 1 and names[-1] in _METHODS and any(part in _RESOURCES for part in names[:-1]):
        return True
    return names[-1] in _ALONE


def question(arguments: list[Value], keywords: dict[str, Value]) -> str | None:
    """Return the user's question in a call, None if the source does not spell it out."""
    if "json" in keywords or "data" in keywords:
        body = keywords.get("json")
        arguments, keywords = [], body.members if isinstance(body, Fields) else {}
    for name in ("input", "messages", "contents", "prompt", "message", "query"):
        if name in keywords:
            return _last_words(keywords[name])
    return _last_words(arguments[0]) if arguments else None


def _last_words(value: Value) -> str | None:
    """Return the user's last text in what is sent to a model."""
    match value:
        case Known(value=str() as text):
            return text
        case Many(members=members):
            return next((words for member in reversed(members) if (words := _words_of(member)) is not None), None)
        case Fields(members=members) if "role" in members or value.made_by:
            return _words_of(value)
    return None


def _words_of(message: Value) -> str | None:
    """Return the text of a user's message, None for any other message."""
    match message:
        case Known(value=str() as text):
            return text
        case Fields(members=members):
            role = members.get("role", Known("user"))
            if role not in (Known("user"), Known("human")) or message.made_by.startswith(("System", "AI")):
                return None
            content = members.get("content", members.get("parts", members.get("text")))
            return _last_words(content) if content is not None else None
        case Many(members=(Known(value="user" | "human"), Known(value=str() as text))):
            return text
    return None


_TEXTS = frozenset(
    [
        "output_text",
        "content",
        "text",
        "message_content",
        "final_output",
        "completion",
        "generated_text",
        "answer",
        "delta",
        "response",
    ]
)
_NAMES = frozenset(["name", "tool_name", "function_name"])
_CALLS = frozenset(
    [
        "tool_calls",
        "tool_call",
        "function",
        "function_call",
        "function_calls",
        "output",
        "content",
        "calls",
        "candidates",
        "parts",
        "delta",
    ]
)
_ARGUMENTS = frozenset(["arguments", "args"])
_NO_ANSWER = frozenset(
    [
        "results",
        "annotations",
        "tools",
        "usage",
        "input_messages",
        "metadata",
        "prompt",
        "error",
        "encrypted_content",
        "logprobs",
        "citations",
        "documents",
        "response_metadata",
        "usage_metadata",
        "instructions",
        "input",
        "headers",
        "server_label",
        "refusal",
        "model",
        "id",
    ]
)
"""Names of values that are not a model's text: tool results, what was sent, what the server adds."""


def piece(heard: AnswerValue) -> tuple[AnswerPiece, tuple[str, ...], bool] | None:
    """Return (part of the answer, field if it is parsed as JSON, whether it is parsed as JSON); None for other values.

    A value that was not processed and has no name of a text is considered an object: `"usage" in data` is about its
    keys.
    """
    outer, as_json = heard.path, False
    inner: tuple[str, ...] = ()
    if "{}" in outer:
        at = outer.index("{}")
        outer, inner, as_json = outer[:at], tuple(name for name in outer[at + 1 :]), True
    names = [name for name in outer if name != "[]"]
    if any(name in _NO_ANSWER for name in names):
        return None
    last = names[-1] if names else ""
    if not as_json and not heard.steps and (not names or outer[-1] == "[]"):
        return None
    if last in _ARGUMENTS:
        return AnswerPiece.ARGUMENTS, inner, as_json
    if last in _NAMES:
        return (AnswerPiece.TOOL, (), False) if any(name in _CALLS for name in names[:-1]) else None
    return (AnswerPiece.TEXT, inner, as_json) if last in _TEXTS or not names else None
