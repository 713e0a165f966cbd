"""Make the demo tree, `recordings/` at the top level: invented recordings and cassettes.

They contain every format and many special cases.

Run `python tools/make_demo.py` after a change here; it replaces the tree. The files are the same on every machine.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from demo import agents, broken, cassettes, chats, others, protocols
from demo.naming import models_digest, request_hash
from demo.wire import REC, Scene

ROOT = Path(__file__).parents[1] / "recordings"


def files() -> dict[str, bytes]:
    """Return the files of the demo tree: their bytes by path below `recordings/`."""
    made: dict[str, bytes] = {}
    for scene in (*chats.scenes(), *agents.scenes(), *others.scenes(), *protocols.scenes()):
        path, body = recorded(scene)
        if path in made:
            message = f"two scenes are written to {path}"
            raise ValueError(message)
        made[path] = body
    return made | {place("broken", name): body for name, body in broken.files().items()} | cassettes.files()


def recorded(scene: Scene) -> tuple[str, bytes]:
    """Return the path and the bytes of one scene, as the recorder would write it."""
    digest = request_hash(scene.request, scene.test_id, rule=scene.named)
    document: dict[str, Any] = {"test_id": scene.test_id, "request": scene.request, "response": scene.response}
    document["id_normalization_mapping"] = dict(scene.mapping)
    if scene.named == "first":
        del document["test_id"], document["id_normalization_mapping"]
        digest = digest[:12]
    text = json.dumps(document, indent=2).replace(REC, f"rec-{digest[:12]}") + "\n"
    if scene.edit:
        text = text.replace(*scene.edit)
    name = f"{digest}.json"
    listed = listed_models(scene)
    if listed is not None:
        name = f"models-{digest}-{models_digest(listed)}.json"
    return place(scene.suite, name), text.encode("ascii")


def listed_models(scene: Scene) -> list[str] | None:
    """Return the names in a list of models, None for any other call."""
    endpoint, body = scene.request.get("endpoint"), scene.response["body"]
    if endpoint == "/v1/models":
        return [model["__data__"]["id"] for model in body]
    if endpoint == "/api/tags":
        return [model["model"] for model in body["__data__"]["models"]]
    return None


def place(suite: str, name: str) -> str:
    """Return the path of a recording below the demo tree."""
    return f"tests/integration/{suite}/recordings/{name}"


def main() -> None:
    """Replace the demo tree."""
    made = files()
    if ROOT.exists():
        shutil.rmtree(ROOT)
    for path, body in made.items():
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    sys.stdout.write(f"{len(made)} files, {sum(map(len, made.values()))} bytes in {ROOT}\n")


if __name__ == "__main__":
    main()
