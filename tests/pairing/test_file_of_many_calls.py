"""Calls of a file that holds many, such as a cassette, where no test is known: the file is as good as one."""

from dataclasses import replace

import pytest

from recviewer.pairing.pair import How, Sure
from recviewer.pairing.pairs import pair


@pytest.fixture
def kept(make):
    """Makes the calls of files: each row is a file, a question, and what else the call has."""

    def run(*rows):
        made = []
        for place, (file, question, more) in enumerate(rows):
            side = make.side(make.chat(question, test=None, **more))
            part = f"{place:012x}"
            made.append(replace(side, path=f"{file}/{part}", raw=f"{file}/{part}".encode(), part=part, index=place))
        return made

    return run


def told(found):
    return [(one.old, one.new, one.how, one.sure) for one in found.pairs]


def test_a_short_question_that_became_another_is_that_of_its_file(kept):
    old = kept(("a.yaml", "Hi", {}), ("b.yaml", "Hi there", {}))
    new = kept(("a.yaml", "Hi there now", {}), ("b.yaml", "Ho", {}))

    found = pair(old, new)

    assert sorted((one.old, one.new) for one in found.pairs) == [(0, 0), (1, 1)]
    assert "the same file" in found.pairs[0].why


def test_a_cassette_that_was_recorded_anew_with_another_model_is_paired_call_by_call(kept):
    first, second = "Which comet comes back most often?", "Name a moon of Saturn that has air."
    old = kept(("a.yaml", first, {"model": "heron-1"}), ("a.yaml", second, {"model": "heron-1"}))
    new = kept(("a.yaml", second, {"model": "ibis-1"}), ("a.yaml", first, {"model": "ibis-1"}))

    assert told(pair(old, new)) == [(0, 1, How.REQUEST, Sure.LIKELY), (1, 0, How.REQUEST, Sure.LIKELY)]


def test_what_is_less_than_nearly_the_same_in_one_file_is_only_possible(kept):
    old, new = (kept(("a.yaml", f"What is {sum}?", {})) for sum in ("two times six", "seven less six"))

    assert [one.sure for one in pair(old, new).pairs] == [Sure.POSSIBLE]


def test_calls_of_two_cassettes_stay_with_their_own(kept):
    question = "What is the weather like in Berlin today?"
    old = kept(("a.yaml", question, {"params": {"n": 1}}), ("b.yaml", question, {"params": {"n": 2}}))
    new = kept(
        ("a.yaml", question, {"params": {"n": 2}, "answer": "Dry."}),
        ("b.yaml", question, {"params": {"n": 1}, "answer": "Wet."}),
    )

    assert [(one.old, one.new) for one in pair(old, new).pairs] == [(0, 0), (1, 1)]


def test_a_call_that_moved_to_another_cassette_is_still_found(kept):
    question = "What is the weather like in Berlin today?"

    found = pair(kept(("a.yaml", question, {})), kept(("b.yaml", question, {"params": {"n": 2}, "answer": "Fine."})))

    assert [(one.old, one.new, one.how) for one in found.pairs] == [(0, 0, How.REQUEST)]


def test_no_call_of_a_cassette_is_an_older_generation_of_another(kept):
    question = "What is the weather like in Berlin today?"
    old = kept(("a.yaml", question, {}), ("a.yaml", question, {}), ("b.yaml", question, {}))
    new = kept(("a.yaml", question, {"answer": "Fine."}))

    found = pair(old, new)

    assert len(found.pairs) == 1
    assert (found.groups, found.stacks) == ({}, ())
