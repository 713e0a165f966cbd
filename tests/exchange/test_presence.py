"""Of values that are new at each run only their presence counts: what of them is there, and that it is of its type."""

import json

import pytest

from recviewer.exchange.fingerprint import fingerprint
from recviewer.recorders.reading import read_file
from tests.recorders import written

API = "https://api.openai.com/v1"


def of(given, address="/chat/completions"):
    write, path = written.RECORDERS["vcrpy"]
    asked = json.dumps({"model": "m-1", "messages": [{"role": "user", "content": "Ring?"}]})
    (part,) = read_file(write("POST", f"{API}{address}", asked, given).encode(), path)
    assert part.reading.exchange.kind.value != "unknown"
    return fingerprint(part.reading.exchange)


def whole(logprobs, **more):
    choice = {"index": 0, "message": {"role": "assistant", "content": "Yes"}, "finish_reason": "stop"}
    reply = {"object": "chat.completion", "model": "m-1", "choices": [{**choice, "logprobs": logprobs}], **more}
    return of(json.dumps(reply))


def streamed(logprobs):
    choice = {"index": 0, "delta": {"content": "Yes"}, "logprobs": logprobs, "finish_reason": None}
    chunk = {"object": "chat.completion.chunk", "model": "m-1", "choices": [choice]}
    return of(written.events([chunk, {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]))


def completed(logprobs):
    choice = {"index": 0, "text": "Yes", "finish_reason": "stop", "logprobs": logprobs}
    return of(json.dumps({"object": "text_completion", "model": "m-1", "choices": [choice]}), "/completions")


def responded(logprobs):
    held = logprobs["content"] if logprobs else []
    content = [{"type": "output_text", "text": "Yes", "annotations": [], "logprobs": held}]
    message = {"type": "message", "role": "assistant", "content": content}
    return of(json.dumps({"object": "response", "status": "completed", "output": [message]}), "/responses")


def token(number, *others):
    return {"token": "Yes", "logprob": number, "top_logprobs": [{"token": one, "logprob": number} for one in others]}


CHOSEN, OTHER_RUN = ({"content": [token(number)], "refusal": None} for number in (-0.1, -0.2))
WITH_OTHERS = {"content": [token(-0.1, "Yes", "No")], "refusal": None}
REFUSED = {"content": None, "refusal": [token(-0.1)]}


@pytest.mark.parametrize("reply", [whole, streamed])
def test_logprobs_of_answer_refusal_and_alternatives_are_told_apart(reply):
    assert reply(CHOSEN) == reply(OTHER_RUN)
    assert len({reply(one) for one in (CHOSEN, WITH_OTHERS, REFUSED, None)}) == 4


def test_logprobs_of_responses_with_alternatives_are_others():
    assert responded(CHOSEN) == responded(OTHER_RUN)
    assert len({responded(one) for one in (CHOSEN, WITH_OTHERS, None)}) == 3


def test_logprobs_of_completions_with_alternatives_are_others():
    chosen, other_run = ({"tokens": ["Yes"], "token_logprobs": [one], "top_logprobs": None} for one in (-0.1, -0.2))

    assert completed(chosen) == completed(other_run)
    assert completed(chosen) != completed({**chosen, "top_logprobs": [{"Yes": -0.1, "No": -2.5}]})


@pytest.mark.parametrize("count", ["7", True, [7], {"n": 7}])
def test_a_count_that_is_no_number_counts(count):
    assert whole(None, usage={"prompt_tokens": 7}) == whole(None, usage={"prompt_tokens": 8})
    assert whole(None, usage={"prompt_tokens": 7}) != whole(None, usage={"prompt_tokens": count})
