"""Rules keep to their time on recordings that are made to cost it."""

import json
import time

import pytest

from recviewer import smells
from recviewer.replay.moved import moved_by
from recviewer.smells.model import Noted
from recviewer.smells.rules.stacked_generations import _masked
from recviewer.smells.schema import fault
from tests.smells.building import chat, models, recorded
from tests.trees import id_of

LONG = 200_000
SECONDS = 5
"""Far more than any takes, and far less than quadratic time would."""

TEXTS = {
    "clauses without an end": "attributes: {" * (LONG // 13),
    "digits": "9" * LONG,
    "digits and points": "9." * (LONG // 2),
    "half ids": "-aaaa" * (LONG // 5),
    "places": "/tmp/" * (LONG // 5),
    "white space": " " * LONG + "score:",
    "openings": "<|python_tag" * (LONG // 12),
    "brackets": "[" * LONG,
    "beginnings of ids": "file-" * (LONG // 5),
    "beginnings of other ids": "resp_call_" * (LONG // 10),
    "closed tags": "</think> " * (LONG // 9) + "x",
}


def within(do):
    begun = time.process_time()
    made = do()
    assert time.process_time() - begun < SECONDS
    return made


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_rule_reads_long_texts_in_time(text):
    tools = {"tools": [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]}
    asked = recorded(chat(text, params=tools)).new
    answered = recorded(chat(answer=text, chunks=1, calls=[("look", text)], params=tools)).new

    within(lambda: smells.of_recordings([asked, answered]))
    within(lambda: [rule.among.note(side) for rule in smells.rules() if rule.among for side in (asked, answered)])
    within(lambda: moved_by("A", {"text": text}))


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        (b"file-247992711531", b"#"),
        (b"file-abcdef", b"file-abcdef"),
        (b"file-abcd1 file-abcde1", b"file-abcd1 #"),
        (b"file-file-abc123, call_a", b"#, call_a"),
        (b"recall_1-2_34", b"re#"),
        (b"score: 0.0077 and 3.14159e-5", b"# and 3#"),
    ],
)
def test_what_is_made_anew_is_left_out_of_a_request(asked, left):
    assert _masked(asked) == left


SCHEMAS = {
    "choices of choices": json.loads('{"anyOf": [' * 40 + '{"type": "null"}' + "]}" * 40),
    "a schema of itself": {"anyOf": [{"$ref": "#"}, {"$ref": "#"}, {"type": "null"}]},
    "a long reference": {"items": {"$ref": "#" + "/a" * LONG}},
    "many allowed values": {"items": {"enum": list(range(LONG))}},
    "a pattern": {"items": {"pattern": "(a+)+$"}},
}


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_a_schema_is_held_against_a_value_in_time(schema):
    within(lambda: fault(["a" * 40 + "!"] * 20_000, schema))


@pytest.mark.slow
def test_many_equal_recordings_are_looked_at_in_time():
    given = [recorded(chat()).new, recorded(models("a", test=id_of())).new]
    rules = [rule for rule in smells.rules() if rule.among]

    for rule in rules:
        notes = [note for side in given if (note := rule.among.note(side))]
        every = [
            Noted(f"a/recordings/{at:06}.json", id_of(), "b", "2:s", "unknown", note)
            for note in notes
            for at in range(20_000)
        ]
        within(lambda every=every, find=rule.among.find: sum(1 for _ in find(every, smells.Surroundings())))
