import json
import subprocess

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from recviewer.git.ranges import opened
from recviewer.report import report as reports
from tests.trees import ENVIRONMENT

# On SQLite a report has to get along without a database; where a server is named, it asks that for verdicts.
pytestmark = [] if connection.vendor == "sqlite" else [pytest.mark.django_db]


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
    [("nowhere...work", "no such commit here; `git -C"), ("...x", "names no base"), ("main...--all", "not a revision")],
)
def test_what_cannot_run_ends_with_2_and_says_what_to_do(repository, spec, said):
    with pytest.raises(CommandError, match=said) as failed:
        call_command("report", spec, repo=str(repository))

    assert failed.value.returncode == 2


def test_a_folder_without_git_ends_with_2(tmp_path):
    with pytest.raises(CommandError, match="not a git repository") as failed:
        call_command("report", "main...work", repo=str(tmp_path))

    assert failed.value.returncode == 2


@pytest.fixture
def reviews(repository):
    """Returns a function that gives a file of reviews with one verdict on the change."""

    def make(verdict, reviewer="Ana", entered="2026-01-02T12:00:00Z"):
        (change,) = reports.make(opened(repository), "main...work").found.changes
        line = {"type": "decision", "fingerprint": change.subject, "reviewer": reviewer, "verdict": verdict}
        line |= {"entered": entered, "path": change.side.path, "note": "so"}
        return '{"recviewer_reviews":1}\n' + json.dumps(line) + "\n"

    return make


@pytest.mark.parametrize(("verdict", "state", "code"), [("approve", "approved", 0), ("reject", "rejected", 1)])
def test_verdicts_come_from_files_of_reviews(capture, repository, reviews, tmp_path_factory, verdict, state, code):
    file = tmp_path_factory.mktemp("reviews") / "reviews.jsonl"
    file.write_text(reviews(verdict))

    ended, out = capture("main...work", "--repo", str(repository), "--format", "json", "--reviews", str(file))

    assert (ended, json.loads(out)["undecided"]) == (code, 0)
    assert [change["verdict"] for change in json.loads(out)["changes"]] == [state]


@pytest.mark.parametrize(
    ("verdict", "side", "code", "state"),
    [("approve", "new", 0, "approved"), ("reject", "new", 1, "rejected"), ("approve", "old", 1, None)],
)
def test_verdicts_of_an_older_version_count_where_git_has_what_they_are_on(
    capture, repository, tmp_path_factory, verdict, side, code, state
):
    (change,) = reports.make(opened(repository), "main...work").found.changes
    line = {"type": "decision", "fingerprint": "1:" + "0" * 64, "reviewer": "Ana", "verdict": verdict, "note": "so"}
    line |= {"entered": "2026-01-02T12:00:00Z", "path": change.side.path, "blob": getattr(change, side).blob}
    file = tmp_path_factory.mktemp("reviews") / "reviews.jsonl"
    file.write_text('{"recviewer_reviews":1}\n' + json.dumps(line) + "\n")

    ended, out = capture("main...work", "--repo", str(repository), "--format", "json", "--reviews", str(file))

    assert (ended, [one["verdict"] for one in json.loads(out)["changes"]]) == (code, [state])


@pytest.mark.processes
@pytest.mark.slow
def test_verdicts_that_nothing_proves_are_told_of(repository, recviewer, tmp_path_factory):
    line = {"type": "decision", "fingerprint": "1:" + "0" * 64, "reviewer": "Ana", "verdict": "reject", "note": "so"}
    line |= {"entered": "2026-01-02T12:00:00Z", "path": "tests/recordings/one.json", "blob": "a" * 40}
    file = tmp_path_factory.mktemp("reviews") / "reviews.jsonl"
    file.write_text('{"recviewer_reviews":1}\n' + json.dumps(line) + "\n")

    ended = recviewer("report", "main...work", "--repo", str(repository), "--reviews", str(file))

    assert ended.returncode == 1
    assert "1 verdict under an older rule of what counts, 1 of them a wish to re-record" in ended.stderr.decode()


