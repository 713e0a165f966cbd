import gzip
import hashlib
import os
import pickle
import threading
import time
from dataclasses import replace

import pytest

from recviewer.changes import expected, offers
from recviewer.changes.overview import Overview
from recviewer.exchange.encode import SourceFloat
from recviewer.exchange.kinds import Kind
from recviewer.exchange.model import Exchange, Failure
from recviewer.git.repository import GitFailed, find
from recviewer.memory import range_files, ranges
from recviewer.pairing.pairs import Choice
from recviewer.report.report import as_json

HEAD = len(range_files._HEAD) + 32


@pytest.fixture
def reads(monkeypatch):
    """The ranges that are read from git from then on."""
    ranges._known.clear()
    seen, load = [], ranges.changeset.load
    monkeypatch.setattr(
        ranges.changeset, "load", lambda asked, library: (seen.append(str(asked.spec)), load(asked, library))[1]
    )
    return seen


def another_process(spec):
    """Return the report as a process gets it that has worked out nothing yet."""
    ranges._known.clear()
    return ranges.report_of(spec)


@pytest.fixture
def files(settings):
    return lambda: sorted((settings.DATA_DIR / "ranges").glob("*.range"))


def sign(asked, packed):
    return range_files._HEAD + range_files._signature(asked, packed).digest() + packed


def test_what_one_process_worked_out_another_takes(spec, reads):
    first = ranges.report_of(spec)
    other = another_process(spec)

    assert reads == [spec]
    assert other.found.changes == first.found.changes
    assert other.found.source.range == first.found.source.range
    assert as_json(other) == as_json(first)


def test_verdicts_are_those_of_now(spec, reads, monkeypatch):
    subject = ranges.report_of(spec).found.changes[0].subject
    monkeypatch.setattr(ranges, "decided", lambda found, verdicts: (seen.extend(verdicts), found)[1])
    monkeypatch.setattr(
        ranges, "standings_for", lambda subjects: {subject: type("Standing", (), {"state": "approved"})()}
    )
    seen = []

    another_process(spec)

    assert (seen, reads) == ([subject], [spec])


def test_another_version_of_the_code_works_it_out_anew(spec, reads, monkeypatch):
    ranges.report_of(spec)
    monkeypatch.setattr(range_files, "version", lambda: "another")

    another_process(spec)
    another_process(spec)

    assert reads == [spec, spec]


def test_the_version_hangs_on_every_room_whose_values_are_kept():
    assert set(range_files.ROOMS) < set(range_files._SOURCES)
    assert range_files.version_of(("exchange",)) != range_files.version_of(("exchange", "smells"))


class Evil:
    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return os.mkdir, (str(self.place),)


@pytest.mark.parametrize("is_signed", [True, False])
def test_nothing_that_a_file_names_is_run(spec, reads, files, tmp_path, is_signed):
    ranges.report_of(spec)
    packed = gzip.compress(pickle.dumps(Evil(tmp_path / "made")))
    signed = sign(ranges.range_of(spec), packed)
    files()[0].write_bytes(signed if is_signed else signed[:HEAD].replace(signed[20:30], b"0123456789") + packed)

    assert another_process(spec).found.changes
    assert not (tmp_path / "made").exists()
    assert reads == [spec, spec]


@pytest.mark.parametrize(
    "value",
    [find, open, os.path.join, dict, Exchange.__init__, range_files._Reader, threading.Thread, ranges.Report],
    ids=lambda value: value.__qualname__,
)
def test_no_function_and_no_class_of_others_is_taken(spec, value):
    asked = ranges.range_of(spec)
    range_files.write(asked, "", range_files.unknown)
    range_files._place(asked).write_bytes(sign(asked, gzip.compress(pickle.dumps((value,)))))

    assert range_files.read(asked) is None


@pytest.mark.slow
@pytest.mark.parametrize("harm", ["cut", "changed", "empty", "key", "other", "long"])
def test_a_file_that_is_not_ours_as_we_wrote_it_is_not_read(spec, reads, files, settings, commit, harm, monkeypatch):
    ranges.report_of(spec)
    place = files()[0]
    data = place.read_bytes()
    match harm:
        case "cut":
            place.write_bytes(data[:-1])
        case "changed":
            place.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
        case "empty":
            place.write_bytes(b"")
        case "key":
            settings.SECRET_KEY = "x" * 60
        case "other":
            turned = "..".join(reversed(spec.split("...")))
            ranges.report_of(turned)
            range_files._place(ranges.range_of(turned)).replace(place)
            reads.remove(turned)
        case "long":
            monkeypatch.setattr(range_files, "ONE_BYTES", len(data) - 1)

    assert another_process(spec).found.changes
    assert reads == [spec, spec]


def test_pairs_that_reviewers_made_since_are_heeded(spec, reads, monkeypatch):
    first = ranges.report_of(spec).found
    old, new = first.source.deleted[0], first.source.added[0]
    choice = Choice(old.path, old.blob, new.path, new.blob, True)
    monkeypatch.setattr(ranges.pairs, "choices", lambda: (choice,))

    assert len(another_process(spec).found.changes) == len(first.changes) - 1
    assert reads == [spec, spec]
    assert len(another_process(spec).found.changes) == len(first.changes) - 1
    monkeypatch.setattr(ranges.pairs, "choices", tuple)
    assert ranges.report_of(spec).found.changes == first.changes  # what came from the folder is read anew
    assert reads == [spec, spec, spec]


def refuse(*some, **more):
    raise GitFailed("too slow")


