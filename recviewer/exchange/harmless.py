"""What may differ although nothing was said differently: one list, as data, with a reason for each entry.

Two exchanges mean the same just when every JSON path in which they differ is on this list. What stands on no list
counts: a new key of a provider is a difference until somebody puts it here. The list was made from counts: 3,330 changes
of one file name in one project's history, and the histories of five projects with other recorders.

Every kind of reply shares the entries of `EVERY`; the others belong to one format each. Paths begin below the reply's
body, or below one element of a streamed one; `[]` is any item of a list, `*` any key.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class How(StrEnum):
    """How far a path is harmless.

    wholly: whatever stands there, also nothing. value: the value alone; that something is there counts, and so do zero,
    null and empty. figure: numbers alone, zero too; texts, null and the names of keys count. ids: ids inside texts alone.
    unfiltered: the verdicts of a filter that let everything pass; that there are any counts.
    """

    WHOLLY = "wholly"
    VALUE = "value"
    FIGURE = "figure"
    IDS = "ids"
    UNFILTERED = "unfiltered"


class Harmless(NamedTuple):
    """An entry of the list. path: below the body. reason: why nobody has to look at it, as a clause."""

    path: str
    how: How
    reason: str


_ID = "made anew for each reply"
_TIME = "when the reply was made"
_TOOK = "how long it took"
_TOKENS = "a count of the run; that it is there, and not zero, counts"
_COUNT = "a count of the run"
_OPAQUE = (
    "sealed by the provider, new with each reply; that it is there counts, for a later request has to send it back"
)
_LOGPROBS = "measured anew at each run; that they are there counts"
_TIER = "which machine served the reply"
_HEADER = "how this one reply travelled"

_HEADERS = (
    "date",
    "server-timing",
    "cf-ray",
    "cf-cache-status",
    "alt-svc",
    "age",
    "etag",
    "set-cookie",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "connection",
    "vary",
    "server",
    "via",
    "*-request-id",
    "request-id",
    "*-trace-id",
    "*-correlation-id",
    "*-processing-ms",
    "*ratelimit*",
    "*-latency*",
    "*-service-time",
    "x-envoy-*",
    "x-kong-*",
    "x-amzn-requestid",
    "access-control-*",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
    "x-xss-protection",
    "content-disposition",
)
"""Headers of a reply, in lower case; `*` is any text. Others count: retry-after, location, content-type, versions."""

EVERY: tuple[Harmless, ...] = (
    Harmless("id", How.WHOLLY, _ID),
    Harmless("created", How.WHOLLY, _TIME),
    Harmless("created_at", How.WHOLLY, _TIME),
    Harmless("system_fingerprint", How.WHOLLY, _TIER),
    Harmless("service_tier", How.WHOLLY, _TIER),
    Harmless("obfuscation", How.WHOLLY, "filler against eavesdroppers"),
    Harmless("usage", How.FIGURE, _COUNT),
    Harmless("usage.prompt_tokens", How.VALUE, _TOKENS),
    Harmless("usage.completion_tokens", How.VALUE, _TOKENS),
    Harmless("usage.input_tokens", How.VALUE, _TOKENS),
    Harmless("usage.output_tokens", How.VALUE, _TOKENS),
    Harmless("usage.total_tokens", How.VALUE, _TOKENS),
    Harmless("error", How.IDS, "ids of traces and requests inside the texts of an error"),
)

_OLLAMA = (
    Harmless("total_duration", How.WHOLLY, _TOOK),
    Harmless("load_duration", How.WHOLLY, _TOOK),
    Harmless("eval_duration", How.WHOLLY, _TOOK),
    Harmless("prompt_eval_duration", How.WHOLLY, _TOOK),
    Harmless("eval_count", How.FIGURE, _COUNT),
    Harmless("prompt_eval_count", How.FIGURE, _COUNT),
)

_OPENAI = (
    Harmless("choices[].obfuscation", How.WHOLLY, "filler against eavesdroppers"),
    Harmless("p", How.WHOLLY, "filler against eavesdroppers"),
    Harmless("choices[].message.padding", How.WHOLLY, "filler against eavesdroppers"),
    Harmless("choices[].delta.padding", How.WHOLLY, "filler against eavesdroppers"),
    Harmless("request_id", How.WHOLLY, _ID),
    Harmless("generationId", How.WHOLLY, _ID),
    Harmless("timings", How.FIGURE, _TOOK),
    Harmless("copilot_usage", How.FIGURE, _COUNT),
    Harmless("cost", How.FIGURE, _COUNT),
    Harmless("choices[].logprobs", How.VALUE, _LOGPROBS),
    Harmless("choices[].prompt_logprobs", How.VALUE, _LOGPROBS),
    Harmless("prompt_logprobs", How.VALUE, _LOGPROBS),
    Harmless("prompt_filter_results", How.UNFILTERED, "a filter that let everything pass"),
    Harmless("choices[].content_filter_results", How.UNFILTERED, "a filter that let everything pass"),
    Harmless("time_info", How.FIGURE, _TOOK),
    Harmless("perf_metrics", How.FIGURE, _TOOK),
    *(
        Harmless(f"choices[].{holder}.{path}", how, reason)
        for holder in ("message", "delta")
        for path, how, reason in (
            ("audio.id", How.WHOLLY, _ID),
            ("audio.expires_at", How.WHOLLY, _TIME),
            ("reasoning_details[].id", How.WHOLLY, _ID),
            ("reasoning_details[].signature", How.VALUE, _OPAQUE),
            ("thinking_blocks[].signature", How.VALUE, _OPAQUE),
        )
    ),
    Harmless("choices[].error", How.IDS, "ids of traces and requests inside the texts of an error"),
    Harmless("x_groq.error", How.IDS, "ids of traces and requests inside the texts of an error"),
    Harmless("x_groq.id", How.WHOLLY, _ID),
    Harmless("x_groq.usage", How.FIGURE, _COUNT),
    Harmless("system.warnings[].id", How.VALUE, _ID),
)

_GEMINI = (
    Harmless("create_time", How.WHOLLY, _TIME),
    Harmless("createTime", How.WHOLLY, _TIME),
    Harmless("response_id", How.WHOLLY, _ID),
    Harmless("responseId", How.WHOLLY, _ID),
    Harmless("usage_metadata", How.FIGURE, _COUNT),
    Harmless("usageMetadata", How.FIGURE, _COUNT),
    Harmless("usage_metadata.total_token_count", How.VALUE, _TOKENS),
    Harmless("usageMetadata.totalTokenCount", How.VALUE, _TOKENS),
    Harmless("candidates[].token_count", How.FIGURE, _COUNT),
    Harmless("candidates[].tokenCount", How.FIGURE, _COUNT),
    Harmless("candidates[].avg_logprobs", How.VALUE, _LOGPROBS),
    Harmless("candidates[].avgLogprobs", How.VALUE, _LOGPROBS),
    Harmless("candidates[].logprobs_result", How.VALUE, _LOGPROBS),
    Harmless("candidates[].logprobsResult", How.VALUE, _LOGPROBS),
    Harmless("candidates[].content.parts[].thought_signature", How.VALUE, _OPAQUE),
    Harmless("candidates[].content.parts[].thoughtSignature", How.VALUE, _OPAQUE),
    *(Harmless(f"sdk_http_response.headers.{name}", How.WHOLLY, _HEADER) for name in _HEADERS),
    *(Harmless(f"sdkHttpResponse.headers.{name}", How.WHOLLY, _HEADER) for name in _HEADERS),
)

_CONVERSE_EVENTS = (
    "messageStart",
    "contentBlockStart",
    "contentBlockDelta",
    "contentBlockStop",
    "messageStop",
    "metadata",
)

_RESPONSE = (
    ("id", How.WHOLLY, _ID),
    ("created_at", How.WHOLLY, _TIME),
    ("completed_at", How.WHOLLY, _TIME),
    ("service_tier", How.WHOLLY, _TIER),
    ("usage", How.FIGURE, _COUNT),
    ("tool_usage", How.FIGURE, _COUNT),
    ("previous_response_id", How.VALUE, _ID),
    ("error", How.IDS, "ids of traces and requests inside the texts of an error"),
)

_ITEM = (
    ("id", How.WHOLLY, _ID),
    ("container_id", How.VALUE, _ID),
    ("approval_request_id", How.VALUE, _ID),
    ("encrypted_content", How.VALUE, _OPAQUE),
    ("content[].logprobs", How.VALUE, _LOGPROBS),
)

_RESPONSES = (
    *(Harmless(f"{holder}{key}", how, why) for holder in ("", "response.") for key, how, why in _RESPONSE),
    *(
        Harmless(f"{holder}.{key}", how, why)
        for holder in ("output[]", "response.output[]", "item")
        for key, how, why in _ITEM
    ),
    Harmless("item_id", How.WHOLLY, _ID),
    Harmless("sequence_number", How.WHOLLY, "the place of an event in its stream"),
    Harmless("logprobs", How.VALUE, _LOGPROBS),
    Harmless("part.logprobs", How.VALUE, _LOGPROBS),
    Harmless("message", How.IDS, "ids of traces and requests inside the texts of an error"),
)

BY_FORMAT: dict[str, tuple[Harmless, ...]] = {
    "openai_chat": _OPENAI,
    "openai_completion": _OPENAI,
    "openai_responses": _RESPONSES,
    "openai_models": tuple(
        Harmless(f"{holder}.{path}", How.WHOLLY, reason)
        for holder in ("[]", "data[]")
        for path, reason in (
            ("created", _TIME),
            ("created_at", _TIME),
            ("permission[].id", "made anew at each start of the server"),
            ("permission[].created", "made anew at each start of the server"),
            ("root", "where the weights lie on the serving machine"),
        )
    ),
    "ollama_generate": (
        *_OLLAMA,
        Harmless("context", How.VALUE, "the numbers of the tokens that were said; the words count"),
    ),
    "ollama_chat": _OLLAMA,
    "ollama_embed": _OLLAMA,
    "ollama_ps": (Harmless("models", How.WHOLLY, "which models happened to be loaded"),),
    "ollama_tags": (Harmless("models[].modified_at", How.WHOLLY, "when the machine fetched the model"),),
    "ollama_pull": (
        Harmless("completed", How.FIGURE, "how far a download was"),
        Harmless("total", How.FIGURE, "how far a download was"),
    ),
    "genai": _GEMINI,
    "anthropic": (
        Harmless("message.id", How.WHOLLY, _ID),
        Harmless("request_id", How.WHOLLY, _ID),
        Harmless("message.usage", How.FIGURE, _COUNT),
        Harmless("content[].signature", How.VALUE, _OPAQUE),
        Harmless("content_block.signature", How.VALUE, _OPAQUE),
        Harmless("delta.signature", How.VALUE, _OPAQUE),
        *(
            Harmless(f"{holder}.{path}", How.WHOLLY, reason)
            for holder in ("container", "message.container", "delta.container")
            for path, reason in (("id", _ID), ("expires_at", "when the machine that ran the code ends"))
        ),
        Harmless("content[].caller.tool_id", How.VALUE, _ID),
        Harmless("content_block.caller.tool_id", How.VALUE, _ID),
        Harmless("message.service_tier", How.WHOLLY, _TIER),
        Harmless("usage.service_tier", How.WHOLLY, _TIER),
        Harmless("message.usage.service_tier", How.WHOLLY, _TIER),
    ),
    "interactions": (
        Harmless("updated", How.WHOLLY, _TIME),
        Harmless("interaction.id", How.WHOLLY, _ID),
        Harmless("interaction.created", How.WHOLLY, _TIME),
        Harmless("interaction.updated", How.WHOLLY, _TIME),
        Harmless("interaction.service_tier", How.WHOLLY, _TIER),
        Harmless("interaction.usage", How.FIGURE, _COUNT),
        Harmless("interaction_id", How.WHOLLY, _ID),
        Harmless("event_id", How.WHOLLY, _ID),
        Harmless("previous_interaction_id", How.VALUE, _ID),
        Harmless("interaction.previous_interaction_id", How.VALUE, _ID),
        *(
            Harmless(f"{holder}.signature", How.VALUE, _OPAQUE)
            for holder in (
                *("outputs[]", "steps[]", "delta", "content", "step"),
                *("interaction.outputs[]", "interaction.steps[]"),
            )
        ),
        *(
            Harmless(f"interaction.{holder}[].{key}", How.VALUE, _ID)
            for holder in ("outputs", "steps")
            for key in ("id", "call_id")
        ),
    ),
    "converse": (
        Harmless("metrics.latencyMs", How.WHOLLY, _TOOK),
        Harmless("metadata.metrics.latencyMs", How.WHOLLY, _TOOK),
        Harmless("metadata.usage", How.FIGURE, _COUNT),
        Harmless("ResponseMetadata.RequestId", How.WHOLLY, _ID),
        Harmless("ResponseMetadata.RetryAttempts", How.WHOLLY, "how often the client had to try"),
        *(Harmless(f"ResponseMetadata.HTTPHeaders.{name}", How.WHOLLY, _HEADER) for name in _HEADERS),
        *(Harmless(f"{event}.p", How.WHOLLY, "filler against eavesdroppers") for event in _CONVERSE_EVENTS),
        *(
            Harmless(f"{holder}.reasoningContent.{path}", How.VALUE, _OPAQUE)
            for holder in ("output.message.content[]", "contentBlockDelta.delta")
            for path in ("signature", "reasoningText.signature", "redactedContent")
        ),
    ),
    "cohere": (
        Harmless("delta.usage", How.FIGURE, _COUNT),
        *(
            Harmless(f"{holder}{path}", How.WHOLLY, _ID)
            for holder in ("", "response.")
            for path in (
                *("response_id", "generation_id", "generations[].id", "chat_history[].generation_id"),
                "search_queries[].generation_id",
            )
        ),
        *(
            Harmless(f"{holder}meta.{path}", How.FIGURE, _COUNT)
            for holder in ("", "response.")
            for path in ("billed_units", "tokens", "cached_tokens")
        ),
    ),
    "file_processor": (
        Harmless("chunks[].chunk_id", How.WHOLLY, _ID),
        Harmless("chunks[].chunk_metadata.chunk_id", How.WHOLLY, _ID),
        Harmless("chunks[].chunk_metadata.document_id", How.WHOLLY, _ID),
        Harmless("chunks[].chunk_metadata.created_timestamp", How.WHOLLY, _TIME),
        Harmless("chunks[].chunk_metadata.updated_timestamp", How.WHOLLY, _TIME),
        Harmless("chunks[].metadata.chunk_id", How.WHOLLY, _ID),
        Harmless("chunks[].metadata.document_id", How.WHOLLY, _ID),
        Harmless("chunks[].metadata.file_id", How.WHOLLY, _ID),
        Harmless("metadata.processing_time_ms", How.WHOLLY, _TOOK),
    ),
}
"""The entries of each format, by its name, besides those of `EVERY`."""

ENCRYPTED = frozenset({"encrypted_content", "encrypted_index", "encrypted_stdout"})
"""Keys of such a text in what a tool gave back, where the signature of a function is words."""

OPAQUE = ENCRYPTED | {"signature", "thought_signature", "thoughtSignature", "redactedContent"}
"""Keys of an answer's data whose text only its maker can read, and which is new each time: that it is there counts."""