def test_verdicts_of_several_files_add_up(capture, repository, reviews, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reviews")
    (folder / "a").write_text(reviews("approve"))
    (folder / "b").write_text(reviews("reject", "Ben"))

    files = ["--reviews", str(folder / "a"), "--reviews", str(folder / "b")]
    _, out = capture("main...work", "--repo", str(repository), "--format", "json", *files)

    assert [change["verdict"] for change in json.loads(out)["changes"]] == ["rejected"]


@pytest.mark.slow
def test_second_person_ends_with_0_where_the_base_asks_for_two(capture, repository, reviews, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reviews")
    (folder / "a").write_text(reviews("approve"))
    (folder / "b").write_text(reviews("approve", "Ben"))
    subprocess.run(["git", "checkout", "-q", "main"], cwd=repository, check=True)
    (repository / ".recviewer").mkdir()
    (repository / ".recviewer/reviewers").write_text("tests/ 2\n")
    for words in (["add", "-A"], ["commit", "-q", "-m", "rules"]):
        subprocess.run(["git", *words], cwd=repository, env=ENVIRONMENT, check=True)
    words = ["main...work", "--repo", str(repository), "--format", "status"]

    one = capture(*words, "--reviews", str(folder / "a"))
    same = capture(*words, "--reviews", str(folder / "a"), "--reviews", str(folder / "a"))
    both = capture(*words, "--reviews", str(folder / "a"), "--reviews", str(folder / "b"))

    assert one == same == (1, "1 needs you, 1 of them another person; 1 recording touched, 1 other words.\n")
    assert both[0] == 0


@pytest.mark.slow
def test_verdicts_are_read_from_a_commit_of_a_mirror(capture, repository, reviews, tmp_path_factory):
    (repository / "tests/reviews.jsonl").write_text(reviews("approve"))
    for words in (["add", "-A"], ["commit", "-q", "-m", "reviews"]):
        subprocess.run(["git", *words], cwd=repository, env=ENVIRONMENT, check=True)
    mirror = tmp_path_factory.mktemp("mirror") / "mirror.git"
    subprocess.run(["git", "clone", "-q", "--mirror", str(repository), str(mirror)], check=True, env=ENVIRONMENT)

    code, out = capture(
        "main...work", "--repo", str(mirror), "--format", "json", "--reviews", "work:tests/reviews.jsonl"
    )

    assert (code, json.loads(out)["undecided"]) == (0, 0)


def test_the_usual_file_counts_where_it_is_there(capture, repository, reviews, settings, tmp_path_factory):
    settings.REVIEWS_FILE = tmp_path_factory.mktemp("reviews") / "reviews.jsonl"
    assert capture("main...work", "--repo", str(repository))[0] == 1

    settings.REVIEWS_FILE.write_text(reviews("approve"))

    assert capture("main...work", "--repo", str(repository))[0] == 0


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("nowhere.jsonl", "No such file"),
        ("work:nowhere.jsonl", "work has no file nowhere.jsonl"),
        ("work:tests", "work has no file tests"),
        ("gone:tests/reviews.jsonl", "no such commit here"),
        ("work:tests/recordings/one.json", "not a file of reviews"),
    ],
)
def test_a_file_of_reviews_that_cannot_be_read_ends_with_2(repository, file, said):
    with pytest.raises(CommandError, match=said) as failed:
        call_command("report", "main...work", repo=str(repository), reviews=[file])

    assert failed.value.returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("verdict", "level", "code"),
    [
        (None, "undecided", 1),
        (None, "red", 0),
        (None, "none", 0),
        ("reject", "undecided", 1),
        ("reject", "red", 1),
        ("reject", "none", 0),
        ("approve", "undecided", 0),
    ],
)
def test_what_makes_a_run_fail_can_be_chosen(
    capture, repository, reviews, settings, tmp_path_factory, verdict, level, code
):
    settings.REVIEWS_FILE = tmp_path_factory.mktemp("reviews") / "reviews.jsonl"
    if verdict:
        settings.REVIEWS_FILE.write_text(reviews(verdict))

    assert capture("main...work", "--repo", str(repository), "--fail-on", level)[0] == code


def test_a_summary_is_the_comment_without_its_marker(capture, repository):
    _, comment = capture("main...work", "--repo", str(repository))
    _, summary = capture("main...work", "--repo", str(repository), "--format", "summary")

    assert comment == f"<!-- recviewer-report -->\n{summary}"


def test_a_status_for_scripts(capture, repository):
    _, out = capture("main...work", "--repo", str(repository), "--format", "status-json")

    told = json.loads(out)
    assert (told["state"], told["description"][:12]) == ("pending", "1 needs you;")


def test_links_lead_to_the_site_that_was_named(capture, repository, settings):
    settings.PUBLIC_URL = "https://rec.example.com"

    _, out = capture("main...work", "--repo", str(repository))

    assert "](https://rec.example.com/changes/" in out
    assert "?change=tests/recordings/one.json)" in out
    _, status = capture("main...work", "--repo", str(repository), "--format", "status-json")
    assert json.loads(status)["target_url"].startswith("https://rec.example.com/changes/")


@pytest.mark.processes
@pytest.mark.slow
def test_the_data_folder_of_the_recordings_is_read_and_not_touched(recviewer, repository, reviews, tmp_path):
    database = tmp_path / "data/recviewer.sqlite3"
    folder = ["--repo", str(repository), "--recordings", str(repository / "tests")]
    assert recviewer("report", "main...work", *folder).returncode == 1
    assert not database.exists()
    (repository / "reviews.jsonl").write_text(reviews("approve"))
    recviewer("reviews", "import", str(repository / "reviews.jsonl"))
    before = database.read_bytes()

    done = recviewer("report", "main...work", *folder)

    assert (done.returncode, done.stderr) == (0, b"")
    assert database.read_bytes() == before


@pytest.mark.processes
@pytest.mark.slow
def test_a_data_folder_that_cannot_be_read_is_told_of(recviewer, repository, tmp_path):
    (tmp_path / "data/recviewer.sqlite3").write_bytes(b"")

    done = recviewer("report", "main...work", "--repo", str(repository))

    assert done.returncode == 1
    assert b"were not read" in done.stderr
