"""The native calls of a local server and of three other wire formats."""

from __future__ import annotations

from .wire import (
    EPOCH,
    GOOGLE,
    OLLAMA,
    Json,
    Scene,
    http,
    pieces,
    post,
    replied,
    single,
    sse,
    streamed,
    typed,
    user,
)

LLAMA = "llama3.2:3b-instruct-fp16"
GEMINI = "gemini-2.5-flash"
GENERATE = {
    "done": False,
    "done_reason": None,
    "total_duration": None,
    "load_duration": None,
    "prompt_eval_count": None,
    "prompt_eval_duration": None,
    "eval_count": None,
    "eval_duration": None,
}


def scenes() -> list[Scene]:
    """All recordings of these formats."""
    return [*ollama(), genai(), *anthropic(), *interactions()]


def ollama() -> list[Scene]:
    """The native calls of a local server."""
    test = "tests/integration/inference/test_ollama.py"
    parts = pieces("Because short days trigger it: less light, less chlorophyll; the yellow was there all along.", 2)
    model = {"model": LLAMA, "created_at": EPOCH}
    stream = [model | GENERATE | {"response": part, "thinking": None, "context": None} for part in parts]
    done = {"done": True, "done_reason": "stop", "total_duration": 0, "load_duration": 0, "prompt_eval_count": 31}
    done |= {"prompt_eval_duration": 0, "eval_count": len(parts), "eval_duration": 0}
    stream.append(model | GENERATE | done | {"response": "", "thinking": None, "context": None})
    leaves = {"model": LLAMA, "raw": True, "prompt": prompt("Why do leaves turn yellow? One sentence.")}
    leaves |= {"options": {"temperature": 0.0}, "stream": True}
    early = {"model": LLAMA, "raw": True, "prompt": prompt("Which planet is closest to the sun?")}
    early |= {"options": {"temperature": 0.0}, "stream": False}
    bare = {"model": LLAMA, "created_at": "2025-08-04T09:12:41.530912Z"} | GENERATE | done
    bare |= {"total_duration": 412904125, "prompt_eval_count": 24, "eval_count": 4, "eval_duration": 120034500}
    bare |= {"response": "Mercury is closest.", "thinking": None, "context": None}
    thought = pieces("Seventeen minus eight is nine. Nine times three is twenty-seven.")
    spoken = pieces("27 chairs.")
    said = [{"content": "", "thinking": part} for part in thought] + [
        {"content": part, "thinking": None} for part in spoken
    ]
    said.append({"content": "", "thinking": None})
    chatted = []
    for place, words in enumerate(said):
        message = {"role": "assistant"} | words | {"images": None, "tool_calls": None}
        state = done if place == len(said) - 1 else {}
        chatted.append({"model": "gpt-oss:20b", "created_at": EPOCH} | GENERATE | state | {"message": message})
    chairs = "A hall has 17 rows, 8 are taken. Each row seats three. How many chairs are free?"
    asked = {"model": "gpt-oss:20b", "messages": [user(chairs)], "think": True, "stream": True}
    details = {"parent_model": "", "format": "gguf", "family": "llama", "families": ["llama"], "parameter_size": "3.2B"}
    details |= {"quantization_level": "F16"}
    digest = "5eed" * 16
    running = {"model": LLAMA, "name": LLAMA, "digest": digest, "expires_at": "2026-05-04T18:30:00.250125+02:00"}
    running |= {"size": 5271093248, "size_vram": 5271093248, "details": details, "context_length": 4096}
    held = {
        "model": LLAMA,
        "modified_at": "2026-04-28T08:00:12Z",
        "digest": digest,
        "size": 4812209152,
        "details": details,
    }
    pulled = {"status": "success", "completed": None, "total": None, "digest": None}
    setup = "tests/integration/providers/test_ollama_setup.py"
    return [
        Scene(
            "inference",
            f"{test}::test_generate_streaming[txt=ollama/{LLAMA}]",
            post(OLLAMA, "/api/generate", leaves),
            streamed([typed("ollama._types.GenerateResponse", part) for part in stream]),
        ),
        Scene("inference", "", post(OLLAMA, "/api/generate", early), single(bare), named="first"),
        Scene(
            "inference",
            f"{test}::test_chat_thinks_first[txt=ollama/gpt-oss:20b]",
            post(OLLAMA, "/api/chat", asked),
            streamed([typed("ollama._types.ChatResponse", part) for part in chatted]),
        ),
        Scene(
            "providers",
            f"{setup}::test_model_is_loaded",
            post(OLLAMA, "/api/ps", {}),
            single(typed("ollama._types.ProcessResponse", {"models": [running]})),
        ),
        Scene(
            "common",
            None,
            post(OLLAMA, "/api/tags", {}),
            single(typed("ollama._types.ListResponse", {"models": [held]})),
        ),
        Scene(
            "providers",
            f"{setup}::test_model_is_pulled",
            post(OLLAMA, "/api/pull", {}),
            single(typed("ollama._types.ProgressResponse", pulled)),
        ),
    ]


