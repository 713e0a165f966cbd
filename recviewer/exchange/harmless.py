"""What may differ without a difference in meaning: one list, as data, with a reason for each entry.

Two exchanges mean the same exactly if every JSON path in which they differ is on this list. Everything else counts: a
new key of a provider is a difference until it is added here. The list is based on counts: 3,330 changes of one file
name in one project's history, and the histories of five projects with other recorders.

The entries of `EVERY` apply to every kind of reply, the others to one format each. Paths are relative to the reply's
body, or to one element of a streamed one; `[]` is any item of a list, `*` any key.
"""

from __future__ import annotations

from recviewer.exchange.harmless_cassettes import CASSETTES, SOUND
from recviewer.exchange.harmless_entry import (
    COUNT,
    FILTERED,
    HEADER,
    ID,
    LOGPROBS,
    MULTIPART,
    NETWORK_ORDER,
    SEALED,
    TIER,
    TIME,
    TOKENS,
    TOOK,
    Harmless,
    HowHarmless,
)
from recviewer.exchange.harmless_headers import headers_at

EVERY: tuple[Harmless, ...] = (
    Harmless("id", HowHarmless.WHOLLY, ID),
    Harmless("created", HowHarmless.WHOLLY, TIME),
    Harmless("created_at", HowHarmless.WHOLLY, TIME),
    Harmless("system_fingerprint", HowHarmless.WHOLLY, TIER),
    Harmless("service_tier", HowHarmless.WHOLLY, TIER),
    Harmless("obfuscation", HowHarmless.WHOLLY, "padding against eavesdroppers"),
    Harmless("usage", HowHarmless.FIGURE, COUNT),
    Harmless("usage.prompt_tokens", HowHarmless.VALUE, TOKENS),
    Harmless("usage.completion_tokens", HowHarmless.VALUE, TOKENS),
    Harmless("usage.input_tokens", HowHarmless.VALUE, TOKENS),
    Harmless("usage.output_tokens", HowHarmless.VALUE, TOKENS),
    Harmless("usage.total_tokens", HowHarmless.VALUE, TOKENS),
    Harmless("error", HowHarmless.IDS, "ids of traces and requests inside the texts of an error"),
)

_OLLAMA = (
    Harmless("total_duration", HowHarmless.WHOLLY, TOOK),
    Harmless("load_duration", HowHarmless.WHOLLY, TOOK),
    Harmless("eval_duration", HowHarmless.WHOLLY, TOOK),
    Harmless("prompt_eval_duration", HowHarmless.WHOLLY, TOOK),
    Harmless("eval_count", HowHarmless.FIGURE, COUNT),
    Harmless("prompt_eval_count", HowHarmless.FIGURE, COUNT),
)

