"""Cases of the rule recorded-error."""

import copy

from tests.smells.building import among, changed, chat, recorded
from tests.trees import id_of

LIMITED = chat(error="slow down")
ASKED_WRONG = copy.deepcopy(LIMITED)
ASKED_WRONG["response"]["exception_data"].update(type="BadRequestError", status_code=400)


def failing(status, function, message="slow down"):
    made = chat(error=message, test=id_of(function))
    made["response"]["exception_data"].update(type="APIStatusError", status_code=status)
    return made


def of_class(name, status):
    made = failing(status, "test_a")
    made["test_id"] = made["test_id"].replace("::", f"::{name}::")
    return made


def filtered(function):
    made = failing(400, function, "The prompt was filtered.")
    made["response"]["exception_data"].update(type="content_filter")
    return made


PATH = "tests/integration/chat/test_chat.py"


def expecting(error, given):
    source = f"import pytest\n\ndef test_a(txt):\n    with pytest.raises({error}):\n        ask(txt)\n"
    return among(given, sources={PATH: source})


def traced():
    made = failing(401, "test_a")
    made["request"].update(url="https://traces.acme.example/v1/batches", endpoint="/v1/batches", body={"events": [1]})
    return made


FIRES = {
    "no model was asked": (recorded(traced()), "amber"),
    "its test expects it": (expecting("BadRequestError", failing(400, "test_a")), "grey"),
    "its test expects one of several": (
        expecting("(ValueError, openai.BadRequestError)", failing(400, "test_a")),
        "grey",
    ),
    "its test expects another one": (expecting("BadRequestError", failing(429, "test_a")), "red"),
    "its test expects a busy provider": (expecting("RateLimitError", failing(429, "test_a")), "grey"),
    "its test expects none": (among(failing(400, "test_a"), sources={PATH: "def test_a(txt): ask(txt)\n"}), "amber"),
    "its test is not there": (among(failing(400, "test_a"), sources={PATH: ""}), "amber"),
    "it may not come again": (recorded(LIMITED), "red"),
    "in the place of an answer": (changed(chat(), ASKED_WRONG), "red"),
    "it may be what the test wants": (recorded(ASKED_WRONG), "amber"),
    "its name says that the test wants it": (recorded(failing(400, "test_invalid_image_returns_error")), "grey"),
    "its name says that it asks for what is gone": (recorded(failing(404, "test_retired_model")), "grey"),
    "its name says that it asks for nothing": (recorded(failing(400, "test_empty_input")), "grey"),
    "a wrong key, though it asks for what is gone": (recorded(failing(401, "test_retired_model")), "red"),
    "a conflict, though it asks for nothing": (recorded(failing(409, "test_empty_input")), "amber"),
    "its class says that the test wants it": (recorded(of_class("TestErrors", 404)), "grey"),
    "its class says nothing of a provider that is busy": (recorded(of_class("TestErrors", 429)), "red"),
    "a filter that the test wants": (recorded(filtered("test_prompt_filtering")), "grey"),
    "a filter": (recorded(filtered("test_a")), "amber"),
    "a wrong key, told otherwise": (recorded(failing(400, "test_a", "API key not valid.")), "red"),
    "it leads elsewhere": (recorded(failing(302, "test_a", "Found")), "grey"),
    "its name asks for a wrong key": (recorded(failing(401, "testRejectsBadKey")), "grey"),
    "its name says nothing of a provider that is busy": (recorded(failing(429, "test_context_length_error")), "red"),
    "its name says that the provider is busy": (recorded(failing(429, "test_retries_when_rate_limited")), "grey"),
    "its test wanted an answer before": (changed(chat(), failing(400, "test_invalid_image")), "red"),
    "a quota that is used up": (recorded(failing(400, "test_a", "You exceeded your current quota.")), "red"),
    "no connection": (recorded(failing(None, "test_a", "Connection error.")), "red"),
    "nobody says why": (recorded(failing(None, "test_a", "No.")), "amber"),
    "what no server does": (recorded(failing(501, "test_a", "no speech")), "amber"),
    "another error than before": (changed(LIMITED, ASKED_WRONG), "amber"),
}
QUIET = {
    "an answer": recorded(chat()),
    "the same error in other words": changed(LIMITED, chat(error="slow down, please")),
    "an error became an answer": changed(LIMITED, chat()),
}
