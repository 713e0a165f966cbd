"""A pull request of the demo tree, whose head lies in git alone."""

import json
import subprocess

import pytest

from recviewer.catalog.models import Recording
from recviewer.pages.deciding import double_clicks

ADDED = "tests/integration/inference/recordings/added.json"


@pytest.fixture
def git(demo, settings):
    """The demo tree as a git repository; returns a function that calls git in it."""
    settings.REPOSITORY = None
    names = {f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

    def call(*words):
        done = subprocess.run(["git", "-C", str(demo), *words], check=True, capture_output=True, text=True, env=names)
        return done.stdout.strip()

    call("init", "-q", "-b", "main")
    call("add", "-A")
    call("commit", "-q", "-m", "Record all anew")
    return call


def _streamed():
    return Recording.objects.filter(kind="chat", outcome="answer", streaming=True, part="").order_by("path")


def chats():
    return list(_streamed()[:5])


def put(root, path, change):
    place = root / path
    document = json.loads(place.read_text())
    change(document)
    place.write_text(json.dumps(document, indent=2) + "\n")


def set_ids(document):
    for chunk in document["response"]["body"]:
        chunk["__data__"]["id"] = "rec-another"


def set_words(document, words="<think>Hm.</think>Quite otherwise: "):
    chunk = next(one for one in document["response"]["body"] if one["__data__"]["choices"])
    chunk["__data__"]["choices"][0]["delta"]["content"] = words


@pytest.fixture
def pull(git, demo):
    """Pull request 7: two recordings with other ids, one with other words, one new, one gone, each of a test of its own.

    Its head is in git alone.
    """
    churn, more, words, _, source = (one.path for one in chats())
    gone = _streamed().exclude(test_id__in=[one.test_id for one in chats()])[0].path
    git("switch", "-q", "-c", "topic")
    put(demo, churn, set_ids)
    put(demo, more, set_ids)
    put(demo, words, set_words)
    (demo / gone).unlink()
    document = json.loads((demo / source).read_text())
    document["test_id"] = "tests/integration/inference/test_new.py::test_wholly_new"
    document["request"]["body"]["messages"] = [{"role": "user", "content": "Is there anything new under the sun?"}]
    (demo / ADDED).write_text(json.dumps(document, indent=2) + "\n")
    git("add", "-A")
    git("commit", "-q", "-m", "Record five anew")
    git("update-ref", "refs/pull/7/head", "HEAD")
    git("switch", "-q", "main")
    git("branch", "-q", "-D", "topic")
    return "HEAD...refs/pull/7/head"


def read(page):
    """Wait as long as an item of a queue has to be seen before it takes a verdict; without scripts nothing shows it."""
    page.wait_for_load_state()
    page.wait_for_timeout(double_clicks.MOMENT + 100)


def answered(page):
    """Return a context that ends when the server has answered an act, and so has done it."""
    return page.expect_response(lambda answer: answer.request.method == "POST")