_OPENAI = (
    Harmless("choices[].obfuscation", HowHarmless.WHOLLY, "padding against eavesdroppers"),
    Harmless("p", HowHarmless.WHOLLY, "padding against eavesdroppers"),
    Harmless("choices[].message.padding", HowHarmless.WHOLLY, "padding against eavesdroppers"),
    Harmless("choices[].delta.padding", HowHarmless.WHOLLY, "padding against eavesdroppers"),
    Harmless("request_id", HowHarmless.WHOLLY, ID),
    Harmless("generationId", HowHarmless.WHOLLY, ID),
    Harmless("timings", HowHarmless.FIGURE, TOOK),
    Harmless("copilot_usage", HowHarmless.FIGURE, COUNT),
    Harmless("cost", HowHarmless.FIGURE, COUNT),
    Harmless("choices[].logprobs", HowHarmless.VALUE, LOGPROBS),
    Harmless("choices[].prompt_logprobs", HowHarmless.VALUE, LOGPROBS),
    Harmless("prompt_logprobs", HowHarmless.VALUE, LOGPROBS),
    Harmless("prompt_filter_results", HowHarmless.UNFILTERED, "the filter let everything pass"),
    Harmless("choices[].content_filter_results", HowHarmless.UNFILTERED, "the filter let everything pass"),
    Harmless("time_info", HowHarmless.FIGURE, TOOK),
    Harmless("latency_checkpoint", HowHarmless.FIGURE, TOOK),
    Harmless("choices[].content_filter_offsets", HowHarmless.FIGURE, FILTERED),
    Harmless("perf_metrics", HowHarmless.FIGURE, TOOK),
    Harmless("meta.requestDurationMillis", HowHarmless.FIGURE, TOOK),
    *(
        Harmless(f"choices[].{holder}.{path}", how, reason)
        for holder in ("message", "delta")
        for path, how, reason in (
            ("audio.id", HowHarmless.WHOLLY, ID),
            ("audio.expires_at", HowHarmless.WHOLLY, TIME),
            ("reasoning_details[].id", HowHarmless.WHOLLY, ID),
            ("reasoning_details[].signature", HowHarmless.VALUE, SEALED),
            ("thinking_blocks[].signature", HowHarmless.VALUE, SEALED),
            ("extra_content.google.thought_signature", HowHarmless.VALUE, SEALED),
            ("tool_calls[].extra_content.google.thought_signature", HowHarmless.VALUE, SEALED),
        )
    ),
    Harmless("choices[].error", HowHarmless.IDS, "ids of traces and requests inside the texts of an error"),
    Harmless("x_groq.error", HowHarmless.IDS, "ids of traces and requests inside the texts of an error"),
    Harmless("x_groq.id", HowHarmless.WHOLLY, ID),
    Harmless("x_groq.usage", HowHarmless.FIGURE, COUNT),
)

_GEMINI = (
    Harmless("create_time", HowHarmless.WHOLLY, TIME),
    Harmless("createTime", HowHarmless.WHOLLY, TIME),
    Harmless("response_id", HowHarmless.WHOLLY, ID),
    Harmless("responseId", HowHarmless.WHOLLY, ID),
    Harmless("usage_metadata", HowHarmless.FIGURE, COUNT),
    Harmless("usageMetadata", HowHarmless.FIGURE, COUNT),
    Harmless("usage_metadata.total_token_count", HowHarmless.VALUE, TOKENS),
    Harmless("usageMetadata.totalTokenCount", HowHarmless.VALUE, TOKENS),
    Harmless("candidates[].token_count", HowHarmless.FIGURE, COUNT),
    Harmless("candidates[].tokenCount", HowHarmless.FIGURE, COUNT),
    Harmless("candidates[].avg_logprobs", HowHarmless.VALUE, LOGPROBS),
    Harmless("candidates[].avgLogprobs", HowHarmless.VALUE, LOGPROBS),
    Harmless("candidates[].logprobs_result", HowHarmless.VALUE, LOGPROBS),
    Harmless("candidates[].logprobsResult", HowHarmless.VALUE, LOGPROBS),
    Harmless("candidates[].content.parts[].thought_signature", HowHarmless.VALUE, SEALED),
    Harmless("candidates[].content.parts[].thoughtSignature", HowHarmless.VALUE, SEALED),
    *headers_at("sdk_http_response.headers"),
    *headers_at("sdkHttpResponse.headers"),
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
    ("id", HowHarmless.WHOLLY, ID),
    ("created_at", HowHarmless.WHOLLY, TIME),
    ("completed_at", HowHarmless.WHOLLY, TIME),
    ("service_tier", HowHarmless.WHOLLY, TIER),
    ("usage", HowHarmless.FIGURE, COUNT),
    ("tool_usage", HowHarmless.FIGURE, COUNT),
    ("previous_response_id", HowHarmless.VALUE, ID),
    ("error", HowHarmless.IDS, "ids of traces and requests inside the texts of an error"),
    ("content_filters[].content_filter_offsets", HowHarmless.FIGURE, FILTERED),
)

_ITEM = (
    ("id", HowHarmless.WHOLLY, ID),
    ("container_id", HowHarmless.VALUE, ID),
    ("approval_request_id", HowHarmless.VALUE, ID),
    ("encrypted_content", HowHarmless.VALUE, SEALED),
    ("content[].logprobs", HowHarmless.VALUE, LOGPROBS),
)

