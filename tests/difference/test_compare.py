import copy
import itertools
import json
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.difference.answers import paired
from recviewer.difference.compare import compare
from recviewer.difference.details import is_same_stream, of_rest
from recviewer.difference.model import Churn, Names, SectionKind, Values, VectorChange, Words, shown
from recviewer.exchange.fingerprint import fingerprint
from recviewer.exchange.model import Exchange, Failure, Kind, Message, Output, Request, Table, Text, ToolCall, Vector
from recviewer.exchange.signs import PASSED
from recviewer.formats.reading import read
from tests.case_files import FILES, FOLDERS
from tests.difference.mirror import applied, mirrored

EXCHANGES = st.sampled_from(FILES).map(lambda path: exchange_of(path))
SAME = {Churn.IDENTICAL, Churn.CHUNKING}


@cache
def exchange_of(path):
    return read(path.read_bytes()).exchange


def chat(*outputs, words="Which planet?", kind=Kind.CHAT, **more):
    body = {"model": "m", "messages": [{"role": "user", "content": words}]}
    request = Request((Message("user", (Text(words),)),), {"model": "m"}, (), body)
    return Exchange(
        kind, read_as="openai_chat", model="m", request=more.pop("request", request), outputs=outputs, **more
    )


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_differs_from_itself(folder):
    for path in FOLDERS[folder]:
        assert compare(exchange_of(path), exchange_of(path)).is_empty, path.name


@given(EXCHANGES, EXCHANGES)
def test_the_other_way_round_is_the_mirror(old, new):
    difference = compare(old, new)

    assert compare(new, old) == mirrored(difference)
    assert mirrored(mirrored(difference)) == difference


@given(EXCHANGES, EXCHANGES)
def test_equal_fingerprints_are_the_classes_without_meaning(old, new):
    difference = compare(old, new)

    is_same = fingerprint(old) == fingerprint(new) and old.place == new.place and is_same_stream(old, new)
    assert (difference.churn in SAME) == is_same
    if difference.churn not in SAME:
        assert any(section.items and not section.is_quiet for section in difference.sections)


WORDS = st.text(alphabet="ab c.\n–1é", max_size=30)
CALLS = st.builds(
    ToolCall, WORDS, st.sampled_from(["f", "g"]), st.sampled_from(['{"a": 1}', '{"a":2}', "not JSON"]) | WORDS
)
OUTPUTS = st.builds(
    Output,
    index=st.integers(0, 1),
    content=WORDS,
    reasoning=WORDS,
    refusal=st.just("") | WORDS,
    tool_calls=st.lists(CALLS, max_size=2).map(tuple),
    finish_reason=st.sampled_from([None, "stop", "length"]),
)
TURNS = st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), WORDS), max_size=5)


@st.composite
def exchanges(draw):
    turns, params = draw(TURNS), draw(st.dictionaries(st.sampled_from(["n", "seed"]), st.integers(0, 2)))
    body = params | {"messages": [{"role": role, "content": text} for role, text in turns]}
    messages = tuple(Message(role, (Text(text),)) for role, text in turns)
    error = draw(st.none() | st.builds(Failure, st.sampled_from(["E", "F"]), st.just(400), WORDS))
    return Exchange(
        Kind.CHAT,
        read_as="openai_chat",
        request=Request(messages, params, (), body),
        outputs=tuple(draw(st.lists(OUTPUTS, max_size=2))),
        error=error,
    )


@pytest.mark.slow
@given(exchanges())
def test_no_exchange_differs_from_itself(exchange):
    assert compare(exchange, exchange).is_empty


@given(exchanges(), exchanges())
def test_any_two_exchanges_mirror_and_their_shown_words_lead_from_one_to_the_other(old, new):
    difference = compare(old, new)

    assert compare(new, old) == mirrored(difference)
    for section in difference.sections:
        for item in section.items:
            if isinstance(item, Words):
                assert applied(item.words, item.words.old) == item.words.new
    answer = difference.section(SectionKind.ANSWER)
    shown = {(item.words.old, item.words.new) for item in answer.items} if answer else set()
    for before, after in paired(old, new):
        assert before.content == after.content or (before.content, after.content) in shown


def leaves(value, way=()):
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[key], (*way, key))
    else:
        yield way


@given(st.sampled_from(FILES), st.data())
def test_any_edited_value_is_seen_or_said_to_be_ignored(path, data):
    document = json.loads(path.read_bytes())
    way = data.draw(st.sampled_from(list(leaves(document)) or [()]))
    edited = copy.deepcopy(document)
    holder = edited
    for key in way[:-1]:
        holder = holder[key]
    if way:
        holder[way[-1]] = data.draw(st.sampled_from(["other", 17, 0.25, None, True]))
    old, new = (read(json.dumps(one).encode()).exchange for one in (document, edited))

    difference = compare(old, new)

    is_same = fingerprint(old) == fingerprint(new) and old.place == new.place and is_same_stream(old, new)
    assert (difference.churn in SAME) == is_same
    assert compare(new, old) == mirrored(difference)


