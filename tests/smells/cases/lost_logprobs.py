"""Cases of the rule lost-logprobs."""

from tests.smells.building import changed, chat, with_each


def _add(chunk):
    chunk["__data__"]["choices"][0]["logprobs"] = {"content": [{"token": "a", "logprob": -0.1}]}


def _average(chunk):
    chunk["__data__"]["choices"][0]["avgLogprobs"] = -0.1


WITH = with_each(chat(), _add)

FIRES = {"none any more": (changed(WITH, chat()), "amber")}
QUIET = {
    "still there": changed(WITH, WITH),
    "came": changed(chat(), WITH),
    "an average that nobody asked for": changed(with_each(chat(), _average), chat()),
    "never": changed(chat(), chat(answer="Mars.")),
}
