"""Conversations with tools: every way a provider cuts a call into fragments, and calls answered over several turns."""

from __future__ import annotations

from .wire import (
    BEDROCK,
    OLLAMA,
    OPENAI,
    REC,
    STREAM,
    VLLM,
    WATSONX,
    Json,
    Scene,
    answered,
    called,
    chat,
    choice,
    chunk,
    delta,
    fragment,
    function,
    post,
    result,
    streamed,
    talk,
    tokens,
    typed,
    user,
)

GPT = "gpt-4o-2024-11-20"
LLAMA = "llama3.2:3b-instruct-fp16"
GPT_OSS = "openai.gpt-oss-20b-1:0"
QWEN = "Qwen/Qwen3-8B"
TOOLS = "tests/integration/agents/test_tools.py"

STOCK = function("check_stock", "How many pieces of an article are in a warehouse", article="The article", city="Where")


def scenes() -> list[Scene]:
    """All conversations with tools."""
    return [
        two_calls(),
        many_fragments_in_one_delta(),
        repeated_id(),
        names_in_later_fragments(),
        call_in_one_piece(),
        triage(),
        *travel(),
        *file_search(),
    ]


def two_calls() -> Scene:
    """Two calls whose arguments come in fragments, one call after the other."""
    parts: list[Json] = [
        fragment("", "call_b7Qm2xLtVw", "check_stock", 0),
        *[fragment(text, index=0) for text in ('{"', "article", '":"', "desk", " lamp", '","city":"', "Porto", '"}')],
        fragment("", "call_Zr81nEdKpa", "check_stock", 1),
        *[fragment(text, index=1) for text in ('{"', "article", '":"', "desk", " lamp", '","city":"', "Bologna", '"}')],
    ]
    body = [chunk(GPT, choice(delta(None, "assistant")), service_tier="default")]
    body += [chunk(GPT, choice(delta(calls=[part])), service_tier="default") for part in parts]
    body += [chunk(GPT, choice(delta(), "tool_calls")), chunk(GPT, usage=tokens(94, 52))]
    question = [user("How many desk lamps do we have in Porto and in Bologna?")]
    request = chat(OPENAI, "gpt-4o", question, **STREAM, tools=[STOCK], parallel_tool_calls=True)
    return Scene("agents", f"{TOOLS}::test_two_calls_at_once[txt=openai/gpt-4o]", request, streamed(body))


def many_fragments_in_one_delta() -> Scene:
    """Text first, then one call, six of whose fragments share a delta."""
    rest = [fragment(text) for text in ("rom", '": "', "EUR", '", "', "to", '": "')]
    last = [fragment(text) for text in ("CHF", '"}')]
    for part in (*rest, *last):
        part["type"] = "function"
    body = [
        chunk(GPT_OSS, choice(delta("", "assistant"))),
        chunk(GPT_OSS, choice(delta("Let me look up today's rate."))),
        chunk(GPT_OSS, choice(delta(calls=[fragment('{"f', "chatcmpl-tool-5d1e9c0b7a42", "exchange_rate")]))),
        chunk(GPT_OSS, choice(delta(calls=rest))),
        chunk(GPT_OSS, choice(delta(calls=last))),
        chunk(GPT_OSS, choice(delta(), "tool_calls")),
        chunk(GPT_OSS, usage=tokens(151, 38)),
    ]
    rate = {"from": "Currency code", "to": "Currency code"}
    tool = function("exchange_rate", "Today's rate between two currencies", **rate)
    request = chat(BEDROCK, GPT_OSS, [user("What is 250 euros in Swiss francs today?")], **STREAM, tools=[tool])
    return Scene("agents", f"{TOOLS}::test_fragments_share_a_delta[txt=bedrock/gpt-oss-20b]", request, streamed(body))


def repeated_id() -> Scene:
    """A local server that repeats the id "0" and the name on every fragment."""
    texts = ('{"', "room", '": "', "Maple", '", "', "at", '": "', "14:30", '"}')
    body = [chunk(QWEN, choice(delta(None, "assistant", [fragment(text, "0", "book_room")]))) for text in texts]
    body.append(chunk(QWEN, choice(delta("", "assistant"), "stop"), usage=tokens(203, 19)))
    tool = function("book_room", "Book a meeting room for one hour", room="Name of the room", at="Time, HH:MM")
    question = [user("Book Maple for our retrospective, half past two.")]
    request = chat("http://localhost:8080/v1", QWEN, question, tool_choice="auto", stream=True, tools=[tool])
    return Scene("agents", f"{TOOLS}::test_books_a_room[txt=tgi/Qwen/Qwen3-8B]", request, streamed(body))