ANSWER = Output(0, content="Saturn has rings.", finish_reason="stop")
CALL = Output(
    0, tool_calls=(ToolCall("c1", "get_weather", '{"city": "Paris", "days": 2}'),), finish_reason="tool_calls"
)


@pytest.mark.parametrize(
    ("old", "new", "churn"),
    [
        (chat(ANSWER), chat(ANSWER, usage={"total_tokens": 3}), Churn.IDENTICAL),
        (chat(ANSWER, chunks=6, streaming=True), chat(ANSWER, chunks=5, streaming=True), Churn.CHUNKING),
        (
            chat(ANSWER, chunks=2, runs=(("t", 2),), streaming=True),
            chat(ANSWER, chunks=2, runs=(("t", 1), ("f", 1)), streaming=True),
            Churn.CHUNKING,
        ),
        (chat(ANSWER), chat(ANSWER, words="Which planet now?"), Churn.REQUEST),
        (chat(ANSWER), chat(replace(ANSWER, content="Saturn has rings!")), Churn.TEXT),
        (chat(ANSWER), chat(replace(ANSWER, reasoning="hm")), Churn.TEXT),
        (chat(ANSWER), chat(replace(ANSWER, content="Other.", finish_reason="length")), Churn.FINISH),
        (chat(CALL), chat(ANSWER), Churn.TOOL_CALL),
        (
            chat(replace(CALL, tool_calls=(ToolCall("", "f", '{"a": 1}'),))),
            chat(replace(CALL, tool_calls=(ToolCall("", "f", '{"a": 2}'),))),
            Churn.TOOL_CALL,
        ),
        (chat(ANSWER), chat(error=Failure("RateLimitError", 429, "slow down"), kind=Kind.EXCEPTION), Churn.OUTCOME),
        (
            chat(error=Failure("E", 400, "one"), kind=Kind.EXCEPTION),
            chat(error=Failure("E", 400, "two"), kind=Kind.EXCEPTION),
            Churn.TEXT,
        ),
        (
            chat(error=Failure("E", 400, "no"), kind=Kind.EXCEPTION),
            chat(error=Failure("E", 429, "no"), kind=Kind.EXCEPTION),
            Churn.OUTCOME,
        ),
        (
            chat(error=Failure("E", 400, "no"), kind=Kind.EXCEPTION),
            chat(error=Failure("F", 400, "no"), kind=Kind.EXCEPTION),
            Churn.OUTCOME,
        ),
    ],
)
def test_the_class_is_the_heaviest_of_what_changed(old, new, churn):
    assert compare(old, new).churn is churn


def test_one_side_alone_is_new_or_gone():
    new, gone = compare(None, chat(ANSWER)), compare(chat(ANSWER), None)

    assert (new.churn, new.added.words) == (Churn.NEW, 3)
    assert gone == mirrored(new)
    with pytest.raises(ValueError, match="one of the two"):
        compare(None, None)


def test_identical_text_with_another_call_is_a_tool_call_change():
    call = ToolCall("c2", "get_weather", '{"days": 3, "city": "Paris"}')

    difference = compare(chat(CALL), chat(replace(CALL, tool_calls=(call,))))

    (item,) = difference.section(SectionKind.CALLS).items
    assert isinstance(item, Values)
    assert (item.label, [(change.path, change.old, change.new) for change in item.values]) == (
        "get_weather",
        [("arguments.days", 2, 3)],
    )
    assert [one.path for one in difference.ignored] == ["outputs[].tool_calls[].id"]


def test_arguments_are_compared_as_json():
    other = replace(CALL, tool_calls=(ToolCall("c9", "get_weather", '{"days":2,"city":"Paris"}'),))

    difference = compare(chat(CALL), chat(other))

    assert difference.churn is Churn.IDENTICAL
    assert {one.path for one in difference.ignored} == {
        "outputs[].tool_calls[].id",
        "outputs[].tool_calls[].arguments, as written",
    }


def test_an_answer_that_is_json_is_compared_as_json_too():
    difference = compare(chat(Output(content='{"a": 1, "b": 2}')), chat(Output(content='{"b": 3, "a": 1}')))

    (item,) = difference.section(SectionKind.ANSWER).items
    assert isinstance(item, Words)
    assert [change.path for change in item.values] == ["b"]