def prompt(question: str) -> str:
    """Write a raw prompt with the marks of its template."""
    head = "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n"
    return f"{head}{question}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"


def genai() -> Scene:
    """A thought, some text, then a call without an id."""
    name = f"publishers/google/models/{GEMINI}"
    call = {"args": {"city": "Brighton", "day": "2026-05-16"}, "name": "tide_times"}
    parts = [
        [{"text": "High tide decides when the flats are dry, so look it up first.", "thought": True}],
        [{"text": "I'll check the tides for Saturday"}],
        [{"text": " before I suggest a time."}],
        [{"function_call": call}],
    ]
    body = []
    for place, part in enumerate(parts):
        candidate: dict[str, Json] = {"content": {"parts": part, "role": "model"}}
        if place == len(parts) - 1:
            candidate["finish_reason"] = "STOP"
        body.append(
            {
                "sdk_http_response": {"headers": {"Content-Type": "text/event-stream"}},
                "candidates": [candidate],
                "create_time": "2026-04-16T08:14:09.204417Z",
                "model_version": GEMINI,
                "response_id": "c2VhLWFuZC1zYW5k",
                "usage_metadata": {
                    "candidates_token_count": 7 * place + 4,
                    "prompt_token_count": 58,
                    "total_token_count": 7 * place + 62,
                    "traffic_type": "ON_DEMAND",
                },
            }
        )
    schema = {"type": "object", "properties": {"city": {"type": "string"}, "day": {"type": "string"}}}
    tool = {"description": "High and low water", "name": "tide_times", "parameters_json_schema": schema}
    asked = {
        "role": "user",
        "parts": [{"text": "When can we walk the dog on the beach in Brighton on Saturday 16 May?"}],
    }
    config = {"tools": [{"function_declarations": [tool]}], "temperature": 0.5}
    request = post("vertexai://", "/generate_content_stream", {"model": name, "contents": [asked], "config": config})
    request["provider_metadata"] = {"provider": "vertexai"}
    test = "tests/integration/responses/test_tool_calls.py::test_asks_for_the_tides"
    return Scene("responses", f"{test}[txt=vertexai/{name}]", request, streamed(body))


def anthropic() -> list[Scene]:
    """Messages: thinking and a tool call at once, a stream of events, a refusal to accept the request."""
    path = "tests/integration/messages/test_messages.py"
    url = f"{OLLAMA}/v1/messages"
    test = f"{path}::test_thinks_then_calls[txt=ollama/gpt-oss:20b]"
    tool = {
        "name": "split_bill",
        "description": "Split a bill between people, with a tip.",
        "input_schema": {
            "type": "object",
            "properties": {
                "total": {"type": "number"},
                "people": {"type": "integer"},
                "tip_percent": {"type": "number"},
            },
            "required": ["total", "people"],
        },
    }
    payload = {
        "model": "gpt-oss:20b",
        "system": "You are the till of a small restaurant.",
        "messages": [user("86.40 for the four of us, ten percent tip please.")],
        "max_tokens": 256,
        "tools": [tool],
        "tool_choice": {"type": "any"},
        "stream": False,
    }
    bill = {"total": 86.4, "people": 4, "tip_percent": 10}
    body = {
        "id": "msg_5b0e7c2d91aa4f",
        "type": "message",
        "role": "assistant",
        "model": "gpt-oss:20b",
        "content": [
            {"type": "thinking", "thinking": "Four people, total 86.40, tip 10 percent. The tool takes all three."},
            {"type": "tool_use", "id": "call_x4d20bqe", "name": "split_bill", "input": bill},
        ],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 171, "output_tokens": 48},
    }
    refused = {
        "type": "error",
        "error": {"type": "invalid_request_error", "message": "messages: at least one is needed"},
    }
    empty = {"model": "gpt-oss:20b", "messages": [], "max_tokens": 200, "stream": False}
    return [
        Scene("messages", test, http(test, url, payload), replied(body)),
        anthropic_events(f"{path}::test_streams_thinking_then_text[txt=ollama/gpt-oss:20b]", url),
        Scene("common", None, http(None, url, empty), replied(refused | {"request_id": "req_0f3ad77c21"}, 400)),
    ]


