"""One stream of events, in every layout that a recorder may leave it in."""

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recviewer.formats import framing
from recviewer.formats.framing import frame
from recviewer.formats.reading import read

ELEMENTS = st.dictionaries(st.sampled_from("abc"), st.text(max_size=8) | st.integers() | st.none(), min_size=1)
STREAMS = st.lists(st.tuples(st.sampled_from(["", "message", "delta.text"]), ELEMENTS), min_size=1, max_size=5)
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])
NOISE = st.lists(st.sampled_from([": PROCESSING", ":", "id: 7", "retry: 10"]), max_size=2)


@st.composite
def lines_of(draw, stream, *, gaps=True):
    """Draw the lines of a stream. gaps: blank lines between its events, as the standard has it."""
    lines = draw(st.lists(st.sampled_from([": PROCESSING", "", ":"]), max_size=3)) if gaps else []
    for name, element in stream:
        lines += draw(NOISE)
        lines += [f"event: {name}"] if name else []
        lines.append("data:" + draw(st.sampled_from(["", " "])) + json.dumps(element, ensure_ascii=draw(st.booleans())))
        lines += [""] if gaps else []
    if draw(st.booleans()):
        lines += ["data: [DONE]", ""] if gaps else ["data: [DONE]"]
    return lines


def data_of(framed):
    return [(event.name, event.data) for event in framed.events if event.text != "[DONE]"]


@st.composite
def pieces(draw, text):
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@given(STREAMS, LINE_ENDS, st.data())
def test_any_cut_and_any_line_end_read_the_same(stream, end, data):
    text = end.join(data.draw(lines_of(stream))) + data.draw(st.sampled_from(["", end]))

    assert data_of(frame(text)) == stream
    assert data_of(frame("\ufeff" + text)) == stream
    assert data_of(frame(data.draw(pieces(text)))) == stream


@given(STREAMS, st.data())
def test_lines_read_the_same_with_and_without_their_ends(stream, data):
    lines = data.draw(lines_of(stream))

    assert data_of(frame(lines)) == stream
    assert data_of(frame([f"{line}\n" for line in lines])) == stream
    assert data_of(frame([f"{line}\r" for line in lines])) == stream


@given(STREAMS, st.booleans(), st.data())
def test_lost_blank_lines_lose_no_event(stream, is_text, data):
    assume(len({bool(name) for name, _ in stream}) == 1)
    lines = data.draw(lines_of(stream, gaps=False))

    assert data_of(frame("\n".join(lines) if is_text else lines)) == stream


@given(STREAMS)
def test_whole_events_as_elements_read_the_same(stream):
    events = [(f"event: {name}\n" if name else "") + f"data: {json.dumps(element)}" for name, element in stream]

    assert data_of(frame(events)) == stream
    assert data_of(frame([f"{event}\n\n" for event in events])) == stream


@given(STREAMS, st.booleans())
def test_events_that_were_taken_apart_read_the_same(stream, is_typed):
    events = [
        {"event": name or "message", "data": json.dumps(element), "id": "", "retry": None} for name, element in stream
    ]
    body = [{"__type__": "sse.Event", "__data__": event} for event in events] if is_typed else events

    assert data_of(frame(body)) == [("" if name == "message" else name, element) for name, element in stream]


def test_objects_with_data_that_are_no_events_stay_as_they_are():
    for body in ([{"data": "x", "words": 1}], [{"data": {"a": 1}}], [{"data": "{}"}, "x"], [{"__data__": None}]):
        assert frame(body).body == body


@given(st.lists(ELEMENTS, min_size=2), st.sampled_from([None, 1]), LINE_ENDS, st.data())
def test_json_values_one_after_the_other_are_elements(elements, indent, end, data):
    text = end.join(json.dumps(element, indent=indent) for element in elements)

    assert frame(text).body == elements
    assert frame(data.draw(pieces(text))).body == elements
    assert frame([json.dumps(element) for element in elements]).body == elements
    assert frame(json.dumps(elements)).body == elements
    assert frame(json.dumps(elements)).events == ()