def test_what_was_ignored_is_said_with_numbers():
    old = chat(ANSWER, chunks=6, streaming=True, usage={"total_tokens": 349}, metadata={"sdk_version": "1"})
    new = chat(ANSWER, chunks=5, streaming=True, usage={"total_tokens": 336}, metadata={"sdk_version": "2"})

    told = {(one.path, one.count, one.old, one.new) for one in compare(old, new).ignored}

    assert told == {
        ("chunk boundaries", 1, "6", "5"),
        ("usage", 1, "349 tokens", "336 tokens"),
        ("versions of the client", 1, '{"sdk_version":"1"}', '{"sdk_version":"2"}'),
    }


def chunks(**paths):
    return {"chunks": {"paths": paths}}


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (
            chat(ANSWER, rest={"body": {"model": "a"}}),
            chat(ANSWER, rest={"body": {"model": "b"}}),
            "response.body.model",
        ),
        (chat(ANSWER, rest={"body": {}}), chat(ANSWER, rest={"body": {"x": {"y": 1}}}), "response.body.x.y"),
        (chat(ANSWER, rest=chunks(x=[1])), chat(ANSWER, rest=chunks(x=[1, 2])), "chunks[].x"),
        (chat(ANSWER, elements=({"x": 1}, {})), chat(ANSWER, elements=({}, {"x": 1})), "chunks[0].x"),
        (chat(ANSWER, rest={"types": ["a.B"]}), chat(ANSWER, rest={"types": ["c.B"]}), "__type__"),
        (chat(ANSWER, rest={"file": {}}), chat(ANSWER, rest={"file": {"by": "me"}}), "by"),
        (chat(ANSWER, place={"host": "a"}), chat(ANSWER, place={"host": "b"}), "host"),
        (chat(ANSWER, place={"test_id": "a.py::t[x]"}), chat(ANSWER, place={"test_id": "b.py::t[x]"}), "test file"),
        (chat(ANSWER, place={"test_id": "a.py::t[x]"}), chat(ANSWER, place={"test_id": "a.py::t[y]"}), "test_id"),
    ],
)
def test_details_are_a_class_of_their_own_and_named_by_their_paths(old, new, path):
    difference = compare(old, new)

    assert difference.churn is Churn.DETAILS
    (item,) = difference.section(SectionKind.DETAILS).items
    assert item.values[0].path == path
    assert not difference.ignored


def test_of_what_only_counts_that_it_is_there_it_is_said_in_words():
    (change,) = of_rest(chat(ANSWER, rest={"body": {}}), chat(ANSWER, rest={"body": {"usage": {"x": PASSED}}}))

    assert change.new == "there (value not counted)"


def test_an_object_of_which_only_the_keys_count_is_named_by_these_beside_what_is_none():
    old, new = ({"body": {"usage": {"details": one}}} for one in ({"a": PASSED, "b": PASSED}, None))
    (change,) = of_rest(chat(ANSWER, rest=old), chat(ANSWER, rest=new))

    assert (shown(change.old), change.new) == ("a, b (values not counted)", None)


def test_a_text_that_reads_like_our_words_for_a_value_is_told_from_them():
    old, new = ({"body": {"usage": {"x": one}}} for one in (PASSED, "there (value not counted)"))
    (change,) = of_rest(chat(ANSWER, rest=old), chat(ANSWER, rest=new))

    assert change.old != change.new


def test_a_recorded_text_of_the_sign_for_a_value_is_that_text():
    old, new = ({"body": {"x": one}} for one in ("\N{HORIZONTAL ELLIPSIS}", "other"))
    (change,) = of_rest(chat(ANSWER, rest=old), chat(ANSWER, rest=new))

    assert change.old == PASSED


def test_details_are_said_beside_what_weighs_more():
    difference = compare(chat(ANSWER), chat(replace(ANSWER, content="Other."), rest={"body": {"model": "b"}}))

    assert difference.churn is Churn.TEXT
    assert difference.section(SectionKind.DETAILS) is not None


def models(*names):
    rows = tuple((name, "someone", 0) for name in names)
    return Exchange(
        Kind.MODELS, read_as="openai_models", exhibits=(Table("models", ("id", "owned_by", "created"), rows),)
    )


def test_model_lists_are_sets():
    assert compare(models("a", "b"), models("b", "a")).churn is Churn.IDENTICAL
    difference = compare(models("a", "b"), models("b", "c"))
    assert difference.section(SectionKind.LISTING).items == (Names("models", ("a",), ("c",), 1),)


def vector(*values):
    return Exchange(Kind.EMBEDDINGS, read_as="openai_embeddings", exhibits=(Vector(0, values),))