def names_in_later_fragments() -> Scene:
    """Chunks of a client library, with empty names after the first fragment and usage on a chunk with a choice."""
    texts = ("", '{"order', '": "', "A-2291", '"}')
    heads = [("chatcmpl-tool-9f0c44e1", "track_order"), *[("chatcmpl-tool-9f0c44e1", "")] * 4]
    parts = [fragment(text, *head) for text, head in zip(texts, heads, strict=True)]
    body = [relayed({"content": "", "role": "assistant", "tool_calls": None})]
    body += [relayed({"content": None, "role": None, "tool_calls": [part]}) for part in parts]
    body.append(relayed({"content": None, "role": None, "tool_calls": None}, "tool_calls"))
    body.append(relayed({"content": None, "role": None, "tool_calls": None}))
    body[-1]["__data__"]["usage"] = tokens(118, 21)
    tool = function("track_order", "Where a parcel is", order="The order number")
    params = {**STREAM, "tools": [tool]}
    request = post(
        WATSONX,
        "/v1/chat/completions",
        {"model": "watsonx/ibm/granite-3-8b-instruct", "messages": [user("Where is my order A-2291?")], **params},
    )
    request["provider_metadata"] = {"watsonx_build": "1.4.2", "watsonx_build_date": "2026-02-03T04:05:06-0800"}
    return Scene("agents", f"{TOOLS}::test_tracks_an_order[txt=watsonx/granite-3-8b]", request, streamed(body))


def relayed(added: dict[str, Json], finish: str | None = None) -> Json:
    """Build a chunk of the relaying client library."""
    padded = {"provider_specific_fields": None, "content": None, "role": None, "function_call": None}
    padded = padded | {"tool_calls": None, "audio": None} | added
    data = {
        "id": REC,
        "created": 0,
        "model": "ibm/granite-3-8b-instruct",
        "object": "chat.completion.chunk",
        "system_fingerprint": None,
        "choices": [{"finish_reason": finish, "index": 0, "delta": padded, "logprobs": None}],
        "provider_specific_fields": None,
    }
    return typed("litellm.types.utils.ModelResponseStream", data)


def call_in_one_piece() -> Scene:
    """A call in an answer that is not streamed."""
    call = {"id": "call_u3HsXo9dYk", "type": "function"}
    call |= {"function": {"arguments": '{"title":"Send the offer to Ines","due":"2026-05-08"}', "name": "add_task"}}
    tool = function("add_task", "Add a task to my list", ("title",), title="What to do", due="Day, ISO 8601")
    question = [
        {"role": "system", "content": "Today is Thursday, 7 May 2026."},
        user("Remind me to send the offer to Ines tomorrow."),
    ]
    request = chat(OPENAI, "gpt-4o", question, stream=False, tools=[tool], tool_choice={"type": "auto"})
    response = answered(GPT, {"tool_calls": [call]}, tokens(97, 26), "tool_calls")
    return Scene("agents", f"{TOOLS}::test_adds_a_task[txt=openai/gpt-4o]", request, response)


def triage() -> Scene:
    """A bug triage agent after six calls: fourteen turns, several tools, results as lists of parts."""
    tools = [
        function("read_issue", "Read one issue with its comments", number="The issue's number"),
        function("search_code", "Search the code for a text", query="What to look for"),
        function("read_file", "Read a range of lines", ("path",), path="The file", lines="Such as 10-40"),
        function("run_tests", "Run tests by name", pattern="Names to select"),
        function("label_issue", "Set an issue's labels", number="The issue's number", labels="Comma-separated"),
    ]
    traceback = (
        "FAILED test_export_in_lisbon - AssertionError: assert '2026-03-29T01:30:00+01:00' == "
        "'2026-03-29T02:30:00+01:00'\n1 failed, 41 passed in 3.20s"
    )
    source = (
        "31  def rows(entries, zone):\n32      for entry in entries:\n33          local = entry.at.replace(tzinfo=zone)"
        "\n34          yield entry.id, local.isoformat(), entry.minutes"
    )
    messages = [
        {
            "role": "system",
            "content": "You triage bugs for a time-tracking app. Read before you judge. Reproduce before you label.",
        },
        {"role": "developer", "content": "Labels: bug, question, duplicate, time-zones, export, needs-info."},
        user("Please triage #482."),
        called("call_01", "read_issue", {"number": "482"}),
        result(
            "call_01",
            "#482 Export is one hour off (opened by marta)\n",
            "On 29 March my hours from 02:30 show up as 01:30 in the CSV. Screen is right, file is wrong.\n",
            "1 comment: jonas: only seen on that day.",
        ),
        called(
            "call_02",
            "search_code",
            {"query": "isoformat"},
            "One day only, and a spring Sunday. Looking at the export.",
        ),
        result("call_02", "app/export.py:34\napp/api/entries.py:88"),
        called("call_03", "read_file", {"path": "app/export.py", "lines": "31-34"}),
        result("call_03", source),
        called("call_04", "run_tests", {"pattern": "export"}),
        result("call_04", "41 passed in 3.04s"),
        called(
            "call_05",
            "run_tests",
            {"pattern": "test_export_in_lisbon"},
            "No test covers the change of clocks; I added one.",
        ),
        result("call_05", traceback),
        called("call_06", "label_issue", {"number": "482", "labels": "bug, time-zones, export"}),
        result("call_06", "ok"),
        user("Good. Summarise for the developer who takes it, and say how sure you are."),
    ]
    summary = (
        "**Cause.** `app/export.py:33` stamps the zone onto the time with `replace(tzinfo=...)`. Stored times are UTC, "
        "so they must be converted with `astimezone(zone)`. All winter in Lisbon both give the same hour, which "
        "is why only the day the clocks change shows it; all summer dates are wrong too.\n\n"
        "**Fix.** Replace that line, keep the new test `test_export_in_lisbon`, add one for July.\n\n"
        "**How sure.** Very: the failing test reproduces the report to the minute. Not checked: "
        "`app/api/entries.py:88`, which formats times the same way."
    )
    request = chat(OPENAI, "gpt-4o", messages, **STREAM, temperature=0.2, tools=tools)
    name = "tests/integration/agents/test_triage.py::TestTriage::test_summarises_after_six_calls[txt=openai/gpt-4o]"
    return Scene("agents", name, request, streamed(talk(GPT, summary, 812, service_tier="default")))


