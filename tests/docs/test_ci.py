"""The workflows in the documents: they parse, keep to what is safe, and their commands do what they say."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = [pytest.mark.slow, pytest.mark.processes]

PROJECT = Path(__file__).parents[2]
WORKFLOWS = PROJECT / "docs/workflows"
GITHUB = ["github.yml", "github-post.yml"]
needs_tools = pytest.mark.skipif(not (shutil.which("bash") and shutil.which("jq")), reason="needs bash and jq")
ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def workflow(name):
    return yaml.safe_load((WORKFLOWS / name).read_text())


def steps(name):
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


def scripts(name):
    if name in GITHUB:
        return [step["run"] for step in steps(name) if "run" in step]
    jobs = [job for job in workflow(name).values() if "script" in job]
    return [line for job in jobs for line in job.get("before_script", []) + job["script"]]


@pytest.mark.parametrize("name", sorted(path.name for path in WORKFLOWS.iterdir()))
def test_no_script_holds_a_value_of_the_event(name):
    assert scripts(name)
    assert not [script for script in scripts(name) if "${{" in script]


@needs_tools
@pytest.mark.parametrize("name", sorted(path.name for path in WORKFLOWS.iterdir()))
def test_every_script_is_one(name):
    for script in scripts(name):
        subprocess.run(["bash", "-n", "-c", script], check=True)


@pytest.mark.parametrize("name", GITHUB)
def test_actions_are_named_by_their_hash(name):
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"]) for step in steps(name) if "uses" in step)


def test_the_run_on_a_pull_request_can_only_read():
    found = workflow("github.yml")

    assert found[True] == "pull_request"
    assert found["permissions"] == {"contents": "read"}
    assert "secrets." not in (WORKFLOWS / "github.yml").read_text()


def test_the_posting_run_can_write_what_it_posts_and_nothing_else():
    found = workflow("github-post.yml")

    assert list(found[True]) == ["workflow_run"]
    assert found[True]["workflow_run"]["workflows"] == [workflow("github.yml")["name"]]
    assert found["permissions"] == {}
    (job,) = found["jobs"].values()
    assert job["permissions"] == {"contents": "read", "pull-requests": "write", "statuses": "write"}
    assert all("GH_TOKEN" not in step.get("env", {}) for step in job["steps"] if step["name"] in ("Install", "Report"))


# The commands, on a small repository


def recording(answer):
    body = {"id": "r", "object": "chat.completion", "choices": [{"index": 0, "message": {"content": answer}}]}
    typed = {"__type__": "openai.types.chat.chat_completion.ChatCompletion", "__data__": body}
    request = {"method": "POST", "url": "http://x/v1/chat/completions", "endpoint": "/v1/chat/completions"}
    request["body"] = {"model": "m", "messages": [{"role": "user", "content": "Well?"}]}
    return json.dumps({"request": request, "response": {"body": typed, "is_streaming": False}}, indent=2)


class Host:
    """A code host of one repository, and a machine that runs scripts beside it. sent: what was posted."""

    def __init__(self, folder):
        self.folder = folder
        self.work, self.bin, self.room = folder / "work", folder / "bin", folder / "room"
        self.server = folder / "srv/ada/planets"
        for place in (self.work, self.bin, self.room, self.server.parent):
            place.mkdir(parents=True)
        self._tool("recviewer", f'#!/bin/sh\nPYTHONPATH={PROJECT} exec {sys.executable} -m recviewer "$@"\n')
        self.answers = {}

    def _tool(self, name, text):
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def git(self, *words, at=None):
        env = os.environ | ENVIRONMENT
        done = subprocess.run(["git", *words], cwd=at or self.work, env=env, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, **files):
        for name, text in files.items():
            place = self.work / name.replace("__", "/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.with_suffix(".json" if "recordings" in name else ".jsonl").write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")
        return self.git("rev-parse", "HEAD")

    def publish(self):
        self.git("clone", "-q", "--bare", str(self.work), str(self.server))
        for name in ("allowFilter", "allowAnySHA1InWant"):
            self.git("config", f"uploadpack.{name}", "true", at=self.server)
        self.git("update-ref", "refs/pull/7/head", "refs/heads/work", at=self.server)
        self.git("branch", "-q", "-D", "work", at=self.server)

    def fake(self, name):
        """Put a program in the place of one that talks to the host: answers come from here, what is sent is kept."""
        (self.folder / "answers.json").write_text(json.dumps(self.answers))
        self._tool(name, f"#!{sys.executable}\n{FAKE}")

    def run(self, script, **variables):
        env = {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "FAKE": str(self.folder),
            "GITHUB_SERVER_URL": f"file://{self.folder}/srv",
            "GITHUB_REPOSITORY": "ada/planets",
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
        }
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(words, cwd=self.room, env=env | ENVIRONMENT | variables, capture_output=True, text=True)

    @property
    def outputs(self):
        text = (self.folder / "output").read_text() if (self.folder / "output").exists() else ""
        return dict(line.split("=", 1) for line in text.splitlines())

    @property
    def sent(self):
        log = self.folder / "sent.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


FAKE = r"""
import json, os, subprocess, sys, urllib.parse
from pathlib import Path

