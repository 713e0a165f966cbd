"""Documents of recordings, and a git work tree to put them into."""

import hashlib
import json
import os
import subprocess

import pytest

from recviewer.changes import changeset, sources
from recviewer.changes.overview import overview
from recviewer.git.ranges import opened
from recviewer.pairing.sides import Library, Side, meaning_of
from recviewer.replay.names import name_state

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+02:00",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+02:00",
}
FOLDER = "tests/integration/chat/recordings"


def id_of(function="test_basic", parameters="txt=acme/small-1"):
    return (
        f"tests/integration/chat/test_chat.py::{function}[{parameters}]"
        if parameters
        else f"t/test_chat.py::{function}"
    )


def chat(question="Which planet has rings?", answer="Saturn has rings.", *, chunks=3, error=None, **more):
    """The document of a streamed chat. turns: (role, text) before the question. test: its id."""
    model = more.get("model", "small-1")
    turns = [{"role": role, "content": text} for role, text in more.get("turns", ())]
    body = {"model": model, "messages": [*turns, {"role": "user", "content": question}], "stream": True}
    body |= more.get("params", {})
    made = {
        "test_id": more.get("test", id_of()),
        "request": {
            "method": "POST",
            "url": f"https://{more.get('host', 'api.acme.example')}/v1/chat/completions",
            "headers": {},
            "body": body,
            "endpoint": "/v1/chat/completions",
            "model": model,
        },
        "id_normalization_mapping": {},
    }
    if error:
        data = {
            "category": "provider_sdk",
            "type": "RateLimitError",
            "message": error,
            "status_code": 429,
            "body": None,
        }
        made["response"] = {"body": None, "is_streaming": False, "is_exception": True, "exception_data": data}
        return made
    deltas = [{"reasoning": more["reasoning"]}] if more.get("reasoning") else []
    cut = max(1, -(-len(answer) // chunks))
    deltas += [{"content": answer[place : place + cut]} for place in range(0, len(answer), cut)]
    for name, arguments in more.get("calls", ()):
        function = {"name": name, "arguments": arguments}
        deltas.append({"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": function}]})
    finish = more.get("finish", "stop")
    made["response"] = {
        "body": [_chunk({"delta": delta, "finish_reason": None}) for delta in deltas]
        + [_chunk({"delta": {}, "finish_reason": finish})],
        "is_streaming": True,
    }
    return made


def _chunk(choice):
    data = {"id": "rec-1", "object": "chat.completion.chunk", "created": 0, "choices": [{"index": 0} | choice]}
    return {"__type__": "openai.types.chat.chat_completion_chunk.ChatCompletionChunk", "__data__": data}


def models(*names, host="api.acme.example", test=None):
    """The document of a list of models."""
    rows = [{"__type__": "openai.types.model.Model", "__data__": {"id": name, "object": "model"}} for name in names]
    request = {
        "method": "POST",
        "url": f"https://{host}/v1/v1/models",
        "body": {},
        "endpoint": "/v1/models",
        "model": "",
    }
    return {"test_id": test, "request": request, "response": {"body": rows, "is_streaming": False}}


def bytes_of(document):
    return (json.dumps(document, indent=2) + "\n").encode()


def name_of(document):
    """The name that a recorder of today gives it."""
    return name_state(document, "").expected or f"{hashlib.sha256(bytes_of(document)).hexdigest()}.json"


def side(document, path=None):
    data, name = bytes_of(document), name_of(document)
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    path = path or f"{FOLDER}/{name}"
    return Side(path, path.encode(), blob, meaning_of(data, path.rpartition("/")[2]))


class Tree:
    """A git work tree in a temporary directory."""

    def __init__(self, top):
        self.top = top

    def git(self, *words, **more):
        done = subprocess.run(["git", *words], cwd=self.top, env=ENVIRONMENT | more, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def put(self, *documents, folder=FOLDER):
        """Write recordings under the names that a recorder gives them; return their paths."""
        return [self.write(f"{folder}/{name_of(document)}", bytes_of(document)) for document in documents]

    def write(self, path, data):
        place = self.top / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        return path

    def commit(self, message="change"):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def imported(self, *states):
        """Commit each of some states after the one before, from nothing on, beside all branches; return their names.

        states: for each commit the bytes of its files, by path. One run of git makes them all.
        """
        lines = []
        for number, files in enumerate(states, 1):
            lines.append(
                b"commit refs/imported\nmark :%d\ncommitter Ada <ada@example.com> %d +0000\n" % (number, number)
            )
            lines.append(b"data 0\n" + (b"from :%d\ndeleteall\n" % (number - 1) if number > 1 else b""))
            for path, data in files.items():
                lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
            lines.append(b"get-mark :%d\n" % number)
        words = ["git", "fast-import", "--quiet", "--force"]
        done = subprocess.run(
            words, cwd=self.top, env=ENVIRONMENT, input=b"".join(lines), capture_output=True, check=True
        )
        return done.stdout.decode().split()

    def load(self, spec):
        return changeset.load(sources.open_range(opened(self.top), sources.parse(spec)), Library())

    def overview(self, spec, verdicts=None, choices=()):
        return overview(self.load(spec), verdicts, choices)


@pytest.fixture
def tree(tmp_path):
    """An empty repository."""
    top = tmp_path / "work"
    top.mkdir()
    made = Tree(top)
    made.git("init", "-q", "-b", "main")
    return made


@pytest.fixture
def make():
    """The builders of recordings, as attributes."""

    class Make:
        pass

    for builder in (chat, models, side, id_of, bytes_of, name_of):
        setattr(Make, builder.__name__, staticmethod(builder))
    return Make
