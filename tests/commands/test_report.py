import json
import os
import subprocess

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
}


@pytest.fixture
def repository(tmp_path):
    """A repository with one recording that the branch `work` changed."""

    def git(*words):
        subprocess.run(["git", *words], cwd=tmp_path, env=ENVIRONMENT, check=True, capture_output=True)

    def record(answer):
        place = tmp_path / "tests/recordings/one.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        body = {"id": "r", "object": "chat.completion", "choices": [{"index": 0, "message": {"content": answer}}]}
        request = {"method": "POST", "url": "http://x/v1/chat/completions", "endpoint": "/v1/chat/completions"}
        request["body"] = {"model": "m", "messages": [{"role": "user", "content": "Well?"}]}
        typed = {"__type__": "openai.types.chat.chat_completion.ChatCompletion", "__data__": body}
        place.write_text(json.dumps({"request": request, "response": {"body": typed, "is_streaming": False}}, indent=2))
        git("add", "-A")
        git("commit", "-q", "-m", answer)

    git("init", "-q", "-b", "main")
    record("It is well.")
    git("checkout", "-q", "-b", "work")
    record("It is not well.")
    return tmp_path


@pytest.fixture
def capture(capfdbinary):
    """Runs the command; returns its exit code and what it printed."""

    def run(*words):
        code = 0
        try:
            call_command("report", *words)
        except SystemExit as end:
            code = end.code
        return code, capfdbinary.readouterr().out.decode()

    return run


def test_undecided_changes_end_with_1(capture, repository):
    code, out = capture("main...work", "--repo", str(repository), "--format", "json")

    assert code == 1
    made = json.loads(out)
    assert (made["modified"], made["classes"]["text"], made["undecided"]) == (1, 1, 1)
    assert made["changes"][0]["old"]["path"] == "tests/recordings/one.json"


def test_nothing_to_decide_ends_with_0(capture, repository):
    code, out = capture("work...work", "--repo", str(repository), "--format", "status")

    assert (code, out) == (0, "No recording is touched.\n")


def test_the_comment_is_the_default(capture, repository):
    code, out = capture("main...work", "--repo", str(repository))

    assert code == 1
    assert out.startswith(
        "<!-- recviewer-report -->\n**1 recording touched: 1 re-recorded with other words; 1 needs you.**"
    )


def test_one_html_file(capture, repository, tmp_path):
    target = tmp_path / "report.html"

    code, out = capture("main", "--repo", str(repository), "--format", "html", "--output", str(target))

    assert (code, out) == (1, "")
    assert target.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("spec", "said"),
    [("nowhere...work", "no such commit here; `git -C"), ("...x", "names no base"), ("main...--all", "no revision")],
)
def test_what_cannot_run_ends_with_2_and_says_what_to_do(repository, spec, said):
    with pytest.raises(CommandError, match=said) as failed:
        call_command("report", spec, repo=str(repository))

    assert failed.value.returncode == 2


def test_a_folder_without_git_ends_with_2(tmp_path):
    with pytest.raises(CommandError, match="no git repository") as failed:
        call_command("report", "main...work", repo=str(tmp_path))

    assert failed.value.returncode == 2
