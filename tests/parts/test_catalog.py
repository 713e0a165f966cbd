"""One file with many exchanges, in the index, the list, searches, and the public JSON form."""

import json
import os

from django.core.management import call_command

from recviewer.catalog import content, indexer, search
from recviewer.catalog.models import File, Recording
from recviewer.store.files import blob_id

FILE = "tests/lists/three.json"


def test_each_exchange_is_a_recording_of_its_own(rows, root):
    data = (root / FILE).read_bytes()

    file = File.objects.get()
    assert (file.path, file.size, file.blob) == (FILE, len(data), blob_id(data))
    assert [row.file for row in rows] == [file] * 3
    assert [row.path for row in rows] == [f"{FILE}/{row.part}" for row in rows]
    assert [row.asked for row in rows] == ["one?", "two?", "three?"]
    assert {row.folder for row in rows} == {"tests/lists"}
    assert [row.raw for row in rows] == [FILE.encode()] * 3


def test_bytes_and_blob_are_those_of_the_exchange(rows, root, three):
    data = (root / FILE).read_bytes()

    for row, document in zip(rows, three(), strict=True):
        found = content.load(row)
        assert json.loads(found.data) == document
        assert found.data in data
        assert (found.blob, len(found.data)) == (row.blob, row.size)
        assert found.blob == blob_id(found.data)


def test_ids_and_keys_stay_when_others_come_and_go(rows, put, three, chat):
    before = {row.path: (row.pk, row.blob) for row in rows}
    put(chat(asked="zero?"), *three()[1:])

    after = list(Recording.objects.order_by("place"))

    assert [row.asked for row in after] == ["zero?", "two?", "three?"]
    assert [(row.pk, row.blob) for row in after[1:]] == [before[row.path] for row in after[1:]]
    assert rows[0].path not in {row.path for row in after}
    assert [row.asked for row in search.matching(Recording.objects.all(), "one")] == []


def test_a_file_that_is_gone_takes_all_of_its_recordings(rows, root):
    os.unlink(root / FILE)

    report = indexer.refresh(processes=1)

    assert report.removed == 1
    assert not Recording.objects.exists()
    assert not File.objects.exists()


def test_a_file_without_exchanges_is_one_row_that_says_so(put):
    put()

    [row] = Recording.objects.all()
    assert (row.path, row.part, row.kind) == (FILE, "", "unreadable")
    assert "without any recording" in row.problems[0][1]


def test_files_with_one_exchange_have_the_path_of_the_file(put, chat):
    put(chat(), path="tests/lists/one.json")
    (put(path="tests/recordings/none.json").parent / "ogx.json").write_text(json.dumps(chat()))
    indexer.refresh(processes=1)

    assert Recording.objects.get(file__path="tests/recordings/ogx.json").path == "tests/recordings/ogx.json"
    assert Recording.objects.get(file__path="tests/lists/one.json").part != ""


def test_a_change_of_one_exchange_leaves_the_bytes_of_the_others(rows, root, three, listed):
    (root / FILE).write_bytes(listed(*three(two="Another.")))

    assert [content.load(row).blob == row.blob for row in rows] == [True, False, True]


def test_an_exchange_that_is_not_in_its_file_any_more_says_so(rows, root, three, listed):
    (root / FILE).write_bytes(listed(*three()[1:]))

    assert content.load(rows[0]).missing == "its file does not hold it any more"


def test_export_has_a_line_for_each_with_its_place(rows, root, capfdbinary):
    call_command("export", str(root))

    lines = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [(line["path"], line["file"], line["index"], line["part"]) for line in lines] == [
        (row.path, FILE, row.place, row.part) for row in rows
    ]
    assert [line["blob"] for line in lines] == [row.blob for row in rows]


def test_export_asks_a_query_of_each(rows, root, capfdbinary):
    call_command("export", str(root), "--query", "two")

    [line] = capfdbinary.readouterr().out.splitlines()
    assert json.loads(line)["path"] == rows[1].path


def test_show_takes_a_file_or_one_of_its_recordings(rows, root, capfdbinary):
    call_command("show", "--json", str(root / FILE))
    call_command("show", "--json", FILE)
    call_command("show", "--json", rows[2].path)
    call_command("show", "--json", rows[1].blob)

    lines = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [line["index"] for line in lines] == [0, 1, 2, 0, 1, 2, 2, 1]


def test_an_ogx_line_has_no_place_in_a_file(root, db, capfdbinary, chat):
    place = root / "tests/recordings/one.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(chat()))

    call_command("export", str(root))

    assert not {"file", "index", "part"} & json.loads(capfdbinary.readouterr().out).keys()
