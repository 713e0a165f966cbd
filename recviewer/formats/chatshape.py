"""What the reader of OpenAI's chat takes of a reply, and what counts besides.

Where paths do not tell it (content as a list, thoughts under several keys at once), `answers.untold` leaves out of a
message what was read.
"""

from __future__ import annotations

from recviewer.exchange.model import Json, Left
from recviewer.exchange.shape import SIZE, Shape
from recviewer.formats.answers import untold, words_of


class ChatShape(Shape):
    """The shape of chat replies, of which paths alone do not tell what was read."""

    __slots__ = ()

    def rest(self, body: Json, left: list[Left]) -> Json:
        """Return what counts of a whole reply besides what its reader took."""
        choices = body.get("choices") if type(body) is dict else None
        if type(choices) is list:
            body = {**body, "choices": [_untold_choice(choice) for choice in choices]}
        return super().rest(body, left)


def _untold_choice(choice: Json) -> Json:
    """Return a choice of a whole reply without what was read. A delta beside its message was not."""
    if type(choice) is not dict:
        return choice
    key = "message" if choice.get("message") is not None else "delta"
    message = choice.get(key)
    made = choice
    if type(message) is dict:
        made = {**choice, key: untold(message)}
        parts = message.get("content")
        if type(parts) is list and len(parts) > 1:  # the reader joins them; where one ends counts
            made[key] = {**made[key], SIZE: [len(words_of(part)) for part in parts]}
    if key == "message" and choice.get("delta"):
        made = {name: value for name, value in made.items() if name != "delta"} | {"beside": choice["delta"]}
    return made


SHAPE = ChatShape(
    "openai_chat",
    taken=(
        "choices[].finish_reason:last",
        *(
            f"choices[].{holder}.{path}"
            for holder in ("message", "delta")
            for path in (
                "content",
                "reasoning",
                "refusal",
                "function_call.name",
                "function_call.arguments:written",
                "tool_calls[].id",
                "tool_calls[].index:whole",
                "tool_calls[].function.name",
                "tool_calls[].function.arguments:written",
                "tool_calls[].custom.name",
                "tool_calls[].custom.input:written",
            )
        ),
    ),
    known=(
        "object",
        "model",
        "choices[].index",
        "choices[].beside",
        "choices[].stop_reason",
        "choices[].native_finish_reason",
        "choices[].seed",
        "choices[].token_ids",
        "choices[].prompt_token_ids",
        "choices[].content_filter_result",
        "choices[].content_filter_offsets",
        *(
            f"choices[].{holder}.{path}"
            for holder in ("message", "delta")
            for path in (
                "role",
                SIZE,
                "name",
                "annotations",
                "audio.*",
                "content[].*",
                "graph_data",
                "images[].*",
                "provider_metadata",
                "reasoning_details[].*",
                "thinking_blocks[].*",
                "reasoning_beside",
                "reasoning_text",
                "thinking",
                "token_id",
                "tool_calls[].type",
                "provider_specific_fields",
            )
        ),
        "citations",
        "code",
        "detail",
        "error_type",
        "message",
        "param",
        "provider",
        "search_results",
        "type",
        "model_id",
        "model_version",
        "system",
        "venice_parameters",
        "x_groq.seed",
        "kv_transfer_params",
        "prompt",
        "prompt_token_ids",
        "provider_specific_fields",
    ),
    twins=(
        ("choices[].message.reasoning_content", "reasoning"),
        ("choices[].delta.reasoning_content", "reasoning"),
        ("choices[].text", "delta.content"),
    ),
)
