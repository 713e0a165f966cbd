"""Files that are named on a command line, and what stands in the data folder: no further than any of their kind goes."""

import errno
import os

import pytest

from recviewer.bounded import files
from recviewer.checking import command
from recviewer.configuration import places

ENDLESS = "/dev/zero"


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(files, "LARGEST_BYTES", 1_000)


def test_a_file_is_read_whole_as_far_as_the_limit(tmp_path):
    place = tmp_path / "named"
    place.write_bytes(b"x" * 1_000)
    assert files.data_of(place) == b"x" * 1_000

    place.write_bytes(b"x" * 1_001)
    with pytest.raises(OSError, match="larger than") as caught:
        files.data_of(place)
    assert caught.value.errno == errno.EFBIG


@pytest.mark.parametrize("option", ["--baseline", "--reviews", "--collected"])
def test_check_reads_nothing_without_an_end(tmp_path, capsys, option):
    assert command.run([str(tmp_path), option, ENDLESS]) == command.CANNOT
    assert "larger than" in capsys.readouterr().err


def test_a_baseline_that_is_no_text_is_a_sentence(tmp_path, capsys):
    place = tmp_path / "known"
    place.write_bytes(b"\xff\xfe{")

    assert command.run([str(tmp_path), "--baseline", str(place)]) == command.CANNOT
    assert "line 1 is not a JSON object" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["root", "secret-key"])
def test_a_pipe_in_the_data_folder_is_waited_for_by_nothing(tmp_path, name):
    os.mkfifo(tmp_path / name)

    assert places.owner_of(tmp_path) is None
    assert bool(places.local_secret(tmp_path)) == (name == "root")