@pytest.mark.slow
@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    '{"a":1}',
                    '{"a": 1}',
                    '{"a":1.0}',
                    '{"a":1e2}',
                    '{"a":"\\u00e9"}',
                    '{"a":"é"}',
                    '{"a":1,"a":2}',
                    " {} ",
                    "{}\r",
                ),
                *(
                    '{"a":1},{"b":2}',
                    '{"c":[{}',
                    '{"d":2}]}',
                    '{"a":123456789012345678901234}',
                    "[1]",
                    "[DONE]",
                    "",
                    '{"a":',
                ),
            ]
        ),
        min_size=1,
        max_size=5,
    )
)
def test_objects_in_lines_are_read_as_one_after_the_other(lines):
    text = "\n".join(['{"z":1}', '{"z":2}', *lines])

    fast = frame(text)
    slow = framing._of_sequence(text.lstrip())

    assert repr(fast) == repr(slow)


def test_several_data_lines_are_one_event():
    assert data_of(frame('data: {"a":\ndata: 1}\n\n')) == [("", {"a": 1})]
    assert data_of(frame('event: x\ndata: {"a":\ndata: [1,\ndata: 2]}\n')) == [("x", {"a": [1, 2]})]
    assert [event.text for event in frame("data: one\ndata: two\n\n").events] == ["one\ntwo"]


def test_several_data_lines_are_joined_also_without_blank_lines():
    framed = frame('data: {"a":\ndata: 1}\ndata: {"a": "]"}\ndata: [DONE]')

    assert [event.text for event in framed.events] == ['{"a":\n1}', '{"a": "]"}', "[DONE]"]


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_name_may_follow_its_data(gap):
    text = gap.join(['data: {"a": 1}\nevent: x', 'data: {"a": 2}\nevent: y\n'])

    assert data_of(frame(text)) == [("x", {"a": 1}), ("y", {"a": 2})]


def test_failure_on_a_line_of_its_own_is_an_event():
    text = 'data: {"a": 1}\n\nerror: {"code": 500, "message": "no slot"}\n\n'

    assert data_of(frame(text)) == [("", {"a": 1}), ("error", {"code": 500, "message": "no slot"})]
    assert data_of(frame('data: {"a": 1}\n{"error": "no slot"}\n')) == [("", {"a": 1}), ("", {"error": "no slot"})]
    assert data_of(frame('error: {"code": 500}')) == [("error", {"code": 500})]


def test_json_may_go_on_in_lines_without_a_field():
    text = 'data: {"a": 1}\n\ndata: {\n  "error": "no: slot"\n}\n\n'

    assert frame(text).body == [{"a": 1}, {"error": "no: slot"}]
    assert frame(text.split("\n")).body == [{"a": 1}, {"error": "no: slot"}]


def test_line_that_is_no_field_is_kept():
    assert frame('data: {"a": 1}\n\nInternal Server Error\n').body == [{"a": 1}, "Internal Server Error"]


def test_stream_that_was_cut_off_keeps_what_came():
    assert frame('data: {"a": 1}\n\ndata: {"a": ').body == [{"a": 1}, '{"a": ']
    assert frame('{"a": 1}\n{"a": ').body == [{"a": 1}, '{"a": ']
    assert frame('[{"a": 1},\n{"a": ').body == [{"a": 1}, '{"a": ']


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ('[{"a":1},\n{"a":2}', [{"a": 1}, {"a": 2}, "["]),
        ('[{"a":1},', [{"a": 1}, "["]),
        ('[{"a":1}]]', [{"a": 1}, "]"]),
        ('[{"a":1}]{"a":2}]', [{"a": 1}, "]", {"a": 2}]),
        ('[{"a":1},{"a"', [{"a": 1}, '{"a"']),
    ],
)
def test_a_bracket_without_its_other_is_kept(text, elements):
    assert frame(text).body == elements


def test_comments_alone_are_an_empty_stream():
    assert frame([": PROCESSING", "", ": PROCESSING"]).body == []


