"""Cases of the rule never-in-ci."""

import json

from tests.smells.building import among, chat
from tests.trees import id_of

MATRIX = "tests/integration/ci_matrix.json"
SOURCE = """
SETUP_DEFINITIONS: dict[str, Setup] = {
    "acme": Setup(name="acme", env={"URL": "http://acme"}, defaults={"text_model": "acme/small-1", "size": 768}),
    "other": Setup(name="other", defaults={"text_model": "other/large"}),
    "bare": Setup(name="bare"),
}
made = [str(one) for one in somewhere]
SUITE_DEFINITIONS: dict[str, Suite] = {
    "chat": Suite(name="chat", roots=["tests/integration/chat"]),
    "one": Suite(name="one", roots=["tests/integration/chat/test_chat.py::test_basic"]),
    "vision": Suite(name="vision", roots=["tests/integration/vision"]),
    "base": Suite(name="base", roots=made),
}
"""


def run_by(*runs, source=SOURCE, document=None):
    """Return a recording of a test with `acme/small-1` where CI has some runs."""
    matrix = {"default": [{"suite": suite, "setup": setup} for suite, setup in runs]}
    sources = {MATRIX: json.dumps(matrix), "tests/integration/suites.py": source}
    return among(document or chat(), sources=sources)


FIRES = {
    "another model": (run_by(("chat", "other")), "grey"),
    "another folder": (run_by(("vision", "acme")), "grey"),
    "another test": (run_by(("one", "acme"), document=chat(test=id_of("test_more"))), "grey"),
    "another model in all folders": (run_by(("base", "other")), "grey"),
}
QUIET = {
    "its folder": run_by(("vision", "other"), ("chat", "acme")),
    "its function": run_by(("one", "acme")),
    "folders that nobody can tell": run_by(("base", "acme")),
    "a suite that nobody knows": run_by(("chat", "other"), ("new", "acme")),
    "a setup without models": run_by(("chat", "other"), ("chat", "bare")),
    "no model in its parameters": run_by(("chat", "other"), document=chat(test=id_of(parameters="x"))),
    "no suites": run_by(("chat", "other"), source=""),
    "no matrix": among(chat(), sources={}),
    "no sources": among(chat()),
    "a matrix that is none": among(chat(), sources={MATRIX: "{", "tests/integration/suites.py": SOURCE}),
}
