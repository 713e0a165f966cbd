"""Changes that once went unseen in the formats besides OpenAI's chat: each pair differs in something that is on no list."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.reading import read

QUIET = {Churn.IDENTICAL, Churn.CHUNKING}


def answered(body, path="/v1/x"):
    """A recording whose reply is this body."""
    asked = {"method": "POST", "url": f"https://h.test{path}", "body": {"model": "m"}, "model": "m"}
    return {"request": asked, "response": {"body": body, "is_streaming": isinstance(body, list)}}


def exchange_of(body):
    return read(json.dumps(answered(body)).encode()).exchange


def converse(*blocks):
    return {"output": {"message": {"role": "assistant", "content": list(blocks)}}, "stopReason": "end_turn"}


def converse_stream(*deltas, stops=(0, 1)):
    """A stream of Converse: pairs of (block, delta), and the blocks that end."""
    events = [{"contentBlockDelta": {"contentBlockIndex": block, "delta": delta}} for block, delta in deltas]
    events += [{"contentBlockStop": {"contentBlockIndex": block}} for block in stops]
    return [{"messageStart": {"role": "assistant"}}, *events, {"messageStop": {"stopReason": "end_turn"}}]


def cohere(**message):
    return {"finish_reason": "COMPLETE", "message": {"role": "assistant", **message}}


def cohere_stream(*contents, start=None):
    """A stream of Cohere's: pairs of (index, content). start: the message that the first event holds."""
    began = {"type": "message-start", "delta": {"message": start or {"role": "assistant"}}}
    deltas = [{"type": "content-delta", "index": at, "delta": {"message": {"content": said}}} for at, said in contents]
    return [began, *deltas, {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}}]


def cohere_old_stream(**end):
    whole = {"text": "Hi", "finish_reason": "COMPLETE", **end}
    said = {"event_type": "text-generation", "text": "Hi"}
    return [said, {"event_type": "stream-end", "finish_reason": "COMPLETE", "response": whole}]


def gemini(*parts, **candidate):
    return {"candidates": [{"content": {"role": "model", "parts": list(parts)}, "finishReason": "STOP", **candidate}]}


def interaction(*outputs):
    return {"object": "interaction", "status": "completed", "outputs": list(outputs)}


def interaction_stream(*steps):
    """A stream of an interaction: pairs of (index, delta)."""
    events = [{"event_type": "step.delta", "index": index, "delta": delta} for index, delta in steps]
    return [*events, {"event_type": "interaction.completed", "interaction": {"status": "completed"}}]


def responses(*items):
    return {"object": "response", "status": "completed", "model": "m", "output": list(items)}


def message(*texts, **others):
    content = [{"type": "output_text", "text": text} for text in texts]
    return {"type": "message", "role": "assistant", "content": content, **others}


def thought(*texts):
    return {"type": "reasoning", "summary": [{"type": "summary_text", "text": text} for text in texts]}


