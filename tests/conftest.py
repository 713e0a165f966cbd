import gc
import json
import os
import shutil
import subprocess
import sys
import threading
import traceback
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings

from recviewer.catalog import content, freshness, indexer, search, summary
from recviewer.catalog.models import Recording
from recviewer.changes import touched
from recviewer.git import concurrency
from recviewer.lineage import replaced, trace, versions
from recviewer.memory import lineages
from recviewer.pages.ranges import fetches
from recviewer.recorders import kinds, registry
from tests.case_files import FILES

pytest_plugins = ["tests.overhead"]

settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    derandomize="CI"
    in os.environ,  # there, what fails has to be the change's doing; everywhere else luck may find more
)
settings.register_profile("brief", settings.get_profile("patient"), max_examples=15)
settings.load_profile("patient")  # a busy machine is no fault of the program


def pytest_configure(config):
    """What is left to chance is tried less often while somebody works, and on PostgreSQL, for it was on SQLite."""
    if "not slow" in config.getoption("markexpr") or os.environ.get("TEST_DATABASE_URL"):
        settings.load_profile("brief")


LONG = ("browser", "processes", "slow")


HERE = Path(__file__).parent
KNOW_DATABASES = tuple(
    f"{HERE / room}{os.sep}" for room in ("catalog", "commands", "configuration", "memory", "review")
)
"""Where also a test that opens no database may be about what only one kind of database does."""


def pytest_ignore_collect(collection_path, config):
    """The browser's tests need not be imported to be left out."""
    if collection_path == HERE / "browser" and "not browser" in config.getoption("markexpr"):
        return True
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item):
    """Mark what can tell one database from another; the rest says the same on each."""
    asks = {"django_db_setup", "db", "transactional_db", "server"} & set(item.fixturenames)
    marks = map(item.get_closest_marker, ("django_db", "only_on"))
    if asks or any(marks) or str(item.path).startswith(KNOW_DATABASES):
        item.add_marker(pytest.mark.database)
    mark = item.get_closest_marker("django_db")
    is_flushed = mark is not None and mark.kwargs.get("transaction")
    if (is_flushed or "transactional_db" in item.fixturenames) and "no_words_left" not in item.fixturenames:
        item.fixturenames.insert(0, "no_words_left")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """What takes long comes first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: not any(map(item.get_closest_marker, LONG)))


def pytest_collection_finish():
    """The garbage collector leaves alone what lives until the end: thousands of collected tests, and the modules."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """`-n auto` is three workers for two cores: tests wait for processes, disks and browsers a third of their time."""
    return None if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else (os.cpu_count() or 1) * 3 // 2


def pytest_sessionstart():
    """Where a page stops looking after a moment, tests have a minute: a busy machine is no fault of the program."""
    for module in (touched, replaced, versions, lineages):
        module.SECONDS = 60.0
    trace.trace.__kwdefaults__["seconds"] = 60.0
    fetches.PATIENCE_SECONDS = 60


@pytest.fixture
def no_words_left(django_db_blocker):
    """What a test without a transaction leaves in the full-text table, which is no model's, is not there for the next.

    Every such test has it (`pytest_itemcollected`).
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {search.TABLE}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown():
    """What a page started in the background ends before the database and the files that it works on are taken away."""
    for thread in threading.enumerate():
        if thread.name.startswith("recviewer-"):
            thread.join(60)
            assert not thread.is_alive(), f"{thread.name} outlives the test that started it"


def pytest_runtest_setup(item):
    # What one test finds wrong with the disk or with git is no trouble of the next, though the process remembers it.
    concurrency.hangs.begin_anew()
    freshness._has_failed = False
    freshness._trouble = ""
    for mark in item.iter_markers("only_on"):
        if connection.vendor not in mark.args:
            pytest.skip(mark.kwargs["reason"])


def exchange(
    *, asked="Which planet do humans live on?", answered="Earth.", test="tests/test_planets.py::test_earth", id="1"
):
    """Return a small chat recording as it lies on disk."""
    return {
        "test_id": test,
        "request": {
            "method": "POST",
            "url": "https://api.example.com/v1/chat/completions",
            "headers": {},
            "body": {"model": "gpt-4o", "messages": [{"role": "user", "content": asked}]},
            "endpoint": "/v1/chat/completions",
            "model": "gpt-4o",
        },
        "response": {
            "body": {
                "__type__": "openai.types.chat.chat_completion.ChatCompletion",
                "__data__": {
                    "id": f"rec-{id}",
                    "choices": [
                        {
                            "finish_reason": "stop",
                            "index": 0,
                            "message": {"content": answered, "role": "assistant"},
                        }
                    ],
                    "created": 0,
                    "model": "gpt-4o",
                    "object": "chat.completion",
                },
            },
            "is_streaming": False,
        },
    }


@pytest.fixture
def chat():
    """Return `exchange`, which makes a small chat recording."""
    return exchange


