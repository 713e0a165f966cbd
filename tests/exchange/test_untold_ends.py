"""Streams whose API sends no finish reason are no answers without an end; the same streams cut off are."""

import json

import pytest

from recviewer.exchange.text import Outcome, outcome_of
from recviewer.formats.reading import read

OLLAMA = {"model": "m", "created_at": "2024-01-01T00:00:00Z"}
CHAT = {"object": "chat.completion.chunk", "model": "m", "choices": [{"index": 0, "delta": {"content": "Saturn."}}]}
TOKEN = {"index": 1, "token": {"id": 1, "text": "Saturn.", "special": False}, "details": None}
TRITON = {"model_name": "m", "model_version": "1", "sequence_end": False, "text_output": "Saturn."}
LLAMA = {"content": "Saturn.", "stop": False}
CUT, WHOLE = Outcome.UNFINISHED, Outcome.ANSWER


def outcome(path, elements):
    request = {"method": "POST", "url": f"https://h.test{path}", "body": {"prompt": "Which planet?"}}
    made = {"request": request, "response": {"status": 200, "body": elements, "is_streaming": True}}
    return outcome_of(read(json.dumps(made).encode()).exchange)


@pytest.mark.parametrize(
    ("path", "elements", "expected"),
    [
        ("/v1/text-to-speech/v/stream/with-timestamps", [{"audio_base64": "UklGRg==", "alignment": {}}], WHOLE),
        ("/v1/audio/speech", [{"type": "speech.audio.delta", "audio": "UklGRg=="}], CUT),
        ("/v2/models/m/generate_stream", [TRITON], WHOLE),
        ("/generate_stream", [TOKEN | {"generated_text": None}], CUT),
        ("/generate_stream", [TOKEN | {"generated_text": "Saturn."}], WHOLE),
        ("/completion", [LLAMA], CUT),
        ("/completion", [LLAMA, {"content": "", "stop": True, "stopped_eos": True, "stopped_limit": False}], WHOLE),
        ("/completion", [LLAMA, {"content": "", "stop": True, "stopped_limit": True}], Outcome.TRUNCATED),
        ("/api/generate", [OLLAMA | {"response": "Saturn.", "done": False}], CUT),
        ("/api/generate", [OLLAMA | {"response": "Saturn.", "done": True}], WHOLE),
        ("/api/chat", [OLLAMA | {"message": {"role": "assistant", "content": "Saturn."}, "done": True}], WHOLE),
        ("/api/v2/cortex/inference:complete", [CHAT], WHOLE),
        ("/v1/chat/completions", [CHAT], CUT),
        ("/v1/chat/completions", [{"object": "chat.completion", "result": "Saturn.", "is_end": True}], WHOLE),
    ],
)
def test_only_a_stream_that_should_name_its_end_and_does_not_has_none(path, elements, expected):
    assert outcome(path, elements) is expected
