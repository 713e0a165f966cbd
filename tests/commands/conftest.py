import json
import os
import subprocess
import sys

import pytest

TYPE = "openai.types.chat.chat_completion.ChatCompletion"


def document(*, asked="Which planet?", answered="Earth."):
    body = {"model": "m-1", "messages": [{"role": "user", "content": asked}], "temperature": 1.10}
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answered}}
    url = "https://api.example.com/v1/chat/completions"
    return {
        "test_id": "tests/test_planets.py::test_earth",
        "request": {"method": "POST", "url": url, "headers": {}, "body": body, "endpoint": "/v1/chat/completions"},
        "response": {"body": {"__type__": TYPE, "__data__": {"choices": [choice]}}, "is_streaming": False},
    }


@pytest.fixture
def put(root):
    """Return a function that writes a recording below the root, without indexing it, and returns its place."""

    def write(path="tests/recordings/one.json", data=None, **words):
        place = os.path.join(os.fsencode(root), os.fsencode(path))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(json.dumps(document(**words), indent=2).encode() if data is None else data)
        return root / os.fsdecode(path)

    return write


@pytest.fixture
def recviewer(root, tmp_path):
    """Return a function that runs the command in a process of its own, on the root."""

    def run(*words, check=None, **variables):
        places = {"RECVIEWER_RECORDINGS": str(root), "RECVIEWER_DATA": str(tmp_path / "data")}
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "recviewer.settings"} | places | variables
        command = [sys.executable, "-m", "recviewer", *words]
        done = subprocess.run(command, env=environment, capture_output=True, stdin=subprocess.DEVNULL, check=False)
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return done

    return run