folder, words = Path(os.environ["FAKE"]), sys.argv[1:]
address = next((word for word in words if "/" in word and word.startswith(("repos/", "http"))), "")
method = next((words[at + 1] for at, word in enumerate(words) if word in ("--method", "--request")), "GET")
if words[:1] == ["auth"]:
    sys.exit()
if method == "GET":
    answer = json.dumps(json.loads((folder / "answers.json").read_text()).get(address.split("?")[0], []))
    if "--jq" in words:
        words = ["jq", "--raw-output", words[words.index("--jq") + 1]]
        answer = subprocess.run(words, input=answer, text=True, capture_output=True, check=True).stdout
    print(answer, end="")
    sys.exit()
if "--input" in words:
    told = json.load(sys.stdin)
else:
    told = {}
    for at, word in enumerate(words):
        if word == "--data-urlencode":
            name = words[at + 1]
            key, _, value = name.partition("=") if "=" in name.split("@")[0] else name.partition("@")
            told[key] = value if "=" in name.split("@")[0] else Path(value).read_text()
with (folder / "sent.jsonl").open("a") as log:
    log.write(json.dumps([method, address, told]) + "\n")
print("{}")
"""


@pytest.fixture
def host(tmp_path):
    """A host whose pull request 7, from its own branch, changes the words of one recording."""
    made = Host(tmp_path)
    made.git("init", "-q", "-b", "main")
    made.commit(tests__recordings__one=recording("It is well."))
    made.git("checkout", "-q", "-b", "work")
    return made


def offered(host, head, *, repository="ada/planets"):
    pull = {"number": 7, "base": {"ref": "main"}, "head": {"sha": head, "repo": {"full_name": repository}}}
    host.answers["repos/ada/planets/pulls"] = [pull]
    host.publish()
    host.fake("gh")


def approval(host):
    from recviewer.git.ranges import opened
    from recviewer.report import report

    (change,) = report.make(opened(host.work), "main...work").found.changes
    line = {"type": "decision", "fingerprint": change.subject, "reviewer": "Ana", "verdict": "approve"}
    line |= {"entered": "2026-01-02T12:00:00Z", "path": change.side.path}
    return '{"recviewer_reviews":1}\n' + json.dumps(line) + "\n"


def value_of(expression, host, head):
    known = {"github.token": "token", "vars.RECVIEWER_PUBLIC_URL": ""}
    known |= {"github.event.pull_request.number": "7", "github.event.pull_request.base.ref": "main"}
    known |= {"github.event.workflow_run.head_sha": head}
    known |= {f"steps.find.outputs.{name}": value for name, value in host.outputs.items()}
    return re.sub(r"\$\{\{ (.+?) \}\}", lambda found: known[found[1]], str(expression))


def act(host, name, head):
    """Run the steps of a workflow as the host would; those that install and keep files aside."""
    whole = workflow(name)
    for step in steps(name):
        wanted = step.get("if", "")
        if step["name"] == "Install" or "run" not in step or "failure()" in wanted:
            continue
        if wanted and not host.outputs.get("number"):
            continue
        env = {key: value_of(value, host, head) for key, value in (whole["env"] | step.get("env", {})).items()}
        done = host.run(step["run"], **env)
        assert done.returncode == 0, (step["name"], done.stdout, done.stderr)


@needs_tools
def test_a_pull_request_gets_a_summary_and_a_file(host):
    head = host.commit(tests__recordings__one=recording("It is not well."))
    offered(host, head)

    act(host, "github.yml", head)

    assert (host.folder / "summary.md").read_text().startswith("**1 recording touched: 1 re-recorded with other words")
    assert (host.room / "recordings-report.html").read_text().startswith("<!doctype html>")
    assert host.sent == []


@needs_tools
def test_a_comment_and_a_status_are_posted(host):
    head = host.commit(tests__recordings__one=recording("It is not well."))
    offered(host, head)

    act(host, "github-post.yml", head)

    (post, comments, comment), (_, statuses, status) = host.sent
    assert (post, comments) == ("POST", "repos/ada/planets/issues/7/comments")
    assert comment["body"].startswith("<!-- recviewer-report -->\n**1 recording touched")
    assert statuses == f"repos/ada/planets/statuses/{head}"
    assert status["state"] == "pending"
    assert status["context"] == "recviewer/recordings"


@needs_tools
def test_the_comment_of_before_is_changed_and_no_other(host):
    head = host.commit(tests__recordings__one=recording("It is not well."))
    text = "<!-- recviewer-report -->\nold"
    bot = {"login": "github-actions[bot]"}
    host.answers["repos/ada/planets/issues/7/comments"] = [
        {"id": 1, "user": {"login": "mallory"}, "body": text},
        {"id": 2, "user": bot, "body": "another"},
        {"id": 3, "user": bot, "body": text},
        {"id": 4, "user": bot, "body": text},
    ]
    offered(host, head)

    act(host, "github-post.yml", head)

    assert host.sent[0][:2] == ["PATCH", "repos/ada/planets/issues/comments/3"]


@needs_tools
@pytest.mark.parametrize(("repository", "state"), [("ada/planets", "success"), ("mallory/planets", "pending")])
def test_approvals_in_a_fork_do_not_count(host, repository, state):
    host.commit(tests__recordings__one=recording("It is not well."))
    head = host.commit(tests__reviews=approval(host))
    offered(host, head, repository=repository)

    act(host, "github-post.yml", head)

    assert host.sent[-1][2]["state"] == state


@needs_tools
def test_no_comment_where_no_recording_is_touched(host):
    head = host.commit(tests__other="{}")
    offered(host, head)

    act(host, "github-post.yml", head)

    assert [sent[1] for sent in host.sent] == [f"repos/ada/planets/statuses/{head}"]
    assert host.sent[0][2]["state"] == "success"


@needs_tools
def test_a_head_that_has_moved_is_left_to_its_own_run(host):
    head = host.commit(tests__recordings__one=recording("It is not well."))
    offered(host, head)

    act(host, "github-post.yml", "0" * 40)

    assert host.sent == []


@needs_tools
@pytest.mark.parametrize("number", ["", "7; echo", "$(id)", "7\n8", "-1"])
def test_what_is_no_number_of_a_pull_request_stops_the_run(host, number):
    for step in steps("github.yml"):
        if "NUMBER" in step.get("env", {}):
            done = host.run(step["run"], NUMBER=number, BASE="main", REVIEWS="x")
            assert (done.returncode, done.stdout) == (1, "no number of a pull request\n")


@needs_tools
@pytest.mark.parametrize("known", [False, True])
def test_a_merge_request_gets_a_note_and_a_status(host, known):
    head = host.commit(tests__recordings__one=recording("It is not well."))
    base = host.git("rev-parse", "main")
    place = "https://gitlab.example/api/v4"
    host.answers[f"{place}/user"] = {"id": 5}
    mine = {"id": 11, "author": {"id": 5}, "body": "<!-- recviewer-report -->\nold"}
    others = {"id": 10, "author": {"id": 6}, "body": "<!-- recviewer-report -->\nold"}
    host.answers[f"{place}/projects/3/merge_requests/8/notes"] = [others, mine] if known else [others]
    host.room = host.work
    host.fake("curl")
    variables = {
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        "CI_COMMIT_SHA": head,
        "REVIEWS": "tests/reviews.jsonl",
        "CI_API_V4_URL": place,
        "CI_PROJECT_ID": "3",
        "CI_MERGE_REQUEST_IID": "8",
        "CI_JOB_URL": "https://gitlab.example/job/1",
        "RECVIEWER_TOKEN": "token",
    }

    for job in ("recordings", "recordings-note"):
        for script in workflow("gitlab-ci.yml")[job]["script"]:
            done = host.run(script, **variables)
            assert done.returncode == 0, (done.stdout, done.stderr)

    (method, notes, note), (_, statuses, status) = host.sent
    assert (method, notes.rpartition("/notes")[2]) == (("PUT", "/11") if known else ("POST", ""))
    assert note["body"].startswith("<!-- recviewer-report -->\n**1 recording touched")
    assert statuses == f"{place}/projects/3/statuses/{head}"
    assert (status["state"], status["target_url"]) == ("pending", "https://gitlab.example/job/1")
    assert (host.work / "recordings-report.html").exists()