@pytest.mark.parametrize(
    "body", ["", "ok", "data", "id: 7", ": well", "{well}", "[well]", "data set: all", None, 7, {}]
)
def test_what_is_no_stream_stays_as_it_is(body):
    assert frame(body).body == ([] if body == ": well" else body)


@pytest.mark.parametrize("body", [["a", "b"], [1, "data: 2"], ["one\n", "two\n"], []])
def test_list_that_is_no_stream_stays_as_it_is(body):
    assert frame(body).body == body


def test_text_of_json_is_read_as_json():
    assert frame(' \n {"a": 1}\r\n').body == {"a": 1}
    assert frame(['{"a"', ": 1}"]).body == {"a": 1}


def test_what_is_odd_about_inner_json_is_named():
    framed = frame('data: {"a": 1, "a": 2}\n\n')

    assert [(problem.where, problem.what) for problem in framed.problems] == [
        ("response.body, event 1", 'keys given twice, the last one counts: a; before it stood "a": 1')
    ]


FOX = json.dumps("\N{FOX FACE}").strip('"')
HIGH, LOW = FOX[:6], FOX[6:]


def chunks(*texts):
    return [f'{{"index": 0, "text": "{text}"}}' for text in texts]


@pytest.mark.parametrize("prefix", ["data: ", ""])
def test_halves_of_a_character_are_joined_across_elements(prefix):
    framed = frame("\n".join(prefix + chunk for chunk in chunks(f"A {HIGH}", f"{LOW} B")))

    assert [item["text"] for item in framed.body] == ["A \N{FOX FACE}", " B"]
    assert framed.problems == ()


def test_half_that_stays_alone_is_seen_and_named():
    framed = frame("\n".join(f"data: {chunk}" for chunk in chunks(HIGH, "x", LOW)))

    assert [item["text"] for item in framed.body] == [f"\ufffd{HIGH}", "x", f"\ufffd{LOW}"]
    assert [problem.what for problem in framed.problems] == ["half of a surrogate pair stands alone in a string"]


def test_halves_of_two_texts_are_not_mixed():
    first, second = '{"index": 0, "text": "%s"}', '{"index": 1, "text": "%s"}'
    framed = frame("\n".join([first % HIGH, second % HIGH, first % LOW, second % f"{LOW}!"]))

    assert [item["text"] for item in framed.body] == ["\N{FOX FACE}", "\N{FOX FACE}", "", "!"]


@given(st.lists(st.text(max_size=8), min_size=1, max_size=6), st.data())
def test_chat_reads_the_same_in_every_layout(texts, data):
    elements = [
        {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]} for text in texts
    ]
    layout = data.draw(lines_of([("", element) for element in elements]))
    text = data.draw(LINE_ENDS).join(layout)
    bodies = [elements, layout, text, data.draw(pieces(text)), "\n".join(map(json.dumps, elements))]

    readings = [read(json.dumps({"request": {}, "response": {"body": body}}).encode()) for body in bodies]

    assert [reading.exchange.outputs for reading in readings] == [readings[0].exchange.outputs] * len(bodies)
    assert readings[0].exchange.outputs[0].content == "".join(texts)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ('{"a": 1}\n{"b": 2}\n', [{"a": 1}, {"b": 2}]),
        ('{"a": 1},\r\n{"b": 2}\r\n', [{"a": 1}, {"b": 2}]),
        ('{"a": 1}\n\n{\n "b": 2}\n{"c": 3} {"d": 4}', [{"a": 1}, {"b": 2}, {"c": 3}, {"d": 4}]),
        ('{"a": 1}\nno JSON {"b": 2}\n', [{"a": 1}, 'no JSON {"b": 2}\n']),
        ('{"a": 1}\n{"b": 2', [{"a": 1}, '{"b": 2']),
        ('{"a": 1}\n   \n', {"a": 1}),
        ('{"a":\n{"b": 2}\n}', {"a": {"b": 2}}),
    ],
)
def test_values_one_after_the_other_are_told_apart(text, body):
    assert frame(text).body == body
