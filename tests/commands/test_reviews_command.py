import io
import sys

import pytest
from django.core.management import CommandError, call_command

from recviewer.commands import start
from recviewer.review import actors
from recviewer.review.decide import decide
from recviewer.review.models import Standing
from recviewer.review.reviews_file.merging import export
from recviewer.review.subjects import Seen


@pytest.fixture(autouse=True)
def prepared(monkeypatch):
    monkeypatch.setattr(start, "prepare", lambda *, static: None)
    monkeypatch.setattr(actors, "local_actor", lambda root: "Cleo")


@pytest.fixture
def approved(make_recording):
    one = make_recording()
    decide([Seen(one.path, one.blob)], actor="Ana", verdict="approve")
    return one


def test_there_and_back(approved, tmp_path, capsys):
    place = tmp_path / "reviews.jsonl"

    call_command("reviews", "export", str(place))
    call_command("reviews", "import", str(place))

    assert place.read_bytes() == export()
    assert capsys.readouterr().out == f"Wrote 1 lines to {place}.\nNothing in it is new.\n"


def test_standard_output_and_input(approved, capfdbinary, monkeypatch):
    call_command("reviews", "export", "-")
    data = capfdbinary.readouterr().out
    assert data == export()

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data.replace(b"Ana", b"Ben") + b"odd\n")))
    with pytest.raises(CommandError, match=r"^1 line was not imported\.$") as refused:
        call_command("reviews", "import", "-")

    told = capfdbinary.readouterr()
    assert refused.value.returncode == 1
    assert told.out == b"Imported 1 verdict.\n"
    assert b"line 3 was left out: it is not JSON" in told.err


def test_the_file_that_is_set(approved, settings, tmp_path, capsys):
    settings.REVIEWS_FILE = tmp_path / "reviews.jsonl"

    call_command("reviews", "export")

    assert settings.REVIEWS_FILE.read_bytes() == export()


@pytest.mark.parametrize("words", [["import"], ["import", "/no/such/file"], ["export", "/no/such/folder/file"]])
def test_could_not_run_is_2(approved, settings, words):
    settings.REVIEWS_FILE = None

    with pytest.raises(CommandError) as refused:
        call_command("reviews", *words)

    assert refused.value.returncode == 2


def test_an_unknown_version_is_2(approved, tmp_path):
    (tmp_path / "new.jsonl").write_text('{"recviewer_reviews":99}\n')

    with pytest.raises(CommandError, match="version 99"):
        call_command("reviews", "import", str(tmp_path / "new.jsonl"))


def test_read_at_the_start(approved, settings, tmp_path):
    settings.REVIEWS_FILE = tmp_path / "reviews.jsonl"
    settings.REVIEWS_FILE.write_bytes(export().replace(b"approve", b"delete").replace(b"Ana", b"Ben") + b"odd\n")
    said, warned = [], []

    start.read_reviews(said.append, warned.append)
    start.read_reviews(said.append, warned.append)

    assert said == ["Reviews: Imported 1 verdict from reviews.jsonl."]
    assert len(warned) == 1
    assert "line 3" in warned[0]
    assert Standing.objects.get().state == "delete"


def test_a_file_of_another_version_does_not_stop_the_start(db, root, settings, tmp_path):
    settings.REVIEWS_FILE = tmp_path / "reviews.jsonl"
    settings.REVIEWS_FILE.write_text('{"recviewer_reviews":99}\n')
    said, warned = [], []

    start.read_reviews(said.append, warned.append)

    assert said == []
    assert "version 99" in warned[0]
