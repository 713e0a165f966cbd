"""Cases of the rule lost-usage."""

from tests.smells.building import changed, chat, recorded, with_each

USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
ASKED = {"stream_options": {"include_usage": True}}


def counting(**more):
    return with_each(chat(**more), lambda chunk: chunk["__data__"].update(usage=USAGE))


FIRES = {
    "it is gone": (changed(counting(), chat()), "amber"),
    "it is gone though asked for": (changed(counting(params=ASKED), chat(params=ASKED)), "amber"),
}
QUIET = {
    "it is there": changed(counting(), counting(answer="Mars.")),
    "there was none": changed(chat(), chat(answer="Mars.")),
    "nobody asks for it any more": changed(counting(params=ASKED), chat()),
    "an error came": changed(counting(), chat(error="slow down")),
    "a new recording": recorded(chat()),
}