OPAQUE_DATA = ("redacted_thinking", "reasoning.encrypted")
"""Types of an answer's objects whose `data` is such a text."""

BESIDES: tuple[Harmless, ...] = (
    Harmless("id_normalization_mapping", How.WHOLLY, "the recorder's own, for reading the file"),
    Harmless("request.provider_metadata.*_version", How.WHOLLY, "the version of the client's library"),
    Harmless("request.provider_metadata.*_build", How.WHOLLY, "the version of the client's library"),
    Harmless("request.provider_metadata.*_build_date", How.WHOLLY, "the version of the client's library"),
    Harmless(
        "ids of calls, messages and earlier answers", How.VALUE, "made anew each time; which refers to which counts"
    ),
    Harmless("index of a call or a block", How.WHOLLY, "its place among the others counts instead"),
    Harmless("arguments of a call, as written", How.WHOLLY, "order of keys and white space; their values count"),
    Harmless("order of a list of models", How.WHOLLY, "a provider lists them in any order"),
    Harmless("numbers of an embedding", How.WHOLLY, "rounding: 1 − cosine is 1e-5 at most; in a comparison alone"),
    Harmless(
        f"texts in parts of an answer that only their maker can read: {', '.join(f'`{key}`' for key in sorted(OPAQUE))},"
        f" and `data` of {' and '.join(f'`{kind}`' for kind in OPAQUE_DATA)}",
        How.VALUE,
        _OPAQUE,
    ),
    Harmless("chunk boundaries", How.WHOLLY, "the network's doing, and so are null and empty values of a chunk"),
    Harmless("a text sent twice", How.WHOLLY, "some providers send thoughts under two names at once; they count once"),
    Harmless(
        "how a body was kept", How.WHOLLY, "decoded, or as its text, its lines, or the pieces that the network cut"
    ),
    Harmless("frames of server-sent events", How.WHOLLY, "line ends, comments, ids and retry times say nothing"),
    Harmless("layout of the file", How.WHOLLY, "indentation, order of keys, line ends"),
)
"""What is harmless besides the replies' own paths: parts of the recording around them, and rules that no path tells."""

NEAR = 1e-5
"""Two embeddings whose 1 − cosine is not above this say the same; the worst seen by rounding alone is 1e-6."""