def test_embeddings_have_a_cosine_and_a_largest_difference():
    difference = compare(vector(3.0, 4.0), vector(4.0, 3.0))

    (item,) = difference.section(SectionKind.VECTORS).items
    assert isinstance(item, VectorChange)
    assert item.cosine == pytest.approx(0.96)
    assert item.largest == 1.0
    assert compare(vector(3.0), vector(3.0, 1.0)).section(SectionKind.VECTORS).items[0].cosine is None


def turns(*pairs):
    messages = tuple(Message(role, (Text(text),)) for role, text in pairs)
    body = {"messages": [{"role": role, "content": text} for role, text in pairs]}
    return chat(ANSWER, request=Request(messages, {}, (), body))


def test_an_inserted_turn_leaves_the_others_aligned():
    old = turns(("system", "Be kind."), ("user", "Where is the rain?"), ("assistant", "Spain."), ("user", "And then?"))
    new = turns(
        ("system", "Be kind."),
        ("user", "Hello, I have a question."),
        ("user", "Where is the rain?"),
        ("assistant", "In Spain."),
        ("user", "And then?"),
    )

    difference = compare(old, new)

    labels = [(item.label, item.is_new) for item in difference.section(SectionKind.MESSAGES).items]
    assert labels == [("messages[1] user", True), ("messages[3] assistant", False)]
    assert next(same.count for same in difference.same if same.kind is SectionKind.MESSAGES) == 3


def test_ids_that_refer_to_each_other_differently_are_a_request_change():
    def request(answered):
        calls = [{"id": "a", "function": {"name": "f", "arguments": "{}"}}, {"id": "b", "function": {"name": "f"}}]
        return {
            "request": {
                "method": "POST",
                "url": "http://x/v1/chat/completions",
                "endpoint": "/v1/chat/completions",
                "body": {
                    "messages": [
                        {"role": "assistant", "tool_calls": calls},
                        {"role": "tool", "tool_call_id": answered, "content": "1"},
                    ]
                },
            },
            "response": {"body": None, "is_streaming": False},
        }

    old, new = (read(json.dumps(request(answered)).encode()).exchange for answered in "ab")
    difference = compare(old, new)

    assert difference.churn is Churn.REQUEST
    assert difference.section(SectionKind.REFERENCES)


@pytest.mark.slow
def test_no_two_cases_are_compared_without_an_answer():
    for old, new in itertools.islice(itertools.combinations(map(exchange_of, FILES), 2), 0, None, 101):
        assert 0.0 <= compare(old, new).similarity <= 1.0


def test_other_words_of_an_error_are_counted():
    old, new = (
        Exchange(kind=Kind.EXCEPTION, error=Failure("BadRequestError", 400, message))
        for message in ("the picture is too large", "the picture is far too wide")
    )

    found = compare(old, new)

    assert found.churn is Churn.TEXT
    assert min(found.removed.words, found.added.words) > 0


def test_what_an_error_holds_besides_its_words_is_told():
    def failed(param):
        error = {"message": "No.", "type": "invalid_request_error", "param": param}
        data = {"type": "BadRequestError", "message": "No.", "status_code": 400, "body": {"error": error}}
        response = {"body": None, "is_exception": True, "exception_data": data}
        asked = {"method": "POST", "url": "https://api.example.com/v1/chat/completions", "body": {"model": "m"}}
        return read(json.dumps({"request": asked, "response": response}).encode()).exchange

    found = of_rest(failed("seed"), failed("n"))

    assert [(change.keys[-1], change.old, change.new) for change in found] == [("param", "seed", "n")]


@pytest.mark.slow
def test_choices_of_one_index_and_tools_of_one_name_are_counted_once():
    from recviewer.difference import answers, asked
    from recviewer.exchange.model import Exchange, Kind, Output

    many = 60_000  # one after the other for each would be two thousand million steps
    old, new = (Exchange(Kind.CHAT, outputs=tuple(Output(7, word) for _ in range(many))) for word in ("a", "b"))

    pairs = answers.paired(old, new)
    tools = asked._by_name([{"function": {"name": "t"}}] * many + [{"function": {"name": "t (2)"}}])

    assert len(pairs) == many
    assert (pairs[-1][0].content, pairs[-1][1].content) == ("a", "b")
    assert len(tools) == many + 1
    assert {"t", "t (2)", f"t ({many})", "t (2) (2)"} <= tools.keys()


def test_what_is_odd_about_a_file_is_told_in_words():
    odd = [["file", "has a byte order mark"], ["file", "keys given twice, the last one counts: a"]]
    (change,) = of_rest(chat(ANSWER), chat(ANSWER, rest={"bytes": odd}))

    assert (change.path, change.new) == ("file", "has a byte order mark; keys given twice, the last one counts: a")
