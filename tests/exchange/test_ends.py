import pytest

from recviewer.exchange.ends import WORST, End, end_of, worst
from recviewer.exchange.model import Exchange, Kind, Output, ToolCall
from recviewer.exchange.text import ENDED, Outcome, outcome_of


@pytest.mark.parametrize(
    ("reason", "end"),
    [
        ("stop", End.DONE),
        ("STOP", End.DONE),
        ("FinishReason.STOP", End.DONE),
        ("end_turn", End.DONE),
        ("tool_calls", End.DONE),
        ("requires_action", End.DONE),
        ("COMPLETE", End.DONE),
        ("length", End.CUT),
        ("max_tokens", End.CUT),
        ("MAX_TOKENS", End.CUT),
        ("max_output_tokens", End.CUT),
        ("model_context_window_exceeded", End.CUT),
        ("REASON_MAX_LEN", End.CUT),
        ("content_filter", End.FILTERED),
        ("CONTENT_FILTERED", End.FILTERED),
        ("SAFETY", End.FILTERED),
        ("RECITATION", End.FILTERED),
        ("BLOCKLIST", End.FILTERED),
        ("PROHIBITED_CONTENT", End.FILTERED),
        ("SPII", End.FILTERED),
        ("guardrail_intervened", End.FILTERED),
        ("refusal", End.REFUSED),
        ("MALFORMED_FUNCTION_CALL", End.FAILED),
        ("UNEXPECTED_TOOL_CALL", End.FAILED),
        ("OTHER", End.FAILED),
        ("ERROR", End.FAILED),
        ("error", End.FAILED),
        ("failed", End.FAILED),
        ("cancelled", End.FAILED),
        ("pause_turn", End.PAUSED),
        ("in_progress", End.OPEN),
        ("incomplete", End.OPEN),
        ("FINISH_REASON_UNSPECIFIED", End.ODD),
        ("something_new", End.ODD),
        ("reason", End.ODD),
    ],
)
def test_a_finish_reason_means_the_same_in_every_spelling(reason, end):
    assert end_of(reason) is end


def test_every_end_has_a_place_and_all_but_the_good_one_an_outcome():
    assert sorted(WORST) == sorted(End)
    assert set(ENDED) == set(End) - {End.DONE}
    assert worst([]) is End.DONE


def outcome(*outputs, streaming=False, kind=Kind.CHAT):
    return outcome_of(Exchange(kind=kind, outputs=outputs, streaming=streaming))


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("stop", Outcome.ANSWER),
        ("length", Outcome.TRUNCATED),
        ("SAFETY", Outcome.FILTERED),
        ("refusal", Outcome.REFUSED),
        ("failed", Outcome.FAILED),
        ("pause_turn", Outcome.PAUSED),
        ("in_progress", Outcome.UNFINISHED),
        ("why not", Outcome.ODD_END),
    ],
)
def test_an_answer_is_called_by_its_end(reason, expected):
    assert outcome(Output(content="Saturn", finish_reason=reason)) is expected


def test_the_worst_of_several_choices_counts():
    found = outcome(Output(content="a", finish_reason="stop"), Output(index=1, content="b", finish_reason="length"))

    assert found is Outcome.TRUNCATED


def test_words_of_refusal_are_a_refusal_whatever_the_finish_reason_says():
    assert outcome(Output(refusal="I will not.", finish_reason="stop")) is Outcome.REFUSED
    assert outcome(Output(refusal="I will not.", content="But", finish_reason="stop")) is Outcome.ANSWER


def test_an_answer_without_a_finish_reason_is_no_good_end():
    assert outcome(Output(content="a"), streaming=True) is Outcome.UNFINISHED
    assert outcome(Output(content="a")) is Outcome.ODD_END
    assert outcome(Output(content="a"), kind=Kind.TOOL) is Outcome.LISTING
    assert outcome(Output(tool_calls=(ToolCall("1", "f", "{}"),), finish_reason="tool_calls")) is Outcome.CALL


def test_an_answer_of_any_kind_without_an_end_is_odd_unless_its_kind_never_tells():
    silent = {Kind.RERANK, Kind.FILE_PROCESSOR, Kind.OLLAMA_PULL, Kind.EXCEPTION, Kind.HTTP_ERROR, Kind.UNKNOWN}
    made = {Kind.NO_EXCHANGE, Kind.MODERATION, Kind.TOKENS, Kind.SPEECH, Kind.IMAGES, Kind.TRANSCRIPTION, Kind.RESOURCE}
    listed = {Kind.MODELS, Kind.EMBEDDINGS, Kind.OLLAMA_PS, Kind.TOOL, Kind.UNREADABLE}
    for kind in set(Kind) - silent - listed - made:
        assert outcome_of(Exchange(kind, outputs=(Output(content="a"),))) is Outcome.ODD_END, kind


def test_a_reply_that_no_format_reads_is_not_empty():
    assert outcome_of(Exchange(Kind.UNKNOWN, unread={"verdict": "kept"})) is Outcome.ANSWER
    assert outcome_of(Exchange(Kind.UNKNOWN, unread={})) is Outcome.EMPTY
