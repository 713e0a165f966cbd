import subprocess
import sys
import time

import pytest

from recviewer.git import limits
from recviewer.git.history import contents
from recviewer.git.ranges import files_of, opened
from recviewer.git.repository import GitFailed, TooMuch, TooSlow, environment, run, streaming

onlinux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux holds a process to its memory")


HUNGRY = """import sys
try:
    x = bytearray(3 << 30)
except MemoryError:
    sys.exit('fatal: Out of memory, malloc failed')
"""


@onlinux
def test_memory_is_bounded_and_the_end_is_told(fake):
    fake(HUNGRY)
    with pytest.raises(TooMuch, match=r"git log needed more than 1,024 MB of memory and was stopped"):
        run(("log",), env=environment())


@onlinux
def test_memory_of_what_is_read_as_it_comes_is_bounded(fake, work_tree):
    work_tree.commit("first", a="1")
    fake(HUNGRY)
    with pytest.raises(TooMuch, match="git cat-file needed more"):
        list(contents(opened(work_tree.top), ["1" * 40]))


def test_output_is_bounded(fake, monkeypatch):
    monkeypatch.setattr(limits, "OUTPUT_BYTES", 1 << 20)
    fake("import sys\nwhile True: sys.stdout.write('x' * 65536)")
    with pytest.raises(TooMuch, match="gave more than 1 MB"):
        run(("ls-tree",), env=environment())


@pytest.mark.slow
def test_time_is_bounded_also_where_nothing_is_said(fake):
    fake("import time\ntime.sleep(60)")
    started = time.monotonic()
    with pytest.raises(TooSlow, match=r"git log took more than 0\.5 seconds"):
        run(("log",), env=environment(), seconds=0.5)
    assert time.monotonic() - started < 20


def test_a_long_list_that_is_not_read_does_not_hang(fake):
    fake("print('done')")
    assert run(("cat-file",), env=environment(), feed=b"x" * 5_000_000).stdout == b"done\n"


def test_what_is_fed_comes_back_whole(fake):
    fake("import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())\nsys.stderr.write('warning')")
    data = bytes(range(256)) * 20_000
    done = run(("cat-file",), env=environment(), feed=data)
    assert (done.stdout, done.stderr, done.returncode) == (data, b"warning", 0)


@pytest.mark.slow
def test_what_git_left_behind_keeps_nobody_waiting(fake):
    fake("import subprocess, sys\nsubprocess.Popen(['sleep', '60'])\nprint('x')")
    with pytest.raises(TooSlow):
        run(("log",), env=environment(), seconds=2)


@onlinux
def test_a_process_gets_its_limits():
    import resource

    process = subprocess.Popen(["sleep", "5"], stdin=subprocess.PIPE)
    try:
        limits.limit(process, 20)
        assert resource.prlimit(process.pid, resource.RLIMIT_DATA)[0] == limits.MEMORY_BYTES
        assert resource.prlimit(process.pid, resource.RLIMIT_CPU)[0] == 81
    finally:
        limits.end(process)


def test_one_object_that_is_too_large_is_said(work_tree, monkeypatch):
    work_tree.commit("first", a="x" * 2_000_000)
    repository = opened(work_tree.top)
    blobs = [one.blob for one in files_of(repository, work_tree.git("rev-parse", "HEAD"))]
    monkeypatch.setattr("recviewer.git.history.OUTPUT_BYTES", 1 << 20)
    with pytest.raises(TooMuch, match="has 1 MB, more than are read of one object"):
        list(contents(repository, blobs))


@pytest.mark.slow
def test_leaving_early_is_no_failure(work_tree):
    for number in range(30):
        work_tree.commit(str(number), a=str(number))
    with streaming(opened(work_tree.top), "log", "--format=%H", work_tree.git("rev-parse", "HEAD")) as process:
        assert process.stdout is not None
        assert len(process.stdout.readline()) == 41


def test_failures_of_git_itself_stay_its_own(work_tree):
    work_tree.commit("first", a="1")
    with pytest.raises(GitFailed) as failed:
        files_of(opened(work_tree.top), "1" * 40)
    assert not isinstance(failed.value, TooMuch)
