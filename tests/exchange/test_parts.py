"""What an answer holds besides its texts and calls: it is an answer, is found, counts, and its pieces are joined."""

from dataclasses import replace

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn, SectionKind
from recviewer.exchange.contract import Place, to_json
from recviewer.exchange.fingerprint import fingerprint
from recviewer.exchange.model import (
    Delta,
    Exchange,
    Image,
    JsonPart,
    Kind,
    Output,
    SentFile,
    Text,
    ToolCall,
    ToolResult,
)
from recviewer.exchange.searched import searchable
from recviewer.exchange.text import AnswerKind, Outcome, line_of
from recviewer.formats.deltas import fold
from tests.difference.mirror import mirrored

SEARCH = ToolCall("srv_1", "web_search", '{"query":"moons of Saturn"}')
FOUND = ToolResult("srv_1", "", (JsonPart([{"title": "Titan", "encrypted_content": "aaa"}]),))
CODE = JsonPart({"executable_code": {"code": "print(1)"}})
PICTURE = Image("data:image/png;base64,AAAA")


def answer(*parts, content="", finish="end_turn"):
    return Exchange(Kind.ANTHROPIC, outputs=(Output(0, content, finish_reason=finish, parts=parts),))


@pytest.mark.parametrize("part", [PICTURE, CODE, SEARCH, FOUND])
def test_an_answer_that_is_only_a_part_is_an_answer(part):
    line = line_of(answer(part))

    assert line.outcome is Outcome.ANSWER
    assert (line.answer_kind, line.answered != "nothing") == (AnswerKind.NOTE, True)


def test_words_of_parts_are_found():
    answered = searchable(answer(SEARCH, FOUND, CODE))[1].text

    assert all(word in answered for word in ("web_search", "moons of Saturn", "Titan", "print(1)"))


def test_the_public_form_has_parts_always_and_in_order():
    assert to_json(answer(CODE, Text("a")), Place("", "", "", {}))["outputs"][0]["parts"] == [
        {"type": "json", "value": CODE.value},
        {"type": "text", "text": "a"},
    ]
    assert to_json(answer(), Place("", "", "", {}))["outputs"][0]["parts"] == []


@pytest.mark.parametrize(
    ("old", "new", "churn"),
    [
        (CODE, JsonPart({"executable_code": {"code": "open('x', 'w')"}}), Churn.TEXT),
        (PICTURE, Image("data:image/png;base64,AAAB"), Churn.TEXT),
        (FOUND, replace(FOUND, parts=(JsonPart([{"title": "Rhea", "encrypted_content": "aaa"}]),)), Churn.TEXT),
        (FOUND, replace(FOUND, parts=(JsonPart([{"title": "Titan"}]),)), Churn.TEXT),
        (SEARCH, replace(SEARCH, arguments='{"query":"moons of Mars"}'), Churn.TOOL_CALL),
        (SEARCH, replace(SEARCH, name="web_fetch"), Churn.TOOL_CALL),
    ],
)
def test_another_part_is_another_answer_and_is_shown(old, new, churn):
    before, after = answer(old, content="Yes."), answer(new, content="Yes.")

    found = compare(before, after)

    assert fingerprint(before) != fingerprint(after)
    assert found.churn is churn
    assert found.section(SectionKind.PARTS).items
    assert compare(after, before) == mirrored(found)


def test_a_part_that_is_gone_is_shown():
    found = compare(answer(SEARCH, FOUND, CODE), answer(SEARCH, FOUND))

    assert found.churn is Churn.TEXT
    assert len(found.section(SectionKind.PARTS).items) == 1


def test_new_ids_and_other_opaque_texts_are_the_same_answer():
    renamed = (
        replace(SEARCH, id="srv_9"),
        replace(FOUND, call_id="srv_9", parts=(JsonPart([{"title": "Titan", "encrypted_content": "bbb"}]),)),
    )

    assert fingerprint(answer(SEARCH, FOUND)) == fingerprint(answer(*renamed))


def test_ids_of_files_that_were_made_are_ids_and_addresses_are_words():
    one, other = SentFile("", "file_011CNha8iCJcU1wXNR6q4V8w", ""), SentFile("", "file_022DPib9jDKdV2xYOS7r5W9x", "")
    assert fingerprint(answer(one)) == fingerprint(answer(other))
    assert fingerprint(answer(replace(one, id="s3://b/one.mp4"))) != fingerprint(
        answer(replace(one, id="s3://b/b.mp4"))
    )


def test_a_result_of_another_call_is_another_answer():
    assert fingerprint(answer(SEARCH, FOUND)) != fingerprint(answer(SEARCH, replace(FOUND, call_id="srv_2")))


def test_pieces_of_a_call_of_the_server_are_joined_and_the_order_is_kept():
    pieces = [SEARCH.arguments[:9], SEARCH.arguments[9:]]
    first, *rest = [ToolCall("srv_1", "web_search" if place == 0 else "", text) for place, text in enumerate(pieces)]

    found = fold([Delta(parts=(first,)), Delta(parts=tuple(rest)), Delta(text="Yes."), Delta(parts=(FOUND, CODE))])

    assert found == (Output(0, "Yes.", parts=(SEARCH, FOUND, CODE)),)
