"""Cases of the rule lost-choices."""

from tests.smells.building import changed, chat


def choices(number):
    document = chat()
    message = {"role": "assistant", "content": "Saturn."}
    made = [{"index": n, "message": message, "finish_reason": "stop"} for n in range(number)]
    data = {"id": "rec-1", "object": "chat.completion", "created": 0, "choices": made}
    body = {"__type__": "openai.types.chat.chat_completion.ChatCompletion", "__data__": data}
    return document | {"response": {"body": body, "is_streaming": False}}


FIRES = {"one of three": (changed(choices(3), choices(1)), "amber")}
QUIET = {
    "as many": changed(choices(2), choices(2)),
    "more": changed(choices(1), choices(2)),
    "an error, which is another matter": changed(choices(2), chat(error="slow down")),
}
