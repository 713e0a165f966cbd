"""What is harmless in replies found in cassettes but not in OGX recordings: see `harmless`."""

from __future__ import annotations

from recviewer.exchange.harmless_entry import COUNT, ID, TIME, TOOK, Harmless, HowHarmless

SOUND = "sound, new in each recording; its transcript counts, and that there is some sound"

_MADE_FOR = (
    *("batch", "upload", "vector_store", "container", "response"),
    *("assistant", "thread", "run", "step", "message", "first", "last", "request"),
)
"""Provider-generated objects, referred to by `<name>_id`. Other ids select something: a model, a user, a batch line."""

_HAPPENED = (
    *("started", "execution_started", "in_progress", "completed", "incomplete", "finalizing", "finished", "ended"),
    *("failed", "cancel_initiated", "cancelling", "cancelled", "expires", "expired", "archived", "deleted"),
    *("updated", "modified", "uploaded", "processed", "activated", "last_active"),
)
"""What a provider tells of a stored object, as `<name>_at`. Times that a person set have other names."""

CASSETTES: dict[str, tuple[Harmless, ...]] = {
    "a2a": (
        *(
            Harmless(f"{at}.{path}", how, reason)
            for at in ("result", *(f"result.{key}" for key in ("task", "message", "statusUpdate", "artifactUpdate")))
            for path, how, reason in (
                *((key, HowHarmless.MADE, ID) for key in ("id", "taskId", "contextId", "messageId")),
                *((f"status.message.{key}Id", HowHarmless.MADE, ID) for key in ("message", "task", "context")),
                *((f"{holder}.artifactId", HowHarmless.MADE, ID) for holder in ("artifact", "artifacts[]")),
                ("status.timestamp", HowHarmless.WHOLLY, TIME),
            )
        ),
    ),
    "realtime": (
        *(
            Harmless(path, HowHarmless.WHOLLY, ID)
            for path in (
                *(
                    "event_id",
                    "item_id",
                    "response_id",
                    "previous_item_id",
                    "rid",
                    "item.id",
                    "response.id",
                    "session.id",
                ),
                *("conversation.id", "response.conversation_id", "response.output[].id", "part.id"),
            )
        ),
        *(
            Harmless(path, HowHarmless.VALUE, ID)
            for path in (
                *("call_id", "item.call_id", "response.output[].call_id", "toolCall.functionCalls[].id"),
                "sessionResumptionUpdate.newHandle",
            )
        ),
        *(Harmless(path, HowHarmless.WHOLLY, TIME) for path in ("timestamp", "ts", "session.expires_at")),
        *(
            Harmless(path, HowHarmless.WHOLLY, TOOK)
            for path in ("latency", "audio_start_ms", "audio_end_ms", "audio_duration_ms", "start_time")
        ),
        Harmless("response.usage", HowHarmless.FIGURE, COUNT),
        Harmless("usageMetadata", HowHarmless.FIGURE, COUNT),
        Harmless("rate_limits", HowHarmless.WHOLLY, "what was left of the account's limits"),
    ),
    "invoke": (
        *(
            Harmless(path, HowHarmless.FIGURE, COUNT)
            for path in (
                *("inputTextTokenCount", "totalOutputTextTokenCount", "prompt_token_count", "generation_token_count"),
                *("num_tokens_prompt_total", "num_tokens_generated", "inputTokenCount", "outputTokenCount"),
                *("results[].tokenCount", "amazon-bedrock-invocationMetrics"),
            )
        ),
        Harmless("log_id", HowHarmless.WHOLLY, ID),
    ),
    "replicate": (
        Harmless("started_at", HowHarmless.WHOLLY, TIME),
        Harmless("completed_at", HowHarmless.WHOLLY, TIME),
        Harmless("metrics", HowHarmless.FIGURE, TOOK),
        Harmless("urls", HowHarmless.VALUE, "contain the id of the prediction"),
    ),
    "embed": (
        Harmless("meta.billed_units", HowHarmless.FIGURE, COUNT),
        Harmless("inputTextTokenCount", HowHarmless.FIGURE, COUNT),
        Harmless("usageMetadata", HowHarmless.FIGURE, COUNT),
        Harmless("request_id", HowHarmless.WHOLLY, ID),
    ),
    "images": (
        Harmless("timing", HowHarmless.FIGURE, TOOK),
        Harmless("sequence_number", HowHarmless.WHOLLY, "the place of an event in its stream"),
    ),
    "assistants": tuple(
        Harmless(path, how, reason)
        for holder in ("", "data[].")
        for path, how, reason in (
            *((f"{holder}{key}", HowHarmless.VALUE, ID) for key in ("thread_id", "assistant_id", "run_id", "step_id")),
            *((f"{holder}{key}", HowHarmless.VALUE, TIME) for key in ("completed_at", "incomplete_at", "started_at")),
            *((f"{holder}{key}", HowHarmless.VALUE, TIME) for key in ("expires_at", "cancelled_at", "failed_at")),
            *(
                ((f"{holder}id", HowHarmless.WHOLLY, ID), (f"{holder}created_at", HowHarmless.WHOLLY, TIME))
                if holder
                else ()
            ),
        )
    )
    + tuple(Harmless(path, HowHarmless.VALUE, ID) for path in ("first_id", "last_id")),
    "resource": tuple(
        Harmless(f"{holder}{path}", how, reason)
        for holder in ("", "data[].")
        for path, how, reason in (
            ("id", HowHarmless.WHOLLY, ID),
            *((f"{key}_id", HowHarmless.VALUE, ID) for key in _MADE_FOR),
            *((f"{key}file_id", HowHarmless.MADE, ID) for key in ("", "input_", "output_", "error_")),
            *((key, HowHarmless.VALUE, ID) for key in ("results_url", "etag")),
            ("created_at", HowHarmless.WHOLLY, TIME),
            *((key, HowHarmless.VALUE, TIME) for key in ("createTime", "updateTime", "expireTime")),
            *((f"{key}_at", HowHarmless.VALUE, TIME) for key in _HAPPENED),
            ("usage", HowHarmless.FIGURE, COUNT),
        )
    ),
}