_RESPONSES = (
    *(Harmless(f"{holder}{key}", how, why) for holder in ("", "response.") for key, how, why in _RESPONSE),
    *(
        Harmless(f"{holder}.{key}", how, why)
        for holder in ("output[]", "response.output[]", "item")
        for key, how, why in _ITEM
    ),
    *(Harmless(f"response.usage.{key}_tokens", HowHarmless.VALUE, TOKENS) for key in ("input", "output", "total")),
    Harmless("item_id", HowHarmless.WHOLLY, ID),
    Harmless("sequence_number", HowHarmless.WHOLLY, "the place of an event in its stream"),
    Harmless("logprobs", HowHarmless.VALUE, LOGPROBS),
    Harmless("part.logprobs", HowHarmless.VALUE, LOGPROBS),
    Harmless("message", HowHarmless.IDS, "ids of traces and requests inside the texts of an error"),
)

BY_FORMAT: dict[str, tuple[Harmless, ...]] = {
    "openai_chat": _OPENAI,
    "openai_completion": _OPENAI,
    "openai_responses": _RESPONSES,
    "openai_models": tuple(
        Harmless(f"{holder}.{path}", HowHarmless.WHOLLY, reason)
        for holder in ("[]", "data[]")
        for path, reason in (
            ("created", TIME),
            ("created_at", TIME),
            ("permission[].id", "generated at each start of the server"),
            ("permission[].created", "generated at each start of the server"),
            ("root", "where the serving machine stores the weights"),
        )
    ),
    "ollama_generate": (
        *_OLLAMA,
        Harmless("context", HowHarmless.VALUE, "numbers of the tokens in the conversation, whose words count"),
    ),
    "ollama_chat": _OLLAMA,
    "ollama_embed": _OLLAMA,
    "ollama_ps": (Harmless("models", HowHarmless.WHOLLY, "which models were loaded at that moment"),),
    "ollama_tags": (Harmless("models[].modified_at", HowHarmless.WHOLLY, "when the machine fetched the model"),),
    "ollama_pull": (
        Harmless("completed", HowHarmless.FIGURE, "the progress of a download"),
        Harmless("total", HowHarmless.FIGURE, "the progress of a download"),
    ),
    "genai": _GEMINI,
    "anthropic": (
        Harmless("message.id", HowHarmless.WHOLLY, ID),
        Harmless("request_id", HowHarmless.WHOLLY, ID),
        Harmless("message.usage", HowHarmless.FIGURE, COUNT),
        Harmless("amazon-bedrock-invocationMetrics", HowHarmless.FIGURE, COUNT),
        Harmless("content[].signature", HowHarmless.VALUE, SEALED),
        Harmless("content_block.signature", HowHarmless.VALUE, SEALED),
        Harmless("delta.signature", HowHarmless.VALUE, SEALED),
        *(
            Harmless(f"{holder}.{path}", HowHarmless.WHOLLY, reason)
            for holder in ("container", "message.container", "delta.container")
            for path, reason in (("id", ID), ("expires_at", "when the container that ran the code expires"))
        ),
        Harmless("content[].caller.tool_id", HowHarmless.VALUE, ID),
        Harmless("content_block.caller.tool_id", HowHarmless.VALUE, ID),
        Harmless("message.service_tier", HowHarmless.WHOLLY, TIER),
        Harmless("usage.service_tier", HowHarmless.WHOLLY, TIER),
        Harmless("message.usage.service_tier", HowHarmless.WHOLLY, TIER),
    ),
    "interactions": (
        Harmless("updated", HowHarmless.WHOLLY, TIME),
        Harmless("interaction.id", HowHarmless.WHOLLY, ID),
        Harmless("interaction.created", HowHarmless.WHOLLY, TIME),
        Harmless("interaction.updated", HowHarmless.WHOLLY, TIME),
        Harmless("interaction.service_tier", HowHarmless.WHOLLY, TIER),
        Harmless("interaction.usage", HowHarmless.FIGURE, COUNT),
        Harmless("interaction_id", HowHarmless.WHOLLY, ID),
        Harmless("event_id", HowHarmless.WHOLLY, ID),
        Harmless("previous_interaction_id", HowHarmless.VALUE, ID),
        Harmless("interaction.previous_interaction_id", HowHarmless.VALUE, ID),
        *(
            Harmless(f"{holder}.signature", HowHarmless.VALUE, SEALED)
            for holder in (
                *("outputs[]", "steps[]", "delta", "content", "step"),
                *("interaction.outputs[]", "interaction.steps[]"),
            )
        ),
        *(
            Harmless(f"interaction.{holder}[].{key}", HowHarmless.VALUE, ID)
            for holder in ("outputs", "steps")
            for key in ("id", "call_id")
        ),
    ),
    "converse": (
        Harmless("metrics.latencyMs", HowHarmless.WHOLLY, TOOK),
        Harmless("metadata.metrics.latencyMs", HowHarmless.WHOLLY, TOOK),
        Harmless("metadata.usage", HowHarmless.FIGURE, COUNT),
        *(
            Harmless(f"{holder}.{key}Tokens", HowHarmless.VALUE, TOKENS)
            for holder in ("usage", "metadata.usage")
            for key in ("input", "output", "total")
        ),
        Harmless("ResponseMetadata.RequestId", HowHarmless.WHOLLY, ID),
        Harmless("ResponseMetadata.RetryAttempts", HowHarmless.WHOLLY, "how often the client retried"),
        *headers_at("ResponseMetadata.HTTPHeaders"),
        *(Harmless(f"{event}.p", HowHarmless.WHOLLY, "padding against eavesdroppers") for event in _CONVERSE_EVENTS),
        *(
            Harmless(f"{holder}.reasoningContent.{path}", HowHarmless.VALUE, SEALED)
            for holder in ("output.message.content[]", "contentBlockDelta.delta")
            for path in ("signature", "reasoningText.signature", "redactedContent")
        ),
    ),
    "mistral_conversations": (
        Harmless("conversation_id", HowHarmless.WHOLLY, ID),
        Harmless("outputs[].id", HowHarmless.WHOLLY, ID),
        Harmless("outputs[].created_at", HowHarmless.WHOLLY, TIME),
        Harmless("outputs[].completed_at", HowHarmless.WHOLLY, TIME),
    ),
    "xai": (
        Harmless("usage.cost_in_usd_ticks", HowHarmless.WHOLLY, COUNT),
        Harmless("outputs[].message.encrypted_content", HowHarmless.VALUE, SEALED),
        Harmless("outputs[].delta.encrypted_content", HowHarmless.VALUE, SEALED),
    ),
    "cohere": (
        Harmless("delta.usage", HowHarmless.FIGURE, COUNT),
        *(
            Harmless(f"{holder}{path}", HowHarmless.WHOLLY, ID)
            for holder in ("", "response.")
            for path in (
                *("response_id", "generation_id", "generations[].id", "chat_history[].generation_id"),
                "search_queries[].generation_id",
            )
        ),
        *(
            Harmless(f"{holder}meta.{path}", HowHarmless.FIGURE, COUNT)
            for holder in ("", "response.")
            for path in ("billed_units", "tokens", "cached_tokens")
        ),
    ),
    "dashscope": (Harmless("request_id", HowHarmless.WHOLLY, ID),),
    **CASSETTES,
    "file_processor": (
        Harmless("chunks[].chunk_id", HowHarmless.WHOLLY, ID),
        Harmless("chunks[].chunk_metadata.chunk_id", HowHarmless.WHOLLY, ID),
        Harmless("chunks[].chunk_metadata.document_id", HowHarmless.WHOLLY, ID),
        Harmless("chunks[].chunk_metadata.created_timestamp", HowHarmless.WHOLLY, TIME),
        Harmless("chunks[].chunk_metadata.updated_timestamp", HowHarmless.WHOLLY, TIME),
        Harmless("chunks[].metadata.chunk_id", HowHarmless.WHOLLY, ID),
        Harmless("chunks[].metadata.document_id", HowHarmless.WHOLLY, ID),
        Harmless("chunks[].metadata.file_id", HowHarmless.WHOLLY, ID),
        Harmless("metadata.processing_time_ms", HowHarmless.WHOLLY, TOOK),
    ),
}
"""The entries of each format, by its name, in addition to `EVERY`."""

