"""Labels of filter values: on pages, and for people who type what they read there."""

from __future__ import annotations

KIND_WORDS = {
    "chat": "chat",
    "completion": "completion",
    "ollama_generate": "ollama generate",
    "ollama_chat": "ollama chat",
    "genai": "genai",
    "anthropic": "anthropic",
    "interactions": "interactions",
    "converse": "converse",
    "cohere": "cohere",
    "dashscope": "dashscope",
    "responses": "responses",
    "embeddings": "embeddings",
    "models": "model list",
    "ollama_ps": "process list",
    "ollama_pull": "model pull",
    "rerank": "rerank",
    "xai": "xai",
    "realtime": "realtime",
    "transcription": "transcription",
    "speech": "speech",
    "images": "images",
    "moderation": "moderation",
    "tokens": "token count",
    "resource": "stored object",
    "tool": "tool",
    "file_processor": "file processor",
    "exception": "exception",
    "http_error": "http error",
    "no_exchange": "no exchanges",
    "unknown": "unknown",
    "unreadable": "unreadable",
}

REPLAY_WORDS = {
    "current": "finds it",
    "older": "cannot find it: older rule",
    "edited": "cannot find it: edited",
    "unknown": "cannot find it: no rule",
    "unverifiable": "cannot be checked",
}

FORMER_REPLAY_WORDS = {
    "older rule": "older",
    "edited after": "edited",
    "current rule": "current",
    "not verifiable": "unverifiable",
}
"""Former labels, which still occur in saved searches and in what people type."""

OUTCOME_WORDS = {
    "answer": "answer",
    "call": "tool call",
    "listing": "listing",
    "error": "error",
    "failed": "failed",
    "filtered": "stopped by a filter",
    "refused": "refused",
    "truncated": "cut off",
    "unfinished": "without an end",
    "paused": "paused",
    "odd_end": "unknown end",
    "empty": "empty",
    "unreadable": "unreadable",
}

VERDICT_WORDS = {
    "undecided": "undecided",
    "approved": "approved",
    "rejected": "re-record",
    "delete": "delete",
    "older": "older rule",
}
"""`older` is not a state of its own: it means undecided, but decided on under an older version of the rules for what
counts.
"""

HAS_WORDS = {
    "tool": "a tool call",
    "error": "an error",
    "stream": "a stream",
    "reasoning": "reasoning",
    "image": "a picture",
    "problem": "a problem of the file",
    "test": "a test",
    "note": "a note",
    "tag": "a tag",
}

SMELL_WORDS = {
    "broke-off": "did not end well",
    "cannot-replay": "replay cannot find it",
    "leaked-reasoning": "thinking in the answer",
    "recorded-error": "error as the answer",
    "unreadable": "cannot be read",
}

IS_WORDS = {
    "answered": "answered in words",
    "error": "an error",
    "cut": "cut off",
    "empty": "empty",
    "refused": "refused",
    "filtered": "stopped by a filter",
    "unfinished": "without an end",
    "unreadable": "unreadable",
    "streamed": "streamed",
    "lost": "replay cannot find it",
    "pending": "undecided",
    "approved": "approved",
    "rerecord": "to re-record",
    "deleted": "to delete",
    "older": "decided under an older rule",
}
