"""Whether recorded answers hold what a test looks for."""

import pytest

from recviewer.asserts.expectations import AnswerPiece, Expectation, Relation
from recviewer.asserts.held import Holding, Verification, holding_of
from recviewer.asserts.patterns import limited
from recviewer.exchange.model import Exchange, Kind, Message, Output, Request, Text, ToolCall

LOWER = (("lower", ()),)


def look(*any_of, where=AnswerPiece.TEXT, how=Relation.CONTAINS, question="Which planet?", **more):
    """Something that a test looks for."""
    told = {"absent": False, "steps": (), "inside": (), "as_json": False, "asked": 1, "sure": True, "line": 7} | more
    return Expectation(where=where, how=how, any_of=any_of, question=question, **told)


def answer(content="", question="Which planet?", calls=(), outputs=1):
    """A chat with one answer."""
    messages = (Message("system", (Text("Be brief."),)), Message("user", (Text(question),)))
    made = tuple(ToolCall("", name, arguments) for name, arguments in calls)
    output = Output(content=content, tool_calls=made)
    return Exchange(Kind.CHAT, request=Request(messages=messages), outputs=(output,) * outputs)


THERE, MISSING = Holding(Verification.THERE, True), Holding(Verification.MISSING, True)


@pytest.mark.parametrize(
    ("asked", "said", "expected"),
    [
        (look("Saturn"), "It is Saturn.", THERE),
        (look("saturn"), "It is Saturn.", MISSING),
        (look("saturn", steps=LOWER), "It is Saturn.", THERE),
        (look("mars", "saturn", steps=LOWER), "It is Saturn.", THERE),
        (look("saturn"), "", MISSING),
        (look("1963", absent=True), "born in 1963", MISSING),
        (look("1963", absent=True), "born then", THERE),
        (look("Saturn", how=Relation.EQUALS), "Saturn", THERE),
        (look("Saturn", how=Relation.EQUALS), "Saturn.", MISSING),
        (look("Sat", how=Relation.STARTS), "Saturn", THERE),
        (look("Sat", how=Relation.ENDS), "Saturn", MISSING),
        (look(r"(?i)(?:\bsat)", how=Relation.MATCHES), "It is Saturn", THERE),
        (
            look("sol", steps=(("normalize", ("NFD",)), ("encode", ("ascii", "ignore")), ("decode", ("ascii",)))),
            "sōl",
            THERE,
        ),
        (look("x", steps=(("decode", ("ascii",)),)), "x", MISSING),
        (look("Ada", how=Relation.EQUALS, as_json=True, inside=("name",)), '{"name": "Ada"}', THERE),
        (look("Ada", how=Relation.EQUALS, as_json=True, inside=("name",)), '{"name": "Bob", "other": "Ada"}', MISSING),
        (look("Ada", how=Relation.EQUALS, as_json=True, inside=("name",)), "Ada", MISSING),
        (look(1963, how=Relation.EQUALS, as_json=True, inside=("born",)), '{"born": 1963}', THERE),
        (look("born", as_json=True), '{"born": 1963}', THERE),
        (look("role", as_json=True, inside=("members", "[]")), '{"members": [{"name": 1}, {"role": 1}]}', THERE),
        (look(["b", "a"], how=Relation.EQUALS, as_json=True, steps=(("keys", ()),)), '{"a": 1, "b": 2}', THERE),
    ],
)
def test_an_answer_is_looked_through(asked, said, expected):
    assert holding_of(asked, [answer(said)]) == expected


def test_calls_are_looked_through():
    calls = [answer(calls=[("add", '{"a": 1}'), ("weather", '{"city": "Oslo"}')])]

    assert holding_of(look("weather", where=AnswerPiece.TOOL, how=Relation.EQUALS), calls) == THERE
    assert holding_of(look("time", where=AnswerPiece.TOOL, how=Relation.EQUALS), calls) == MISSING
    assert holding_of(look("Oslo", where=AnswerPiece.ARGUMENTS), calls) == THERE
    city = look("Oslo", where=AnswerPiece.ARGUMENTS, how=Relation.EQUALS, as_json=True, inside=("city",))
    assert holding_of(city, calls) == THERE
    assert holding_of(look("add", where=AnswerPiece.TOOL, how=Relation.EQUALS), [answer("no call")]) == MISSING


def test_only_answers_to_the_question_count():
    others = [answer("Saturn", question="Which car?"), answer("Mars")]

    assert holding_of(look("Saturn"), others) == MISSING
    assert holding_of(look("Saturn", question=None), others) == Holding(Verification.THERE, False)
    assert holding_of(look("Saturn", question="Never asked"), others) == Holding(Verification.THERE, False)


def test_one_of_several_answers_to_the_question_is_enough():
    assert holding_of(look("Saturn"), [answer("", calls=[("search", "{}")]), answer("Saturn")]) == THERE


def test_what_was_guessed_is_not_exact():
    assert holding_of(look("Saturn", sure=False), [answer("Saturn")]) == Holding(Verification.THERE, False)


def test_without_an_answer_nothing_can_be_told():
    failed = Exchange(Kind.EXCEPTION, request=answer().request)

    assert holding_of(look("Saturn"), []).state is Verification.UNTOLD
    assert holding_of(look("Saturn"), [failed]).state is Verification.UNTOLD
    assert holding_of(look("x", where=AnswerPiece.ARGUMENTS), [answer("no call")]).state is Verification.UNTOLD


def test_a_pattern_that_would_take_long_on_a_text_tells_nothing():
    number = look(r"(?:\d+)", how=Relation.MATCHES)

    assert holding_of(number, [answer("x" * 19_000 + "7")]) == THERE
    assert holding_of(number, [answer("x" * 21_000 + "7")]).state is Verification.UNTOLD
    assert holding_of(look("7", how=Relation.MATCHES), [answer("x" * 21_000 + "7")]) == THERE


def test_all_patterns_together_take_no_longer_than_so_much(monkeypatch):
    monkeypatch.setattr("recviewer.asserts.patterns.MOST_SECONDS", 0.0)
    with limited():
        assert holding_of(look("7", how=Relation.MATCHES), [answer("7")]).state is Verification.UNTOLD
        assert holding_of(look("7"), [answer("7")]) == THERE


def test_what_a_text_of_a_megabyte_and_more_contains_is_not_told():
    assert holding_of(look("7"), [answer("x" * 1_000_001 + "7")]).state is Verification.UNTOLD
    assert holding_of(look("7"), [answer("x" * 900_000 + "7")]) == THERE
