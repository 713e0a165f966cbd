"""Ids in paths of requests are shortened, words are not."""

import pytest

from recviewer.pages.text.brief_paths import brief_call, brief_path

PATHS = {
    "/v1/threads/thread_57O8yG1Ly6QlkLWsokhb8Ot1/runs": "/v1/threads/thread_57O8y…8Ot1/runs",
    "/v1/files/0c9d2b1e-7a63-4f0e-9b57-1d2f3a4b5c6d": "/v1/files/0c9d2…5c6d",
    "/v1/models/gemini-2.5-flash:batchGenerateContent": "/v1/models/gemini-2.5-flash:batchGenerateContent",
    "/v1/chat/completions": "/v1/chat/completions",
}


@pytest.mark.parametrize("path", PATHS)
def test_ids_are_shortened_and_words_are_not(path):
    assert brief_path(path) == PATHS[path]
    assert brief_call(f"GET {path} → a57O8yG1Ly6QlkLWsokhb8Ot1") == f"GET {PATHS[path]} → a57O8yG1Ly6QlkLWsokhb8Ot1"


@pytest.mark.parametrize("text", ["What is a57O8yG1Ly6QlkLWsokhb8Ot1?", "GET me a57O8yG1Ly6QlkLWsokhb8Ot1", ""])
def test_what_is_not_a_call_stays(text):
    assert brief_call(text) == text
