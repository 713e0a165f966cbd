"""Files that a working tree can hold after a bad merge, a full disk or a missing tool."""

from __future__ import annotations

import hashlib
import json

from .naming import request_hash
from .wire import OPENAI, answered, chat, tokens, user

TEST = "tests/integration/broken/test_survival.py::test_survives[txt=openai/gpt-4o]"


def files() -> dict[str, bytes]:
    """Return file names and contents. The last two can be read, with a problem."""
    request = chat(OPENAI, "gpt-4o", [user("Is the kettle on?")], stream=False)
    response = answered("gpt-4o-2024-11-20", {"content": "It is now."}, tokens(12, 4))
    recording = {"test_id": TEST, "request": request, "response": response, "id_normalization_mapping": {}}
    text = json.dumps(recording, indent=2) + "\n"
    ours = next(line for line in text.splitlines() if "It is now." in line)
    theirs = ours.replace("It is now.", "Not yet.")
    merged = text.replace(ours, f"<<<<<<< HEAD\n{ours}\n=======\n{theirs}\n>>>>>>> re-record-with-new-model")
    digest = hashlib.sha256(text.encode()).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(text)}\n"
    doubled = text.replace('  "request": {', '  "test_id": "the second of two",\n  "request": {', 1)
    name = request_hash(request, TEST)
    broken = {
        "cut off in the middle": text[: len(text) * 3 // 5],
        "merge conflict": merged,
        "large file pointer": pointer,
        "empty": "",
        "a list": json.dumps([recording["request"], recording["response"]], indent=2) + "\n",
        "a key twice": doubled,
    }
    named = {hashlib.sha256(why.encode()).hexdigest() + ".json": body.encode() for why, body in broken.items()}
    return named | {f"{name}.json": b"\xef\xbb\xbf" + text.encode()}