def anthropic_events(test: str, url: str) -> Scene:
    """A stream of events: a block of thinking, a block of text."""
    payload = {"model": "gpt-oss:20b", "messages": [user("Name the three primary colours of light.")]}
    payload |= {"max_tokens": 128, "stream": True}
    message = {"id": "msg_a1c8e02f6b9d", "type": "message", "role": "assistant", "model": "gpt-oss:20b", "content": []}
    message["usage"] = {"input_tokens": 12, "output_tokens": 0}
    events: list[tuple[str, Json]] = [("message_start", {"type": "message_start", "message": message})]
    blocks = (("thinking", "Light, not paint: additive."), ("text", "Red, green and blue."))
    for index, (kind, text) in enumerate(blocks):
        start = {"type": "content_block_start", "index": index, "content_block": {"type": kind, kind: ""}}
        events.append(("content_block_start", start))
        for part in pieces(text):
            added = {"type": f"{kind}_delta", kind: part}
            events.append(("content_block_delta", {"type": "content_block_delta", "index": index, "delta": added}))
        events.append(("content_block_stop", {"type": "content_block_stop", "index": index}))
    usage = {"input_tokens": 74, "output_tokens": 19}
    events.append(("message_delta", {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": usage}))
    events.append(("message_stop", {"type": "message_stop"}))
    return Scene("messages", test, http(test, url, payload), sse(*events))


def interactions() -> list[Scene]:
    """An answer, a stream that ends with a line that is not JSON, and a request that was not understood."""
    path = "tests/integration/interactions/test_interactions.py"
    url = f"{GOOGLE}/v1beta/interactions"
    light = "gemini-2.5-flash-lite"
    usage = {
        "total_tokens": 27,
        "total_input_tokens": 9,
        "input_tokens_by_modality": [{"modality": "text", "tokens": 9}],
        "total_cached_tokens": 0,
        "total_output_tokens": 18,
        "total_tool_use_tokens": 0,
        "total_thought_tokens": 0,
    }
    rest = {
        "usage": usage,
        "role": "model",
        "created": "2026-04-20T16:45:01Z",
        "updated": "2026-04-20T16:45:02Z",
        "service_tier": "standard",
        "object": "interaction",
        "model": light,
    }
    outputs = [
        {"signature": "bm90IGEgcmVhbCBzaWduYXR1cmU=", "type": "thought"},
        {"text": "Fold the corners in first, then roll away from you.", "type": "text"},
    ]
    body = {"id": "v1_aW52ZW50ZWQtb25l", "status": "completed", "outputs": outputs} | rest
    once = f"{path}::test_single[txt=gemini/{light}]"
    asked = {
        "model": light,
        "input": "How do I roll a burrito?",
        "generation_config": {"temperature": 0.0},
        "stream": False,
    }
    many = f"{path}::test_streaming[txt=gemini/{light}]"
    turns = [
        {"role": "user", "content": "I am learning to juggle."},
        {"role": "model", "content": [{"type": "text", "text": "Start with two balls in one hand."}]},
        {"role": "user", "content": "Done. And now?"},
    ]
    wrong = f"{path}::test_tools_need_a_type[txt=gemini/{light}]"
    declared = [{"function_declarations": [{"name": "get_menu", "description": "Today's lunch menu"}]}]
    lunch = {"model": light, "input": "What is for lunch today?", "tools": declared, "stream": False}
    error = {"error": {"message": "tools[0]: the key 'type' is missing.", "code": "invalid_request"}}
    return [
        Scene("interactions", once, http(once, url, asked), replied(body)),
        Scene(
            "interactions",
            many,
            http(many, url, {"model": light, "input": turns, "stream": True}),
            sse(*interaction_events(light, rest)),
        ),
        Scene("interactions", wrong, http(wrong, url, lunch), replied(error, 400)),
    ]


def interaction_events(model: str, rest: dict[str, Json]) -> list[tuple[str, Json]]:
    """Write the events of one streamed interaction."""
    name = "v1_aW52ZW50ZWQtdHdv"
    head = {"id": name, "status": "in_progress", "object": "interaction", "model": model}
    events: list[tuple[str, dict[str, Json]]] = [
        ("interaction.start", {"interaction": head}),
        ("interaction.status_update", {"interaction_id": name, "status": "in_progress"}),
        ("content.start", {"index": 0, "content": {"type": "thought"}}),
        ("content.delta", {"index": 0, "delta": {"signature": "aW52ZW50ZWQ=", "type": "thought_signature"}}),
        ("content.stop", {"index": 0}),
        ("content.start", {"index": 1, "content": {"type": "text"}}),
    ]
    for text in ("Now three balls:", " two in your better hand,", " one in the other.", " Throw, throw, catch, catch."):
        events.append(("content.delta", {"index": 1, "delta": {"text": text, "type": "text"}}))
    events.append(("content.stop", {"index": 1}))
    events.append(("interaction.complete", {"interaction": {"id": name, "status": "completed"} | rest}))
    return [*[(kind, data | {"event_type": kind}) for kind, data in events], ("done", "[DONE]")]