def client_call(**others):
    return {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{}", **others}


def responses_stream(*deltas, begun=None):
    """A stream of Responses: pairs of (item, piece of text). begun: the content that an item has at its start."""
    events = [
        {"type": "response.output_text.delta", "output_index": item, "content_index": 0, "delta": piece}
        for item, piece in deltas
    ]
    item = {"type": "message", "role": "assistant", "content": begun or []}
    return [{"type": "response.output_item.added", "output_index": 0, "item": item}, *events]


def anthropic_stream(*texts, citations_in=None):
    made = [{"type": "message_start", "message": {"role": "assistant", "content": [], "model": "m"}}]
    for block, text in enumerate(texts):
        made.append({"type": "content_block_start", "index": block, "content_block": {"type": "text", "text": ""}})
        made.append({"type": "content_block_delta", "index": block, "delta": {"type": "text_delta", "text": text}})
        if block == citations_in:
            cited = {"type": "citations_delta", "citation": {"url": "u"}}
            made.append({"type": "content_block_delta", "index": block, "delta": cited})
        made.append({"type": "content_block_stop", "index": block})
    return made


def used(given):
    return converse({"toolUse": {"toolUseId": "t1", "name": "f", "input": given}})


def result(*content, **others):
    return converse({"toolResult": {"toolUseId": "t1", "content": list(content), **others}})


def searched(result):
    return interaction({"type": "google_search_result", "call_id": "s1", "result": result})


TEXT = {"text": "Hello"}
CITED = {"citation": {"title": "t"}}
HIDDEN = {
    "converse: an input that is text": (used("1"), used(1)),
    "converse: an unknown key in a result": (result(TEXT), result({**TEXT, "zz": 1})),
    "converse: an empty block in a result": (result(TEXT), result(TEXT, {})),
    "converse: a result without its status": (result(TEXT), result(TEXT, status="success")),
    "converse: a text that moves inside what is cited": (
        converse({"citationsContent": {"content": [{"text": "ab"}, {"text": "c"}]}}),
        converse({"citationsContent": {"content": [{"text": "a"}, {"text": "bc"}]}}),
    ),
    "converse: citations that are no list": (
        converse({"citationsContent": {"content": [TEXT], "citations": {"x": 1}}}),
        converse({"citationsContent": {"content": [TEXT], "citations": {"x": 2}}}),
    ),
    "converse: a text that moves to the next block": (
        converse_stream((0, {"text": "ab"}), (1, {"text": "c"})),
        converse_stream((0, {"text": "a"}), (1, {"text": "bc"})),
    ),
    "converse: a citation of the next block": (
        converse_stream((0, {"text": "a"}), (0, CITED), (1, {"text": "b"})),
        converse_stream((0, {"text": "a"}), (1, CITED), (1, {"text": "b"})),
    ),
    "converse: a block that does not end": (
        converse_stream((0, {"text": "a"}), (1, {"text": "b"})),
        converse_stream((0, {"text": "a"}), (1, {"text": "b"}), stops=(0,)),
    ),
    "anthropic: a text that moves to the next block": (anthropic_stream("ab", "c"), anthropic_stream("a", "bc")),
    "anthropic: a citation of the next block": (
        anthropic_stream("ab", "cd", citations_in=0),
        anthropic_stream("ab", "cd", citations_in=1),
    ),
    "cohere: arguments that are no text": (
        cohere(tool_calls=[{"id": "c", "function": {"name": "f", "arguments": "1"}}]),
        cohere(tool_calls=[{"id": "c", "function": {"name": "f", "arguments": 1}}]),
    ),
    "cohere: content that is one block": (cohere(content={"text": "a"}), cohere(content={"text": "b"})),
    "cohere: citations that are false": (cohere(content=[]), cohere(content=[], citations=False)),
    "cohere: words in the first event": (
        cohere_stream(start={"role": "assistant", "content": {"text": "a"}}),
        cohere_stream(start={"role": "assistant", "content": {"text": "b"}}),
    ),
    "cohere: words in a list of blocks": (cohere_stream((0, [{"text": "a"}])), cohere_stream((0, [{"text": "b"}]))),
    "cohere: a text that moves to the next block": (
        cohere_stream((0, {"text": "ab"}), (1, {"text": "c"})),
        cohere_stream((0, {"text": "a"}), (1, {"text": "bc"})),
    ),
    "cohere: an end that the last response tells otherwise": (
        cohere_old_stream(),
        cohere_old_stream(finish_reason="MAX_TOKENS"),
    ),
    "cohere: what is planned beside a call": (
        [{"event_type": "tool-calls-chunk", "tool_call_delta": {"text": "I shall look"}}],
        [{"event_type": "tool-calls-chunk", "tool_call_delta": {"text": "I shall delete"}}],
    ),
    "gemini: arguments that are text": (
        gemini({"functionCall": {"name": "f", "args": "1"}}),
        gemini({"functionCall": {"name": "f", "args": 1}}),
    ),
    "gemini: code that is false": (gemini(TEXT, {"executableCode": False}), gemini(TEXT, {})),
    "gemini: grounding that is false": (gemini(TEXT), gemini(TEXT, groundingMetadata=False)),
    "gemini: a call between texts": (
        [gemini({"text": "a"}), gemini({"functionCall": {"name": "f"}}), gemini({"text": "b"})],
        [gemini({"text": "a"}), gemini({"text": "b"}), gemini({"functionCall": {"name": "f"}})],
    ),
    "interactions: an unknown key in a result": (
        searched([{"type": "text", "text": "a"}]),
        searched([{"type": "text", "text": "a", "zz": 1}]),
    ),
    "interactions: a result that is a list of one": (searched({"url": "u"}), searched([{"url": "u"}])),
    "interactions: annotations that are no list": (
        interaction({"type": "text", "text": "a", "annotations": {"x": 1}}),
        interaction({"type": "text", "text": "a", "annotations": {"x": 2}}),
    ),
    "interactions: a text that moves to the next step": (
        interaction_stream((0, {"type": "text", "text": "ab"}), (1, {"type": "text", "text": "c"})),
        interaction_stream((0, {"type": "text", "text": "a"}), (1, {"type": "text", "text": "bc"})),
    ),
    "responses: a text that moves to the next part": (responses(message("ab", "c")), responses(message("a", "bc"))),
    "responses: a text that moves to the next message": (
        responses(message("ab"), message("c")),
        responses(message("a"), message("bc")),
    ),
    "responses: a thought that moves to the next part": (responses(thought("ab", "c")), responses(thought("a", "bc"))),
    "responses: a number among thoughts": (
        responses({"type": "reasoning", "summary": [{"text": "a"}, 1]}),
        responses({"type": "reasoning", "summary": [{"text": "a"}, 2]}),
    ),
    "responses: a call without the id to answer to": (
        responses(client_call()),
        responses({key: value for key, value in client_call().items() if key != "call_id"}),
    ),
    "responses: arguments that are no text": (
        responses(client_call(arguments="1")),
        responses(client_call(arguments=1)),
    ),
    "responses: an empty text that went": (
        responses(message("", "a")),
        responses({**message("", "a"), "content": [{"type": "output_text"}, {"type": "output_text", "text": "a"}]}),
    ),
    "responses: what a server's call asked is null": (
        responses({"type": "web_search_call", "id": "w", "status": "completed"}),
        responses({"type": "web_search_call", "id": "w", "status": "completed", "action": None}),
    ),
    "responses: a piece of another message": (
        responses_stream((0, "ab"), (1, "c")),
        responses_stream((0, "a"), (1, "bc")),
    ),
    "responses: unknown content at an item's start": (
        responses_stream((0, "a"), begun=[{"type": "new", "x": 1}]),
        responses_stream((0, "a"), begun=[{"type": "new", "x": 2}]),
    ),
    "a number among the elements of a stream": (
        [*converse_stream((0, TEXT)), 1],
        [*converse_stream((0, TEXT)), 2],
    ),
    "a list among the events of Responses": (
        [*responses_stream((0, "a")), ["x"]],
        [*responses_stream((0, "a")), ["y"]],
    ),
    "a list among the lines of Gemini": ([gemini(TEXT), [{"x": 1}]], [gemini(TEXT), [{"x": 2}]]),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_change_that_once_went_unseen_is_told(name):
    before, after = map(exchange_of, HIDDEN[name])

    assert compare(before, after).churn not in QUIET
    assert fingerprint(before) != fingerprint(after)


def event(text):
    """A stream of one event whose data is this text."""
    return f"data: {text}\n\n"


def chat_said(zz, **others):
    """The text of a reply of OpenAI's chat. zz: what stands before the rest, as written."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi"}, **others}
    return "{" + zz + json.dumps({"object": "chat.completion", "choices": [choice]})[1:]


def filtered(verdict):
    return json.loads(chat_said("", content_filter_results=verdict))


TWICE = '"zz": 1, "zz": 2, '
SAFE = {"filtered": False, "severity": "safe"}
WRITTEN = {
    "a key given twice in a body kept as text": (chat_said(TWICE), chat_said('"zz": 2, ')),
    "a key given twice in an event": (event(chat_said(TWICE)), event(chat_said('"zz": 2, '))),
    "a value that the same key hides": (event(chat_said(TWICE)), event(chat_said('"zz": 3, "zz": 2, '))),
    "a key given twice in a line": (
        '{"message": {"content": "a"}, "done": false}\n{"zz": 1, "zz": 2, "message": {"content": "b"}, "done": true}',
        '{"message": {"content": "a"}, "done": false}\n{"zz": 2, "message": {"content": "b"}, "done": true}',
    ),
    "a half of a pair and its spelling": (
        event(chat_said('"zz": "\\ud83d", ')),
        event(chat_said('"zz": "\\ufffd\\\\ud83d", ')),
    ),
    "a filter that says nothing": (filtered({"hate": SAFE}), filtered({"hate": {}})),
    "filters that are a list": (filtered({"hate": SAFE}), filtered([SAFE])),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_change_that_only_the_text_or_its_kind_shows_is_told(name):
    before, after = map(exchange_of, WRITTEN[name])

    assert compare(before, after).churn not in QUIET
    assert fingerprint(before) != fingerprint(after)


def test_metadata_of_the_provider_that_came_is_told_though_it_is_empty():
    def with_metadata(**asked):
        document = answered(cohere(content=[]))
        document["request"] |= asked
        return read(json.dumps(document).encode()).exchange

    absent, empty = with_metadata(), with_metadata(provider_metadata={})
    versions = [with_metadata(provider_metadata={"openai_sdk_version": version}) for version in ("1", "2")]

    assert compare(absent, empty).churn is Churn.DETAILS
    assert compare(empty, versions[0]).churn is compare(*versions).churn is Churn.IDENTICAL


CUT = {
    "converse": (converse_stream((0, {"text": "Hello"})), converse_stream((0, {"text": "Hel"}), (0, {"text": "lo"}))),
    "cohere": (cohere_stream((0, {"text": "Hello"})), cohere_stream((0, {"text": "Hel"}), (0, {"text": "lo"}))),
    "gemini": ([gemini(TEXT)], [gemini({"text": "Hel"}), gemini({"text": "lo"})]),
    "gemini, two parts in one chunk": ([gemini({"text": "Hel"}, {"text": "lo"})], [gemini({"text": "Hello"})]),
    "interactions": (
        interaction_stream((0, {"type": "text", "text": "Hello"})),
        interaction_stream((0, {"type": "text", "text": "Hel"}), (0, {"type": "text", "text": "lo"})),
    ),
    "responses": (responses_stream((0, "Hello")), responses_stream((0, "Hel"), (0, "lo"))),
}


@pytest.mark.parametrize("name", CUT)
def test_where_a_block_is_cut_does_not_matter(name):
    before, after = map(exchange_of, CUT[name])

    assert compare(before, after).churn in QUIET
    assert fingerprint(before) == fingerprint(after)


def cohere_searched(generation):
    return {"generation_id": "g", "text": "Hi", "search_queries": [{"text": "q", "generation_id": generation}]}


def stepped(signature, earlier):
    step = {"type": "thought", "summary": [{"type": "text", "text": "a"}], "signature": signature}
    return {"object": "interaction", "status": "completed", "previous_interaction_id": earlier, "steps": [step]}


def finished(id):
    output = {"type": "function_call", "id": id, "name": "f", "arguments": {}}
    whole = {"status": "completed", "outputs": [output]}
    return [{"event_type": "interaction.completed", "interaction": whole}]


HARMLESS = {
    "cohere: the id of a search": (cohere_searched("g1"), cohere_searched("g2")),
    "gemini: a count of tokens": (gemini(TEXT, tokenCount=5), gemini(TEXT, tokenCount=6)),
    "interactions: a seal and an earlier interaction": (stepped("s1", "i1"), stepped("s2", "i2")),
    "interactions: ids in the last event": (finished("c1"), finished("c2")),
    "responses: the id of a request for approval": tuple(
        responses({"type": "mcp_approval_request", "id": id, "name": "f", "arguments": "{}"}) for id in ("r1", "r2")
    ),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_made_anew_says_nothing(name):
    before, after = map(exchange_of, HARMLESS[name])

    assert compare(before, after).churn in QUIET
    assert fingerprint(before) == fingerprint(after)


def test_the_order_of_keys_beside_ids_says_nothing():
    def asked(item):
        document = answered(responses(message("a")))
        result = {"type": "function_call_output", "call_id": "call_1", "output": "x"}
        document["request"]["body"] |= {"previous_response_id": "r", "input": [item, result]}
        return document

    one = asked(client_call())
    other = asked(dict(reversed(client_call().items())))
    other["request"]["body"] = dict(reversed(other["request"]["body"].items()))

    assert len({fingerprint(read(json.dumps(item).encode()).exchange) for item in (one, other)}) == 1


NOT_READ = {
    "a page of a proxy": "<html>502 Bad Gateway</html>",
    "an envelope around a reply": {"statusCode": 200, "body": "{}"},
    "a stream in an envelope": [{"response": gemini(TEXT)}],
    "a text after the events of Gemini": event(json.dumps(gemini(TEXT))) + "<html>502</html>",
    "a text among the events of Converse": [*converse_stream((0, TEXT)), "Bad Gateway"],
    "a line of Ollama that was cut off": '{"message": {"content": "a"}, "done": false}\n{"message": {"cont',
    "an unknown event of Responses": [*responses_stream((0, "a")), {"type": "response.new", "x": 1}],
}


@pytest.mark.parametrize("name", NOT_READ)
def test_what_is_not_read_is_said_as_a_problem(name):
    assert any(problem.where.startswith("response.body") for problem in exchange_of(NOT_READ[name]).problems)