@pytest.mark.parametrize("missing", ["sources", "beside", "left alone"])
def test_what_git_could_not_tell_is_asked_again(spec, reads, files, missing, monkeypatch):
    with monkeypatch.context() as patch:
        match missing:
            case "sources":
                patch.setattr(expected, "_texts", refuse)
            case "beside":
                attached = offers.attached
                patch.setattr(
                    offers,
                    "attached",
                    lambda *some: [replace(one, why_not_back=offers.NOT_READ) for one in attached(*some)],
                )
            case "left alone":
                patch.setattr("recviewer.changes.overview.kept", lambda source, tests: None)
                patch.setattr("recviewer.pairing.pairs._marks", lambda call: ("one",))
        assert ranges.report_of(spec).found.changes
        assert files() == []

    another_process(spec)
    another_process(spec)

    assert reads == [spec, spec]


def test_where_nothing_can_be_written_all_works(spec, reads, settings):
    (settings.DATA_DIR / "ranges").write_text("no folder")

    assert ranges.report_of(spec).found.changes == another_process(spec).found.changes
    assert reads == [spec, spec]


def test_the_files_are_for_their_owner_alone(spec, files):
    ranges.report_of(spec)

    assert [one.stat().st_mode & 0o777 for one in (files()[0].parent, files()[0])] == [0o700, 0o600]
    assert not list(files()[0].parent.glob("*.new"))


def test_what_is_too_much_is_not_kept(spec, files, monkeypatch):
    monkeypatch.setattr(range_files, "ONE_BYTES", 100)

    assert ranges.report_of(spec).found.changes
    assert files() == []
    assert not list((ranges.Path(ranges.settings.DATA_DIR) / "ranges").glob("*.new"))


def test_those_that_nobody_asked_for_go(spec, files, monkeypatch):
    base, head = spec.split("...")
    ranges.report_of(spec)
    first = files()[0]
    os.utime(first, (1, 1))
    another_process(spec)
    assert first.stat().st_mtime > 1  # it was asked for
    monkeypatch.setattr(range_files, "KEPT_BYTES", first.stat().st_size)
    os.utime(first, (time.time() - 100,) * 2)
    ranges.report_of(f"{head}..{base}")

    assert len(files()) == 1
    assert first not in files()
    os.utime(files()[0], (time.time() - range_files.KEPT_SECONDS - 9,) * 2)
    range_files.let_go()
    assert files() == []


@pytest.mark.slow
def test_two_at_once_work_it_out_once(spec, monkeypatch):
    asked, order = ranges.range_of(spec), []
    inside, out = threading.Event(), threading.Event()

    def first():
        with range_files.alone(asked):
            inside.set()
            out.wait(10)
            order.append("first")

    def second():
        with range_files.alone(asked):
            order.append("second")

    threads = [threading.Thread(target=one) for one in (first, second)]
    threads[0].start()
    inside.wait(10)
    threads[1].start()
    threads[1].join(0.1)
    out.set()
    for one in threads:
        one.join(10)
    assert order == ["first", "second"]

    monkeypatch.setattr(range_files, "WAIT_SECONDS", 0.05)
    with range_files.alone(asked), range_files.alone(asked):  # who waits for too long goes on
        pass


@pytest.mark.parametrize(
    "value",
    [
        float("inf"),
        10**40,
        "\udcff\x00",
        {"a": [None, True, b"\xff", frozenset({1}), {1: ()}]},
        Exchange(Kind.CHAT, request=Exchange(Kind.CHAT).request, error=Failure("a", None, "b"), unread={"x": 1.5}),
    ],
    ids=repr,
)
def test_values_come_back_as_they_were(spec, value):
    asked = ranges.range_of(spec)
    range_files.write(asked, value, range_files.unknown)

    assert range_files.read(asked) == value


def test_numbers_keep_how_they_were_written(spec):
    asked = ranges.range_of(spec)
    range_files.write(asked, [SourceFloat("1.50e+2"), SourceFloat("1e999")], range_files.unknown)

    assert list(map(str, range_files.read(asked))) == ["1.50e+2", "1e999"]


def test_no_secret_of_a_recording_is_in_a_file(make_recording, commit, files):
    secret = "sk-proj-" + hashlib.sha256(b"a key").hexdigest()[:48]
    make_recording(answered=f"Your key is {secret}, is it not?")
    base = commit("before")
    make_recording(answered=f"Your key was {secret}, was it not?")
    ranges.report_of(f"{base}...{commit('after')}")

    data = gzip.decompress(files()[0].read_bytes()[HEAD:])
    assert b"was it not?" in data
    assert secret.encode() not in data


@pytest.mark.slow
def test_all_kinds_of_recordings_come_back_as_they_were(case_files, root, commit, db, reads):
    (root / "recordings").mkdir()
    for number, place in enumerate(case_files):
        (root / "recordings" / f"{number}.json").write_bytes(place.read_bytes())
    base = commit("before")
    for number, place in enumerate(case_files):
        data = place.read_bytes()
        (root / "recordings" / f"{number}.json").write_bytes(
            case_files[number - 1].read_bytes() if number % 2 else data
        )
        if number % 3 == 0:
            (root / "recordings" / f"{number}.json").rename(root / "recordings" / f"x{number}.json")
    spec = f"{base}...{commit('after')}"
    first: Overview = ranges.report_of(spec).found
    other = another_process(spec).found

    assert reads == [spec]
    assert repr(other.changes) == repr(first.changes)
    assert repr(other.findings) == repr(first.findings)
