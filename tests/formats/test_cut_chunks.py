"""Streams whose chunks are mostly alike, read without decoding each of them: the same exchange."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.cut_chunks import SaidRun, shortened
from recviewer.formats.reading import read, read_briefly

TYPE = "openai.types.chat.chat_completion_chunk.ChatCompletionChunk"
TEXTS = st.sampled_from(["", "a", " of", '"', "\\", '\\"', "line\n", "é", "\N{GRINNING FACE}", '", "x": "', "\x01"])
ODD = [
    b'"',
    b"\\",
    b'\\"',
    b"\n",
    b'",\n',
    b"\x01",
    b"\xff",
    b"\\ud83d",
    b"1",
    b"{",
    b'", "x": "',
    b"\n      },\n      {\n",
]


def chunk(text, key="content", **more):
    """A chunk as the recorder writes it. more: `padding`, `finish`, `role`, `reasoning`, `calls`, or keys of the chunk."""
    delta = {"content": "", "role": more.pop("role", None), "tool_calls": more.pop("calls", None)}
    delta |= {"reasoning": more.pop("reasoning")} if "reasoning" in more else {}
    padding = {"obfuscation": more.pop("padding")} if "padding" in more else {}
    choice = {"delta": delta | {key: text}, "finish_reason": more.pop("finish", None), "index": 0, "logprobs": None}
    data = {
        "id": "x",
        "choices": [choice],
        "created": 0,
        "model": "m",
        "object": "chat.completion.chunk",
        "usage": None,
    }
    return {"__type__": TYPE, "__data__": data | more | padding}


def file_of(chunks, *, ascii=True, **response):
    """A recording's bytes as the recorder writes them."""
    request = {"method": "POST", "url": "https://h.test/v1/chat/completions", "body": {"model": "m", "messages": []}}
    document = {
        "test_id": "tests/test_a.py::test_b",
        "request": request,
        "response": {"body": chunks, "is_streaming": True, **response},
        "id_normalization_mapping": {},
    }
    return (json.dumps(document, indent=2, ensure_ascii=ascii) + "\n").encode()


def same(data):
    """Whether a file is read briefly, which has to give the exchange that reading all of it gives."""
    brief, whole = read_briefly(data), read(data)
    if brief is None:
        return False
    assert repr(brief.exchange) == repr(whole.exchange)  # to Python 1, 1.0 and true are equal
    assert fingerprint(brief.exchange) == fingerprint(whole.exchange)
    assert {**brief.document, "response": 0} == {**whole.document, "response": 0}
    assert told(brief.said()) == told(whole.said()) == told(whole.chunks())
    exact = read_briefly(data, exact=True)
    if exact is not None:
        assert repr(exact.exchange) == repr(read(data, exact=True).exchange)
    return True


def told(chunks):
    """What each chunk adds, those of runs one by one."""
    found = []
    for one in chunks:
        if isinstance(one, SaidRun):
            said = ["reasoning" if one.is_thought else "text"]
            found += [
                (at, {"choice": one.choice} | dict.fromkeys(said, text)) for at, text in enumerate(one.texts, one.first)
            ]
        else:
            found += [(one.number, {key: getattr(delta, key) for key in PARTS}) for delta in one.deltas]
            found += [(one.number, one.usage)] if one.usage or not one.deltas else []
    return [(at, {key: value for key, value in (said or {}).items() if value}) for at, said in found]


PARTS = ("choice", "text", "reasoning", "refusal", "calls", "finish", "parts")


def test_most_of_a_stream_is_cut_out():
    data = file_of([chunk("Hi", role="assistant"), *[chunk(f" {n}") for n in range(40)], chunk("", finish="stop")])

    found = shortened(data)

    assert found is not None
    assert len(found.document["response"]["body"]) == 3
    assert found.alike[1].texts == [f" {n}" for n in range(1, 40)]
    assert same(data)


def test_what_pads_a_chunk_says_nothing():
    assert same(file_of([chunk(f" {n}", padding="x" * (n % 5)) for n in range(9)]))


def test_thoughts_are_cut_out_as_words_are():
    thoughts = [chunk(f" {n}", "reasoning") for n in range(9)]

    assert same(file_of([*thoughts, *[chunk(f" {n}", reasoning="") for n in range(9)], chunk("", finish="stop")]))


@pytest.mark.parametrize(
    "odd",
    [
        {"finish": "stop"},
        {"calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}, "type": "function"}]},
        {"usage": {"total_tokens": 3}},
        {"error": {"message": "no"}},
        {"provider": "p"},
        {"n": 5},
        {"reasoning": "thought"},
        {"x_groq": {"id": "r"}},
    ],
)
def test_chunks_that_are_alike_in_something_odd_are_read_as_when_read_whole(odd):
    same(file_of([chunk("a"), *[chunk(f" {n}", **odd) for n in range(9)], *[chunk(f" {n}") for n in range(9)]]))


@pytest.mark.parametrize("beside", [{"status": 500}, {"is_exception": True, "exception_type": "E"}, {"body2": [{}]}])
def test_a_failure_is_read_whole(beside):
    data = file_of([chunk(f" {n}") for n in range(9)], **beside)

    assert same(data) is ("body2" in beside)


def test_a_number_that_is_written_in_many_ways_is_read_whole_where_it_has_to_look_as_it_was_written():
    data = file_of([chunk(f" word {number}") for number in range(9)])
    odd = data.replace(b'"messages": []', b'"messages": [],\n      "top_p": 1e-7')
    assert read_briefly(data, exact=True) is not None
    assert read_briefly(odd) is not None
    assert read_briefly(odd, exact=True) is None


def test_a_list_of_chunks_elsewhere_is_no_reply():
    chunks = [chunk(f" {n}") for n in range(9)]
    data = file_of(chunks[:1], later=chunks)

    assert read_briefly(data) is None


def test_a_recording_in_a_list_is_none():
    data = b"[" + file_of([chunk(f" {n}") for n in range(9)]).removesuffix(b"\n") + b"]\n"

    assert read_briefly(data) is None


@given(
    texts=st.lists(st.tuples(TEXTS, st.sampled_from(["content", "reasoning"])), min_size=1, max_size=14),
    ascii=st.booleans(),
    padded=st.booleans(),
)
def test_any_texts_are_read_as_when_read_whole(texts, ascii, padded):
    chunks = [chunk(text, key, **({"padding": text} if padded else {})) for text, key in texts]

    same(file_of([*chunks, *[chunk("x", finish=None) for _ in range(6)]], ascii=ascii))


@given(st.data())
def test_any_bytes_put_anywhere_are_read_as_when_read_whole(data):
    file = file_of([*[chunk(f" {n}", padding="x") for n in range(6)], chunk("", finish="stop")])
    at = data.draw(
        st.integers(0, len(file)) | st.sampled_from([place for place in range(len(file)) if file[place] == 34])
    )
    gone = data.draw(st.sampled_from([0, 0, 1, 3]))

    same(file[:at] + data.draw(st.sampled_from(ODD)) + file[at + gone :])


@pytest.mark.slow
def test_odd_bytes_beside_any_quote_of_a_chunk_are_read_as_when_read_whole():
    file = file_of([*[chunk(f" {n}", padding="x") for n in range(6)], chunk("", finish="stop")])
    first, last = file.find(b'" 2"'), file.find(b'" 4"') + 4

    for at in [place for place in range(first, last) if b'"' in file[place - 1 : place + 1]]:
        for odd in ODD:
            same(file[:at] + odd + file[at:])
            same(file[:at] + odd + file[at + 1 :])
