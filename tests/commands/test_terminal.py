"""Nothing that a recording, a path or a reviewer says steers the terminal of who reads it, in any format."""

import json
import re
import subprocess
from itertools import product

import pytest

from recviewer.exchange.plain import Printed, dumps, escaped_bytes, put, safe

from .conftest import document

HOSTILE = "a\x1b]0;b\x07c\x9b31md\u202ee\u2066f\u200eg\u061ch\ri\x85j\x7fk\u2028l"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
EVERY = [
    chr(code) for code in (*range(9), *range(11, 32), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F))
]


@pytest.mark.parametrize("character", [*EVERY, *map(chr, range(0x2066, 0x206A)), "\ufeff", "\U000e0041"])
def test_every_character_that_steers_is_named_or_escaped(character):
    value = {f"k{character}": [f"x{character}y"]}

    assert safe(f"x{character}y") == f"x<U+{ord(character):04X}>y"
    for told in (dumps(value), escaped_bytes(json.dumps(value, ensure_ascii=False).encode()).decode()):
        assert character not in told
        assert json.loads(told) == value


def test_what_people_write_is_left(capsys):
    text = 'Zürich\t“日本” 🎉\n{"a": "b"}\r\n'

    assert safe(text) == text.replace("\r\n", "\n")
    assert dumps({"a": "Zürich 🎉"}) == '{"a": "Zürich 🎉"}'


def test_a_stream_for_people_names_them(tmp_path):
    with (tmp_path / "out").open("w") as file:
        Printed(file).writelines(["a\x1b[31m", "b\n"])

    assert (tmp_path / "out").read_text() == "a<U+001B>[31mb\n"


@pytest.mark.parametrize(("is_terminal", "told"), [(True, b"a<U+001B>[31m<U+DCFF>\n"), (False, b"a\x1b[31m\xff\r\n")])
def test_what_programs_read_is_named_on_a_terminal_alone(tmp_path, is_terminal, told):
    with (tmp_path / "out").open("w") as file:
        out = Printed(file)
        out.isatty = lambda: is_terminal
        put(out, b"a\x1b[31m\xff\r\n")

    assert (tmp_path / "out").read_bytes() == told


@pytest.fixture
def hostile(put, root):
    """A tree in git whose second commit adds a recording that is hostile in every field."""
    git = ["git", "-c", "user.name=A\x1b[31m", "-c", "user.email=a@b.example", "-C", str(root)]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    put("tests/recordings/first.json")
    for message in ("first", f"second {HOSTILE}"):
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-q", "-m", message], check=True)
        made = document(asked=f"Which {HOSTILE}?", answered=f"Earth {HOSTILE}")
        made["test_id"] = (
            f"tests/test_{HOSTILE.replace(chr(13), '').replace(chr(0x85), '').replace(chr(0x2028), '')}.py::t"
        )
        made["request"]["body"]["model"] = made["request"]["model"] = f"gpt {HOSTILE}"
        name = "tests/recordings/" + HOSTILE.replace("/", "") + ".json"
        put(name, json.dumps(made).encode())
    subprocess.run([*git, "branch", "b\u202ed"], check=True)
    return name


COMMANDS = [
    ["index"],
    ["search", "Earth", "--recordings", "{root}"],
    ["search", "model:\x1b[31m", "--recordings", "{root}"],
    ["search", "kind:\x1b\u202e", "--recordings", "{root}"],
    ["show", "{root}/{name}"],
    ["show", "{root}/{name}", "--json"],
    ["show", "no\x1b\u202e"],
    ["export", "{root}"],
    ["export", "no\x1b\u202e"],
    ["reviews", "export", "-", "--recordings", "{root}"],
    *(["plan", "--format", form, "--recordings", "{root}"] for form in ("text", "tests", "json")),
    *(
        ["report", spec, "--format", form, "--repo", "{root}"]
        for spec, form in product(["HEAD~1...b\u202ed"], ["md", "summary", "json", "status", "status-json"])
    ),
    ["report", "no\x1b...HEAD", "--repo", "{root}"],
    ["plan", "no\x1b\u202e...HEAD", "--repo", "{root}"],
]


@pytest.fixture
def reviewed(hostile, recviewer, root, tmp_path):
    """The same with a verdict whose reviewer, reason and tag are hostile."""
    at = "2026-01-01T00:00:00.000000Z"
    exported = recviewer("export", str(root))
    one = next(line for line in map(json.loads, exported.stdout.splitlines()) if "Earth a" in json.dumps(line))
    lines = [
        {"recviewer": 1},
        {
            "type": "decision",
            "path": one["path"],
            "fingerprint": one["fingerprint"],
            "entered": at,
            "reviewer": "B\u202e",
            "verdict": "reject",
            "note": f"why {HOSTILE}",
        },
    ]
    (tmp_path / "reviews.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    recviewer("reviews", "import", str(tmp_path / "reviews.jsonl"), "--recordings", str(root))
    return hostile


@pytest.mark.processes
@pytest.mark.slow
def test_no_command_prints_what_steers_a_terminal(reviewed, recviewer, root):
    found, told = [], {}
    for command in COMMANDS:
        words = [word.replace("{root}", str(root)).replace("{name}", reviewed) for word in command]
        done = recviewer(*words)
        told[" ".join(command[:2])] = done.stdout.decode()
        found += [(command, text) for text in (done.stdout.decode(), done.stderr.decode()) if STEERING.search(text)]
        if "json" in " ".join(command) and done.returncode in (0, 1):
            json.loads(done.stdout)

    assert found == []
    assert any(json.loads(line)["path"] == reviewed for line in told["export {root}"].splitlines() if line)