@pytest.fixture
def list_recorder(monkeypatch):
    """A second recorder, found by its folder alone as any other: it keeps many exchanges in a file."""
    module = f"{kinds.__name__}.json_list"
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(Path(__file__).parent / "recorders" / "kinds")])
    monkeypatch.setattr(content, "_cache", type(content._cache)())
    monkeypatch.setattr(summary, "_once", summary.Once(limit=4_000_000))
    _forget_recorders()
    yield registry.recorder_of("a.json", b"[]")
    sys.modules.pop(module, None)
    _forget_recorders()


def _forget_recorders():
    for kept in (registry.recorders, registry.claims, registry._claiming, registry._others, registry._telling):
        kept.cache_clear()


@pytest.fixture
def root(tmp_path, settings):
    """An empty recordings root with a data folder beside it; no test sees another's."""
    settings.RECORDINGS_ROOT = tmp_path / "tree"
    settings.DATA_DIR = tmp_path / "data"
    settings.RECORDINGS_ROOT.mkdir()
    settings.DATA_DIR.mkdir()
    settings.STATIC_ROOT = settings.DATA_DIR / "staticfiles"
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    return settings.RECORDINGS_ROOT


@pytest.fixture
def make_recording(root, db):
    """Return a function that writes a recording file below the root and returns its row.

    path: below the root. data: the file's bytes; without it a chat, as `exchange` makes it from the rest.
    """

    def make(path="tests/recordings/one.json", *, data=None, **words):
        place: Path = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(json.dumps(exchange(**words), indent=2).encode() if data is None else data)
        indexer.refresh(processes=1)
        return Recording.objects.get(path=path)

    return make


@pytest.fixture
def tree(root):
    """Return a function that tells what files there are below the root, with their bytes."""
    return lambda: {str(place.relative_to(root)): place.read_bytes() for place in root.rglob("*") if place.is_file()}


GIT = {
    **{f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_CONFIG_COUNT": "3",
    "GIT_CONFIG_KEY_0": "core.fsync",
    "GIT_CONFIG_VALUE_0": "none",
    "GIT_CONFIG_KEY_1": "gc.auto",
    "GIT_CONFIG_VALUE_1": "0",
    "GIT_CONFIG_KEY_2": "maintenance.auto",
    "GIT_CONFIG_VALUE_2": "false",
}
"""Who commits in tests; and what git need not do for a repository that lives for a second."""


@pytest.fixture(scope="session")
def new_repository(tmp_path_factory):
    """The `.git` of a repository without commits, to be copied: git takes ten times as long to make one."""
    place = tmp_path_factory.mktemp("new_repository")
    subprocess.run(["git", "init", "-q", "-b", "main", "--template=", str(place)], check=True, env=GIT)
    return place / ".git"


@pytest.fixture
def commit(root, settings, new_repository):
    """Return a function that commits what lies below the root and returns the commit's name."""
    settings.REPOSITORY = None

    def git(*words):
        done = subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, text=True, env=GIT)
        return done.stdout.strip()

    shutil.copytree(new_repository, root / ".git")

    def make(subject):
        git("add", "-A")
        git("commit", "-q", "-m", subject)
        head = (root / ".git/HEAD").read_text().strip()  # a commit has just written it or the branch that it names
        return (root / ".git" / head.removeprefix("ref: ")).read_text().strip() if head.startswith("ref: ") else head

    make.git = git
    return make


@pytest.fixture
def spec(commit, root, make_recording, chat):
    """A range that changes the words of one recording, adds one and removes one."""
    make_recording("tests/recordings/moon.json", answered="The moon is 384,400 km away.")
    make_recording("tests/recordings/old.json", asked="What was there?", test="tests/test_old.py::test_old")
    base = commit("before")
    make_recording("tests/recordings/moon.json", answered="The moon is 384,401 km away.")
    make_recording("tests/recordings/new.json", asked="Is Pluto a planet?", test="tests/test_new.py::test_pluto")
    (root / "tests/recordings/old.json").unlink()
    return f"{base}...{commit('after')}"


@pytest.fixture
def dies():
    """Return a function that runs an act in a child, which the act has to end by `os._exit(9)`, as kill -9 would."""

    def run(act):
        child = os.fork()
        if not child:
            try:  # whatever happens, the child ends here: it must not go on with the tests in its parent's place
                act()
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9

    return run


@pytest.fixture(scope="session")
def case_files():
    """Every case file but the expectations."""
    return FILES


@pytest.fixture
def server():
    """The address of a fresh database on the server of TEST_DATABASE_URL; skipped where there is none."""
    url = os.environ.get("TEST_DATABASE_URL", "")
    if not url:
        pytest.skip("TEST_DATABASE_URL names no server of PostgreSQL")
    import psycopg

    name = f"recviewer_{uuid4().hex[:12]}"
    place = url.rpartition("/")[0]
    with psycopg.connect(f"{place}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        yield f"{place}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