def travel() -> list[Scene]:
    """One test, five recordings: a conversation that grows."""
    name = f"tests/integration/agents/test_travel.py::test_planner_remembers[txt=ollama/{LLAMA}]"
    tools = [
        function("find_trains", "Trains between two cities", start="From", end="To", day="ISO 8601"),
        function("find_hotel", "A hotel under a price per night", city="Where", price="In euros"),
    ]
    train = {"start": "Zurich", "end": "Milan", "day": "2026-06-12"}
    hotel = {"city": "Milan", "price": "140"}
    turns: list[tuple[Json, str | tuple[str, str, Json]]] = [
        (
            user("We are two in Zurich and want a weekend in Milan, leaving Friday 12 June after lunch."),
            ("call_k2f9", "find_trains", train),
        ),
        (
            result("call_k2f9", "EC 317 13:33-17:10, 39 EUR; EC 319 15:33-18:50, 54 EUR"),
            "The EC 317 at 13:33 reaches Milan at 17:10 for 39 euros each. Shall I look for a hotel too?",
        ),
        (user("Yes, under 140 a night, near the station."), ("call_p7c3", "find_hotel", hotel)),
        (
            result("call_p7c3", "Hotel Aurora, Via Vitruvio 8, 118 EUR, 400 m from Centrale"),
            "Hotel Aurora, 118 euros a night, five minutes on foot from Centrale.",
        ),
        (
            user("Lovely. What does it all cost for two, two nights?"),
            "Trains there 78 euros, hotel 236 euros: **314 euros** for two. The way back is not in it yet; "
            "tell me when you want to return.",
        ),
    ]
    scenes = []
    messages: list[Json] = [{"role": "system", "content": "You plan weekends. Use the tools, never guess a price."}]
    for place, (asked, reply) in enumerate(turns):
        messages = [*messages, asked]
        request = chat(f"{OLLAMA}/v1", LLAMA, messages, **STREAM, tools=tools)
        if isinstance(reply, str):
            body = talk(LLAMA, reply, 160 + 60 * place, system_fingerprint="fp_ollama")
            messages = [*messages, {"role": "assistant", "content": reply}]
        else:
            said = called(*reply)
            given = said["tool_calls"][0]["function"]["arguments"]
            body = whole_call(fragment(given, *reply[:2]), 160 + 60 * place)
            messages = [*messages, said]
        scenes.append(Scene("agents", name, request, streamed(body)))
    return scenes


def whole_call(call: Json, prompt: int) -> list[Json]:
    """Build the stream of a local server that sends a call in one piece."""
    body = [
        chunk(LLAMA, choice(delta("", "assistant", [call]))),
        chunk(LLAMA, choice(delta("", "assistant"), "tool_calls")),
        chunk(LLAMA, usage=tokens(prompt, 28)),
    ]
    for part in body:
        part["__data__"]["system_fingerprint"] = "fp_ollama"
    return body


def file_search() -> list[Scene]:
    """Search results in a request: one recording named before scores were removed from the hash, one after."""
    document = "6f1c2a90-5b7d-4e38-9a41-c0de5eed0001"
    tool = function("file_search", "Search for information in the team's files.", query="What to look for")
    scenes = []
    for named, model, base in (("scores", "gpt-4o", OPENAI), ("current", QWEN, VLLM)):
        messages = [
            user("How long do we keep server logs?"),
            called("call_fs_1", "file_search", {"query": "server log retention"}),
            result(
                "call_fs_1",
                "file_search found 1 passage:\n",
                f"[1] document_id: {document}, score: 0.8123456, attributes: {{'filename': 'operations.md'}} "
                f"(cite as <|{document}|>)\nServer logs are kept for 30 days, audit logs for two years.\n",
                "That is all.\n",
            ),
        ]
        text = f"Server logs are kept for 30 days <|{document}|>. Audit logs are a different thing: two years."
        request = chat(base, model, messages, **STREAM, tools=[tool])
        label = "openai/gpt-4o" if base == OPENAI else f"vllm/{model}"
        test = f"tests/integration/responses/test_file_search.py::test_answers_with_a_citation[txt={label}]"
        body = streamed(talk(GPT if base == OPENAI else QWEN, text, 231))
        scenes.append(
            Scene("responses", test, request, body, named=named, mapping=(("file-1", "file-" + 4 * "c0de5eed"),))
        )
    return scenes
