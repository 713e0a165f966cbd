"""The kinds of exchanges."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What kind of exchange a recording holds. Part of the public contract (`show --json`)."""

    CHAT = "chat"
    COMPLETION = "completion"
    OLLAMA_GENERATE = "ollama_generate"
    OLLAMA_CHAT = "ollama_chat"
    GENAI = "genai"
    ANTHROPIC = "anthropic"
    INTERACTIONS = "interactions"
    CONVERSE = "converse"
    COHERE = "cohere"
    DASHSCOPE = "dashscope"
    RESPONSES = "responses"
    XAI = "xai"
    REALTIME = "realtime"
    TRANSCRIPTION = "transcription"
    SPEECH = "speech"
    IMAGES = "images"
    EMBEDDINGS = "embeddings"
    MODELS = "models"
    OLLAMA_PS = "ollama_ps"
    OLLAMA_PULL = "ollama_pull"
    RERANK = "rerank"
    MODERATION = "moderation"
    TOKENS = "tokens"
    TOOL = "tool"
    FILE_PROCESSOR = "file_processor"
    RESOURCE = "resource"
    EXCEPTION = "exception"
    HTTP_ERROR = "http_error"
    NO_EXCHANGE = "no_exchange"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"
