import json
import re

from hypothesis import given
from hypothesis import strategies as st

from recviewer.replay.bodies import Body, to_json
from recviewer.replay.rules import NEEDLES
from recviewer.replay.steps import Replace, RoundNumbers

WORDS = ["score: 0.5", "~", '"~"', "~~", '"', "\\", "1.23456", "attributes: {}", "é", "\ud800", "plain"]
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=5).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_the_text_is_what_the_standard_library_writes(value):
    assert to_json(value) == json.dumps(value, sort_keys=True)


@given(VALUES)
def test_a_body_put_together_again_is_unchanged_by_a_step_that_changes_nothing(value):
    body = Body.of(value, NEEDLES)

    assert body.after((Replace("score:", re.compile("score:"), "score:"),)) == body.text


def test_strings_and_floats_change_and_keys_do_not():
    body = Body.of({"b": ["1.234567", 0.1234567], "a 1.234567": 1}, NEEDLES)

    assert body.after((RoundNumbers(5),)) == '{"a 1.234567": 1, "b": ["1.23457", 0.12346]}'


def test_a_text_with_the_mark_in_it_is_kept():
    body = Body.of(["~", '"~"', 0.25], NEEDLES)

    assert body.after((RoundNumbers(1),)) == json.dumps(["~", '"~"', 0.2])
