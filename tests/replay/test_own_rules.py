"""Rules of a team's own, from a file: an invented recorder, and a change to the one that is known."""

import hashlib
import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from recviewer.configuration.env import BadEnvironment
from recviewer.formats.version import version_of
from recviewer.replay import RULES, CallKind
from recviewer.replay.own_rules import merged
from recviewer.replay.rules import KNOWN

DOCUMENT = (Path(__file__).parents[2] / "docs/replay-rules.md").read_text()
OURS, NEWER = re.findall(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)
"""The examples of the document: an invented recorder, and OGX's of later."""

TESTS = ("RECVIEWER_RECORDER", "DJANGO_SETTINGS_MODULE")
"""What the tests set for themselves."""

RULE = 'slug = "x"\nsince = 2026-05-01\nsays = "New."\n'


@pytest.fixture
def place(tmp_path):
    return tmp_path / "rules.toml"


def read(place, text):
    place.write_text(text)
    return merged(place, "RECVIEWER_NAME_RULES", KNOWN)


def sha(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def test_without_a_file_the_rules_are_those_that_are_known():
    assert RULES == KNOWN


def test_one_that_is_like_another_has_what_it_does_not_say_itself(place):
    rules = read(place, NEWER)

    new, known = rules[:2]
    assert (new.slug, new.since, new.drops, new.rewrites) == ("H", date(2026, 10, 9), known.drops, known.rewrites)
    assert rules[1:] == KNOWN
    assert new.lists_models("/v1/x/models", "api.acme.example")
    assert not new.lists_models("/v1/x/models", "localhost:8000")
    assert new.lists_models("/info", "localhost:8000")


def test_the_newest_come_first_and_of_a_day_the_own_ones(place):
    text = "".join(
        f"[[rule]]\n{RULE.replace('x', slug).replace('2026-05-01', day)}"
        for slug, day in (("o", "2025-12-01"), ("s", "2026-04-09"))
    )

    slugs = [rule.slug for rule in read(place, text)]

    assert slugs[:2] == ["s", "G"]
    assert slugs[slugs.index("o") + 1] == "C2"


def test_alone_where_the_known_ones_do_not_count(place):
    rules = read(place, OURS)

    assert [rule.slug for rule in rules] == ["two", "one", "none"]
    assert (rules[2].kinds, rules[2].on_main) == ({CallKind.FILE_PROCESSOR}, False)
    assert all(any(kind in rule.kinds for rule in rules) for kind in CallKind)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[rule]", "Expected"),
        ("", "there is no"),
        ("odd = 1", "'odd', which is none of only, rule"),
        (f"[[rule]]\n{RULE}hosts = []", "'hosts', which is none of"),
        (f"[[rule]]\n{RULE.replace('x', 'G')}", "'G' is not a short word of its own"),
        (f'[[rule]]\n{RULE}like = "Z"', "like 'Z', which is not a rule"),
        ('[[rule]]\nslug = "x"\nsays = "New."', "needs a day"),
        (f'[[rule]]\n{RULE}kinds = ["chat"]', "take inference, http, tool, file_processor"),
        (f"[[rule]]\n{RULE}hex_digits = 6", "from 8 to 64"),
        (f'[[rule]]\n{RULE}drops = [{{ key = "a" }}]', "'key', which is none of"),
        (f"[[rule]]\n{RULE}rewrites = [{{ round = -1 }}]", "has either round"),
        (f"[[rule]]\n{RULE}rewrites = [{{ text = 'a', pattern = 'b', by = '' }}]", "should begin with its text"),
        (f"[[rule]]\n{RULE}rewrites = [{{ text = 'a', pattern = 'a(', by = '' }}]", "is none"),
        (f"[[rule]]\n{RULE}rewrites = [{{ text = '\"', pattern = '\"', by = '' }}]", "plain ASCII"),
        ("#" * 200_001, "larger than 200,000 bytes"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(place, text, why):
    with pytest.raises(BadEnvironment, match=re.escape(why)):
        read(place, text)


def test_a_file_that_is_not_there_is_refused(place):
    with pytest.raises(BadEnvironment, match="cannot be read"):
        merged(place, "RECVIEWER_NAME_RULES", KNOWN)


def test_another_file_has_everything_read_again(place, monkeypatch):
    before = version_of(["replay"])
    monkeypatch.setenv("RECVIEWER_NAME_RULES", str(place))
    place.write_text(OURS)
    with_one = version_of(["replay"])
    place.write_text(NEWER)

    assert len({before, with_one, version_of(["replay"])}) == 3


@pytest.mark.slow
def test_an_invented_recorder_is_told_what_replay_finds_and_why(tmp_path, place):
    place.write_text(OURS)
    folder = tmp_path / "tree/recordings"
    folder.mkdir(parents=True)
    body = {"messages": [{"role": "user", "content": "Look at run-17."}], "trace": "t-1", "model": "small-1"}
    asked = {"method": "POST", "endpoint": "/v1/chat/completions"}
    shown = {"messages": [{"role": "user", "content": "Look at run-N."}], "model": "small-1"}
    request = {**asked, "url": "https://api.acme.example/v1/chat/completions", "headers": {}, "body": body}
    document = {"test_id": "t.py::a", "request": request, "response": {"body": None, "is_streaming": False}}
    names = {
        "current": sha({**asked, "body": shown})[:16],
        "older": sha({**asked, "body": body})[:16],
        "unknown": "0" * 16,
    }
    for name in names.values():
        (folder / f"{name}.json").write_text(json.dumps(document))
    known = {name: value for name, value in os.environ.items() if name not in TESTS}
    given = {**known, "RECVIEWER_NAME_RULES": str(place), "RECVIEWER_DATA": str(tmp_path / "data")}

    def ask(*words):
        made = [sys.executable, "-m", "recviewer", *words]
        return subprocess.run(made, capture_output=True, text=True, env=given, cwd=tmp_path / "tree", check=False)

    exported = [json.loads(line) for line in ask("export", ".").stdout.splitlines()]
    told = {Path(one["path"]).stem: one["replay"] for one in exported}
    found = json.loads(ask("check", ".", "--rules", "cannot-replay", "--format", "json").stdout)["findings"]

    assert {state: told[name]["state"] for state, name in names.items()} == {state: state for state in names}
    assert {one["expected"] for one in told.values()} == {f"{names['current']}.json"}
    says = {Path(one["file"]).stem: one["says"] for one in found}
    assert set(says) == {names["older"], names["unknown"]}
    assert "rule two, since 2026-02-01, changes" in says[names["older"]]
    assert "run-17" in says[names["older"]]


def test_every_kind_of_the_document_is_one():
    assert all(kind in DOCUMENT for kind in CallKind)
