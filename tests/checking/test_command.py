"""`recviewer check`: what it looks at, what it prints, and its exit codes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from recviewer.checking import command, noting
from recviewer.processes import forks
from recviewer.recorders.registry import claims
from recviewer.smells.model import Among, Explained, Held, Needs, Rule, Severity, Spot
from recviewer.store.claims import BARE
from tests.smells.building import TAPE
from tests.trees import FOLDER, bytes_of, chat, id_of, name_of

WORDS = Explained("What.", "Why.", "Example.", "Fix.")
GOOD, CUT, ERROR = chat(), chat("Cut?", finish="length"), chat("Slow?", error="slow down")


def rules(out):
    return sorted(one["rule"] for one in json.loads(out)["findings"] if one["standing"] == "counts")


def test_nothing_is_0_findings_are_1(tree, check):
    tree.put(GOOD)
    code, out, _ = check()
    assert (code, out.splitlines()[0]) == (0, "nothing found in 1 recording (the files on disk)")

    tree.put(CUT)
    code, out, err = check()

    assert (code, err) == (1, "")
    assert re.search(rf"^  {FOLDER}/{name_of(CUT)}:\d+  \w.+", out, re.MULTILINE)
    assert "red broke-off: the answer did not end well\n  Why it matters: " in out
    assert "1 red in 2 recordings" in out


def test_that_there_is_no_recording_is_no_clean_result(tree, check):
    code, out, _ = check()

    assert (code, out.splitlines()[0]) == (0, "no recordings to look at (the files on disk)")


def test_a_finding_of_a_rule_about_many_has_its_line_too(tree, check, monkeypatch):
    def find(some, around):
        return [(0, Held(Severity.RED, spots=(Spot("/request/body/messages/0", "x"),)))]

    one = Rule("of-many", "it is", WORDS, None, needs=Needs.TREE, among=Among(lambda side: "1", find))
    monkeypatch.setattr(command, "rules", lambda: (one,))
    (path,) = tree.put(GOOD)
    base = tree.commit()
    lines = (tree.top / path).read_text().splitlines()

    for words in ([], ["--base", base]):
        (found,) = json.loads(check("--format", "json", *words)[1])["findings"]
        assert lines[found["line"] - 1].strip() == "{"
        assert lines[found["line"] - 2].strip() == '"messages": ['


def cassette(*finishes):
    """Return a cassette of chats."""

    def call(place, finish):
        choice = {"index": 0, "message": {"role": "assistant", "content": "Saturn."}, "finish_reason": finish}
        answer = {"id": "c", "object": "chat.completion", "created": 1, "model": "small-1", "choices": [choice]}
        asked = {"model": "small-1", "messages": [{"role": "user", "content": f"Which planet is number {place}?"}]}
        return {
            "request": {
                "body": json.dumps(asked),
                "headers": {"content-type": ["application/json"]},
                "method": "POST",
                "uri": "https://api.example.com/v1/chat/completions",
            },
            "response": {
                "body": {"string": json.dumps(answer)},
                "headers": {"content-type": ["application/json"]},
                "status": {"code": 200, "message": "OK"},
            },
        }

    calls = [call(place, finish) for place, finish in enumerate(finishes, 1)]
    return yaml.safe_dump({"interactions": calls, "version": 1}, sort_keys=False).encode()


@pytest.mark.slow
def test_a_finding_on_one_exchange_of_many_has_the_line_on_which_it_begins(tree, check):
    base = tree.commit()
    path = tree.write("tests/cassettes/test_planets.yaml", cassette("stop", "length"))
    lines = (tree.top / path).read_text().splitlines()
    wanted = [place for place, line in enumerate(lines, 1) if line.startswith("- request:")][1]

    for words in ([], ["--base", base], ["--changed"], [path]):
        (found,) = json.loads(check("--format", "json", *words)[1])["findings"]
        assert (found["rule"], found["line"]) == ("broke-off", wanted)
    (result,) = json.loads(check("--format", "sarif")[1])["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": wanted}
    tree.commit()
    (found,) = json.loads(check("--format", "json", f"{base}...HEAD")[1])["findings"]
    assert found["line"] == wanted


def test_the_source_of_a_test_has_a_say_where_files_are_checked_by_themselves(tree, check):
    wrong = chat(error="No.", test="tests/integration/chat/test_chat.py::test_a[x]")
    wrong["response"]["exception_data"].update(type="BadRequestError", status_code=400)
    source = "import pytest\n\ndef test_a(x):\n    with pytest.raises(BadRequestError):\n        ask(x)\n"
    tree.write("tests/integration/chat/test_chat.py", source.encode())
    tree.commit()
    (path,) = tree.put(wrong)

    for words in (["--changed"], [path], []):
        (found,) = json.loads(check("--format", "json", *words)[1])["findings"]
        assert (found["rule"], found["level"]) == ("recorded-error", "grey")


def test_a_level_decides_what_fails(tree, check):
    tree.put(chat(finish="because"))

    assert [check("--fail-on", level)[0] for level in ("red", "amber", "grey", "none")] == [0, 1, 1, 0]


@pytest.mark.parametrize(
    "words",
    [
        ["nowhere"],
        ["nowhere...HEAD"],
        ["--base", "nowhere"],
        ["--rules", "no-such-rule"],
        ["--baseline", "nowhere"],
        ["--format", "pdf"],
        ["a...b", "--base", "c"],
        ["--output", "/nowhere/at/all"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_2_and_a_sentence(tree, check, words):
    tree.put(GOOD)
    tree.commit()

    code, out, err = check(*words)

    assert (code, out) == (2, "")
    assert err.strip()
    assert "Traceback" not in err


def test_a_directory_is_named_from_the_top_of_the_work_tree(tree, check):
    tree.put(CUT)
    tree.put(ERROR, folder="other/recordings")

    code, out, _ = check("--format", "json", "other")

    (found,) = json.loads(out)["findings"]
    assert code == 1
    assert found["file"] == f"other/recordings/{name_of(ERROR)}"
    assert found["path"] == f"recordings/{name_of(ERROR)}"


def test_the_test_of_a_cassette_is_looked_for_below_the_directory(tree, check):
    tree.write("tests/test_chat.py", b"def test_basic(): ...\n")
    for name in ("test_basic", "test_older"):
        tree.write(f"tests/cassettes/test_chat/{name}.yaml", TAPE)
    _, out, _ = check("tests", "--rules", "orphan", "--format", "json")
    (found,) = json.loads(out)["findings"]
    assert found["file"] == "tests/cassettes/test_chat/test_older.yaml"


def test_files_are_checked_by_themselves_and_others_are_told_of(tree, check):
    (cut,), (other,) = tree.put(CUT), tree.put(ERROR)
    tree.write("README.md", b"")

    code, out, _ = check("--format", "json", cut, "README.md")

    assert (code, rules(out)) == (1, ["broke-off"])
    assert json.loads(out)["problems"] == ["1 of the files named is not a recording"]
    assert other not in out


def test_changed_files_alone(tree, check):
    tree.put(ERROR)
    tree.commit()
    assert check("--changed")[0] == 0

    tree.put(CUT)

    code, out, _ = check("--changed", "--format", "json")
    assert (code, rules(out)) == (1, ["broke-off"])


def test_only_what_is_new_counts_on_a_base(tree, check):
    tree.put(ERROR)
    base = tree.commit()
    tree.put(CUT)

    assert rules(check("--base", base, "--format", "json")[1]) == ["broke-off"]
    tree.commit()
    code, out, _ = check(f"{base}...HEAD", "--format", "json")
    assert (code, rules(out)) == (1, ["broke-off"])
    assert json.loads(out)["changes"] == 1


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.parametrize("is_committed", [False, True])
def test_processes_share_what_a_range_reads_and_find_the_same(tree, check, monkeypatch, is_committed):
    questions = [f"What is {number}?" for number in range(9)]
    tree.put(*[chat(one) for one in questions])
    base = tree.commit()
    tree.put(chat(questions[3], test=id_of("test_again")))
    tree.put(chat("Broken?"))
    tree.write(f"{FOLDER}/{'0' * 64}.json", b"{")
    asked = f"{base}...{tree.commit()}" if is_committed else base
    words = (asked,) if is_committed else ("--base", base)
    alone = json.loads(check(*words, "--format", "json")[1])

    started = []
    monkeypatch.setattr(noting, "SHARED_FROM", 1)
    monkeypatch.setattr(noting, "FILES", 2)
    monkeypatch.setattr(forks, "can_fork", lambda: started.append(1) or True)

    assert json.loads(check(*words, "--format", "json")[1]) == alone
    assert started
    assert {one["rule"] for one in alone["findings"]} == {"twin", "unreadable"}


def test_what_a_change_lost_is_found_in_a_range_alone(tree, check):
    called = chat(calls=[("look", "{}")])
    (path,) = tree.put(called)
    base = tree.commit()
    tree.write(path, bytes_of(chat()))

    assert "lost-tool-call" in rules(check("--base", base, "--format", "json")[1])
    assert "lost-tool-call" not in rules(check("--format", "json")[1])


def test_a_baseline_is_written_and_kept_to(tree, check):
    tree.put(ERROR)
    assert check("--write-baseline", "known.jsonl") == (0, "", "1 finding is written to known.jsonl\n")

    code, out, _ = check("--baseline", "known.jsonl")
    assert code == 0
    assert "nothing found in 1 recording (the files on disk); 1 there before" in out
    tree.put(CUT)
    assert check("--baseline", "known.jsonl")[0] == 1


def test_what_the_reviews_let_be_does_not_count(tree, check, monkeypatch):
    tree.put(ERROR, CUT)
    row = {"type": "suppression", "rule": "recorded-error", "scope": "path", "subject": "tests/", "reason": "because"}
    lines = [{"recviewer_reviews": 1}, {**row, "changed": "2026-01-01T00:00:00Z"}]
    tree.write("reviews.jsonl", "\n".join(map(json.dumps, lines)).encode())
    tree.commit()

    for words in (["--reviews", "reviews.jsonl"], ["--reviews", "HEAD:reviews.jsonl"]):
        code, out, _ = check(*words, "--format", "json")
        assert (code, rules(out)) == (1, ["broke-off"])
        assert [one["reason"] for one in json.loads(out)["findings"] if one["standing"] == "suppressed"] == ["because"]
    monkeypatch.setenv("RECVIEWER_REVIEWS_FILE", "reviews.jsonl")
    assert rules(check("--format", "json")[1]) == ["broke-off"]
    assert check("--reviews", f"{FOLDER}/{name_of(CUT)}")[0] == 2


def test_a_suppression_that_is_invalid_is_named_and_suppresses_nothing(tree, check):
    tree.put(ERROR)
    row = {"type": "suppression", "rule": "recorded-error", "scope": "everything", "subject": "tests/", "reason": "why"}
    lines = [{"recviewer_reviews": 1}, *([{**row, "changed": "2026-01-01T00:00:00Z"}] * 2)]
    tree.write("reviews.jsonl", "\n".join(map(json.dumps, lines)).encode())

    code, out, said = check("--reviews", "reviews.jsonl", "--format", "json")

    assert (code, rules(out)) == (1, ["recorded-error"])
    assert "reviews.jsonl, line 2 (and 1 more line): not a valid suppression" in said
    assert "a scope (finding, test, path)" in said


def test_rules_are_chosen(tree, check):
    tree.put(ERROR, CUT)

    assert rules(check("--rules", "broke-off", "--format", "json")[1]) == ["broke-off"]
    assert rules(check("--without", "broke-off", "--format", "json")[1]) == ["recorded-error"]


def test_a_name_or_a_recording_steers_no_terminal_and_forges_no_line(tree, check):
    evil = chat(finish="be\x1b[31mcause\n::error ::pwned")
    tree.write(f"{FOLDER}/a\n::error ::named.json", bytes_of(evil))

    for form in ("text", "github", "sarif", "junit", "gitlab", "json"):
        out = check("--format", form)[1]
        assert "\x1b" not in out
        assert not re.search("^::error ::", out, re.MULTILINE)


@pytest.mark.slow
def test_neither_django_nor_a_database_nor_what_compares_two_sides_is_needed(tree):
    tree.put(CUT)
    code = "import sys; from recviewer.checking.command import run; run([])"
    slow = ("recviewer.pairing.calls", "recviewer.difference", "importlib.metadata")
    code += f"; print([name for name in sys.modules if 'django' in name or name.startswith({slow})])"
    project = Path(__file__).parents[2]

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tree.top, env=os.environ | {"PYTHONPATH": str(project)}, capture_output=True
    )

    assert done.stdout.endswith(b"\n[]\n")


@pytest.mark.parametrize(
    ("program", "words", "said"),
    [
        (["-m", "recviewer"], ["check", "--help"], b"Report what is odd about recordings"),
        (["-m", "recviewer"], ["help", "check"], b"Report what is odd about recordings"),
        (["-m", "recviewer"], ["check", "--deploy", "--help"], b"--fail-level"),
        (["manage.py"], ["check", "--help"], b"--fail-level"),
    ],
    ids=str,
)
@pytest.mark.slow
def test_check_is_ours_but_for_manage_py(program, words, said):
    done = subprocess.run([sys.executable, *program, *words], cwd=Path(__file__).parents[2], capture_output=True)

    assert done.returncode == 0
    assert said in done.stdout


def test_pre_commit_gives_what_recorders_claim():
    (hook,) = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text())
    for home, endings in claims().by_home.items():
        for ending in endings:
            name = "a" if ending == BARE else f"a{ending.decode()}"
            assert re.search(hook["files"], f"tests/{home.decode()}/sub/{name}"), (home, ending)
    assert not any(re.search(hook["files"], one) for one in ("src/package.json", "src/Makefile", "vcr/test.py"))
    assert hook["entry"] == "recviewer check"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tests", "more"], "tests is a directory: name one directory alone, or files alone."),
        (["known.jsonl", "more"], "more is a directory: name one directory alone, or files alone."),
        (["--baseline", "gone.jsonl"], "the file of --baseline cannot be read: gone.jsonl: No such file or directory."),
        (["--baseline", "known.jsonl"], "known.jsonl is not a baseline: line 1 is not a JSON object."),
        (["--reviews", "gone.jsonl"], "the file of --reviews cannot be read: gone.jsonl: No such file or directory."),
        (["--collected", "gone.txt"], "the file of --collected cannot be read: gone.txt: No such file or directory."),
        (
            ["--collected", "known.jsonl"],
            "known.jsonl lists no test: it should be what `pytest --collect-only -q` printed.",
        ),
        (["--output", "gone/x"], "the file of --output cannot be written: gone/x: No such file or directory."),
    ],
)
def test_what_cannot_be_used_is_named_with_its_option(tree, check, words, said):
    tree.put(ERROR)
    tree.write("more/x.txt", b"")
    tree.write("known.jsonl", b"what")

    assert check(*words) == (2, "", f"recviewer check: {said}\n")
