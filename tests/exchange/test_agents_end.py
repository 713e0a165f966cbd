"""Agents of Bedrock never say that they came to their end: that they do not is no fault of theirs."""

from pathlib import Path

import pytest

from recviewer.exchange.text import Outcome, outcome_of
from recviewer.formats.reading import read

CASES = Path(__file__).parent.parent / "cases"


@pytest.mark.parametrize("name", ["streamed_with_steps", "streamed_by_output", "whole_with_passages"])
def test_an_agent_that_answered_is_not_said_to_have_broken_off(name):
    data = (CASES / f"bedrock_agents/{name}.json").read_bytes()

    assert outcome_of(read(data).exchange) is Outcome.ANSWER


def test_a_stream_of_others_without_a_finish_is():
    data = (CASES / "converse/streamed_cut_off.json").read_bytes()

    assert outcome_of(read(data).exchange) is Outcome.UNFINISHED


@pytest.mark.parametrize("name", ["text_server/triton", "text_server/two_sequences", "images/artifacts"])
def test_a_whole_answer_of_a_server_that_tells_no_end_is_one(name):
    assert outcome_of(read((CASES / f"{name}.json").read_bytes()).exchange) is Outcome.ANSWER