ENCRYPTED = frozenset({"encrypted_content", "encrypted_index", "encrypted_stdout"})
"""Keys of encrypted texts in tool results. (A `signature` there is text, such as that of a function.)"""

OPAQUE = ENCRYPTED | {"signature", "thought_signature", "thoughtSignature", "redactedContent"}
"""Keys of an answer whose text is opaque and new each time: only whether it is present counts."""

OPAQUE_DATA = ("redacted_thinking", "reasoning.encrypted")
"""Types of an answer's objects whose `data` is opaque."""

BESIDES: tuple[Harmless, ...] = (
    Harmless("id_normalization_mapping", HowHarmless.WHOLLY, "used by the recorder itself to read the file"),
    Harmless("request.provider_metadata.*_version", HowHarmless.WHOLLY, "the version of the client's library"),
    Harmless("request.provider_metadata.*_build", HowHarmless.WHOLLY, "the version of the client's library"),
    Harmless("request.provider_metadata.*_build_date", HowHarmless.WHOLLY, "the version of the client's library"),
    Harmless(
        "ids of calls, messages and earlier answers",
        HowHarmless.VALUE,
        "generated each time; which of them refers to which counts",
    ),
    Harmless(
        "index of a call or a block",
        HowHarmless.WHOLLY,
        "its position among the others counts instead; a piece of a stream counts "
        "if nothing has begun at its index or if its block has ended",
    ),
    Harmless(
        "arguments of a call, as written", HowHarmless.WHOLLY, "only order of keys and white space; their values count"
    ),
    Harmless("order of a list of models", HowHarmless.WHOLLY, "a provider lists them in any order"),
    Harmless(
        "numbers of an embedding", HowHarmless.WHOLLY, "rounding: 1 − cosine is at most 1e-5; only in a comparison"
    ),
    Harmless(
        f"texts in parts of an answer that only the provider can read: {', '.join(f'`{key}`' for key in sorted(OPAQUE))},"
        f" and `data` of {' and '.join(f'`{kind}`' for kind in OPAQUE_DATA)}",
        HowHarmless.VALUE,
        SEALED,
    ),
    Harmless("chunk boundaries, and null and empty values of a chunk", HowHarmless.WHOLLY, "depend on the network"),
    Harmless(
        "`delta` of events `*audio.delta`, and `inlineData.data` of sound, of a session", HowHarmless.VALUE, SOUND
    ),
    Harmless("what a session sent among what it received", HowHarmless.WHOLLY, NETWORK_ORDER),
    Harmless(
        "HTTP version, and headers in `PASSED` (of replies) and `SENT` (of requests) of `recorders/headers.py`",
        HowHarmless.WHOLLY,
        HEADER,
    ),
    Harmless(
        "credentials in headers, addresses and bodies", HowHarmless.VALUE, "never shown; that there is one counts"
    ),
    Harmless("boundary of a multipart request, in its body and its `content-type`", HowHarmless.WHOLLY, MULTIPART),
    Harmless(
        "events `ping` of a session, and of Anthropic's streams", HowHarmless.WHOLLY, "only keep the connection open"
    ),
    Harmless(
        "the same texts in the turns of a request; a `signature` only if it is that of a thought",
        HowHarmless.VALUE,
        "sent back from an earlier answer",
    ),
    Harmless(
        "thoughts sent under two keys",
        HowHarmless.WHOLLY,
        "some providers do so; they count once if the same text was sent under both as a whole",
    ),
    Harmless(
        "how a body was stored",
        HowHarmless.WHOLLY,
        "decoded, as text, as lines, or in the pieces in which it arrived",
    ),
    Harmless(
        "frames of server-sent events", HowHarmless.WHOLLY, "line ends, comments, ids and retry times have no meaning"
    ),
    Harmless("layout of the file", HowHarmless.WHOLLY, "indentation, order of keys, line ends"),
)
"""What is harmless besides paths of replies: other parts of the recording, and rules that no path can express."""

NEAR = 1e-5
"""Two embeddings with 1 − cosine up to this mean the same; rounding alone caused at most 1e-6."""
