"""Why an answer ended: one table with the meaning of the finish reasons of all providers.

A reason that is not in the table is never treated as a normal end. Numbers are those of Google's `FinishReason` as
older clients send them (1 STOP, 2 MAX_TOKENS, 3 SAFETY, 4 RECITATION); above 4 its two APIs disagree.

Sources: the API references and SDK enums of OpenAI (chat, completions, Responses, Realtime), Azure OpenAI, Anthropic,
Google (Gemini, Vertex, Interactions), AWS Bedrock (Converse, Titan), Cohere, Mistral, xAI, DeepSeek, Zhipu, IBM
watsonx, Baidu, Ollama, vLLM, SGLang, llama.cpp, Text Generation Inference, LM Studio and OpenRouter; the states of a task of
the Agent2Agent protocol.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache


class End(StrEnum):
    """What a finish reason means.

    done: the model ended by itself, at a stop sequence, or with a tool call. cut: at a limit of length, context, time
    or budget. filtered: stopped by a content filter. refused: the model declined to answer. failed: an error or a
    cancellation. paused: the turn is to be continued. open: it had not ended yet. odd: a reason that is not in the
    table.
    """

    DONE = "done"
    CUT = "cut"
    FILTERED = "filtered"
    REFUSED = "refused"
    FAILED = "failed"
    PAUSED = "paused"
    OPEN = "open"
    ODD = "odd"


WORST = (End.FAILED, End.FILTERED, End.REFUSED, End.CUT, End.OPEN, End.PAUSED, End.ODD, End.DONE)
"""From worst to best: of several choices the worst counts."""

_REASONS = {
    End.DONE: """
        normal stop stopped stop_sequence stop_criteria_met stop_string_found word completed complete finish finished done
        succeeded success turn_complete
        end_turn eos eos_token eos_found end_of_text end_of_sequence end_of_turn
        tool_calls tool_call tool_use function_call requires_action load unload 1
    """,
    End.CUT: """
        length max_tokens max_output_tokens max_completion_tokens max_token token_limit limit max_length max_len
        model_length max_context context_length context_length_exceeded context_length_reached context_limit
        model_context_window_exceeded max_predicted_tokens_reached error_limit time_limit timeout max_tool_calls
        max_time maximum_tokens budget_exceeded max_turns too_many_tool_calls turn_limit 2
    """,
    End.FILTERED: """
        content_filter content_filtered safety image_safety image_prohibited_content recitation image_recitation blocklist
        prohibited_content spii language sensitive moderation guardrail_intervened guardrails model_armor error_toxic
        blocked content_policy content_policy_violation flagged 3 4
    """,
    End.REFUSED: "refusal refused rejected",
    End.FAILED: """
        failed failure error errored cancelled canceled cancel aborted abort user_cancel user_stopped client_cancelled
        turn_detected interrupted malformed_function_call malformed_response malformed_tool_use malformed_model_output
        unexpected_tool_call missing_thought_signature other image_other no_image network_error
        insufficient_system_resource model_unloaded expired repetition rag_query_when_rag_disabled
    """,
    End.PAUSED: "pause_turn paused compaction input_required auth_required",
    End.OPEN: """
        in_progress incomplete queued pending running not_finished requires_input starting processing
        submitted working
    """,
}

_IGNORED = re.compile(r"[^0-9a-z]+")
_PREFIX = re.compile(r"^(?:finishreason|stopreason|taskstate|reason)(?=.)")


def _folded(reason: str) -> str:
    """Return a reason without spelling variants: `FinishReason.MAX_TOKENS`, `max-tokens` and `maxTokens` become equal."""
    return _PREFIX.sub("", _IGNORED.sub("", reason.casefold()))


_ENDS = {_folded(word): end for end, words in _REASONS.items() for word in words.split()}


@lru_cache(maxsize=1024)
def end_of(reason: str) -> End:
    """Return what a finish reason means, in any spelling; `odd` if it is not in the table."""
    return _ENDS.get(_folded(reason), End.ODD)


def worst(ends: Iterable[End]) -> End:
    """Return the worst of several ends; `done` if there is none."""
    return min(ends, key=WORST.index, default=End.DONE)
